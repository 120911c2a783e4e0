//! One pod on the node, from the moment it is bound until its last container is gone.
//!
//! Follows pkg/kubelet/pod_workers.go and kubelet.go (SyncPod, SyncTerminatingPod): volumes first, then the sandbox, the
//! init containers one after another, the containers; deletion is a signal, the grace period, a kill.

use crate::api::object::{self, Object, Pod};
use crate::api::time::Timestamp;
use crate::cluster::actor::{Context, about};
use crate::cluster::client::Deletion;
use crate::cluster::events::Report;
use crate::cluster::kept::Kept;
use crate::cluster::kubelet::containers::{ContainerState, Surroundings};
use crate::cluster::kubelet::refresh::SyncGrid;
use crate::cluster::kubelet::status::{self, Facts};
use crate::cluster::kubelet::tokens::Tokens;
use crate::cluster::kubelet::volume::Volume;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// From taking a pod up to its volumes being mounted.
const MOUNT: Duration = Duration::from_millis(15);
/// Making the sandbox and its network.
const SANDBOX: Duration = Duration::from_millis(20);
/// How long a process takes to end on SIGTERM, and to be killed.
const STOP: Duration = Duration::from_millis(120);

/// How far a pod has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Just taken up.
    New,
    /// Waits for its volumes.
    Mounting,
    /// Gets its sandbox.
    Sandbox,
    /// Its containers are at work.
    Started,
    /// It is being stopped.
    Stopping,
    /// Everything is stopped; its object is being removed.
    Stopped,
}

/// A pod on the node.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Its UID.
    pub uid: Rc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The ServiceAccount it runs as.
    pub account: String,
    /// The pod as it was last seen: what it looks like after its object is gone.
    pub pod: Kept,
    /// How far it has come.
    pub stage: Stage,
    /// Its volumes that some container mounts.
    pub volumes: Vec<Volume>,
    /// Its containers, init containers first.
    pub containers: Vec<ContainerState>,
    /// Its address; empty before the sandbox is made.
    pub address: String,
    /// When it was taken up.
    pub started: Timestamp,
    /// When it is synced.
    pub grid: SyncGrid,
    /// When it goes on.
    pub due: Option<Timestamp>,
}

/// What the workers of a node share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Decides durations and jitter.
    pub seed: u64,
    /// The images on the node.
    pub images: BTreeSet<String>,
    /// How many addresses were given out.
    pub addresses: u32,
    /// What containers have printed since it was last collected.
    pub printed: Vec<Printed>,
    /// When somebody last changed what tokens depend on, or may have.
    pub disturbed: Timestamp,
}

/// Something a container printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The container.
    pub container: String,
    /// What it printed.
    pub text: String,
    /// Whether it has just started: what it printed before is its previous log.
    pub starts: bool,
}

impl Worker {
    /// Takes a pod up.
    pub fn new(kept: &Kept, now: Timestamp, seed: u64) -> Self {
        let pod = &*kept.open();
        let inits = object::list(pod, &["spec", "initContainers"]);
        let reason = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        let state = |init| move |spec: &Value| ContainerState::new(spec, init, reason);
        let main = object::list(pod, &["spec", "containers"]);
        let mounted: BTreeSet<&str> = inits
            .iter()
            .chain(main)
            .flat_map(|container| object::list(container, &["volumeMounts"]))
            .map(|mount| object::text(mount, &["name"]))
            .collect();
        let volumes = object::list(pod, &["spec", "volumes"]);
        let is_mounted = |volume: &&Value| mounted.contains(object::text(volume, &["name"]));
        Worker {
            uid: Rc::from(object::uid(pod)),
            namespace: object::namespace(pod).to_owned(),
            name: object::name(pod).to_owned(),
            account: Pod(pod).service_account_name().to_owned(),
            pod: kept.clone(),
            stage: Stage::New,
            volumes: volumes.iter().filter(is_mounted).map(Volume::new).collect(),
            containers: inits.iter().map(state(true)).chain(main.iter().map(state(false))).collect(),
            address: String::new(),
            started: now,
            grid: SyncGrid::draw(seed, object::uid(pod), now),
            due: Some(now),
        }
    }

    /// The pod as it was last seen.
    pub fn pod(&self) -> Rc<Object> {
        self.pod.open()
    }

    /// Does what is due. The pod is the stored one, or `None` if it is gone: then it is stopped at once.
    /// `horizon` is how far nothing else can look at it.
    pub fn work(
        &mut self,
        stored: Option<Rc<Object>>,
        shared: &mut Shared,
        horizon: Timestamp,
        context: &mut Context<'_>,
    ) {
        let now = context.now();
        self.due = None;
        let Some(pod) = stored else {
            self.stage = Stage::Stopped;
            return;
        };
        if object::resource_version(&pod) != object::resource_version(&self.pod()) {
            self.pod = Kept::new(Rc::clone(&pod));
        }
        if object::deletion_timestamp(&pod).is_some() {
            self.stop(context);
            return;
        }
        match self.stage {
            Stage::New => {
                self.stage = Stage::Mounting;
                self.due = Some(now.after(MOUNT));
                self.write_status(context);
            }
            Stage::Mounting => self.mount(shared, horizon, context),
            Stage::Sandbox => {
                shared.addresses = shared.addresses.wrapping_add(1);
                let number = shared.addresses % 65_000 + 1;
                self.address = format!("10.244.{}.{}", number / 254, number % 254 + 1);
                self.stage = Stage::Started;
                self.run(shared, horizon, context);
            }
            Stage::Started => self.run(shared, horizon, context),
            Stage::Stopping | Stage::Stopped => {}
        }
    }

