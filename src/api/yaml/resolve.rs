//! What an unquoted YAML word means: go-yaml v2's reading, part YAML 1.1 and part 1.2.
//!
//! Follows go-yaml's resolve.go. Timestamps are recognised (they must be quoted when printed) but read as strings.

use serde_json::{Number, Value};

/// The type of an unquoted word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Resolved {
    /// Just text.
    String,
    /// A timestamp: text in JSON.
    Timestamp,
    /// null, a boolean or a number.
    Value(Value),
}

/// Resolves a word.
pub(super) fn resolve(word: &str) -> Resolved {
    let value = match word {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        // JSON has no such numbers; reading them fails later, printing quotes them.
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => Value::Null,
        _ => return number_or_timestamp(word),
    };
    Resolved::Value(value)
}

fn number_or_timestamp(word: &str) -> Resolved {
    if !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Resolved::String;
    }
    if is_timestamp(word) {
        return Resolved::Timestamp;
    }
    let plain: String = word.chars().filter(|c| *c != '_').collect();
    if let Some(number) = integer(&plain) {
        return Resolved::Value(Value::Number(number));
    }
    if is_float(&plain)
        && let Some(number) = plain.trim_start_matches('+').parse::<f64>().ok().and_then(Number::from_f64)
    {
        let whole = number.as_f64().unwrap_or_default();
        if whole.fract() == 0.0 && whole.abs() < 1e15 {
            return Resolved::Value(Value::from(whole as i64));
        }
        return Resolved::Value(Value::Number(number));
    }
    Resolved::String
}

fn integer(word: &str) -> Option<Number> {
    let (negative, bare) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    if !bare.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let lower = bare.to_ascii_lowercase();
    let (digits, radix) = if let Some(rest) = lower.strip_prefix("0x") {
        (rest, 16)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (rest, 2)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (rest, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (lower.get(1..)?, 8)
    } else {
        (lower.as_str(), 10)
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return i64::try_from(-i128::from(magnitude)).ok().map(Number::from);
    }
    Some(Number::from(magnitude))
}

fn is_float(word: &str) -> bool {
    let bare = word.strip_prefix(['-', '+']).unwrap_or(word);
    let (mantissa, exponent) = bare.split_once(['e', 'E']).map_or((bare, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let bare = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !bare.is_empty() && digits(bare)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

fn is_timestamp(word: &str) -> bool {
    let (date, rest) = word.split_at(word.find(['T', 't', ' ']).unwrap_or(word.len()));
    let mut parts = date.split('-');
    let is_number = |text: Option<&str>, lengths: std::ops::RangeInclusive<usize>| {
        text.is_some_and(|text| lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let date_fits = is_number(parts.next(), 4..=4)
        && is_number(parts.next(), 1..=2)
        && is_number(parts.next(), 1..=2)
        && parts.next().is_none();
    let time = rest.get(1..).unwrap_or_default();
    date_fits
        && (rest.is_empty()
            || (time.matches(':').count() >= 2
                && time.starts_with(|c: char| c.is_ascii_digit())
                && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-'))))
}
