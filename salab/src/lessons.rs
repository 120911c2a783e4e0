//! `salab check`, `new`, `transcript`, `verify`: what authors of lessons need.

use crate::languages;
use salab::preview::Preview;
use serviceaccount_lab::lesson::course::{Course, LENGTH_BYTES_MAX};
use serviceaccount_lab::lesson::{self, LessonError, check, parse, transcript};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What these commands do, for the program's help.
pub const USAGE: &str = "\
       salab check FILE...         prove lessons: unsolved at the start, solved by the solution, not by the wrong answers;
                                   links, sources and printed outputs right
       salab check languages/CODE  what a language lacks, or has otherwise than the English source
       salab new FILE              write a lesson to begin with
       salab transcript FILE       the lesson as a document, with what its commands print
       salab preview [--port N] [--page FOLDER] FILE
                                   show the lesson in the page, checked and reloaded on every save (port 8090, dist/)
       salab verify FILE           play the proofs in a file of progress again
";

const TEMPLATE: &str = include_str!("template.md");

/// Runs one of the commands; `None` if `name` is none of them.
pub fn run(name: &str, files: &[String]) -> Option<Result<String, String>> {
    let done = match (name, files) {
        ("check" | "new" | "preview" | "transcript" | "verify", []) => Err(format!("salab {name}: which FILE?\n")),
        ("check", files) => check_all(files),
        ("new", [file]) => new(file),
        ("transcript", [file]) => document(file),
        ("verify", [file]) => verify(file),
        ("preview", words) => show(words),
        ("new" | "transcript" | "verify", _) => Err(format!("salab {name}: one FILE at a time\n")),
        _ => return None,
    };
    Some(done)
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("salab: {file}: {error}\n"))
}

/// The lessons of a list: `lessons/*.md` as a shell writes it, without the documents that are no lessons.
fn lessons(files: &[String]) -> impl Iterator<Item = &String> {
    files.iter().filter(|file| {
        let name = file.rsplit('/').next().unwrap_or(file);
        !matches!(name, "README.md" | "misconceptions.md")
    })
}

fn check_all(files: &[String]) -> Result<String, String> {
    let (mut good, mut bad) = (String::new(), String::new());
    for file in lessons(files) {
        if Path::new(file).is_dir() {
            match languages::check(Path::new(file)) {
                Ok(said) => good += &said,
                Err(said) => bad += &said,
            }
            continue;
        }
        let text = read(file)?;
        let folder = Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default();
        let problems = examine(file, &with_english_recap(file, text, &folder), &folder);
        if problems.is_empty() {
            let _ = writeln!(good, "{file}: holds");
        }
        for LessonError { line, message } in problems {
            let _ = writeln!(bad, "{file}:{line}: {message}");
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(good + &bad) }
}

/// A translated lesson (`languages/CODE/lessons/FILE`) calls its recap as its language does: it is the step that stands
/// where the English lesson has it.
fn with_english_recap(file: &str, text: String, folder: &Path) -> String {
    let english = Path::new(file).file_name().map(|name| folder.join("../../../lessons").join(name));
    let english = english.filter(|_| folder.join("../interface.json").is_file());
    let title = english.and_then(|english| {
        let english = parse(file, &std::fs::read_to_string(english).ok()?).ok()?;
        let index = english.steps.iter().position(|step| step.title == "Recap")?;
        Some(parse(file, &text).ok()?.steps.get(index)?.title.clone())
    });
    match title {
        Some(title) => text.replacen(&format!("\n## {title}\n"), "\n## Recap\n", 1),
        None => text,
    }
}

fn examine(file: &str, text: &str, folder: &Path) -> Vec<LessonError> {
    let is_lesson = |name: &str| {
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        plain && name.ends_with(".md") && folder.join(name).is_file()
    };
    check::examine(file, text, &is_lesson)
}

fn new(file: &str) -> Result<String, String> {
    let path = PathBuf::from(file);
    if path.extension().is_none_or(|extension| extension != "md") {
        return Err(format!("salab new: {file}: a lesson's file ends in .md\n"));
    }
    if path.exists() {
        return Err(format!("salab new: {file} is there already\n"));
    }
    std::fs::write(&path, TEMPLATE).map_err(|error| format!("salab new: {file}: {error}\n"))?;
    Ok(format!("{file}: written. It holds as it is; change it, and run: salab check {file}\n"))
}

fn show(words: &[String]) -> Result<String, String> {
    let given = salab::arguments::read(words, &[], &["port", "page"])?;
    let [file] = given.words.as_slice() else {
        return Err("salab preview: one FILE at a time\n".to_owned());
    };
    let port = given.value("port").unwrap_or("8090");
    let port = port.parse().map_err(|_| format!("salab preview: --port wants a number, not {port:?}\n"))?;
    let check = |file: &Path| {
        let outcome = check_all(&[file.display().to_string()]);
        outcome.unwrap_or_else(|problems| problems)
    };
    let words = |error: String| format!("salab preview: {error}\n");
    let preview = Preview::new(given.value("page").unwrap_or("dist").into(), file.into(), check).map_err(words)?;
    let say = |address: &str| println!("{address}\nThe page reloads when {file} is saved. Ctrl-C ends it.");
    preview.run(port, say).map_err(words)?;
    Ok(String::new())
}

fn document(file: &str) -> Result<String, String> {
    let text = read(file)?;
    let lesson = parse(file, &text).map_err(|error| format!("{file}:{}: {}\n", error.line, error.message))?;
    Ok(transcript::document(&lesson, &text))
}

fn verify(file: &str) -> Result<String, String> {
    let size = std::fs::metadata(file).map_err(|error| format!("salab: {file}: {error}\n"))?.len();
    if size > LENGTH_BYTES_MAX as u64 {
        return Err(format!("salab verify: {file}: {size} bytes are more than a file of progress has\n"));
    }
    let course = Course::read(&read(file)?).map_err(|error| format!("salab verify: {file}: {error}\n"))?;
    let (mut text, mut failed) = (String::new(), false);
    for (id, done) in &course.done {
        let verdict = match lesson::find(id) {
            None => "not a lesson of this course",
            Some(lesson) if done.is_proof_of(&lesson) => "solved, as its log proves",
            Some(_) => "NOT solved by its log",
        };
        failed |= !verdict.starts_with("solved");
        let _ = writeln!(text, "{id}: {verdict} ({})", done.day);
    }
    if failed { Err(text) } else { Ok(text) }
}
