//! `sed [-n] [-E] [-i[SUFFIX]] [-e SCRIPT] [SCRIPT] [FILE…]` with `s p d q = a i c y` and `{ … }`, addresses (`3`, `$`,
//! `/re/`, `2,5`, `/a/,/b/`, `1~2`, `+N`, `!`). Left out, and said so: hold space, branches, files.

use crate::shell::programs::options::lines;
use crate::shell::regex;
use crate::shell::runner::{Runner, Step};
use regex_lite::Regex;

enum Address {
    Line(usize),
    Last,
    Match(Regex),
    Every(usize, usize),
}

enum End {
    Address(Address),
    Count(usize),
}

enum Action {
    Substitute { pattern: Regex, text: String, all: bool, nth: usize, print: bool },
    Print,
    Delete,
    Quit,
    Number,
    Append(String),
    Insert(String),
    Change(String),
    Translate(Vec<char>, Vec<char>),
    Block(Vec<Instruction>),
}

struct Instruction {
    from: Option<Address>,
    to: Option<End>,
    negated: bool,
    /// Where a range that is open ends: a line, or `None` while it waits for a match.
    open: Option<Option<usize>>,
    action: Action,
}

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    // `-i.bak` takes its suffix attached only.
    let mut suffix = None;
    let mut plain = Vec::new();
    for argument in arguments {
        match argument.strip_prefix("-i").or_else(|| argument.strip_prefix("--in-place")) {
            Some(rest) => suffix = Some(rest.trim_start_matches('=').to_owned()),
            None => plain.push(argument.clone()),
        }
    }
    let long = [("quiet", 'n'), ("silent", 'n'), ("regexp-extended", 'E'), ("expression", 'e'), ("file", 'f')];
    let mut options = match runner.options("sed", &plain, "nErse:f:", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let mut script: Vec<String> = options.values('e').map(str::to_owned).collect();
    if let Some(path) = options.value('f').map(str::to_owned) {
        match runner.read(&path) {
            Ok(bytes) => script.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => {
                runner.err(format!("sed: couldn't open file {path}: {error}\n"));
                return Ok(1);
            }
        }
    }
    if script.is_empty() {
        if options.operands.is_empty() {
            runner.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
            return Ok(1);
        }
        script.push(options.operands.remove(0));
    }
    let script: Vec<char> = script.join("\n").chars().collect();
    let mut parser = Parser { chars: &script, position: 0, extended: options.has('E') || options.has('r'), depth: 0 };
    let mut program = match parser.program(false) {
        Ok(program) => program,
        Err(message) => {
            runner.err(format!("sed: -e expression #1, char {}: {message}\n", parser.position));
            return Ok(1);
        }
    };
    let quiet = options.has('n');
    let (inputs, exit) = runner.inputs("sed", &options.operands);
    if let Some(suffix) = suffix {
        for (name, bytes) in inputs {
            let out = edit(&mut program, &bytes, quiet);
            let backup = if suffix.is_empty() { Ok(()) } else { runner.write(&format!("{name}{suffix}"), &bytes) };
            if let Err(error) = backup.and_then(|()| runner.write(&name, &out)) {
                runner.err(format!("sed: couldn't open file {name}: {error}\n"));
                return Ok(4);
            }
        }
        return Ok(exit);
    }
    let all: Vec<u8> = inputs.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let out = edit(&mut program, &all, quiet);
    runner.out(out);
    Ok(exit)
}

