//! Pods, as the door sees them; what they mean is in [`crate::cluster::registry::pod`].
//!
//! Follows pkg/registry/core/pod/strategy.go.

use crate::api::object::{Object, at, remove, set, text};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::pod;
use crate::cluster::registry::strategy::{
    AGE, Column, NAME, Strategy, column, keep_other_part, set_null_in_conditions, wide,
};
use serde_json::{Value, json};

/// `pods`.
pub struct Pods;

impl Strategy for Pods {
    fn resource(&self) -> &'static str {
        "pods"
    }

    fn default(&self, object: &mut Object) {
        pod::set_defaults(object);
        set_null_in_conditions(object, &["lastProbeTime", "lastTransitionTime"]);
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        // A client cannot bring a status along.
        remove(object, &["status"]);
        pod::set_defaults(object);
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        keep_other_part(object, old, subresource);
        if subresource == "status" {
            let owners = at(old, &["metadata", "ownerReferences"]).clone();
            set(object, &["metadata", "ownerReferences"], owners);
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        pod::validate(object)
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        pod::validate_update(object, old)
    }

    fn has_generation(&self) -> bool {
        true
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        pod::SELECTABLE_FIELDS
    }

    fn field(&self, object: &Object, field: &str) -> Option<String> {
        pod::selectable_field(object, field)
    }

    fn unknown_field(&self, field: &str) -> String {
        format!("field label not supported: {field}")
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 9] = [
            NAME,
            column("Ready"),
            column("Status"),
            column("Restarts"),
            AGE,
            wide("IP"),
            wide("Node"),
            wide("Nominated Node"),
            wide("Readiness Gates"),
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        pod::row(object, now)
    }

    fn row_conditions(&self, object: &Object) -> Value {
        match text(object, &["status", "phase"]) {
            "Succeeded" => completed("Succeeded", "The pod has completed successfully."),
            "Failed" => completed("Failed", "The pod failed."),
            _ => Value::Null,
        }
    }

    fn returns_deleted(&self) -> bool {
        true
    }

    fn grace_period(&self, object: &Object, requested: Option<i64>) -> i64 {
        pod::deletion_grace_seconds(object, requested)
    }
}

fn completed(reason: &str, message: &str) -> Value {
    json!([{"type": "Completed", "status": "True", "reason": reason, "message": message}])
}
