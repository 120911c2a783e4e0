//! Reads Go templates: text, actions, pipelines.
//!
//! Follows Go's text/template/parse. Left out: `define`, `template`, `block`.

use serde_json::Value;

/// One piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text outside actions.
    Text(String),
    /// `{{.a | f}}`, `{{$x := .a}}`
    Pipeline(Pipe),
    /// `if` with its `else if`s, and `else`.
    If(Vec<(Pipe, Vec<Node>)>, Vec<Node>),
    /// `range`, and `else` for when there is nothing.
    Range(Pipe, Vec<Node>, Vec<Node>),
    /// `with`, and `else`.
    With(Pipe, Vec<Node>, Vec<Node>),
    /// `break`
    Break,
    /// `continue`
    Continue,
}

/// Commands that hand their value on, and the variables the last value goes into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pipe {
    /// `$i, $v`
    pub variables: Vec<String>,
    /// Whether they are new (`:=`) or set (`=`).
    pub declares: bool,
    /// The commands; each is a term and its arguments.
    pub commands: Vec<Vec<Term>>,
}

/// One operand, and the fields taken from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it starts from.
    pub base: Base,
    /// `.a.b` behind it.
    pub fields: Vec<String>,
    /// Its text, for error messages.
    pub text: String,
    /// Where it stands: line and column from 1 and 0.
    pub at: (usize, usize),
}

/// What an operand starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// `.`
    Dot,
    /// `$x`; `$` alone is the whole object.
    Variable(String),
    /// A text, a number, `true`, `nil`.
    Literal(Value),
    /// A function's name.
    Function(String),
    /// `(…)`
    Group(Pipe),
}

/// How deep blocks and parentheses may nest.
const DEPTH_MAX: usize = 32;

/// Reads a template.
///
/// # Errors
/// `template: output:1: …`.
pub fn parse(source: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser { input: source.chars().collect(), position: 0, depth: 0 };
    let (nodes, end) = parser.block()?;
    match end {
        End::Input => Ok(nodes),
        End::Word(word) => Err(parser.error(&format!("unexpected {{{{{word}}}}}"))),
    }
}

/// What ended a block.
enum End {
    Input,
    Word(String),
}

struct Parser {
    input: Vec<char>,
    position: usize,
    depth: usize,
}

impl Parser {
    fn error(&self, why: &str) -> String {
        format!("template: output:{}: {why}", self.place(self.position).0)
    }

