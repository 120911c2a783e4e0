//! Reads shell text into its tree, one complete command at a time, so that what stands before a mistake still runs.

use crate::shell::syntax::{
    Assignment, Body, Command, Connector, Item, Pipeline, Redirect, RedirectKind, Script, Segment, Word,
};
use std::collections::BTreeSet;
use std::rc::Rc;

/// How deep commands may stand in each other.
pub const NESTING_DEPTH_MAX: usize = 60;

/// Why text is no shell command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// It ends in the middle; the character that would close it, or `None` for a command that is not complete.
    Incomplete(Option<char>),
    /// A token stands where it cannot.
    Unexpected(String),
    /// Something real that this shell does not do.
    NotSimulated(String),
}

/// A result of parsing.
pub type Parsed<T> = Result<T, ParseError>;

/// A reader of shell text.
pub struct Parser {
    pub(crate) chars: Vec<char>,
    pub(crate) position: usize,
    pub(crate) depth: usize,
    /// After the newline at the first position, reading goes on at the second: here-documents lie between.
    pub(crate) heredoc_skip: Option<(usize, usize)>,
    /// Where `((` after a `$` turned out not to be arithmetic.
    pub(crate) subshells: BTreeSet<usize>,
    /// Whether the last item ended in `;` or `&`.
    separated: bool,
    /// A here-document ended with the text, not with its word.
    pub open_heredoc: Option<String>,
}

