//! What a host page and the lab say to each other, as JSON. Version 1; words are never taken away again.
//!
//! A host is not trusted: what it says is bounded, every field is checked, and what is not known is refused by name.

use crate::api::{Timestamp, duration};
use crate::lab::link::{FILE_LENGTH_MAX, FRAGMENT};
use crate::lesson::ID_LENGTH_MAX;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The version of these messages.
pub const VERSION: u32 = 1;
/// The longest message that is read, in bytes.
pub const LENGTH_MAX: usize = FILE_LENGTH_MAX;
/// The longest command that a host may run, in bytes.
const COMMAND_LENGTH_MAX: usize = 64 * 1024;
/// The longest value of a colour.
const COLOR_LENGTH_MAX: usize = 64;

/// The custom properties that a host may set: the page's own names, which `--salab-…` stand for.
pub const COLORS: [&str; 21] = [
    "paper",
    "surface",
    "sunken",
    "ink",
    "muted",
    "line",
    "accent",
    "accent-soft",
    "on-accent",
    "injected",
    "injected-soft",
    "done",
    "done-soft",
    "changed",
    "changed-soft",
    "refused",
    "refused-soft",
    "term",
    "term-text",
    "sans",
    "mono",
];

/// What a host asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Open a lesson (free play if none), at a step counted from 1.
    Goto(Option<String>, Option<usize>),
    /// Start over.
    Reset,
    /// Run an entry of the terminal.
    Run(String),
    /// Take the last action back.
    Undo,
    /// Do it again.
    Redo,
    /// Show the session at an instant.
    SeekTo(Timestamp),
    /// Move the clock on.
    SeekBy(Duration),
    /// The session, as in a link.
    GetState,
    /// Open a session.
    SetState(String),
    /// Commands and outputs as Markdown.
    GetTranscript,
    /// Light or dark (`None` for as the system has it), and colours.
    SetTheme(Option<bool>, Vec<(&'static str, String)>),
    /// Tell these too, which nobody is told who does not ask.
    Want {
        /// Every command that is run.
        command: bool,
        /// The session, at every change.
        state: bool,
    },
}

/// A request, and the number that its answer carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The host's number.
    pub id: Option<u64>,
    /// What is asked, or what is wrong with it.
    pub ask: Result<Ask, String>,
}

/// Reads a message.
pub fn read(text: &str) -> Asked {
    if text.len() > LENGTH_MAX {
        return Asked { id: None, ask: Err(format!("a message of more than {LENGTH_MAX} bytes")) };
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Asked { id: fields.get("id").and_then(Value::as_u64), ask: ask(&fields) },
        _ => Asked { id: None, ask: Err("a message has to be an object".to_owned()) },
    }
}

fn ask(fields: &Map<String, Value>) -> Result<Ask, String> {
    let kind = fields.get("type").and_then(Value::as_str).ok_or("a message needs a type")?;
    Ok(match kind {
        "goto" => {
            let step = match fields.get("step") {
                None | Some(Value::Null) => None,
                Some(step) => {
                    Some(step.as_u64().filter(|step| (1..1000).contains(step)).ok_or("step: a number from 1 on")?)
                }
            };
            let lesson = optional(fields, "lesson", ID_LENGTH_MAX)?;
            Ask::Goto(lesson, step.and_then(|step| usize::try_from(step).ok()))
        }
        "reset" => Ask::Reset,
        "run" => Ask::Run(required(fields, "command", COMMAND_LENGTH_MAX)?),
        "undo" => Ask::Undo,
        "redo" => Ask::Redo,
        "seek" => seek(&required(fields, "time", 64)?)?,
        "getState" => Ask::GetState,
        "setState" => {
            let state = required(fields, "state", LENGTH_MAX)?;
            Ask::SetState(if state.contains(FRAGMENT) || state.trim_start().starts_with('{') {
                state
            } else {
                format!("{FRAGMENT}{state}")
            })
        }
        "getTranscript" => Ask::GetTranscript,
        "setTheme" => set_theme(fields)?,
        "want" => {
            let names = fields.get("events").and_then(Value::as_array).ok_or("events: a list of names")?;
            let has = |name: &str| names.iter().any(|other| other == name);
            Ask::Want { command: has("command"), state: has("state") }
        }
        other => return Err(format!("no message {:?}", other.chars().take(40).collect::<String>())),
    })
}

fn optional(fields: &Map<String, Value>, name: &str, length_max: usize) -> Result<Option<String>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= length_max => Ok(Some(text.clone())),
        Some(_) => Err(format!("{name}: a text of at most {length_max} bytes")),
    }
}

fn required(fields: &Map<String, Value>, name: &str, length_max: usize) -> Result<String, String> {
    optional(fields, name, length_max)?.ok_or_else(|| format!("{name} is missing"))
}

