//! One container: image, start, end, restart, back-off.
//!
//! Follows pkg/kubelet/kuberuntime and pkg/kubelet/images: the words of events and waiting reasons are theirs, and so
//! is the back-off (10 s doubling to 5 min, forgotten after 10 min). Not simulated: probes (they succeed), hooks,
//! resources, what programs do (see [`crate::cluster::kubelet::process`]).

use crate::api::files::{Entry, FileTree};
use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::actor::Context;
use crate::cluster::events::Report;
use crate::cluster::kubelet::calls::Calling;
use crate::cluster::kubelet::process::Process;
use crate::cluster::kubelet::sources::user_of;
use crate::cluster::kubelet::{environment, images};
use crate::cluster::random::Random;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

const BACKOFF_FIRST: Duration = Duration::from_secs(10);
const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// How long the runtime takes to create and start a container.
const CREATE: Duration = Duration::from_millis(12);
/// How long an application takes until its first call.
const BEFORE_CALLING: Duration = Duration::from_millis(40);
/// How long the kubelet takes to notice that a container has ended.
const NOTICE: Duration = Duration::from_millis(700);

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The exit code.
    pub exit: i32,
    /// `Completed`, `Error`.
    pub reason: &'static str,
    /// When it had started.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// Its id.
    pub id: String,
}

/// What a container is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It does not run (yet, or again).
    Waiting {
        /// `ContainerCreating`, `ErrImagePull`, `CrashLoopBackOff`, …
        reason: &'static str,
        /// More about it; may be empty.
        message: String,
    },
    /// It runs.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// It has ended.
    Terminated(Ended),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    Pulled { started: Timestamp },
    PullBackOff,
    Start,
    Exit,
    Decide,
    Call,
}

/// One container of a pod on the node.
#[derive(Clone, Debug)]
pub struct ContainerState {
    /// Its name.
    pub name: String,
    /// Whether it is an init container.
    pub init: bool,
    /// What it is doing.
    pub phase: Phase,
    /// How it ended the last time.
    pub last: Option<Ended>,
    /// How often it was restarted.
    pub restarts: u64,
    /// Its id in the runtime; empty before it was first created.
    pub id: String,
    /// Its environment, fixed when it started.
    pub environment: Vec<(String, String)>,
    /// Files mounted by `subPath`: fixed when it started. By the mount's index.
    pub pinned: Vec<(usize, Option<Entry>)>,
    /// Its root files, once a process has written to them.
    pub written: Option<FileTree>,
    /// Whether it ends on SIGTERM.
    pub heeds_term: bool,
    /// What it calls the API server with, if it is an application that does.
    pub calling: Option<Calling>,
    next: Option<(Timestamp, Step)>,
    exit: i32,
    backoff: Option<(Duration, Timestamp)>,
    pull_failures: u32,
    configuration_failures: u32,
    begun: bool,
    began: Timestamp,
}

/// What a container needs of its pod and node while it works.
pub struct Surroundings<'a> {
    /// The pod.
    pub pod: &'a Object,
    /// The container in the pod's spec.
    pub spec: &'a Value,
    /// The images on the node.
    pub images: &'a mut BTreeSet<String>,
    /// For durations.
    pub seed: u64,
    /// What containers print, to be kept by the API server's log endpoint: container name, text, whether it is new.
    pub logs: &'a mut Vec<(String, String)>,
}

impl ContainerState {
    /// A container that waits.
    pub fn new(spec: &Value, init: bool, reason: &'static str) -> Self {
        ContainerState {
            name: object::text(spec, &["name"]).to_owned(),
            init,
            phase: Phase::Waiting { reason, message: String::new() },
            last: None,
            restarts: 0,
            id: String::new(),
            environment: Vec::new(),
            pinned: Vec::new(),
            written: None,
            heeds_term: false,
            calling: None,
            next: None,
            exit: 0,
            backoff: None,
            pull_failures: 0,
            configuration_failures: 0,
            begun: false,
            began: Timestamp::default(),
        }
    }

    /// Lets it begin, unless it has.
    pub fn begin(&mut self, now: Timestamp) {
        if !std::mem::replace(&mut self.begun, true) {
            self.next = Some((now, Step::Begin));
        }
    }

    /// When it calls the API server next, if it does.
    pub fn call_due(&self) -> Option<Timestamp> {
        self.next.filter(|(_, step)| *step == Step::Call).map(|(at, _)| at)
    }

