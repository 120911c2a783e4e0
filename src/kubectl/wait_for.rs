//! `--for`: what `kubectl wait` waits for, and whether an object is there yet.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/wait/{wait,condition,json}.go.

use crate::api::object::{at, integer, list, text};
use serde_json::Value;

/// What to wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The object is gone.
    Delete,
    /// The object is there.
    Create,
    /// A condition has a status.
    Condition(String, String),
    /// A JSONPath has a value, or any.
    JsonPath(String, Option<String>),
}

/// Reads `--for`.
///
/// # Errors
/// As kubectl words them.
pub fn parse(text: &str) -> Result<Goal, String> {
    match text.to_lowercase().as_str() {
        "delete" => return Ok(Goal::Delete),
        "create" => return Ok(Goal::Create),
        _ => {}
    }
    if let Some(condition) = text.strip_prefix("condition=") {
        let (name, status) = condition.split_once('=').unwrap_or((condition, "true"));
        return Ok(Goal::Condition(name.to_owned(), status.to_owned()));
    }
    match text.strip_prefix("jsonpath=") {
        Some(path) => json_path(path),
        None => Err(format!("unrecognized condition: {}", crate::api::go::quote(text))),
    }
}

fn json_path(input: &str) -> Result<Goal, String> {
    let parts = split_single_equals(input);
    match parts.as_slice() {
        [path] => Ok(Goal::JsonPath(path.clone(), None)),
        [path, value] => {
            let value = value.trim_matches(['\'', '"']);
            if value.is_empty() {
                return Err("jsonpath wait has to have a value after equal sign, like \
                            --for=jsonpath='{.status.readyReplicas}'=3"
                    .to_owned());
            }
            Ok(Goal::JsonPath(path.clone(), Some(value.to_owned())))
        }
        _ => Err("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or \
                  --for=jsonpath='{.status.readyReplicas}'"
            .to_owned()),
    }
}

/// Splits at single `=`; `==` belongs to an expression.
fn split_single_equals(input: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = input.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '=' {
            if let Some(last) = parts.last_mut() {
                last.push(c);
            }
        } else if chars.next_if_eq(&'=').is_some() {
            if let Some(last) = parts.last_mut() {
                last.push_str("==");
            }
        } else {
            parts.push(String::new());
        }
    }
    parts
}

/// Whether the object has the condition with that status; one observed of an older generation does not count.
pub fn has_condition(object: &Value, name: &str, status: &str) -> bool {
    let found = list(object, &["status", "conditions"]).iter().find(|condition| {
        text(condition, &["type"]).eq_ignore_ascii_case(name) && !at(condition, &["status"]).is_null()
    });
    let Some(condition) = found else { return false };
    let observed =
        integer(condition, &["observedGeneration"]).or_else(|| integer(object, &["status", "observedGeneration"]));
    if let (Some(generation), Some(observed)) = (integer(object, &["metadata", "generation"]), observed)
        && observed < generation
    {
        return false;
    }
    text(condition, &["status"]).eq_ignore_ascii_case(status)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_goals() {
        assert_eq!(parse("delete").unwrap(), Goal::Delete);
        assert_eq!(parse("condition=Ready").unwrap(), Goal::Condition("Ready".into(), "true".into()));
        assert_eq!(parse("condition=Ready=false").unwrap(), Goal::Condition("Ready".into(), "false".into()));
        assert_eq!(
            parse("jsonpath={.status.phase}=Running").unwrap(),
            Goal::JsonPath("{.status.phase}".into(), Some("Running".into()))
        );
        assert_eq!(parse("jsonpath={.a[?(@.b==\"c\")]}").unwrap(), Goal::JsonPath("{.a[?(@.b==\"c\")]}".into(), None));
        assert_eq!(parse("ready").unwrap_err(), "unrecognized condition: \"ready\"");
        assert_eq!(parse("").unwrap_err(), "unrecognized condition: \"\"");
    }

    #[test]
    fn conditions_ignore_case_and_old_generations() {
        let object = |observed: i64| {
            json!({
                "metadata": {"generation": 2},
                "status": {"conditions": [{"type": "Ready", "status": "True", "observedGeneration": observed}]},
            })
        };
        assert!(has_condition(&object(2), "ready", "true"));
        assert!(!has_condition(&object(1), "ready", "true"));
        assert!(!has_condition(&object(2), "ready", "false"));
        assert!(!has_condition(&object(2), "Initialized", "true"));
    }
}
