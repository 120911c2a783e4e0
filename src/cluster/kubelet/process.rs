//! What a container's command does, as far as the lab needs to know: whether it ends, when, how, and what it prints.
//!
//! Not simulated: programs. `sleep` sleeps, `echo`, `true`, `false` and `exit` end, an image's server serves, a loop
//! around `curl` calls the API server (see [`crate::cluster::kubelet::app`]); whatever else a pod runs is taken to run
//! for ever and to print nothing.

use crate::api::object;
use crate::cluster::kubelet::app::App;
use crate::cluster::kubelet::images::{self, Default};
use serde_json::Value;
use std::time::Duration;

/// How a process goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// How long it runs; `None` is for ever.
    pub runs: Option<Duration>,
    /// Its exit code.
    pub exit: i32,
    /// What it prints when it starts.
    pub output: String,
    /// Whether it ends on SIGTERM; the others are killed when the grace period is over.
    pub heeds_term: bool,
    /// Why it could not be started at all (`StartError`); empty if it could.
    pub start_error: String,
    /// The application it is, if it calls the API server.
    pub app: Option<App>,
}

/// How long a process takes that has nothing to do.
const INSTANT: Duration = Duration::from_millis(20);

impl Process {
    fn forever(heeds_term: bool) -> Self {
        Process { runs: None, exit: 0, output: String::new(), heeds_term, start_error: String::new(), app: None }
    }

    fn ends(exit: i32, output: String) -> Self {
        Process { runs: Some(INSTANT), exit, output, ..Process::forever(false) }
    }

    /// The process of a container.
    pub fn of(container: &Value) -> Self {
        let image = object::text(container, &["image"]);
        let command = object::strings(container, &["command"]);
        let arguments = object::strings(container, &["args"]);
        let default = images::of(image).map_or(Default::Server, |image| image.default);
        let words: Vec<&str> = match (command.is_empty(), arguments.is_empty()) {
            (false, _) => command.into_iter().chain(arguments).collect(),
            // busybox and ubuntu have no entry point, so arguments are the command.
            (true, false) if default != Default::Server => arguments,
            (true, false) => return server_argument(image, &arguments),
            (true, true) => {
                return match default {
                    Default::Server => Process::forever(true),
                    Default::Stays => Process::forever(false),
                    Default::Ends => Process::ends(0, String::new()),
                };
            }
        };
        of_words(&words)
    }
}

/// nginx's entry point runs its arguments if the first is a program.
fn server_argument(image: &str, arguments: &[&str]) -> Process {
    let flag = arguments.first().is_none_or(|word| word.starts_with('-'));
    if flag || image.contains("agnhost") { Process::forever(true) } else { of_words(arguments) }
}

fn of_words(words: &[&str]) -> Process {
    let Some((program, rest)) = words.split_first() else { return Process::forever(false) };
    match program.rsplit('/').next().unwrap_or_default() {
        "sleep" => match seconds(rest) {
            Some(runs) => Process { runs: Some(runs), ..Process::forever(false) },
            None => Process::forever(false),
        },
        "echo" => Process::ends(0, format!("{}\n", rest.join(" "))),
        "true" | ":" => Process::ends(0, String::new()),
        "false" => Process::ends(1, String::new()),
        "exit" => Process::ends(rest.first().and_then(|code| code.parse().ok()).unwrap_or(0), String::new()),
        "sh" | "bash" | "ash" => match rest {
            [] => Process::ends(0, String::new()),
            ["-c", script, ..] => match App::of_script(script) {
                Some(app) => Process { app: Some(app), ..Process::forever(false) },
                None => of_script(script),
            },
            _ => Process::forever(false),
        },
        "nginx" | "httpd" | "redis-server" | "pause" => Process::forever(true),
        _ => Process::forever(false),
    }
}

/// A shell script of simple commands only; anything with a loop, a pipe or a substitution is taken to run for ever.
fn of_script(script: &str) -> Process {
    const GRAMMAR: [char; 10] = ['|', '&', '$', '`', '(', '{', '<', '>', '*', '\\'];
    let mut whole = Process::ends(0, String::new());
    let keyword = |word: &str| matches!(word, "while" | "for" | "until" | "if" | "case" | "exec" | "trap");
    for line in script.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<String> =
            line.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let known = matches!(words.first(), Some(&("sleep" | "echo" | "true" | "false" | "exit" | ":")));
        if line.contains(GRAMMAR) || words.iter().any(|word| keyword(word)) || !known {
            return Process { output: whole.output, ..Process::forever(false) };
        }
        let one = of_words(&words);
        whole.output.push_str(&one.output);
        whole.exit = one.exit;
        whole.runs = whole.runs.zip(one.runs).map(|(so_far, more)| so_far + more);
        if whole.runs.is_none() || words.first() == Some(&"exit") {
            break;
        }
    }
    whole
}

/// `sleep`'s argument: seconds, minutes, hours, days; `None` for `infinity` and for what it would refuse.
pub fn seconds(arguments: &[&str]) -> Option<Duration> {
    let text = arguments.first()?;
    let (number, unit) = match text.chars().last()? {
        's' => (text.strip_suffix('s')?, 1.0),
        'm' => (text.strip_suffix('m')?, 60.0),
        'h' => (text.strip_suffix('h')?, 3600.0),
        'd' => (text.strip_suffix('d')?, 86400.0),
        _ => (*text, 1.0),
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn runs(container: Value) -> Option<u64> {
        Process::of(&container).runs.map(|runs| runs.as_secs())
    }

    #[test]
    fn some_commands_end() {
        assert_eq!(runs(json!({"image": "busybox", "args": ["sleep", "3600"]})), Some(3600));
        assert_eq!(runs(json!({"image": "ubuntu", "command": ["sleep", "infinity"]})), None);
        assert_eq!(runs(json!({"image": "ubuntu", "command": ["/bin/sh", "-c"], "args": ["sleep 1h"]})), Some(3600));
        assert_eq!(runs(json!({"image": "busybox"})), Some(0));
        assert_eq!(runs(json!({"image": "ubuntu"})), None);
        assert_eq!(runs(json!({"image": "nginx:1.29"})), None);
        assert_eq!(Process::of(&json!({"image": "busybox", "command": ["false"]})).exit, 1);
        let script =
            Process::of(&json!({"image": "busybox", "command": ["sh", "-c", "echo 'hi you'; sleep 2; exit 3"]}));
        assert_eq!((script.output.as_str(), script.exit, script.runs.map(|r| r.as_secs())), ("hi you\n", 3, Some(2)));
        let endless =
            Process::of(&json!({"image": "busybox", "command": ["sh", "-c", "echo a; while true; do sleep 1; done"]}));
        assert_eq!((endless.output.as_str(), endless.runs), ("a\n", None));
    }
}