    /// Lets it call the API server at that instant.
    pub fn call_at(&mut self, at: Timestamp) {
        self.next = Some((at, Step::Call));
    }

    /// Whether it runs.
    pub fn running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    /// Whether it has ended well.
    pub fn succeeded(&self) -> bool {
        matches!(&self.phase, Phase::Terminated(ended) if ended.exit == 0)
    }

    /// When it wants to go on.
    pub fn due(&self) -> Option<Timestamp> {
        self.next.map(|(at, _)| at)
    }

    /// Stops whatever it was about to do.
    pub fn halt(&mut self) {
        self.next = None;
    }

    /// Ends it with an exit code.
    pub fn end(&mut self, exit: i32, now: Timestamp) {
        self.next = None;
        if let Phase::Running { since } = self.phase {
            let reason = if exit == 0 { "Completed" } else { "Error" };
            self.phase = Phase::Terminated(Ended { exit, reason, started: since, finished: now, id: self.id.clone() });
        }
    }

    /// Does what is due; true if something was.
    pub fn work(&mut self, around: &mut Surroundings<'_>, context: &mut Context<'_>) -> bool {
        let now = context.now();
        let Some((_, step)) = self.next.filter(|(at, _)| *at <= now) else { return false };
        self.next = None;
        match step {
            Step::Begin => self.pull(around, context),
            Step::Pulled { started } => self.pulled(started, around, context),
            Step::PullBackOff => self.pull_back_off(around, context),
            Step::Start => self.start(around, context),
            Step::Exit => {
                self.end(self.exit, now);
                if restarts(around.pod, self.init, self.exit) {
                    self.next = Some((now.after(NOTICE), Step::Decide));
                }
            }
            Step::Decide => self.decide(around, context),
            Step::Call => {}
        }
        true
    }

    /// How long it takes until it does the same again, if it always does the same: a container that fails, at its longest
    /// back-off, or one that ends every so often.
    pub fn repeats_every(&self) -> Option<Duration> {
        self.cycle().map(|(_, each)| each)
    }

    /// Of these times, those that fit until `horizon` are counted instead of lived through, but for the last; how many.
    #[inline(never)] // It is not in the half of the program that a first visit takes (tools/halves).
    pub fn skip(&mut self, pod_uid: &str, horizon: Timestamp) -> u64 {
        let Some((at, cycle)) = self.cycle() else { return 0 };
        let times = u64::try_from(horizon.since(at).as_micros() / cycle.as_micros().max(1)).unwrap_or(0);
        let by = Duration::from_micros(u64::try_from(cycle.as_micros()).unwrap_or(u64::MAX).saturating_mul(times));
        if times == 0 {
            return 0;
        }
        self.next = self.next.map(|(at, step)| (at.after(by), step));
        self.began = self.began.after(by);
        if let Some((_, updated)) = &mut self.backoff {
            *updated = updated.after(by);
        }
        let crashing = matches!(self.phase, Phase::Waiting { reason: "CrashLoopBackOff", .. });
        if let Phase::Running { since } = &mut self.phase {
            *since = since.after(by);
            self.written = None;
        } else if !crashing {
            return times;
        }
        self.restarts += times;
        self.id = container_id(pod_uid, &self.name, self.restarts);
        if let Some(last) = &mut self.last {
            (last.started, last.finished) = (last.started.after(by), last.finished.after(by));
            let before = if crashing { self.restarts } else { self.restarts.saturating_sub(1) };
            last.id = container_id(pod_uid, &self.name, before);
        }
        times
    }

    /// When it next begins or ends, and how long it takes until it does so again; `None` if it may be different then.
    fn cycle(&self) -> Option<(Timestamp, Duration)> {
        let longest = |failures: u32| failures > 0 && doubled(BACKOFF_FIRST, failures - 1) >= BACKOFF_MAX;
        let (at, step) = self.next?;
        let last = self.last.as_ref();
        match (&self.phase, step) {
            (Phase::Waiting { reason, .. }, Step::Begin) => {
                let steady = match *reason {
                    "CrashLoopBackOff" => last.is_some_and(|last| at.since(last.finished) >= BACKOFF_MAX),
                    "ImagePullBackOff" => longest(self.pull_failures),
                    "CreateContainerConfigError" => longest(self.configuration_failures),
                    _ => false,
                };
                steady.then(|| (at, at.since(self.began)))
            }
            // It runs so long that its back-off is forgotten each time.
            (Phase::Running { since }, Step::Exit) if at.since(*since) > BACKOFF_MAX * 2 => {
                let last = last.filter(|last| last.finished.since(last.started) == at.since(*since))?;
                Some((at, since.since(last.started)))
            }
            _ => None,
        }
    }

