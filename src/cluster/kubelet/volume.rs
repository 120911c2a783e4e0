//! One volume of a pod on the node: set up, kept up to date, shown.
//!
//! Follows pkg/volume/{projected,secret,configmap,downwardapi,emptydir}. hostPath is an empty folder here: the node has
//! no files of its own.

use crate::api::files::{Attributes, Entry};
use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::actor::{Context, about};
use crate::cluster::kubelet::atomic_writer::{self, Payload};
use crate::cluster::kubelet::refresh::SyncGrid;
use crate::cluster::kubelet::sources::{self, Ownership};
use crate::cluster::kubelet::tokens::{MountedToken, Tokens};
use crate::cluster::random::Random;
use crate::cluster::trace::Event;
use serde_json::Value;
use std::time::Duration;

const BACKOFF_FIRST: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(122);

/// What a volume is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Written by the atomic writer into a tmpfs.
    Projected,
    /// The same.
    Secret,
    /// Written by the atomic writer onto the node's disk.
    ConfigMap,
    /// Written by the atomic writer into a tmpfs.
    DownwardApi,
    /// Empty at first, written by the containers.
    EmptyDir,
    /// A folder of the node, here always empty.
    HostPath,
    /// A kind that is not simulated.
    Other,
}

impl Kind {
    const NAMES: [(Kind, &'static str); 6] = [
        (Kind::Projected, "projected"),
        (Kind::Secret, "secret"),
        (Kind::ConfigMap, "configMap"),
        (Kind::DownwardApi, "downwardAPI"),
        (Kind::EmptyDir, "emptyDir"),
        (Kind::HostPath, "hostPath"),
    ];

    /// The kind of a volume in a pod's spec.
    pub fn of(volume: &Value) -> Self {
        let found = Kind::NAMES.iter().find(|(_, name)| volume.get(*name).is_some());
        match found {
            Some((kind, _)) => *kind,
            // A volume without a source is an emptyDir.
            None if volume.as_object().is_some_and(|map| map.len() <= 1) => Kind::EmptyDir,
            None => Kind::Other,
        }
    }

    /// Whether the atomic writer writes it.
    pub fn is_written(self) -> bool {
        matches!(self, Kind::Projected | Kind::Secret | Kind::ConfigMap | Kind::DownwardApi)
    }

    /// The plugin's name as the node's folders carry it.
    pub fn plugin(self) -> &'static str {
        match self {
            Kind::Projected => "kubernetes.io~projected",
            Kind::Secret => "kubernetes.io~secret",
            Kind::ConfigMap => "kubernetes.io~configmap",
            Kind::DownwardApi => "kubernetes.io~downward-api",
            Kind::EmptyDir => "kubernetes.io~empty-dir",
            Kind::HostPath => "kubernetes.io~host-path",
            Kind::Other => "kubernetes.io~other",
        }
    }

    /// The file system as `mount` prints it.
    pub fn file_system(self, volume: &Value) -> &'static str {
        match self {
            Kind::Projected | Kind::Secret | Kind::DownwardApi => "tmpfs",
            Kind::EmptyDir if object::text(volume, &["emptyDir", "medium"]) == "Memory" => "tmpfs",
            _ => "ext4",
        }
    }
}

/// A volume on the node.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its name in the pod.
    pub name: String,
    /// What it is made of.
    pub kind: Kind,
    /// Whether it has been set up.
    pub ready: bool,
    /// Its tokens.
    pub tokens: Vec<MountedToken>,
    /// The folder `..data` points to.
    pub data_folder: String,
    /// Why it is not set up, or why the last update failed; the kubelet's words.
    pub error: String,
    /// When it is looked at again without anything having changed; `None` for never.
    pub next: Option<Timestamp>,
    /// How many replacements of its tokens were left out since the last one, because nobody could look.
    pub left_out: u64,
    payload: Payload,
    written: Timestamp,
    own: Option<Entry>,
    failures: u32,
}

impl Volume {
    /// A volume that is not set up yet.
    pub fn new(volume: &Value) -> Self {
        Volume {
            name: object::text(volume, &["name"]).to_owned(),
            kind: Kind::of(volume),
            ready: false,
            tokens: Vec::new(),
            data_folder: String::new(),
            error: String::new(),
            next: None,
            left_out: 0,
            payload: Payload::new(),
            written: Timestamp::default(),
            own: None,
            failures: 0,
        }
    }

