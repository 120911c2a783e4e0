//! Makes what is handed out of the built page, into `target/artefacts/`. `cargo xtask` calls it, with the page built.

mod cmi5;
#[cfg(test)]
mod dependencies;
mod lessons;
mod licences;
mod npm;
mod scorm;
mod single;
mod site;

use std::io::{Cursor, Write};
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
        Some(("cmi5", lessons)) => cmi5::write_package(lessons).map(|file| vec![file]),
        _ => Err("pack single | package | site | licences | scorm [LESSON...] | cmi5 [LESSON...]".to_owned()),
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

/// Texts as a zip, the same bytes every time: no clock and no rights of this machine, but zip's own first day and plain files.
fn zip(files: &[(&str, String)]) -> Result<Vec<u8>, Failure> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, text) in files {
        zip.start_file(*name, options).map_err(|error| error.to_string())?;
        zip.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

/// Where everything goes.
fn artefact(name: &str) -> PathBuf {
    xtask::paths::artefacts().join(name)
}