    fn report(&self, around: &Surroundings<'_>, context: &mut Context<'_>, kind: &str, reason: &str, message: &str) {
        let list = if self.init { "initContainers" } else { "containers" };
        let field_path = format!("spec.{list}{{{}}}", self.name);
        context.event_at(around.pod, Report { kind, reason, message, field_path: &field_path }, 1);
    }

    fn wait(&mut self, reason: &'static str, message: String) {
        if let Phase::Terminated(ended) = &self.phase {
            self.last = Some(ended.clone());
        }
        self.phase = Phase::Waiting { reason, message };
    }

    fn pull(&mut self, around: &mut Surroundings<'_>, context: &mut Context<'_>) {
        let now = context.now();
        self.began = now;
        let image = object::text(around.spec, &["image"]);
        let Some(full) = images::full_name(image) else {
            let message = format!(
                "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format"
            );
            self.report(around, context, "Warning", "InspectFailed", &message);
            self.report(around, context, "Warning", "Failed", "Error: InvalidImageName");
            self.wait("InvalidImageName", message);
            return;
        };
        let present = around.images.contains(&full);
        match object::text(around.spec, &["imagePullPolicy"]) {
            "Never" if !present => {
                let message = format!("Container image \"{image}\" is not present with pull policy of Never");
                self.report(around, context, "Warning", "ErrImageNeverPull", &message);
                self.report(around, context, "Warning", "Failed", "Error: ErrImageNeverPull");
                self.wait("ErrImageNeverPull", message);
            }
            "Never" | "IfNotPresent" if present => {
                let message =
                    format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
                self.report(around, context, "Normal", "Pulled", &message);
                self.next = Some((now.after(CREATE), Step::Start));
            }
            _ => {
                self.report(around, context, "Normal", "Pulling", &format!("Pulling image \"{image}\""));
                let purpose = format!("pull/{}/{}", object::uid(around.pod), self.name);
                let millis = if present { 20 } else { 30 } + Random::stream(around.seed, &purpose).below(15);
                self.next = Some((now.after(Duration::from_millis(millis)), Step::Pulled { started: now }));
            }
        }
    }

    fn pulled(&mut self, started: Timestamp, around: &mut Surroundings<'_>, context: &mut Context<'_>) {
        let now = context.now();
        let image = object::text(around.spec, &["image"]);
        let full = images::full_name(image).unwrap_or_default();
        let Some(found) = images::find(&full) else {
            let error = images::pull_error(&full);
            self.report(around, context, "Warning", "Failed", &format!("Failed to pull image \"{image}\": {error}"));
            self.report(around, context, "Warning", "Failed", "Error: ErrImagePull");
            self.wait("ErrImagePull", error);
            self.next = Some((now.after(Duration::from_millis(1500)), Step::PullBackOff));
            return;
        };
        around.images.insert(full);
        self.pull_failures = 0;
        let took = now.since(started).as_millis();
        let size = found.size_bytes;
        let message = format!(
            "Successfully pulled image \"{image}\" in {took}ms ({took}ms including waiting). Image size: {size} bytes."
        );
        self.report(around, context, "Normal", "Pulled", &message);
        self.next = Some((now.after(CREATE), Step::Start));
    }

    fn pull_back_off(&mut self, around: &Surroundings<'_>, context: &mut Context<'_>) {
        let image = object::text(around.spec, &["image"]);
        let error = images::pull_error(&images::full_name(image).unwrap_or_default());
        self.report(around, context, "Normal", "BackOff", &format!("Back-off pulling image \"{image}\""));
        self.report(around, context, "Warning", "Failed", "Error: ImagePullBackOff");
        self.wait("ImagePullBackOff", format!("Back-off pulling image \"{image}\": ErrImagePull: {error}"));
        let delay = doubled(BACKOFF_FIRST, self.pull_failures);
        self.pull_failures = (self.pull_failures + 1).min(30);
        self.next = Some((context.now().after(delay), Step::Begin));
    }

