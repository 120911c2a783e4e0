//! `--help`, `kubectl help`, and what a group prints when no command of it is named. Our own words, not kubectl's.

use crate::api::release::Version;
use crate::api::sorted;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, FlagKind};
use std::fmt::Write;

/// The help text of a command.
pub fn text(command: &Command, path: &str, version: Version) -> String {
    let mut out = format!("{}\n", command.summary);
    if !command.examples.is_empty() {
        out.push_str("\nExamples:\n");
        for example in command.examples {
            let _ = writeln!(out, "  {example}");
        }
    }
    if !command.children.is_empty() {
        out.push_str("\nAvailable Commands:\n");
        let mut children: Vec<&&Command> = command.children.iter().filter(|child| child.is_in(version)).collect();
        sorted::sort_by_key(&mut children, |child| child.name);
        let width = children.iter().map(|child| child.name.len()).max().unwrap_or(0);
        for child in children {
            let _ = writeln!(out, "  {:width$}  {}", child.name, child.summary);
        }
    }
    let flags: Vec<Flag> = command.flags.iter().flat_map(|group| group.iter()).copied().collect();
    if !flags.is_empty() {
        out.push_str("\nOptions:\n");
        out.push_str(&flag_lines(&flags));
    }
    let _ = write!(out, "\nUsage:\n  {path}");
    if !command.usage.is_empty() {
        let _ = write!(out, " {}", command.usage);
    }
    if !command.children.is_empty() {
        let word = if command.usage.is_empty() { " COMMAND" } else { "" };
        let _ = write!(out, "{word} [options]\n\nUse \"{path} <command> --help\" for one of them.");
    } else if !flags.is_empty() {
        out.push_str(" [options]");
    }
    if command.name != "options" {
        out.push_str("\n\nUse \"kubectl options\" for the flags that every command has.\n");
    }
    out
}

/// One line a flag: `    -o, --output='':  what it does`.
pub fn flag_lines(flags: &[Flag]) -> String {
    let mut sorted: Vec<&Flag> = flags.iter().collect();
    sorted::sort_by_key(&mut sorted, |flag| flag.name);
    let mut out = String::new();
    for flag in sorted {
        let short = if flag.short.is_empty() { "    ".to_owned() } else { format!("-{}, ", flag.short) };
        let default = match flag.kind {
            FlagKind::Text => format!("'{}'", flag.default),
            FlagKind::Slice | FlagKind::Array => format!("[{}]", flag.default),
            _ => flag.default.to_owned(),
        };
        let _ = writeln!(out, "    {short}--{}={default}: {}", flag.name, flag.help);
    }
    out
}

/// What a group does by itself: help, exit 0 for kubectl, 1 for the others; a word that is none of its commands is
/// an error.
///
/// # Errors
/// An unknown command; the exit code.
pub fn group(context: &mut Context) -> Result<(), Failure> {
    let path = context.path.clone();
    if let Some(word) = context.arguments().first().cloned() {
        if context.command.name == "create" {
            let words = context.arguments().join(" ");
            return Err(Failure::usage(format!("Unexpected args: [{words}]")));
        }
        // The groups that make and change things name all the words that they do not know.
        let words =
            if ["secret", "set"].contains(&context.command.name) { context.arguments().join(" ") } else { word };
        return Err(Failure::usage(format!("unknown command {}", crate::api::go::quote(&words))));
    }
    let help = text(context.command, &path, context.host.version());
    match context.command.name {
        "kubectl" => {
            context.print(help);
            return Ok(());
        }
        "rollout" => context.print(help),
        _ => context.complain(help),
    }
    Err(Failure::Exit(1))
}

/// `kubectl help COMMAND`.
pub const COMMAND: Command = Command {
    name: "help",
    usage: "[command]",
    summary: "Show the help of a command",
    run: |context| {
        let words = context.arguments().to_vec();
        let found = crate::kubectl::command::find(&crate::kubectl::ROOT, &words, context.host.version());
        let help = text(found.command, &found.path, context.host.version());
        context.print(help);
        Ok(())
    },
    ..Command::EMPTY
};
