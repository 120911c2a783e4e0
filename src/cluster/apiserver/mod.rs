//! The door: everything that happens to the cluster is a request through [`ApiServer::handle`].
//!
//! Stands for kube-apiserver's handler chain and generic registry: staging/src/k8s.io/apiserver/pkg/{server,endpoints,
//! registry}. Alone in the project it writes to the [`crate::cluster::store`]. Left out: flow control (its headers are
//! answered), audit logs, aggregation, custom resources, server-side apply; `metadata.managedFields` are not stored,
//! as kubectl hides them.

mod body;
mod bootstrap;
mod call;
mod create;
mod delete;
mod discovery;
mod info;
mod json_error;
mod logs;
mod openapi;
mod patch;
mod paths;
mod read;
mod respond;
mod reviews;
mod route;
mod scale;
mod subresources;
mod table;
mod update;
mod watch;

pub use info::RequestInfo;

use crate::api::request::{Origin, Request, Response};
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::apiserver::call::Call;
use crate::cluster::authn::{self, Authenticator, Effect};
use crate::cluster::authz;
use crate::cluster::clock::Clock;
use crate::cluster::kept::Kept;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::settings::{CONTROL_PLANE_ADDRESS, Flags, NODE_ADDRESS, OUTSIDE_ADDRESS, Settings};
use crate::cluster::store::{ChangeKind, Key, Store};
use crate::cluster::trace::{Actor, Event, ObjectRef, Reason, Trace};
use std::borrow::Cow;
use std::rc::Rc;
use std::time::Duration;

/// How long before [`Settings::start`] the cluster's own objects were made.
const BOOT_SECONDS: i64 = 3;

/// The API server with all it holds: the store, the clock it reads, the trace it writes.
#[derive(Clone, Debug)]
pub struct ApiServer {
    store: Store,
    clock: Clock,
    random: Random,
    trace: Trace,
    settings: Rc<Settings>,
    authenticator: Authenticator,
    latest_user: Rc<UserInfo>,
    requests: u64,
    logs: logs::Logs,
}

impl ApiServer {
    /// A server whose store holds the bootstrap policy, the four namespaces and the Service `kubernetes`. Its clock
    /// shows a few seconds before [`Settings::start`].
    pub fn new(settings: Settings) -> Self {
        let boot = Timestamp::from_unix_micros(settings.start.unix_micros() - BOOT_SECONDS * 1_000_000);
        let mut server = ApiServer {
            store: Store::default(),
            clock: Clock::new(boot),
            random: Random::stream(settings.seed, "apiserver"),
            authenticator: Authenticator::of(settings.kubernetes),
            latest_user: Rc::default(),
            trace: Trace::default(),
            settings: Rc::new(settings),
            requests: 0,
            logs: logs::Logs::default(),
        };
        bootstrap::fill(&mut server.store, &mut server.random, boot, server.settings.kubernetes);
        server
    }

    /// Answers one request: authentication, authorization, admission, validation, storage. A little time passes.
    pub fn handle(&mut self, request: &Request) -> Response {
        self.requests += 1;
        let mut call = Call::new(self.requests, request);
        let received = Event::Received {
            request_line: format!("{} {}", request.method.name(), request.url()),
            source: source(&request.origin),
            submitted: call.body.as_ref().ok().and_then(Clone::clone).map(Kept::new),
        };
        self.note(&call, call.actor(), received);
        let outcome = self.serve(&mut call);
        self.pass(&call, 400);
        let mut response = match outcome {
            Ok(response) => response,
            Err(status) => {
                if status.code != 401 && !call.forbidden && !call.refusal_traced {
                    self.note(&call, Actor::ApiServer, Event::Refused { status: status.clone() });
                }
                Response::status(&status)
            }
        };
        // The cluster's own actors never look at a header.
        if !matches!(request.origin, Origin::Node | Origin::ControlPlane) {
            respond::add_headers(&mut response, &call, self.settings.seed, self.now());
        }
        self.note(&call, Actor::ApiServer, Event::Answered { code: response.code });
        response
    }

    fn serve(&mut self, call: &mut Call<'_>) -> Result<Response, Status> {
        self.authenticate(call)?;
        self.pass(call, 200);
        let attributes =
            authz::Attributes { user: UserInfo::clone(&call.user), ..attributes(&call.info, &call.request.path) };
        self.authorize(call, &attributes)?;
        self.pass(call, 300);
        if !call.info.is_resource {
            return paths::serve(call, self.settings.kubernetes);
        }
        self.route(call)
    }

    fn authenticate(&mut self, call: &mut Call<'_>) -> Result<(), Status> {
        let now = self.now();
        let found = self.authenticator.authenticate(call.request, &self.store, &self.settings, now);
        call.warnings.extend(found.warnings);
        self.apply_effects(call, found.effects);
        let Some(user) = found.user else {
            self.note(call, Actor::ApiServer, Event::Unauthenticated { checks: found.checks });
            return Err(Status::unauthorized());
        };
        let mut checks = found.checks;
        let impersonated = authn::impersonate(&user, call.request, &self.store);
        call.user = match &impersonated {
            Ok(Some(other)) => {
                let finding = format!("{} acts as {}", user.username, other.username);
                checks.push(Reason::decided("impersonation", finding));
                self.shared(other)
            }
            _ => self.shared(&user),
        };
        self.note(call, Actor::ApiServer, Event::Authenticated { user: Rc::clone(&call.user), checks });
        impersonated.map(drop)
    }

