//! JSON the way jq has it: keys keep their order, numbers are doubles.

use crate::api::sorted;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep values may be nested.
const DEPTH_MAX: usize = 128;
/// How many keys of an object are gone through one by one.
const SMALL: usize = 16;

/// A value.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    List(Rc<Vec<Json>>),
    Map(Rc<Vec<(Rc<str>, Json)>>),
}

impl Json {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Self {
        Json::Text(Rc::from(text.as_ref()))
    }

    /// A list.
    pub fn list(items: Vec<Json>) -> Self {
        Json::List(Rc::new(items))
    }

    /// A count.
    pub fn count(number: usize) -> Self {
        Json::Number(number as f64)
    }

    /// `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Number(_) => "number",
            Json::Text(_) => "string",
            Json::List(_) => "array",
            Json::Map(_) => "object",
        }
    }

    /// Everything but `null` and `false`.
    pub fn truthy(&self) -> bool {
        !matches!(self, Json::Null | Json::Bool(false))
    }

    /// The value of a key; `Null` where there is none.
    pub fn get(&self, key: &str) -> Json {
        match self {
            Json::Map(entries) => entries.iter().find(|(name, _)| &**name == key).map_or(Json::Null, |(_, value)| value.clone()),
            _ => Json::Null,
        }
    }

    /// An object's entries by key.
    pub fn sorted(&self) -> Vec<(Rc<str>, Json)> {
        let Json::Map(entries) = self else { return Vec::new() };
        let mut entries = entries.to_vec();
        sorted::sort_by(&mut entries, |a, b| a.0.cmp(&b.0));
        entries
    }

    /// jq's order: null, false, true, numbers, strings, arrays, objects.
    pub fn compare(&self, other: &Json) -> Ordering {
        let rank = |value: &Json| match value {
            Json::Null => 0,
            Json::Bool(false) => 1,
            Json::Bool(true) => 2,
            Json::Number(_) => 3,
            Json::Text(_) => 4,
            Json::List(_) => 5,
            Json::Map(_) => 6,
        };
        match (self, other) {
            (Json::Number(a), Json::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Less),
            (Json::Text(a), Json::Text(b)) => a.cmp(b),
            (Json::List(a), Json::List(b)) => {
                let different = a.iter().zip(b.iter()).map(|(a, b)| a.compare(b)).find(|order| order.is_ne());
                different.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            (Json::Map(_), Json::Map(_)) => {
                let (a, b) = (self.sorted(), other.sorted());
                let keys = a.iter().map(|(key, _)| key).cmp(b.iter().map(|(key, _)| key));
                keys.then_with(|| {
                    a.iter().zip(&b).map(|(a, b)| a.1.compare(&b.1)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
                })
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }

    /// As JSON text: `indent` spaces a level, or compact; `sort` orders keys.
    pub fn write(&self, indent: Option<usize>, sort: bool, out: &mut String) {
        self.write_at(indent, sort, 0, out);
    }

    /// Compact JSON.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(None, false, &mut out);
        out
    }

    fn write_at(&self, indent: Option<usize>, sort: bool, level: usize, out: &mut String) {
        let line = |level: usize, out: &mut String| {
            if let Some(width) = indent {
                out.push('\n');
                out.push_str(&" ".repeat(width * level));
            }
        };
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(number) => out.push_str(&print_number(*number)),
            Json::Text(text) => quote(text, out),
            Json::List(items) if items.is_empty() => out.push_str("[]"),
            Json::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Json::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    line(level + 1, out);
                    item.write_at(indent, sort, level + 1, out);
                }
                line(level, out);
                out.push(']');
            }
            Json::Map(entries) => {
                let sorted = if sort { Some(self.sorted()) } else { None };
                out.push('{');
                for (index, (key, value)) in sorted.as_deref().unwrap_or(entries).iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    line(level + 1, out);
                    quote(key, out);
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write_at(indent, sort, level + 1, out);
                }
                line(level, out);
                out.push('}');
            }
        }
    }
}

/// Puts a value at a key, in place of an older one.
pub fn insert(entries: &mut Vec<(Rc<str>, Json)>, key: Rc<str>, value: Json) {
    match entries.iter_mut().find(|(name, _)| *name == key) {
        Some(entry) => entry.1 = value,
        None => entries.push((key, value)),
    }
}