    /// Sets it up, or brings it up to date. On failure `error` says why and `next` when it is tried again.
    pub fn set_up(
        &mut self,
        pod: &Object,
        volume: &Value,
        manager: &Tokens,
        context: &mut Context<'_>,
        why: &str,
    ) -> bool {
        let now = context.now();
        match self.kind {
            Kind::EmptyDir | Kind::HostPath => {
                let mode = if Ownership::of(pod).group.is_some() { 0o2777 } else { 0o777 };
                let group = Ownership::of(pod).group.unwrap_or(0);
                self.own.get_or_insert_with(|| Entry::directory(Attributes { mode, user: 0, group, modified: now }));
                self.ready = true;
                return true;
            }
            Kind::Other => {
                let kind = volume.as_object().and_then(|map| map.keys().find(|key| *key != "name"));
                let kind = kind.map(String::as_str).unwrap_or_default();
                self.fail(
                    format!("not simulated: volumes of kind {kind} (emptyDir, projected, secret and configMap are)"),
                    now,
                );
                return false;
            }
            _ => {}
        }
        match sources::collect(pod, volume, &mut self.tokens, manager, context) {
            Ok(payload) => {
                self.failures = 0;
                self.error.clear();
                if !self.ready || atomic_writer::differs(&payload, &self.payload) {
                    self.write(pod, payload, manager, context, why);
                }
                self.next = self.tokens.iter().map(|token| token.refresh_due).min();
                true
            }
            Err(error) => {
                self.fail(error, now);
                false
            }
        }
    }

    fn fail(&mut self, error: String, now: Timestamp) {
        let delay = BACKOFF_FIRST.saturating_mul(1u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(BACKOFF_MAX);
        self.failures = (self.failures + 1).min(30);
        self.error = error;
        self.next = Some(now.after(delay));
    }

    fn write(&mut self, pod: &Object, payload: Payload, manager: &Tokens, context: &mut Context<'_>, why: &str) {
        let now = context.now();
        let purpose = format!("folder/{}/{}/{}", object::uid(pod), self.name, now.unix_micros());
        let random = u32::try_from(Random::stream(manager.seed, &purpose).below(1 << 32)).unwrap_or(0);
        let replaced = self.ready;
        self.data_folder = atomic_writer::data_folder(now, random);
        self.written = now;
        self.ready = true;
        let files = payload.keys().cloned().collect();
        self.payload = payload;
        let event = Event::FilesWritten {
            volume: self.name.clone(),
            files,
            data_folder: self.data_folder.clone(),
            replaced,
            why: why.to_owned(),
        };
        context.note(Some(about("pods", pod)), event);
    }

    /// Moves its next look to the last one of a long stretch in which nobody can look; the looks left out.
    pub fn skip(&mut self, grid: SyncGrid, horizon: Timestamp) -> u64 {
        let lasts: Vec<Option<Timestamp>> = self.tokens.iter().map(|token| token.last_until(grid, horizon)).collect();
        let Some(first) = lasts.iter().flatten().min().copied() else { return 0 };
        if self.next.is_none_or(|due| due >= first) {
            return 0;
        }
        let mut left_out = 0;
        for (token, last) in self.tokens.iter_mut().zip(lasts) {
            let Some(last) = last else { continue };
            left_out = token.left_out(grid, last).max(left_out);
            token.refresh_due = last;
        }
        self.next = Some(first);
        left_out
    }

    /// Whether each look at it ends in an Event: a token has expired, and there is no other.
    pub fn reports_failures(&self, now: Timestamp) -> bool {
        self.tokens.iter().any(|token| token.failing && token.expires < now)
    }

    /// How far apart the attempts are to set it up, once they come no later any more.
    pub fn retries_every(&self) -> Option<Duration> {
        (BACKOFF_FIRST.saturating_mul(1 << self.failures.min(20)) > BACKOFF_MAX).then_some(BACKOFF_MAX)
    }

    /// Leaves out those attempts until `horizon`, but for the last; how many.
    pub fn skip_attempts(&mut self, horizon: Timestamp) -> u64 {
        let Some((next, each)) = self.next.zip(self.retries_every()) else { return 0 };
        let attempts = u32::try_from(horizon.since(next).as_micros() / each.as_micros()).unwrap_or(0);
        self.next = Some(next.after(each.saturating_mul(attempts)));
        u64::from(attempts)
    }

    /// Something it is made of has changed: it is brought up to date at the pod's next sync.
    pub fn touch(&mut self, sync: Timestamp) {
        self.next = Some(self.next.map_or(sync, |next| next.min(sync)));
    }

    /// Its root folder.
    pub fn root(&self, pod: &Object) -> Option<Entry> {
        if !self.ready {
            return None;
        }
        if let Some(own) = &self.own {
            return Some(own.clone());
        }
        let root_mode = if self.kind == Kind::ConfigMap { 0o777 } else { 0o1777 };
        let group = Ownership::of(pod).group;
        Some(atomic_writer::write(&self.payload, &self.data_folder, root_mode, group, self.written))
    }

    /// Replaces the files of a volume that containers may write to.
    pub fn replace(&mut self, root: Entry) {
        if self.own.is_some() {
            self.own = Some(root);
        }
    }
}
