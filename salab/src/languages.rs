//! `salab check languages/CODE`: what a language lacks, or has otherwise than the English source.

use serviceaccount_lab::lesson::translation;
use serviceaccount_lab::words::check::{self, Table};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Checks a language's folder: its table beside `../template.json`, its lessons beside `../../lessons`.
///
/// # Errors
/// Everything that is wrong, with file and line.
pub fn check(folder: &Path) -> Result<String, String> {
    let (mut good, mut bad) = (String::new(), String::new());
    let template = folder.join("../template.json");
    let keys: Table =
        serde_json::from_str(&read(&template)?).map_err(|error| format!("{}: {error}\n", template.display()))?;
    let table = folder.join("interface.json");
    let text = read(&table)?;
    let problems = check::examine(&text, &keys);
    if problems.is_empty() {
        let _ = writeln!(good, "{}: complete, {} sentences", table.display(), keys.len());
    }
    for (line, what) in problems {
        let _ = writeln!(bad, "{}:{line}: {what}", table.display());
    }
    lessons(folder, &serde_json::from_str(&text).unwrap_or_default(), &mut good, &mut bad)?;
    if bad.is_empty() { Ok(good) } else { Err(good + &bad) }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("salab: {}: {error}\n", file.display()))
}

/// The lessons' files in a folder: those that begin with a number.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut files: Vec<String> =
        names.filter(|name| name.ends_with(".md") && name.starts_with(|first: char| first.is_ascii_digit())).collect();
    files.sort();
    files
}

fn lessons(folder: &Path, table: &Table, good: &mut String, bad: &mut String) -> Result<(), String> {
    let (sources, ours) = (folder.join("../../lessons"), folder.join("lessons"));
    let (known, there) = (files(&sources), files(&ours));
    for name in there.iter().filter(|name| !known.contains(name)) {
        let _ = writeln!(bad, "{}: there is no English lesson of that name", ours.join(name).display());
    }
    for name in &known {
        let place = ours.join(name);
        if !there.contains(name) {
            let _ = writeln!(bad, "{}: missing, so the English lesson is shown", place.display());
            continue;
        }
        let is_lesson = |other: &str| known.iter().any(|known| known == other);
        let (english, text) = (read(&sources.join(name))?, read(&place)?);
        let mut problems = translation::examine(name, &english, &text, &is_lesson);
        problems.extend(translation::titles(name, &english, &text, table));
        if problems.is_empty() {
            let _ = writeln!(good, "{}: the same lesson", place.display());
        }
        for problem in problems {
            let _ = writeln!(bad, "{}:{}: {}", place.display(), problem.line, problem.message);
        }
    }
    Ok(())
}
