//! Moving through time on the page. Nothing is lost by looking: an earlier moment is a place in the history, or,
//! between two steps, a copy beside the session.

use crate::api::Timestamp;
use crate::lab::{Action, Flags};
use crate::ui::act::Act;
use crate::ui::moments::Go;
use crate::ui::session::Session;
use std::time::Duration;

/// What the learner does to time and to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeAct {
    /// Show the session at an instant, past or future.
    Seek(Timestamp),
    /// Back to the latest moment.
    Latest,
    /// Let the clock run so many times as fast as the wall clock.
    Speed(u32),
    /// The API server starts again with other flags.
    Flags(Flags),
    /// Write a file and offer a command that uses it.
    Prepare(&'static str, &'static str, &'static str),
}

impl Session {
    /// Does it.
    pub(super) fn act_on_time(&mut self, act: TimeAct) {
        match act {
            TimeAct::Seek(instant) => self.seek(instant),
            TimeAct::Latest => {
                self.back_to_session();
                self.lab.go_to(usize::MAX);
                self.follow();
            }
            TimeAct::Speed(speed) => self.speed = speed.max(1),
            TimeAct::Flags(flags) => {
                self.lab.act(Action::Flags(flags));
            }
            TimeAct::Prepare(path, text, command) => {
                self.lab.write_file(path, text);
                if !self.open_files.iter().any(|open| open == path) {
                    self.open_files.push(path.to_owned());
                }
                self.act(Act::Insert(command.to_owned()));
            }
        }
    }

    /// Whether an earlier moment is shown.
    pub fn looks_back(&self) -> bool {
        self.present.is_some() || self.lab.can_redo()
    }

    fn seek(&mut self, instant: Timestamp) {
        self.back_to_session();
        let mut latest = self.lab.clone();
        latest.go_to(usize::MAX);
        let left = instant.since(latest.now());
        if instant >= latest.now() {
            self.lab = latest;
            if left > Duration::ZERO {
                self.lab.advance(left);
            }
        } else {
            let past = latest.at(instant);
            let between = past.branch() != latest.branch();
            self.lab = past;
            self.present = between.then_some(latest);
        }
        self.follow();
    }

    /// Away from the copy between two steps.
    fn back_to_session(&mut self) {
        if let Some(present) = self.present.take() {
            self.lab = present;
        }
    }

    /// Before something is done at an earlier moment: time that goes by there is looking on; between two steps,
    /// undo and redo go to the one before and the one after, and whatever else is done goes on in a branch.
    pub(super) fn in_the_past(&mut self, act: Act) -> Act {
        match act {
            Act::Advance(duration) if self.looks_back() => {
                return Act::Time(TimeAct::Seek(self.lab.now().after(duration)));
            }
            Act::AdvanceTo(instant) if self.looks_back() => return Act::Time(TimeAct::Seek(instant)),
            _ if self.present.is_none() => return act,
            _ => {}
        }
        let position = self.lab.position();
        match &act {
            Act::Undo | Act::Redo => {
                self.back_to_session();
                let after = usize::from(act == Act::Redo);
                return Act::Go(Go::To((position + after).saturating_sub(1)));
            }
            Act::Run(_)
            | Act::Save(_)
            | Act::FinishEdit
            | Act::Interrupt
            | Act::Go(Go::BranchOff)
            | Act::Time(TimeAct::Flags(_) | TimeAct::Prepare(..)) => self.present = None,
            Act::Go(Go::Panel(_) | Go::Compare(_)) => {}
            Act::Go(_) | Act::Reset | Act::Open(_) => self.back_to_session(),
            _ => {}
        }
        act
    }

    /// The instants that one can go back to: from the beginning of the lesson to the latest moment.
    pub fn reach(&self) -> (Timestamp, Timestamp) {
        let session = self.present.as_ref().unwrap_or(&self.lab);
        if !session.can_redo() {
            return (self.began, session.now());
        }
        let mut latest = session.clone();
        latest.go_to(usize::MAX);
        (self.began, latest.now())
    }
}
