//! Small texts that several components show.

use std::time::Duration;

/// `+4 ms`, `+1.2 s`, `+3 min`: how long after something.
pub fn after(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        0..1000 => format!("+{millis} ms"),
        1000..60_000 => format!("+{}.{} s", millis / 1000, millis % 1000 / 100),
        60_000..7_200_000 => format!("+{} min", millis / 60_000),
        7_200_000..172_800_000 => format!("+{} h", millis / 3_600_000),
        _ => format!("+{} d", millis / 86_400_000),
    }
}

/// A duration as people say it: `45 s`, `48 min`, `2 h`, `365 days`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `1 line`, `3 lines`.
pub fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
