//! jq's functions on strings, its regular expressions, and its `@formats`.

use crate::shell::programs::jq::evaluate::{Item, Machine, Stop, fail, shown};
use crate::shell::programs::jq::functions::plain;
use crate::shell::programs::jq::syntax::Filter;
use crate::shell::programs::jq::value::Json;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex_lite::{Regex, RegexBuilder};
use std::rc::Rc;

type Answer = Result<Json, Stop>;

/// Functions of a string alone.
///
/// # Errors
/// The input is none.
pub fn simple(name: &str, input: &Json) -> Answer {
    if let (Json::List(items), "implode") = (input, name) {
        let code = |item: &Json| match item {
            Json::Number(number) => char::from_u32(*number as u32),
            _ => None,
        };
        return Ok(Json::text(items.iter().filter_map(code).collect::<String>()));
    }
    let Json::Text(text) = input else { return fail(format!("{} cannot be used as a string by {name}", shown(input))) };
    Ok(match name {
        "ascii_downcase" => Json::text(text.to_ascii_lowercase()),
        "ascii_upcase" => Json::text(text.to_ascii_uppercase()),
        "explode" => Json::list(text.chars().map(|c| Json::Number(f64::from(c as u32))).collect()),
        "trim" => Json::text(text.trim()),
        "ltrim" => Json::text(text.trim_start()),
        "rtrim" => Json::text(text.trim_end()),
        _ => Json::count(text.len()),
    })
}

/// Functions of the input and one value.
///
/// # Errors
/// Types that do not go together.
pub fn with_value(name: &str, input: &Json, argument: &Json) -> Answer {
    Ok(match (name, input, argument) {
        ("startswith", Json::Text(text), Json::Text(part)) => Json::Bool(text.starts_with(&**part)),
        ("endswith", Json::Text(text), Json::Text(part)) => Json::Bool(text.ends_with(&**part)),
        ("startswith" | "endswith", ..) => return fail(format!("{name}() requires string inputs")),
        ("ltrimstr", Json::Text(text), Json::Text(part)) => Json::text(text.strip_prefix(&**part).unwrap_or(text)),
        ("rtrimstr", Json::Text(text), Json::Text(part)) => Json::text(text.strip_suffix(&**part).unwrap_or(text)),
        ("ltrimstr" | "rtrimstr", ..) => input.clone(),
        ("split", Json::Text(text), Json::Text(part)) if text.is_empty() || part.is_empty() => {
            Json::list(text.chars().map(|c| Json::text(c.to_string())).collect())
        }
        ("split", Json::Text(text), Json::Text(part)) => Json::list(text.split(&**part).map(Json::text).collect()),
        ("split", ..) => return fail("split input and separator must be strings"),
        ("join", Json::List(items), Json::Text(part)) => {
            let mut texts = Vec::new();
            for item in items.iter() {
                match item {
                    Json::Null => texts.push(String::new()),
                    Json::List(_) | Json::Map(_) => return fail(format!("Cannot join with {}", shown(item))),
                    other => texts.push(plain(other)),
                }
            }
            Json::text(texts.join(part))
        }
        ("join", ..) => return fail(format!("Cannot join {}", shown(input))),
        ("index" | "rindex" | "indices", ..) => indices(name, input, argument),
        _ => return fail(format!("{name} does not take {} and {}", shown(input), shown(argument))),
    })
}

fn indices(name: &str, input: &Json, argument: &Json) -> Json {
    let found: Vec<Json> = match (input, argument) {
        (Json::Text(text), Json::Text(part)) if !part.is_empty() => {
            text.match_indices(&**part).map(|(at, _)| Json::count(text[..at].chars().count())).collect()
        }
        (Json::List(items), wanted) => {
            items.iter().enumerate().filter(|(_, item)| item.compare(wanted).is_eq()).map(|(at, _)| Json::count(at)).collect()
        }
        _ => return Json::Null,
    };
    match name {
        "index" => found.first().cloned().unwrap_or(Json::Null),
        "rindex" => found.last().cloned().unwrap_or(Json::Null),
        _ => Json::list(found),
    }
}

