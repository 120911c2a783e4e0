//! Turns words into arguments: tilde, parameters, substitutions, arithmetic, field splitting, wildcards, quotes.

use crate::shell::parameter;
use crate::shell::pattern;
use crate::shell::runner::{Flow, OUTPUT_BYTES_MAX, Runner};
use crate::shell::syntax::{Script, Segment, Word};
use std::rc::Rc;

/// The largest argument or variable, in bytes.
pub const VALUE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// How many arguments one command may have.
const FIELDS_MAX: usize = 50_000;

/// One argument while it grows.
#[derive(Default)]
struct Field {
    text: String,
    /// The same with quoted wildcards escaped.
    pattern: String,
    quoted: bool,
}

#[derive(Default)]
struct Fields {
    done: Vec<Field>,
    current: Option<Field>,
}

impl Fields {
    fn field(&mut self) -> &mut Field {
        self.current.get_or_insert_with(Field::default)
    }

    fn quoted(&mut self, text: &str) {
        let field = self.field();
        field.quoted = true;
        field.text.push_str(text);
        field.pattern.push_str(&pattern::escape(text));
    }

    fn literal(&mut self, text: &str) {
        let field = self.field();
        field.text.push_str(text);
        field.pattern.push_str(text);
    }

    fn cut(&mut self) {
        self.done.extend(self.current.take());
    }
}

