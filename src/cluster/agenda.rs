//! The running cluster: the door, the actors behind it, and the agenda of what they will do when.
//!
//! A change in the store wakes the actors it concerns; each puts work on the agenda a few milliseconds later, as
//! informers and work queues do. Letting time pass takes the work off in order of (time, sequence). Of two things
//! due at the same instant the controllers' comes first, then the kubelet's pods, then its volumes.

mod attempts;

use crate::api::container::{Container, ContainerRef};
use crate::api::files::FileError;
use crate::api::object;
use crate::api::request::{Method, Origin, Request, Response, Watch, WatchEvent};
use crate::api::time::Timestamp;
use crate::cluster::actor::Context;
use crate::cluster::admission;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::boot;
use crate::cluster::client::{Credentials, Identity};
use crate::cluster::clock::Queue;
use crate::cluster::controllers::owners::Owners;
use crate::cluster::controllers::{BACKOFF_MAX, CONTROLLERS, Queues};
use crate::cluster::events::{self, Recorder, Source};
use crate::cluster::facade::Advanced;
use crate::cluster::kubelet::Kubelet;
use crate::cluster::ledger::Ledger;
use crate::cluster::log::Part;
use crate::cluster::scheduler;
use crate::cluster::settings::{Flags, NODE_NAME, Settings};
use crate::cluster::store::{Change, ChangeKind, Key, Logged};
use crate::cluster::trace::{Actor, Event};
use crate::cluster::views::{PodFiles, TokenLife};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// How much work one call does at most; there is a limit so that a page never hangs.
pub const STEPS_MAX: u64 = 50_000;
/// How long a request takes, client and server together.
const REQUEST_TIME: Duration = Duration::from_millis(25);
/// How long the scheduler takes.
const SCHEDULING: Duration = Duration::from_millis(3);

/// Something a controller or the scheduler will do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Work {
    /// A controller looks at a key.
    Sync(usize, Key),
    /// The scheduler looks at a pod.
    Schedule(Key),
}

/// Which queue the next work is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Controllers,
    Pods,
    Volumes,
    Events,
}

/// Everything in a cluster.
#[derive(Clone, Debug)]
pub struct State {
    /// The door.
    pub server: ApiServer,
    /// The flags.
    settings: Rc<Settings>,
    pub(in crate::cluster) credentials: Credentials,
    pub(in crate::cluster) kubelet: Kubelet,
    pub(in crate::cluster) ledger: Ledger,
    recorder: Recorder,
    owners: Owners,
    queues: Queues,
    agenda: Queue<Work>,
    /// Events as they were last written, by the time they are forgotten.
    fading: Queue<Rc<Logged>>,
    /// How many pieces of work at each instant may take ServiceAccounts, pods or ConfigMaps away: no token refresh is
    /// left out across them.
    barriers: BTreeMap<Timestamp, u32>,
    seen: u64,
}

impl State {
    /// Starts the control plane and waits for it to settle.
    pub fn boot(settings: Settings) -> Self {
        let mut server = ApiServer::new(settings);
        server.clock_mut().hold();
        let settings = Rc::clone(server.settings());
        let mut state = State {
            server,
            kubelet: Kubelet::new(settings.seed),
            settings,
            credentials: Credentials::default(),
            ledger: Ledger::default(),
            recorder: Recorder::default(),
            owners: Owners::default(),
            queues: Queues::default(),
            agenda: Queue::default(),
            fading: Queue::default(),
            barriers: BTreeMap::new(),
            seen: 0,
        };
        boot::start(&mut state);
        let start = state.settings.start;
        state.run_until(start, STEPS_MAX);
        state.ledger = Ledger::default();
        state
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.server.now()
    }

