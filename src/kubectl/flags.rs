//! Flags as kubectl reads them: declared as constants, one table a command.
//!
//! Follows github.com/spf13/pflag (values, shorthands, messages) and cobra (flags may stand anywhere, `--` ends them).
//! Left out: `--flag` abbreviations (pflag has none either) and deprecated flags.

use crate::api::duration;
use crate::api::go;
use std::collections::BTreeMap;
use std::time::Duration;

/// One flag a command knows.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The long name, without dashes.
    pub name: &'static str,
    /// The one-letter name; empty where there is none.
    pub short: &'static str,
    /// What its values look like.
    pub kind: FlagKind,
    /// The value when it is not given; list flags use none.
    pub default: &'static str,
    /// The value of a bare `--flag`; empty where the flag needs one.
    pub bare: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
}

/// What a flag's values look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagKind {
    /// `true` or `false`; a bare flag means `true`.
    Boolean,
    /// Any text; the last one counts.
    Text,
    /// Texts, split at commas, gathered over repetitions.
    Slice,
    /// Texts gathered over repetitions, commas kept.
    Array,
    /// A whole number.
    Integer,
    /// A Go duration.
    Duration,
}

impl Flag {
    const fn new(name: &'static str, short: &'static str, kind: FlagKind, help: &'static str) -> Self {
        Flag { name, short, kind, default: "", bare: "", help }
    }

    /// A boolean, false unless given.
    pub const fn boolean(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag { bare: "true", default: "false", ..Flag::new(name, short, FlagKind::Boolean, help) }
    }

    /// A text.
    pub const fn text(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag::new(name, short, FlagKind::Text, help)
    }

    /// A list, split at commas.
    pub const fn slice(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag::new(name, short, FlagKind::Slice, help)
    }

    /// A list, commas kept.
    pub const fn array(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag::new(name, short, FlagKind::Array, help)
    }

    /// A whole number.
    pub const fn integer(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag { default: "0", ..Flag::new(name, short, FlagKind::Integer, help) }
    }

    /// A duration.
    pub const fn duration(name: &'static str, short: &'static str, help: &'static str) -> Self {
        Flag { default: "0s", ..Flag::new(name, short, FlagKind::Duration, help) }
    }

    /// With a value for when the flag is not given.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Flag { default, ..self }
    }

    /// With a value for a bare `--flag`, which then never takes the next word (`--dry-run`, `--cascade`).
    #[must_use]
    pub const fn bare(self, bare: &'static str) -> Self {
        Flag { bare, ..self }
    }

    fn label(&self) -> String {
        if self.short.is_empty() { format!("--{}", self.name) } else { format!("-{}, --{}", self.short, self.name) }
    }

    /// Refuses a value that this flag cannot hold, in pflag's words.
    fn check(&self, value: &str) -> Result<(), String> {
        let problem = match self.kind {
            FlagKind::Boolean if parse_boolean(value).is_none() => {
                format!("strconv.ParseBool: parsing {}: invalid syntax", go::quote(value))
            }
            FlagKind::Integer => match value.parse::<i64>() {
                Ok(_) => return Ok(()),
                Err(error) => {
                    let range = matches!(
                        error.kind(),
                        std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow
                    );
                    let why = if range { "value out of range" } else { "invalid syntax" };
                    format!("strconv.ParseInt: parsing {}: {why}", go::quote(value))
                }
            },
            FlagKind::Duration => match duration::parse(value) {
                Ok(_) => return Ok(()),
                Err(error) => error,
            },
            _ => return Ok(()),
        };
        Err(format!("invalid argument {} for {} flag: {problem}", go::quote(value), go::quote(&self.label())))
    }
}

/// Go's `strconv.ParseBool`.
pub fn parse_boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The flags and arguments of one invocation.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    known: Vec<Flag>,
    values: BTreeMap<&'static str, Vec<String>>,
    /// What is not a flag, in order.
    pub arguments: Vec<String>,
    /// How many of the arguments stood before `--`; `None` without a `--`.
    pub dash: Option<usize>,
}

