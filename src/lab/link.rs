//! A session as data: what a link carries, what a session file holds, what the page keeps in its tab.
//!
//! A file is JSON. A link is the same, deflated, as base64url behind its version: `#session=1.…`. Both come from
//! anybody, so everything in them is bounded before it is used.

use crate::cluster::settings::Settings;
use crate::lab::{Action, BRANCHES_MAX, Lab};
use crate::words::tr;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The version of the form, of links and of files.
pub const VERSION: u64 = 1;
/// What a link's fragment begins with, behind the `#`.
pub const FRAGMENT: &str = "session=";
/// The longest link that is offered, in characters. Browsers take far more, but chats, mail programs and ticket systems cut
/// addresses, many of them at 8 KB and some before; a file gets through.
pub const LINK_LENGTH_MAX: usize = 8_000;
/// The longest link that is read.
const READ_LENGTH_MAX: usize = 64 * 1024;
/// The most that a link may inflate to, and the longest file.
pub const FILE_LENGTH_MAX: usize = 2 * 1024 * 1024;
/// The most steps of all branches together.
const STEPS_MAX: usize = 5_000;
/// The most time that a session may tell, in microseconds: a hundred years.
const TIME_MAX: u64 = 100 * 366 * 86_400 * 1_000_000;

/// A branch: its steps as far as no earlier branch has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The earlier branch that it shares its beginning with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of: usize,
    /// How many steps it shares.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub at: usize,
    /// Which of its own steps it is named after.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub named: usize,
    /// What was done, and how many microseconds the clock then ran.
    pub log: Vec<(Action, u64)>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A session as data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// The version of the form.
    pub salab: u64,
    /// The lesson it began in; nothing for free play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<String>,
    /// The settings that are not the usual ones.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub settings: Value,
    /// The branches; the first is the original.
    pub lines: Vec<Line>,
    /// The branch that was open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub line: usize,
    /// How many of its steps were done; nothing for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<usize>,
    /// The answers to the lesson's questions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<usize, usize>,
    /// What the session comes to, to be compared: see [`digest`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
}

/// Why a link or a file cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Not a link of ours.
    NotOurs,
    /// Of another version.
    Version(String),
    /// Cut or changed on the way.
    Damaged,
    /// More than is accepted.
    TooLarge,
    /// It begins in a lesson that is not there.
    NoLesson(String),
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::NotOurs => f.write_str(tr("This is no session of ServiceAccount Lab.")),
            LinkError::Version(version) => {
                f.write_str(&tr!("This session was kept in form {0}; this lab reads form {1}.", version, VERSION))
            }
            LinkError::Damaged => {
                f.write_str(tr("This session is damaged: a part is missing, or was changed on the way."))
            }
            LinkError::TooLarge => f.write_str(tr("This session holds more than the lab accepts.")),
            LinkError::NoLesson(lesson) => {
                f.write_str(&tr!("This session begins in the lesson “{0}”, which this lab does not have.", lesson))
            }
        }
    }
}

impl SessionFile {
    /// The session as it is now, without its [`digest`].
    pub fn of(lab: &Lab, lesson: Option<&str>, answers: &BTreeMap<usize, usize>) -> Self {
        let (lines, line) = lab.lines();
        SessionFile {
            salab: VERSION,
            lesson: lesson.map(str::to_owned),
            settings: unusual(lab.settings()),
            lines,
            line,
            done: lab.can_redo().then(|| lab.position() - lab.floor()),
            answers: answers.clone(),
            check: String::new(),
        }
    }

    /// With what the session comes to, for whoever opens it elsewhere.
    #[must_use]
    pub fn checked(self, lab: &Lab) -> Self {
        SessionFile { check: digest(lab), ..self }
    }

