//! Manifest text to JSON values, with go-yaml's words and line numbers for what is wrong.
//!
//! Documents are cut apart as kubectl's reader does, before any YAML is read, so lines are counted from the start of a
//! document. Follows staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go.

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
    crate::api::yaml::parser::document(text)
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
        assert_eq!(
            (found.documents[1].line, found.documents[1].text.as_str(), &found.documents[1].value),
            (4, "b: 2\n", &json!({"b": 2}))
        );
        assert!(found.error.unwrap().starts_with("error converting YAML to JSON: yaml: line 1: did not find expected"));
        assert_eq!(read("").documents.len(), 0);
        assert_eq!(read("{\"a\": [1]}").documents[0].value, json!({"a": [1]}));
    }

    #[test]
    fn an_escaped_blank_before_a_line_break_stays() {
        assert_eq!(parse("a: \"b\\t\n  c  \n  d\"").unwrap(), json!({"a": "b\t c d"}));
        let long = json!({"a": format!("{}\u{1}\t !", "x".repeat(90))});
        assert_eq!(parse(&crate::api::yaml::print(&long)).unwrap(), long);
    }

    #[test]
    fn a_key_on_a_line_of_its_own_is_read_as_it_is_printed() {
        assert_eq!(
            parse("a: 1\n? b\n: c: 2\n? d\n? \"e\"\n:\n- 3\nf: 4\n").unwrap(),
            json!({"a": 1, "b": {"c": 2}, "d": null, "e": [3], "f": 4})
        );
        assert_eq!(parse("? |-\n  a\n  b\n: 1\n").unwrap(), json!({"a\nb": 1}));
        assert_eq!(parse("a: ?b\n?c: d\n").unwrap(), json!({"a": "?b", "?c": "d"}));
        assert!(parse("? [a]\n: 1\n").unwrap_err().contains("not simulated"));
        for key in [format!("9[:{},f", "\u{fffd}".repeat(130)), "k".repeat(129), "two\nlines".to_owned()] {
            let value = json!({"a": {key.as_str(): {"deep": [1, {key.as_str(): "x"}]}}, key.as_str(): "1"});
            let printed = crate::api::yaml::print(&value);
            assert_eq!(parse(&printed).as_ref(), Ok(&value), "{printed}");
        }
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
    fn reads_what_manifests_are_written_in() {
        let text = "a: {x: [1, 'b', \"c\\n\"], yy: }\nb:\n- name: nn # c\n  v: |\n    l1\n     l2\n\n  w: >-\n    f\n    g\n- - 1\n  - ~\nc: no\nd: 'no'\n\
                    1: 010\nt: 2026-01-02\nm: one\n  two\nurl: http://x:80/#a\nbase: &b {k: 1}\nuse:\n  <<: *b\n  z: *b\nflow: {<<: *b, z: 2}\n";
        assert_eq!(
            parse(text),
            Ok(json!({"a": {"x": [1, "b", "c\n"], "yy": null},
                "b": [{"name": "nn", "v": "l1\n l2\n", "w": "f g"}, [1, null]], "c": false, "d": "no", "1": 8, "t": "2026-01-02",
                "m": "one two", "url": "http://x:80/#a", "base": {"k": 1}, "use": {"k": 1, "z": {"k": 1}},
                "flow": {"k": 1, "z": 2}}))
        );
    }

    #[test]
    fn lists_and_mappings_are_nested_a_hundred_deep_however_they_are_written() {
        let flow = |depth| "[".repeat(depth) + "1" + &"]".repeat(depth);
        let block = |depth| "- ".repeat(depth) + "1";
        let keys = |depth| {
            (0..depth).map(|indent| format!("{}a:\n", " ".repeat(indent))).collect::<String>()
                + &" ".repeat(depth)
                + "1"
        };
        let mixed = |depth| "- ".repeat(50) + &"[".repeat(depth - 50) + &"]".repeat(depth - 50);
        let shapes: [fn(usize) -> String; 4] = [flow, block, keys, mixed];
        for text in shapes {
            assert!(parse(&text(100)).is_ok(), "{}", text(100));
            assert!(parse(&text(101)).unwrap_err().contains("exceeded max depth of 100"), "{}", text(101));
        }
    }

    #[test]
    fn names_common_mistakes() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error("a: \"x\nb: 1\n"), "yaml: line 3: found unexpected end of stream");
        assert_eq!(error("a: 1\nb: [1, 2\n"), "yaml: line 2: did not find expected ',' or ']'");
        assert_eq!(error("a:\n    b: 1\n  c: 2\n"), "yaml: line 2: did not find expected key");
        assert_eq!(error("a: 1\nb\nc: 2\n"), "yaml: line 3: could not find expected ':'");
        assert_eq!(error("a: b: c"), "yaml: mapping values are not allowed in this context");
        assert_eq!(error("a: {<<}"), "yaml: map merge requires map or sequence of maps as the value");
        assert_eq!(error("a: *x"), "yaml: unknown anchor 'x' referenced");
        assert_eq!(error("a: 1\nb: @x"), "yaml: line 2: found character that cannot start any token");
    }

    #[test]
    fn a_large_document_takes_no_longer_than_its_length() {
        let text = "- a: 1\n  b: 'x'\n".repeat(60_000);
        assert_eq!(parse(&text).unwrap().as_array().unwrap().len(), 60_000);
    }

    #[test]
    fn reads_back_what_is_printed() {
        let long = "word ".repeat(60) + "\t" + &"ab  cd ".repeat(40);
        for text in [
            &"word ".repeat(60)[..299],
            "",
            "a\nb",
            " a\nb\n",
            "x\n\n",
            "a: b",
            "no",
            "'",
            "\t",
            "- a",
            "#",
            "é\u{7}",
            "a\n\n b\n",
            "{",
            "1e3",
            &long,
        ] {
            let value = json!({"k": text, "l": [text, {"m": text}]});
            assert_eq!(parse(&crate::api::yaml::print(&value)), Ok(value), "{text:?}");
        }
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
