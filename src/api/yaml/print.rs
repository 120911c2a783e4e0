//! JSON values as block YAML, byte for byte as sigs.k8s.io/yaml (go-yaml v2) writes them.
//!
//! Follows go-yaml's encode.go (which strings are quoted) and emitterc.go (how, with lines folded at 80 characters).

use crate::api::sorted;
use crate::api::yaml::resolve::{Resolved, resolve};
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Prints a value as `kubectl -o yaml` does: keys sorted, lists at their key's indentation, a newline at the end.
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(&mut out, map, 0),
        Value::Array(items) if !items.is_empty() => sequence(&mut out, items, 0),
        other => {
            scalar(&mut out, other, 0);
            out.push('\n');
        }
    }
    out
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// The entries of a mapping; the first line's indentation is already there.
fn mapping(out: &mut String, map: &Map<String, Value>, depth: usize) {
    let mut keys: Vec<&String> = map.keys().collect();
    sorted::sort_by(&mut keys, |a, b| natural(a, b));
    for (index, key) in keys.into_iter().enumerate() {
        if index > 0 {
            indent(out, depth);
        }
        let simple = !key.contains('\n') && key.chars().count() <= 128;
        if simple {
            text(out, key, None);
        } else {
            out.push_str("? ");
            text(out, key, Some(depth + 1));
            out.push('\n');
            indent(out, depth);
        }
        out.push(':');
        match map.get(key) {
            Some(Value::Object(inner)) if !inner.is_empty() => {
                out.push('\n');
                indent(out, depth + 1);
                mapping(out, inner, depth + 1);
            }
            Some(Value::Array(items)) if !items.is_empty() => {
                out.push('\n');
                indent(out, depth);
                sequence(out, items, depth);
            }
            other => {
                out.push(' ');
                scalar(out, other.unwrap_or(&Value::Null), depth + 1);
                out.push('\n');
            }
        }
    }
}

fn sequence(out: &mut String, items: &[Value], depth: usize) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            indent(out, depth);
        }
        out.push_str("- ");
        match item {
            Value::Object(inner) if !inner.is_empty() => mapping(out, inner, depth + 1),
            Value::Array(inner) if !inner.is_empty() => sequence(out, inner, depth + 1),
            other => {
                scalar(out, other, depth + 1);
                out.push('\n');
            }
        }
    }
}

