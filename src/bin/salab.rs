//! `salab`: the lab without a browser.

#[path = "salab/lessons.rs"]
mod lessons;
#[path = "salab/link.rs"]
mod link;

use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::script;
use std::io::{Read, Write};
use std::process::ExitCode;

const USAGE: &str = "\
usage: salab run [--json] [--seed N] [--start RFC3339] FILE
       salab run --link LINK
       salab link [--file] FILE

Plays the shell script FILE (- for standard input) against a fresh simulated Kubernetes 1.36 cluster and prints what a
terminal would show. $APISERVER is set. The same script, seed and start give the same bytes.

  --json           print a JSON list of {\"cmd\",\"stdout\",\"stderr\",\"exit\"}, one a command
  --seed N         decides every generated name and UID (default 1)
  --start RFC3339  what the clock shows at the start (default 2026-11-23T09:00:00Z)
  --link LINK      play the session in a link of the page, or in a session file, and print its transcript

`salab link` prints the end of a link, from the # on, that opens the script (or the session file) FILE in the page; with
--file, a session file.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => print(&text),
        Err(message) => {
            eprint!("{message}");
            ExitCode::from(2)
        }
    }
}

/// A closed pipe (`salab run x | head`) is not an error.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn usage() -> String {
    USAGE.replacen("\n\n", &format!("\n{}\n", lessons::USAGE), 1)
}

fn run(arguments: &[String]) -> Result<String, String> {
    if let Some(done) = arguments.split_first().and_then(|(name, files)| lessons::run(name, files)) {
        return done;
    }
    let mut arguments = arguments.iter();
    match arguments.next().map(String::as_str) {
        Some("run") => {}
        Some("link") => return link::link(&arguments.map(String::as_str).collect::<Vec<_>>()),
        Some("help" | "--help" | "-h") => return Ok(usage()),
        Some(other) => return Err(format!("salab: there is no command {other:?}\n\n{}", usage())),
        None => return Err(usage()),
    }
    let mut settings = Settings::default();
    let (mut json, mut file) = (false, None);
    while let Some(argument) = arguments.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            inline.clone().or_else(|| arguments.next().cloned()).ok_or_else(|| format!("salab: {flag} needs a value\n"))
        };
        match flag {
            "--json" => json = true,
            "--seed" => {
                let text = value()?;
                settings.seed =
                    text.parse().map_err(|_| format!("salab: --seed wants a whole number, not {text:?}\n"))?;
            }
            "--start" => {
                let text = value()?;
                settings.start = Timestamp::parse_rfc3339(&text).ok_or_else(|| {
                    format!("salab: --start wants an instant like 2026-11-23T09:00:00Z, not {text:?}\n")
                })?;
            }
            "--link" => return link::transcript_of(&value()?),
            "--help" | "-h" => return Ok(usage()),
            other if other.starts_with('-') && other != "-" => {
                return Err(format!("salab: unknown flag {other}\n\n{USAGE}"));
            }
            _ if file.is_none() => file = Some(argument.clone()),
            other => {
                return Err(format!("salab: one FILE at a time; {other:?} is one too many\n"));
            }
        }
    }
    let file = file.ok_or_else(|| format!("salab: which FILE?\n\n{USAGE}"))?;
    let played = script::play(settings, &read(&file)?);
    Ok(if json { script::json(&played) } else { script::transcript(&played) })
}

fn read(file: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = if file == "-" {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut opened| opened.read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("salab: {file}: {error}\n"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
