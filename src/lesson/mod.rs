//! Lessons: plain Markdown files that read well anywhere, run in the page, and test themselves.
//!
//! The format is described in `lessons/README.md`.

mod catalog;
pub mod check;
pub mod goal;
mod markdown;
mod parse;
pub mod progress;
pub mod reopen;

pub use catalog::{LESSONS, find};
pub use markdown::{Block, Inline};
pub use parse::{LessonError, parse};

use goal::Goal;

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
    /// Commands played before the learner starts.
    pub setup: Vec<String>,
    /// What to do, in steps; the first may be an introduction without a heading.
    pub steps: Vec<Step>,
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
    /// Text, commands, files, a question.
    pub blocks: Vec<Block>,
    /// What must be true of the cluster for the step to be done.
    pub goals: Vec<Goal>,
    /// From a nudge to the command.
    pub hints: Vec<String>,
}

/// A known wrong way: it must leave the goal that it names unmet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAnswer {
    /// The goal's text.
    pub misses: String,
    /// The commands.
    pub commands: Vec<String>,
}

/// A question to answer before running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// What is asked.
    pub question: String,
    /// Two or three answers.
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
}

impl Lesson {
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
