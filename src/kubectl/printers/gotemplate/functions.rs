//! The functions of Go templates: the built-in ones, kubectl's two, and a few of sprig's that people use.

use crate::api::go;
use crate::kubectl::printers::gofmt;
use crate::kubectl::printers::gotemplate::{shown, truth};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::cmp::Ordering;

/// Calls a function.
///
/// # Errors
/// What Go says about the arguments; that it is not simulated.
pub fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let texts: Vec<&str> = arguments.iter().map(|value| value.as_str().unwrap_or_default()).collect();
    let last = arguments.last().cloned().unwrap_or(Value::Null);
    let text = texts.last().copied().unwrap_or_default();
    Ok(match name {
        "and" | "or" => last,
        "not" => Value::Bool(!truth(&last)),
        "len" => return length(&last),
        "index" => return index(arguments),
        "slice" => return slice(arguments),
        "eq" => Value::Bool(arguments.split_first().is_some_and(|(first, rest)| rest.contains(first))),
        "ne" => Value::Bool(arguments.first() != arguments.get(1)),
        "lt" | "le" | "gt" | "ge" => return order(name, arguments),
        "print" => Value::from(print(arguments)),
        "println" => {
            let parts: Vec<String> = arguments.iter().map(shown).collect();
            Value::from(parts.join(" ") + "\n")
        }
        "printf" => Value::from(printf(arguments)),
        "urlquery" => Value::from(crate::api::request::percent_encode(&print(arguments))),
        "base64decode" | "b64dec" => match STANDARD.decode(text) {
            Ok(bytes) => Value::from(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => return Err(format!("error calling {name}: base64 decode failed: {error}")),
        },
        "b64enc" => Value::from(STANDARD.encode(text)),
        "upper" => Value::from(text.to_uppercase()),
        "lower" => Value::from(text.to_lowercase()),
        "trim" => Value::from(text.trim()),
        "quote" => Value::from(go::quote(&shown(&last))),
        "toString" => Value::from(shown(&last)),
        "toJson" => Value::from(gofmt::json(&last)),
        "default" => match arguments {
            [default, value] => {
                if truth(value) {
                    value.clone()
                } else {
                    default.clone()
                }
            }
            _ => last,
        },
        "exists" => Value::Bool(index(arguments).is_ok_and(|value| !value.is_null())),
        "hasPrefix" => Value::Bool(texts.first().is_some_and(|prefix| text.starts_with(prefix))),
        "hasSuffix" => Value::Bool(texts.first().is_some_and(|suffix| text.ends_with(suffix))),
        "contains" => Value::Bool(texts.first().is_some_and(|part| text.contains(part))),
        "join" => {
            let separator = texts.first().copied().unwrap_or_default();
            let items: Vec<String> = last.as_array().into_iter().flatten().map(shown).collect();
            Value::from(items.join(separator))
        }
        _ => return Err(format!("not simulated: template function {}", go::quote(name))),
    })
}

fn length(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => Ok(Value::from(text.len())),
        Value::Array(items) => Ok(Value::from(items.len())),
        Value::Object(map) => Ok(Value::from(map.len())),
        Value::Null => Err("error calling len: len of nil pointer".to_owned()),
        other => Err(format!("error calling len: len of type {}", gofmt::type_name(other))),
    }
}

fn index(arguments: &[Value]) -> Result<Value, String> {
    let Some((first, keys)) = arguments.split_first() else { return Ok(Value::Null) };
    let mut value = first.clone();
    for key in keys {
        value = match (&value, key) {
            (Value::Array(items), Value::Number(_)) => {
                let position = key.as_i64().unwrap_or(-1);
                match usize::try_from(position).ok().and_then(|position| items.get(position)) {
                    Some(item) => item.clone(),
                    None => return Err(format!("error calling index: index out of range: {position}")),
                }
            }
            (Value::Object(map), Value::String(key)) => map.get(key).cloned().unwrap_or(Value::Null),
            (Value::Null, _) => return Err("error calling index: index of untyped nil".to_owned()),
            (other, _) => {
                return Err(format!("error calling index: can't index item of type {}", gofmt::type_name(other)));
            }
        };
    }
    Ok(value)
}

fn slice(arguments: &[Value]) -> Result<Value, String> {
    let bound = |at: usize| arguments.get(at).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let wrong = || "error calling slice: index out of range".to_owned();
    match arguments.first() {
        Some(Value::String(text)) => {
            let range = bound(1).unwrap_or(0)..bound(2).unwrap_or(text.len());
            text.get(range).map(Value::from).ok_or_else(wrong)
        }
        Some(Value::Array(items)) => {
            let range = bound(1).unwrap_or(0)..bound(2).unwrap_or(items.len());
            items.get(range).map(|part| Value::Array(part.to_vec())).ok_or_else(wrong)
        }
        _ => Err("error calling slice: can't slice item".to_owned()),
    }
}

fn order(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let ordering = match (arguments.first(), arguments.get(1)) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        _ => return Err(format!("error calling {name}: incompatible types for comparison")),
    };
    Ok(Value::Bool(match name {
        "lt" => ordering.is_lt(),
        "le" => ordering.is_le(),
        "gt" => ordering.is_gt(),
        _ => ordering.is_ge(),
    }))
}

/// Go's `Sprint`: a blank between two operands when neither is a text.
fn print(arguments: &[Value]) -> String {
    let mut out = String::new();
    for (position, value) in arguments.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|before| arguments.get(before));
        if before.is_some_and(|before| !before.is_string() && !value.is_string()) {
            out.push(' ');
        }
        out.push_str(&shown(value));
    }
    out
}

/// Go's `Sprintf` for `%s %v %d %q %t %x %%` with `-`, `0` and a width.
fn printf(arguments: &[Value]) -> String {
    let Some((format, values)) = arguments.split_first() else { return String::new() };
    let mut values = values.iter();
    let mut out = String::new();
    let mut rest = format.as_str().unwrap_or_default().chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let left = rest.next_if_eq(&'-').is_some();
        let zero = rest.next_if_eq(&'0').is_some();
        let mut width = 0usize;
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            width = (width * 10 + usize::from(digit as u8 - b'0')).min(1000);
        }
        let Some(verb) = rest.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(value) = values.next() else {
            out.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let text = match (verb, value) {
            ('s' | 'v' | 'd' | 't', value) => {
                if value.is_null() {
                    "%!v(<nil>)".to_owned()
                } else {
                    gofmt::print(value)
                }
            }
            ('q', Value::String(text)) => go::quote(text),
            ('x', Value::Number(number)) => format!("{:x}", number.as_i64().unwrap_or(0)),
            ('x', Value::String(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            (verb, value) => format!("%!{verb}({}={})", gofmt::type_name(value), gofmt::print(value)),
        };
        let missing = width.saturating_sub(text.chars().count());
        let fill = if zero && !left { "0" } else { " " }.repeat(missing);
        out.push_str(&if left { text + &fill } else { fill + &text });
    }
    out
}
