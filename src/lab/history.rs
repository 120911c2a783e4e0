//! Undo and redo: the log of actions, and snapshots to go back to.
//!
//! Objects are shared between snapshots, so one costs about a pointer an object; the newest [`SNAPSHOTS_MAX`] are
//! kept.

use crate::cluster::Cluster;
use crate::cluster::settings::Flags;
use crate::lab::Record;
use crate::shell::Shell;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::time::Duration;

/// How many actions can be undone.
const SNAPSHOTS_MAX: usize = 200;

/// Something a learner did that changes the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// An entry of the terminal.
    Command(String),
    /// A file saved from the editor.
    WriteFile {
        /// Where, from the working folder.
        path: String,
        /// What.
        text: String,
    },
    /// The text a waiting `kubectl edit` gets back.
    FinishEdit {
        /// The edited text.
        text: String,
    },
    /// Ctrl-C.
    Interrupt,
    /// The clock moved on by hand.
    Advance(Duration),
    /// The API server started again with other flags.
    Flags(Flags),
}

impl Action {
    /// What the terminal shows as typed.
    pub fn entry(&self) -> Option<String> {
        match self {
            Action::Command(entry) => Some(entry.clone()),
            _ => None,
        }
    }
}

/// An action of the log and the time that went by after it.
#[derive(Clone)]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// How long the clock then ran before the next action.
    pub elapsed: Duration,
    before: Option<Snapshot>,
}

/// The session before an action.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) cluster: Cluster,
    pub(super) shell: Shell,
    pub(super) records: usize,
    pub(super) last_record: Option<Rc<Record>>,
    pub(super) cleared: usize,
}

/// The log.
#[derive(Clone, Default)]
pub(super) struct History {
    steps: Vec<Step>,
    undone: Vec<(Action, Duration)>,
}

impl History {
    pub(super) fn push(&mut self, action: Action, before: Snapshot) {
        self.steps.push(Step { action, elapsed: Duration::ZERO, before: Some(before) });
        if let Some(old) = self.steps.len().checked_sub(SNAPSHOTS_MAX + 1)
            && let Some(step) = self.steps.get_mut(old)
        {
            step.before = None;
        }
    }

    pub(super) fn add_elapsed(&mut self, duration: Duration) {
        if let Some(last) = self.steps.last_mut() {
            last.elapsed += duration;
        }
    }

    pub(super) fn undo(&mut self) -> Option<Snapshot> {
        let snapshot = self.steps.last_mut()?.before.take()?;
        let step = self.steps.pop()?;
        self.undone.push((step.action, step.elapsed));
        Some(snapshot)
    }

    pub(super) fn take_redo(&mut self) -> Option<(Action, Duration)> {
        self.undone.pop()
    }

    pub(super) fn forget_redo(&mut self) {
        self.undone.clear();
    }

    pub(super) fn can_undo(&self) -> bool {
        self.steps.last().is_some_and(|step| step.before.is_some())
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter()
    }
}