impl Flags {
    /// Reads the words after the command's name.
    ///
    /// # Errors
    /// pflag's sentence about the first word it can't take.
    pub fn parse(known: Vec<Flag>, words: &[String]) -> Result<Self, String> {
        let mut flags = Flags { known, ..Flags::default() };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                flags.dash = Some(flags.arguments.len());
                flags.arguments.extend(rest.cloned());
                break;
            } else if let Some(long) = word.strip_prefix("--") {
                flags.long(long, word, &mut rest)?;
            } else if word.len() > 1 && word.starts_with('-') {
                flags.shorts(&word[1..], &mut rest)?;
            } else {
                flags.arguments.push(word.clone());
            }
        }
        Ok(flags)
    }

    fn long<'a>(&mut self, long: &str, word: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        if long.starts_with(['-', '=']) {
            return Err(format!("bad flag syntax: {word}"));
        }
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        let normal = name.replace('_', "-");
        let Some(flag) = self.known.iter().find(|flag| flag.name == normal).copied() else {
            return Err(format!("unknown flag: --{name}"));
        };
        match (value, flag.bare) {
            (Some(value), _) => self.set(&flag, value),
            (None, "") => match rest.next() {
                Some(next) => self.set(&flag, next),
                None => Err(format!("flag needs an argument: --{name}")),
            },
            (None, bare) => self.set(&flag, bare),
        }
    }

    /// `-it`, `-n default`, `-ndefault`, `-n=default`.
    fn shorts<'a>(&mut self, letters: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        let mut left = letters;
        while let Some(letter) = left.chars().next() {
            let after = &left[letter.len_utf8()..];
            let Some(flag) = self.by_letter(letter) else {
                return Err(format!("unknown shorthand flag: '{letter}' in -{left}"));
            };
            if let Some(value) = after.strip_prefix('=').filter(|value| !value.is_empty()) {
                return self.set(&flag, value);
            }
            if !flag.bare.is_empty() {
                self.set(&flag, flag.bare)?;
                left = after;
                continue;
            }
            if !after.is_empty() {
                return self.set(&flag, after);
            }
            return match rest.next() {
                Some(next) => self.set(&flag, next),
                None => Err(format!("flag needs an argument: '{letter}' in -{left}")),
            };
        }
        Ok(())
    }

    fn by_letter(&self, letter: char) -> Option<Flag> {
        self.known.iter().find(|flag| flag.short.chars().eq([letter])).copied()
    }

    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), String> {
        flag.check(value)?;
        let values = self.values.entry(flag.name).or_default();
        match flag.kind {
            FlagKind::Slice if value.is_empty() => {}
            FlagKind::Slice => values.extend(value.split(',').map(str::to_owned)),
            FlagKind::Array => values.push(value.to_owned()),
            _ => *values = vec![value.to_owned()],
        }
        Ok(())
    }

    fn flag(&self, name: &str) -> Option<&Flag> {
        let found = self.known.iter().find(|flag| flag.name == name);
        debug_assert!(found.is_some(), "flag --{name} is read but not declared");
        found
    }

    /// Whether the command has that flag at all.
    pub fn knows(&self, name: &str) -> bool {
        self.known.iter().any(|flag| flag.name == name)
    }

    /// Every flag the command has, its own first.
    pub fn all(&self) -> &[Flag] {
        &self.known
    }

    /// Whether a flag that every command has was given, and is not hidden by one of the command's own:
    /// `create rolebinding --user` names no user of the kubeconfig.
    pub fn is_set_for_all(&self, name: &str) -> bool {
        self.is_set(name) && self.known.iter().filter(|flag| flag.name == name).count() == 1
    }

    /// Whether the flag was given.
    pub fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The text of a flag, or its default.
    pub fn text(&self, name: &str) -> &str {
        match self.values.get(name).and_then(|values| values.last()) {
            Some(value) => value,
            None => self.flag(name).map(|flag| flag.default).unwrap_or_default(),
        }
    }

    /// The texts of a list flag.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.values.get(name) {
            Some(values) => values.clone(),
            None => {
                let default = self.flag(name).map(|flag| flag.default).unwrap_or_default();
                default.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// Whether a boolean flag is on.
    pub fn boolean(&self, name: &str) -> bool {
        parse_boolean(self.text(name)).unwrap_or(false)
    }

    /// The number of a flag.
    pub fn integer(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// The duration of a flag, and whether it is negative.
    pub fn duration(&self, name: &str) -> (bool, Duration) {
        duration::parse(self.text(name)).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KNOWN: [Flag; 7] = [
        Flag::text("namespace", "n", ""),
        Flag::text("output", "o", ""),
        Flag::boolean("stdin", "i", ""),
        Flag::boolean("tty", "t", ""),
        Flag::slice("verb", "", ""),
        Flag::array("audience", "", ""),
        Flag::text("dry-run", "", "").or("none").bare("unchanged"),
    ];

    fn parse(words: &[&str]) -> Result<Flags, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Flags::parse(KNOWN.to_vec(), &words)
    }

    #[test]
    fn takes_values_in_every_form() {
        for words in [&["-o", "yaml"][..], &["-oyaml"], &["-o=yaml"], &["--output", "yaml"], &["--output=yaml"]] {
            assert_eq!(parse(words).unwrap().text("output"), "yaml", "{words:?}");
        }
        let flags =
            parse(&["-it", "pod", "--verb=get,list", "--verb", "watch", "--audience=a,b", "--", "-x", "--"]).unwrap();
        assert!(flags.boolean("stdin") && flags.boolean("tty"));
        assert_eq!(flags.list("verb"), ["get", "list", "watch"]);
        assert_eq!(flags.list("audience"), ["a,b"]);
        assert_eq!(
            (flags.arguments.as_slice(), flags.dash),
            (&["pod".to_owned(), "-x".into(), "--".into()][..], Some(1))
        );
        assert!(!parse(&["--tty=false"]).unwrap().boolean("tty"));
        assert_eq!(parse(&[]).unwrap().text("dry-run"), "none");
        let bare = parse(&["--dry-run", "client"]).unwrap();
        assert_eq!((bare.text("dry-run"), bare.arguments.as_slice()), ("unchanged", &["client".to_owned()][..]));
        assert_eq!(parse(&["--dry_run=client"]).unwrap().text("dry-run"), "client");
        assert_eq!(parse(&["-f", "-"]).unwrap_err(), "unknown shorthand flag: 'f' in -f");
    }

    #[test]
    fn refuses_in_pflag_words() {
        let cases: [(&[&str], &str); 7] = [
            (&["--bogus"], "unknown flag: --bogus"),
            (&["-iZ"], "unknown shorthand flag: 'Z' in -Z"),
            (&["-n"], "flag needs an argument: 'n' in -n"),
            (&["--namespace"], "flag needs an argument: --namespace"),
            (&["---x"], "bad flag syntax: ---x"),
            (
                &["--tty=x"],
                "invalid argument \"x\" for \"-t, --tty\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
            ),
            (&["--", "-n"], ""),
        ];
        for (words, message) in cases {
            assert_eq!(parse(words).err().unwrap_or_default(), message, "{words:?}");
        }
    }
}
