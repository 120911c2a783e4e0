//! Lessons: plain Markdown files that read well anywhere, run in the page, and test themselves.
//!
//! The format is described in `lessons/README.md`.

use crate::words::tr;
mod catalog;
pub mod check;
pub mod course;
pub mod goal;
mod markdown;
mod parse;
pub mod progress;
pub mod reopen;
pub mod transcript;
pub mod translation;

pub use catalog::{COURSE, Entry, ID_LENGTH_MAX, add, add_translated, find, is_there, language_of};
pub use markdown::{Block, Inline};
pub use parse::{LENGTH_BYTES_MAX, LessonError, parse};

use crate::lab::{Release, Settings};
use goal::Goal;

/// The ways through the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    /// Who meets ServiceAccounts for the first time.
    Beginner,
    /// Who runs clusters and hands out tokens.
    Operator,
    /// Who has to find and end what should not be there.
    Security,
}

impl Path {
    /// All of them.
    pub const ALL: [Path; 3] = [Path::Beginner, Path::Operator, Path::Security];

    /// Its name and whom it is for.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Path::Beginner => (tr("Beginner"), tr("You have never met a ServiceAccount, or one has puzzled you.")),
            Path::Operator => (tr("Operator"), tr("You run workloads and hand out tokens.")),
            Path::Security => (tr("Security"), tr("You have to find and end what should not be there.")),
        }
    }
}

/// A lesson as read from its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// From the file's name: `02-default-account.md` is `default-account`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// One sentence that stays in sight.
    pub goal: String,
    /// How long it takes, about.
    pub minutes: u32,
    /// The ways through the course that lead here.
    pub paths: Vec<Path>,
    /// What it sets right: `M7` and so on, of `misconceptions.md`.
    pub confronts: Vec<String>,
    /// The version of Kubernetes it runs on.
    pub version: Release,
    /// Commands played before the learner starts.
    pub setup: Vec<String>,
    /// What to do, in steps; the first may be an introduction without a heading.
    pub steps: Vec<Step>,
    /// Where its claims come from.
    pub notes: Vec<Note>,
    /// Commands that solve it.
    pub solution: Vec<String>,
    /// Commands that look right and are not, with the goal they must miss.
    pub wrong: Vec<WrongAnswer>,
}

/// One step: a heading and what stands under it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// The heading; empty for the introduction.
    pub title: String,
    /// Where it begins in the file.
    pub line: usize,
    /// Text, commands, files, a question.
    pub blocks: Vec<Block>,
    /// What must be true of the cluster for the step to be done.
    pub goals: Vec<Goal>,
    /// From a question to a pointer to the command.
    pub hints: Vec<String>,
}

/// A source: what a claim rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What stands between `[^` and `]`.
    pub label: String,
    /// Where it stands in the file.
    pub line: usize,
    /// Words and links.
    pub blocks: Vec<Block>,
}

/// A known wrong way: it must leave the goal that it names unmet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAnswer {
    /// The goal's text.
    pub misses: String,
    /// Where it stands in the file.
    pub line: usize,
    /// The commands.
    pub commands: Vec<String>,
}

/// A question to answer before running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// What is asked.
    pub question: String,
    /// Where it stands in the file.
    pub line: usize,
    /// Two or more answers.
    pub options: Vec<PredictionOption>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictionOption {
    /// The answer.
    pub text: String,
    /// Whether it is what happens.
    pub right: bool,
    /// Why it is right or wrong, told once chosen.
    pub why: String,
    /// The misconception behind a wrong answer: `M7`.
    pub believes: Option<String>,
}

impl Lesson {
    /// What its cluster starts with.
    pub fn settings(&self) -> Settings {
        Settings::of(self.version)
    }

    /// Every goal with the number of its step, in order.
    pub fn goals(&self) -> impl Iterator<Item = (usize, &Goal)> {
        self.steps.iter().enumerate().flat_map(|(index, step)| step.goals.iter().map(move |goal| (index, goal)))
    }

    /// The files it puts into the working folder, in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().flat_map(|step| &step.blocks).filter_map(|block| match block {
            Block::File { path, text } => Some((path.as_str(), text.as_str())),
            _ => None,
        })
    }

    /// Every question, in order.
    pub fn predictions(&self) -> impl Iterator<Item = &Prediction> {
        self.steps.iter().flat_map(|step| &step.blocks).filter_map(|block| match block {
            Block::Predict(prediction) => Some(prediction),
            _ => None,
        })
    }
}
