//! The log of actions with its branches, and snapshots to go back to.
//!
//! Snapshots share what they have in common, and there is a budget for them: where one has been dropped, the state
//! is played again from the one before it, which gives the same bytes.

use crate::api::duration;
use crate::cluster::Cluster;
use crate::cluster::settings::Flags;
use crate::lab::Record;
use crate::shell::Shell;
use crate::words::tr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// What the snapshots of a session may take, in bytes, as estimated by [`Cluster::size`].
const SNAPSHOTS_BYTES_MAX: usize = 48 * 1024 * 1024;

/// How many branches are kept; of more, the one that was left longest ago goes.
pub const BRANCHES_MAX: usize = 24;

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

    /// The action in one line, for a list: the command, or what was done.
    pub fn words(&self) -> String {
        match self {
            Action::Command(entry) => {
                let mut lines = entry.trim().lines();
                let first = lines.next().unwrap_or_default().to_owned();
                if lines.next().is_some() { first + " …" } else { first }
            }
            Action::WriteFile { path, .. } => tr!("{0} saved", path),
            Action::FinishEdit { .. } => tr("edited text handed back").to_owned(),
            Action::Interrupt => "Ctrl+C".to_owned(),
            Action::Advance(time) => tr!("clock moved on by {0}", duration::human(*time)),
            Action::Flags(_) => tr("flags of the API server changed").to_owned(),
        }
    }
}

/// An action of the log and the time that went by after it.
#[derive(Clone)]
pub struct Step {
    /// What was done.
    pub action: Rc<Action>,
    /// How long the clock then ran before the next action.
    pub elapsed: Duration,
    pub(super) before: Option<Rc<Snapshot>>,
}

impl Step {
    /// A step that has not been played here yet.
    pub(super) fn new(action: Action, elapsed: Duration) -> Self {
        Step { action: Rc::new(action), elapsed, before: None }
    }

    /// Whether both are the same action with the same time after it.
    pub(super) fn is_same(&self, other: &Step) -> bool {
        self.action == other.action && self.elapsed == other.elapsed
    }
}

/// The session at one moment.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) cluster: Cluster,
    pub(super) shell: Shell,
    pub(super) records: Vec<Rc<Record>>,
    pub(super) cleared: usize,
    pub(super) unheard: bool,
}

impl Snapshot {
    /// About how many bytes it takes that others do not share.
    fn size(&self) -> usize {
        self.cluster.size() + self.records.len() * 8
    }
}

/// One way that things went, from the start to its last step.
#[derive(Clone, Default)]
pub(super) struct Branch {
    pub(super) id: usize,
    /// The first step of its own; 0 for the original.
    pub(super) at: usize,
    pub(super) steps: Vec<Step>,
    /// The state after the last step, while one looks elsewhere.
    pub(super) tip: Option<Rc<Snapshot>>,
}

impl Branch {
    pub(super) fn name(&self) -> String {
        match (self.id, self.steps.get(self.at)) {
            (0, _) => tr("Original").to_owned(),
            (_, Some(step)) => step.action.words(),
            (_, None) => tr!("after step {0}", self.at),
        }
    }
}

/// The log.
#[derive(Clone)]
pub(super) struct History {
    /// The branch that one is on.
    pub(super) line: Branch,
    /// The others, the one that was left longest ago first.
    pub(super) others: Vec<Branch>,
    /// How many steps of the line are done; the rest lies ahead.
    pub(super) position: usize,
    /// Where the session begins: what was done before belongs to its preparation.
    pub(super) floor: usize,
    next_id: usize,
    pub(super) snapshots_bytes_max: usize,
    /// No less than what the snapshots take, so that they are not counted at every step.
    snapshots_bytes: usize,
}

impl Default for History {
    fn default() -> Self {
        History {
            line: Branch::default(),
            others: Vec::new(),
            position: 0,
            floor: 0,
            next_id: 1,
            snapshots_bytes_max: SNAPSHOTS_BYTES_MAX,
            snapshots_bytes: 0,
        }
    }
}

impl History {
    /// The steps that are done.
    pub(super) fn done(&self) -> &[Step] {
        self.line.steps.get(..self.position).unwrap_or_default()
    }

    /// The steps that lie ahead.
    pub(super) fn ahead(&self) -> &[Step] {
        self.line.steps.get(self.position..).unwrap_or_default()
    }

    pub(super) fn is_at_tip(&self) -> bool {
        self.position >= self.line.steps.len()
    }

    /// All branches, in the order of their making.
    pub(super) fn branches(&self) -> Vec<&Branch> {
        let mut all: Vec<&Branch> = self.others.iter().chain([&self.line]).collect();
        all.sort_by_key(|branch| branch.id);
        all
    }