impl Runner<'_> {
    /// The arguments that words become.
    ///
    /// # Errors
    /// What a failing expansion ends.
    pub fn expand_words(&mut self, words: &[Word]) -> Result<Vec<String>, Flow> {
        let mut arguments = Vec::new();
        for word in words {
            for word in crate::shell::braces::expand(word) {
                self.expand_word(&word, &mut arguments)?;
            }
            if arguments.len() > FIELDS_MAX {
                self.complain("argument list too long");
                return Err(Flow::Abort(126));
            }
        }
        Ok(arguments)
    }

    fn expand_word(&mut self, word: &Word, arguments: &mut Vec<String>) -> Result<(), Flow> {
        let mut fields = Fields::default();
        let tilde = self.tilde(word);
        if let Some((home, rest)) = &tilde {
            fields.quoted(home);
            fields.literal(rest);
        }
        for segment in word.segments.iter().skip(usize::from(tilde.is_some())) {
            self.expand_segment(segment, false, &mut fields)?;
        }
        fields.cut();
        for field in fields.done {
            if field.text.is_empty() && !field.quoted {
                continue;
            }
            if !self.frame().options.no_wildcards && pattern::has_wildcard(&field.pattern) {
                let found = pattern::paths(&self.tree(), &self.frame().folder, &field.pattern);
                if !found.is_empty() {
                    arguments.extend(found);
                    continue;
                }
            }
            arguments.push(field.text);
        }
        Ok(())
    }

    /// The text of a word that is not split: an assignment's value, a redirection's target.
    ///
    /// # Errors
    /// What a failing expansion ends.
    pub fn expand_text(&mut self, word: &Word) -> Result<String, Flow> {
        let mut text = String::new();
        let tilde = self.tilde(word);
        if let Some((home, rest)) = &tilde {
            text.push_str(home);
            text.push_str(rest);
        }
        let segments = word.segments.get(usize::from(tilde.is_some())..).unwrap_or_default();
        text.push_str(&self.expand_quoted(segments)?);
        Ok(text)
    }

    /// The pattern of a word: quoted wildcards match themselves.
    ///
    /// # Errors
    /// What a failing expansion ends.
    pub fn expand_pattern(&mut self, word: &Word) -> Result<String, Flow> {
        let mut out = String::new();
        for segment in &word.segments {
            match segment {
                Segment::Quoted(text) => out.push_str(&pattern::escape(text)),
                Segment::Double(inner) => out.push_str(&pattern::escape(&self.expand_quoted(inner)?)),
                other => out.push_str(&self.expand_quoted(std::slice::from_ref(other))?),
            }
        }
        Ok(out)
    }

    /// Segments as one text, as inside double quotes.
    ///
    /// # Errors
    /// What a failing expansion ends.
    pub fn expand_quoted(&mut self, segments: &[Segment]) -> Result<String, Flow> {
        let mut fields = Fields::default();
        for segment in segments {
            self.expand_segment(segment, true, &mut fields)?;
        }
        fields.cut();
        let texts: Vec<String> = fields.done.into_iter().map(|field| field.text).collect();
        Ok(texts.join(" "))
    }

    fn tilde(&self, word: &Word) -> Option<(String, String)> {
        let Some(Segment::Text(text)) = word.segments.first() else { return None };
        let rest = text.strip_prefix('~')?;
        if !(rest.is_empty() && word.segments.len() == 1 || rest.starts_with('/')) {
            return None;
        }
        Some((self.frame().variable("HOME").unwrap_or("/").to_owned(), rest.to_owned()))
    }

    fn expand_segment(&mut self, segment: &Segment, quoted: bool, fields: &mut Fields) -> Result<(), Flow> {
        match segment {
            Segment::Text(text) if quoted => fields.quoted(text),
            Segment::Text(text) => fields.literal(text),
            Segment::Quoted(text) => fields.quoted(text),
            Segment::Double(inner) => {
                fields.quoted("");
                let at = fields.done.len();
                for segment in inner {
                    self.expand_segment(segment, true, fields)?;
                }
                // `"$@"` without arguments is no argument at all.
                let nothing = matches!(inner.as_slice(), [Segment::Parameter(p)] if p.name == "@");
                if nothing && self.frame().arguments.is_empty() && fields.done.len() == at {
                    fields.current = None;
                }
            }
            Segment::Parameter(parameter)
                if parameter.name == "@" && parameter.operation == crate::shell::syntax::Operation::Plain =>
            {
                let arguments = self.frame().arguments.clone();
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        fields.cut();
                    }
                    self.value(argument, quoted, fields);
                }
            }
            Segment::Parameter(parameter) => {
                let text = parameter::expand(self, parameter, quoted)?;
                self.limited(&text)?;
                self.value(&text, quoted, fields);
            }
            Segment::Command(script) => {
                let text = self.substitute(script)?;
                self.limited(&text)?;
                self.value(&text, quoted, fields);
            }
            Segment::Arithmetic(inner) => {
                let text = self.expand_quoted(inner)?;
                match crate::shell::arithmetic::evaluate(self, &text) {
                    Ok(value) => self.value(&value.to_string(), quoted, fields),
                    Err(message) => {
                        self.complain(&format!("{}: {message}", text.trim()));
                        return Err(Flow::Abort(1));
                    }
                }
            }
            Segment::Process(script) => {
                let script = Rc::clone(script);
                let (bytes, step) = self.capture(|runner| runner.subshell(|runner| runner.script(&script)));
                step?;
                let path = format!("/dev/fd/{}", 63 - self.descriptors.len().min(50));
                self.descriptors.insert(path.clone(), Rc::from(bytes));
                fields.quoted(&path);
            }
        }
        Ok(())
    }

    fn limited(&mut self, text: &str) -> Result<(), Flow> {
        self.spend(text.len() / 4096)?;
        if text.len() <= VALUE_BYTES_MAX {
            return Ok(());
        }
        self.not_simulated(&format!("a value of more than {} MiB", VALUE_BYTES_MAX / 1024 / 1024));
        Err(Flow::Abort(1))
    }

    fn value(&self, text: &str, quoted: bool, fields: &mut Fields) {
        if quoted {
            fields.quoted(text);
            return;
        }
        let separators = self.frame().variable("IFS").unwrap_or(" \t\n").to_owned();
        let blank = |c: char| c.is_whitespace() && separators.contains(c);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !separators.contains(c) {
                fields.literal(c.encode_utf8(&mut [0; 4]));
                continue;
            }
            let mut hard = !blank(c);
            while let Some(next) =
                chars.peek().copied().filter(|next| blank(*next) || (!hard && separators.contains(*next)))
            {
                hard |= !blank(next);
                chars.next();
            }
            if hard {
                fields.field().quoted = true;
            }
            fields.cut();
        }
    }

    /// What a command substitution prints, without the newlines at its end.
    ///
    /// # Errors
    /// What ends the entry.
    pub fn substitute(&mut self, script: &Rc<Script>) -> Result<String, Flow> {
        // `$(< file)`
        let (mut bytes, step) = self.capture(|runner| runner.subshell(|runner| runner.script(script)));
        self.substituted = Some(step?);
        self.printed = self.printed.saturating_sub(bytes.len()).min(OUTPUT_BYTES_MAX);
        // A shell cannot hold NULs.
        bytes.retain(|byte| *byte != 0);
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