fn scalar(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(string) => text(out, string, Some(depth)),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

/// A string in the style go-yaml picks; `block` is the indentation of a block scalar where one may stand.
fn text(out: &mut String, string: &str, block: Option<usize>) {
    let looks_like_another_type = !matches!(resolve(string), Resolved::String) || is_base_60(string);
    let has_special = string.chars().any(|c| !is_printable(c));
    if looks_like_another_type || has_special {
        return double_quoted(out, string, block);
    }
    if string.contains('\n') {
        return match block {
            Some(depth) if is_block_allowed(string) => literal(out, string, depth),
            _ => double_quoted(out, string, block),
        };
    }
    if is_plain_allowed(string) {
        folded(out, string, block);
    } else if !string.is_empty() {
        out.push('\'');
        folded(out, &string.replace('\'', "''"), block);
        out.push('\'');
    } else {
        double_quoted(out, string, block);
    }
}

/// Lines are broken at the first single space beyond this column.
const WIDTH: usize = 80;

fn column(out: &str) -> usize {
    out.rfind('\n').map_or(out, |end| &out[end + 1..]).chars().count()
}

/// Writes text, breaking long lines where `block` gives the indentation of what follows.
fn folded(out: &mut String, text: &str, block: Option<usize>) {
    let mut column = column(out);
    let mut previous = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let inside = previous.is_some_and(|c| c != ' ') && characters.peek().is_some_and(|next| *next != ' ');
        match block {
            Some(depth) if c == ' ' && inside && column > WIDTH => {
                out.push('\n');
                indent(out, depth);
                column = depth * 2;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
        previous = Some(c);
    }
}

/// `1:30`: a number in base 60 to YAML 1.1.
fn is_base_60(string: &str) -> bool {
    let bare = string.strip_prefix(['-', '+']).unwrap_or(string);
    let (whole, rest) = bare.split_once('.').unwrap_or((bare, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && !parts.is_empty()
        && parts.iter().all(|part| match part.as_bytes() {
            [b] => b.is_ascii_digit(),
            [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
            _ => false,
        })
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn is_plain_allowed(string: &str) -> bool {
    let Some(first) = string.chars().next() else { return false };
    if string.starts_with("---") || string.starts_with("...") || string.starts_with(' ') || string.ends_with(' ') {
        return false;
    }
    let second_is_blank = string.chars().nth(1).is_none_or(|c| matches!(c, ' ' | '\t'));
    let indicator = match first {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => true,
        '?' | ':' | '-' => second_is_blank,
        _ => false,
    };
    !indicator && !string.contains(": ") && !string.ends_with(':') && !string.contains(" #") && !string.contains(":\t")
}

fn is_block_allowed(string: &str) -> bool {
    !string.ends_with(' ')
}

fn literal(out: &mut String, string: &str, depth: usize) {
    out.push('|');
    if string.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = string.strip_suffix('\n');
    match body {
        None => out.push('-'),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => out.push('+'),
        Some(_) => {}
    }
    for line in body.unwrap_or(string).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
    }
}

fn double_quoted(out: &mut String, string: &str, block: Option<usize>) {
    out.push('"');
    let mut previous = None;
    let mut characters = string.chars().peekable();
    while let Some(c) = characters.next() {
        let inside = previous.is_some_and(|c| c != ' ') && characters.peek().is_some();
        previous = Some(c);
        match c {
            ' ' if inside && block.is_some() && column(out) > WIDTH => {
                out.push('\n');
                indent(out, block.unwrap_or_default());
                if characters.peek() == Some(&' ') {
                    out.push('\\');
                }
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xff => out.push_str(&format!("\\x{:02X}", u32::from(c))),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out.push('"');
}

/// The order of keys of go-yaml v2 (that of v3 differs): letters after other characters, runs of digits by their value.
/// It contradicts itself (`x1a`, `x2`, `x12`, `x1a`); what kubectl prints then is not always the same.
fn natural(a: &str, b: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(index) = left.iter().zip(&right).position(|(x, y)| x != y) else { return left.len().cmp(&right.len()) };
    let ((shared, left), (_, right)) = (left.split_at(index), right.split_at(index));
    let (Some(x), Some(y)) = (left.first(), right.first()) else { return Ordering::Equal };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(y),
        (false, false) => {}
        (letter_x, letter_y) => return letter_x.cmp(&letter_y),
    }
    // A nought in the midst of a number is part of it, one at its beginning is worth nothing.
    let mut before = shared.iter().rev().take_while(|c| c.is_ascii_digit());
    let inside = (*x == '0' || *y == '0') && before.any(|c| *c != '0');
    let number = |text: &[char]| {
        let digits = text.iter().map_while(|c| c.to_digit(10));
        digits.fold((i64::from(inside), 0), |(value, count), digit| {
            (value.wrapping_mul(10).wrapping_add(i64::from(digit)), count + 1)
        })
    };
    number(left).cmp(&number(right)).then(x.cmp(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prints_objects() {
        let object = json!({"metadata": {"name": "a", "creationTimestamp": "2026-11-23T23:22:42Z", "resourceVersion": "290",
            "annotations": {"last": "{\"a\":1}\n"}}, "kind": "ServiceAccount", "apiVersion": "v1",
            "rules": [{"verbs": ["get", "*"], "apiGroups": [""]}], "empty": {}, "none": [], "nil": null, "nested": [[1, 2], []]});
        assert_eq!(
            print(&object),
            "apiVersion: v1\nempty: {}\nkind: ServiceAccount\nmetadata:\n  annotations:\n    last: |\n      {\"a\":1}\n  \
             creationTimestamp: \"2026-11-23T23:22:42Z\"\n  name: a\n  resourceVersion: \"290\"\nnested:\n- - 1\n  - 2\n- []\n\
             nil: null\nnone: []\nrules:\n- apiGroups:\n  - \"\"\n  verbs:\n  - get\n  - '*'\n"
        );
        assert_eq!(print(&json!({})), "{}\n");
    }

    #[test]
    fn keys_are_in_go_yamls_order() {
        let sorted = ["-", "1", "2", "10", "x", "x1-", "x2", "x09", "x12", "x12a", "x100", "x110", "xa", "é"];
        for (index, key) in sorted.iter().enumerate() {
            for (later, other) in sorted.iter().enumerate() {
                assert_eq!(natural(key, other), index.cmp(&later), "{key} and {other}");
            }
        }
    }

    #[test]
    fn quotes_exactly_what_go_yaml_quotes() {
        let cases = [
            ("", "\"\""),
            ("true", "\"true\""),
            ("no", "\"no\""),
            ("y", "\"y\""),
            ("~", "\"~\""),
            ("null", "\"null\""),
            ("123", "\"123\""),
            ("1e3", "\"1e3\""),
            ("0x1f", "\"0x1f\""),
            ("0o14", "\"0o14\""),
            (".5", "\".5\""),
            ("1_000", "\"1_000\""),
            ("2026-01-02", "\"2026-01-02\""),
            ("12:30", "\"12:30\""),
            ("1.2.3", "1.2.3"),
            ("10.0.0.1", "10.0.0.1"),
            (" a", "' a'"),
            ("a ", "'a '"),
            ("a: b", "'a: b'"),
            ("a:b", "a:b"),
            ("a #b", "'a #b'"),
            ("a#b", "a#b"),
            ("*", "'*'"),
            ("- a", "'- a'"),
            ("-a", "-a"),
            ("it's", "it's"),
            ("'x'", "'''x'''"),
            ("@a", "'@a'"),
            ("a\tb", "\"a\\tb\""),
            ("é", "é"),
            ("\u{7}", "\"\\a\""),
            ("{a}", "'{a}'"),
            ("a{b}", "a{b}"),
            ("---", "'---'"),
            ("=", "="),
            ("<<", "<<"),
            ("50%", "50%"),
            ("a:", "'a:'"),
            ("\u{1f600}", "\"\\U0001F600\""),
        ];
        for (text, printed) in cases {
            assert_eq!(print(&json!(text)), format!("{printed}\n"), "{text:?}");
        }
    }

    #[test]
    fn prints_blocks() {
        assert_eq!(print(&json!({"a": "x\ny"})), "a: |-\n  x\n  y\n");
        assert_eq!(print(&json!({"a": "x\n\ny\n\n"})), "a: |+\n  x\n\n  y\n\n");
        assert_eq!(print(&json!({"a": " x\ny\n"})), "a: |2\n   x\n  y\n");
        assert_eq!(print(&json!(["x\ny\n"])), "- |\n  x\n  y\n");
    }

    #[test]
    fn folds_long_lines() {
        let error = "[invalid bearer token, token audiences [\"https://kubernetes.default.svc.cluster.local\"] is invalid for the \
                     target audiences [\"vault\"]]";
        let printed = "status:\n  error: '[invalid bearer token, token audiences [\"https://kubernetes.default.svc.cluster.local\"]\n    \
                       is invalid for the target audiences [\"vault\"]]'\n";
        assert_eq!(print(&json!({"status": {"error": error}})), printed);
        let unbroken = "x".repeat(200);
        assert_eq!(print(&json!({"a": unbroken})), format!("a: {unbroken}\n"));
    }

    #[test]
    fn sorts_keys_naturally() {
        assert_eq!(
            print(&json!({"a10": 1, "a2": 1, "B": 1, "a-b": 1, "ab": 1})),
            "B: 1\na-b: 1\na2: 1\na10: 1\nab: 1\n"
        );
    }
}