/// A number as jq prints it.
pub fn print_number(number: f64) -> String {
    if number.is_nan() {
        return "null".to_owned();
    }
    let number = number.clamp(f64::MIN, f64::MAX);
    if number == number.trunc() && number.abs() < 1e17 {
        return format!("{}", number as i64);
    }
    let small = number.abs() < 1e17 && number.abs() >= 1e-5;
    if small { number.to_string() } else { format!("{number:e}").replacen('e', if number.abs() >= 1.0 { "e+" } else { "e" }, 1) }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A reader of JSON texts that follow each other.
pub struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start.
    pub fn new(text: &'a str) -> Self {
        Reader { text, bytes: text.as_bytes(), position: 0 }
    }

    /// The next value; `None` at the end.
    ///
    /// # Errors
    /// jq's sentence about what is wrong.
    pub fn next(&mut self) -> Result<Option<Json>, String> {
        self.blanks();
        if self.position >= self.bytes.len() {
            return Ok(None);
        }
        self.value(0).map(Some)
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.position).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.position += 1;
        }
    }

    fn fail<T>(&self, what: &str) -> Result<T, String> {
        let read = self.bytes.get(..self.position.min(self.bytes.len())).unwrap_or_default();
        let line = read.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = read.iter().rev().take_while(|byte| **byte != b'\n').count() + usize::from(line == 1);
        Err(format!("{what} at line {line}, column {column}"))
    }

    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes.get(self.position).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEPTH_MAX {
            return self.fail("Exceeds depth limit for parsing");
        }
        match self.peek() {
            None => self.fail("Unfinished JSON term at EOF"),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'[') => {
                self.position += 1;
                let mut items = Vec::new();
                if self.peek() == Some(b']') {
                    self.position += 1;
                    return Ok(Json::list(items));
                }
                loop {
                    items.push(self.value(depth + 1)?);
                    if self.separator(b']')? {
                        return Ok(Json::list(items));
                    }
                }
            }
            Some(b'{') => {
                self.position += 1;
                let mut entries: Vec<(Rc<str>, Json)> = Vec::new();
                // Only a large one needs to be looked up in.
                let mut seen: Option<BTreeMap<Rc<str>, usize>> = None;
                if self.peek() == Some(b'}') {
                    self.position += 1;
                    return Ok(Json::Map(Rc::new(entries)));
                }
                loop {
                    match self.peek() {
                        Some(b'"') => {}
                        None => return self.fail("Unfinished JSON term at EOF"),
                        Some(_) => return self.fail("Object keys must be strings"),
                    }
                    let key = self.string()?;
                    if self.peek() != Some(b':') {
                        return self.fail("Objects must consist of key:value pairs");
                    }
                    self.position += 1;
                    let value = self.value(depth + 1)?;
                    match &mut seen {
                        None => insert(&mut entries, key, value),
                        Some(seen) => match seen.get(&key).and_then(|at| entries.get_mut(*at)) {
                            Some(entry) => entry.1 = value,
                            None => {
                                seen.insert(Rc::clone(&key), entries.len());
                                entries.push((key, value));
                            }
                        },
                    }
                    if seen.is_none() && entries.len() > SMALL {
                        let places = entries.iter().enumerate();
                        seen = Some(places.map(|(at, (key, _))| (Rc::clone(key), at)).collect());
                    }
                    if self.separator(b'}')? {
                        return Ok(Json::Map(Rc::new(entries)));
                    }
                }
            }
            Some(_) => self.word(),
        }
    }

    fn separator(&mut self, end: u8) -> Result<bool, String> {
        match self.peek() {
            Some(b',') => {
                self.position += 1;
                Ok(false)
            }
            Some(byte) if byte == end => {
                self.position += 1;
                Ok(true)
            }
            None => self.fail("Unfinished JSON term at EOF"),
            Some(_) => self.fail("Expected separator between values"),
        }
    }

    fn word(&mut self) -> Result<Json, String> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| !b" \t\r\n,:[]{}\"".contains(byte)).count();
        let word = std::str::from_utf8(rest.get(..length).unwrap_or_default()).unwrap_or_default();
        self.position += length.max(1);
        match word {
            "null" => Ok(Json::Null),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            "nan" | "NaN" => Ok(Json::Null),
            word if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => match word.parse::<f64>() {
                Ok(number) => Ok(Json::Number(number)),
                Err(_) => self.fail("Invalid numeric literal"),
            },
            _ => self.fail("Invalid numeric literal"),
        }
    }

    fn string(&mut self) -> Result<Rc<str>, String> {
        self.position += 1;
        let start = self.position;
        let mut escaped = false;
        loop {
            match self.bytes.get(self.position) {
                None => return self.fail("Unfinished string"),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.position += 2;
                }
                Some(_) => self.position += 1,
            }
        }
        let raw = self.text.get(start..self.position).unwrap_or_default();
        self.position += 1;
        if !escaped {
            return Ok(Rc::from(raw));
        }
        let quoted = self.bytes.get(start - 1..self.position).unwrap_or_default();
        match serde_json::from_slice::<String>(quoted) {
            Ok(text) => Ok(Rc::from(text)),
            Err(_) => self.fail("Invalid escape"),
        }
    }
}
