//! Single values: what Go's decoder takes for each type, and what it says otherwise.

use crate::api::go;
use crate::api::time::Timestamp;
use base64::Engine;
use serde_json::Value;

/// Why a value is refused.
pub(super) enum Refusal {
    /// The JSON has another type: the sentence names the field.
    WrongType(String),
    /// The type's own decoder refuses it.
    Other(String),
}

/// Checks a value that is not null.
pub(super) fn check(type_name: &str, value: &Value) -> Result<(), Refusal> {
    match type_name {
        "string" => value.is_string().then_some(()).ok_or_else(|| wrong(value)),
        "bool" => value.is_boolean().then_some(()).ok_or_else(|| wrong(value)),
        "int32" => integer(value, i64::from(i32::MIN), i64::from(i32::MAX)),
        "int64" => integer(value, i64::MIN, i64::MAX),
        "base64" => base64_text(value),
        "time" | "microtime" => time(value, type_name == "microtime"),
        "quantity" => quantity(value),
        "int-or-string" => match value {
            Value::String(_) => Ok(()),
            Value::Number(_) => integer(value, i64::from(i32::MIN), i64::from(i32::MAX))
                .map_err(|_| Refusal::Other(go_value(&format!("number {value}"), "int32"))),
            other => Err(Refusal::Other(go_value(json_type(other), "int32"))),
        },
        _ => Ok(()),
    }
}

fn go_value(found: &str, wanted: &str) -> String {
    format!("json: cannot unmarshal {found} into Go value of type {wanted}")
}

/// `string`, `number`, `object`: how Go names what it found.
pub(super) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn wrong(value: &Value) -> Refusal {
    Refusal::WrongType(json_type(value).to_owned())
}

fn integer(value: &Value, smallest: i64, largest: i64) -> Result<(), Refusal> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(number) if (smallest..=largest).contains(&number) => Ok(()),
            _ => Err(Refusal::WrongType(format!("number {number}"))),
        },
        other => Err(wrong(other)),
    }
}

fn base64_text(value: &Value) -> Result<(), Refusal> {
    let Value::String(text) = value else { return Err(wrong(value)) };
    // Go's decoder skips line breaks.
    let kept: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    match base64::engine::general_purpose::STANDARD.decode(kept.as_bytes()) {
        Ok(_) => Ok(()),
        Err(error) => {
            let offset = match error {
                base64::DecodeError::InvalidByte(offset, _) | base64::DecodeError::InvalidLastSymbol(offset, _) => {
                    offset
                }
                base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => kept.len(),
            };
            Err(Refusal::Other(format!("illegal base64 data at input byte {offset}")))
        }
    }
}

fn time(value: &Value, micros: bool) -> Result<(), Refusal> {
    let Value::String(text) = value else { return Err(Refusal::Other(go_value(json_type(value), "string"))) };
    if Timestamp::parse_rfc3339(text).is_some() {
        return Ok(());
    }
    let layout = if micros { "2006-01-02T15:04:05.000000Z07:00" } else { "2006-01-02T15:04:05Z07:00" };
    let (rest, part) = unparsed(text);
    let why = format!(
        "parsing time {} as {}: cannot parse {} as {}",
        go::quote(text),
        go::quote(layout),
        go::quote(rest),
        go::quote(part)
    );
    Err(Refusal::Other(why))
}

/// Where Go's time.Parse gives up, and the part of the layout it wanted there.
fn unparsed(text: &str) -> (&str, &'static str) {
    let layout = [
        ("2006", 4),
        ("-", 1),
        ("01", 2),
        ("-", 1),
        ("02", 2),
        ("T", 1),
        ("15", 2),
        (":", 1),
        ("04", 2),
        (":", 1),
        ("05", 2),
    ];
    let mut rest = text;
    for (part, length) in layout {
        let fits = match rest.get(..length) {
            Some(found) if length > 1 || part.len() > 1 => found.bytes().all(|b| b.is_ascii_digit()),
            Some(found) => found == part,
            None => false,
        };
        if !fits {
            return (rest, part);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    (rest, "Z07:00")
}

fn quantity(value: &Value) -> Result<(), Refusal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        // The decoder of quantities gets the bare bytes of whatever it is.
        other => other.to_string(),
    };
    let bare = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let digits = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
    let (number, suffix) = bare.split_at(digits);
    let malformed = number.is_empty() || number == "." || number.matches('.').count() > 1;
    let known = matches!(
        suffix,
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei"
    );
    let exponent = suffix.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    let exponent = exponent.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if malformed || !(known || exponent) {
        let pattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
        return Err(Refusal::Other(format!("quantities must match the regular expression '{pattern}'")));
    }
    Ok(())
}
