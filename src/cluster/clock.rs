//! Time as a value: the virtual clock, and the queue of what is due.

use crate::api::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// The virtual clock. It never reads the wall clock; it moves only when somebody moves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    now: Timestamp,
    held: bool,
}

impl Clock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Clock { now: start, held: false }
    }

    /// From now on only [`Clock::move_to`] moves it. A running cluster holds its clock: how long a request takes is
    /// its business then, and work that is left out takes no time that would show elsewhere.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets `duration` pass, unless it is held.
    pub fn tick(&mut self, duration: Duration) {
        if !self.held {
            self.now = self.now.after(duration);
        }
    }

    /// Moves to `instant`; never back.
    pub fn move_to(&mut self, instant: Timestamp) {
        self.now = self.now.max(instant);
    }
}

/// Work that waits for its time, ordered by (time, sequence): of two things due at once, the one that was
/// asked for first happens first.
#[derive(Clone, Debug)]
pub struct Queue<W> {
    waiting: BTreeMap<(Timestamp, u64), W>,
    sequence: u64,
}

impl<W> Default for Queue<W> {
    fn default() -> Self {
        Queue { waiting: BTreeMap::new(), sequence: 0 }
    }
}

impl<W> Queue<W> {
    /// Adds work that is due at `at`.
    pub fn add(&mut self, at: Timestamp, work: W) {
        self.sequence += 1;
        self.waiting.insert((at, self.sequence), work);
    }

    /// When the next work is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next work if it is due by `now`.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, W)> {
        if self.next_due()? > now {
            return None;
        }
        self.waiting.pop_first().map(|((at, _), work)| (at, work))
    }

    /// Everything that waits, soonest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &W)> {
        self.waiting.iter().map(|((at, _), work)| (*at, work))
    }

    /// Puts off what `which` says, asked soonest first. What is put off alike keeps its order.
    pub fn put_off(&mut self, by: Duration, mut which: impl FnMut(Timestamp, &W) -> bool) {
        let moved = self.waiting.iter().filter(|((at, _), work)| which(*at, work));
        let moved: Vec<(Timestamp, u64)> = moved.map(|(key, _)| *key).collect();
        for key in moved {
            if let Some(work) = self.waiting.remove(&key) {
                self.add(key.0.after(by), work);
            }
        }
    }

    /// Forgets what `drop` says should not happen any more.
    pub fn retain(&mut self, mut keep: impl FnMut(&W) -> bool) {
        self.waiting.retain(|_, work| keep(work));
    }
}
