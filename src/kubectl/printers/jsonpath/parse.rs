//! Reads JSONPath templates in kubectl's dialect.
//!
//! Follows staging/src/k8s.io/client-go/util/jsonpath/parser.go, its error texts included. There is no `&&` or `||`
//! in filters: the real one refuses them too.

/// One step of a path, or a piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text outside braces, or quoted inside.
    Text(String),
    /// `range`, `end`, or a word that means nothing.
    Identifier(String),
    /// `.name`
    Field(String),
    /// `[1]`, `[0:2]`, `[::2]`
    Slice(Slice),
    /// `[?(@.a=="b")]`: left, operator (`exists` without one), right.
    Filter(Vec<Node>, String, Vec<Node>),
    /// A number without a point.
    Integer(i64),
    /// A number with one.
    Float(f64),
    /// `true`, `false`
    Boolean(bool),
    /// `.*`
    Wildcard,
    /// `..`
    Recursive,
    /// `[0,2]`, `['a','b']`
    Union(Vec<Vec<Node>>),
    /// Everything between one pair of braces.
    List(Vec<Node>),
}

/// The three numbers of a slice; `end_derived` is set where only an index was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first item.
    pub start: Option<i64>,
    /// One past the last item.
    pub end: Option<i64>,
    /// Every how-manieth item.
    pub step: Option<i64>,
    /// Whether `end` is just `start + 1`.
    pub end_derived: bool,
}

/// How deep paths inside paths (filters, unions) may go.
const DEPTH_MAX: usize = 16;

/// Reads a whole template.
///
/// # Errors
/// client-go's sentence about what is wrong.
pub fn template(text: &str) -> Result<Vec<Node>, String> {
    parse(text, 0)
}

fn parse(text: &str, depth: usize) -> Result<Vec<Node>, String> {
    if depth > DEPTH_MAX {
        return Err("not simulated: paths nested that deep".to_owned());
    }
    let mut parser = Parser { input: text.chars().collect(), position: 0, depth };
    let mut nodes = Vec::new();
    while let Some(next) = parser.peek() {
        if next == '{' {
            parser.position += 1;
            nodes.push(Node::List(parser.action()?));
        } else {
            let start = parser.position;
            while parser.peek().is_some_and(|c| c != '{') {
                parser.position += 1;
            }
            nodes.push(Node::Text(parser.slice(start, parser.position)));
        }
    }
    Ok(nodes)
}

/// The steps of one path that stands alone, without braces.
fn path(text: &str, depth: usize) -> Result<Vec<Node>, String> {
    let nodes = parse(&format!("{{{text}}}"), depth + 1)?;
    Ok(match nodes.into_iter().next() {
        Some(Node::List(steps)) => steps,
        _ => Vec::new(),
    })
}

struct Parser {
    input: Vec<char>,
    position: usize,
    depth: usize,
}

