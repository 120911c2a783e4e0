//! Small texts that several components show.

use std::time::Duration;

/// `+4 ms`, `+1.2 s`, `+3 min`: how long after something.
pub fn after(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        0..1000 => tr!("+{0} ms", millis),
        1000..60_000 => tr!("+{0}.{1} s", millis / 1000, millis % 1000 / 100),
        60_000..7_200_000 => tr!("+{0} min", millis / 60_000),
        7_200_000..172_800_000 => tr!("+{0} h", millis / 3_600_000),
        _ => tr!("+{0} d", millis / 86_400_000),
    }
}

/// A duration as people say it: `45 s`, `48 min`, `2 h`, `365 days`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => tr!("{0} s", seconds),
        120..7200 => tr!("{0} min", seconds / 60),
        7200..172_800 => tr!("{0} h", seconds / 3600),
        _ => tr!("{0} days", seconds / 86_400),
    }
}
