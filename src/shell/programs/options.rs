//! Reads options the way getopt does: `-la`, `-d.`, `-d .`, `--decode`, `--lines=3`, `--`.

use crate::shell::runner::{Runner, Step};

/// What is wrong with an option that ends the line and needs more.
const WITHOUT_VALUE: &str = " without a value";

/// An input: its name and its bytes.
pub type Input = (String, std::rc::Rc<[u8]>);

/// What was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Options in the order given, long ones by their short letter.
    pub flags: Vec<(char, String)>,
    /// The rest.
    pub operands: Vec<String>,
}

impl Options {
    /// Whether an option was given.
    pub fn has(&self, flag: char) -> bool {
        self.flags.iter().any(|(given, _)| *given == flag)
    }

    /// The last value of an option.
    pub fn value(&self, flag: char) -> Option<&str> {
        self.flags.iter().rev().find(|(given, _)| *given == flag).map(|(_, value)| value.as_str())
    }

    /// Every value of an option.
    pub fn values(&self, flag: char) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(move |(given, _)| *given == flag).map(|(_, value)| value.as_str())
    }
}

/// Reads arguments. `short` is as getopt takes it (`"nd:"`: `d` has a value); `long` names the letter each long
/// option stands for.
///
/// # Errors
/// The message to print, without the program's name.
pub fn read(arguments: &[String], short: &str, long: &[(&str, char)]) -> Result<Options, String> {
    let mut options = Options::default();
    let takes_value = |flag: char| short.find(flag).is_some_and(|at| short[at + flag.len_utf8()..].starts_with(':'));
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            options.operands.extend(rest.cloned());
            break;
        }
        if let Some(name) = argument.strip_prefix("--") {
            let (name, value) =
                name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value.to_owned())));
            let Some((_, flag)) = long.iter().find(|(known, _)| *known == name) else {
                return Err(format!("--{name}"));
            };
            let value = match value {
                Some(value) => value,
                None if takes_value(*flag) => rest.next().cloned().ok_or_else(|| format!("--{name}{WITHOUT_VALUE}"))?,
                None => String::new(),
            };
            options.flags.push((*flag, value));
            continue;
        }
        let Some(letters) = argument.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            options.operands.push(argument.clone());
            continue;
        };
        for (at, flag) in letters.char_indices() {
            if flag == ':' || !short.contains(flag) {
                return Err(format!("-{flag}"));
            }
            if !takes_value(flag) {
                options.flags.push((flag, String::new()));
                continue;
            }
            let attached = &letters[at + flag.len_utf8()..];
            let value = match attached {
                "" => rest.next().cloned().ok_or_else(|| format!("-{flag}{WITHOUT_VALUE}"))?,
                attached => attached.to_owned(),
            };
            options.flags.push((flag, value));
            break;
        }
    }
    Ok(options)
}

impl Runner<'_> {
    /// Reads a program's arguments; says which options there are when one is not among them.
    ///
    /// # Errors
    /// The step to end with.
    pub fn options(
        &mut self,
        name: &str,
        arguments: &[String],
        short: &str,
        long: &[(&str, char)],
    ) -> Result<Options, Step> {
        read(arguments, short, long).map_err(|what| {
            if let Some(option) = what.strip_suffix(WITHOUT_VALUE) {
                let told = match option.strip_prefix("--") {
                    Some(_) => format!("option '{option}' requires an argument"),
                    None => format!("option requires an argument -- '{}'", option.trim_start_matches('-')),
                };
                self.err(format!("{name}: {told}\nTry '{name} --help' for more information.\n"));
                return Ok(if matches!(name, "grep" | "sort" | "ls") { 2 } else { 1 });
            }
            let letters: Vec<String> = short.chars().filter(|c| *c != ':').map(|c| format!("-{c}")).collect();
            let there = if letters.is_empty() { String::new() } else { format!("; there is {}", letters.join(" ")) };
            self.not_simulated(&format!("{name} {what}{there}"));
            Ok(2)
        })
    }

    /// The contents of files, or standard input where none is named; errors are told in the program's words.
    pub fn inputs(&mut self, name: &str, operands: &[String]) -> (Vec<Input>, i32) {
        let mut exit = 0;
        let mut inputs = Vec::new();
        let standard = ["-".to_owned()];
        let names = if operands.is_empty() { &standard } else { operands };
        if names.iter().any(|name| name == "-") && self.stdin.terminal {
            self.not_simulated(&format!("typing into {name}; name a file, or use a pipe or a heredoc"));
            return (inputs, 1);
        }
        for path in names {
            match self.read(path) {
                Ok(bytes) => inputs.push((path.clone(), bytes)),
                Err(error) => {
                    self.file_error(name, path, error);
                    exit = if name == "grep" || name == "sort" || name == "sed" { 2 } else { 1 };
                }
            }
        }
        (inputs, exit)
    }

    /// Says why a program cannot read a file, in its own words.
    pub fn file_error(&mut self, name: &str, path: &str, error: crate::api::files::FileError) {
        use crate::api::files::FileError::IsADirectory;
        let text = match (self.busybox(), name) {
            (true, "cat" | "sort" | "base64" | "sha256sum") if error != IsADirectory => {
                format!("{name}: can't open '{path}': {error}")
            }
            (true, "cat" | "head" | "tail" | "base64") if error == IsADirectory => {
                format!("{name}: read error: {error}")
            }
            (true, _) => format!("{name}: {path}: {error}"),
            (false, "jq") => format!("jq: error: Could not open {path}: {error}"),
            (false, "head" | "tail") if error == IsADirectory => format!("{name}: error reading '{path}': {error}"),
            (false, "head" | "tail") => format!("{name}: cannot open '{path}' for reading: {error}"),
            (false, "sort") if error == IsADirectory => format!("sort: read failed: {path}: {error}"),
            (false, "sort") => format!("sort: cannot read: {path}: {error}"),
            (false, "sed") if error == IsADirectory => format!("sed: couldn't read {path}: {error}"),
            (false, "sed") => format!("sed: can't read {path}: {error}"),
            (false, "base64") if error == IsADirectory => format!("base64: read error: {error}"),
            (false, _) => format!("{name}: {path}: {error}"),
        };
        self.err(text + "\n");
    }
}

/// The lines of bytes without their newlines; a newline at the end begins no line.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}
