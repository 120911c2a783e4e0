//! Links and session files on the command line.

use crate::{read, usage};
use serviceaccount_lab::lesson::reopen;

/// `salab link`: a script or a session file as the end of a link, or as a session file.
pub fn link(arguments: &[&str]) -> Result<String, String> {
    let (as_file, file) = match arguments {
        ["--file", file] => (true, *file),
        [file] if *file == "-" || !file.starts_with('-') => (false, *file),
        _ => return Err(usage()),
    };
    reopen::link_of(&read(file)?, as_file).map(|text| text + "\n").map_err(|error| format!("salab: {error}\n"))
}

/// `salab run --link`: the transcript of a link, or of a session file.
pub fn transcript_of(link: &str) -> Result<String, String> {
    let text = if std::path::Path::new(link).is_file() { read(link)? } else { link.to_owned() };
    let (transcript, warning) = reopen::transcript_of(&text).map_err(|error| format!("salab: {error}\n"))?;
    if let Some(warning) = warning {
        eprintln!("salab: {warning}");
    }
    Ok(transcript)
}
