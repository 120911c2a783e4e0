//! Manifest text to JSON values, with go-yaml's words and line numbers for what is wrong.
//!
//! Documents are cut apart as kubectl's reader does, before any YAML is read, so lines are counted from the start of a
//! document. Follows staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go.

use serde::Deserialize;
use serde_json::Value;

/// One document of a manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it says.
    pub value: Value,
    /// The text as submitted.
    pub text: String,
    /// The line of the file on which the text starts, from 1.
    pub line: usize,
}

/// The documents of a manifest up to the first that cannot be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents {
    /// What could be read; empty documents are left out.
    pub documents: Vec<Document>,
    /// What is wrong with the next one: `error converting YAML to JSON: yaml: line 3: …`.
    pub error: Option<String>,
}

/// The longest text that is read.
const TEXT_BYTES_MAX: usize = 3 * 1024 * 1024;

/// Reads a manifest of one or more documents (YAML or JSON).
pub fn read(text: &str) -> Documents {
    let mut found = Documents::default();
    for (line, part) in split(text) {
        match parse(part) {
            Ok(Value::Null) => {}
            Ok(value) => found.documents.push(Document { value, text: part.to_owned(), line }),
            Err(error) => {
                found.error = Some(format!("error converting YAML to JSON: {error}"));
                break;
            }
        }
    }
    found
}

/// The documents with the lines they start on. A line that starts with `---` separates; the rest of it is dropped.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut first_line, mut offset) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = offset + line.len();
        if offset > 0 && line.starts_with("---") {
            parts.push((first_line, &text[start..offset]));
            start = end;
            first_line = index + 2;
        }
        offset = end;
    }
    parts.push((first_line, &text[start..]));
    parts
}

/// Reads one YAML document; nothing at all is null.
///
/// # Errors
/// `yaml: line 3: mapping values are not allowed in this context`.
pub fn parse(text: &str) -> Result<Value, String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err("yaml: document is too large".to_owned());
    }
    if text.chars().any(|c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}')) {
        return Err("yaml: control characters are not allowed".to_owned());
    }
    let Some(deserializer) = serde_yaml::Deserializer::from_str(text).next() else { return Ok(Value::Null) };
    Value::deserialize(deserializer).map_err(|error| explain(&error))
}

/// What go-yaml's scanner (not its parser) finds: only these count lines from 1.
const SCANNER: [&str; 12] = [
    "mapping values are not allowed", "block sequence entries are not allowed", "found character that cannot start any token",
    "could not find expected ':'", "found unexpected end of stream", "found unknown escape character",
    "found a tab character", "found unexpected document indicator", "did not find expected hexdecimal number",
    "did not find expected alphabetic or numeric character", "did not find expected comment or line break",
    "did not find expected whitespace",
];

/// A libyaml complaint in go-yaml's form. The parser's lines come out one too low there, and a problem on the first
/// line takes the line of its context or none.
fn explain(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    if text.contains("recursion limit") || text.contains("repetition limit") {
        return "yaml: document contains excessive aliasing".to_owned();
    }
    let problem = text.split(" at line ").next().unwrap_or(&text).split(", while ").next().unwrap_or(&text);
    let lines: Vec<usize> = text
        .split(" at line ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .collect();
    let scanner = SCANNER.iter().any(|start| problem.starts_with(start));
    let zero_based = lines.first().map_or(0, |line| line.saturating_sub(1));
    let line = match zero_based {
        0 => lines.get(1).map_or(0, |line| line.saturating_sub(1)),
        line => line + usize::from(scanner),
    };
    if line == 0 { format!("yaml: {problem}") } else { format!("yaml: line {line}: {problem}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn splits_documents_as_kubectl_does() {
        let found = read("---\na: 1\n--- # two\nb: 2\n---\n---\nc: [\n");
        assert_eq!(found.documents.len(), 2);
        assert_eq!((found.documents[1].line, found.documents[1].text.as_str(), &found.documents[1].value), (4, "b: 2\n", &json!({"b": 2})));
        assert!(found.error.unwrap().starts_with("error converting YAML to JSON: yaml: line 1: did not find expected"));
        assert_eq!(read("").documents.len(), 0);
        assert_eq!(read("{\"a\": [1]}").documents[0].value, json!({"a": [1]}));
    }

    #[test]
    fn says_what_go_yaml_says() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(
            error("apiVersion: v1\nkind: ServiceAccount\n  name: data-sa\n"),
            "yaml: line 3: mapping values are not allowed in this context"
        );
        assert_eq!(error("a: 1\nb:\n\tc: 1\n"), "yaml: line 3: found character that cannot start any token");
    }

    #[test]
    fn the_last_of_two_keys_wins_and_bombs_do_not_go_off() {
        assert_eq!(parse("a: 1\na: 2\n"), Ok(json!({"a": 2})));
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(",")));
        }
        assert_eq!(parse(&bomb), Err("yaml: document contains excessive aliasing".to_owned()));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert_eq!(parse("a: \0"), Err("yaml: control characters are not allowed".to_owned()));
    }
}
