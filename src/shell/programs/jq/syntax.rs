//! jq's language: its tree and its reader. Left out, and said so: `def`, `foreach`, `label`, destructuring, modules.

use crate::shell::programs::jq::value::Json;

/// How deep filters may be nested.
const DEPTH_MAX: usize = 60;

/// A filter.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Filter {
    Identity,
    Recurse,
    Literal(Json),
    /// `"a\(.b)c"` with the format its parts go through.
    Interpolated(String, Vec<(String, Option<Filter>)>),
    Format(String),
    Variable(String),
    Index(Box<Filter>, Box<Filter>),
    Slice(Box<Filter>, Option<Box<Filter>>, Option<Box<Filter>>),
    Iterate(Box<Filter>),
    List(Option<Box<Filter>>),
    Map(Vec<(Filter, Filter)>),
    Negative(Box<Filter>),
    Pipe(Box<Filter>, Box<Filter>),
    Comma(Box<Filter>, Box<Filter>),
    Binary(&'static str, Box<Filter>, Box<Filter>),
    Assign(&'static str, Box<Filter>, Box<Filter>),
    If(Vec<(Filter, Filter)>, Option<Box<Filter>>),
    Try(Box<Filter>, Option<Box<Filter>>),
    Reduce(Box<Filter>, String, Box<Filter>, Box<Filter>),
    As(Box<Filter>, String, Box<Filter>),
    Call(String, Vec<Filter>),
}

type Read<T> = Result<T, String>;

struct Reader<'a> {
    chars: &'a [char],
    position: usize,
    depth: usize,
    /// Operators read so far: each is a level of the tree.
    chained: usize,
}

/// Operators and brackets that one filter may hold.
const CHAINED_MAX: usize = 1000;

/// Reads a filter.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Read<Filter> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, position: 0, depth: 0, chained: 0 };
    reader.blanks();
    if reader.position >= chars.len() {
        return Ok(Filter::Identity);
    }
    let filter = reader.pipe()?;
    reader.blanks();
    if reader.position < chars.len() {
        return Err(reader.unexpected());
    }
    Ok(filter)
}