fn ends_word(c: Option<char>) -> bool {
    match c {
        None => true,
        Some(c) => c.is_whitespace() || matches!(c, '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}'),
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.input.get(self.position).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.position += 1;
        c
    }

    fn slice(&self, start: usize, end: usize) -> String {
        self.input.get(start..end.min(self.input.len())).unwrap_or_default().iter().collect()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.input.get(self.position + offset) == Some(&c))
    }

    /// What stands between braces, up to and with the closing one.
    fn action(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            if self.starts_with("}") {
                self.position += 1;
                return Ok(nodes);
            }
            if self.starts_with("[?(") {
                self.position += 3;
                nodes.push(self.filter()?);
                continue;
            }
            if self.starts_with("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                self.position += 2;
                nodes.push(Node::Recursive);
                if self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    nodes.push(self.field());
                }
                continue;
            }
            match self.next() {
                None | Some('\n' | '\r') => return Err("unclosed action".to_owned()),
                Some(' ' | '@' | '$') => {}
                Some('[') => self.array(&mut nodes)?,
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => nodes.push(self.field()),
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => nodes.push(self.number()?),
                Some(c) if c.is_alphanumeric() || c == '_' => nodes.push(self.identifier()),
                Some(c) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{c}'", c as u32));
                }
            }
        }
    }

    fn identifier(&mut self) -> Node {
        let start = self.position - 1;
        while !ends_word(self.peek()) {
            self.position += 1;
        }
        match self.slice(start, self.position).as_str() {
            "true" => Node::Boolean(true),
            "false" => Node::Boolean(false),
            word => Node::Identifier(word.to_owned()),
        }
    }

    fn field(&mut self) -> Node {
        let start = self.position;
        while !ends_word(self.peek()) {
            self.position += if self.peek() == Some('\\') { 2 } else { 1 };
        }
        match self.slice(start, self.position).as_str() {
            "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        let start = self.position - 1;
        while self.peek().is_some_and(|c| c == '.' || c.is_ascii_digit()) {
            self.position += 1;
        }
        let text = self.slice(start, self.position);
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Node::Integer(number));
        }
        text.parse::<f64>().map(Node::Float).map_err(|_| format!("cannot parse number {text}"))
    }

    fn quoted(&mut self, quote: char) -> Result<Node, String> {
        let start = self.position;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some(c) if c == quote && self.input.get(self.position - 2) != Some(&'\\') => break,
                Some(_) => {}
            }
        }
        let raw = self.slice(start, self.position - 1);
        let told = self.slice(start - 1, self.position);
        unquote(&raw, quote).map(Node::Text).ok_or_else(|| format!("unquote string {told} error invalid syntax"))
    }

    fn array(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        let start = self.position;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated array".to_owned()),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let text = match self.slice(start, self.position - 1).as_str() {
            "*" => ":".to_owned(),
            text => text.to_owned(),
        };
        if text.contains(',') {
            let parts = text.split(',').map(|part| path(&format!("[{}]", part.trim_matches(' ')), self.depth));
            nodes.push(Node::Union(parts.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|key| !key.contains('\''));
        if let Some(key) = key {
            nodes.extend(path(&format!(".{key}"), self.depth)?);
            return Ok(());
        }
        nodes.push(Node::Slice(slice_of(&text)?));
        Ok(())
    }

    fn filter(&mut self) -> Result<Node, String> {
        let start = self.position;
        let mut pair = None;
        let mut closed = false;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated filter".to_owned()),
                Some(c @ ('"' | '\'')) => match pair {
                    None => pair = Some(c),
                    Some(open) => closed |= open == c && self.input.get(self.position - 2) != Some(&'\\'),
                },
                Some(')') if pair.is_some() == closed => break,
                Some(_) => {}
            }
        }
        let text = self.slice(start, self.position - 1);
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
        let left_end = text.find(is_operator).filter(|end| *end > 0);
        let right_start = left_end.and_then(|end| {
            text.get(end..)?.char_indices().find(|(_, c)| !is_operator(*c)).map(|(offset, _)| end + offset)
        });
        let (Some(left_end), Some(right_start)) = (left_end, right_start) else {
            return Ok(Node::Filter(path(&text, self.depth)?, "exists".to_owned(), Vec::new()));
        };
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let left = path(part(0, left_end), self.depth)?;
        let right = path(part(right_start, text.len()), self.depth)?;
        Ok(Node::Filter(left, part(left_end, right_start).to_owned(), right))
    }
}

/// `-1`, `1:3`, `::2`; a lone index ends one later.
fn slice_of(text: &str) -> Result<Slice, String> {
    let bad = || format!("invalid array index {text}");
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 || parts.iter().any(|part| !part.trim_start_matches('-').chars().all(|c| c.is_ascii_digit())) {
        return Err(bad());
    }
    let mut numbers = [None; 3];
    for (slot, part) in numbers.iter_mut().zip(&parts) {
        if !part.is_empty() {
            *slot = Some(part.parse::<i64>().map_err(|_| format!("array index {part} is not a number"))?);
        }
    }
    let [start, end, step] = numbers;
    let derived = parts.len() == 1;
    let end = if derived { Some(start.unwrap_or(0) + 1) } else { end };
    Ok(Slice { start, end, step, end_derived: derived })
}

/// Undoes the escapes of a quoted string; `None` for one that Go does not know.
pub fn unquote(raw: &str, quote: char) -> Option<String> {
    let mut out = String::new();
    let mut rest = raw.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next()? {
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'v' => out.push('\u{b}'),
            '\\' => out.push('\\'),
            escaped if escaped == quote || escaped == '/' => out.push(escaped),
            kind @ ('x' | 'u' | 'U') => {
                let digits = match kind {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let hex: String = rest.by_ref().take(digits).collect();
                out.push(char::from_u32(u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == digits)?)?);
            }
            first @ '0'..='7' => {
                let octal: String = std::iter::once(first).chain(rest.by_ref().take(2)).collect();
                out.push(char::from_u32(u32::from_str_radix(&octal, 8).ok()?)?);
            }
            _ => return None,
        }
    }
    Some(out)
}
