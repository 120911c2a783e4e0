//! Reads one word of shell text: quotes, `$…`, backquotes.

use crate::shell::parser::{ParseError, Parsed, Parser};
use crate::shell::syntax::{Operation, Parameter, Segment, Word};
use std::rc::Rc;

const META: &str = " \t\r\n;&|<>()";

/// Collects plain text between the parts that mean something.
#[derive(Default)]
struct Segments {
    done: Vec<Segment>,
    text: String,
}

impl Segments {
    fn push(&mut self, segment: Segment) {
        self.flush();
        self.done.push(segment);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(Segment::Text(std::mem::take(&mut self.text)));
        }
    }

    fn finish(mut self) -> Vec<Segment> {
        self.flush();
        self.done
    }
}

impl Parser {
    /// The word that begins here, if one does.
    pub(crate) fn word(&mut self) -> Parsed<Option<Word>> {
        self.word_until(META)
    }

    /// The right side of `=~`, where parentheses, bars and angles are the expression's own.
    pub(crate) fn regex_word(&mut self) -> Parsed<Option<Word>> {
        self.skip_blanks();
        self.word_until(" \t\r\n")
    }

    fn word_until(&mut self, stop: &str) -> Parsed<Option<Word>> {
        let mut segments = Segments::default();
        let start = self.position;
        while let Some(c) = self.peek() {
            let process = self.position == start && c == '<' && self.peek_at(1) == Some('(');
            if process {
                self.position += 2;
                let script = self.deeper(|parser| parser.script_until_parenthesis())?;
                segments.push(Segment::Process(Rc::new(script)));
                continue;
            }
            if stop.contains(c) {
                break;
            }
            match c {
                '\\' => match self.peek_at(1) {
                    None => return Err(ParseError::Incomplete(None)),
                    Some('\n') => self.position += 2,
                    Some(next) => {
                        segments.push(Segment::Quoted(next.to_string()));
                        self.position += 2;
                    }
                },
                '\'' => {
                    self.position += 1;
                    segments.push(Segment::Quoted(self.until_quote('\'')?));
                }
                '"' => {
                    self.position += 1;
                    let inner = self.deeper(|parser| parser.double_quoted(Some('"')))?;
                    segments.push(Segment::Double(inner));
                }
                '$' if self.looking_at("$'") => {
                    self.position += 2;
                    segments.push(Segment::Quoted(self.ansi_quoted()?));
                }
                '$' if self.looking_at("$\"") => self.position += 1,
                '$' => self.dollar(&mut segments)?,
                '`' => segments.push(self.backquoted()?),
                other => {
                    segments.text.push(other);
                    self.position += 1;
                }
            }
        }
        if self.position == start {
            return Ok(None);
        }
        Ok(Some(Word { segments: segments.finish() }))
    }

