//! JSON patch, JSON merge patch and strategic merge patch: applying them, and making the three-way patch that
//! `kubectl apply` sends.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/util/{strategicpatch,jsonmergepatch}.

use serde_json::{Map, Value};

/// Applies a JSON merge patch (RFC 7386): null removes, mappings merge, everything else replaces.
pub fn merge(document: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut merged = document.as_object().cloned().unwrap_or_else(Map::new);
    for (key, change) in changes {
        if change.is_null() {
            merged.remove(key);
        } else {
            let old = merged.get(key).cloned().unwrap_or_default();
            merged.insert(key.clone(), merge(&old, change));
        }
    }
    Value::Object(merged)
}
