//! The session as it is kept in the tab: a reload, or a failure of the program, costs nothing that was done.

use crate::embed::storage::{self, Keep};
use crate::lab::Action;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The name it is kept under.
const NAME: &str = "session";
/// What an older or newer program kept is not understood, and left alone.
const VERSION: u32 = 1;
/// A log that is longer is not kept; it would fill the storage.
const LENGTH_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A session as its log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The version of this form.
    pub version: u32,
    /// The lesson; `None` is free play.
    pub lesson: Option<String>,
    /// What was done since the lesson opened, and how many milliseconds the clock then ran.
    pub log: Vec<(Action, u64)>,
    /// The answers to the lesson's questions.
    pub answers: BTreeMap<usize, usize>,
    /// Text in the editor that is not saved yet.
    pub drafts: BTreeMap<String, String>,
    /// What is being done right now: found again after a failure, it is what failed.
    pub doing: Option<String>,
}

impl Saved {
    /// A session to keep.
    pub fn new(lesson: Option<String>, log: impl Iterator<Item = (Action, Duration)>) -> Self {
        let log = log.map(|(action, elapsed)| (action, u64::try_from(elapsed.as_millis()).unwrap_or(0))).collect();
        Saved { version: VERSION, lesson, log, ..Saved::default() }
    }

    /// Keeps it in the tab.
    pub fn save(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            if text.len() <= LENGTH_BYTES_MAX {
                storage::save(Keep::Tab, NAME, &text);
            }
        }
    }

    /// What this tab kept, if it is of this version.
    pub fn load() -> Option<Self> {
        let text = storage::load(Keep::Tab, NAME)?;
        serde_json::from_str::<Saved>(&text).ok().filter(|saved| saved.version == VERSION)
    }

    /// Everything that was typed, as a script.
    pub fn script(&self) -> String {
        let mut text = String::from("# Recovered: what was typed in the session that could not be restored.\n");
        for (action, _) in &self.log {
            if let Some(entry) = action.entry() {
                text.push_str(&entry);
                text.push('\n');
            }
        }
        text
    }
}
