//! One session on two versions at once: every command runs on both.

use crate::api::release::Release;
use crate::lab::versions::causes::{self, Cause, Log};
use crate::lab::versions::mask::Mask;
use crate::lab::{Action, Lab, Record, Settings, transcript};
use similar::{DiffOp, TextDiff};
use std::rc::Rc;
use std::time::Duration;

/// The longest session that is taken over, in steps; each is played many times.
pub const STEPS_MAX: usize = 200;

/// How a line of two outputs compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is on both sides, and says the same.
    Same,
    /// It is on both sides, and says something else.
    Differs,
    /// It is on the left only.
    LeftOnly,
    /// It is on the right only.
    RightOnly,
}

/// A line of the left output beside one of the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How they compare.
    pub mark: Mark,
    /// The left line.
    pub left: Option<String>,
    /// The right line.
    pub right: Option<String>,
}

/// One command and what came of it on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What was typed.
    pub entry: String,
    /// On the left.
    pub left: Rc<Record>,
    /// On the right.
    pub right: Rc<Record>,
    /// The outputs, line by line.
    pub rows: Vec<Row>,
    /// What was found to have a part in the differences, so far.
    pub causes: Vec<Cause>,
    /// What has not been tried yet.
    pub untried: Vec<Cause>,
    log: Log,
}

/// Two sessions that did the same.
pub struct Pair {
    settings: Settings,
    left: Lab,
    right: Lab,
    log: Vec<(Action, Duration)>,
    /// How many steps they took over.
    pub began: usize,
    /// What was run since.
    pub runs: Vec<Run>,
    mask: Mask,
}

impl Pair {
    /// Two clusters on which everything happened that happened in `lab`, up to [`STEPS_MAX`] steps.
    pub fn new(lab: &Lab, left: Release, right: Release) -> Self {
        let settings = lab.settings().clone();
        let steps = lab.log().take(STEPS_MAX);
        let log: Vec<(Action, Duration)> = steps.map(|step| ((*step.action).clone(), step.elapsed)).collect();
        Pair {
            left: causes::play(&settings, left.into(), &log),
            right: causes::play(&settings, right.into(), &log),
            settings,
            began: log.len(),
            log,
            runs: Vec::new(),
            mask: Mask::new(),
        }
    }

    /// The two versions.
    pub fn releases(&self) -> (Release, Release) {
        (self.left.settings().kubernetes.release, self.right.settings().kubernetes.release)
    }

    /// The two sessions, to look at.
    pub fn labs(&self) -> (&Lab, &Lab) {
        (&self.left, &self.right)
    }

    /// Runs an entry on both.
    pub fn run(&mut self, entry: &str) -> &Run {
        let (left, right) = (self.left.run(entry), self.right.run(entry));
        self.log.push((Action::Command(entry.to_owned()), Duration::ZERO));
        let rows = rows(&transcript::printed(&left), &transcript::printed(&right), &self.mask);
        let differs = rows.iter().any(|row| row.mark != Mark::Same);
        let versions = (self.left.settings().kubernetes, self.right.settings().kubernetes);
        let run = Run {
            entry: entry.to_owned(),
            left,
            right,
            rows,
            causes: Vec::new(),
            untried: if differs { causes::between(versions.0, versions.1) } else { Vec::new() },
            log: Rc::new(if differs { self.log.clone() } else { Vec::new() }),
        };
        self.runs.push(run);
        let last = self.runs.len() - 1;
        &self.runs[last]
    }

    /// Tries one more possible cause of a difference; false when all have been tried.
    pub fn explain_one(&mut self) -> bool {
        let versions = (self.left.settings().kubernetes, self.right.settings().kubernetes);
        let Some(run) = self.runs.iter_mut().find(|run| !run.untried.is_empty()) else { return false };
        let cause = run.untried.remove(0);
        let [left, right] = [&run.left, &run.right].map(|record| self.mask.apply(&transcript::printed(record)));
        let sides = [(versions.0, left.as_str()), (versions.1, right.as_str())];
        if causes::has_part(cause, &self.settings, sides, &run.log, &self.mask) {
            run.causes.push(cause);
        }
        true
    }

