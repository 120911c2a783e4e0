//! What every actor behind the door works with: the store to read, a client to write, events, the trace.

use crate::api::object::{self, Object};
use crate::api::request::{Request, Response};
use crate::api::time::Timestamp;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::client::{Caller, Credentials, Identity};
use crate::cluster::controllers::owners::Owners;
use crate::cluster::events::{Record, Recorder, Report, Source, Times};
use crate::cluster::reader::Reader;
use crate::cluster::trace::{Actor, Event, ObjectRef};
use std::rc::Rc;
use std::time::Duration;

/// One actor at work.
pub struct Context<'a> {
    /// The door.
    pub server: &'a mut ApiServer,
    /// Tokens of the controllers.
    pub credentials: &'a mut Credentials,
    /// The events recorded so far.
    pub recorder: &'a mut Recorder,
    /// Who owns whom.
    pub owners: &'a Owners,
    /// Whose credential is used.
    pub identity: Identity,
    /// How the trace names the actor.
    pub actor: Actor,
    /// How events name the actor.
    pub source: Source,
}

impl Context<'_> {
    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.server.now()
    }

    /// One stored object.
    pub fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Rc<Object>> {
        self.server.reader().get(resource, namespace, name)
    }

    /// The stored objects of a namespace (all with an empty one).
    pub fn list(&self, resource: &str, namespace: &str) -> Vec<Rc<Object>> {
        self.server.reader().list(resource, namespace)
    }

    /// The store, for reading.
    pub fn reader(&self) -> &dyn Reader {
        self.server.reader()
    }

    /// The connection to the API server.
    pub fn client(&mut self) -> Caller<'_> {
        Caller::new(self.server, self.credentials, self.identity)
    }

    /// Sends a request of a process that runs on the node, with whatever credential it carries.
    pub fn send_for_process(&mut self, request: &Request) -> Response {
        self.server.handle(request)
    }

    /// Notes what a process on the node did, under the name of its program.
    pub fn note_process(&mut self, program: &str, about: ObjectRef, event: Event) {
        let now = self.server.now();
        self.server.trace_mut().add(now, 0, Actor::Client(program.to_owned()), Some(about), event);
    }

    /// Notes in the trace what was done and why.
    pub fn acted(&mut self, about: ObjectRef, what: impl Into<String>, why: impl Into<String>) {
        self.note(Some(about), Event::Acted { what: what.into(), why: why.into() });
    }

    /// Notes something else in the trace.
    pub fn note(&mut self, about: Option<ObjectRef>, event: Event) {
        let now = self.server.now();
        let actor = self.actor.clone();
        self.server.trace_mut().add(now, 0, actor, about, event);
    }

    /// Records an Event about an object.
    pub fn event(&mut self, subject: &Object, kind: &str, reason: &str, message: &str) {
        self.event_at(subject, Report { kind, reason, message, field_path: "" }, 1);
    }

    /// Records an Event that may be about a part of the object and may have happened several times.
    pub fn event_at(&mut self, subject: &Object, report: Report<'_>, times: u64) {
        let now = self.server.now();
        let record = self.recorder.record(self.source, subject, report, times, now);
        match record {
            Record::New(event) => self.create_event(event),
            Record::Again(namespace, name, patch) => {
                let again = patch.clone();
                let answer = self.client().patch("events", (&namespace, &name), "", patch);
                if answer.is_err_and(|status| status.is_not_found())
                    && let Some(event) = self.recorder.recreated(self.source, subject, report, &name, &again)
                {
                    self.create_event(event);
                }
            }
            Record::Dropped => {}
        }
    }

    /// Whether Events about an object (or a part of it) that come so far apart have come to be always the same.
    pub fn is_steady(&self, subject: &Object, field_path: &str, each: Duration) -> bool {
        self.recorder.is_steady(self.source, subject, field_path, each)
    }

    /// What was last reported about an object (or a part of it) happened so many times more, so far apart, and nobody saw it.
    pub fn left_out(&mut self, subject: &Object, field_path: &str, times: u64, each: Duration) {
        let now = self.now();
        self.recorder.leave_out(self.source, subject, field_path, Times { times, each }, now);
    }

    /// Sends a new Event; one that is refused (a namespace that ends) is dropped, as recorders do.
    pub fn create_event(&mut self, event: Object) {
        let namespace = object::namespace(&event).to_owned();
        let _ = self.client().create("events", &namespace, event);
    }
}

/// A reference for the trace.
pub fn about(resource: &str, subject: &Object) -> ObjectRef {
    ObjectRef {
        resource: resource.to_owned(),
        namespace: object::namespace(subject).to_owned(),
        name: object::name(subject).to_owned(),
    }
}
