//! Deployments and ReplicaSets, as the door sees them; what they mean is in [`crate::cluster::registry::workloads`].
//!
//! Follows pkg/registry/apps/{deployment,replicaset}/strategy.go.

use crate::api::object::Object;
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, column, wide};
use crate::cluster::registry::workloads;
use serde_json::{Value, json};

/// `deployments.apps`.
pub struct Deployments;

impl Strategy for Deployments {
    fn resource(&self) -> &'static str {
        "deployments.apps"
    }

    fn default(&self, object: &mut Object) {
        workloads::deployment_set_defaults(object);
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        workloads::deployment_validate(object)
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        workloads::deployment_validate_update(object, old)
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        crate::api::object::set(object, &["status"], json!({}));
    }

    fn has_generation(&self) -> bool {
        true
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 8] = [
            NAME,
            column("Ready"),
            column("Up-to-date"),
            column("Available"),
            AGE,
            wide("Containers"),
            wide("Images"),
            wide("Selector"),
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        workloads::deployment_row(object, now)
    }
}

/// `replicasets.apps`.
pub struct ReplicaSets;

impl Strategy for ReplicaSets {
    fn resource(&self) -> &'static str {
        "replicasets.apps"
    }

    fn default(&self, object: &mut Object) {
        workloads::replica_set_set_defaults(object);
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        workloads::replica_set_validate(object)
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        workloads::replica_set_validate_update(object, old)
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        crate::api::object::set(object, &["status"], json!({"replicas": 0}));
    }

    fn has_generation(&self) -> bool {
        true
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 8] = [
            NAME,
            column("Desired"),
            column("Current"),
            column("Ready"),
            AGE,
            wide("Containers"),
            wide("Images"),
            wide("Selector"),
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        workloads::replica_set_row(object, now)
    }
}
