//! `$NAME` and all the forms of `${NAME…}`.

use crate::shell::machine::Variable;
use crate::shell::pattern;
use crate::shell::runner::{Flow, Runner};
use crate::shell::syntax::{Operation, Parameter, Word};

impl Runner<'_> {
    /// The value of a variable or a special parameter.
    pub fn lookup(&self, name: &str) -> Option<String> {
        let frame = self.frame();
        Some(match name {
            "?" => frame.exit.to_string(),
            "$" => (4242 + frame.depth).to_string(),
            "#" => frame.arguments.len().to_string(),
            "@" | "*" => frame.arguments.join(" "),
            "-" => if frame.interactive { "himBH" } else { "hB" }.to_owned(),
            "!" => return None,
            "0" => frame.name.clone(),
            // Deterministic, as everything here: the same session draws the same numbers.
            "RANDOM" => (self.client.now().unix_micros().unsigned_abs() / 7 % 32768).to_string(),
            "SECONDS" | "EPOCHSECONDS" => self.client.now().unix_seconds().to_string(),
            _ => match name.parse::<usize>() {
                Ok(number) => return frame.arguments.get(number.checked_sub(1)?).cloned(),
                Err(_) => return frame.variable(name).map(str::to_owned),
            },
        })
    }

    /// Sets a variable of the running shell; it stays exported if it was.
    pub fn assign(&mut self, name: &str, value: &str) {
        let variable: &mut Variable = self.frame_mut().variables.entry(name.to_owned()).or_default();
        variable.value = value.to_owned();
    }
}

/// Expands a parameter.
///
/// # Errors
/// An unset variable under `set -u`, `${NAME?…}`.
pub fn expand(runner: &mut Runner<'_>, parameter: &Parameter, quoted: bool) -> Result<String, Flow> {
    let name = parameter.name.as_str();
    let value = runner.lookup(name);
    let usable = |colon: bool| value.clone().filter(|value| !(colon && value.is_empty()));
    match &parameter.operation {
        Operation::Default { colon, word } => match usable(*colon) {
            Some(value) => Ok(value),
            None => text(runner, word, quoted),
        },
        Operation::Alternative { colon, word } => match usable(*colon) {
            Some(_) => text(runner, word, quoted),
            None => Ok(String::new()),
        },
        Operation::Assign { colon, word } => match usable(*colon) {
            Some(value) => Ok(value),
            None => {
                let new = text(runner, word, quoted)?;
                runner.assign(name, &new);
                Ok(new)
            }
        },
        Operation::Require { colon, word } => match usable(*colon) {
            Some(value) => Ok(value),
            None => {
                let message = text(runner, word, quoted)?;
                let message = if message.is_empty() { "parameter null or not set".to_owned() } else { message };
                runner.complain(&format!("{name}: {message}"));
                Err(Flow::Abort(1))
            }
        },
        other => {
            let special = ["@", "*", "#", "?"].contains(&name);
            if value.is_none() && runner.frame().options.unset_is_error && !special {
                runner.complain(&format!("{name}: unbound variable"));
                return Err(Flow::Abort(1));
            }
            change(runner, other, &value.unwrap_or_default())
        }
    }
}

fn text(runner: &mut Runner<'_>, word: &Word, quoted: bool) -> Result<String, Flow> {
    if quoted { runner.expand_quoted(&word.segments) } else { runner.expand_text(word) }
}

fn change(runner: &mut Runner<'_>, operation: &Operation, value: &str) -> Result<String, Flow> {
    Ok(match operation {
        Operation::Length => value.chars().count().to_string(),
        Operation::RemovePrefix { longest, pattern } => {
            let pattern = runner.expand_pattern(pattern)?;
            short_enough(runner, value, &pattern)?;
            remove(value, &pattern, *longest, false)
        }
        Operation::RemoveSuffix { longest, pattern } => {
            let pattern = runner.expand_pattern(pattern)?;
            short_enough(runner, value, &pattern)?;
            remove(value, &pattern, *longest, true)
        }
        Operation::Replace { all, pattern, text } => {
            let pattern = runner.expand_pattern(pattern)?;
            let text = runner.expand_text(text)?;
            short_enough(runner, value, &pattern)?;
            replace(value, &pattern, &text, *all)
        }
        Operation::Substring { offset, length } => {
            let offset = number(runner, offset)?;
            let length = match length {
                Some(length) => Some(number(runner, length)?),
                None => None,
            };
            substring(value, offset, length)
        }
        Operation::Case { upper, all } => case(value, *upper, *all),
        _ => value.to_owned(),
    })
}

