//! The characters of a YAML document: blanks, comments, scalars of every style, and where something went wrong.
//!
//! Follows go-yaml's scannerc.go.

/// What is wrong, in go-yaml's words. Its scanner counts lines from 1, its parser in effect from 0.
#[derive(Debug)]
pub(super) struct Problem {
    /// `mapping values are not allowed in this context`.
    pub text: String,
    /// The line to name; 0 names none.
    pub line: usize,
}

/// A place in the text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The offset of the next character.
    pub at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Whether what follows the first `skip` bytes is a blank, a line's end or the text's.
    pub(super) fn is_blank_after(&self, skip: usize) -> bool {
        self.rest().get(skip..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
    }

    /// The line of an offset, from 0. Counted only when something is wrong.
    fn line_of(&self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count()
    }

    pub(super) fn column(&self) -> usize {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.rfind('\n').map_or(before, |end| &before[end + 1..]).chars().count()
    }

    /// A problem that go-yaml's scanner finds here.
    pub(super) fn scanner_problem(&self, text: &str) -> Problem {
        let line = self.line_of(self.at);
        Problem { text: text.to_owned(), line: if line == 0 { 0 } else { line + 1 } }
    }

    /// A problem that go-yaml's parser finds here, in something that started at the offset `context`.
    pub(super) fn parser_problem(&self, text: &str, context: usize) -> Problem {
        let line = self.line_of(self.at);
        Problem { text: text.to_owned(), line: if line == 0 { self.line_of(context) } else { line } }
    }

    pub(super) fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Skips blanks, comments and line ends up to the next content.
    ///
    /// # Errors
    /// A tab where a line's indentation should be.
    pub(super) fn blanks(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.rest();
            let at_start = self.at == 0 || self.text.as_bytes().get(self.at - 1) == Some(&b'\n');
            let trimmed = rest.trim_start_matches(' ');
            self.at += rest.len() - trimmed.len();
            if at_start && trimmed.starts_with('\t') {
                let after = trimmed.trim_start_matches(['\t', ' ']);
                if !after.is_empty() && !after.starts_with(['\n', '\r', '#']) {
                    return Err(self.scanner_problem("found character that cannot start any token"));
                }
            }
            let trimmed = trimmed.trim_start_matches([' ', '\t']);
            self.at += self.rest().len() - trimmed.len();
            match trimmed.chars().next() {
                Some('#') => self.at += trimmed.find('\n').unwrap_or(trimmed.len()),
                Some('\n' | '\r') => self.at += 1,
                _ => return Ok(()),
            }
        }
    }

    /// Skips spaces and a comment; true if the line ends here.
    pub(super) fn ends_line(&mut self) -> bool {
        let before = self.at;
        self.spaces();
        if self.peek() == Some('#') && (self.at > before || self.column() == 0) {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
        matches!(self.peek(), None | Some('\n' | '\r'))
    }

    /// Whether a document marker stands here, at a line's start.
    pub(super) fn at_marker(&self) -> bool {
        (self.rest().starts_with("---") || self.rest().starts_with("..."))
            && self.is_blank_after(3)
            && self.column() == 0
    }

    /// The rest of a plain word's line.
    fn plain_line(&self, flow: bool) -> &'a str {
        let rest = self.rest();
        let mut previous = ' ';
        for (index, c) in rest.char_indices() {
            let after = rest.get(index + 1..).and_then(|rest| rest.chars().next());
            let blank_after = after.is_none_or(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
            let flow_after = flow && after.is_some_and(|c| matches!(c, ',' | '[' | ']' | '{' | '}'));
            let ends = matches!(c, '\n' | '\r')
                || (c == ':' && (blank_after || flow_after))
                || (c == '#' && matches!(previous, ' ' | '\t'))
                || (flow && matches!(c, ',' | '[' | ']' | '{' | '}'));
            if ends {
                return rest[..index].trim_end_matches([' ', '\t']);
            }
            previous = c;
        }
        rest.trim_end_matches([' ', '\t'])
    }

    /// A plain scalar; lines indented more than `parent` continue it.
    pub(super) fn plain(&mut self, parent: isize, flow: bool, one_line: bool) -> Result<String, Problem> {
        let first = self.plain_line(flow);
        self.at += first.len();
        let mut word = first.to_owned();
        if one_line {
            return Ok(word);
        }
        loop {
            let (mark, rest) = (self.at, self.rest());
            let gap = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let breaks = rest[..gap].matches('\n').count();
            self.at += gap;
            let stops = breaks == 0
                || self.peek().is_none_or(|c| c == '#')
                || self.at_marker()
                || (!flow && isize::try_from(self.column()).unwrap_or(0) <= parent);
            let next = self.plain_line(flow);
            if stops || next.is_empty() {
                self.at = mark;
                break;
            }
            if !flow && rest[..gap].rsplit('\n').next().is_some_and(|indent| indent.contains('\t')) {
                return Err(self.scanner_problem("found a tab character that violates indentation"));
            }
            word.push_str(&if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) });
            word.push_str(next);
            self.at += next.len();
        }
        Ok(word)
    }

    /// A quoted scalar; the quote is next.
    pub(super) fn quoted(&mut self) -> Result<String, Problem> {
        let quote = self.peek().unwrap_or('"');
        self.at += 1;
        let mut out = String::new();
        // An escaped blank before a line break stays, a written one does not.
        let mut escaped = 0;
        loop {
            let Some(c) = self.peek() else { return Err(self.scanner_problem("found unexpected end of stream")) };
            if self.at_marker() {
                return Err(self.scanner_problem("found unexpected document indicator"));
            }
            self.at += c.len_utf8();
            match c {
                '\'' if quote == '\'' && self.peek() == Some('\'') => {
                    out.push('\'');
                    self.at += 1;
                }
                c if c == quote => return Ok(out),
                '\\' if quote == '"' => {
                    self.escape(&mut out)?;
                    escaped = out.len();
                }
                '\n' => {
                    out.truncate(out.trim_end_matches([' ', '\t', '\r']).len().max(escaped));
                    self.fold(&mut out, 1);
                }
                c => out.push(c),
            }
        }
    }

    /// Line breaks inside quotes: one is a space, more are one less.
    fn fold(&mut self, out: &mut String, before: usize) {
        let rest = self.rest();
        let gap = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let breaks = before + rest[..gap].matches('\n').count();
        self.at += gap;
        out.push_str(&if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks.saturating_sub(1)) });
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Problem> {
        let c = self.peek().unwrap_or(' ');
        self.at += c.len_utf8().min(self.rest().len());
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '\n' => {
                let rest = self.rest();
                self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
                return Ok(());
            }
            other => {
                let Some((_, value)) = ESCAPES.iter().find(|(name, _)| *name == other) else {
                    return Err(self.scanner_problem("found unknown escape character"));
                };
                out.push(*value);
                return Ok(());
            }
        };
        let value = self.rest().get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let Some(value) = value else { return Err(self.scanner_problem("did not find expected hexdecimal number")) };
        let Some(value) = char::from_u32(value) else {
            return Err(self.scanner_problem("found invalid Unicode character escape code"));
        };
        out.push(value);
        self.at += digits;
        Ok(())
    }

    /// A block scalar (`|`, `>`); its header is next. `parent` is the indentation of what holds it.
    pub(super) fn block(&mut self, parent: isize) -> Result<String, Problem> {
        let folded = self.peek() == Some('>');
        self.at += 1;
        let (mut chomp, mut indent) = (' ', None);
        while let Some(c) = self.peek().filter(|c| matches!(c, '+' | '-' | '1'..='9')) {
            match c.to_digit(10) {
                Some(digit) => indent = Some(usize::try_from(parent.max(0)).unwrap_or(0) + digit as usize),
                None => chomp = c,
            }
            self.at += 1;
        }
        if !self.ends_line() {
            return Err(self.scanner_problem("did not find expected comment or line break"));
        }
        self.at += self.rest().find('\n').map_or(self.rest().len(), |end| end + 1);
        let mut lines: Vec<&str> = Vec::new();
        let smallest = usize::try_from(parent + 1).unwrap_or(0);
        while !self.rest().is_empty() {
            let rest = self.rest();
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let line = rest[..end].trim_end_matches(['\n', '\r']);
            let depth = line.len() - line.trim_start_matches(' ').len();
            if depth == line.len() && indent.is_none_or(|indent| depth <= indent) {
                lines.push("");
            } else {
                let wanted = *indent.get_or_insert(depth.max(smallest));
                if depth < wanted || self.at_marker() {
                    break;
                }
                lines.push(&line[wanted..]);
            }
            self.at += end;
        }
        Ok(chomped(&lines, folded, chomp))
    }
}

