//! The kubelet of the one node: it runs the pods that are bound to it.
//!
//! One file an idea: [`worker`] is a pod, [`containers`] a container, [`volume`] a volume with its [`sources`],
//! [`tokens`] and their [`refresh`], [`atomic_writer`] the files on disk, [`status`] what is reported, [`view`] what a
//! process in a container sees. Everything it tells the cluster goes through the door, with the node's certificate.
//! Not simulated: static pods, ephemeral containers, probes, resources, evictions, a container restart when its
//! image is changed in place.

pub mod app;
pub mod atomic_writer;
pub mod calls;
pub mod containers;
pub mod environment;
pub mod images;
pub mod node;
pub mod process;
pub mod refresh;
pub mod sources;
pub mod status;
pub mod tokens;
pub mod view;
pub mod volume;
pub mod worker;

use crate::api::container::ContainerRef;
use crate::api::object::{self, Object, Pod};
use crate::api::time::Timestamp;
use crate::cluster::actor::Context;
use crate::cluster::clock::Queue;
use crate::cluster::kubelet::containers::ContainerState;
use crate::cluster::kubelet::worker::{Printed, Shared, Stage, Worker, failed_mount, left_out_mounts};
use crate::cluster::settings::NODE_NAME;
use crate::cluster::store::{Change, ChangeKind};
use crate::cluster::views::TokenLife;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// How long it takes the kubelet to hear of a change.
const REACTION: Duration = Duration::from_millis(4);
/// How many tokens that are no longer in use are remembered for the timeline.
const ENDED_MAX: usize = 400;

/// The kubelet.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {
    workers: BTreeMap<Rc<str>, Rc<Worker>>,
    shared: Shared,
    pods_due: Queue<Rc<str>>,
    looks_due: Queue<(Rc<str>, usize)>,
    ended: Vec<Rc<TokenLife>>,
}

impl Kubelet {
    /// A kubelet without pods.
    pub fn new(seed: u64) -> Self {
        Kubelet { shared: Shared { seed, ..Shared::default() }, ..Kubelet::default() }
    }

    /// When a pod is due.
    pub fn pod_due(&self) -> Option<Timestamp> {
        self.pods_due.next_due()
    }

    /// When a volume is due to be looked at.
    pub fn look_due(&self) -> Option<Timestamp> {
        self.looks_due.next_due()
    }

    /// Takes note of a change in the store.
    pub fn observe(&mut self, change: &Change, now: Timestamp) {
        match change.key.resource.as_str() {
            "pods" => self.observe_pod(change, now),
            "configmaps" | "secrets" => self.observe_source(change, now),
            _ => {}
        }
        // A pod's status says nothing about anybody's rights.
        let bookkeeping = matches!(change.key.resource.as_str(), "pods" | "events" | "nodes");
        if !bookkeeping || change.kind == ChangeKind::Deleted {
            self.disturb(now);
        }
    }

    /// Something may have changed what the API server says to a token.
    pub fn disturb(&mut self, now: Timestamp) {
        self.shared.disturbed = now;
    }

    /// The address of the pod that a process runs in; empty if it is gone.
    pub fn address(&self, process: &ContainerRef) -> &str {
        self.workers.get(process.pod_uid.as_str()).map_or("", |worker| &worker.address)
    }

    fn observe_pod(&mut self, change: &Change, now: Timestamp) {
        let pod = &change.object;
        let uid: Rc<str> = Rc::from(object::uid(pod));
        if change.kind == ChangeKind::Deleted {
            if let Some(worker) = self.workers.remove(&uid) {
                self.end_tokens(&worker, now);
            }
            return;
        }
        if Pod(pod).node_name() != NODE_NAME {
            return;
        }
        let at = now.after(REACTION);
        let Some(known) = self.workers.get_mut(&uid) else {
            if !matches!(Pod(pod).phase(), "Succeeded" | "Failed") {
                let mut worker = Worker::new(&change.kept, at, self.shared.seed);
                worker.due = Some(at);
                self.workers.insert(Rc::clone(&uid), Rc::new(worker));
                self.pods_due.add(at, uid);
            }
            return;
        };
        let metadata = |pod: &Object, field: &str| object::at(pod, &["metadata", field]).clone();
        let old = known.pod();
        let differs = |field: &str| metadata(&old, field) != metadata(pod, field);
        let worker = Rc::make_mut(known);
        worker.pod = change.kept.clone();
        if differs("deletionTimestamp") {
            worker.due = Some(at);
            self.pods_due.add(at, Rc::clone(&uid));
        }
        if differs("labels") || differs("annotations") {
            for (index, volume) in
                worker.volumes.iter_mut().enumerate().filter(|(_, volume)| volume.ready && volume.kind.is_written())
            {
                volume.touch(at);
                self.looks_due.add(at, (Rc::clone(&uid), index));
            }
        }
    }

    /// Volumes that show a changed ConfigMap or Secret follow at their pod's next sync.
    fn observe_source(&mut self, change: &Change, now: Timestamp) {
        for (uid, worker) in &mut self.workers {
            if worker.namespace != change.key.namespace || worker.stage != Stage::Started {
                continue;
            }
            let pod = worker.pod();
            let specs = object::list(&pod, &["spec", "volumes"]);
            let shown: Vec<usize> = worker
                .volumes
                .iter()
                .enumerate()
                .filter(|(_, volume)| {
                    let spec = specs.iter().find(|spec| object::text(spec, &["name"]) == volume.name);
                    volume.ready && spec.is_some_and(|spec| shows(spec, &change.key.resource, &change.key.name))
                })
                .map(|(index, _)| index)
                .collect();
            let sync = worker.grid.after(now);
            for index in shown {
                if let Some(volume) = Rc::make_mut(worker).volumes.get_mut(index) {
                    volume.touch(sync);
                    self.looks_due.add(sync, (Rc::clone(uid), index));
                }
            }
        }
    }

