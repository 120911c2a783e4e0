//! The session as it is kept in the tab: a reload, a failure of the program, or opening another session costs
//! nothing that was done.

use crate::embed::storage::{self, Keep};
use crate::lab::link::{FILE_LENGTH_MAX, SessionFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name it is kept under.
const NAME: &str = "session";
/// The name of what is being done right now; not in the session, which is long and would be written twice for each command.
const DOING: &str = "doing";
/// The name that a session is kept under while another one is open.
const ASIDE: &str = "session-aside";
/// What an older or newer program kept is not understood, and left alone.
const VERSION: u32 = 2;

/// A session as its log, and what is not in the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The version of this form.
    pub version: u32,
    /// What was done.
    pub session: SessionFile,
    /// Text in the editor that is not saved yet.
    pub drafts: BTreeMap<String, String>,
    /// How many commands of the lesson's solution were played.
    #[serde(default)]
    pub shown: usize,
    /// Whether something was undone.
    #[serde(default)]
    pub undone: bool,
}

/// Notes what is being done right now: found again after a failure, it is what failed.
pub fn note_doing(what: &str) {
    storage::save(Keep::Tab, DOING, what);
}

/// Notes that it is done.
pub fn note_done() {
    storage::forget(Keep::Tab, DOING);
}

/// What was being done when the page went, if it was not done; told once.
pub fn take_failed() -> Option<String> {
    let doing = storage::load(Keep::Tab, DOING);
    note_done();
    doing
}

impl Saved {
    /// A session to keep.
    pub fn new(session: SessionFile) -> Self {
        Saved { version: VERSION, session, ..Saved::default() }
    }

    /// Keeps it in the tab.
    pub fn save(&self) {
        self.save_as(NAME);
    }

    /// Keeps it in the tab while another session is open.
    pub fn set_aside(&self) {
        if !self.session.is_empty() {
            self.save_as(ASIDE);
        }
    }

    /// Keeps it in the tab under the name of its version, while one of another version is open.
    pub fn keep_as(&self, version: &str) {
        if !self.session.is_empty() {
            self.save_as(&format!("{NAME}-{version}"));
        }
    }

    /// The session that was kept under the name of a version.
    pub fn kept_as(version: &str) -> Option<Self> {
        Self::load_from(&format!("{NAME}-{version}"))
    }

    /// A log that is too long is not kept; it would fill the storage.
    fn save_as(&self, name: &str) {
        match serde_json::to_string(self) {
            Ok(text) if text.len() <= FILE_LENGTH_MAX => drop(storage::save(Keep::Tab, name, &text)),
            _ => storage::note_loss(),
        }
    }

    /// What this tab kept, if it is of this version.
    pub fn load() -> Option<Self> {
        Self::load_from(NAME)
    }

    /// The session that was set aside.
    pub fn aside() -> Option<Self> {
        Self::load_from(ASIDE)
    }

    fn load_from(name: &str) -> Option<Self> {
        let text = storage::load(Keep::Tab, name)?;
        serde_json::from_str::<Saved>(&text).ok().filter(|saved| saved.version == VERSION)
    }

    /// Everything that was typed, as a script.
    pub fn script(&self) -> String {
        let mut text = String::from("# Recovered: what was typed in the session that could not be restored.\n");
        for (action, _) in self.session.lines.iter().flat_map(|line| &line.log) {
            if let Some(entry) = action.entry() {
                text.push_str(&entry);
                text.push('\n');
            }
        }
        text
    }
}
