//! Which of the differences made two outputs differ: found by trying, not by guessing.
//!
//! Of two versions, each change between them is turned round alone, on either side, and the session with its last
//! command is played again. A change that then changes the output of its side has a part in the difference.

use crate::api::release::{Change, Version};
use crate::lab::versions::mask::Mask;
use crate::lab::versions::table::{Difference, NUMBERS, of};
use crate::lab::{Action, Lab, Settings, transcript};
use std::rc::Rc;
use std::time::Duration;

/// What had a part in a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// That the versions have different numbers.
    Numbers,
    /// A change between them.
    Change(Change),
}

impl Cause {
    /// Its row of the table.
    pub fn difference(self) -> &'static Difference {
        match self {
            Cause::Numbers => &NUMBERS,
            Cause::Change(change) => of(change),
        }
    }

    /// A version with this one thing as the other version has it.
    fn taken_over(self, version: Version, other: Version) -> Version {
        match self {
            Cause::Numbers => version.numbered(other.release),
            Cause::Change(change) => version.turn(change),
        }
    }
}

/// Everything that differs between two versions.
pub fn between(left: Version, right: Version) -> Vec<Cause> {
    let changes = Change::ALL.into_iter().filter(|change| left.has(*change) != right.has(*change)).map(Cause::Change);
    let numbers = (left.release != right.release).then_some(Cause::Numbers);
    numbers.into_iter().chain(changes).collect()
}

/// A log, to be played on clusters of several versions.
pub type Log = Rc<Vec<(Action, Duration)>>;

/// Plays a log on a fresh session.
pub fn play(settings: &Settings, version: Version, log: &[(Action, Duration)]) -> Lab {
    let mut lab = Lab::new(Settings { kubernetes: version, ..settings.clone() });
    lab.set_interactive(false);
    for (action, elapsed) in log {
        lab.act(action.clone());
        lab.tick(*elapsed);
    }
    lab
}

/// What the last action of a session printed, as it is compared.
pub fn last_output(lab: &Lab, mask: &Mask) -> String {
    lab.all_records().last().map(|record| mask.apply(&transcript::printed(record))).unwrap_or_default()
}

/// Whether `cause` has a part in what the last action of `log` printed differently on the two sides.
pub fn has_part(cause: Cause, settings: &Settings, sides: [(Version, &str); 2], log: &Log, mask: &Mask) -> bool {
    let [(left, left_output), (right, right_output)] = sides;
    let prints = |version| last_output(&play(settings, version, log), mask);
    prints(cause.taken_over(left, right)) != left_output || prints(cause.taken_over(right, left)) != right_output
}
