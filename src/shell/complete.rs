//! Completion: commands, files, variables, and whatever kubectl offers.

use crate::api::files::{Entry, absolute};
use crate::api::sorted;
use crate::shell::parser::Parser;
use crate::shell::programs;
use crate::shell::runner::Runner;
use crate::shell::syntax::{Body, Word};
use crate::shell::transcript::Completions;

const CANDIDATES_MAX: usize = 500;
const OPERATORS: &str = ";|&()`\n";

/// What could stand at `cursor` of `line`.
pub fn complete(runner: &mut Runner<'_>, line: &str, cursor: usize) -> Completions {
    let mut cursor = cursor.min(line.len());
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = line.get(..cursor).unwrap_or_default();
    let start = word_start(before);
    let word = before.get(start..).unwrap_or_default();
    let command_start = before.get(..start).unwrap_or_default().rfind(|c| OPERATORS.contains(c)).map_or(0, |at| at + 1);
    let words = split(before.get(command_start..start).unwrap_or_default());
    let words: Vec<String> = words.into_iter().skip_while(|word| is_assignment(word)).collect();
    let redirect = before.get(..start).unwrap_or_default().trim_end().ends_with(['>', '<']);
    let mut candidates = match words.split_first() {
        _ if word.starts_with('$') => variables(runner, word),
        _ if redirect => paths(runner, word),
        None if word.contains('/') => paths(runner, word),
        None => commands(runner, word),
        Some((command, arguments)) => arguments_of(runner, command, arguments, word),
    };
    sorted::sort(&mut candidates);
    candidates.dedup();
    candidates.truncate(CANDIDATES_MAX);
    let common = common_prefix(&candidates).unwrap_or_else(|| word.to_owned());
    Completions { start, end: cursor, candidates, common }
}

fn word_start(before: &str) -> usize {
    let mut start = 0;
    let mut quote = None;
    for (at, c) in before.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c.is_whitespace() || OPERATORS.contains(c) || c == '<' || c == '>' => start = at + c.len_utf8(),
            None => {}
        }
    }
    start
}

/// The words of a command as far as they are plain.
fn split(text: &str) -> Vec<String> {
    let plain = |word: &Word| word.plain().map_or_else(|| "''".to_owned(), str::to_owned);
    match Parser::new(text).next_line() {
        Ok(Some(script)) => match script.first().and_then(|item| item.first.commands.first()) {
            Some((command, _)) => match &command.body {
                Body::Simple { words, .. } => words.iter().map(plain).collect(),
                _ => Vec::new(),
            },
            None => Vec::new(),
        },
        _ => text.split_whitespace().map(str::to_owned).collect(),
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| crate::shell::parser::is_name(name))
}

fn commands(runner: &Runner<'_>, word: &str) -> Vec<String> {
    let frame = runner.frame();
    let programs = programs::all().filter(|program| program.is_on(frame)).map(|program| program.name.to_owned());
    let own = frame.aliases.keys().chain(frame.functions.keys()).cloned();
    programs.chain(own).filter(|name| name.starts_with(word)).map(|name| name + " ").collect()
}

fn variables(runner: &Runner<'_>, word: &str) -> Vec<String> {
    let (sign, end) = if word.starts_with("${") { ("${", "}") } else { ("$", "") };
    let part = word.strip_prefix(sign).unwrap_or_default();
    let names = runner.frame().variables.keys().filter(|name| name.starts_with(part));
    names.map(|name| format!("{sign}{name}{end}")).collect()
}

fn arguments_of(runner: &mut Runner<'_>, command: &str, arguments: &[String], word: &str) -> Vec<String> {
    let alias = runner.frame().aliases.get(command).cloned().unwrap_or_else(|| command.to_owned());
    let mut words: Vec<String> = split(&alias);
    if words.first().is_none_or(|first| first != "kubectl") {
        return paths(runner, word);
    }
    words.remove(0);
    words.extend_from_slice(arguments);
    // A file is wanted after `-f`; everything else is kubectl's to say.
    let last = words.last().map(String::as_str).unwrap_or_default();
    if ["-f", "--filename", "-k"].contains(&last) {
        return paths(runner, word);
    }
    if let Some(path) = word.strip_prefix("--filename=") {
        return paths(runner, path).into_iter().map(|path| format!("--filename={path}")).collect();
    }
    words.push(word.to_owned());
    let found = programs::kubectl::complete(runner, &words);
    let spaced = |name: String| if name.ends_with(['=', '/', ' ']) { name } else { name + " " };
    found.into_iter().filter(|name| name.starts_with(word)).map(spaced).collect()
}

fn paths(runner: &Runner<'_>, word: &str) -> Vec<String> {
    let plain: String = word.chars().filter(|c| !"'\"\\".contains(*c)).collect();
    let (shown, name) = match plain.rfind('/') {
        Some(at) => plain.split_at(at + 1),
        None => ("", plain.as_str()),
    };
    let home = runner.frame().variable("HOME").unwrap_or("/").to_owned();
    let folder = match shown.strip_prefix("~/") {
        Some(rest) => format!("{home}/{rest}"),
        None => shown.to_owned(),
    };
    let folder = absolute(&runner.frame().folder, if folder.is_empty() { "." } else { &folder });
    let tree = runner.tree();
    let Ok(names) = tree.list(&folder) else { return Vec::new() };
    let fits = |candidate: &&str| candidate.starts_with(name) && (!candidate.starts_with('.') || name.starts_with('.'));
    let finished = |candidate: &str| {
        let quoted: String = candidate
            .chars()
            .flat_map(|c| if " '\"\\$&;|<>()*?[]".contains(c) { vec!['\\', c] } else { vec![c] })
            .collect();
        match tree.follow(&format!("{folder}/{candidate}")) {
            Ok(Entry::Directory(..)) => format!("{shown}{quoted}/"),
            _ => format!("{shown}{quoted} "),
        }
    };
    names.into_iter().filter(fits).map(finished).collect()
}

fn common_prefix(candidates: &[String]) -> Option<String> {
    let first = candidates.first()?;
    let mut length = first.len();
    for other in candidates {
        let same = first.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b);
        length = length.min(same.last().map_or(0, |((at, c), _)| at + c.len_utf8()));
    }
    first.get(..length).map(str::to_owned)
}
