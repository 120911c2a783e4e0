//! Attempts that fail again and again, and that nobody can see, are counted instead of made.
//!
//! A Deployment whose account is missing fails some 31,500 times a year. As long as nothing else happens in the cluster,
//! each attempt is like the one before: it counts one Event up, which makes one revision. Left out is what lies before
//! the next thing that is different, but for the last attempt: so everything that is stored, revisions included, is the
//! same as if all had been made. The log of changes has those that were made.

use super::{State, Work};
use crate::api::time::Timestamp;
use crate::cluster::controllers::{BACKOFF_MAX, CONTROLLERS, Repeating};
use crate::cluster::log::Part;
use crate::cluster::store::{ChangeKind, Key, Logged};
use crate::cluster::trace::{Actor, Event, ObjectRef};
use std::rc::Rc;
use std::time::Duration;

impl State {
    /// Notes whether the attempt that a stuck controller has just made can only be made again; its changes are those after
    /// the revision `before`.
    #[inline(never)] // It is not in the half of the program that a first visit takes (tools/halves).
    pub(super) fn note_attempt(&mut self, index: usize, key: &Key, next: Timestamp, before: u64) {
        let disturbs = CONTROLLERS.get(index).is_none_or(|controller| controller.disturbs_pods());
        let event = self.server.store().changes_since(before).filter(|_| !disturbs).and_then(only_an_event);
        self.queues.note_repeating(index, key, event.map(|event| Repeating { next, event }));
    }

    /// Leaves out the attempts that are due next and can only be like those before them, if there are at least two of
    /// each until something else happens; whether it did.
    #[inline(never)]
    pub(super) fn leave_out_attempts(&mut self, instant: Timestamp) -> bool {
        let stuck = self.stuck();
        let Some((last, _, _)) = stuck.last() else { return false };
        let (last, count) = (*last, stuck.len());
        let events: Vec<Rc<Key>> = stuck.iter().filter_map(|(_, _, turn)| turn.event.clone()).collect();
        // What happens at the very instant of an attempt may have to come before it.
        let room = match self.something_else(count, &events) {
            Some(other) if other <= instant => other.since(last).saturating_sub(Duration::from_micros(1)),
            _ => instant.since(last),
        };
        let times = u32::try_from(room.as_micros() / BACKOFF_MAX.as_micros()).unwrap_or(u32::MAX);
        if times == 0 {
            return false;
        }
        let by = BACKOFF_MAX.saturating_mul(times);
        let keys: Vec<(usize, Key)> = stuck.into_iter().map(|(_, entry, _)| entry).collect();
        let mut first = 0..count;
        self.agenda.put_off(by, |_, _| first.next().is_some());
        let store = self.server.store();
        let current = |written: &Logged| store.kept(&written.key).is_some_and(|kept| kept.is(&written.kept));
        self.fading.put_off(by, |_, written| events.contains(&written.key) && current(written));
        for (index, key) in keys {
            self.queues.put_off(index, &key, by);
            self.note_left_out(index, &key, times);
        }
        for event in &events {
            self.recorder.count_up(&event.name, u64::from(times));
        }
        self.server.leave_out(events.len() as u64 * u64::from(times));
        self.seen = self.server.store().revision();
        true
    }

    /// The attempts at the head of the agenda that can only be like those before them.
    fn stuck(&self) -> Vec<(Timestamp, (usize, Key), Repeating)> {
        let turn = |(at, work): (Timestamp, &Work)| match work {
            Work::Sync(index, key) => {
                let turn = self.queues.repeating(*index, key, at)?.clone();
                Some((at, (*index, key.clone()), turn))
            }
            Work::Schedule(_) => None,
        };
        self.agenda.iter().map_while(turn).collect()
    }

    /// When something else happens than the first so many on the agenda and what keeps these Events from being forgotten.
    fn something_else(&self, count: usize, events: &[Rc<Key>]) -> Option<Timestamp> {
        let store = self.server.store();
        let forgets = |written: &Logged| {
            !events.contains(&written.key) && store.kept(&written.key).is_some_and(|kept| kept.is(&written.kept))
        };
        let others = [
            self.agenda.iter().nth(count).map(|(at, _)| at),
            self.kubelet.pod_due(),
            self.kubelet.look_due(),
            self.fading.iter().find(|(_, written)| forgets(written)).map(|(at, _)| at),
        ];
        others.into_iter().flatten().min()
    }

    fn note_left_out(&mut self, index: usize, key: &Key, times: u32) {
        let Some(controller) = CONTROLLERS.get(index) else { return };
        let (resource, namespace, name) = (key.resource.clone(), key.namespace.clone(), key.name.clone());
        let what = format!("tried {times} times more with {name}, in vain, which nobody could see");
        let event = Event::Acted { what, why: "each attempt failed as the one before".to_owned() };
        let about = ObjectRef { resource, namespace, name };
        let now = self.now();
        self.server.trace_mut().add(now, 0, Actor::Controller(controller.name()), Some(about), event);
    }
}

/// The Event that was counted up, if nothing else was changed; `None` if something was.
#[allow(clippy::option_option)]
fn only_an_event(changes: Part<'_, Rc<Logged>>) -> Option<Option<Rc<Key>>> {
    match (changes.first(), changes.len()) {
        (None, _) => Some(None),
        (Some(one), 1) if one.key.resource == "events" && one.kind == ChangeKind::Modified => {
            Some(Some(Rc::clone(&one.key)))
        }
        _ => None,
    }
}
