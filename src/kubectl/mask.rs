//! How `kubectl diff` hides the data of Secrets and still shows that it changed.
//!
//! Follows the masker of staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go.

use serde_json::{Map, Value, json};

const DEFAULT: &str = "***";
const BEFORE: &str = "*** (before)";
const AFTER: &str = "*** (after)";

/// Hides every value of `data` on both sides.
pub fn secrets(live: &mut Value, merged: &mut Value) {
    let data = |object: &Value| object.get("data").and_then(Value::as_object).cloned();
    let (before, after) = (data(live), data(merged));
    hide(live, before.as_ref(), after.as_ref(), BEFORE);
    hide(merged, after.as_ref(), before.as_ref(), AFTER);
}

fn hide(object: &mut Value, own: Option<&Map<String, Value>>, other: Option<&Map<String, Value>>, changed: &str) {
    let Some(own) = own else { return };
    let hidden = own.iter().map(|(key, value)| {
        let different = other.and_then(|other| other.get(key)).is_some_and(|other| other != value);
        (key.clone(), json!(if different { changed } else { DEFAULT }))
    });
    let hidden: Map<String, Value> = hidden.collect();
    if let Some(map) = object.as_object_mut() {
        map.insert("data".to_owned(), Value::Object(hidden));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_only_that_a_value_changed() {
        let mut live = json!({"data": {"a": "1", "b": "2", "c": "3"}});
        let mut merged = json!({"data": {"a": "1", "b": "x", "d": "4"}});
        secrets(&mut live, &mut merged);
        assert_eq!(live, json!({"data": {"a": "***", "b": "*** (before)", "c": "***"}}));
        assert_eq!(merged, json!({"data": {"a": "***", "b": "*** (after)", "d": "***"}}));
    }
}