    /// A user, kept once while the same one goes on asking.
    fn shared(&mut self, user: &UserInfo) -> Rc<UserInfo> {
        if *self.latest_user != *user {
            self.latest_user = Rc::new(user.clone());
        }
        Rc::clone(&self.latest_user)
    }

    fn authorize(&mut self, call: &mut Call<'_>, attributes: &authz::Attributes) -> Result<(), Status> {
        let verdict = authz::authorize(attributes, &self.store);
        let refusal = (!verdict.allowed).then(|| authz::refusal(attributes, &verdict));
        let event = Event::Authorized {
            allowed: verdict.allowed,
            verb: attributes.verb.clone(),
            reason: verdict.reason,
            checks: verdict.checks,
        };
        self.note(call, Actor::ApiServer, event);
        call.forbidden = refusal.is_some();
        refusal.map_or(Ok(()), Err)
    }

    /// Writes what authentication wants written down.
    fn apply_effects(&mut self, call: &Call<'_>, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::LabelSecret { namespace, name, key: label, value } = effect;
            let key = Key { resource: "secrets".to_owned(), namespace, name };
            let Some(secret) = self.store.get(&key.resource, &key.namespace, &key.name) else { continue };
            let mut labelled = (*secret).clone();
            crate::api::object::set_label(&mut labelled, &label, &value);
            self.put(call, key, labelled);
        }
    }

    /// Stores an object and says so in the trace.
    fn put(&mut self, call: &Call<'_>, key: Key, object: crate::api::Object) -> Rc<crate::api::Object> {
        let about = about(&key);
        let before = self.store.kept(&key).cloned();
        let change = if before.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
        let after = self.store.put(key, object);
        let event = Event::Stored { change, before, after: Some(after.clone()) };
        self.trace.add(self.clock.now(), call.number, Actor::ApiServer, Some(about), event);
        after.open()
    }

    /// Removes an object from the store and says so in the trace.
    fn remove(&mut self, call: &Call<'_>, key: &Key) -> Option<Rc<crate::api::Object>> {
        let before = self.store.kept(key).cloned();
        let last = self.store.delete(key)?;
        let event = Event::Stored { change: ChangeKind::Deleted, before, after: None };
        self.trace.add(self.clock.now(), call.number, Actor::ApiServer, Some(about(key)), event);
        Some(last)
    }

    fn note(&mut self, call: &Call<'_>, actor: Actor, event: Event) {
        self.trace.add(self.clock.now(), call.number, actor, call.object_ref(), event);
    }

    /// Lets a stage's time pass: some hundred microseconds, never quite the same.
    fn pass(&mut self, call: &Call<'_>, micros: u64) {
        self.clock.tick(Duration::from_micros(micros + call.number * 137 % 300));
    }

    /// Lets an object fall out of the store because its time is up (Events: `--event-ttl`). No request does that.
    pub fn expire(&mut self, key: &Key) {
        self.store.forget(key);
    }

    /// Leaves out so many revisions of changes that were made and made again, and that nobody saw.
    pub fn leave_out(&mut self, revisions: u64) {
        self.store.leave_out(revisions);
    }

    /// Starts again with other flags. What was in memory is gone: the tokens found good a moment ago.
    pub fn restart(&mut self, flags: Flags) {
        self.settings = Rc::new(Settings { flags, ..(*self.settings).clone() });
        self.authenticator = Authenticator::of(self.settings.kubernetes);
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock, for whoever lets time pass (the cluster).
    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// What is stored, for reading.
    pub fn reader(&self) -> &dyn Reader {
        &self.store
    }

    /// The store, for watchers.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The trace, for actors that are not requests (scheduler, kubelet, controllers).
    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// The cluster's flags.
    pub fn settings(&self) -> &Rc<Settings> {
        &self.settings
    }
}

/// The address that a request comes from.
fn source(origin: &Origin) -> Cow<'static, str> {
    match origin {
        Origin::Outside => Cow::Borrowed(OUTSIDE_ADDRESS),
        Origin::Node => Cow::Borrowed(NODE_ADDRESS),
        Origin::ControlPlane => Cow::Borrowed(CONTROL_PLANE_ADDRESS),
        Origin::Address(address) | Origin::App(address, _) => Cow::Owned(address.to_string()),
        Origin::Container(_) => Cow::Borrowed(""),
    }
}

fn about(key: &Key) -> ObjectRef {
    ObjectRef { resource: key.resource.clone(), namespace: key.namespace.clone(), name: key.name.clone() }
}

/// The question that a request puts to authorization, without its user.
fn attributes(info: &RequestInfo, path: &str) -> authz::Attributes {
    authz::Attributes {
        verb: info.verb.clone(),
        group: info.group.clone(),
        resource: info.resource.clone(),
        subresource: info.subresource.clone(),
        namespace: info.namespace.clone(),
        name: info.name.clone(),
        path: if info.is_resource { String::new() } else { path.to_owned() },
        ..authz::Attributes::default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