struct Parser<'a> {
    chars: &'a [char],
    position: usize,
    extended: bool,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.position).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.position += usize::from(c.is_some());
        c
    }

    fn skip(&mut self, set: &str) {
        while self.peek().is_some_and(|c| set.contains(c)) {
            self.position += 1;
        }
    }

    fn program(&mut self, inner: bool) -> Result<Vec<Instruction>, String> {
        let mut program = Vec::new();
        loop {
            self.skip(" \t\n;");
            match self.peek() {
                None if inner => return Err("unmatched `{'".to_owned()),
                None => return Ok(program),
                Some('}') if inner => {
                    self.position += 1;
                    return Ok(program);
                }
                Some('#') => {
                    while !matches!(self.next(), None | Some('\n')) {}
                }
                Some(_) => program.push(self.instruction()?),
            }
        }
    }

    fn instruction(&mut self) -> Result<Instruction, String> {
        let from = self.address()?;
        self.skip(" \t");
        let mut to = None;
        if from.is_some() && self.peek() == Some(',') {
            self.position += 1;
            self.skip(" \t");
            to = Some(if self.peek() == Some('+') {
                self.position += 1;
                End::Count(self.number().ok_or("expected number after +")?)
            } else {
                End::Address(self.address()?.ok_or("unexpected `,'")?)
            });
        }
        self.skip(" \t");
        let negated = self.peek() == Some('!');
        if negated {
            self.position += 1;
            self.skip(" \t");
        }
        let action = self.action()?;
        Ok(Instruction { from, to, negated, open: None, action })
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.position;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.position += 1;
        }
        self.chars.get(start..self.position)?.iter().collect::<String>().parse().ok()
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        match self.peek() {
            Some('$') => {
                self.position += 1;
                Ok(Some(Address::Last))
            }
            Some(c) if c.is_ascii_digit() => {
                let first = self.number().ok_or("invalid number")?;
                if self.peek() == Some('~') {
                    self.position += 1;
                    return Ok(Some(Address::Every(first, self.number().ok_or("invalid number")?)));
                }
                Ok(Some(Address::Line(first)))
            }
            Some(c @ ('/' | '\\')) => {
                self.position += 1;
                let delimiter = if c == '\\' { self.next().ok_or("unterminated address regex")? } else { '/' };
                let pattern = self.until(delimiter, true).ok_or("unterminated address regex")?;
                let ignore_case = self.peek() == Some('I');
                self.position += usize::from(ignore_case);
                Ok(Some(Address::Match(self.regex(&pattern, ignore_case)?)))
            }
            _ => Ok(None),
        }
    }

    fn regex(&self, pattern: &str, ignore_case: bool) -> Result<Regex, String> {
        if self.extended { regex::extended(pattern, ignore_case) } else { regex::basic(pattern, ignore_case) }
    }

    /// Text up to a delimiter; `\delimiter` is the delimiter itself.
    fn until(&mut self, delimiter: char, expression: bool) -> Option<String> {
        let mut text = String::new();
        let mut bracket = false;
        loop {
            let c = self.next()?;
            match c {
                '\\' => {
                    let next = self.next()?;
                    if next != delimiter {
                        text.push('\\');
                    }
                    text.push(next);
                }
                '[' if expression && !bracket => {
                    bracket = true;
                    text.push(c);
                    if self.peek() == Some('^') {
                        text.extend(self.next());
                    }
                    if self.peek() == Some(']') {
                        text.extend(self.next());
                    }
                }
                ']' if bracket => {
                    bracket = false;
                    text.push(c);
                }
                c if c == delimiter && !bracket => return Some(text),
                c => text.push(c),
            }
        }
    }

    fn action(&mut self) -> Result<Action, String> {
        match self.next() {
            Some('s') => self.substitute(),
            Some('p') => Ok(Action::Print),
            Some('d') => Ok(Action::Delete),
            Some('q') => Ok(Action::Quit),
            Some('=') => Ok(Action::Number),
            Some('a') => Ok(Action::Append(self.text())),
            Some('i') => Ok(Action::Insert(self.text())),
            Some('c') => Ok(Action::Change(self.text())),
            Some('y') => {
                let delimiter = self.next().ok_or("unterminated `y' command")?;
                let from = self.until(delimiter, false).ok_or("unterminated `y' command")?;
                let to = self.until(delimiter, false).ok_or("unterminated `y' command")?;
                if from.chars().count() != to.chars().count() {
                    return Err("strings for `y' command are different lengths".to_owned());
                }
                Ok(Action::Translate(from.chars().collect(), to.chars().collect()))
            }
            Some('{') => {
                self.depth += 1;
                if self.depth > 20 {
                    return Err("blocks nested too deep".to_owned());
                }
                let block = self.program(true)?;
                self.depth -= 1;
                Ok(Action::Block(block))
            }
            Some(c @ ('h' | 'H' | 'g' | 'G' | 'x' | 'n' | 'N' | 'D' | 'P' | 'b' | 't' | 'T' | 'r' | 'w' | ':' | 'l')) => {
                Err(format!("not simulated: the command `{c}'; there are s p d q = a i c y"))
            }
            Some(c) => Err(format!("unknown command: `{c}'")),
            None => Err("missing command".to_owned()),
        }
    }

    fn text(&mut self) -> String {
        self.skip(" \t");
        if self.peek() == Some('\\') {
            self.position += 1;
            self.skip(" \t");
            if self.peek() == Some('\n') {
                self.position += 1;
            }
        }
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '\n' => break,
                '\\' => text.extend(self.next()),
                c => text.push(c),
            }
        }
        text
    }

    fn substitute(&mut self) -> Result<Action, String> {
        let unterminated = "unterminated `s' command";
        let delimiter = self.next().ok_or(unterminated)?;
        let pattern = self.until(delimiter, true).ok_or(unterminated)?;
        let text = self.until(delimiter, false).ok_or(unterminated)?;
        let (mut all, mut print, mut ignore_case, mut nth) = (false, false, false, 1);
        loop {
            match self.peek() {
                Some('g') => all = true,
                Some('p') => print = true,
                Some('i' | 'I') => ignore_case = true,
                Some(c) if c.is_ascii_digit() => {
                    nth = self.number().unwrap_or(1);
                    continue;
                }
                None | Some('\n' | ';' | ' ' | '\t' | '}' | '#') => break,
                Some(_) => return Err("unknown option to `s'".to_owned()),
            }
            self.position += 1;
        }
        let pattern = self.regex(&pattern, ignore_case)?;
        Ok(Action::Substitute { pattern, text, all, nth, print })
    }
}

/// One line as it goes through the program.
struct Cycle {
    line: String,
    number: usize,
    last: bool,
    out: String,
    after: String,
    deleted: bool,
    quit: bool,
}