/// Operators by how tightly they bind, loosest first.
const LEVELS: [&[&str]; 6] = [&["//"], &["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];
const ASSIGNMENTS: [&str; 8] = ["|=", "+=", "-=", "*=", "//=", "/=", "%=", "="];

impl Reader<'_> {
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(c) if c.is_whitespace() => self.position += 1,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.position += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.position).copied()
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.chars.get(self.position + index) == Some(&c))
    }

    /// Takes a symbol or a whole word.
    fn take(&mut self, text: &str) -> bool {
        self.blanks();
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = text.chars().count();
        let whole = !text.ends_with(word) || !self.chars.get(self.position + length).copied().is_some_and(word);
        let found = self.looking_at(text) && whole;
        if found {
            self.position += length;
        }
        found
    }

    fn unexpected(&self) -> String {
        match self.peek() {
            None => "syntax error, unexpected end of file".to_owned(),
            Some(c) if c.is_alphabetic() => {
                let rest = self.chars.get(self.position..).unwrap_or_default();
                let word: String = rest.iter().take_while(|c| c.is_alphanumeric()).collect();
                format!("syntax error, unexpected {}", if word.len() < 30 { word } else { "IDENT".to_owned() })
            }
            Some(c) => format!("syntax error, unexpected '{c}'"),
        }
    }

    fn expect(&mut self, text: &str) -> Read<()> {
        if self.take(text) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(format!("not simulated: filters nested deeper than {DEPTH_MAX}")) } else { Ok(()) }
    }

    fn longer(&mut self) -> Read<()> {
        self.chained += 1;
        if self.chained > CHAINED_MAX { Err(format!("not simulated: a filter of more than {CHAINED_MAX} operators")) } else { Ok(()) }
    }

    fn pipe(&mut self) -> Read<Filter> {
        self.deeper()?;
        self.blanks();
        for word in ["def", "foreach", "label", "import", "include"] {
            if self.take(word) {
                return Err(format!("not simulated: {word}"));
            }
        }
        let left = self.comma()?;
        let filter = if self.take("as") {
            let name = self.variable()?;
            self.expect("|")?;
            Filter::As(Box::new(left), name, Box::new(self.pipe()?))
        } else {
            self.blanks();
            if self.looking_at("|") && !self.looking_at("|=") {
                self.position += 1;
                Filter::Pipe(Box::new(left), Box::new(self.pipe()?))
            } else {
                left
            }
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn variable(&mut self) -> Read<String> {
        self.blanks();
        if self.peek() == Some('[') || self.peek() == Some('{') {
            return Err("not simulated: destructuring".to_owned());
        }
        self.expect("$")?;
        let name = self.name();
        if name.is_empty() { Err(self.unexpected()) } else { Ok(name) }
    }

    fn comma(&mut self) -> Read<Filter> {
        let mut left = self.assignment()?;
        while self.take(",") {
            self.longer()?;
            left = Filter::Comma(Box::new(left), Box::new(self.assignment()?));
        }
        Ok(left)
    }

    fn assignment(&mut self) -> Read<Filter> {
        let left = self.binary(0)?;
        self.blanks();
        for operator in ASSIGNMENTS {
            if self.looking_at(operator) && !self.looking_at("==") {
                self.position += operator.len();
                let right = self.binary(0)?;
                return Ok(Filter::Assign(operator, Box::new(left), Box::new(right)));
            }
        }
        Ok(left)
    }

    fn binary(&mut self, level: usize) -> Read<Filter> {
        let Some(operators) = LEVELS.get(level) else { return self.postfix() };
        let mut left = self.binary(level + 1)?;
        loop {
            self.blanks();
            let assigns = ASSIGNMENTS.iter().any(|operator| self.looking_at(operator)) && !self.looking_at("==");
            let longer = |operator: &str| operator == "/" && self.looking_at("//");
            let found = operators.iter().copied().find(|operator| self.looking_at(operator) && !longer(operator));
            let Some(operator) = found.filter(|_| !assigns) else { return Ok(left) };
            if !self.take(operator) {
                return Ok(left);
            }
            self.longer()?;
            // `//` leans to the right, the others to the left.
            let right = self.binary(if operator == "//" { level } else { level + 1 })?;
            left = Filter::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn postfix(&mut self) -> Read<Filter> {
        self.deeper()?;
        let mut term = self.term()?;
        loop {
            self.longer()?;
            if self.looking_at("?") && !self.looking_at("?//") {
                self.position += 1;
                term = Filter::Try(Box::new(term), None);
            } else if self.looking_at("[") {
                self.position += 1;
                term = self.brackets(term)?;
            } else if self.looking_at(".[") {
                self.position += 2;
                term = self.brackets(term)?;
            } else if self.looking_at(".") && !self.looking_at("..") {
                self.position += 1;
                term = Filter::Index(Box::new(term), Box::new(self.key()?));
            } else {
                let before = self.position;
                self.blanks();
                if !(self.looking_at("[") || self.looking_at("?")) || self.looking_at("?//") {
                    self.position = before;
                    self.depth -= 1;
                    return Ok(term);
                }
            }
        }
    }

    fn key(&mut self) -> Read<Filter> {
        if self.peek() == Some('"') {
            return self.string("text");
        }
        let name = self.name();
        if name.is_empty() { Err(self.unexpected()) } else { Ok(Filter::Literal(Json::text(name))) }
    }

    fn name(&mut self) -> String {
        let start = self.position;
        let first = self.peek().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        while first && self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.position += 1;
        }
        self.chars.get(start..self.position).unwrap_or_default().iter().collect()
    }

    /// After `TERM[`.
    fn brackets(&mut self, target: Filter) -> Read<Filter> {
        let target = Box::new(target);
        if self.take("]") {
            return Ok(Filter::Iterate(target));
        }
        let from = if self.take(":") { None } else { Some(Box::new(self.pipe()?)) };
        let sliced = from.is_none() || self.take(":");
        if !sliced {
            self.expect("]")?;
            return Ok(Filter::Index(target, from.unwrap_or_else(|| Box::new(Filter::Identity))));
        }
        let to = if self.take("]") {
            None
        } else {
            let to = self.pipe()?;
            self.expect("]")?;
            Some(Box::new(to))
        };
        Ok(Filter::Slice(target, from, to))
    }

    fn term(&mut self) -> Read<Filter> {
        self.blanks();
        let Some(c) = self.peek() else { return Err(self.unexpected()) };
        match c {
            '.' => self.dot(),
            '"' => self.string("text"),
            '(' => {
                self.position += 1;
                let inner = self.pipe()?;
                self.expect(")")?;
                Ok(inner)
            }
            '[' => {
                self.position += 1;
                if self.take("]") {
                    return Ok(Filter::List(None));
                }
                let inner = self.pipe()?;
                self.expect("]")?;
                Ok(Filter::List(Some(Box::new(inner))))
            }
            '{' => self.object(),
            '-' => {
                self.position += 1;
                Ok(Filter::Negative(Box::new(self.postfix()?)))
            }
            '$' => {
                self.position += 1;
                let name = self.name();
                if name.is_empty() { Err(self.unexpected()) } else { Ok(Filter::Variable(name)) }
            }
            '@' => {
                self.position += 1;
                let name = self.name();
                if self.peek() == Some(' ') && self.chars.get(self.position + 1) == Some(&'"') {
                    self.position += 1;
                }
                if self.peek() == Some('"') { self.string(&name) } else { Ok(Filter::Format(name)) }
            }
            c if c.is_ascii_digit() => self.number(),
            c if c.is_ascii_alphabetic() || c == '_' => self.word(),
            _ => Err(self.unexpected()),
        }
    }

    fn dot(&mut self) -> Read<Filter> {
        self.position += 1;
        match self.peek() {
            Some('.') => {
                self.position += 1;
                Ok(Filter::Recurse)
            }
            Some('[') => {
                self.position += 1;
                self.brackets(Filter::Identity)
            }
            Some(c) if c == '"' || c == '_' || c.is_ascii_alphabetic() => {
                Ok(Filter::Index(Box::new(Filter::Identity), Box::new(self.key()?)))
            }
            Some(c) if c.is_ascii_digit() => {
                self.position -= 1;
                self.number()
            }
            _ => Ok(Filter::Identity),
        }
    }

    fn number(&mut self) -> Read<Filter> {
        let start = self.position;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.position += 1;
        }
        if self.peek().is_some_and(|c| c == 'e' || c == 'E') {
            self.position += 1;
            while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '+' || c == '-') {
                self.position += 1;
            }
        }
        let text: String = self.chars.get(start..self.position).unwrap_or_default().iter().collect();
        text.parse().map(|number| Filter::Literal(Json::Number(number))).map_err(|_| self.unexpected())
    }

    fn string(&mut self, format: &str) -> Read<Filter> {
        self.position += 1;
        let mut parts: Vec<(String, Option<Filter>)> = Vec::new();
        let mut text = String::new();
        loop {
            let c = self.peek().ok_or("syntax error, unexpected end of file, unterminated string")?;
            self.position += 1;
            match c {
                '"' => break,
                '\\' => {
                    let escape = self.peek().ok_or("syntax error, unexpected end of file")?;
                    self.position += 1;
                    match escape {
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        'r' => text.push('\r'),
                        'b' => text.push('\u{8}'),
                        'f' => text.push('\u{c}'),
                        'u' => {
                            let hex: String = self.chars.get(self.position..).unwrap_or_default().iter().take(4).collect();
                            let code = u32::from_str_radix(&hex, 16).map_err(|_| "invalid \\u escape")?;
                            text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                            self.position += 4;
                        }
                        '(' => {
                            let inner = self.pipe()?;
                            self.expect(")")?;
                            parts.push((std::mem::take(&mut text), Some(inner)));
                        }
                        '"' | '\\' | '/' => text.push(escape),
                        _ => return Err("syntax error, invalid escape in a string".to_owned()),
                    }
                }
                c => text.push(c),
            }
        }
        if parts.is_empty() {
            return Ok(Filter::Literal(Json::text(text)));
        }
        parts.push((text, None));
        Ok(Filter::Interpolated(format.to_owned(), parts))
    }

    fn object(&mut self) -> Read<Filter> {
        self.position += 1;
        let mut entries = Vec::new();
        if self.take("}") {
            return Ok(Filter::Map(entries));
        }
        loop {
            self.blanks();
            let mut value = None;
            let key = match self.peek() {
                Some('$') => {
                    let name = self.variable()?;
                    value = Some(Filter::Variable(name.clone()));
                    Filter::Literal(Json::text(name))
                }
                Some('(') => {
                    self.position += 1;
                    let key = self.pipe()?;
                    self.expect(")")?;
                    key
                }
                Some('@') => self.term()?,
                Some(c) if c.is_ascii_digit() => self.number()?,
                _ => self.key()?,
            };
            if self.take(":") {
                value = Some(self.object_value()?);
            }
            let value = value.unwrap_or_else(|| Filter::Index(Box::new(Filter::Identity), Box::new(key.clone())));
            entries.push((key, value));
            if self.take("}") {
                return Ok(Filter::Map(entries));
            }
            self.expect(",")?;
        }
    }

    /// A value ends at a comma, so pipes join but commas do not.
    fn object_value(&mut self) -> Read<Filter> {
        let left = self.binary(0)?;
        self.blanks();
        if self.looking_at("|") && !self.looking_at("|=") {
            self.position += 1;
            return Ok(Filter::Pipe(Box::new(left), Box::new(self.object_value()?)));
        }
        Ok(left)
    }

    fn word(&mut self) -> Read<Filter> {
        let name = self.name();
        match name.as_str() {
            "if" => self.condition(),
            "try" => {
                let body = self.postfix()?;
                let catch = if self.take("catch") { Some(Box::new(self.postfix()?)) } else { None };
                Ok(Filter::Try(Box::new(body), catch))
            }
            "reduce" => {
                let source = self.postfix()?;
                self.expect("as")?;
                let name = self.variable()?;
                self.expect("(")?;
                let start = self.pipe()?;
                self.expect(";")?;
                let update = self.pipe()?;
                self.expect(")")?;
                Ok(Filter::Reduce(Box::new(source), name, Box::new(start), Box::new(update)))
            }
            "null" => Ok(Filter::Literal(Json::Null)),
            "true" => Ok(Filter::Literal(Json::Bool(true))),
            "false" => Ok(Filter::Literal(Json::Bool(false))),
            "then" | "elif" | "else" | "end" | "and" | "or" | "as" | "catch" => {
                self.position -= name.len();
                Err(self.unexpected())
            }
            "def" | "foreach" | "label" => Err(format!("not simulated: {name}")),
            _ => {
                let mut arguments = Vec::new();
                if self.peek() == Some('(') {
                    self.position += 1;
                    loop {
                        arguments.push(self.pipe()?);
                        if !self.take(";") {
                            break;
                        }
                    }
                    self.expect(")")?;
                }
                Ok(Filter::Call(name, arguments))
            }
        }
    }

    fn condition(&mut self) -> Read<Filter> {
        let mut arms = Vec::new();
        loop {
            let condition = self.pipe()?;
            self.expect("then")?;
            arms.push((condition, self.pipe()?));
            if self.take("elif") {
                continue;
            }
            let otherwise = if self.take("else") { Some(Box::new(self.pipe()?)) } else { None };
            self.expect("end")?;
            return Ok(Filter::If(arms, otherwise));
        }
    }
}