    fn start(&mut self, around: &mut Surroundings<'_>, context: &mut Context<'_>) {
        let now = context.now();
        let environment = match self.configuration_error(around) {
            Some(error) => Err(error),
            None => environment::build(around.pod, around.spec, context.reader()),
        };
        match environment {
            Ok(environment) => {
                self.environment = environment;
                self.configuration_failures = 0;
            }
            Err(error) => {
                self.report(around, context, "Warning", "Failed", &format!("Error: {error}"));
                self.wait("CreateContainerConfigError", error);
                let delay = doubled(BACKOFF_FIRST, self.configuration_failures);
                self.configuration_failures = (self.configuration_failures + 1).min(30);
                self.next = Some((now.after(delay), Step::Begin));
                return;
            }
        }
        if !self.id.is_empty() {
            self.restarts += 1;
        }
        if let Phase::Terminated(ended) = &self.phase {
            self.last = Some(ended.clone());
        }
        let process = Process::of(around.spec);
        self.id = container_id(object::uid(around.pod), &self.name, self.restarts);
        self.report(around, context, "Normal", "Created", "Container created");
        self.report(around, context, "Normal", "Started", "Container started");
        self.phase = Phase::Running { since: now };
        self.written = None;
        (self.exit, self.heeds_term) = (process.exit, process.heeds_term);
        around.logs.push((self.name.clone(), process.output));
        self.next = process.runs.map(|runs| (now.after(runs), Step::Exit));
        self.calling = process.app.map(Calling::new);
        if self.calling.is_some() {
            self.call_at(now.after(BEFORE_CALLING));
        }
    }

    fn configuration_error(&self, around: &Surroundings<'_>) -> Option<String> {
        let wants = |from: &Value| object::boolean(from, &["securityContext", "runAsNonRoot"]);
        let non_root = wants(around.spec).or_else(|| wants(object::at(around.pod, &["spec"])));
        let user = user_of(around.pod, around.spec);
        let place = format!("(pod: \"{}\", container: {})", pod_full_name(around.pod), self.name);
        match (non_root, user) {
            (Some(true), None) => Some(format!("container has runAsNonRoot and image will run as root {place}")),
            (Some(true), Some(0)) => Some(format!("container's runAsUser breaks non-root policy {place}")),
            _ => None,
        }
    }

    fn decide(&mut self, around: &mut Surroundings<'_>, context: &mut Context<'_>) {
        let now = context.now();
        let Phase::Terminated(ended) = self.phase.clone() else { return };
        let forgotten = |updated: Timestamp| ended.finished.since(updated) > BACKOFF_MAX * 2;
        match self.backoff {
            Some((delay, updated)) if !forgotten(updated) => {
                let message = format!(
                    "back-off {} restarting failed container={} pod={}",
                    go_seconds(delay),
                    self.name,
                    pod_full_name(around.pod)
                );
                let event =
                    format!("Back-off restarting failed container {} in pod {}", self.name, pod_full_name(around.pod));
                self.report(around, context, "Warning", "BackOff", &event);
                self.wait("CrashLoopBackOff", message);
                let at = ended.finished.after(delay).max(now);
                self.backoff = Some(((delay * 2).min(BACKOFF_MAX), at));
                self.next = Some((at, Step::Begin));
            }
            _ => {
                self.backoff = Some((BACKOFF_FIRST, now));
                self.pull(around, context);
            }
        }
    }
}

fn container_id(pod_uid: &str, name: &str, restarts: u64) -> String {
    images::hex(format!("{pod_uid}/{name}/{restarts}").as_bytes())
}

/// Whether a container that ended with `exit` is started again.
pub fn restarts(pod: &Object, init: bool, exit: i32) -> bool {
    match object::text(pod, &["spec", "restartPolicy"]) {
        "Never" => false,
        "OnFailure" => exit != 0,
        _ => !init || exit != 0,
    }
}

/// `box_default(UID)`, as the kubelet's messages name pods.
pub fn pod_full_name(pod: &Object) -> String {
    format!("{}_{}({})", object::name(pod), object::namespace(pod), object::uid(pod))
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1u32.checked_shl(times).unwrap_or(u32::MAX)).min(BACKOFF_MAX)
}

/// `10s`, `1m20s`, `5m0s`: how Go prints whole seconds.
fn go_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 { format!("{seconds}s") } else { format!("{}m{}s", seconds / 60, seconds % 60) }
}