    /// Runs an entry and finds everything that had a part in what differs.
    pub fn run_and_explain(&mut self, entry: &str) -> Run {
        self.run(entry);
        while self.explain_one() {}
        let last = self.runs.len() - 1;
        self.runs[last].clone()
    }
}

impl Run {
    /// Whether both sides say the same.
    pub fn is_same(&self) -> bool {
        self.rows.iter().all(|row| row.mark == Mark::Same) && self.left.exit == self.right.exit
    }

    /// How many lines have each mark: same, differing, on the left only, on the right only.
    pub fn counts(&self) -> [usize; 4] {
        [Mark::Same, Mark::Differs, Mark::LeftOnly, Mark::RightOnly]
            .map(|mark| self.rows.iter().filter(|row| row.mark == mark).count())
    }
}

/// Two outputs beside each other. Lines that differ only in what was drawn at random count as the same.
fn rows(left: &str, right: &str, mask: &Mask) -> Vec<Row> {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let masked = |lines: &[&str]| lines.iter().map(|line| mask.apply(line)).collect::<Vec<String>>();
    let (masked_left, masked_right) = (masked(&left), masked(&right));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (masked_left.iter().map(String::as_str).collect(), masked_right.iter().map(String::as_str).collect());
    let compared = TextDiff::from_slices(&old, &new);
    let mut rows = Vec::new();
    for op in compared.ops() {
        let mark = if matches!(op, DiffOp::Equal { .. }) { Mark::Same } else { Mark::Differs };
        let (mut left, mut right) = (op.old_range().map(|at| left.get(at)), op.new_range().map(|at| right.get(at)));
        loop {
            let text = |line: Option<Option<&&str>>| line.flatten().map(|line| (*line).to_owned());
            let (left, right) = (text(left.next()), text(right.next()));
            let mark = match (&left, &right) {
                (None, None) => break,
                (Some(_), None) => Mark::LeftOnly,
                (None, Some(_)) => Mark::RightOnly,
                _ => mark,
            };
            rows.push(Row { mark, left, right });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::release::Change;

    fn causes(pair: &mut Pair, entry: &str) -> Vec<Cause> {
        pair.run_and_explain(entry).causes
    }

    #[test]
    fn differences_are_explained_by_what_makes_them() {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl create sa build");
        let mut pair = Pair::new(&lab, Release::V1_23, Release::V1_36);
        assert_eq!(pair.began, 1);
        let both = [Cause::Change(Change::NoTokenSecrets), Cause::Change(Change::NoSecretsColumn)];
        assert_eq!(causes(&mut pair, "kubectl get sa"), both);
        assert_eq!(causes(&mut pair, "kubectl get secrets"), both[..1]);
        assert_eq!(
            causes(&mut pair, "kubectl create token build"),
            [Cause::Change(Change::CreateToken), Cause::Change(Change::TokenId)]
        );
        assert_eq!(causes(&mut pair, "kubectl get nodes"), [Cause::Numbers]);
        assert_eq!(causes(&mut pair, "kubectl delete sa build"), [Cause::Change(Change::DeletedFrom)]);
        let same = pair.run_and_explain("kubectl get sa build");
        assert!(same.is_same() && same.causes.is_empty(), "{same:?}");
    }

    #[test]
    fn lines_stand_beside_each_other() {
        let marks = |left: &str, right: &str| {
            rows(left, right, &Mask::new()).into_iter().map(|row| row.mark).collect::<Vec<Mark>>()
        };
        assert_eq!(marks("a-7r4kz\nb\n", "a-q6k2d\nc\nd\n"), [Mark::Same, Mark::Differs, Mark::RightOnly]);
        assert_eq!(marks("", "a\n"), [Mark::RightOnly]);
        assert_eq!(marks("a\nb\n", "b\n"), [Mark::LeftOnly, Mark::Same]);
    }
}