/// `test`, `match`, `capture`, `scan`, `split` with flags, `sub`, `gsub`.
///
/// # Errors
/// The input is no string, the expression is none.
pub fn expression(machine: &mut Machine, name: &str, arguments: &[Filter], input: &Json) -> Answer {
    let Json::Text(text) = input else { return fail(format!("{} cannot be matched, as it is not a string", shown(input))) };
    let mut value = |filter: Option<&Filter>| match filter {
        Some(filter) => Ok(machine.all(filter, input)?.into_iter().next().map_or_else(String::new, |value| plain(&value))),
        None => Ok::<String, Stop>(String::new()),
    };
    let replaces = name == "sub" || name == "gsub";
    let pattern = value(arguments.first())?;
    let flags = value(arguments.get(if replaces { 2 } else { 1 }))?;
    let global = flags.contains('g') || ["gsub", "scan", "split"].contains(&name);
    let regex = RegexBuilder::new(&pattern)
        .case_insensitive(flags.contains('i'))
        .ignore_whitespace(flags.contains('x'))
        .build();
    let Ok(regex) = regex else { return fail(format!("{pattern} (at offset 0) is not a valid regex")) };
    let found: Vec<Json> = regex.captures_iter(text).take(if global { usize::MAX } else { 1 }).map(|found| describe(&regex, &found, text)).collect();
    Ok(match name {
        "test" => Json::Bool(!found.is_empty()),
        "match" => match found.into_iter().next() {
            Some(found) => found,
            None => return fail("not simulated: match without a match; use test or capture with ?"),
        },
        "capture" => match regex.captures(text) {
            Some(found) => named(&regex, &found),
            None => return fail("no match"),
        },
        "scan" => Json::list(found.iter().map(scanned).collect()),
        "split" => Json::list(regex.split(text).map(Json::text).collect()),
        _ => {
            let mut out = String::new();
            let mut end = 0;
            for found in regex.captures_iter(text).take(if global { usize::MAX } else { 1 }) {
                let Some(whole) = found.get(0) else { continue };
                out.push_str(text.get(end..whole.start()).unwrap_or_default());
                if let Some(replacement) = arguments.get(1) {
                    let groups = Item::plain(named(&regex, &found));
                    out.push_str(&machine.all(replacement, &groups.value)?.into_iter().next().map_or_else(String::new, |value| plain(&value)));
                }
                end = whole.end();
            }
            out.push_str(text.get(end..).unwrap_or_default());
            Json::text(out)
        }
    })
}

/// What `scan` gives for one match: the text, or its groups where the expression has some.
fn scanned(found: &Json) -> Json {
    match found.get("captures") {
        Json::List(groups) if !groups.is_empty() => Json::list(groups.iter().map(|group| group.get("string")).collect()),
        _ => found.get("string"),
    }
}

fn named(regex: &Regex, found: &regex_lite::Captures<'_>) -> Json {
    let group = |name: &str| found.name(name).map_or(Json::Null, |part| Json::text(part.as_str()));
    Json::Map(Rc::new(regex.capture_names().flatten().map(|name| (Rc::from(name), group(name))).collect()))
}

fn describe(regex: &Regex, found: &regex_lite::Captures<'_>, text: &str) -> Json {
    let part = |found: Option<regex_lite::Match<'_>>, name: Option<Option<&str>>| {
        let offset = found.map_or(Json::Number(-1.0), |part| Json::count(text[..part.start()].chars().count()));
        let length = Json::count(found.map_or(0, |part| part.as_str().chars().count()));
        let string = found.map_or(Json::Null, |part| Json::text(part.as_str()));
        let mut entries = vec![(Rc::from("offset"), offset), (Rc::from("length"), length), (Rc::from("string"), string)];
        if let Some(name) = name {
            entries.push((Rc::from("name"), name.map_or(Json::Null, Json::text)));
        }
        entries
    };
    let groups: Vec<Json> = regex
        .capture_names()
        .enumerate()
        .skip(1)
        .map(|(index, name)| Json::Map(Rc::new(part(found.get(index), Some(name)))))
        .collect();
    let mut entries = part(found.get(0), None);
    entries.push((Rc::from("captures"), Json::list(groups)));
    Json::Map(Rc::new(entries))
}

/// `@base64` and its kin.
///
/// # Errors
/// What cannot be formatted.
pub fn format(name: &str, value: &Json) -> Result<String, Stop> {
    let text = plain(value);
    Ok(match name {
        "text" => text,
        "json" => value.compact(),
        "base64" => STANDARD.encode(text),
        "base64d" => {
            let standard = text.replace('-', "+").replace('_', "/");
            let (bytes, _) = crate::shell::programs::base64::decode(standard.as_bytes(), false);
            if bytes.is_empty() && !text.trim_matches('=').is_empty() {
                return fail(format!("{} is not valid base64 data", shown(value)));
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        "uri" => crate::api::request::percent_encode(&text).replace('+', "%20"),
        "html" => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;"),
        "sh" => match value {
            Json::List(items) => items.iter().map(shell).collect::<Vec<String>>().join(" "),
            other => shell(other),
        },
        "csv" | "tsv" => {
            let Json::List(items) = value else { return fail(format!("{} cannot be {name}-formatted, only an array can be", shown(value))) };
            let mut cells = Vec::new();
            for item in items.iter() {
                cells.push(match (item, name) {
                    (Json::Text(text), "csv") => format!("\"{}\"", text.replace('"', "\"\"")),
                    (Json::Text(text), _) => text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"),
                    (Json::Null, _) => String::new(),
                    (Json::List(_) | Json::Map(_), _) => return fail(format!("{} is not valid in a {name} row", shown(item))),
                    (other, _) => other.compact(),
                });
            }
            cells.join(if name == "csv" { "," } else { "\t" })
        }
        other => return fail(format!("{other} is not a valid format")),
    })
}

fn shell(value: &Json) -> String {
    match value {
        Json::Text(text) => format!("'{}'", text.replace('\'', "'\\''")),
        other => other.compact(),
    }
}
