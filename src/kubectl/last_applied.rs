//! The annotation in which `kubectl apply` and `--save-config` keep what they were given.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/util/apply.go.

use crate::api::object::{Object, annotation, mapping, remove, set_annotation};
use serde_json::{Value, json};

/// The annotation's name.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What was applied last, as the text that was kept.
pub fn original(object: &Object) -> Option<&str> {
    annotation(object, LAST_APPLIED)
}

/// The manifest with itself as its annotation: what a three-way merge calls `modified`.
pub fn with_annotation(manifest: &Object) -> Object {
    let mut bare = manifest.clone();
    let annotations = mapping(&mut bare, &["metadata", "annotations"]);
    annotations.remove(LAST_APPLIED);
    let kept = go_json(&bare);
    let mut annotated = bare;
    set_annotation(&mut annotated, LAST_APPLIED, &kept);
    annotated
}

/// The same for an object that kubectl made itself: Go's field order, no empty annotations.
pub fn with_struct_annotation(object: &Object) -> Object {
    let mut bare = object.clone();
    remove(&mut bare, &["metadata", "annotations", LAST_APPLIED]);
    let kept = escape(&crate::api::wire::encode(&bare, false));
    let mut annotated = bare;
    set_annotation(&mut annotated, LAST_APPLIED, &kept);
    annotated
}

/// Compact JSON as Go's encoder writes it: sorted keys, `<`, `>` and `&` escaped, a last newline.
pub fn go_json(value: &Value) -> String {
    escape(&format!("{value}\n"))
}

fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
    out
}

/// Whether an object is a mapping with nothing in it, `{}`.
pub fn is_empty(patch: &Value) -> bool {
    *patch == json!({})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_manifest_with_empty_annotations_and_a_newline() {
        let manifest = json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app", "namespace": "default"}});
        let annotated = with_annotation(&manifest);
        assert_eq!(
            original(&annotated).unwrap(),
            "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"annotations\":{},\"name\":\"app\",\
             \"namespace\":\"default\"}}\n"
        );
        assert_eq!(original(&with_annotation(&annotated)), original(&annotated));
    }

    #[test]
    fn escapes_as_go_does() {
        assert_eq!(go_json(&json!({"a": "<&>"})), "{\"a\":\"\\u003c\\u0026\\u003e\"}\n");
    }
}
