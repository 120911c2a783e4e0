//! ServiceAccounts.
//!
//! Follows pkg/registry/core/serviceaccount/strategy.go.

use crate::api::object::{Object, list, set, text};
use crate::cluster::registry::strategy::Strategy;
use serde_json::{Value, json};

/// The annotation that limits which Secrets pods may mount.
const ENFORCE: &str = "kubernetes.io/enforce-mountable-secrets";

/// `serviceaccounts`.
pub struct ServiceAccounts;

impl Strategy for ServiceAccounts {
    fn resource(&self) -> &'static str {
        "serviceaccounts"
    }

    fn prepare_for_create(&self, object: &mut Object, _now: crate::api::Timestamp) {
        keep_names_only(object);
    }

    fn prepare_for_update(&self, object: &mut Object, _old: &Object, _subresource: &str) {
        keep_names_only(object);
    }

    fn warnings(&self, object: &Object, old: Option<&Object>) -> Vec<String> {
        let has = |object: &Object| crate::api::object::annotation(object, ENFORCE).is_some();
        if !has(object) || old.is_some_and(has) {
            return Vec::new();
        }
        vec![format!(
            "metadata.annotations[{ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
        )]
    }

    fn returns_deleted(&self) -> bool {
        true
    }
}

/// The references of `secrets` are reduced to names.
fn keep_names_only(object: &mut Object) {
    let references = list(object, &["secrets"]);
    if references.is_empty() {
        return;
    }
    let names: Vec<Value> = references
        .iter()
        .map(|reference| match text(reference, &["name"]) {
            "" => json!({}),
            name => json!({"name": name}),
        })
        .collect();
    set(object, &["secrets"], Value::Array(names));
}
