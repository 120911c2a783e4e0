//! `-o kyaml`: YAML in flow style, everything quoted that could be misread.
//!
//! Follows sigs.k8s.io/yaml/kyaml. Left out: line breaks inside long texts; they stay escaped.

use crate::api::go;
use serde_json::Value;

/// A document, with its separator.
pub fn print(value: &Value) -> String {
    let mut out = "---\n".to_owned();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Object(map) => {
            out.push_str("{\n");
            for (key, inner) in map {
                out.push_str(&"  ".repeat(depth + 1));
                out.push_str(&if plain(key) { key.clone() } else { go::quote(key) });
                out.push_str(": ");
                write(inner, depth + 1, out);
                out.push_str(",\n");
            }
            out.push_str(&"  ".repeat(depth));
            out.push('}');
        }
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Array(items) if items.first().is_some_and(|item| item.is_object() || item.is_array()) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, depth, out);
            }
            out.push(']');
        }
        Value::Array(items) => {
            out.push_str("[\n");
            for item in items {
                out.push_str(&"  ".repeat(depth + 1));
                write(item, depth + 1, out);
                out.push_str(",\n");
            }
            out.push_str(&"  ".repeat(depth));
            out.push(']');
        }
        Value::String(text) => out.push_str(&go::quote(text)),
        other => out.push_str(&other.to_string()),
    }
}

/// Whether a key can stand without quotes: letters, digits, `_` and `-`, and nothing YAML would take for another type.
fn plain(key: &str) -> bool {
    let word = key.to_lowercase();
    let other_type = ["null", "true", "false", "t", "f", "y", "yes", "on", "n", "no", "off"].contains(&word.as_str())
        || word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    !key.is_empty() && !other_type && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quotes_values_and_ends_with_commas() {
        let value = json!({"kind": "Pod", "a": [{"b": 1}, {"c": "x"}], "data": {"ca.crt": "y"}, "v": ["get"]});
        let told = "---\n{\n  a: [{\n    b: 1,\n  }, {\n    c: \"x\",\n  }],\n  data: {\n    \"ca.crt\": \"y\",\n  },\n  \
                    kind: \"Pod\",\n  v: [\n    \"get\",\n  ],\n}\n";
        assert_eq!(print(&value), told);
    }
}
