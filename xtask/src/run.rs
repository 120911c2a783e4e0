//! Running other programs, and saying what went wrong when they fail.

use crate::Failure;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// The command as one would type it.
#[must_use]
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs it on the terminal, without input.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", shown(command))) }
}

/// Runs it quietly; everything it prints goes to the file `log`, whose end is shown if it fails.
pub fn run_logged(command: &mut Command, log: &Path) -> Result<(), Failure> {
    let open = || -> std::io::Result<(File, File)> {
        if let Some(folder) = log.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = File::options().create(true).append(true).open(log)?;
        Ok((file.try_clone()?, file))
    };
    let (stdout, stderr) = open().map_err(|error| format!("{}: {error}", log.display()))?;
    let status = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).status();
    let status = status.map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() {
        return Ok(());
    }
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(12)..].join("\n    ");
    Err(format!("`{}` failed ({status}); the end of {}:\n    {tail}", shown(command), log.display()))
}

/// What it prints, if it can be started and succeeds.
#[must_use]
pub fn output(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// The cargo that runs us.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::paths::root());
    command
}