    fn place(&self, position: usize) -> (usize, usize) {
        let before = self.input.get(..position.min(self.input.len())).unwrap_or_default();
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != '\n').count();
        (line, column)
    }

    fn peek(&self) -> Option<char> {
        self.input.get(self.position).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.input.get(self.position + offset) == Some(&c))
    }

    fn slice(&self, start: usize) -> String {
        self.input.get(start..self.position.min(self.input.len())).unwrap_or_default().iter().collect()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.position += 1;
        }
    }

    /// Nodes up to the end of the input, or to an `end` or `else`.
    fn block(&mut self) -> Result<(Vec<Node>, End), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("not simulated: templates nested that deep"));
        }
        let mut nodes = Vec::new();
        let end = loop {
            let start = self.position;
            while self.peek().is_some() && !self.starts_with("{{") {
                self.position += 1;
            }
            let mut text = self.slice(start);
            if start > 0 && self.input.get(start.saturating_sub(3)..start).is_some_and(|c| c == ['-', '}', '}']) {
                text = text.trim_start().to_owned();
            }
            let more = self.peek().is_some();
            self.position += 2;
            if more && self.starts_with("-") && self.input.get(self.position + 1).is_some_and(|c| c.is_whitespace()) {
                self.position += 1;
                text = text.trim_end().to_owned();
            }
            if !text.is_empty() {
                nodes.push(Node::Text(text));
            }
            if !more {
                break End::Input;
            }
            self.skip_space();
            if self.starts_with("/*") {
                while self.peek().is_some() && !self.starts_with("*/") {
                    self.position += 1;
                }
                self.position += 2;
                self.close()?;
                continue;
            }
            match self.action()? {
                Ok(node) => nodes.push(node),
                Err(word) => break End::Word(word),
            }
        };
        self.depth -= 1;
        Ok((nodes, end))
    }

    /// One action; `Err` holds the `end` or `else` that was found instead.
    fn action(&mut self) -> Result<Result<Node, String>, String> {
        let start = self.position;
        while self.peek().is_some_and(|c| c.is_alphanumeric()) {
            self.position += 1;
        }
        let word = self.slice(start);
        match word.as_str() {
            "end" | "break" | "continue" => {
                self.close()?;
                Ok(match word.as_str() {
                    "break" => Ok(Node::Break),
                    "continue" => Ok(Node::Continue),
                    _ => Err(word),
                })
            }
            "else" => {
                self.skip_space();
                if self.starts_with("if ") || self.starts_with("with ") {
                    return Ok(Err("else if".to_owned()));
                }
                self.close()?;
                Ok(Err(word))
            }
            "if" | "range" | "with" => self.branch(&word).map(Ok),
            "define" | "template" | "block" => Err(self.error(&format!("not simulated: {{{{{word}}}}}"))),
            _ => {
                self.position = start;
                let pipe = self.pipe()?;
                self.close()?;
                Ok(Ok(Node::Pipeline(pipe)))
            }
        }
    }

    fn branch(&mut self, word: &str) -> Result<Node, String> {
        let mut arms = Vec::new();
        let otherwise = loop {
            let pipe = self.pipe()?;
            self.close()?;
            let (body, end) = self.block()?;
            arms.push((pipe, body));
            match end {
                End::Word(end) if end == "end" => break Vec::new(),
                End::Word(end) if end == "else if" && word == "if" => self.position += 2,
                End::Word(end) if end == "else" => match self.block()? {
                    (nodes, End::Word(end)) if end == "end" => break nodes,
                    _ => return Err(self.error("expected end; found {{else}}")),
                },
                _ => return Err(self.error("unexpected EOF")),
            }
        };
        if word == "if" {
            return Ok(Node::If(arms, otherwise));
        }
        let (pipe, body) = arms.swap_remove(0);
        Ok(if word == "range" { Node::Range(pipe, body, otherwise) } else { Node::With(pipe, body, otherwise) })
    }

    /// The closing braces, with their trim mark.
    fn close(&mut self) -> Result<(), String> {
        self.skip_space();
        if self.starts_with("-}}") {
            self.position += 3;
            return Ok(());
        }
        if self.starts_with("}}") {
            self.position += 2;
            return Ok(());
        }
        Err(match self.peek() {
            None => self.error("unclosed action"),
            Some(c) => self.error(&format!("unexpected {} in operand", crate::api::go::quote(&c.to_string()))),
        })
    }

    fn at_end(&self) -> bool {
        self.peek().is_none() || self.starts_with("}}") || self.starts_with("-}}") || self.starts_with(")")
    }

    fn pipe(&mut self) -> Result<Pipe, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("not simulated: templates nested that deep"));
        }
        let mut pipe = Pipe::default();
        self.variables(&mut pipe);
        let mut command = Vec::new();
        loop {
            self.skip_space();
            if self.at_end() || self.starts_with("|") {
                if command.is_empty() {
                    return Err(self.error("missing value for command"));
                }
                pipe.commands.push(std::mem::take(&mut command));
                if !self.starts_with("|") {
                    break;
                }
                self.position += 1;
            } else {
                command.push(self.term()?);
            }
        }
        self.depth -= 1;
        Ok(pipe)
    }

    /// `$i, $v :=`, if that is what stands here.
    fn variables(&mut self, pipe: &mut Pipe) {
        let back = self.position;
        let mut names = Vec::new();
        loop {
            self.skip_space();
            if self.peek() != Some('$') {
                break;
            }
            let start = self.position;
            self.position += 1;
            while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                self.position += 1;
            }
            names.push(self.slice(start));
            self.skip_space();
            if self.peek() == Some(',') {
                self.position += 1;
                continue;
            }
            for (mark, declares) in [(":=", true), ("=", false)] {
                if self.starts_with(mark) {
                    self.position += mark.len();
                    pipe.variables = names;
                    pipe.declares = declares;
                    return;
                }
            }
            break;
        }
        self.position = back;
    }

    fn term(&mut self) -> Result<Term, String> {
        let start = self.position;
        let base = match self.peek() {
            Some('.') => Base::Dot,
            Some('$') => {
                self.position += 1;
                self.word();
                Base::Variable(self.slice(start))
            }
            Some('(') => {
                self.position += 1;
                let pipe = self.pipe()?;
                if self.peek() != Some(')') {
                    return Err(self.error("unclosed left paren"));
                }
                self.position += 1;
                Base::Group(pipe)
            }
            Some(quote @ ('"' | '`' | '\'')) => Base::Literal(self.text(quote)?),
            Some(c) if c.is_ascii_digit() || c == '-' || c == '+' => Base::Literal(self.number()?),
            Some(c) if c.is_alphabetic() || c == '_' => {
                self.word();
                match self.slice(start).as_str() {
                    "true" => Base::Literal(Value::Bool(true)),
                    "false" => Base::Literal(Value::Bool(false)),
                    "nil" => Base::Literal(Value::Null),
                    name => Base::Function(name.to_owned()),
                }
            }
            Some(c) => {
                return Err(self.error(&format!("unexpected {} in command", crate::api::go::quote(&c.to_string()))));
            }
            None => return Err(self.error("unclosed action")),
        };
        let mut fields = Vec::new();
        while self.peek() == Some('.') {
            self.position += 1;
            let from = self.position;
            self.word();
            if self.position == from {
                break;
            }
            fields.push(self.slice(from));
        }
        Ok(Term { base, fields, text: self.slice(start), at: self.place(start) })
    }

    fn word(&mut self) {
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.position += 1;
        }
    }

    fn text(&mut self, quote: char) -> Result<Value, String> {
        self.position += 1;
        let start = self.position;
        loop {
            match self.peek() {
                None => return Err(self.error("unterminated quoted string")),
                Some('\\') if quote != '`' => self.position += 2,
                Some(c) if c == quote => break,
                Some('\n') if quote != '`' => return Err(self.error("unterminated quoted string")),
                Some(_) => self.position += 1,
            }
        }
        let raw = self.slice(start);
        self.position += 1;
        if quote == '`' {
            return Ok(Value::from(raw));
        }
        let text = crate::kubectl::printers::jsonpath::parse::unquote(&raw, quote)
            .ok_or_else(|| self.error("invalid syntax"))?;
        if quote == '\'' {
            return Ok(Value::from(text.chars().next().map_or(0, u32::from)));
        }
        Ok(Value::from(text))
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.position;
        self.position += 1;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '.') {
            self.position += 1;
        }
        let text = self.slice(start);
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Value::from(number));
        }
        text.parse::<f64>()
            .map(Value::from)
            .map_err(|_| self.error(&format!("bad number syntax: {}", crate::api::go::quote(&text))))
    }
}
