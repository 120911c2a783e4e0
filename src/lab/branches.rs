//! Moving through the log: undo, redo, looking at any moment, and branches.
//!
//! Nothing is lost by looking: what lies ahead stays, and doing something else at an earlier moment begins a new
//! branch beside it.

use crate::lab::history::Branch;
use crate::lab::link::Line;
use crate::lab::{Action, Lab, Step};
use std::rc::Rc;
use std::time::Duration;

/// A branch as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchView {
    /// Its number; stays the same as long as the session lives.
    pub id: usize,
    /// `Original`, or the first command that differs.
    pub name: String,
    /// How many steps it shares with the branch that one is on.
    pub shared: usize,
    /// How many steps it has, the preparation left out.
    pub length: usize,
    /// Whether one is on it.
    pub is_current: bool,
}

impl Lab {
    /// Takes the last action back. `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let can = self.can_undo();
        if can {
            self.go_to(self.history.position - 1);
        }
        can
    }

    /// Does again what was undone last. `false` if there is nothing.
    pub fn redo(&mut self) -> bool {
        let can = self.can_redo();
        if can {
            self.go_to(self.history.position + 1);
        }
        can
    }

    /// Whether [`Lab::undo`] would do something.
    pub fn can_undo(&self) -> bool {
        self.history.position > self.history.floor
    }

    /// Whether [`Lab::redo`] would do something.
    pub fn can_redo(&self) -> bool {
        !self.history.is_at_tip()
    }

    /// What was done so far is the preparation: undo does not take it back, a link does not carry it.
    pub fn set_floor(&mut self) {
        self.history.floor = self.history.position;
    }

    /// How many steps were preparation.
    pub fn floor(&self) -> usize {
        self.history.floor
    }

    /// How many steps are done.
    pub fn position(&self) -> usize {
        self.history.position
    }

    /// Every step of this branch, those that lie ahead included.
    pub fn steps(&self) -> &[Step] {
        &self.history.line.steps
    }

    /// What the snapshots may take, in bytes. With less, going back takes longer and comes to the same.
    pub fn set_snapshots_bytes_max(&mut self, bytes: usize) {
        self.history.snapshots_bytes_max = bytes;
        self.history.thin();
    }

    /// Looks at the moment after that many steps of this branch.
    pub fn go_to(&mut self, position: usize) {
        self.leave();
        self.arrive(position);
    }

    /// Goes on from here: what lies ahead stays behind as a branch.
    pub fn branch_off(&mut self) {
        if !self.history.is_at_tip() {
            self.history.fork();
        }
    }

    /// All branches, in the order of their making.
    pub fn branches(&self) -> Vec<BranchView> {
        let line = &self.history.line;
        let view = |branch: &Branch| BranchView {
            id: branch.id,
            name: branch.name(),
            shared: common(branch, line).saturating_sub(self.history.floor),
            length: branch.steps.len().saturating_sub(self.history.floor),
            is_current: branch.id == line.id,
        };
        self.history.branches().into_iter().map(view).collect()
    }

    /// The branch that one is on.
    pub fn branch(&self) -> usize {
        self.history.line.id
    }

    /// Goes over to another branch, to the moment after that many steps. `false` if there is no such branch.
    pub fn switch(&mut self, id: usize, position: usize) -> bool {
        self.leave();
        let found = self.history.switch(id);
        self.arrive(if found { position } else { self.history.position });
        found
    }

    /// Forgets a branch that one is not on.
    pub fn forget_branch(&mut self, id: usize) {
        self.history.others.retain(|branch| branch.id != id);
    }

    /// The session at the end of a branch, to look at.
    pub fn at_branch(&self, id: usize) -> Lab {
        let mut copy = self.clone();
        copy.switch(id, usize::MAX);
        copy
    }

    /// How many steps two branches share; a step is shared if as much time went by after it.
    pub fn common(&self, left: usize, right: usize) -> usize {
        let find = |id| self.history.branches().into_iter().find(move |branch| branch.id == id);
        match (find(left), find(right)) {
            (Some(left), Some(right)) => common(left, right),
            _ => 0,
        }
    }

    fn leave(&mut self) {
        if self.history.is_at_tip() {
            self.history.keep_tip(self.snapshot());
        }
    }

    fn arrive(&mut self, position: usize) {
        let position = position.clamp(self.history.floor, self.history.line.steps.len().max(self.history.floor));
        if let Some((from, snapshot)) = self.history.nearest(position) {
            self.restore(&snapshot);
            self.history.position = from;
            while self.history.position < position && self.replay_step() {}
        }
        if self.history.is_at_tip() {
            self.history.line.tip = None;
        }
        // What commands asked the page for when they were first run is done.
        self.requests.clear();
    }

    /// Plays the next step again, as it was.
    fn replay_step(&mut self) -> bool {
        let before = self.snapshot();
        let Some(step) = self.history.ahead().first() else { return false };
        let (action, elapsed) = (Rc::clone(&step.action), step.elapsed);
        let (record, transcript) = self.perform(&action);
        self.records.push(record);
        self.handle_controls(transcript);
        self.history.step_over(before);
        if !elapsed.is_zero() {
            self.let_pass(Duration::ZERO, elapsed);
        }
        true
    }

    /// The branches as data, and which of them one is on.
    pub fn lines(&self) -> (Vec<Line>, usize) {
        let floor = self.history.floor;
        let branches = self.history.branches();
        let current = branches.iter().position(|branch| branch.id == self.history.line.id).unwrap_or(0);
        let lines = branches.iter().enumerate().map(|(index, branch)| {
            let earlier = branches.get(..index).unwrap_or_default().iter().enumerate();
            let (of, shared) = earlier
                .map(|(index, other)| (index, common(other, branch).min(branch.at)))
                .max_by_key(|(index, shared)| (*shared, std::cmp::Reverse(*index)))
                .unwrap_or((0, floor));
            let shared = shared.max(floor);
            let own = branch.steps.get(shared..).unwrap_or_default().iter();
            Line {
                of,
                at: shared - floor,
                named: branch.at.saturating_sub(shared),
                log: own.map(|step| ((*step.action).clone(), micros(step.elapsed))).collect(),
            }
        });
        (lines.collect(), current)
    }

    /// Puts branches into a session that has only been prepared, and stays at the start.
    pub fn load(&mut self, lines: Vec<Line>, current: usize) {
        self.set_floor();
        let start = self.snapshot();
        let floor = self.history.floor;
        let prepared = self.history.done().to_vec();
        let mut branches: Vec<Branch> = Vec::new();
        for (id, line) in lines.into_iter().enumerate() {
            let parent = branches.get(line.of).map(|branch| branch.steps.as_slice());
            let mut steps: Vec<Step> = parent.unwrap_or(&prepared).iter().take(floor + line.at).cloned().collect();
            let at = if id == 0 { 0 } else { steps.len() + line.named };
            let own = line.log.into_iter();
            steps.extend(own.map(|(action, elapsed)| Step::new(action, Duration::from_micros(elapsed))));
            if let Some(first) = steps.get_mut(floor) {
                first.before = Some(Rc::clone(&start));
            }
            let tip = (steps.len() == floor).then(|| Rc::clone(&start));
            branches.push(Branch { id, at, steps, tip });
        }
        if !branches.is_empty() {
            let current = current.min(branches.len() - 1);
            self.history.load(branches, current);
        }
    }

    /// Plays a log on a fresh session with these settings.
    pub fn replay(settings: crate::lab::Settings, log: impl IntoIterator<Item = (Action, Duration)>) -> Self {
        let mut lab = Lab::new(settings);
        for (action, elapsed) in log {
            lab.act(action);
            lab.tick(elapsed);
        }
        lab
    }
}

fn common(left: &Branch, right: &Branch) -> usize {
    left.steps.iter().zip(&right.steps).take_while(|(left, right)| left.is_same(right)).count()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
