//! `sleep N[smhd]…`, `sleep infinity`: lets the cluster's virtual clock go on.

use crate::shell::foreground::Job;
use crate::shell::runner::{Runner, Step};
use std::time::Duration;

/// The longest sleep: a hundred years.
const SECONDS_MAX: f64 = 100.0 * 365.25 * 86400.0;

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.is_empty() {
        runner.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
        return Ok(1);
    }
    let mut total = 0.0;
    for argument in arguments {
        match seconds(argument) {
            Some(seconds) => total += seconds,
            None => {
                let text = match runner.busybox() {
                    true => format!("sleep: invalid number '{argument}'\n"),
                    false => format!("sleep: invalid time interval '{argument}'\nTry 'sleep --help' for more information.\n"),
                };
                runner.err(text);
                return Ok(1);
            }
        }
    }
    if total.is_infinite() {
        if runner.may_stay() {
            return runner.stay(Job::Sleep);
        }
        runner.not_simulated("sleep infinity in a script: it would never end; sleep a number of seconds");
        return Ok(1);
    }
    if total > SECONDS_MAX {
        runner.not_simulated("a sleep of more than a hundred years");
        return Ok(1);
    }
    runner.client.sleep(Duration::from_secs_f64(total));
    Ok(0)
}

fn seconds(text: &str) -> Option<f64> {
    if ["infinity", "inf"].contains(&text) {
        return Some(f64::INFINITY);
    }
    let (digits, factor) = match text.chars().last()? {
        's' => (&text[..text.len() - 1], 1.0),
        'm' => (&text[..text.len() - 1], 60.0),
        'h' => (&text[..text.len() - 1], 3600.0),
        'd' => (&text[..text.len() - 1], 86400.0),
        _ => (text, 1.0),
    };
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    digits.parse::<f64>().ok().filter(|number| plain && number.is_finite()).map(|number| number * factor)
}