fn number(runner: &mut Runner<'_>, word: &Word) -> Result<i64, Flow> {
    let text = runner.expand_text(word)?;
    crate::shell::arithmetic::evaluate(runner, &text).map_err(|message| {
        runner.complain(&format!("{text}: {message}"));
        Flow::Abort(1)
    })
}

/// How much text pattern removal and replacement look through; they are quadratic at worst.
const PATTERN_TEXT_BYTES_MAX: usize = 10_000;

fn short_enough(runner: &mut Runner<'_>, value: &str, pattern: &str) -> Result<(), Flow> {
    runner.spend(value.len() / 100)?;
    if value.len() <= PATTERN_TEXT_BYTES_MAX || !pattern::has_wildcard(pattern) {
        return Ok(());
    }
    runner.not_simulated(&format!("patterns in ${{…}} on more than {PATTERN_TEXT_BYTES_MAX} bytes; use cut or sed"));
    Err(Flow::Abort(1))
}

fn remove(value: &str, pattern: &str, longest: bool, from_end: bool) -> String {
    let chars: Vec<char> = value.chars().collect();
    let wild: Vec<char> = pattern.chars().collect();
    let mut lengths: Vec<usize> = (0..=chars.len()).collect();
    if longest {
        lengths.reverse();
    }
    for length in lengths {
        let kept = chars.len() - length;
        let (part, rest) =
            if from_end { (&chars[kept..], &chars[..kept]) } else { (&chars[..length], &chars[length..]) };
        if pattern::matches_chars(&wild, part) {
            return rest.iter().collect();
        }
    }
    value.to_owned()
}

fn replace(value: &str, pattern: &str, text: &str, all: bool) -> String {
    let (pattern, start, end) = match (pattern.strip_prefix('#'), pattern.strip_prefix('%')) {
        (Some(rest), _) if !all => (rest, true, false),
        (_, Some(rest)) if !all => (rest, false, true),
        _ => (pattern, false, false),
    };
    let chars: Vec<char> = value.chars().collect();
    if pattern.is_empty() {
        return value.to_owned();
    }
    let wild: Vec<char> = pattern.chars().collect();
    // Without a star a pattern matches a fixed length, which keeps this linear for plain text.
    let shortest = if pattern.contains('*') { None } else { Some(wild.iter().filter(|c| **c != '\\').count()) };
    let mut out = String::new();
    let mut index = 0;
    while index < chars.len() {
        let rest = &chars[index..];
        let try_length = |length: &usize| {
            *length <= rest.len() && (!end || *length == rest.len()) && pattern::matches_chars(&wild, &rest[..*length])
        };
        let found = match shortest {
            Some(length) if !pattern.contains('[') => Some(length).filter(try_length),
            _ => (1..=rest.len()).rev().find(try_length),
        };
        match found {
            Some(length) if !start || index == 0 => {
                out.push_str(text);
                index += length;
                if !all {
                    break;
                }
            }
            _ => {
                out.push(chars[index]);
                index += 1;
                if start {
                    break;
                }
            }
        }
    }
    out.extend(&chars[index.min(chars.len())..]);
    out
}

fn substring(value: &str, offset: i64, length: Option<i64>) -> String {
    let chars: Vec<char> = value.chars().collect();
    let size = i64::try_from(chars.len()).unwrap_or(i64::MAX);
    let start = if offset < 0 { size.saturating_add(offset) } else { offset };
    if start < 0 || start > size {
        return String::new();
    }
    let end = match length {
        None => size,
        Some(length) if length < 0 => size.saturating_add(length),
        Some(length) => start.saturating_add(length).min(size),
    };
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    chars.get(range).unwrap_or_default().iter().collect()
}

fn case(value: &str, upper: bool, all: bool) -> String {
    let change = |text: &str| if upper { text.to_uppercase() } else { text.to_lowercase() };
    if all {
        return change(value);
    }
    let mut chars = value.chars();
    match chars.next() {
        Some(first) => change(&first.to_string()) + chars.as_str(),
        None => String::new(),
    }
}
