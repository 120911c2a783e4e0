//! JSON patch, JSON merge patch and strategic merge patch: applying them, and making the patches that `kubectl apply`,
//! `edit`, `label` and `set` send.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/util/{strategicpatch,jsonmergepatch}. Left out: setting the order of a
//! list whose elements only the server has (`$setElementOrder` orders what the patch names, the rest keeps its place).

mod apply;
mod create;
mod json;

pub use apply::strategic;
pub use create::{three_way_strategic, two_way_strategic};
pub use json::{JsonPatchError, json};

use serde_json::{Map, Value};

/// Applies a JSON merge patch (RFC 7386): null removes, mappings merge, everything else replaces.
pub fn merge(document: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut merged = document.as_object().cloned().unwrap_or_default();
    for (key, change) in changes {
        if change.is_null() {
            merged.remove(key);
        } else {
            let old = merged.get(key).unwrap_or(&Value::Null);
            let new = merge(old, change);
            merged.insert(key.clone(), new);
        }
    }
    Value::Object(merged)
}

/// Which differences a patch is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::api::patch) enum Differences {
    All,
    /// Only what was added or changed: what `apply` wants from (current, modified).
    Changes,
    /// Only what was removed: what `apply` wants from (original, modified).
    Deletions,
}

/// The JSON merge patch that turns `original` into `modified`; `{}` where nothing differs.
pub fn two_way_merge(original: &Value, modified: &Value) -> Value {
    difference(original, modified, Differences::All)
}

/// The JSON merge patch of an apply: removes what `original` (last applied) had and `modified` no longer has, sets
/// what differs between `current` and `modified`, and leaves the rest of `current` alone.
pub fn three_way_merge(original: &Value, modified: &Value, current: &Value) -> Value {
    let changes = difference(current, modified, Differences::Changes);
    let deletions = difference(original, modified, Differences::Deletions);
    union(changes, deletions)
}

/// Joins two patches; the second wins where both say something.
pub(in crate::api::patch) fn union(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut first), Value::Object(second)) => {
            for (key, value) in second {
                let joined = match first.remove(&key) {
                    Some(old) => union(old, value),
                    None => value,
                };
                first.insert(key, joined);
            }
            Value::Object(first)
        }
        (_, second) => second,
    }
}

fn difference(original: &Value, modified: &Value, which: Differences) -> Value {
    let empty = Map::new();
    let (old, new) = (original.as_object().unwrap_or(&empty), modified.as_object().unwrap_or(&empty));
    let mut patch = Map::new();
    for (key, value) in new {
        match old.get(key) {
            Some(before) if before == value => {}
            Some(before) if before.is_object() && value.is_object() => {
                let inner = difference(before, value, which);
                if inner.as_object().is_some_and(|inner| !inner.is_empty()) {
                    patch.insert(key.clone(), inner);
                }
            }
            _ if which != Differences::Deletions => {
                patch.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    if which != Differences::Changes {
        for key in old.keys().filter(|key| !new.contains_key(*key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merges_as_rfc_7386() {
        let document = json!({"a": {"b": 1, "c": 2}, "d": [1]});
        assert_eq!(
            merge(&document, &json!({"a": {"b": null, "e": {"f": null}}, "d": [2]})),
            json!({"a": {"c": 2, "e": {}}, "d": [2]})
        );
        assert_eq!(merge(&document, &json!([1])), json!([1]));
    }

    #[test]
    fn makes_merge_patches() {
        let (original, modified) = (json!({"a": 1, "b": {"c": 1, "d": 2}}), json!({"b": {"c": 3}}));
        let current = json!({"a": 1, "b": {"c": 1, "d": 2}, "server": true});
        assert_eq!(two_way_merge(&original, &modified), json!({"a": null, "b": {"c": 3, "d": null}}));
        assert_eq!(three_way_merge(&original, &modified, &current), json!({"a": null, "b": {"c": 3, "d": null}}));
        assert_eq!(three_way_merge(&modified, &modified, &modified), json!({}));
    }
}
