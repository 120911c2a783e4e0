//! Makes what is handed out of the built page, into `target/artefacts/`. `cargo xtask` calls it, with the page built.

#[cfg(test)]
mod dependencies;
mod licences;
mod npm;
mod scorm;
mod single;
mod site;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, for the person at the terminal.
type Failure = String;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first().map(|(word, rest)| (word.as_str(), rest)) {
        Some(("single", [])) => single::write_file().map(|file| vec![file]),
        Some(("package", [])) => npm::write_package().map(|file| vec![file]),
        Some(("licences", [])) => licences::write_file(),
        Some(("site", [])) => site::write_folder(),
        Some(("scorm", lessons)) => scorm::write_packages(lessons),
        _ => Err("pack single | package | site | licences | scorm [LESSON...]".to_owned()),
    };
    match done {
        Ok(files) => {
            for file in files {
                println!("{} ({} KB)", xtask::paths::shown(&file), file.metadata().map_or(0, |meta| meta.len() / 1024));
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a text, naming it if that fails.
fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, its folder too.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, bytes));
    made.map_err(|error| format!("{}: {error}", path.display()))
}

/// Where everything goes.
fn artefact(name: &str) -> PathBuf {
    xtask::paths::artefacts().join(name)
}
