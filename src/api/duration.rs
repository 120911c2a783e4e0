//! Durations as Go reads and writes them, and ages as kubectl shows them.
//!
//! Follows Go's time.ParseDuration and staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go.

use crate::api::go;
use crate::api::time::Timestamp;
use std::time::Duration;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// The magnitude of Go's smallest duration: a signed 64-bit number of nanoseconds.
const NANOS_MAX: u64 = 1 << 63;

/// Reads a Go duration (`1h30m`, `-5m`, `0`); the sign comes apart because Rust's durations have none.
///
/// # Errors
/// Go's own sentence: `time: invalid duration "abc"`, `time: missing unit in duration "10"`,
/// `time: unknown unit "d" in duration "1d"`.
pub fn parse(text: &str) -> Result<(bool, Duration), String> {
    let invalid = || format!("time: invalid duration {}", go::quote(text));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok((negative, Duration::ZERO));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let whole_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (whole, after) = rest.split_at(whole_end);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len())),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let (name, after) = after.split_at(after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len()));
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", go::quote(text)));
        }
        let Some(unit) = unit_nanos(name) else {
            return Err(format!("time: unknown unit {} in duration {}", go::quote(name), go::quote(text)));
        };
        total = number(whole)
            .and_then(|value| value.checked_mul(unit))
            .and_then(|value| value.checked_add(fraction_nanos(fraction, unit)))
            .and_then(|value| total.checked_add(value))
            .filter(|value| *value <= NANOS_MAX)
            .ok_or_else(invalid)?;
        rest = after;
    }
    if total == NANOS_MAX && !negative {
        return Err(invalid());
    }
    Ok((negative, Duration::from_nanos(total)))
}

fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

fn fraction_nanos(digits: &str, unit: u64) -> u64 {
    let mut value: u128 = 0;
    let mut divisor: u128 = 1;
    for byte in digits.bytes().take(18) {
        value = value * 10 + u128::from(byte - b'0');
        divisor *= 10;
    }
    u64::try_from(value * u128::from(unit) / divisor).unwrap_or(0)
}

fn unit_nanos(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "µs" | "μs" => 1000,
        "ms" => 1_000_000,
        "s" => NANOS_PER_SECOND,
        "m" => 60 * NANOS_PER_SECOND,
        "h" => 3600 * NANOS_PER_SECOND,
        _ => return None,
    })
}

/// Go's `Duration.String`: `1h0m0s`, `30s`, `1.5s`, `250ms`, `0s`.
pub fn print(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let second = u128::from(NANOS_PER_SECOND);
    if nanos == 0 {
        return "0s".to_owned();
    }
    if nanos < second {
        return match nanos {
            n if n < 1000 => format!("{n}ns"),
            n if n < 1_000_000 => format!("{}µs", decimal(n, 1000)),
            n => format!("{}ms", decimal(n, 1_000_000)),
        };
    }
    let seconds = decimal(nanos % (60 * second), second);
    let minutes = nanos / (60 * second);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn decimal(value: u128, unit: u128) -> String {
    let whole = value / unit;
    let rest = value % unit;
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.to_string().len() - 1;
    format!("{whole}.{rest:0width$}").trim_end_matches('0').to_owned()
}

/// An age as the AGE column shows it: `5s`, `3m5s`, `2d`, `2y1d`.
pub fn human(age: Duration) -> String {
    human_micros(i64::try_from(age.as_micros()).unwrap_or(i64::MAX))
}

/// The age at `now` of something made at `then`: `<unknown>` where no time is known, `<invalid>` more than a second
/// ahead of time.
pub fn age(now: Timestamp, then: Option<Timestamp>) -> String {
    match then {
        None => "<unknown>".to_owned(),
        Some(then) => human_micros(now.unix_micros().saturating_sub(then.unix_micros())),
    }
}

/// An age that may be negative, in microseconds.
pub fn human_micros(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    if seconds < 0 {
        return "0s".to_owned();
    }
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let two = |large: i64, unit: char, small: i64, rest: char| {
        if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{rest}") }
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        two(minutes, 'm', seconds % 60, 's')
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        two(hours, 'h', minutes % 60, 'm')
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        two(days, 'd', hours % 24, 'h')
    } else if days < 730 {
        format!("{days}d")
    } else if days < 8 * 365 {
        two(days / 365, 'y', days % 365, 'd')
    } else {
        format!("{}y", days / 365)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_go() {
        let seconds =
            |text: &str| parse(text).map(|(negative, d)| if negative { -d.as_secs_f64() } else { d.as_secs_f64() });
        assert_eq!(seconds("1h30m"), Ok(5400.0));
        assert_eq!(seconds("-1.5s"), Ok(-1.5));
        assert_eq!(seconds("0"), Ok(0.0));
        assert_eq!(seconds(".5m"), Ok(30.0));
        assert_eq!(seconds("abc"), Err("time: invalid duration \"abc\"".into()));
        assert_eq!(seconds("10"), Err("time: missing unit in duration \"10\"".into()));
        assert_eq!(seconds("1d"), Err("time: unknown unit \"d\" in duration \"1d\"".into()));
        assert_eq!(seconds(""), Err("time: invalid duration \"\"".into()));
        assert_eq!(seconds("9999999h"), Err("time: invalid duration \"9999999h\"".into()));
    }

    #[test]
    fn writes_like_go() {
        for (micros, text) in [
            (0, "0s"),
            (30_000_000, "30s"),
            (3_600_000_000, "1h0m0s"),
            (1_500_000, "1.5s"),
            (2500, "2.5ms"),
            (600_000_000, "10m0s"),
        ] {
            assert_eq!(print(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn shows_ages() {
        let cases = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (599, "9m59s"),
            (600, "10m"),
            (10799, "179m"),
            (10800, "3h"),
            (28799, "7h59m"),
            (28800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (691_199, "7d23h"),
            (691_200, "8d"),
            (729 * 86400, "729d"),
            (730 * 86400, "2y"),
            (731 * 86400, "2y1d"),
            (8 * 365 * 86400, "8y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human(Duration::from_secs(seconds)), text);
        }
        assert_eq!(human_micros(-900_000), "0s");
        assert_eq!(human_micros(-2_000_000), "<invalid>");
        assert_eq!(age(Timestamp::from_unix_seconds(5), None), "<unknown>");
    }
}
