//! Plays a shell script against a fresh cluster: what `salab run` does.

use crate::cluster::settings::Settings;
use crate::lab::Lab;
use serde::Serialize;

/// One command of a script and what came of it, as `salab run --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Played {
    /// The command as written; a heredoc belongs to it.
    pub cmd: String,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit code.
    pub exit: i32,
}

/// Plays every command of `script`; variables, files and the cluster carry over from one to the next.
pub fn play(settings: Settings, script: &str) -> Vec<Played> {
    let mut lab = Lab::new(settings);
    lab.set_interactive(false);
    play_on(&mut lab, script)
}

/// The commands of a script, one after another; a heredoc belongs to its command.
pub fn commands(script: &str) -> Vec<String> {
    crate::shell::split_commands(script)
}

/// Plays a script on a session that is there already.
pub fn play_on(lab: &mut Lab, script: &str) -> Vec<Played> {
    let mut played = Vec::new();
    for command in commands(script) {
        let record = lab.run(&command);
        played.push(Played { cmd: command, stdout: record.stdout(), stderr: record.stderr(), exit: record.exit });
        if lab.take_requests().iter().any(|control| matches!(control, crate::shell::Control::Exit(_))) {
            break;
        }
    }
    played
}

/// What was played as a JSON list, indented, with a last newline.
pub fn json(played: &[Played]) -> String {
    serde_json::to_string_pretty(played).unwrap_or_default() + "\n"
}

/// The terminal's view of what was played: each command behind a prompt, then its output.
pub fn transcript(played: &[Played]) -> String {
    let mut text = String::new();
    for step in played {
        text.push_str("$ ");
        text.push_str(&step.cmd);
        text.push('\n');
        for part in [&step.stdout, &step.stderr] {
            text.push_str(part);
            if !part.is_empty() && !part.ends_with('\n') {
                text.push('\n');
            }
        }
    }
    text
}
