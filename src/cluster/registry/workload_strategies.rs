//! Deployments and ReplicaSets, as the door sees them.
//!
//! Follows pkg/registry/apps/{deployment,replicaset}/strategy.go and pkg/apis/apps/v1/defaults.go.

use crate::api::object::{Object, at, integer, list, mapping, set_default, text};
use crate::api::selector;
use crate::api::time::Timestamp;
use crate::cluster::registry::pod;
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, age, column, name, wide};
use serde_json::{Value, json};

/// `deployments.apps`.
pub struct Deployments;

impl Strategy for Deployments {
    fn resource(&self) -> &'static str {
        "deployments.apps"
    }

    fn default(&self, object: &mut Object) {
        for (field, default) in
            [("progressDeadlineSeconds", json!(600)), ("replicas", json!(1)), ("revisionHistoryLimit", json!(10))]
        {
            set_default(object, &["spec", field], default);
        }
        set_default(object, &["spec", "strategy", "type"], json!("RollingUpdate"));
        if text(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
            set_default(object, &["spec", "strategy", "rollingUpdate", "maxSurge"], json!("25%"));
            set_default(object, &["spec", "strategy", "rollingUpdate", "maxUnavailable"], json!("25%"));
        }
        default_template(object);
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
        let number = |path: &[&str]| integer(object, path).unwrap_or(0);
        let ready = format!("{}/{}", number(&["status", "readyReplicas"]), number(&["spec", "replicas"]));
        let mut cells = vec![
            name(object),
            json!(ready),
            json!(number(&["status", "updatedReplicas"])),
            json!(number(&["status", "availableReplicas"])),
            age(object, now),
        ];
        cells.extend(template_cells(object));
        cells
    }
}

/// `replicasets.apps`.
pub struct ReplicaSets;

impl Strategy for ReplicaSets {
    fn resource(&self) -> &'static str {
        "replicasets.apps"
    }

    fn default(&self, object: &mut Object) {
        set_default(object, &["spec", "replicas"], json!(1));
        default_template(object);
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
        let number = |path: &[&str]| json!(integer(object, path).unwrap_or(0));
        let mut cells = vec![
            name(object),
            number(&["spec", "replicas"]),
            number(&["status", "replicas"]),
            number(&["status", "readyReplicas"]),
            age(object, now),
        ];
        cells.extend(template_cells(object));
        cells
    }
}

fn default_template(object: &mut Object) {
    mapping(object, &["spec", "template"]);
    if let Some(template) = object.get_mut("spec").and_then(|spec| spec.get_mut("template")) {
        pod::set_template_defaults(template);
    }
}

fn template_cells(object: &Object) -> [Value; 3] {
    let joined = |field: &str| {
        let containers = list(object, &["spec", "template", "spec", "containers"]);
        json!(containers.iter().map(|container| text(container, &[field])).collect::<Vec<_>>().join(","))
    };
    [joined("name"), joined("image"), json!(selector::print_object(at(object, &["spec", "selector"])))]
}
