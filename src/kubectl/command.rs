//! What a command is: a name, flags, and a function. And how the words of a line find theirs.
//!
//! Follows github.com/spf13/cobra (`Find`, `Traverse`, suggestions) and staging/src/k8s.io/kubectl/pkg/cmd/cmd.go.

use crate::api::release::{Change, Version};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;

/// One command, or a group of them.
#[derive(Debug)]
pub struct Command {
    /// `get`.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What follows the name in the usage line: `TYPE [NAME...]`.
    pub usage: &'static str,
    /// One line about it.
    pub summary: &'static str,
    /// Commands to try.
    pub examples: &'static [&'static str],
    /// Its own flags, in groups that commands share.
    pub flags: &'static [&'static [Flag]],
    /// Commands below it (`create token`).
    pub children: &'static [&'static Command],
    /// The change that brought it; an older kubectl has it not.
    pub since: Option<Change>,
    /// What it does. A group's is called when no child is named.
    pub run: fn(&mut Context) -> Result<(), Failure>,
}

impl Command {
    /// What a constant starts from: `Command { name: "get", run, ..Command::EMPTY }`.
    pub const EMPTY: Command = Command {
        name: "",
        aliases: &[],
        usage: "",
        summary: "",
        examples: &[],
        flags: &[],
        children: &[],
        since: None,
        run: crate::kubectl::help::group,
    };

    /// Whether `word` names it.
    pub fn is_called(&self, word: &str) -> bool {
        self.name == word || self.aliases.contains(&word)
    }

    /// Whether kubectl of that version has it.
    pub fn is_in(&self, version: Version) -> bool {
        self.since.is_none_or(|change| version.has(change))
    }

    /// Its own flags, then the ones every command has.
    pub fn all_flags(&self) -> Vec<Flag> {
        let own = self.flags.iter().flat_map(|group| group.iter());
        own.chain(crate::kubectl::options::GLOBAL.iter()).chain([HELP].iter()).copied().collect()
    }
}

/// `-h`, which every command has.
pub const HELP: Flag = Flag::boolean("help", "h", "help for this command");

/// A command found in a line: it, its path, and the words that are left for it.
pub struct Found {
    /// The command.
    pub command: &'static Command,
    /// `kubectl create token`.
    pub path: String,
    /// The words without the ones that named it.
    pub words: Vec<String>,
}

/// Walks down from `root` as far as the words name commands; flags may stand in between.
pub fn find(root: &'static Command, words: &[String], version: Version) -> Found {
    let mut found = Found { command: root, path: root.name.to_owned(), words: words.to_vec() };
    while !found.command.children.is_empty() {
        let Some(position) = first_argument(found.command, &found.words) else { break };
        let word = found.words.get(position).cloned().unwrap_or_default();
        let named = found.command.children.iter().find(|child| child.is_called(&word));
        let Some(child) = named.filter(|child| child.is_in(version)) else { break };
        found.words.remove(position);
        found.path = format!("{} {}", found.path, child.name);
        found.command = child;
    }
    found
}

/// Where the first word stands that is neither a flag nor a flag's value.
pub fn first_argument(command: &Command, words: &[String]) -> Option<usize> {
    let known = command.all_flags();
    let takes_next = |word: &str| -> bool {
        if let Some(long) = word.strip_prefix("--") {
            // One that nobody knows is taken to have a value.
            return !long.contains('=') && !known.iter().any(|flag| flag.name == long && !flag.bare.is_empty());
        }
        let mut letters = word.chars().skip(1);
        let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
        !known.iter().any(|flag| flag.short.chars().eq([letter]) && !flag.bare.is_empty())
    };
    let mut index = 0;
    while let Some(word) = words.get(index) {
        if word == "--" {
            return None;
        }
        if word.starts_with('-') && word.len() > 1 {
            index += if takes_next(word) { 2 } else { 1 };
        } else {
            return Some(index);
        }
    }
    None
}

/// Those of the names that are near `word`: within two edits of it, or continuing it.
pub fn suggestions(word: &str, names: &[&'static str]) -> Vec<&'static str> {
    let lower = word.to_lowercase();
    let near = |name: &&&str| distance(&lower, name) <= 2 || (!lower.is_empty() && name.starts_with(&lower));
    names.iter().filter(near).copied().collect()
}

/// Levenshtein distance; long words are far from everything.
pub fn distance(a: &str, b: &str) -> usize {
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let (Some(diagonal), Some(above), Some(left)) = (row.get(j), row.get(j + 1), next.last()) else { break };
            let cost = usize::from(ca != *cb);
            next.push((diagonal + cost).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
