//! What followed an action, step by step, in words: the trace told to a learner.

mod additions;
mod scene;
mod stretch;
mod words;

pub use additions::{Addition, additions};
pub use scene::{Scene, provenance, scene};
pub use words::chain;

use crate::api::object::{self, Pod};
use crate::api::time::Timestamp;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Actor, Entry, Event, Reason, Trace};
use crate::lab::Record;
use std::rc::Rc;
use std::time::Duration;
use stretch::{Place, Stretch};

/// How many steps are told; what a command sets off is rarely more than a few dozen.
const STEPS_MAX: usize = 400;

/// What a step means, for its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something somebody asked for or did.
    Plain,
    /// The cluster added something.
    Injected,
    /// It went well: stored, running.
    Done,
    /// Refused.
    Refused,
}

/// One step of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// The trace entry it tells.
    pub entry: Rc<Entry>,
    /// When, counted from the action.
    pub after: Duration,
    /// What, in a sentence that begins with who did it.
    pub what: String,
    /// Why, or what it led to; may be empty.
    pub why: String,
    /// What it means.
    pub tone: Tone,
    /// The facts behind a decision, in order.
    pub checks: Vec<Reason>,
    /// Whether it belongs to a request that the learner's own program sent.
    pub mine: bool,
}

/// The steps of one action.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How many more there are that are not told.
    pub left_out: usize,
    /// The part of the trace it tells.
    pub entries: Vec<Rc<Entry>>,
}

impl Story {
    /// Tells what an action led to: its own stretch of the trace, and what happened later to the pods it made until
    /// they run. The control plane's own reading is left out, and what a program looks up before it writes is one
    /// step.
    pub fn of(record: &Record, trace: &Trace) -> Self {
        let mut entries = trace.between(record.trace_after, record.trace_until).to_vec();
        entries.extend(stretch::later(&entries, trace.since(record.trace_until)));
        Story::tell(entries, record.started, &|| printed_not_found(record))
    }

    fn tell(entries: Vec<Rc<Entry>>, start: Timestamp, said_not_found: &dyn Fn() -> bool) -> Self {
        let stretch = Stretch::new(&entries, said_not_found);
        let mut told: Vec<&Rc<Entry>> = entries.iter().filter(|entry| is_worth_telling(entry, &stretch)).collect();
        let left_out = told.len().saturating_sub(STEPS_MAX);
        told.truncate(STEPS_MAX);
        ask_before_answer(&mut told);
        let steps = told
            .into_iter()
            .map(|entry| {
                let place = stretch.place(entry);
                let (what, why, tone) = words::of(entry, &place);
                Step {
                    entry: Rc::clone(entry),
                    after: entry.time.since(start),
                    what,
                    why,
                    tone,
                    checks: checks(&entry.event).to_vec(),
                    mine: place.mine,
                }
            })
            .collect();
        Story { steps, left_out, entries }
    }

    /// The step that says most: what was refused, else the identity that admission added, else what was stored or
    /// issued, else why it was allowed.
    pub fn most_telling(&self) -> usize {
        let mine = |wanted: &dyn Fn(&Step) -> bool| self.steps.iter().position(|step| step.mine && wanted(step));
        let any = |wanted: &dyn Fn(&Step) -> bool| self.steps.iter().position(wanted);
        mine(&|step| step.tone == Tone::Refused)
            .or_else(|| mine(&is_identity))
            .or_else(|| mine(&|step| matches!(step.entry.event, Event::Stored { .. })))
            .or_else(|| mine(&|step| matches!(step.entry.event, Event::TokenIssued { .. })))
            .or_else(|| self.steps.iter().rposition(|step| step.mine && !step.checks.is_empty()))
            .or_else(|| any(&is_identity))
            .or_else(|| any(&|step| matches!(step.entry.event, Event::FilesWritten { .. })))
            .or_else(|| any(&|step| matches!(step.entry.event, Event::Stored { .. })))
            .unwrap_or(0)
    }
}

