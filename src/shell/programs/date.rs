//! `date [-u] [-d @SECONDS|TIME] [+FORMAT]`: the cluster's virtual clock, UTC.

use crate::api::time::Timestamp;
use crate::shell::runner::{Runner, Step};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("date", arguments, "ud:RI", &[("utc", 'u'), ("date", 'd'), ("rfc-email", 'R'), ("iso-8601", 'I')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let now = runner.client.now();
    let when = match options.value('d') {
        None | Some("now") => now,
        Some(text) => match moment(text) {
            Some(when) => when,
            None => {
                runner.err(format!("date: invalid date '{text}' (there are @SECONDS and RFC 3339)\n"));
                return Ok(1);
            }
        },
    };
    let format = match options.operands.first() {
        Some(operand) => match operand.strip_prefix('+') {
            Some(format) => format.to_owned(),
            None => {
                runner.not_simulated("setting the clock with date; the Time view moves it, and sleep lets it go on");
                return Ok(1);
            }
        },
        None if options.has('R') => "%a, %d %b %Y %H:%M:%S +0000".to_owned(),
        None if options.has('I') => "%F".to_owned(),
        None => "%a %b %e %H:%M:%S %Z %Y".to_owned(),
    };
    runner.out(print(when, &format) + "\n");
    Ok(0)
}

fn moment(text: &str) -> Option<Timestamp> {
    match text.strip_prefix('@') {
        Some(seconds) => seconds.parse().ok().filter(|seconds: &i64| seconds.abs() < 250_000_000_000).map(Timestamp::from_unix_seconds),
        None => Timestamp::parse_rfc3339(text),
    }
}

/// Fills a format of `date` and `strftime`.
pub fn print(when: Timestamp, format: &str) -> String {
    let calendar = when.calendar();
    let (year, day) = (calendar.year(), calendar.day());
    let month = u8::from(calendar.month());
    let weekday = DAYS.get(usize::from(calendar.weekday().number_days_from_sunday())).copied().unwrap_or_default();
    let month_name = MONTHS.get(usize::from(month) - 1).copied().unwrap_or_default();
    let (hour, minute, second) = (calendar.hour(), calendar.minute(), calendar.second());
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&year.to_string()),
            Some('y') => out.push_str(&format!("{:02}", year % 100)),
            Some('m') => out.push_str(&format!("{month:02}")),
            Some('d') => out.push_str(&format!("{day:02}")),
            Some('e') => out.push_str(&format!("{day:>2}")),
            Some('H') => out.push_str(&format!("{hour:02}")),
            Some('I') => out.push_str(&format!("{twelve:02}")),
            Some('M') => out.push_str(&format!("{minute:02}")),
            Some('S') => out.push_str(&format!("{second:02}")),
            Some('N') => out.push_str(&format!("{:09}", when.unix_micros().rem_euclid(1_000_000) * 1000)),
            Some('p') => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            Some('F') => out.push_str(&format!("{year}-{month:02}-{day:02}")),
            Some('T') => out.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
            Some('R') => out.push_str(&format!("{hour:02}:{minute:02}")),
            Some('D') => out.push_str(&format!("{month:02}/{day:02}/{:02}", year % 100)),
            Some('s') => out.push_str(&when.unix_seconds().to_string()),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('a') => out.push_str(weekday.get(..3).unwrap_or_default()),
            Some('A') => out.push_str(weekday),
            Some('b' | 'h') => out.push_str(month_name.get(..3).unwrap_or_default()),
            Some('B') => out.push_str(month_name),
            Some('j') => out.push_str(&format!("{:03}", calendar.ordinal())),
            Some('u') => out.push_str(&calendar.weekday().number_from_monday().to_string()),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('%') => out.push('%'),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_like_date() {
        let when = Timestamp::from_unix_seconds(1_795_476_453);
        assert_eq!(print(when, "%Y-%m-%dT%H:%M:%SZ %s"), "2026-11-23T23:27:33Z 1795476453");
        assert_eq!(print(when, "%a %b %e %H:%M:%S %Z %Y%%%q"), "Mon Nov 23 23:27:33 UTC 2026%%q");
        assert_eq!(moment("@1795476453"), Some(when));
        assert_eq!(moment("2026-11-23T23:27:33Z"), Some(when));
        assert_eq!(moment("@99999999999999999"), None);
    }
}
