//! What a learner can do to the page.

use crate::api::Timestamp;
use crate::ui::learning::Learn;
use crate::ui::moments::Go;
use crate::ui::seek::TimeAct;
use crate::ui::versions::VersionAct;
use crate::words::mark;
use std::time::Duration;

/// The tabs of the X-ray.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tab {
    #[default]
    Steps,
    Objects,
    Files,
    Token,
    Access,
    Relations,
    Requests,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Tab; 7] =
        [Tab::Steps, Tab::Objects, Tab::Files, Tab::Token, Tab::Access, Tab::Relations, Tab::Requests];

    /// Its word, in English.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Steps => mark("Steps"),
            Tab::Objects => mark("Objects"),
            Tab::Files => mark("Files"),
            Tab::Token => mark("Token"),
            Tab::Access => mark("Access"),
            Tab::Relations => mark("Relations"),
            Tab::Requests => mark("Requests"),
        }
    }
}

/// What stands in the middle column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Middle {
    /// The terminal.
    #[default]
    Terminal,
    /// A file of the working folder.
    File(String),
}

/// Everything a learner can do to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Run an entry of the terminal.
    Run(String),
    /// Put a command into the terminal's input.
    Insert(String),
    /// The input's text changed.
    Draft(String),
    /// Ctrl-C.
    Interrupt,
    /// Take the last action back.
    Undo,
    /// Do it again.
    Redo,
    /// Move through the history, or show it.
    Go(Go),
    /// Start the lesson, or free play, over.
    Reset,
    /// Open a lesson; `None` is free play.
    Open(Option<String>),
    /// Show or hide the course map.
    Map(bool),
    /// Show a tab of the X-ray.
    Show(Tab),
    /// Show the steps of a command, and one of them.
    Explain(usize, Option<u64>),
    /// Select a step of the shown command (a trace entry).
    Step(u64),
    /// Show the terminal or a file.
    Middle(Middle),
    /// Open a file (a new one if it is not there).
    OpenFile(String),
    /// The editor's text changed; it is not saved yet.
    Edit(String, String),
    /// Save a file.
    Save(String),
    /// Close a file's tab; unsaved text is kept.
    CloseFile(String),
    /// Hand the edited text back to `kubectl edit`.
    FinishEdit,
    /// Answer a question of the lesson.
    Answer(usize, usize),
    /// Open the next hint of a step.
    Hint(usize),
    /// Move the clock on.
    Advance(Duration),
    /// Move the clock to an instant.
    AdvanceTo(Timestamp),
    /// Let the clock run, or stop it.
    Running(bool),
    /// The wall clock went on by this.
    Tick(Duration),
    /// It went on by this, and the next tick is so much shorter: what a command sets going is seen at once, and is not
    /// left for the next command to wait for.
    TickAhead(Duration),
    /// Show this token in the Token tab.
    Inspect(String),
    /// Show what an account (namespace, name) may do.
    Account(String, String),
    /// Put the notice away.
    Dismiss,
    /// Do something to time, or to the world.
    Time(TimeAct),
    /// Something about learning.
    Learn(Learn),
    /// Something about versions of Kubernetes.
    Version(VersionAct),
    /// The page speaks another language now, or cannot, and why.
    Speak(Option<String>),
}