/// How a command was refused: the entry that says so, and what it means in one line for the terminal.
pub fn refusal(record: &Record, trace: &Trace) -> Option<(u64, String)> {
    let entries = trace.between(record.trace_after, record.trace_until);
    let suspects: Vec<&Rc<Entry>> = entries.iter().filter(|entry| is_refusal(&entry.event)).collect();
    if suspects.is_empty() {
        return None;
    }
    let said_not_found = || printed_not_found(record);
    let stretch = Stretch::new(&entries.to_vec(), &said_not_found);
    let refused = suspects.into_iter().find(|entry| {
        let place = stretch.place(entry);
        place.mine && !place.lookup
    })?;
    let user = entries.iter().find_map(|other| match &other.event {
        Event::Authenticated { user, .. } if other.request == refused.request => Some(user.username.as_str()),
        _ => None,
    });
    Some((refused.sequence, words::meaning(&refused.event, user)))
}

/// Whether kubectl told its user that something is not there; a 404 that it kept to itself was an answer.
fn printed_not_found(record: &Record) -> bool {
    let text = record.stderr() + &record.stdout();
    text.contains("not found") || text.contains("NotFound")
}

fn is_refusal(event: &Event) -> bool {
    matches!(event, Event::Refused { .. } | Event::Unauthenticated { .. } | Event::Authorized { allowed: false, .. })
}

fn is_identity(step: &Step) -> bool {
    step.entry.actor == Actor::Admission("ServiceAccount")
        && matches!(step.entry.event, Event::Mutated { .. } | Event::Admitted { .. })
}

/// The facts behind a decision.
pub fn checks(event: &Event) -> &[Reason] {
    match event {
        Event::Authenticated { checks, .. }
        | Event::Unauthenticated { checks }
        | Event::Authorized { checks, .. }
        | Event::Mutated { checks, .. }
        | Event::Admitted { checks }
        | Event::TokenIssued { checks, .. } => checks,
        _ => &[],
    }
}

fn is_worth_telling(entry: &Entry, stretch: &Stretch) -> bool {
    let Place { mine, lookup, .. } = stretch.place(entry);
    if lookup {
        return matches!(entry.event, Event::Received { .. });
    }
    let by_person = mine || entry.request == 0;
    let is_event = entry.object.as_ref().is_some_and(|object| object.resource == "events");
    match &entry.event {
        Event::Unauthenticated { .. } | Event::Refused { .. } | Event::Acted { .. } => true,
        Event::Authorized { allowed: false, .. } | Event::FilesWritten { .. } => true,
        Event::TokenIssued { claims, .. } => {
            mine || !object::text(&claims.open(), &["sub"]).starts_with("system:serviceaccount:kube-system:")
        }
        Event::Stored { .. } => mine || !is_bookkeeping(entry) || new_phase(&entry.event).is_some(),
        Event::Received { .. } | Event::Authenticated { .. } | Event::Authorized { .. } => by_person,
        Event::Mutated { changes, .. } => mine || (!changes.is_empty() && !is_event),
        Event::Admitted { checks } => !checks.is_empty(),
        Event::Answered { .. } => false,
    }
}

/// Status updates and events that the story tells in the actors' own sentences.
fn is_bookkeeping(entry: &Entry) -> bool {
    let Some(object) = &entry.object else {
        return false;
    };
    object.resource == "events"
        || matches!(&entry.event, Event::Stored { change: ChangeKind::Modified, .. } if object.resource != "secrets")
}

/// The phase that a pod has come to with this change, if it is another one than before.
fn new_phase(event: &Event) -> Option<String> {
    let Event::Stored { change: ChangeKind::Modified, before: Some(before), after: Some(after) } = event else {
        return None;
    };
    let (before, after) = (before.open(), after.open());
    let (old, new) = (Pod(&before).phase(), Pod(&after).phase());
    (object::kind(&after) == "Pod" || after.get("spec").is_some_and(|spec| spec.get("containers").is_some()))
        .then_some(new)
        .filter(|new| !new.is_empty() && *new != old)
        .map(str::to_owned)
}

/// The kubelet notes that it asked once it has the answer; told in the order in which it happened.
fn ask_before_answer(told: &mut [&Rc<Entry>]) {
    for at in 1..told.len() {
        let is_pair = matches!(
            (told.get(at - 1).map(|entry| &entry.event), told.get(at).map(|entry| (&entry.event, &entry.actor))),
            (Some(Event::TokenIssued { .. }), Some((Event::Acted { what, .. }, Actor::Kubelet))) if what.starts_with("asked for")
        );
        if is_pair {
            told.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