    /// Lets the pod that is due go on. What its containers print comes back.
    pub fn work_pod(
        &mut self,
        at: Timestamp,
        horizon: Timestamp,
        context: &mut Context<'_>,
    ) -> Option<(Rc<Object>, Vec<Printed>)> {
        let (_, uid) = self.pods_due.take_due(at)?;
        let entry = self.workers.get_mut(&uid).filter(|worker| worker.due == Some(at))?;
        let stored = context.get("pods", &entry.namespace, &entry.name).filter(|pod| object::uid(pod) == &*uid);
        let worker = Rc::make_mut(entry);
        worker.work(stored, &mut self.shared, horizon, context);
        if let Some(due) = worker.due {
            self.pods_due.add(due, Rc::clone(&uid));
        }
        if worker.stage == Stage::Sandbox {
            for (index, volume) in worker.volumes.iter().enumerate() {
                if let Some(next) = volume.next {
                    self.looks_due.add(next, (Rc::clone(&uid), index));
                }
            }
        }
        let printed = std::mem::take(&mut self.shared.printed);
        (!printed.is_empty()).then(|| (worker.pod(), printed))
    }

    /// Looks at the volume that is due: refreshes its tokens, takes over what has changed. Of the refreshes until
    /// `horizon`, in which nobody can look, only the last one happens.
    pub fn work_look(&mut self, at: Timestamp, horizon: Timestamp, context: &mut Context<'_>) {
        let Some((_, (uid, index))) = self.looks_due.take_due(at) else { return };
        let Some(entry) = self.workers.get_mut(&uid) else { return };
        let valid = entry.volumes.get(index).is_some_and(|volume| volume.next == Some(at));
        if !valid || matches!(entry.stage, Stage::Stopped) {
            return;
        }
        let worker = Rc::make_mut(entry);
        let grid = worker.grid;
        // An application looks at the files when it calls.
        let calls = worker.containers.iter().filter_map(ContainerState::call_due).min();
        let kept = worker.pod.clone();
        let account = context.get("serviceaccounts", &worker.namespace, &worker.account);
        let Some(volume) = worker.volumes.get_mut(index) else { return };
        // That there is no account any more is found out at the first replacement, not at the last.
        let news = account.is_none() && volume.tokens.iter().any(|token| !token.failing);
        let left_out = if news { 0 } else { volume.skip(grid, horizon.min(calls.unwrap_or(horizon))) };
        volume.left_out += left_out;
        if volume.reports_failures(at) {
            left_out_mounts(&kept.open(), volume, left_out, grid.interval, context);
        }
        if volume.next.is_some_and(|next| next > at) {
            if let Some(next) = volume.next {
                self.looks_due.add(next, (uid, index));
            }
            return;
        }
        let unobserved = std::mem::take(&mut volume.left_out);
        let manager = tokens::Tokens { seed: self.shared.seed, grid, unobserved };
        let pod = kept.open();
        let specs = object::list(&pod, &["spec", "volumes"]);
        let Some(spec) = specs.iter().find(|spec| object::text(spec, &["name"]) == volume.name) else { return };
        let before = volume.clone();
        let why = if volume.tokens.iter().any(|token| token.refresh_due <= at) {
            "a token in it passed 80 % of its lifetime or a day"
        } else {
            "what it shows has changed"
        };
        if !volume.set_up(&pod, spec, &manager, context, why) {
            failed_mount(&pod, volume, 1, context);
        }
        if let Some(next) = volume.next {
            self.looks_due.add(next, (Rc::clone(&uid), index));
        }
        let replaced: Vec<TokenLife> = before
            .tokens
            .iter()
            .filter(|old| volume.tokens.iter().all(|new| new.token != old.token))
            .map(|old| view::token_life(&pod, &before.name, old, Some("replaced by a newer one".to_owned())))
            .collect();
        self.remember(replaced);
    }

    fn end_tokens(&mut self, worker: &Worker, now: Timestamp) {
        let why = format!("its pod was deleted at {}", now.rfc3339());
        let pod = worker.pod();
        let lives = worker.volumes.iter().flat_map(|volume| {
            volume.tokens.iter().map(|token| view::token_life(&pod, &volume.name, token, Some(why.clone())))
        });
        let lives: Vec<TokenLife> = lives.collect();
        self.remember(lives);
    }

    fn remember(&mut self, lives: Vec<TokenLife>) {
        self.ended.extend(lives.into_iter().map(Rc::new));
        if self.ended.len() > ENDED_MAX {
            let excess = self.ended.len() - ENDED_MAX * 3 / 4;
            self.ended.drain(..excess);
        }
    }
}

/// Whether a volume shows that ConfigMap or Secret.
fn shows(volume: &Object, resource: &str, name: &str) -> bool {
    let (field, name_field) = if resource == "secrets" { ("secret", "secretName") } else { ("configMap", "name") };
    object::text(volume, &[field, name_field]) == name
        || object::list(volume, &["projected", "sources"])
            .iter()
            .any(|source| object::text(source, &[field, "name"]) == name)
}
