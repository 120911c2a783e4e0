//! The page about anything else: every field, in words.

use crate::api::object::Object;
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::Page;
use crate::kubectl::printers::gofmt;
use serde_json::Value;

/// What the heading has said already.
const SKIPPED: [&str; 5] = ["managedFields", "name", "namespace", "labels", "annotations"];

/// Words that are written in capitals.
const ACRONYMS: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];

/// How deep fields are followed.
const DEPTH_MAX: usize = 32;

/// Writes it.
pub fn describe(page: &mut Page, object: &Object) {
    heading(page, object);
    content(page, 0, object, "");
}

fn content(page: &mut Page, level: usize, value: &Value, parent: &str) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        if (parent == "metadata" && level == 1 && SKIPPED.contains(&key.as_str())) || level > DEPTH_MAX {
            continue;
        }
        let title = label(key);
        match inner {
            Value::Object(_) => {
                page.line(level, &format!("{title}:"));
                content(page, level + 1, inner, key);
            }
            Value::Array(items) => {
                page.line(level, &format!("{title}:"));
                for item in items {
                    match item {
                        Value::Object(_) => content(page, level + 1, item, key),
                        other => page.line(level + 1, &gofmt::print(other)),
                    }
                }
            }
            other => page.line(level, &format!("{title}:\t{}", gofmt::print(other))),
        }
    }
}

/// `involvedObject` as `Involved Object`, `apiVersion` as `API Version`.
fn label(key: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for c in key.chars() {
        match words.last_mut() {
            Some(word) if !(c.is_uppercase() && previous_lower) => word.push(c),
            _ => words.push(c.to_string()),
        }
        previous_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    let told: Vec<String> = words
        .iter()
        .map(|word| {
            let upper = word.to_uppercase();
            if ACRONYMS.contains(&upper.as_str()) {
                return upper;
            }
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
        })
        .collect();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_fields_in_words() {
        assert_eq!(label("involvedObject"), "Involved Object");
        assert_eq!(label("apiVersion"), "API Version");
        assert_eq!(label("uid"), "UID");
    }
}