    /// When the next work is due. That an old Event is forgotten does not count.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.work_lanes().map(|(at, _)| at)
    }

    fn work_lanes(&self) -> Option<(Timestamp, Lane)> {
        let lanes = [
            (self.agenda.next_due(), Lane::Controllers),
            (self.kubelet.pod_due(), Lane::Pods),
            (self.kubelet.look_due(), Lane::Volumes),
        ];
        lanes.into_iter().filter_map(|(at, lane)| Some((at?, lane))).min()
    }

    fn next_lane(&self) -> Option<(Timestamp, Lane)> {
        let fading = self.fading.next_due().map(|at| (at, Lane::Events));
        self.work_lanes().into_iter().chain(fading).min()
    }

    /// Does everything that is due until `instant`, then leaves the clock there; stops after so many pieces of work.
    pub fn run_until(&mut self, instant: Timestamp, steps_max: u64) -> Advanced {
        let done = self.run_within(instant, steps_max);
        if !done.complete {
            self.note_stop(done.steps);
        }
        done
    }

    /// Notes that a run stopped on the way.
    pub fn note_stop(&mut self, steps: u64) {
        let what = format!("stopped after {steps} pieces of work");
        let why = "one call does no more; let time pass again to go on".to_owned();
        let now = self.now();
        let event = Event::Acted { what, why };
        self.server.trace_mut().add(now, 0, Actor::Client("clock".to_owned()), None, event);
    }

    /// Does everything that is due until `instant`, but no more than so many pieces of work.
    pub fn run_within(&mut self, instant: Timestamp, steps_max: u64) -> Advanced {
        let mut steps = 0;
        self.dispatch();
        while let Some((at, lane)) = self.next_lane().filter(|(at, _)| *at <= instant) {
            if steps >= steps_max {
                return Advanced { reached: self.now(), steps, complete: false };
            }
            steps += u64::from(lane != Lane::Events);
            if lane == Lane::Controllers && instant.since(at) >= BACKOFF_MAX && self.leave_out_attempts(instant) {
                continue;
            }
            self.server.clock_mut().move_to(at);
            match lane {
                Lane::Events => self.forget_event(at),
                Lane::Controllers => self.work(at),
                Lane::Pods => self.work_pod(at, instant),
                Lane::Volumes => self.work_volume(at, instant),
            }
            self.dispatch();
        }
        self.server.clock_mut().move_to(instant);
        Advanced { reached: self.now(), steps, complete: true }
    }

    fn work(&mut self, at: Timestamp) {
        let Some((_, work)) = self.agenda.take_due(at) else { return };
        match work {
            Work::Schedule(key) => {
                let source = Source { component: "default-scheduler", host: "" };
                self.act(Identity::Scheduler, Actor::Scheduler, source, |context| scheduler::schedule(&key, context));
            }
            Work::Sync(index, key) => {
                let Some(controller) = CONTROLLERS.get(index) else { return };
                self.lower_barrier(index, at);
                if !self.queues.take(index, &key, at) {
                    return;
                }
                let before = self.server.store().revision();
                let source = Source { component: controller.name(), host: "" };
                let actor = Actor::Controller(controller.name());
                let outcome = self.act(controller.identity(), actor, source, |context| controller.sync(&key, context));
                if let Some(delay) = self.queues.after(index, &key, outcome) {
                    self.enqueue(index, &key, at.after(delay));
                    if self.queues.is_stuck(index, &key) {
                        self.note_attempt(index, &key, at.after(delay), before);
                    }
                }
            }
        }
    }

    fn forget_event(&mut self, at: Timestamp) {
        let Some((_, written)) = self.fading.take_due(at) else { return };
        if self.server.store().kept(&written.key).is_some_and(|current| current.is(&written.kept)) {
            match self.recorder.kept_until(&written.key.name, at) {
                Some(until) => self.fading.add(until, written),
                None => self.server.expire(&written.key),
            }
        }
    }

    /// How far nobody can look, and nothing that pods depend on goes away.
    fn horizon(&self, instant: Timestamp) -> Timestamp {
        self.barriers.first_key_value().map_or(instant, |(barrier, _)| instant.min(*barrier))
    }

    fn work_pod(&mut self, at: Timestamp, instant: Timestamp) {
        let horizon = self.horizon(instant);
        let mut kubelet = std::mem::take(&mut self.kubelet);
        let printed =
            self.act(Identity::Kubelet, Actor::Kubelet, KUBELET, |context| kubelet.work_pod(at, horizon, context));
        self.kubelet = kubelet;
        if let Some((pod, printed)) = printed {
            for line in &printed {
                boot::keep_log(&mut self.server, &pod, line);
            }
        }
    }

    fn work_volume(&mut self, at: Timestamp, instant: Timestamp) {
        let horizon = self.horizon(instant);
        let mut kubelet = std::mem::take(&mut self.kubelet);
        self.act(Identity::Kubelet, Actor::Kubelet, KUBELET, |context| kubelet.work_look(at, horizon, context));
        self.kubelet = kubelet;
    }

    /// Lets an actor act.
    pub(in crate::cluster) fn act<T>(
        &mut self,
        identity: Identity,
        actor: Actor,
        source: Source,
        what: impl FnOnce(&mut Context<'_>) -> T,
    ) -> T {
        let mut context = Context {
            server: &mut self.server,
            credentials: &mut self.credentials,
            recorder: &mut self.recorder,
            owners: &self.owners,
            identity,
            actor,
            source,
        };
        what(&mut context)
    }

    /// Tells the actors what has changed in the store since they last heard.
    pub(in crate::cluster) fn dispatch(&mut self) {
        let revision = self.server.store().revision();
        if revision == self.seen {
            return;
        }
        let changes = self.server.store().changes_since(self.seen).map(Part::to_vec);
        self.seen = revision;
        match changes {
            Some(changes) => changes.iter().for_each(|logged| self.hear(logged)),
            None => self.everything().iter().for_each(|change| self.notify(change)),
        }
    }

    /// Events, which come by the thousand, concern nobody: they are not even opened.
    fn hear(&mut self, logged: &Rc<Logged>) {
        if logged.key.resource != "events" {
            self.notify(&logged.open());
        } else if logged.kind == ChangeKind::Deleted {
            self.kubelet.disturb(self.now());
        } else {
            self.fading.add(self.now().after(events::LIFETIME), Rc::clone(logged));
        }
    }

    fn notify(&mut self, change: &Change) {
        let now = self.now();
        self.owners.observe(change);
        self.kubelet.observe(change, now);
        if change.key.resource == "pods" && change.kind == ChangeKind::Deleted {
            self.server.forget_logs(object::uid(&change.object));
        }
        let version = self.settings.kubernetes;
        let running = CONTROLLERS.iter().enumerate().filter(|(_, controller)| controller.is_in(version));
        for (index, controller) in running {
            let keys = controller.concerns(change, self.server.reader());
            let at = now.after(controller.delay());
            for key in keys {
                self.enqueue(index, &key, at);
            }
        }
        for key in scheduler::concerns(change, self.server.reader()) {
            self.agenda.add(now.after(SCHEDULING), Work::Schedule(key));
        }
    }

    /// The log does not reach back that far: everything that is stored counts as changed.
    fn everything(&self) -> Vec<Change> {
        let store = self.server.store();
        store
            .iter()
            .filter(|(key, _)| key.resource != "events")
            .map(|(key, kept)| Change {
                revision: store.revision(),
                kind: ChangeKind::Modified,
                key: key.clone(),
                object: kept.open(),
                previous: Some(kept.open()),
                kept: kept.clone(),
            })
            .collect()
    }

    pub(in crate::cluster) fn enqueue(&mut self, index: usize, key: &Key, at: Timestamp) {
        if self.queues.add(index, key, at) {
            self.agenda.add(at, Work::Sync(index, key.clone()));
            if CONTROLLERS.get(index).is_some_and(|controller| controller.disturbs_pods()) {
                *self.barriers.entry(at).or_insert(0) += 1;
            }
        }
    }

    fn lower_barrier(&mut self, index: usize, at: Timestamp) {
        if !CONTROLLERS.get(index).is_some_and(|controller| controller.disturbs_pods()) {
            return;
        }
        if let Some(count) = self.barriers.get_mut(&at) {
            *count -= 1;
            if *count == 0 {
                self.barriers.remove(&at);
            }
        }
    }

    /// Answers a request from outside the cluster, which takes a little time.
    pub fn serve(&mut self, request: &Request) -> Response {
        self.run_until(self.now().after(REQUEST_TIME), STEPS_MAX);
        self.answer(request)
    }

    /// Answers a request at once.
    pub fn answer(&mut self, request: &Request) -> Response {
        self.await_default_account(request);
        let before = self.server.trace().last_sequence();
        let response = match &request.origin {
            Origin::Container(reference) => {
                let origin = Origin::Address(self.kubelet.address(reference).into());
                self.server.handle(&Request { origin, ..request.clone() })
            }
            _ => self.server.handle(request),
        };
        self.ledger.note(self.server.trace().since(before));
        self.dispatch();
        self.kubelet.disturb(self.server.now());
        response
    }

    /// A pod that wants the account `default` of a namespace which is so new that it has none yet: the real server
    /// looks again for a while before it refuses.
    fn await_default_account(&mut self, request: &Request) {
        let parts: Vec<&str> = request.path.split('/').collect();
        let ["", "api", "v1", "namespaces", namespace, "pods"] = parts.as_slice() else { return };
        if request.method != Method::Post {
            return;
        }
        let pod = boot::body_of(request);
        let until = self.now().after(admission::DEFAULT_ACCOUNT_WAIT_MAX);
        while admission::needs_default_account(&pod, namespace, self.server.reader()) {
            match self.next_due().filter(|due| *due <= until) {
                Some(due) => self.run_until(due, STEPS_MAX),
                None => return,
            };
        }
    }

    /// The API server starts again with other flags.
    pub fn restart(&mut self, flags: Flags) {
        let changes = flags.changes(self.server.settings().flags);
        self.server.restart(flags);
        self.kubelet.disturb(self.server.now());
        if !changes.is_empty() {
            let what = format!("kube-apiserver runs with {}", changes.join(" "));
            let why = "an administrator changed its flags; tokens issued before keep their claims".to_owned();
            let now = self.now();
            self.server.trace_mut().add(now, 0, Actor::ApiServer, None, Event::Acted { what, why });
        }
    }

    /// The events of a watch since it was last polled.
    pub fn poll(&mut self, watch: &mut Watch) -> Vec<WatchEvent> {
        boot::watch_events(&self.server, watch)
    }

    /// Every token the cluster knows of.
    pub fn tokens(&self) -> Vec<TokenLife> {
        self.ledger.tokens(&self.kubelet, self.server.reader(), self.now())
    }

    /// The files of a pod.
    pub fn pod_files(&self, pod: &str) -> Option<PodFiles> {
        self.kubelet.pod_files(pod)
    }

    /// What a process in a container sees.
    pub fn container(&self, reference: &ContainerRef) -> Option<Container> {
        self.kubelet.container(reference)
    }

    /// A process in a container wrote a file.
    ///
    /// # Errors
    /// As a write in the container would fail.
    pub fn write_container_file(
        &mut self,
        reference: &ContainerRef,
        path: &str,
        contents: &[u8],
    ) -> Result<(), FileError> {
        let now = self.now();
        self.kubelet.write_container_file(reference, path, contents, now)
    }

    /// The names of the objects of a resource, for tests and diagnostics.
    pub fn names(&self, resource: &str, namespace: &str) -> Vec<String> {
        self.server.reader().list(resource, namespace).iter().map(|found| object::name(found).to_owned()).collect()
    }
}

/// How the kubelet signs its events.
pub const KUBELET: Source = Source { component: "kubelet", host: NODE_NAME };
