//! The rows of `auth whoami`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/auth/whoami.go.

use crate::api::object::{at, strings, text};
use serde_json::Value;

/// Attribute and value, for the `status` of a SelfSubjectReview; parts that are empty have no row.
pub fn rows(review: &Value) -> Vec<(String, String)> {
    let user = at(review, &["status", "userInfo"]);
    let bracketed = |items: Vec<&str>| format!("[{}]", items.join(" "));
    let mut rows = Vec::new();
    for (attribute, key) in [("Username", "username"), ("UID", "uid")] {
        let value = text(user, &[key]);
        if !value.is_empty() {
            rows.push((attribute.to_owned(), value.to_owned()));
        }
    }
    let groups = strings(user, &["groups"]);
    if !groups.is_empty() {
        rows.push(("Groups".to_owned(), bracketed(groups)));
    }
    for (key, values) in at(user, &["extra"]).as_object().into_iter().flatten() {
        rows.push((format!("Extra: {key}"), bracketed(strings(values, &[]))));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_out_what_is_not_there() {
        let review = json!({"status": {"userInfo": {
            "username": "kubernetes-admin",
            "groups": ["system:masters", "system:authenticated"],
            "extra": {"b": ["2"], "a": ["1", "x"]},
        }}});
        let row = |attribute: &str, value: &str| (attribute.to_owned(), value.to_owned());
        assert_eq!(
            rows(&review),
            vec![
                row("Username", "kubernetes-admin"),
                row("Groups", "[system:masters system:authenticated]"),
                row("Extra: a", "[1 x]"),
                row("Extra: b", "[2]"),
            ]
        );
    }
}
