//! `kubectl …`: hands the arguments to [`crate::kubectl`], with this machine as its host.

use crate::kubectl::command;
use crate::kubectl::flags::Flag;
use crate::shell::runner::{Runner, Step};
use std::rc::Rc;

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let stdin = if reads_stdin(arguments) { runner.read_stdin() } else { Rc::default() };
    let outcome = crate::kubectl::run(runner, arguments, &stdin);
    runner.outcome(outcome)
}

/// Whether kubectl would read its standard input. Otherwise it stays for others: `while read NAME; do kubectl …`.
fn reads_stdin(arguments: &[String]) -> bool {
    let own = arguments.iter().take_while(|argument| *argument != "--");
    own.map(String::as_str).any(|argument| {
        let interactive = argument.strip_prefix('-').is_some_and(|letters| !letters.is_empty() && letters.chars().all(|c| "itq".contains(c)));
        interactive || argument == "-" || argument == "-f-" || argument == "--stdin" || argument.ends_with("=-") || argument.contains("/dev/stdin")
    })
}

/// Words that may stand last: `words` is what follows `kubectl`, the last one unfinished. Commands and flags come
/// from kubectl's own tables, names of objects from the API server.
pub fn complete(runner: &mut Runner<'_>, words: &[String]) -> Vec<String> {
    let Some((word, before)) = words.split_last() else { return Vec::new() };
    let found = command::find(&crate::kubectl::ROOT, before, runner.state.version);
    if word.starts_with('-') {
        let written = |flag: &Flag| format!("--{}{}", flag.name, if flag.bare.is_empty() { "=" } else { "" });
        return found.command.all_flags().iter().map(written).collect();
    }
    let rest = &found.words;
    let argument = command::first_argument(found.command, rest);
    if !found.command.children.is_empty() && argument.is_none() {
        return found.command.children.iter().filter(|child| child.is_in(runner.state.version)).map(|child| child.name.to_owned()).collect();
    }
    let previous = rest.last().map(String::as_str).unwrap_or_default();
    if ["-n", "--namespace"].contains(&previous) {
        return names(runner, "namespaces", &[]);
    }
    let resource = argument.and_then(|at| rest.get(at)).cloned();
    match (found.command.name, resource) {
        ("exec" | "logs", None) => names(runner, "pods", before),
        ("token", None) => names(runner, "serviceaccounts", before),
        ("use-context" | "set-context" | "set-credentials" | "get-contexts" | "view" | "run" | "can-i", _) => Vec::new(),
        (_, None) if found.path.starts_with("kubectl create") => Vec::new(),
        (_, None) => {
            let simulated = crate::api::kinds::all().iter().filter(|kind| kind.simulated && !kind.plural.contains('/'));
            simulated.filter(|kind| kind.has_verb("get")).map(|kind| kind.plural.clone()).collect()
        }
        (_, Some(resource)) if word.is_empty() || !resource.contains('/') => names(runner, &resource, before),
        _ => Vec::new(),
    }
}

/// The names of a resource's objects, asked of kubectl itself: the same identity, the same rights.
fn names(runner: &mut Runner<'_>, resource: &str, before: &[String]) -> Vec<String> {
    let mut arguments = vec!["get".to_owned(), resource.to_owned(), "-o".to_owned(), "name".to_owned()];
    let mut rest = before.iter();
    while let Some(word) = rest.next() {
        if word == "-n" || word == "--namespace" {
            arguments.extend([word.clone(), rest.next().cloned().unwrap_or_default()]);
        } else if word.starts_with("--namespace=") || word.starts_with("--context=") || word.starts_with("-n") {
            arguments.push(word.clone());
        }
    }
    let outcome = crate::kubectl::run(runner, &arguments, b"");
    let text = String::from_utf8_lossy(&outcome.stdout()).into_owned();
    text.lines().filter_map(|line| line.rsplit_once('/')).map(|(_, name)| name.to_owned()).collect()
}
