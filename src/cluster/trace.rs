//! The trace: what every actor did and why. The X-ray, the diffs, the "why" texts and the timeline read it;
//! they never guess.

use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::kept::Kept;
use crate::cluster::log::{Log, Part};
use std::borrow::Cow;
use std::rc::Rc;

/// How many entries are kept; the oldest go first.
pub const LENGTH_MAX: usize = 20_000;
/// How many entries back objects are kept as they are; before them they are folded.
const UNFOLDED: usize = 4_000;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Whoever sent the request: `kubectl`, `curl`, `kubelet`, a controller (from its user agent).
    Client(String),
    /// The API server itself.
    ApiServer,
    /// An admission plugin, by its name (`ServiceAccount`).
    Admission(&'static str),
    /// A controller, by its name (`serviceaccount-token`).
    Controller(&'static str),
    /// The scheduler.
    Scheduler,
    /// The kubelet of a node.
    Kubelet,
}

/// The object an entry is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectRef {
    /// The qualified plural, `pods`.
    pub resource: String,
    /// Empty for cluster-scoped objects.
    pub namespace: String,
    /// The name; empty for collections.
    pub name: String,
}

/// One fact about a decision, in order: `pod.spec.automountServiceAccountToken`, `unset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was looked at.
    pub subject: String,
    /// What was found there.
    pub finding: String,
    /// Whether this is the fact that decided.
    pub decided: bool,
}

impl Reason {
    /// A fact that was looked at and left the question open.
    pub fn looked(subject: impl Into<String>, finding: impl Into<String>) -> Self {
        Reason { subject: subject.into(), finding: finding.into(), decided: false }
    }

    /// The fact that decided.
    pub fn decided(subject: impl Into<String>, finding: impl Into<String>) -> Self {
        Reason { subject: subject.into(), finding: finding.into(), decided: true }
    }
}

/// One field (or subtree) that somebody set on an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The path: `spec.volumes[1]`, `spec.serviceAccountName`, `data.token`.
    pub path: String,
    /// One plain sentence of why.
    pub why: String,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A request arrived. `submitted` is the object it carried, if any.
    Received {
        /// `GET /api/v1/namespaces/default/pods?limit=500`.
        request_line: String,
        /// The address it came from.
        source: Cow<'static, str>,
        /// The object as submitted.
        submitted: Option<Kept>,
    },
    /// Authentication knew the caller. `checks` are the steps taken, the last one decided.
    Authenticated {
        /// Who it is.
        user: Rc<UserInfo>,
        /// Authenticators tried and token checks made.
        checks: Vec<Reason>,
    },
    /// Authentication refused: 401.
    Unauthenticated {
        /// Authenticators tried and token checks made; the last one failed.
        checks: Vec<Reason>,
    },
    /// Authorization decided.
    Authorized {
        /// Yes or no.
        allowed: bool,
        /// `list`, `create`, …
        verb: String,
        /// `RBAC: allowed by RoleBinding "…"`, or why not.
        reason: String,
        /// Bindings and rules looked at; for a refusal, those that came close.
        checks: Vec<Reason>,
    },
    /// Defaulting or an admission plugin changed the object before it was stored.
    Mutated {
        /// The object before.
        before: Kept,
        /// The object after.
        after: Kept,
        /// What was set and why.
        changes: Vec<FieldChange>,
        /// The chain of facts behind the decision.
        checks: Vec<Reason>,
    },
    /// An admission plugin looked and changed nothing (`automount` is off, say).
    Admitted {
        /// The chain of facts behind the decision.
        checks: Vec<Reason>,
    },
    /// The request was refused after authorization: admission, validation, conflict, not found.
    Refused {
        /// The answer.
        status: Status,
    },
    /// An object was created, changed or deleted in the store.
    Stored {
        /// What happened to it.
        change: crate::cluster::store::ChangeKind,
        /// The object before; `None` for a new one.
        before: Option<Kept>,
        /// The object after; `None` for a deleted one.
        after: Option<Kept>,
    },
    /// The request was answered.
    Answered {
        /// The HTTP status code.
        code: u16,
    },
    /// A token was issued (TokenRequest, or the token controller for a Secret).
    TokenIssued {
        /// The claims.
        claims: Kept,
        /// What decided its lifetime and binding.
        checks: Vec<Reason>,
    },
    /// A controller, the scheduler or the kubelet acted; the sentence says what and why.
    Acted {
        /// One sentence.
        what: String,
        /// Why, one sentence; may be empty.
        why: String,
    },
    /// The kubelet wrote files into a volume of a pod.
    FilesWritten {
        /// The volume's name in the pod.
        volume: String,
        /// The paths inside the volume, with `absent`/`link` notes where useful.
        files: Vec<String>,
        /// The time-stamped folder that `..data` points to now.
        data_folder: String,
        /// Whether an older folder was replaced (a rotation).
        replaced: bool,
        /// Why now.
        why: String,
    },
}

impl Event {
    /// Folds the objects that only the trace keeps; what the store keeps too, it folds itself.
    fn fold(&self) {
        match self {
            Event::Received { submitted: Some(submitted), .. } => submitted.fold(),
            Event::Mutated { before, after, .. } => {
                before.fold();
                after.fold();
            }
            Event::TokenIssued { claims, .. } => claims.fold(),
            _ => {}
        }
    }
}

/// One line of the trace.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Counts from 1 and never repeats.
    pub sequence: u64,
    /// When.
    pub time: Timestamp,
    /// The request this belongs to, counted from 1; 0 for what no request caused.
    pub request: u64,
    /// Who.
    pub actor: Actor,
    /// About which object.
    pub object: Option<ObjectRef>,
    /// What.
    pub event: Event,
}

/// What happened, in order.
#[derive(Clone, Debug)]
pub struct Trace {
    entries: Log<Rc<Entry>>,
    sequence: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Trace { entries: Log::new(LENGTH_MAX), sequence: 0 }
    }
}

impl Trace {
    /// Adds an entry.
    pub fn add(&mut self, time: Timestamp, request: u64, actor: Actor, object: Option<ObjectRef>, event: Event) {
        self.sequence += 1;
        let entry = Entry { sequence: self.sequence, time, request, actor, object, event };
        self.entries.push(Rc::new(entry));
        if let Some(cold) = self.entries.len().checked_sub(UNFOLDED).and_then(|index| self.entries.get(index)) {
            cold.event.fold();
        }
    }

    /// The sequence number of the last entry; 0 before the first.
    pub fn last_sequence(&self) -> u64 {
        self.sequence
    }

    /// The entries after that sequence number, oldest first.
    pub fn since(&self, sequence: u64) -> Part<'_, Rc<Entry>> {
        self.entries.all().after(|entry| entry.sequence <= sequence)
    }

    /// The entries after one sequence number, up to and with another.
    pub fn between(&self, after: u64, until: u64) -> Part<'_, Rc<Entry>> {
        self.since(after).until(|entry| entry.sequence <= until)
    }

    /// About how many bytes a copy takes that it does not share.
    pub fn size(&self) -> usize {
        self.entries.size()
    }

    /// All entries that are kept.
    pub fn entries(&self) -> Part<'_, Rc<Entry>> {
        self.entries.all()
    }
}