    /// The settings it began with.
    ///
    /// # Errors
    /// If they are none.
    pub fn settings(&self) -> Result<Settings, LinkError> {
        let mut all = serde_json::to_value(Settings::default()).unwrap_or_default();
        if let (Some(all), Some(unusual)) = (all.as_object_mut(), self.settings.as_object()) {
            all.extend(unusual.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        serde_json::from_value(all).map_err(|_| LinkError::Damaged)
    }

    /// As a file: JSON.
    pub fn file(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As the fragment of a link, without the `#`.
    pub fn fragment(&self) -> String {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(self.file().as_bytes(), 9);
        format!("{FRAGMENT}{VERSION}.{}", URL_SAFE_NO_PAD.encode(packed))
    }

    /// Reads a link, or the text of a file.
    ///
    /// # Errors
    /// As [`SessionFile::read_link`] and [`SessionFile::read_file`].
    pub fn read(text: &str) -> Result<Self, LinkError> {
        if text.trim_start().starts_with('{') { Self::read_file(text) } else { Self::read_link(text) }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is none, of another version, or holds too much.
    pub fn read_file(text: &str) -> Result<Self, LinkError> {
        if text.len() > FILE_LENGTH_MAX {
            return Err(LinkError::TooLarge);
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|_| if text.contains("\"salab\"") { LinkError::Damaged } else { LinkError::NotOurs })?;
        match value.get("salab") {
            None => return Err(LinkError::NotOurs),
            Some(version) if version.as_u64() != Some(VERSION) => {
                return Err(LinkError::Version(version.to_string().chars().take(20).collect()));
            }
            Some(_) => {}
        }
        let file: SessionFile = serde_json::from_value(value).map_err(|_| LinkError::Damaged)?;
        file.check_bounds()?;
        Ok(file)
    }

    /// Reads a link: an address with its fragment, or the fragment alone. Spaces and line ends, which mail programs
    /// put into long links, do not count.
    ///
    /// # Errors
    /// If it is none, damaged, of another version, or holds too much.
    pub fn read_link(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let (_, packed) = text.split_once(FRAGMENT).ok_or(LinkError::NotOurs)?;
        if packed.len() > READ_LENGTH_MAX {
            return Err(LinkError::TooLarge);
        }
        let packed: String = packed.chars().filter(|letter| !letter.is_whitespace()).collect();
        let (version, packed) = packed.split_once('.').ok_or(LinkError::Damaged)?;
        if version != VERSION.to_string() {
            let is_number = version.parse::<u64>().is_ok();
            return Err(if is_number { LinkError::Version(version.to_owned()) } else { LinkError::Damaged });
        }
        let bytes = URL_SAFE_NO_PAD.decode(packed).map_err(|_| LinkError::Damaged)?;
        let inflated = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bytes, FILE_LENGTH_MAX);
        let inflated = inflated.map_err(|error| match error.status {
            miniz_oxide::inflate::TINFLStatus::HasMoreOutput => LinkError::TooLarge,
            _ => LinkError::Damaged,
        })?;
        let text = String::from_utf8(inflated).map_err(|_| LinkError::Damaged)?;
        match Self::read_file(&text) {
            Err(LinkError::NotOurs) => Err(LinkError::Damaged),
            other => other,
        }
    }

    fn check_bounds(&self) -> Result<(), LinkError> {
        if self.lines.is_empty() || self.line >= self.lines.len() {
            return Err(LinkError::Damaged);
        }
        if self.lines.len() > BRANCHES_MAX {
            return Err(LinkError::TooLarge);
        }
        let mut lengths: Vec<usize> = Vec::new();
        for line in &self.lines {
            let shared = match lengths.get(line.of) {
                Some(length) if line.at <= *length => line.at,
                None if lengths.is_empty() && line.at == 0 && line.of == 0 => 0,
                _ => return Err(LinkError::Damaged),
            };
            lengths.push(shared + line.log.len());
            let time = line.log.iter().fold(0u64, |sum, (action, elapsed)| {
                let moved = match action {
                    Action::Advance(time) => u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
                    _ => 0,
                };
                sum.saturating_add(*elapsed).saturating_add(moved)
            });
            if time > TIME_MAX {
                return Err(LinkError::TooLarge);
            }
        }
        if lengths.iter().sum::<usize>() > STEPS_MAX {
            return Err(LinkError::TooLarge);
        }
        Ok(())
    }

    /// How many commands and other actions it holds, on all branches.
    pub fn len(&self) -> usize {
        self.lines.iter().map(|line| line.log.len()).sum()
    }

    /// Whether nothing was done in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The settings that differ from the usual ones, by name.
fn unusual(settings: &Settings) -> Value {
    let (own, usual) = (serde_json::to_value(settings), serde_json::to_value(Settings::default()));
    let (Ok(Value::Object(mut own)), Ok(usual)) = (own, usual) else { return Value::Null };
    own.retain(|name, value| usual.get(name.as_str()) != Some(value));
    if own.is_empty() { Value::Null } else { Value::Object(own) }
}

/// What a session comes to in sixteen letters: its clock, its trace, and all that was printed. A session that is
/// opened by another version of the lab and comes to something else is seen by it.
pub fn digest(lab: &Lab) -> String {
    let mut hash = Sha256::new();
    hash.update(lab.now().unix_micros().to_be_bytes());
    hash.update(lab.cluster().trace().last_sequence().to_be_bytes());
    for record in lab.all_records() {
        hash.update(record.stdout());
        hash.update(record.stderr());
        hash.update(record.exit.to_be_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