fn chomped(lines: &[&str], folded: bool, chomp: char) -> String {
    let content = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let (body, tail) = lines.split_at(content);
    let mut out = String::new();
    for (index, line) in body.iter().enumerate() {
        out.push_str(line);
        let Some(next) = body.get(index + 1) else { break };
        let loose = |line: &str| line.starts_with([' ', '\t']);
        let previous_full = body[..=index].iter().rev().find(|line| !line.is_empty());
        let next_full = body[index + 1..].iter().find(|line| !line.is_empty());
        let folds = folded && ![previous_full, next_full].into_iter().flatten().any(|line| loose(line));
        match (folds, line.is_empty(), next.is_empty()) {
            (true, false, false) => out.push(' '),
            (true, false, true) => {}
            _ => out.push('\n'),
        }
    }
    match chomp {
        '-' => {}
        '+' => out.push_str(&"\n".repeat(tail.len() + usize::from(content > 0))),
        _ if content > 0 => out.push('\n'),
        _ => {}
    }
    out
}

const ESCAPES: [(char, char); 19] = [
    ('0', '\0'),
    ('a', '\u{7}'),
    ('b', '\u{8}'),
    ('t', '\t'),
    ('\t', '\t'),
    ('n', '\n'),
    ('v', '\u{b}'),
    ('f', '\u{c}'),
    ('r', '\r'),
    ('e', '\u{1b}'),
    (' ', ' '),
    ('"', '"'),
    ('\'', '\''),
    ('/', '/'),
    ('\\', '\\'),
    ('N', '\u{85}'),
    ('_', '\u{a0}'),
    ('L', '\u{2028}'),
    ('P', '\u{2029}'),
];