const KEYWORDS_THAT_END: [&str; 8] = ["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Parser {
    /// A reader at the start of `text`.
    pub fn new(text: &str) -> Self {
        Parser {
            chars: text.chars().collect(),
            position: 0,
            depth: 0,
            heredoc_skip: None,
            subshells: BTreeSet::new(),
            separated: false,
            open_heredoc: None,
        }
    }

    /// The next complete command line: a list up to a newline.
    ///
    /// # Errors
    /// [`ParseError`]
    pub fn next_line(&mut self) -> Parsed<Option<Script>> {
        self.skip_newlines();
        if self.at_end() {
            return Ok(None);
        }
        let mut script = Script::new();
        loop {
            script.push(self.item()?);
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some('\n') => {
                    self.newline();
                    break;
                }
                Some(_) if self.follows_operator() || !self.separated => return Err(self.unexpected()),
                Some(_) => {}
            }
        }
        Ok(Some(script))
    }

    /// The text between two positions.
    pub fn slice(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end.min(self.chars.len())).unwrap_or_default().iter().collect()
    }

    /// Where reading stands.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes on at the next line after a mistake.
    pub fn skip_line(&mut self) {
        while !matches!(self.peek(), None | Some('\n')) {
            self.position += 1;
        }
        self.newline();
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.chars.get(self.position).copied()
    }

    pub(crate) fn peek_at(&self, offset: usize) -> Option<char> {
        self.chars.get(self.position + offset).copied()
    }

    pub(crate) fn at_end(&self) -> bool {
        self.position >= self.chars.len()
    }

    pub(crate) fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.peek_at(index) == Some(c))
    }

    pub(crate) fn take(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.position += text.chars().count();
        }
        found
    }

    pub(crate) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= NESTING_DEPTH_MAX {
            let what = format!("commands nested deeper than {NESTING_DEPTH_MAX}");
            return Err(ParseError::NotSimulated(what));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn newline(&mut self) {
        match self.heredoc_skip {
            Some((at, resume)) if at == self.position => {
                self.position = resume;
                self.heredoc_skip = None;
            }
            _ => self.position = (self.position + 1).min(self.chars.len()),
        }
    }

    /// Skips spaces, continued lines and a comment.
    pub(crate) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.position += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.position += 2,
                Some('#') => {
                    while !matches!(self.peek(), None | Some('\n')) {
                        self.position += 1;
                    }
                }
                _ => return,
            }
        }
    }

    pub(crate) fn skip_newlines(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek() != Some('\n') {
                return;
            }
            self.newline();
        }
    }

    fn follows_operator(&self) -> bool {
        matches!(self.peek(), Some(')' | ';' | '&' | '|'))
    }

    fn unexpected(&self) -> ParseError {
        let token = match self.peek() {
            None => return ParseError::Incomplete(None),
            Some('\n') => "newline".to_owned(),
            Some(c) if self.peek_at(1) == Some(c) && matches!(c, ';' | '&' | '|') => [c, c].iter().collect(),
            Some(c @ ('(' | ')' | ';' | '&' | '|' | '<' | '>')) => c.to_string(),
            Some(_) => {
                let word = |c: &&char| !c.is_whitespace() && !";&|<>()".contains(**c);
                self.chars.get(self.position..).unwrap_or_default().iter().take_while(word).take(40).collect()
            }
        };
        ParseError::Unexpected(token)
    }

    /// The unquoted word that stands here, without consuming it, for keywords.
    fn keyword(&self) -> String {
        let rest = self.chars.get(self.position..).unwrap_or_default();
        let word: String = rest.iter().take(12).take_while(|c| !" \t\n;&|<>()'\"\\$`#".contains(**c)).collect();
        word
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let found = self.keyword() == word;
        if found {
            self.position += word.len();
        }
        found
    }

    fn expect_keyword(&mut self, word: &str) -> Parsed<()> {
        self.skip_newlines();
        if self.take_keyword(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Commands up to a keyword or parenthesis that ends them; at least one.
    pub(crate) fn list(&mut self) -> Parsed<Script> {
        let mut script = Script::new();
        loop {
            self.skip_newlines();
            let ends = match self.peek() {
                None => return Err(ParseError::Incomplete(None)),
                Some(')') => true,
                Some(';') => self.peek_at(1) == Some(';'),
                _ => KEYWORDS_THAT_END.contains(&self.keyword().as_str()),
            };
            if ends {
                return if script.is_empty() { Err(self.unexpected()) } else { Ok(script) };
            }
            script.push(self.item()?);
            self.skip_blanks();
            let ended = matches!(self.peek(), None | Some('\n' | ')')) || self.looking_at(";;");
            if matches!(self.peek(), Some('|' | '&')) || !(ended || self.separated) {
                return Err(self.unexpected());
            }
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let connector = if self.take("&&") {
                Connector::And
            } else if self.take("||") {
                Connector::Or
            } else {
                break;
            };
            self.skip_newlines();
            rest.push((connector, self.pipeline()?));
        }
        let background = self.peek() == Some('&') && self.peek_at(1) != Some('>');
        self.separated = background || (self.peek() == Some(';') && self.peek_at(1) != Some(';'));
        if self.separated {
            self.position += 1;
        }
        Ok(Item { first, rest, background })
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        self.skip_blanks();
        let mut negated = false;
        while self.peek() == Some('!') && self.peek_at(1).is_none_or(|c| " \t\n".contains(c)) {
            self.position += 1;
            self.skip_blanks();
            negated = !negated;
        }
        let mut commands = vec![(self.deeper(Self::command)?, false)];
        loop {
            self.skip_blanks();
            if self.peek() != Some('|') || self.peek_at(1) == Some('|') {
                break;
            }
            self.position += 1;
            let both = self.take("&");
            if let Some(last) = commands.last_mut() {
                last.1 = both;
            }
            self.skip_newlines();
            commands.push((self.deeper(Self::command)?, false));
        }
        Ok(Pipeline { negated, commands })
    }

    fn command(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        let body = match self.peek() {
            None => return Err(ParseError::Incomplete(None)),
            Some('(') if self.peek_at(1) == Some('(') => {
                self.position += 2;
                Body::Arithmetic(self.arithmetic_text()?)
            }
            Some('(') => {
                self.position += 1;
                let script = self.list()?;
                self.take(")");
                Body::Subshell(script)
            }
            _ => match self.keyword().as_str() {
                "{" => {
                    self.position += 1;
                    let script = self.list()?;
                    self.expect_keyword("}")?;
                    Body::Group(script)
                }
                "if" => self.if_command()?,
                "for" => self.for_command()?,
                "while" | "until" => self.while_command()?,
                "case" => self.case_command()?,
                "[[" => self.test_command()?,
                "function" => {
                    self.position += "function".len();
                    self.skip_blanks();
                    self.function_command()?
                }
                word if KEYWORDS_THAT_END.contains(&word) => return Err(self.unexpected()),
                "select" | "coproc" | "time" => {
                    return Err(ParseError::NotSimulated(format!("the keyword {}", self.keyword())));
                }
                _ if self.at_function() => self.function_command()?,
                _ => return self.simple_command(),
            },
        };
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(Command { body, redirects }),
            }
        }
    }

    fn at_function(&self) -> bool {
        let rest = self.chars.get(self.position..).unwrap_or_default();
        let name = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || "_-.".contains(**c)).count();
        let blanks = rest.iter().skip(name).take_while(|c| **c == ' ').count();
        name > 0 && rest.get(name + blanks) == Some(&'(') && rest.get(name + blanks + 1) == Some(&')')
    }

    fn function_command(&mut self) -> Parsed<Body> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)) {
            name.push(c);
            self.position += 1;
        }
        self.skip_blanks();
        if self.take("(") {
            self.skip_blanks();
            if !self.take(")") {
                return Err(self.unexpected());
            }
        }
        self.skip_newlines();
        let body = Rc::new(self.deeper(Self::command)?);
        Ok(Body::Function { name, body })
    }

    fn if_command(&mut self) -> Parsed<Body> {
        self.position += 2;
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list()?;
            self.expect_keyword("then")?;
            arms.push((condition, self.list()?));
            self.skip_newlines();
            if self.take_keyword("elif") {
                continue;
            }
            if self.take_keyword("else") {
                otherwise = Some(self.list()?);
            }
            self.expect_keyword("fi")?;
            return Ok(Body::If { arms, otherwise });
        }
    }

    fn for_command(&mut self) -> Parsed<Body> {
        self.position += 3;
        self.skip_blanks();
        if self.looking_at("((") {
            return Err(ParseError::NotSimulated("for ((…)): write for NAME in $(seq 1 10)".to_owned()));
        }
        let name = self.keyword();
        if name.is_empty() || !is_name(&name) {
            return Err(self.unexpected());
        }
        self.position += name.chars().count();
        self.skip_newlines();
        let mut words = None;
        if self.take_keyword("in") {
            let mut list = Vec::new();
            loop {
                self.skip_blanks();
                match self.word()? {
                    Some(word) => list.push(word),
                    None => break,
                }
            }
            words = Some(list);
        }
        self.skip_blanks();
        self.take(";");
        self.expect_keyword("do")?;
        let body = self.list()?;
        self.expect_keyword("done")?;
        Ok(Body::For { name, words, body })
    }

    fn while_command(&mut self) -> Parsed<Body> {
        let until = self.take_keyword("until");
        if !until {
            self.take_keyword("while");
        }
        let condition = self.list()?;
        self.expect_keyword("do")?;
        let body = self.list()?;
        self.expect_keyword("done")?;
        Ok(Body::While { condition, body, until })
    }

    fn case_command(&mut self) -> Parsed<Body> {
        self.position += 4;
        self.skip_blanks();
        let subject = self.word()?.ok_or_else(|| self.unexpected())?;
        self.expect_keyword("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.take_keyword("esac") {
                return Ok(Body::Case { subject, arms });
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                patterns.push(self.word()?.ok_or_else(|| self.unexpected())?);
                self.skip_blanks();
                if !self.take("|") {
                    break;
                }
            }
            if !self.take(")") {
                return Err(self.unexpected());
            }
            self.skip_newlines();
            let empty = self.looking_at(";;") || self.keyword() == "esac";
            let body = if empty { Script::new() } else { self.list()? };
            arms.push((patterns, body));
            self.skip_newlines();
            self.take(";;");
        }
    }

    fn test_command(&mut self) -> Parsed<Body> {
        self.position += 2;
        let mut words = Vec::new();
        loop {
            self.skip_newlines();
            if self.take_keyword("]]") {
                return Ok(Body::Test(words));
            }
            let operator = ["&&", "||", "(", ")", "<", ">"].into_iter().find(|operator| self.take(operator));
            if let Some(operator) = operator {
                words.push(Word::text(operator));
                continue;
            }
            // A regular expression may hold characters that are operators elsewhere.
            let regex = words.last().and_then(Word::plain) == Some("=~");
            match if regex { self.regex_word()? } else { self.word()? } {
                Some(word) => words.push(word),
                None => return Err(self.unexpected()),
            }
        }
    }

    fn simple_command(&mut self) -> Parsed<Command> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
                continue;
            }
            match self.word()? {
                Some(word) => words.push(word),
                None => break,
            }
        }
        if words.is_empty() && assignments.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        if self.peek() == Some('(') {
            return Err(self.unexpected());
        }
        Ok(Command { body: Body::Simple { assignments, words }, redirects })
    }

    fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        let rest = self.chars.get(self.position..).unwrap_or_default();
        let length = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count();
        let name: String = rest.iter().take(length).collect();
        let append = rest.get(length) == Some(&'+') && rest.get(length + 1) == Some(&'=');
        if !is_name(&name) || !(append || rest.get(length) == Some(&'=')) {
            return Ok(None);
        }
        self.position += length + 1 + usize::from(append);
        if self.peek() == Some('(') {
            return Err(ParseError::NotSimulated("arrays".to_owned()));
        }
        let value = self.word()?.unwrap_or_default();
        Ok(Some(Assignment { name, append, value }))
    }

    fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let digits = self.chars.get(self.position..).unwrap_or_default();
        let digits: String = digits.iter().take(9).take_while(|c| c.is_ascii_digit()).collect();
        if !digits.is_empty() && !matches!(self.peek_at(digits.len()), Some('<' | '>')) {
            return Ok(None);
        }
        // `<(…)` is a word.
        if digits.is_empty() && (self.looking_at("<(") || self.looking_at(">(")) {
            return Ok(None);
        }
        let start = self.position;
        self.position += digits.len();
        use RedirectKind as Kind;
        let operators = [
            ("<<<", Kind::HereString),
            ("<<-", Kind::HereDocument),
            ("<<", Kind::HereDocument),
            ("<&", Kind::DuplicateInput),
            ("<>", Kind::Input),
            ("<", Kind::Input),
            (">>", Kind::Append),
            (">|", Kind::Output),
            (">&", Kind::Duplicate),
            (">", Kind::Output),
            ("&>>", Kind::BothAppend),
            ("&>", Kind::Both),
        ];
        let Some((operator, kind)) = operators.into_iter().find(|(operator, _)| self.take(operator)) else {
            self.position = start;
            return Ok(None);
        };
        let descriptor = digits.parse().ok();
        self.skip_blanks();
        if kind == Kind::HereDocument {
            let target = self.here_document(operator == "<<-")?;
            return Ok(Some(Redirect { descriptor, kind, target }));
        }
        match self.word()? {
            Some(target) => Ok(Some(Redirect { descriptor, kind, target })),
            None => Err(self.unexpected()),
        }
    }

    /// Reads the word and then, ahead of the rest of the line, the body that begins on the next one.
    fn here_document(&mut self, strip_tabs: bool) -> Parsed<Word> {
        let (delimiter, quoted) = self.delimiter()?;
        let (newline, mut cursor) = match self.heredoc_skip {
            Some((newline, resume)) => (newline, resume),
            None => {
                let rest = self.chars.get(self.position..).unwrap_or_default();
                let Some(length) = rest.iter().position(|c| *c == '\n') else {
                    return Err(ParseError::Incomplete(None));
                };
                (self.position + length, self.position + length + 1)
            }
        };
        let mut body = String::new();
        loop {
            let rest = self.chars.get(cursor..).unwrap_or_default();
            if rest.is_empty() {
                self.open_heredoc = Some(delimiter);
                break;
            }
            let length = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
            let line: String = rest.iter().take(length).collect();
            cursor = (cursor + length + 1).min(self.chars.len());
            let line = if strip_tabs { line.trim_start_matches('\t') } else { &line };
            if line.strip_suffix('\r').unwrap_or(line) == delimiter {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        self.heredoc_skip = Some((newline, cursor));
        if quoted {
            return Ok(Word { segments: vec![Segment::Quoted(body)] });
        }
        let mut inner = Parser::new(&body);
        inner.depth = self.depth;
        Ok(Word { segments: vec![Segment::Double(inner.here_document_body()?)] })
    }

    fn delimiter(&mut self) -> Parsed<(String, bool)> {
        let mut delimiter = String::new();
        let mut quoted = false;
        let mut open: Option<char> = None;
        loop {
            match (self.peek(), open) {
                (None, Some(quote)) => return Err(ParseError::Incomplete(Some(quote))),
                (None, None) => break,
                (Some(c), Some(quote)) if c == quote => open = None,
                (Some(c), Some(_)) => delimiter.push(c),
                (Some(c @ ('\'' | '"')), None) => {
                    quoted = true;
                    open = Some(c);
                }
                (Some('\\'), None) => quoted = true,
                (Some(c), None) if c.is_whitespace() || ";&|<>()".contains(c) => break,
                (Some(c), None) => delimiter.push(c),
            }
            self.position += 1;
        }
        if delimiter.is_empty() && !quoted {
            return Err(self.unexpected());
        }
        Ok((delimiter, quoted))
    }
}

/// Whether `text` can name a variable.
pub fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
