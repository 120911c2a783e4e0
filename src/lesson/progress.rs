//! How far a learner is: goals met, questions answered, hints taken. Pure data; where it is kept is the page's
//! business.

use crate::api::Timestamp;
use crate::lab::Lab;
use crate::lesson::Lesson;
use crate::lesson::goal::Around;
use std::collections::BTreeMap;

/// One lesson on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt {
    /// For each branch, each goal that was met with the number of actions done by then: below that number it does not
    /// show.
    met: BTreeMap<usize, BTreeMap<usize, usize>>,
    /// Where the session was when this last looked: the branch, and the number of actions done.
    branch: usize,
    actions: usize,
    /// The chosen option of each answered question.
    answers: BTreeMap<usize, usize>,
    /// How many hints were opened, a step.
    hints: BTreeMap<usize, usize>,
    /// How many commands of the solution were played for the learner.
    shown: usize,
    /// How many actions there were when this last looked.
    seen: usize,
    undone: bool,
    since: u64,
    started: Timestamp,
    floor: usize,
}

/// A goal as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalState {
    /// What the learner reads.
    pub text: String,
    /// Whether it is ticked.
    pub met: bool,
    /// What is missing; empty once met.
    pub missing: String,
}

impl Attempt {
    /// An attempt that starts from the session as it is now (its setup played).
    pub fn new(lab: &Lab) -> Self {
        Attempt {
            since: lab.cluster().trace().last_sequence(),
            started: lab.now(),
            seen: lab.position(),
            ..Attempt::default()
        }
    }

    /// How many actions made the start of the lesson: undo stops there.
    pub fn set_floor(&mut self, actions: usize) {
        self.floor = actions;
    }

    /// How many actions made the start of the lesson.
    pub fn floor(&self) -> usize {
        self.floor
    }

    /// Looks at the session and ticks what holds. Call it after every action, undo and tick of the clock.
    pub fn update(&mut self, lesson: &Lesson, lab: &Lab) {
        let branch = lab.branch();
        if !self.met.contains_key(&branch) {
            // A new branch begins with what was reached where it parts.
            let shared = lab.common(self.branch, branch);
            let mut met = self.met.get(&self.branch).cloned().unwrap_or_default();
            met.retain(|_, done_by| *done_by <= shared);
            self.met.insert(branch, met);
        }
        self.branch = branch;
        self.actions = lab.position();
        self.undone |= self.actions < self.seen;
        self.seen = self.actions;
        for (index, (step, goal)) in lesson.goals().enumerate() {
            if !self.is_met(index) && goal.is_met(lab, &self.around(lesson, step)) {
                self.met.entry(branch).or_default().insert(index, self.actions);
            }
        }
    }

    /// Whether a goal (numbered over the whole lesson) is ticked.
    fn is_met(&self, goal: usize) -> bool {
        let done_by = self.met.get(&self.branch).and_then(|met| met.get(&goal));
        done_by.is_some_and(|done_by| *done_by <= self.actions)
    }

    /// Every goal, whether it is ticked.
    pub fn met(&self, lesson: &Lesson) -> Vec<bool> {
        (0..lesson.goals().count()).map(|index| self.is_met(index)).collect()
    }

    /// The goals of a step, ticked or with what is missing.
    pub fn goals(&self, lesson: &Lesson, lab: &Lab, step: usize) -> Vec<GoalState> {
        lesson
            .goals()
            .enumerate()
            .filter(|(_, (of, _))| *of == step)
            .map(|(index, (_, goal))| {
                let met = self.is_met(index);
                let missing = if met { None } else { goal.missing(lab, &self.around(lesson, step)) };
                GoalState { text: goal.text.clone(), met, missing: missing.unwrap_or_default() }
            })
            .collect()
    }

    /// Whether every goal of a step is ticked and its questions are answered.
    pub fn is_step_done(&self, lesson: &Lesson, step: usize) -> bool {
        let mut goals = lesson.goals().enumerate().filter(|(_, (of, _))| *of == step);
        goals.all(|(index, _)| self.is_met(index))
    }

    /// Whether every goal is ticked.
    pub fn is_done(&self, lesson: &Lesson) -> bool {
        self.met_count() == lesson.goals().count()
    }

    /// How many goals are ticked.
    pub fn met_count(&self) -> usize {
        self.met.get(&self.branch).map_or(0, |met| met.values().filter(|by| **by <= self.actions).count())
    }

    /// Whether it is done by the learner: watching the solution does not count.
    pub fn is_solved(&self, lesson: &Lesson) -> bool {
        self.shown == 0 && self.is_done(lesson)
    }

    /// Notes that `count` commands of the solution have been played.
    pub fn show(&mut self, count: usize) {
        self.shown = self.shown.max(count);
    }

    /// How many commands of the solution have been played.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// Whether something was undone.
    pub fn has_undone(&self) -> bool {
        self.undone
    }

    /// Remembers that something was undone, which a log does not show.
    pub fn set_undone(&mut self, undone: bool) {
        self.undone |= undone;
    }

    /// How many hints were opened in all.
    pub fn hint_count(&self) -> usize {
        self.hints.values().sum()
    }

    /// Answers a question (numbered over the whole lesson).
    pub fn answer(&mut self, question: usize, option: usize) {
        self.answers.insert(question, option);
    }

    /// Every answer: question and option.
    pub fn answers(&self) -> &BTreeMap<usize, usize> {
        &self.answers
    }

    /// The answer to a question.
    pub fn answered(&self, question: usize) -> Option<usize> {
        self.answers.get(&question).copied()
    }

    /// Opens the next hint of a step.
    pub fn take_hint(&mut self, step: usize) {
        *self.hints.entry(step).or_default() += 1;
    }

    /// How many hints of a step are open.
    pub fn hints(&self, step: usize) -> usize {
        self.hints.get(&step).copied().unwrap_or(0)
    }

    fn around(&self, lesson: &Lesson, step: usize) -> Around {
        let questions = lesson
            .steps
            .iter()
            .take(step + 1)
            .flat_map(|step| &step.blocks)
            .filter(|block| matches!(block, crate::lesson::Block::Predict(_)))
            .count();
        let predicted = (0..questions).all(|question| self.answers.contains_key(&question));
        let right = lesson.predictions().take(questions).enumerate().filter(|(question, prediction)| {
            let chosen = self.answers.get(question).and_then(|option| prediction.options.get(*option));
            chosen.is_some_and(|option| option.right)
        });
        let right_percent = (right.count() * 100).checked_div(questions).unwrap_or(0);
        Around { predicted, right_percent, undone: self.undone, since: self.since, started: self.started }
    }
}