    /// Adds a step that was just done. What lay ahead stays behind as a branch of its own.
    pub(super) fn push(&mut self, action: Action, before: Rc<Snapshot>) {
        if !self.is_at_tip() {
            self.fork();
        }
        let size = before.size();
        self.line.steps.push(Step { action: Rc::new(action), elapsed: Duration::ZERO, before: Some(before) });
        self.line.tip = None;
        self.position = self.line.steps.len();
        self.thin_after(size);
    }

    /// Starts a branch here.
    pub(super) fn fork(&mut self) {
        let fresh = Branch { id: self.next_id, at: self.position, steps: self.done().to_vec(), tip: None };
        self.next_id += 1;
        self.others.push(std::mem::replace(&mut self.line, fresh));
        if self.others.len() >= BRANCHES_MAX
            && let Some(oldest) = self.others.iter().position(|branch| branch.id != 0)
        {
            self.others.remove(oldest);
        }
    }

    /// Makes another branch the one that one is on. Returns whether there is such a one.
    pub(super) fn switch(&mut self, id: usize) -> bool {
        let Some(index) = self.others.iter().position(|branch| branch.id == id) else {
            return self.line.id == id;
        };
        let line = self.others.remove(index);
        self.others.push(std::mem::replace(&mut self.line, line));
        true
    }

    pub(super) fn add_elapsed(&mut self, duration: Duration) {
        if let Some(last) = self.line.steps.last_mut() {
            last.elapsed += duration;
        }
    }

    /// The last snapshot of the line that is not after `position`, and where it belongs.
    pub(super) fn nearest(&self, position: usize) -> Option<(usize, Rc<Snapshot>)> {
        if position >= self.line.steps.len()
            && let Some(tip) = &self.line.tip
        {
            return Some((self.line.steps.len(), Rc::clone(tip)));
        }
        let mut upto = self.line.steps.iter().enumerate().take(position.saturating_add(1)).rev();
        upto.find_map(|(index, step)| Some((index, Rc::clone(step.before.as_ref()?))))
    }

    /// Puts branches in the place of what there is; the first steps of each are those of the line, up to the floor.
    pub(super) fn load(&mut self, branches: Vec<Branch>, current: usize) {
        self.next_id = branches.len();
        self.others = branches;
        self.line = Branch { id: usize::MAX, ..Branch::default() };
        self.switch(current);
        self.others.retain(|branch| branch.id != usize::MAX);
        self.position = self.floor;
        self.thin();
    }

    /// Keeps the state after the last step, before one looks elsewhere.
    pub(super) fn keep_tip(&mut self, tip: Rc<Snapshot>) {
        let size = tip.size();
        self.line.tip = Some(tip);
        self.thin_after(size);
    }

    /// Moves on to behind the next step, and keeps the state before it.
    pub(super) fn step_over(&mut self, before: Rc<Snapshot>) {
        let size = before.size();
        if let Some(step) = self.line.steps.get_mut(self.position) {
            step.before.get_or_insert(before);
            self.position += 1;
        }
        self.thin_after(size);
    }

    /// A snapshot of that size was added.
    fn thin_after(&mut self, size: usize) {
        self.snapshots_bytes += size;
        if self.snapshots_bytes > self.snapshots_bytes_max {
            self.thin();
        }
    }

    /// Drops snapshots until the rest is within the budget: first every other one, then three of four, and so on.
    /// The last few steps, the start and the ends of branches keep theirs as long as that is possible.
    pub(super) fn thin(&mut self) {
        let (mut stride, mut kept) = (1, 8);
        self.snapshots_bytes = self.count_bytes();
        while self.snapshots_bytes > self.snapshots_bytes_max && stride < 1 << 12 {
            stride *= 2;
            kept /= 2;
            let floor = self.floor;
            for branch in self.others.iter_mut().chain([&mut self.line]) {
                let recent = branch.steps.len().saturating_sub(kept);
                for (index, step) in branch.steps.iter_mut().enumerate() {
                    if index < recent && index > 0 && index != floor && index % stride != 0 {
                        step.before = None;
                    }
                }
                if kept == 0 && branch.steps.iter().any(|step| step.before.is_some()) {
                    branch.tip = None;
                }
            }
            self.snapshots_bytes = self.count_bytes();
        }
    }

    fn count_bytes(&self) -> usize {
        let mut seen = BTreeSet::new();
        let branches = self.others.iter().chain([&self.line]);
        let snapshots =
            branches.flat_map(|branch| branch.steps.iter().filter_map(|step| step.before.as_ref()).chain(&branch.tip));
        let first_seen = snapshots.filter(|snapshot| seen.insert(Rc::as_ptr(snapshot)));
        first_seen.map(|snapshot| snapshot.size()).sum()
    }
}
