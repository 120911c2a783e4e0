//! What the recorded scenarios use: which commands, flags and programs.

use crate::root;
use crate::rows::Row;
use serviceaccount_lab::api::release::Version;
use serviceaccount_lab::kubectl::{ROOT, command, options};
use std::collections::BTreeSet;

/// Every use of kubectl and the text of every scenario, by number.
pub struct Scenarios {
    texts: Vec<(String, String)>,
    uses: Vec<(String, String, Vec<String>)>,
}

impl Scenarios {
    pub fn read() -> Scenarios {
        let entries = std::fs::read_dir(root().join("tests/conformance/scenarios")).expect("there are scenarios");
        let mut texts: Vec<(String, String)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let number = path.file_stem()?.to_str()?.get(..2)?.to_owned();
                Some((number, std::fs::read_to_string(&path).ok()?))
            })
            .collect();
        texts.sort();
        let mut uses = Vec::new();
        for (number, text) in &texts {
            for rest in text.split("kubectl ").skip(1) {
                let line = rest.split(['|', ';', '&', '\n', ')', '>']).next().unwrap_or_default();
                let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
                let found = command::find(&ROOT, &words, Version::default());
                uses.push((number.clone(), found.path, found.words));
            }
        }
        Scenarios { texts, uses }
    }

    /// Whether there is a scenario of that number.
    pub fn has(&self, number: &str) -> bool {
        self.texts.iter().any(|(known, _)| known == number)
    }

    /// The scenarios that use what a row is about.
    pub fn of(&self, row: &Row) -> Vec<String> {
        match row.section.as_str() {
            "commands" => self.of_command(&row.id),
            "global flags" => self.of_flag("", &row.id),
            "programs" => self.of_program(&row.id),
            _ => Vec::new(),
        }
    }

    pub fn of_command(&self, path: &str) -> Vec<String> {
        numbers(self.uses.iter().filter(|(_, used, _)| used == path))
    }

    /// The scenarios that use a flag of a command; an empty command is any.
    pub fn of_flag(&self, path: &str, flag: &str) -> Vec<String> {
        numbers(self.uses.iter().filter(|(_, used, words)| {
            let known = command::find(
                &ROOT,
                &used.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>(),
                Version::default(),
            );
            let flags = known.command.flags.iter().flat_map(|group| group.iter()).chain(options::GLOBAL.iter());
            let short =
                flags.filter(|known| flag.strip_prefix("--") == Some(known.name)).map(|known| known.short).next();
            let ours = words.iter().take_while(|word| *word != "--");
            let is = |word: &String| {
                let name = word.split('=').next().unwrap_or_default();
                let short = short.filter(|short| !short.is_empty()).map(|short| format!("-{short}"));
                name == flag || (!word.starts_with("--") && short.is_some_and(|short| word.starts_with(&short)))
            };
            (path.is_empty() || used == path) && ours.into_iter().any(is)
        }))
    }

    fn of_program(&self, name: &str) -> Vec<String> {
        let word =
            |text: &str| text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).any(|w| w == name);
        let found: BTreeSet<String> =
            self.texts.iter().filter(|(_, text)| word(text)).map(|(number, _)| number.clone()).collect();
        found.into_iter().collect()
    }
}

fn numbers<'a>(uses: impl Iterator<Item = &'a (String, String, Vec<String>)>) -> Vec<String> {
    let found: BTreeSet<String> = uses.map(|(number, ..)| number.clone()).collect();
    found.into_iter().collect()
}
