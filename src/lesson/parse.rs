//! Reads a lesson file: front matter, steps, and the fenced blocks that mean something.

use crate::lab::Release;
use crate::lesson::goal::Goal;
use crate::lesson::markdown::{self, Block, Raw};
use crate::lesson::{Lesson, Note, Path, Prediction, PredictionOption, Step, WrongAnswer};
use serde::Deserialize;
use std::fmt;

/// The longest lesson that is read, in bytes.
pub const LENGTH_BYTES_MAX: usize = 256 * 1024;

/// What is wrong with a lesson file, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    goal: String,
    minutes: u32,
    #[serde(default)]
    path: Vec<Path>,
    #[serde(default)]
    confronts: Vec<String>,
    #[serde(default)]
    version: Option<String>,
}

/// The version that the front matter names; the lab's own if it names none.
fn version(name: Option<&str>) -> Result<Release, LessonError> {
    let Some(name) = name else { return Ok(Release::default()) };
    Release::parse(name).ok_or_else(|| {
        error(1, format!("front matter: version: {name:?} is not simulated; there are {}, in quotes", Release::names()))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredictionYaml {
    question: String,
    options: Vec<OptionYaml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionYaml {
    text: String,
    #[serde(default)]
    right: bool,
    why: String,
    #[serde(default)]
    believes: Option<String>,
}

/// Reads the lesson in `text`; `file_name` gives its id.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse(file_name: &str, text: &str) -> Result<Lesson, LessonError> {
    if text.len() > LENGTH_BYTES_MAX {
        return Err(error(
            1,
            format!("a lesson may have {LENGTH_BYTES_MAX} bytes at most; this one has {}", text.len()),
        ));
    }
    let (front, body, body_line) = split_front_matter(text)?;
    let front: FrontMatter = serde_yaml::from_str(front).map_err(|problem| yaml_error(&problem, 1, "front matter"))?;
    let mut lesson = Lesson {
        id: id_of(file_name).to_owned(),
        title: front.title,
        goal: front.goal,
        minutes: front.minutes,
        paths: front.path,
        confronts: front.confronts,
        version: version(front.version.as_deref())?,
        setup: Vec::new(),
        steps: vec![Step { line: body_line, ..Step::default() }],
        notes: Vec::new(),
        solution: Vec::new(),
        wrong: Vec::new(),
    };
    for raw in markdown::read(body, body_line) {
        match raw {
            Raw::Section { level: 1, .. } => {}
            Raw::Section { title, line, .. } => lesson.steps.push(Step { title, line, ..Step::default() }),
            Raw::Fence { info, text, line } => fence(&mut lesson, &info, &text, line)?,
            Raw::Note { label, blocks, line } => lesson.notes.push(Note { label, line, blocks }),
            Raw::Block(block) => push(&mut lesson, block),
        }
    }
    // What stands under the headings for authors is no step of the learner's.
    lesson.steps.retain(|step| !is_for_authors(&step.title) && (!step.blocks.is_empty() || !step.goals.is_empty()));
    Ok(lesson)
}

/// The headings under which the solution and the wrong answers stand, with words about them for authors.
fn is_for_authors(title: &str) -> bool {
    matches!(title, "Solution" | "Wrong answers")
}

/// A lesson's id: its file's name without the number and the ending.
pub(super) fn id_of(file_name: &str) -> &str {
    let stem = file_name.rsplit('/').next().unwrap_or(file_name).trim_end_matches(".md");
    stem.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-')
}

pub(super) fn split_front_matter(text: &str) -> Result<(&str, &str, usize), LessonError> {
    let missing = || {
        error(
            1,
            "a lesson starts with front matter: a line ---, then title, goal and minutes, then a line ---".to_owned(),
        )
    };
    let rest = text.strip_prefix("---\n").ok_or_else(missing)?;
    let end = rest.find("\n---\n").ok_or_else(missing)?;
    let (front, body) = rest.split_at(end + 1);
    let body = body.strip_prefix("---\n").unwrap_or(body);
    Ok((front, body, 3 + front.matches('\n').count()))
}

fn fence(lesson: &mut Lesson, info: &str, text: &str, line: usize) -> Result<(), LessonError> {
    let (language, role) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
    let hidden = role == "solution" || role.starts_with("misses ");
    let heading = lesson.steps.last().map_or("", |step| step.title.as_str());
    let known = hidden || matches!(role, "setup" | "goals" | "predict" | "hints");
    if known && hidden != is_for_authors(heading) {
        let message = if hidden {
            "a solution stands under the heading ## Solution, a wrong answer under ## Wrong answers".to_owned()
        } else {
            format!("under ## {heading} learners see nothing; move this block above it")
        };
        return Err(error(line, message));
    }
    match (language, role.trim()) {
        ("console", "") => push(lesson, Block::Commands(commands(text, line)?)),
        ("console", "setup") => lesson.setup.extend(commands(text, line)?),
        ("console", "solution") => lesson.solution.extend(commands(text, line)?),
        ("console", wrong) if wrong.starts_with("misses ") => lesson.wrong.push(WrongAnswer {
            misses: wrong.trim_start_matches("misses ").trim().trim_matches('"').to_owned(),
            line,
            commands: commands(text, line)?,
        }),
        ("yaml", "goals") => goals(lesson, text, line)?,
        ("yaml", "predict") => push(lesson, Block::Predict(prediction(text, line)?)),
        ("yaml", "hints") => {
            let hints: Vec<String> =
                serde_yaml::from_str(text).map_err(|problem| yaml_error(&problem, line, "hints"))?;
            last(lesson).hints.extend(hints);
        }
        (_, role) if role.starts_with("file=") => {
            push(lesson, Block::File { path: role.trim_start_matches("file=").to_owned(), text: text.to_owned() });
        }
        (language, "") => push(lesson, Block::Code { language: language.to_owned(), text: text.to_owned() }),
        (language, role) => {
            return Err(error(
                line,
                format!(
                    "a block ```{language} {role}``` means nothing here; there are: console, console setup, console solution, console misses \"GOAL\", yaml goals, yaml predict, yaml hints, LANGUAGE file=NAME"
                ),
            ));
        }
    }
    Ok(())
}

/// The commands of a console block: what stands behind `$ `, heredocs and continued lines included. Lines
/// without a prompt are output and are for readers only.
fn commands(text: &str, line: usize) -> Result<Vec<String>, LessonError> {
    let mut commands: Vec<String> = Vec::new();
    let mut open = false;
    for content in text.lines() {
        if let Some(command) = content.strip_prefix("$ ").filter(|_| !open) {
            commands.push(command.to_owned());
        } else if let (true, Some(last)) = (open, commands.last_mut()) {
            last.push('\n');
            last.push_str(content);
        }
        open = commands.last().is_some_and(|command| crate::lab::needs_more(command));
    }
    if commands.is_empty() {
        return Err(error(line, "a console block holds commands behind \"$ \"; this one has none".to_owned()));
    }
    Ok(commands)
}

fn goals(lesson: &mut Lesson, text: &str, line: usize) -> Result<(), LessonError> {
    let items: Vec<serde_json::Value> =
        serde_yaml::from_str(text).map_err(|problem| yaml_error(&problem, line, "goals"))?;
    let mut lines = text.lines().enumerate().filter(|(_, content)| content.starts_with("- "));
    for item in &items {
        let line = lines.next().map_or(line, |(index, _)| line + 1 + index);
        let goal = Goal::read(item).map_err(|message| error(line, message))?;
        last(lesson).goals.push(goal.at_line(line));
    }
    if !last(lesson).blocks.contains(&Block::Goals) {
        push(lesson, Block::Goals);
    }
    Ok(())
}

fn prediction(text: &str, line: usize) -> Result<Prediction, LessonError> {
    let read: PredictionYaml = serde_yaml::from_str(text).map_err(|problem| yaml_error(&problem, line, "predict"))?;
    if read.options.iter().filter(|option| option.right).count() != 1 {
        return Err(error(line, "a prediction has exactly one option with `right: true`".to_owned()));
    }
    let options = read
        .options
        .into_iter()
        .map(|option| PredictionOption {
            text: option.text,
            right: option.right,
            why: option.why,
            believes: option.believes,
        })
        .collect();
    Ok(Prediction { question: read.question, line, options })
}

fn push(lesson: &mut Lesson, block: Block) {
    last(lesson).blocks.push(block);
}

fn last(lesson: &mut Lesson) -> &mut Step {
    if lesson.steps.is_empty() {
        lesson.steps.push(Step::default());
    }
    let index = lesson.steps.len() - 1;
    &mut lesson.steps[index]
}

fn error(line: usize, message: String) -> LessonError {
    LessonError { line, message }
}

fn yaml_error(problem: &serde_yaml::Error, line: usize, what: &str) -> LessonError {
    let inside = problem.location().map_or(0, |location| location.line());
    let words = problem.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let advice = if words.contains("expected a string") { "; put quotes around a text with a colon in it" } else { "" };
    error(line + inside, format!("{what}: {words}{advice}"))
}
