//! A lesson played from top to bottom: what every command shown in it really prints, and the lesson as a document with
//! those outputs filled in.

use crate::lab::{Lab, needs_more};
use crate::lesson::{Lesson, check};
use serde_json::Value;
use std::fmt::Write;
use std::time::Duration;

/// How long a command may stay in the foreground before it is interrupted.
const PATIENCE: Duration = Duration::from_secs(300);

/// A command that learners see, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Where it stands in the file.
    pub line: usize,
    /// The command.
    pub command: String,
    /// The output that the file gives; empty if it gives none.
    pub written: Vec<String>,
    /// What it printed.
    pub printed: String,
}

/// Plays every command that learners see, in order, as they would.
pub fn play(lesson: &Lesson, text: &str) -> Vec<Shown> {
    let (mut lab, _) = check::start(lesson);
    lab.set_interactive(true);
    fences(text)
        .into_iter()
        .filter(|fence| fence.info == "console")
        .flat_map(|fence| commands(&fence))
        .map(|(line, command, written)| {
            let printed = type_in(&mut lab, &command);
            Shown { line, command, written, printed }
        })
        .collect()
}

/// Types an entry and waits until the prompt is back.
fn type_in(lab: &mut Lab, command: &str) -> String {
    let number = lab.run(command).number;
    let started = lab.now();
    while lab.foreground().is_some() && lab.now().since(started) < PATIENCE {
        lab.tick(Duration::from_secs(1));
    }
    if lab.foreground().is_some() {
        lab.interrupt();
    }
    lab.all_records().iter().find(|record| record.number == number).map(|record| record.output()).unwrap_or_default()
}

/// Whether the output that a lesson gives is what was printed. `…` stands for anything: alone on a line for lines, inside
/// a line for characters.
pub fn agrees(written: &[String], printed: &str) -> bool {
    let printed: Vec<&str> = printed.lines().collect();
    matches_lines(written, &printed)
}

fn matches_lines(written: &[String], printed: &[&str]) -> bool {
    match written.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (0..=printed.len()).any(|skipped| matches_lines(rest, printed.get(skipped..).unwrap_or_default()))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, lines)| matches_line(first.trim_end(), line.trim_end()) && matches_lines(rest, lines)),
    }
}

fn matches_line(written: &str, printed: &str) -> bool {
    let mut parts = written.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A fenced block as it stands in the file.
struct Fence {
    info: String,
    /// The line of the first line inside.
    line: usize,
    body: Vec<String>,
}

fn fences(text: &str) -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(fence), None) => fence.body.push(line.to_owned()),
            (None, Some(info)) => {
                open = Some(Fence { info: info.trim().to_owned(), line: index + 2, body: Vec::new() })
            }
            (None, None) => {}
        }
    }
    found
}

/// The commands of a console block, with their lines and the output written behind each.
fn commands(fence: &Fence) -> Vec<(usize, String, Vec<String>)> {
    let mut commands: Vec<(usize, String, Vec<String>)> = Vec::new();
    let mut open = false;
    for (index, line) in fence.body.iter().enumerate() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (_, Some((_, command, _))) if open => {
                command.push('\n');
                command.push_str(line);
            }
            (Some(command), _) => commands.push((fence.line + index, command.to_owned(), Vec::new())),
            (None, Some((_, _, written))) => written.push(line.clone()),
            (None, None) => {}
        }
        open = commands.last().is_some_and(|(_, command, _)| needs_more(command));
    }
    commands
}

/// The lesson as a document: outputs filled in, questions with their answers, goals as a list; hints, solution and wrong
/// answers left out. Tokens are cut in the middle.
pub fn document(lesson: &Lesson, text: &str) -> String {
    let mut shown = play(lesson, text).into_iter();
    let body_from = text.find("\n---\n").map_or(0, |at| text[..at].lines().count() + 1);
    let mut out = String::new();
    let mut open: Option<Fence> = None;
    for (index, line) in text.lines().enumerate().skip(body_from) {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => {
                if let Some(fence) = open.take() {
                    block(&fence, &mut shown, &mut out);
                }
            }
            (Some(fence), None) => fence.body.push(line.to_owned()),
            (None, Some(info)) => {
                open = Some(Fence { info: info.trim().to_owned(), line: index + 2, body: Vec::new() })
            }
            (None, None) if line.starts_with("# ") => {
                let _ = writeln!(out, "{line}\n\n**Goal:** {} About {} minutes.", lesson.goal, lesson.minutes);
            }
            (None, None) if matches!(line, "## Solution" | "## Wrong answers") => break,
            (None, None) => out.push_str(&format!("{line}\n")),
        }
    }
    // The sources stand at the end, behind what was left out.
    let sources: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("[^")).collect();
    if sources.first().is_some_and(|first| !out.contains(first)) {
        out.push_str(&sources.join("\n"));
        out.push('\n');
    }
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out.trim_start().to_owned()
}

fn block(fence: &Fence, shown: &mut impl Iterator<Item = Shown>, out: &mut String) {
    let text = fence.body.join("\n");
    let yaml = || serde_yaml::from_str::<Value>(&text).unwrap_or_default();
    match fence.info.as_str() {
        "console" => {
            out.push_str("```console\n");
            for _ in commands(fence) {
                if let Some(Shown { command, printed, .. }) = shown.next() {
                    let printed = if printed.is_empty() || printed.ends_with('\n') { printed } else { printed + "\n" };
                    let _ = write!(out, "$ {command}\n{}", shortened(&printed));
                }
            }
            out.push_str("```\n");
        }
        "console setup" => {
            let _ = writeln!(out, "Before you begin:\n\n```console\n{text}\n```");
        }
        "yaml hints" => {}
        "yaml goals" => {
            out.push_str("You are done when\n\n");
            for goal in yaml().as_array().into_iter().flatten() {
                let _ = writeln!(out, "- {}", goal["goal"].as_str().unwrap_or_default());
            }
        }
        "yaml predict" => {
            let yaml = yaml();
            let _ = writeln!(out, "**Predict first.** {}\n", yaml["question"].as_str().unwrap_or_default().trim());
            for option in yaml["options"].as_array().into_iter().flatten() {
                let mark = if option["right"] == true { "✓" } else { "✗" };
                let words = |key: &str| option[key].as_str().unwrap_or_default().trim().to_owned();
                let _ = writeln!(out, "- {} — {mark} {}", words("text"), words("why"));
            }
        }
        info => {
            let (language, file) = info.split_once(" file=").unwrap_or((info, ""));
            if !file.is_empty() {
                let _ = writeln!(out, "`{file}`:\n");
            }
            let _ = writeln!(out, "```{language}\n{text}\n```");
        }
    }
}

fn shortened(text: &str) -> String {
    let mut text = text.to_owned();
    for token in crate::lab::tokens::tokens_in(&text) {
        if let (Some(start), Some(end)) = (token.get(..12), token.get(token.len().saturating_sub(6)..)) {
            text = text.replace(&token, &format!("{start}…{end}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_anything() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(agrees(&lines("a\nb"), "a\nb\n"));
        assert!(!agrees(&lines("a"), "a\nb\n"));
        assert!(agrees(&lines("a\n…"), "a\nb\nc\n"));
        assert!(agrees(&lines("…\nc"), "a\nb\nc\n"));
        assert!(agrees(&lines("uid: …, name: …!"), "uid: 12, name: x!"));
        assert!(!agrees(&lines("uid: …!"), "uid: 12"));
    }
}
