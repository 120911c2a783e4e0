//! ServiceAccounts.
//!
//! Follows pkg/registry/core/serviceaccount/strategy.go.

use crate::api::object::{Object, list, set, text};
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, age, column, name};
use serde_json::{Value, json};

/// The annotation that limits which Secrets pods may mount.
const ENFORCE: &str = "kubernetes.io/enforce-mountable-secrets";

/// `serviceaccounts`.
pub struct ServiceAccounts {
    /// Whether the table counts `secrets`: until 1.34.
    pub counts_secrets: bool,
    /// Whether the annotation about mountable Secrets is deprecated: since 1.32.
    pub warns: bool,
}

/// Those of today, and those of other versions: by whether they count, then by whether they warn.
pub static SERVICE_ACCOUNTS: [ServiceAccounts; 4] = [
    ServiceAccounts { counts_secrets: false, warns: false },
    ServiceAccounts { counts_secrets: false, warns: true },
    ServiceAccounts { counts_secrets: true, warns: false },
    ServiceAccounts { counts_secrets: true, warns: true },
];
const COLUMNS: &[Column] = &[NAME, column("Secrets"), AGE];

impl Strategy for ServiceAccounts {
    fn resource(&self) -> &'static str {
        "serviceaccounts"
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        keep_names_only(object);
    }

    fn prepare_for_update(&self, object: &mut Object, _old: &Object, _subresource: &str) {
        keep_names_only(object);
    }

    fn warnings(&self, object: &Object, old: Option<&Object>) -> Vec<String> {
        let has = |object: &Object| crate::api::object::annotation(object, ENFORCE).is_some();
        if !self.warns || !has(object) || old.is_some_and(has) {
            return Vec::new();
        }
        vec![format!(
            "metadata.annotations[{ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
        )]
    }

    fn columns(&self) -> &'static [Column] {
        if self.counts_secrets { COLUMNS } else { &[NAME, AGE] }
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        let mut cells = vec![name(object), age(object, now)];
        if self.counts_secrets {
            cells.insert(1, json!(list(object, &["secrets"]).len()));
        }
        cells
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
