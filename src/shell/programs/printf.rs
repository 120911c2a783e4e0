//! `printf FORMAT [ARGUMENT…]`: `%s %b %d %i %u %x %X %o %c %q %%` with flags, width and precision.

use crate::shell::escapes;
use crate::shell::runner::{Runner, Step};

/// The widest field.
const WIDTH_MAX: usize = 10_000;

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let arguments = if arguments.first().is_some_and(|first| first == "--") { &arguments[1..] } else { arguments };
    let Some((format, values)) = arguments.split_first() else {
        runner.err("printf: usage: printf [-v var] format [arguments]\n");
        return Ok(2);
    };
    let mut printer = Printer { values, used: 0, out: Vec::new(), problems: Vec::new() };
    loop {
        let before = printer.used;
        let stop = printer.round(format);
        if stop || printer.used >= values.len() || printer.used == before || printer.out.len() > crate::shell::runner::OUTPUT_BYTES_MAX {
            break;
        }
    }
    let Printer { out, problems, .. } = printer;
    runner.out(out);
    let exit = i32::from(!problems.is_empty());
    for problem in problems {
        runner.complain(&problem);
    }
    Ok(exit)
}

struct Printer<'a> {
    values: &'a [String],
    used: usize,
    out: Vec<u8>,
    problems: Vec<String>,
}

impl Printer<'_> {
    fn next(&mut self) -> String {
        let value = self.values.get(self.used).cloned().unwrap_or_default();
        self.used += 1;
        value
    }

    /// Prints the format once; true when `\c` ends everything.
    fn round(&mut self, format: &str) -> bool {
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            let expanded = escapes::expand(&rest[..at]);
            self.out.extend(expanded.bytes);
            if expanded.stop {
                return true;
            }
            rest = &rest[at + 1..];
            let length = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
            let Some(kind) = rest[length..].chars().next() else {
                self.problems.push(format!("printf: `%{rest}': missing format character"));
                return true;
            };
            let spec = rest[..length].to_owned();
            rest = &rest[length + 1..];
            if self.field(&spec, kind) {
                return true;
            }
        }
        let expanded = escapes::expand(rest);
        self.out.extend(expanded.bytes);
        expanded.stop
    }

    fn field(&mut self, spec: &str, kind: char) -> bool {
        let flags: String = spec.chars().take_while(|c| "-+ 0#".contains(*c)).collect();
        let (width, precision) = spec[flags.len()..].split_once('.').map_or((&spec[flags.len()..], None), |(w, p)| (w, Some(p)));
        let width = if width == "*" { self.next() } else { width.to_owned() };
        let width = width.parse::<usize>().unwrap_or(0).min(WIDTH_MAX);
        let precision = precision.map(|text| text.parse::<usize>().unwrap_or(0));
        let text = match kind {
            '%' => {
                self.out.push(b'%');
                return false;
            }
            's' | 'b' | 'q' => {
                let value = self.next();
                let value = match kind {
                    'b' => escapes::expand(&value).text_lossy(),
                    'q' => shell_word(&value),
                    _ => value,
                };
                match precision {
                    Some(precision) => value.chars().take(precision).collect(),
                    None => value,
                }
            }
            'c' => self.next().chars().take(1).collect(),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let value = self.next();
                let number = self.number(&value);
                match kind {
                    'x' => format!("{number:x}"),
                    'X' => format!("{number:X}"),
                    'o' => format!("{number:o}"),
                    _ if flags.contains('+') && number >= 0 => format!("+{number}"),
                    _ => number.to_string(),
                }
            }
            other => {
                self.problems.push(format!("printf: `{other}': invalid format character"));
                return true;
            }
        };
        let missing = width.saturating_sub(text.chars().count());
        let zeros = flags.contains('0') && !flags.contains('-') && "diuxXo".contains(kind);
        let text = match (flags.contains('-'), zeros) {
            (true, _) => format!("{text}{}", " ".repeat(missing)),
            (false, true) => format!("{}{text}", "0".repeat(missing)),
            (false, false) => format!("{}{text}", " ".repeat(missing)),
        };
        self.out.extend(text.bytes());
        false
    }

    fn number(&mut self, value: &str) -> i64 {
        let text = value.trim();
        if let Some(quoted) = text.strip_prefix(['\'', '"']) {
            return quoted.chars().next().map_or(0, |c| i64::from(c as u32));
        }
        let parsed = match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        if parsed.is_none() && !text.is_empty() {
            self.problems.push(format!("printf: {value}: invalid number"));
        }
        parsed.unwrap_or(0)
    }
}

/// `%q`: the text as bash would take it again.
fn shell_word(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    if text.chars().any(char::is_control) {
        let inner = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\t', "\\t");
        return format!("$'{inner}'");
    }
    let plain = |c: char| c.is_alphanumeric() || "_-./:=@%+".contains(c);
    text.chars().flat_map(|c| (!plain(c)).then_some('\\').into_iter().chain([c])).collect()
}