fn edit(program: &mut [Instruction], bytes: &[u8], quiet: bool) -> Vec<u8> {
    let all: Vec<&[u8]> = lines(bytes).collect();
    let mut out = Vec::new();
    for (index, line) in all.iter().enumerate() {
        let last = index + 1 == all.len();
        let mut cycle = Cycle {
            line: String::from_utf8_lossy(line).into_owned(),
            number: index + 1,
            last,
            out: String::new(),
            after: String::new(),
            deleted: false,
            quit: false,
        };
        apply(program, &mut cycle);
        if !quiet && !cycle.deleted {
            cycle.out.push_str(&cycle.line);
            cycle.out.push('\n');
        }
        cycle.out.push_str(&cycle.after);
        out.extend(cycle.out.bytes());
        // A last line without a newline stays without one.
        if last && !bytes.ends_with(b"\n") && cycle.after.is_empty() && out.ends_with(b"\n") {
            out.pop();
        }
        if cycle.quit || out.len() > crate::shell::runner::OUTPUT_BYTES_MAX {
            break;
        }
    }
    out
}

fn apply(program: &mut [Instruction], cycle: &mut Cycle) {
    for instruction in program {
        if cycle.deleted || cycle.quit {
            return;
        }
        if selects(instruction, cycle) == instruction.negated {
            continue;
        }
        let in_range = instruction.open.is_some();
        match &mut instruction.action {
            Action::Substitute { pattern, text, all, nth, print } => {
                if let Some(changed) = substitute(&cycle.line, pattern, text, *all, *nth) {
                    cycle.line = changed;
                    if *print {
                        cycle.out.push_str(&cycle.line);
                        cycle.out.push('\n');
                    }
                }
            }
            Action::Print => {
                cycle.out.push_str(&cycle.line);
                cycle.out.push('\n');
            }
            Action::Delete => cycle.deleted = true,
            Action::Quit => cycle.quit = true,
            Action::Number => cycle.out.push_str(&format!("{}\n", cycle.number)),
            Action::Append(text) => cycle.after.push_str(&format!("{text}\n")),
            Action::Insert(text) => cycle.out.push_str(&format!("{text}\n")),
            Action::Change(text) => {
                if !in_range {
                    cycle.out.push_str(&format!("{text}\n"));
                }
                cycle.deleted = true;
            }
            Action::Translate(from, to) => {
                let change = |c: char| from.iter().position(|member| *member == c).and_then(|at| to.get(at)).copied().unwrap_or(c);
                cycle.line = cycle.line.chars().map(change).collect();
            }
            Action::Block(block) => apply(block, cycle),
        }
    }
}

fn matches(address: &Address, cycle: &Cycle) -> bool {
    match address {
        Address::Line(number) => *number == cycle.number,
        Address::Last => cycle.last,
        Address::Match(pattern) => pattern.is_match(&cycle.line),
        Address::Every(first, 0) => *first == cycle.number,
        Address::Every(first, step) => cycle.number >= *first && (cycle.number - first).is_multiple_of(*step),
    }
}

fn selects(instruction: &mut Instruction, cycle: &Cycle) -> bool {
    let Some(from) = &instruction.from else { return true };
    let Some(to) = &instruction.to else { return matches(from, cycle) };
    if let Some(end) = instruction.open {
        let over = match (end, to) {
            (Some(line), _) => cycle.number >= line,
            (None, End::Address(address)) => matches(address, cycle),
            (None, End::Count(_)) => true,
        };
        if over {
            instruction.open = None;
        }
        // A range whose last line lies behind ends without it.
        return end.is_none_or(|line| cycle.number <= line);
    }
    if !matches(from, cycle) {
        return false;
    }
    instruction.open = match to {
        End::Address(Address::Line(line)) if *line <= cycle.number => None,
        End::Address(Address::Line(line)) => Some(Some(*line)),
        End::Count(0) => None,
        End::Count(count) => Some(Some(cycle.number.saturating_add(*count))),
        End::Address(_) => Some(None),
    };
    true
}

/// The line with its matches replaced; `None` when nothing matched.
fn substitute(line: &str, pattern: &Regex, text: &str, all: bool, nth: usize) -> Option<String> {
    let mut out = String::new();
    let mut end = 0;
    let mut changed = false;
    for (index, found) in pattern.captures_iter(line).enumerate() {
        let Some(whole) = found.get(0) else { continue };
        if index + 1 < nth {
            continue;
        }
        out.push_str(line.get(end..whole.start()).unwrap_or_default());
        let group = |number: usize| found.get(number).map_or("", |part| part.as_str());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '&' => out.push_str(group(0)),
                '\\' => match chars.next() {
                    Some(digit @ '0'..='9') => out.push_str(group(digit as usize - '0' as usize)),
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some(other) => out.push(other),
                    None => {}
                },
                c => out.push(c),
            }
        }
        end = whole.end();
        changed = true;
        if !all || out.len() > crate::shell::runner::OUTPUT_BYTES_MAX {
            break;
        }
    }
    out.push_str(line.get(end..).unwrap_or_default());
    changed.then_some(out)
}