    /// How its tokens are looked after.
    pub fn tokens(&self, seed: u64, unobserved: u64) -> Tokens {
        Tokens { seed, grid: self.grid, unobserved }
    }

    fn mount(&mut self, shared: &Shared, horizon: Timestamp, context: &mut Context<'_>) {
        let now = context.now();
        let manager = self.tokens(shared.seed, 0);
        let pod = self.pod();
        let specs = object::list(&pod, &["spec", "volumes"]);
        for volume in &mut self.volumes {
            if volume.ready || volume.next.is_some_and(|next| next > now) {
                continue;
            }
            let Some(spec) = specs.iter().find(|spec| object::text(spec, &["name"]) == volume.name) else { continue };
            if !volume.set_up(
                &pod,
                spec,
                &manager,
                context,
                "the pod's volumes are mounted before its containers start",
            ) {
                failed_mount(&pod, volume, 1, context);
                if let Some(each) = volume.retries_every().filter(|each| context.is_steady(&pod, "", *each)) {
                    let times = volume.skip_attempts(horizon);
                    left_out_mounts(&pod, volume, times, each, context);
                }
            }
        }
        let open = self.volumes.iter().filter(|volume| !volume.ready);
        match open.filter_map(|volume| volume.next).min() {
            Some(next) => self.due = Some(next),
            None => {
                self.stage = Stage::Sandbox;
                self.due = Some(now.after(SANDBOX));
            }
        }
    }

    fn run(&mut self, shared: &mut Shared, horizon: Timestamp, context: &mut Context<'_>) {
        let now = context.now();
        self.begin_next(now);
        let pod = self.pod();
        let mut changed = false;
        // Each pass may let the next init container begin at once; there are at most as many passes as containers.
        for _ in 0..=self.containers.len() {
            let mut worked = false;
            for index in 0..self.containers.len() {
                self.work_calls(index, horizon, shared, context);
                worked |= self.work_container(index, &pod, shared, context);
            }
            changed |= worked;
            self.begin_next(now);
            if !worked {
                break;
            }
        }
        if changed {
            self.write_status(context);
            self.skip_cycles(horizon, context);
        }
        self.due = self.containers.iter().filter_map(ContainerState::due).min();
    }

    fn work_container(&mut self, index: usize, pod: &Object, shared: &mut Shared, context: &mut Context<'_>) -> bool {
        let Some(state) = self.containers.get_mut(index) else { return false };
        let list = if state.init { "initContainers" } else { "containers" };
        let specs = object::list(pod, &["spec", list]);
        let Some(spec) = specs.iter().find(|spec| object::text(spec, &["name"]) == state.name) else { return false };
        let was_running = state.running();
        let mut logs = Vec::new();
        let mut around = Surroundings { pod, spec, images: &mut shared.images, seed: shared.seed, logs: &mut logs };
        let worked = state.work(&mut around, context);
        for (container, text) in logs {
            shared.printed.push(Printed { container, text, starts: true });
        }
        let started = !was_running && self.containers.get(index).is_some_and(ContainerState::running);
        if started {
            self.pin(index, spec);
        }
        worked
    }

    /// Remembers what a `subPath` mount points at: it stays so until the container is started again.
    fn pin(&mut self, index: usize, spec: &Value) {
        let mut pinned = Vec::new();
        for (position, mount) in object::list(spec, &["volumeMounts"]).iter().enumerate() {
            let path = object::text(mount, &["subPath"]);
            if path.is_empty() {
                continue;
            }
            let volume = self.volumes.iter().find(|volume| volume.name == object::text(mount, &["name"]));
            let tree = volume.and_then(|volume| volume.root(&self.pod())).map(crate::api::files::FileTree::new);
            let entry = tree.and_then(|tree| tree.follow(path).ok().cloned());
            pinned.push((position, entry));
        }
        if let Some(state) = self.containers.get_mut(index) {
            state.pinned = pinned;
        }
    }

    /// Lets the next init container begin, or all containers once the init containers are through.
    fn begin_next(&mut self, now: Timestamp) {
        if let Some(init) = self.containers.iter_mut().find(|state| state.init && !state.succeeded()) {
            init.begin(now);
            return;
        }
        for state in self.containers.iter_mut().filter(|state| !state.init) {
            state.begin(now);
        }
    }

