//! The structure of a YAML document, read straight into JSON.
//!
//! Follows go-yaml's parserc.go and decode.go as sigs.k8s.io/yaml uses them: keys become strings, the last of two equal
//! keys wins, aliases are copied (bounded), `<<` merges. Left out: keys that are lists or mappings.

use crate::api::yaml::resolve::{Resolved, resolve};
use crate::api::yaml::scan::{Problem, Scanner};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How deep a document may nest.
const DEPTH_MAX: usize = 100;
/// How many values aliases may copy.
const COPIES_MAX: usize = 100_000;

/// Reads one document.
pub(super) fn document(text: &str) -> Result<Value, String> {
    let mut parser = Parser { scanner: Scanner::new(text), anchors: BTreeMap::new(), copies: 0, depth: 0 };
    parser.whole().map_err(|problem| match problem.line {
        0 => format!("yaml: {}", problem.text),
        line => format!("yaml: line {line}: {}", problem.text),
    })
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    anchors: BTreeMap<String, Value>,
    copies: usize,
    depth: usize,
}

/// An anchor and a tag before a value.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
}

impl Parser<'_> {
    fn whole(&mut self) -> Result<Value, Problem> {
        self.scanner.blanks()?;
        while self.scanner.peek() == Some('%') {
            let rest = self.scanner.rest();
            self.scanner.at += rest.find('\n').unwrap_or(rest.len());
            self.scanner.blanks()?;
        }
        if self.scanner.at_marker() && self.scanner.rest().starts_with("---") {
            self.scanner.at += 3;
            self.scanner.blanks()?;
        }
        if self.scanner.peek().is_none() || self.scanner.at_marker() {
            return Ok(Value::Null);
        }
        let value = self.block(-1)?;
        self.scanner.blanks()?;
        if self.scanner.peek().is_none() || self.scanner.at_marker() {
            return Ok(value);
        }
        Err(self.scanner.parser_problem("did not find expected <document start>", 0))
    }

    fn column(&self) -> isize {
        isize::try_from(self.scanner.column()).unwrap_or(isize::MAX)
    }

    /// Begins a list or mapping.
    fn enter(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.scanner.parser_problem(&format!("exceeded max depth of {DEPTH_MAX}"), 0));
        }
        Ok(())
    }

    /// A value in block context that starts here; `parent` is the indentation of what holds it.
    fn block(&mut self, parent: isize) -> Result<Value, Problem> {
        let properties = self.properties()?;
        let has_properties = properties.anchor.is_some() || properties.tag.is_some();
        let mut own_line = true;
        if has_properties && self.scanner.ends_line() {
            self.scanner.blanks()?;
            let sequence = self.scanner.peek() == Some('-') && self.scanner.is_blank_after(1);
            if self.column() < parent || (self.column() == parent && !sequence) || self.scanner.peek().is_none() {
                return Ok(self.remember(properties, Value::Null));
            }
        } else if has_properties {
            own_line = false;
        }
        let value = match self.scanner.peek() {
            Some('-') if self.scanner.is_blank_after(1) => self.sequence()?,
            Some('|' | '>') => Value::String(self.scanner.block(parent)?),
            _ if own_line && self.is_key() => self.mapping()?,
            _ => self.leaf(parent, &properties)?,
        };
        Ok(self.remember(properties, value))
    }

    /// A scalar, an alias or a flow collection; nothing but a comment may follow on its line.
    fn leaf(&mut self, parent: isize, properties: &Properties) -> Result<Value, Problem> {
        let value = self.flow_or_scalar(parent, false, properties.tag.as_deref())?;
        if !self.scanner.ends_line() {
            if self.scanner.peek() == Some(':') && self.scanner.is_blank_after(1) {
                return Err(self.scanner.scanner_problem("mapping values are not allowed in this context"));
            }
            return Err(self.scanner.parser_problem("did not find expected key", 0));
        }
        Ok(value)
    }

    fn properties(&mut self) -> Result<Properties, Problem> {
        let mut found = Properties::default();
        while let Some(mark @ ('&' | '!')) = self.scanner.peek() {
            let rest = self.scanner.rest();
            let end = rest.find([' ', '\t', '\n', '\r', ',', '[', ']', '{', '}']).unwrap_or(rest.len());
            let word = rest[1..end].to_owned();
            if mark == '&' && word.is_empty() {
                return Err(self.scanner.scanner_problem("did not find expected alphabetic or numeric character"));
            }
            if mark == '&' {
                found.anchor = Some(word)
            } else {
                found.tag = Some(word)
            }
            self.scanner.at += end;
            self.scanner.spaces();
        }
        Ok(found)
    }

    fn remember(&mut self, properties: Properties, value: Value) -> Value {
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, value.clone());
        }
        value
    }

    /// Whether a key of its own line stands here: `? key`, as long keys are printed.
    fn is_explicit_key(&self) -> bool {
        self.scanner.peek() == Some('?') && self.scanner.is_blank_after(1)
    }

    /// Such a key, and what follows its `:`, which may be missing.
    fn explicit_entry(&mut self, indent: isize) -> Result<(String, Value), Problem> {
        self.scanner.at += 1;
        let key = match self.after_mark(indent)? {
            Value::Array(_) | Value::Object(_) => {
                return Err(Problem { text: "not simulated: a list or mapping as a key".to_owned(), line: 0 });
            }
            key => as_key(key),
        };
        self.scanner.blanks()?;
        if self.column() != indent || self.scanner.peek() != Some(':') || !self.scanner.is_blank_after(1) {
            return Ok((key, Value::Null));
        }
        self.scanner.at += 1;
        Ok((key, self.after_mark(indent)?))
    }

    /// What follows the `?` or `:` of an explicit key: unlike after `key:`, a mapping or list may begin on the line.
    fn after_mark(&mut self, indent: isize) -> Result<Value, Problem> {
        if self.scanner.ends_line() { self.mapping_value(indent) } else { self.block(indent) }
    }

    /// Whether the line goes on as `key:`.
    fn is_key(&mut self) -> bool {
        if self.is_explicit_key() {
            return true;
        }
        let mark = self.scanner.at;
        let found = match self.scanner.peek() {
            None | Some('[' | '{') => false,
            Some('*') => {
                self.scanner.at += self.scanner.rest().find([' ', '\n']).unwrap_or(0);
                true
            }
            Some('"' | '\'') => self.scanner.quoted().is_ok(),
            Some(_) => self.scanner.plain(0, false, true).is_ok(),
        };
        self.scanner.spaces();
        let key = found && self.scanner.peek() == Some(':') && self.scanner.is_blank_after(1);
        let end = std::mem::replace(&mut self.scanner.at, mark);
        key && !self.scanner.rest().get(..end - mark).unwrap_or_default().contains('\n')
    }

    fn mapping(&mut self) -> Result<Value, Problem> {
        self.enter()?;
        let (indent, start) = (self.column(), self.scanner.at);
        let mut map = Map::new();
        let mut merges = Vec::new();
        loop {
            if !self.is_key() {
                return Err(self.not_a_key(start));
            }
            let (key, plain, value) = if self.is_explicit_key() {
                let (key, value) = self.explicit_entry(indent)?;
                (key, false, value)
            } else {
                let (key, plain) = self.key(false)?;
                self.scanner.spaces();
                self.scanner.at += 1;
                (key, plain, self.mapping_value(indent)?)
            };
            if plain && key == "<<" {
                merges.push(value)
            } else {
                let _ = map.insert(key, value);
            }
            self.scanner.blanks()?;
            let sequence = self.scanner.peek() == Some('-') && self.scanner.is_blank_after(1);
            if self.scanner.peek().is_none() || self.column() < indent || self.scanner.at_marker() {
                break;
            }
            if self.column() > indent || sequence {
                return Err(self.not_a_key(start));
            }
        }
        merges.into_iter().try_for_each(|merge| self.merge(&mut map, merge))?;
        self.depth -= 1;
        Ok(Value::Object(map))
    }

    /// Why what stands here is no key of the mapping that started at `start`.
    fn not_a_key(&mut self, start: usize) -> Problem {
        match self.scanner.peek() {
            Some('@' | '`' | '%' | '\t') => self.scanner.scanner_problem("found character that cannot start any token"),
            Some(c) if self.column() > 0 || !matches!(c, '-' | '[' | '{' | '"' | '\'' | '|' | '>') => {
                let mark = self.scanner.at;
                let multi = self.scanner.plain(-1, false, true).is_ok() && self.scanner.ends_line();
                let problem = if multi {
                    self.scanner.blanks().ok();
                    self.scanner.scanner_problem("could not find expected ':'")
                } else {
                    self.scanner.parser_problem("did not find expected key", start)
                };
                if self.column() > 0 && !multi {
                    self.scanner.at = mark;
                }
                problem
            }
            _ => self.scanner.parser_problem("did not find expected key", start),
        }
    }

    fn merge(&mut self, map: &mut Map<String, Value>, merge: Value) -> Result<(), Problem> {
        match merge {
            Value::Object(other) => {
                for (key, value) in other {
                    map.entry(key).or_insert(value);
                }
                Ok(())
            }
            Value::Array(items) if items.iter().all(Value::is_object) => {
                items.into_iter().try_for_each(|item| self.merge(map, item))
            }
            _ => Err(Problem { text: "map merge requires map or sequence of maps as the value".to_owned(), line: 0 }),
        }
    }

    /// What follows `key:`.
    fn mapping_value(&mut self, indent: isize) -> Result<Value, Problem> {
        if self.scanner.ends_line() {
            self.scanner.blanks()?;
            let sequence = self.scanner.peek() == Some('-') && self.scanner.is_blank_after(1);
            let below = self.column() > indent || (self.column() == indent && sequence);
            if !below || self.scanner.peek().is_none() || self.scanner.at_marker() {
                return Ok(Value::Null);
            }
            return self.block(if self.column() == indent { indent - 1 } else { indent });
        }
        if self.scanner.peek() == Some('-') && self.scanner.is_blank_after(1) {
            return Err(self.scanner.scanner_problem("block sequence entries are not allowed in this context"));
        }
        let properties = self.properties()?;
        let marked = properties.anchor.is_some() || properties.tag.is_some();
        let value = if marked && self.scanner.ends_line() {
            self.mapping_value(indent)?
        } else if matches!(self.scanner.peek(), Some('|' | '>')) {
            Value::String(self.scanner.block(indent)?)
        } else {
            self.leaf(indent, &properties)?
        };
        Ok(self.remember(properties, value))
    }

    fn sequence(&mut self) -> Result<Value, Problem> {
        self.enter()?;
        let (indent, start) = (self.column(), self.scanner.at);
        let mut items = Vec::new();
        while self.scanner.peek() == Some('-')
            && self.scanner.is_blank_after(1)
            && self.column() == indent
            && !self.scanner.at_marker()
        {
            self.scanner.at += 1;
            if self.scanner.ends_line() {
                self.scanner.blanks()?;
                let below = self.column() > indent && self.scanner.peek().is_some();
                items.push(if below { self.block(indent)? } else { Value::Null });
            } else {
                items.push(self.block(indent)?);
            }
            self.scanner.blanks()?;
        }
        if self.scanner.peek().is_some() && self.column() > indent {
            return Err(self.scanner.parser_problem("did not find expected '-' indicator", start));
        }
        self.depth -= 1;
        Ok(Value::Array(items))
    }

    /// A key, and whether it was plain. Keys of other types are written out.
    fn key(&mut self, flow: bool) -> Result<(String, bool), Problem> {
        match self.scanner.peek() {
            Some('"' | '\'') => Ok((self.scanner.quoted()?, false)),
            Some('*') => Ok((as_key(self.alias()?), false)),
            _ => {
                let word = self.scanner.plain(0, flow, true)?;
                let key = match resolve(&word) {
                    Resolved::Value(value) => as_key(value),
                    _ => word,
                };
                Ok((key, true))
            }
        }
    }

    fn alias(&mut self) -> Result<Value, Problem> {
        let rest = self.scanner.rest();
        let end = rest.find([' ', '\t', '\n', '\r', ',', '[', ']', '{', '}']).unwrap_or(rest.len());
        let name = rest.get(1..end).unwrap_or_default();
        self.scanner.at += end;
        let Some(value) = self.anchors.get(name) else {
            return Err(Problem { text: format!("unknown anchor '{name}' referenced"), line: 0 });
        };
        self.copies += size(value);
        if self.copies > COPIES_MAX {
            return Err(Problem { text: "document contains excessive aliasing".to_owned(), line: 0 });
        }
        Ok(value.clone())
    }

    fn flow_or_scalar(&mut self, parent: isize, flow: bool, tag: Option<&str>) -> Result<Value, Problem> {
        match self.scanner.peek() {
            Some('*') => self.alias(),
            Some('[') => self.flow_sequence(),
            Some('{') => self.flow_mapping(),
            Some('"' | '\'') => self.scanner.quoted().map(Value::String),
            Some('@' | '`' | '%') => Err(self.scanner.scanner_problem("found character that cannot start any token")),
            _ => {
                let word = self.scanner.plain(parent, flow, false)?;
                if tag == Some("!str") {
                    return Ok(Value::String(word));
                }
                Ok(match resolve(&word) {
                    Resolved::Value(value) => value,
                    _ => Value::String(word),
                })
            }
        }
    }

    fn flow_sequence(&mut self) -> Result<Value, Problem> {
        self.enter()?;
        let start = self.scanner.at;
        self.scanner.at += 1;
        let mut items = Vec::new();
        loop {
            self.flow_blanks()?;
            if self.scanner.peek() == Some(']') {
                break;
            }
            items.push(self.flow_value()?);
            self.flow_blanks()?;
            match self.scanner.peek() {
                Some(',') => self.scanner.at += 1,
                Some(']') => break,
                _ => return Err(self.scanner.parser_problem("did not find expected ',' or ']'", start)),
            }
        }
        self.scanner.at += 1;
        self.depth -= 1;
        Ok(Value::Array(items))
    }

    fn flow_mapping(&mut self) -> Result<Value, Problem> {
        self.enter()?;
        let start = self.scanner.at;
        self.scanner.at += 1;
        let (mut map, mut merges) = (Map::new(), Vec::new());
        loop {
            self.flow_blanks()?;
            if self.scanner.peek() == Some('}') {
                break;
            }
            let before = self.scanner.at;
            let (key, plain) = self.key(true)?;
            self.flow_blanks()?;
            let value = match self.scanner.peek() {
                Some(':') => {
                    self.scanner.at += 1;
                    self.flow_blanks()?;
                    if matches!(self.scanner.peek(), Some(',' | '}')) { Value::Null } else { self.flow_value()? }
                }
                _ => Value::Null,
            };
            if plain && key == "<<" {
                merges.push(value);
            } else {
                map.insert(key, value);
            }
            self.flow_blanks()?;
            match self.scanner.peek() {
                Some(',') if self.scanner.at > before => self.scanner.at += 1,
                Some('}') => break,
                _ => return Err(self.scanner.parser_problem("did not find expected ',' or '}'", start)),
            }
        }
        self.scanner.at += 1;
        self.depth -= 1;
        merges.into_iter().try_for_each(|merge| self.merge(&mut map, merge))?;
        Ok(Value::Object(map))
    }

    fn flow_value(&mut self) -> Result<Value, Problem> {
        let properties = self.properties()?;
        if matches!(self.scanner.peek(), None | Some(',' | ']' | '}'))
            && properties.anchor.is_none()
            && properties.tag.is_none()
        {
            return Err(self.scanner.parser_problem("did not find expected node content", 0));
        }
        let value = self.flow_or_scalar(-1, true, properties.tag.as_deref())?;
        Ok(self.remember(properties, value))
    }

    fn flow_blanks(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.scanner.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.scanner.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return Ok(());
            }
            self.scanner.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }
}

fn as_key(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}