/// `2026-11-23T10:00:00Z`, or `+10m`.
fn seek(text: &str) -> Result<Ask, String> {
    const YEARS_100: Duration = Duration::from_secs(100 * 366 * 86_400);
    if let Some(by) = text.strip_prefix('+') {
        let (negative, by) = duration::parse(by)?;
        return if negative || by > YEARS_100 { Err("time: too far".to_owned()) } else { Ok(Ask::SeekBy(by)) };
    }
    Timestamp::parse_rfc3339(text).map(Ask::SeekTo).ok_or_else(|| "time: an instant, or +10m".to_owned())
}

fn set_theme(fields: &Map<String, Value>) -> Result<Ask, String> {
    let dark = match optional(fields, "theme", 16)?.as_deref() {
        Some("dark") => Some(true),
        Some("light") => Some(false),
        None | Some("auto") => None,
        Some(_) => return Err("theme: auto, light or dark".to_owned()),
    };
    let mut colors = Vec::new();
    if let Some(all) = fields.get("properties").and_then(Value::as_object) {
        for (name, value) in all {
            let known = COLORS
                .iter()
                .find(|known| *known == name)
                .ok_or_else(|| format!("no property {:?}", name.chars().take(40).collect::<String>()))?;
            colors.push((
                *known,
                value.as_str().filter(|value| is_harmless(value)).ok_or("a property is no plain value")?.to_owned(),
            ));
        }
    }
    Ok(Ask::SetTheme(dark, colors))
}

/// Whether a value is a colour or a list of fonts and nothing that loads or ends the declaration.
fn is_harmless(value: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "#(),.%/ -\"'+".contains(letter);
    value.len() <= COLOR_LENGTH_MAX && value.chars().all(plain) && !value.to_ascii_lowercase().contains("url(")
}

/// The answer to a request.
pub fn answer(id: u64, result: Result<Value, String>) -> Value {
    match result {
        Ok(value) => json!({ "re": id, "ok": true, "value": value }),
        Err(error) => json!({ "re": id, "ok": false, "error": error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask_of(text: &str) -> Result<Ask, String> {
        read(text).ask
    }

    #[test]
    fn every_message_is_read() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (r#"{"type":"goto","lesson":"automount-off","step":2}"#, Ask::Goto(text("automount-off"), Some(2))),
            (r#"{"type":"goto"}"#, Ask::Goto(None, None)),
            (r#"{"type":"reset"}"#, Ask::Reset),
            (r#"{"type":"run","command":"ls"}"#, Ask::Run("ls".into())),
            (r#"{"type":"undo"}"#, Ask::Undo),
            (r#"{"type":"redo"}"#, Ask::Redo),
            (r#"{"type":"seek","time":"+1h30m"}"#, Ask::SeekBy(Duration::from_secs(5400))),
            (r#"{"type":"getState"}"#, Ask::GetState),
            (r#"{"type":"setState","state":"1.abc"}"#, Ask::SetState("session=1.abc".into())),
            (r#"{"type":"setState","state":"{\"salab\":1}"}"#, Ask::SetState("{\"salab\":1}".into())),
            (r#"{"type":"getTranscript"}"#, Ask::GetTranscript),
            (
                r##"{"type":"setTheme","theme":"dark","properties":{"accent":"#f80"}}"##,
                Ask::SetTheme(Some(true), vec![("accent", "#f80".into())]),
            ),
            (r#"{"type":"want","events":["state","weather"]}"#, Ask::Want { command: false, state: true }),
        ];
        for (text, wanted) in cases {
            assert_eq!(ask_of(text), Ok(wanted), "{text}");
        }
        assert!(matches!(ask_of(r#"{"type":"seek","time":"2026-11-23T10:00:00Z"}"#), Ok(Ask::SeekTo(_))));
        assert_eq!(read(r#"{"id":7,"type":"undo"}"#).id, Some(7));
    }

    #[test]
    fn what_is_hostile_is_refused() {
        let long = format!(r#"{{"type":"run","command":"{}"}}"#, "a".repeat(COMMAND_LENGTH_MAX + 1));
        let huge = format!(r#"{{"type":"setState","state":"{}"}}"#, "a".repeat(LENGTH_MAX));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let cases = [
            "",
            "null",
            "[]",
            "7",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"eval"}"#,
            r#"{"type":"run"}"#,
            r#"{"type":"run","command":{}}"#,
            r#"{"type":"goto","step":-1}"#,
            r#"{"type":"goto","step":1e300}"#,
            r#"{"type":"goto","lesson":["x"]}"#,
            r#"{"type":"seek","time":"-1h"}"#,
            r#"{"type":"seek","time":"+9999999h"}"#,
            r#"{"type":"seek","time":"tomorrow"}"#,
            r#"{"type":"setTheme","theme":"pink"}"#,
            r#"{"type":"setTheme","properties":{"display":"none"}}"#,
            r#"{"type":"setTheme","properties":{"accent":"url(https://elsewhere.example/)"}}"#,
            r#"{"type":"setTheme","properties":{"accent":"red;position:fixed"}}"#,
            r#"{"type":"want"}"#,
            &long,
            &huge,
            &deep,
        ];
        for text in cases {
            let shown: String = text.chars().take(80).collect();
            assert!(ask_of(text).is_err(), "{shown}");
        }
    }
}
