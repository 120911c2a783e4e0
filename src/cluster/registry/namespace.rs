//! Namespaces: their label, their finalizer, their two-step deletion.
//!
//! Follows pkg/registry/core/namespace/{strategy.go,storage/storage.go}.

use crate::api::names;
use crate::api::object::{Object, at, list, set, set_label, text};
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, NameRule, Strategy, age, column, name};
use serde_json::{Value, json};

/// `namespaces`.
pub struct Namespaces;

impl Strategy for Namespaces {
    fn resource(&self) -> &'static str {
        "namespaces"
    }

    fn name_rule(&self) -> NameRule {
        names::dns1123_label
    }

    fn default(&self, object: &mut Object) {
        let name = crate::api::object::name(object).to_owned();
        if !name.is_empty() {
            set_label(object, "kubernetes.io/metadata.name", &name);
        }
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        set(object, &["status"], json!({"phase": "Active"}));
        let mut finalizers = list(object, &["spec", "finalizers"]).to_vec();
        if !finalizers.iter().any(|finalizer| finalizer == "kubernetes") {
            finalizers.push(json!("kubernetes"));
        }
        set(object, &["spec", "finalizers"], Value::Array(finalizers));
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        if subresource != "status" {
            set(object, &["status"], at(old, &["status"]).clone());
        }
        if subresource != "finalize" {
            set(object, &["spec"], at(old, &["spec"]).clone());
        } else if list(object, &["spec", "finalizers"]).is_empty() {
            set(object, &["spec"], json!({}));
        }
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        &["metadata.name", "status.phase", "name"]
    }

    fn field(&self, object: &Object, field: &str) -> Option<String> {
        Some(
            if field == "name" { crate::api::object::name(object) } else { text(object, &["status", "phase"]) }
                .to_owned(),
        )
    }

    fn unknown_field(&self, field: &str) -> String {
        format!("field label not supported: {field}")
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 3] = [NAME, column("Status"), AGE];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        vec![name(object), at(object, &["status", "phase"]).clone(), age(object, now)]
    }

    fn returns_deleted(&self) -> bool {
        true
    }

    fn is_finalized(&self, object: &Object) -> bool {
        list(object, &["spec", "finalizers"]).is_empty()
    }

    fn prepare_for_deletion(&self, object: &mut Object) {
        set(object, &["status", "phase"], json!("Terminating"));
        // A namespace has no grace period.
        crate::api::object::remove(object, &["metadata", "deletionGracePeriodSeconds"]);
    }
}