    fn until_quote(&mut self, quote: char) -> Parsed<String> {
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(ParseError::Incomplete(Some(quote))),
                Some(c) if c == quote => {
                    self.position += 1;
                    return Ok(text);
                }
                Some(c) => text.push(c),
            }
            self.position += 1;
        }
    }

    /// `$'…'`: C escapes.
    fn ansi_quoted(&mut self) -> Parsed<String> {
        let mut raw = String::new();
        loop {
            match self.peek() {
                None => return Err(ParseError::Incomplete(Some('\''))),
                Some('\'') => {
                    self.position += 1;
                    return Ok(crate::shell::escapes::expand(&raw).text_lossy());
                }
                Some('\\') => {
                    match self.peek_at(1) {
                        Some(next @ ('\'' | '"')) => raw.push(next),
                        Some(next) => raw.extend(['\\', next]),
                        None => return Err(ParseError::Incomplete(Some('\''))),
                    }
                    self.position += 1;
                }
                Some(c) => raw.push(c),
            }
            self.position += 1;
        }
    }

    /// The inside of double quotes up to `end`; `None` reads to the end of the text (a here-document).
    fn double_quoted(&mut self, end: Option<char>) -> Parsed<Vec<Segment>> {
        let mut segments = Segments::default();
        loop {
            match self.peek() {
                None if end.is_none() => break,
                None => return Err(ParseError::Incomplete(end)),
                Some(c) if Some(c) == end => {
                    self.position += 1;
                    break;
                }
                Some('\\') => match self.peek_at(1) {
                    Some('\n') => self.position += 2,
                    Some(next) if "$`\\".contains(next) || (next == '"' && end == Some('"')) => {
                        segments.text.push(next);
                        self.position += 2;
                    }
                    _ => {
                        segments.text.push('\\');
                        self.position += 1;
                    }
                },
                Some('$') => self.dollar(&mut segments)?,
                Some('`') => segments.push(self.backquoted()?),
                Some(c) => {
                    segments.text.push(c);
                    self.position += 1;
                }
            }
        }
        Ok(segments.finish())
    }

    /// The body of an unquoted here-document: the whole text.
    pub(crate) fn here_document_body(&mut self) -> Parsed<Vec<Segment>> {
        self.double_quoted(None)
    }

    fn dollar(&mut self, segments: &mut Segments) -> Parsed<()> {
        self.position += 1;
        match self.peek() {
            Some('(') if self.peek_at(1) == Some('(') && !self.subshells.contains(&self.position) => {
                let (start, heredoc_skip) = (self.position, self.heredoc_skip);
                self.position += 2;
                match self.deeper(Parser::arithmetic_text) {
                    Ok(inner) => segments.push(Segment::Arithmetic(inner)),
                    Err(ParseError::Unexpected(_)) => {
                        // `$((…) …)`: a subshell inside a substitution. Remembered, for it may be read again inside
                        // another one that is: both ways each time would be two to the power of the depth.
                        self.subshells.insert(start);
                        (self.position, self.heredoc_skip) = (start + 1, heredoc_skip);
                        let script = self.deeper(|parser| parser.script_until_parenthesis())?;
                        segments.push(Segment::Command(Rc::new(script)));
                    }
                    Err(other) => return Err(other),
                }
            }
            Some('(') => {
                self.position += 1;
                let script = self.deeper(|parser| parser.script_until_parenthesis())?;
                segments.push(Segment::Command(Rc::new(script)));
            }
            Some('{') => {
                self.position += 1;
                let parameter = self.deeper(Parser::braced)?;
                segments.push(Segment::Parameter(Box::new(parameter)));
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name();
                segments.push(plain(name));
            }
            Some(c) if c.is_ascii_digit() || "?$!#@*-".contains(c) => {
                self.position += 1;
                segments.push(plain(c.to_string()));
            }
            _ => segments.text.push('$'),
        }
        Ok(())
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            name.push(c);
            self.position += 1;
        }
        name
    }

    fn script_until_parenthesis(&mut self) -> Parsed<crate::shell::syntax::Script> {
        self.skip_newlines();
        if self.take(")") {
            return Ok(Vec::new());
        }
        if self.at_end() {
            return Err(ParseError::Incomplete(Some(')')));
        }
        let script = match self.list() {
            Err(ParseError::Incomplete(None)) => return Err(ParseError::Incomplete(Some(')'))),
            other => other?,
        };
        if self.take(")") { Ok(script) } else { Err(ParseError::Incomplete(Some(')'))) }
    }

    /// The inside of `$((…))`.
    pub(crate) fn arithmetic_text(&mut self) -> Parsed<Vec<Segment>> {
        let mut segments = Segments::default();
        let mut open = 0;
        loop {
            match self.peek() {
                None => return Err(ParseError::Incomplete(Some(')'))),
                Some(')') if open == 0 => {
                    if !self.take("))") {
                        return Err(ParseError::Unexpected(")".to_owned()));
                    }
                    return Ok(segments.finish());
                }
                Some('$') => self.dollar(&mut segments)?,
                Some('`') => segments.push(self.backquoted()?),
                Some('"') => self.position += 1,
                Some(c) => {
                    match c {
                        '(' => open += 1,
                        ')' => open -= 1,
                        _ => {}
                    }
                    segments.text.push(c);
                    self.position += 1;
                }
            }
        }
    }

    fn backquoted(&mut self) -> Parsed<Segment> {
        self.position += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(ParseError::Incomplete(Some('`'))),
                Some('`') => break,
                Some('\\') if self.peek_at(1).is_some_and(|c| "`\\$".contains(c)) => {
                    text.extend(self.peek_at(1));
                    self.position += 1;
                }
                Some(c) => text.push(c),
            }
            self.position += 1;
        }
        self.position += 1;
        let mut inner = Parser::new(&text);
        inner.depth = self.depth;
        let mut script = Vec::new();
        while let Some(line) = inner.deeper(Parser::next_line)? {
            script.extend(line);
        }
        Ok(Segment::Command(Rc::new(script)))
    }

    /// `${…}`, the brace already read.
    fn braced(&mut self) -> Parsed<Parameter> {
        if self.peek() == Some('#') && self.peek_at(1) != Some('}') {
            self.position += 1;
            let name = self.parameter_name()?;
            return self.close_brace(name, Operation::Length);
        }
        let name = self.parameter_name()?;
        if self.peek() == Some('[') {
            return Err(ParseError::NotSimulated("arrays".to_owned()));
        }
        let operation = self.operation()?;
        self.close_brace(name, operation)
    }

    fn close_brace(&mut self, name: String, operation: Operation) -> Parsed<Parameter> {
        match self.peek() {
            Some('}') => {
                self.position += 1;
                Ok(Parameter { name, operation })
            }
            None => Err(ParseError::Incomplete(Some('}'))),
            Some(_) => Err(ParseError::NotSimulated(format!("this form of ${{{name}…}}"))),
        }
    }

    fn parameter_name(&mut self) -> Parsed<String> {
        match self.peek() {
            None => Err(ParseError::Incomplete(Some('}'))),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => Ok(self.name()),
            Some(c) if c.is_ascii_digit() => Ok(self.name()),
            Some(c) if "?$!#@*-".contains(c) => {
                self.position += 1;
                Ok(c.to_string())
            }
            Some(c) => Err(ParseError::NotSimulated(format!("${{{c}…}}"))),
        }
    }

    fn operation(&mut self) -> Parsed<Operation> {
        if self.take(":") {
            if let Some(operation) = self.default_like(true)? {
                return Ok(operation);
            }
            let offset = self.brace_word(":}")?;
            let length = if self.take(":") { Some(self.brace_word("}")?) } else { None };
            return Ok(Operation::Substring { offset, length });
        }
        if let Some(operation) = self.default_like(false)? {
            return Ok(operation);
        }
        let case = [("^^", true, true), ("^", true, false), (",,", false, true), (",", false, false)];
        if let Some((_, upper, all)) = case.into_iter().find(|(operator, ..)| self.take(operator)) {
            return Ok(Operation::Case { upper, all });
        }
        if self.take("#") {
            let longest = self.take("#");
            return Ok(Operation::RemovePrefix { longest, pattern: self.brace_word("}")? });
        }
        if self.take("%") {
            let longest = self.take("%");
            return Ok(Operation::RemoveSuffix { longest, pattern: self.brace_word("}")? });
        }
        if self.take("/") {
            let all = self.take("/");
            let pattern = self.brace_word("/}")?;
            let text = if self.take("/") { self.brace_word("}")? } else { Word::default() };
            return Ok(Operation::Replace { all, pattern, text });
        }
        Ok(Operation::Plain)
    }

    fn default_like(&mut self, colon: bool) -> Parsed<Option<Operation>> {
        let Some(operator) = self.peek().filter(|c| "-=?+".contains(*c)) else { return Ok(None) };
        self.position += 1;
        let word = self.brace_word("}")?;
        Ok(Some(match operator {
            '-' => Operation::Default { colon, word },
            '=' => Operation::Assign { colon, word },
            '?' => Operation::Require { colon, word },
            _ => Operation::Alternative { colon, word },
        }))
    }

    fn brace_word(&mut self, stop: &str) -> Parsed<Word> {
        Ok(self.deeper(|parser| parser.word_until(stop))?.unwrap_or_default())
    }
}

fn plain(name: String) -> Segment {
    Segment::Parameter(Box::new(Parameter { name, operation: Operation::Plain }))
}