    /// Containers that fail for ever, or end every hour, are not lived through time after time.
    fn skip_cycles(&mut self, horizon: Timestamp, context: &mut Context<'_>) {
        for index in 0..self.containers.len() {
            if let Some(each) = self.containers.get(index).and_then(ContainerState::repeats_every) {
                self.skip_cycles_of(index, each, horizon, context);
            }
        }
    }

    #[inline(never)]
    fn skip_cycles_of(&mut self, index: usize, each: Duration, horizon: Timestamp, context: &mut Context<'_>) {
        let pod = self.pod.open();
        let Some(state) = self.containers.get_mut(index) else { return };
        let list = if state.init { "initContainers" } else { "containers" };
        let field_path = format!("spec.{list}{{{}}}", state.name);
        if !context.is_steady(&pod, &field_path, each) {
            return;
        }
        let times = state.skip(&self.uid, horizon);
        if times > 0 {
            context.left_out(&pod, &field_path, times, each);
            let what = format!("did the same {times} times more with container {}, which nobody could see", state.name);
            context.acted(about("pods", &pod), what, "it went as the time before");
        }
    }

    fn stop(&mut self, context: &mut Context<'_>) {
        let now = context.now();
        let deadline = object::deletion_timestamp(&self.pod()).unwrap_or(now);
        if self.stage != Stage::Stopping {
            self.stage = Stage::Stopping;
            let grace = object::integer(&self.pod(), &["metadata", "deletionGracePeriodSeconds"]).unwrap_or(0);
            let pod = self.pod();
            for state in &mut self.containers {
                state.halt();
                if state.running() {
                    let list = if state.init { "initContainers" } else { "containers" };
                    let field_path = format!("spec.{list}{{{}}}", state.name);
                    let message = format!("Stopping container {}", state.name);
                    let report =
                        Report { kind: "Normal", reason: "Killing", message: &message, field_path: &field_path };
                    context.event_at(&pod, report, 1);
                }
            }
            let what = format!("stops the containers of pod {}", self.name);
            context.acted(about("pods", &pod), what, format!("it is being deleted, with {grace} s of grace"));
            self.started = self.started.min(now);
            self.due = Some(now.after(STOP));
            return;
        }
        for state in &mut self.containers {
            if state.heeds_term {
                state.end(0, now);
            } else if now >= deadline {
                state.end(137, now);
            }
        }
        if self.containers.iter().any(ContainerState::running) {
            self.due = Some(deadline.max(now.after(Duration::from_millis(1))));
            self.write_status(context);
            return;
        }
        self.stage = Stage::Stopped;
        self.write_status(context);
        let pod = self.pod();
        let how = Deletion { uid: object::uid(&pod), grace_period_seconds: Some(0), propagation_policy: "" };
        let at = (object::namespace(&pod), object::name(&pod));
        let answer = context.client().delete("pods", at, how);
        if answer.is_ok() {
            let what = format!("removed pod {} with its volumes", self.name);
            context.acted(about("pods", &pod), what, "none of its containers runs any more");
        }
    }

    /// Writes the status through the door if it differs from the stored one.
    fn write_status(&mut self, context: &mut Context<'_>) {
        let facts = Facts {
            containers: &self.containers,
            address: &self.address,
            sandbox: matches!(self.stage, Stage::Started | Stage::Stopping),
            started: self.started,
        };
        let pod = self.pod();
        let status = status::compose(&pod, &facts, context.now());
        if object::at(&pod, &["status"]) == &status {
            return;
        }
        let patch = json!({"metadata": {"uid": &*self.uid}, "status": with_nulls(status)});
        let at = (self.namespace.as_str(), self.name.as_str());
        if let Ok(pod) = context.client().patch("pods", at, "/status", patch) {
            self.pod = Kept::new(pod);
        }
    }
}

/// A strategic merge keeps what is not mentioned, so reasons and messages that are over are taken away by name.
fn with_nulls(mut status: Value) -> Value {
    for condition in status.get_mut("conditions").and_then(Value::as_array_mut).into_iter().flatten() {
        object::set_default(condition, &["reason"], Value::Null);
        object::set_default(condition, &["message"], Value::Null);
    }
    status
}

/// Records that a volume could not be set up.
pub fn failed_mount(pod: &Object, volume: &Volume, times: u64, context: &mut Context<'_>) {
    let message = format!("MountVolume.SetUp failed for volume \"{}\" : {}", volume.name, volume.error);
    context.event_at(pod, Report { kind: "Warning", reason: "FailedMount", message: &message, field_path: "" }, times);
    context.acted(about("pods", pod), format!("could not set up volume {}", volume.name), volume.error.clone());
}

/// Counts attempts to set a volume up that were left out, each of which would have failed as the last one.
#[inline(never)] // It is not in the half of the program that a first visit takes (tools/halves).
pub fn left_out_mounts(pod: &Object, volume: &Volume, times: u64, each: Duration, context: &mut Context<'_>) {
    if times > 0 {
        context.left_out(pod, "", times, each);
        let what =
            format!("tried {times} times more to set up volume {}, in vain, which nobody could see", volume.name);
        context.acted(about("pods", pod), what, "each attempt failed as the one before");
    }
}
