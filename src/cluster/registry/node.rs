//! Nodes.
//!
//! Follows pkg/registry/core/node/strategy.go and printNode of pkg/printers/internalversion/printers.go.

use crate::api::object::{Object, at, list, text};
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{
    AGE, Column, NAME, Strategy, age, column, name, set_null_in_conditions, wide,
};
use serde_json::{Value, json};

const ROLE: &str = "node-role.kubernetes.io/";

/// `nodes`.
pub struct Nodes;

impl Strategy for Nodes {
    fn resource(&self) -> &'static str {
        "nodes"
    }

    fn default(&self, object: &mut Object) {
        set_null_in_conditions(object, &["lastHeartbeatTime", "lastTransitionTime"]);
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        crate::cluster::registry::strategy::keep_other_part(object, old, subresource);
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        &["metadata.name", "spec.unschedulable"]
    }

    fn field(&self, object: &Object, _field: &str) -> Option<String> {
        Some(crate::api::object::boolean(object, &["spec", "unschedulable"]).unwrap_or(false).to_string())
    }

    fn unknown_field(&self, field: &str) -> String {
        format!("field label not supported: {field}")
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 10] = [
            NAME,
            column("Status"),
            column("Roles"),
            AGE,
            column("Version"),
            wide("Internal-IP"),
            wide("External-IP"),
            wide("OS-Image"),
            wide("Kernel-Version"),
            wide("Container-Runtime"),
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        let or = |value: &str, none: &str| json!(if value.is_empty() { none } else { value });
        let info = at(object, &["status", "nodeInfo"]);
        let kernel = match text(info, &["kernelVersion"]) {
            "" => "<unknown>".to_owned(),
            version => format!("{version} ({})", text(info, &["architecture"])),
        };
        vec![
            name(object),
            json!(status(object)),
            json!(roles(object)),
            age(object, now),
            json!(text(info, &["kubeletVersion"])),
            or(address(object, "InternalIP"), "<none>"),
            or(address(object, "ExternalIP"), "<none>"),
            or(text(info, &["osImage"]), "<unknown>"),
            json!(kernel),
            or(text(info, &["containerRuntimeVersion"]), "<unknown>"),
        ]
    }
}

fn status(object: &Object) -> String {
    let ready = list(object, &["status", "conditions"]).iter().find(|condition| text(condition, &["type"]) == "Ready");
    let mut words = vec![match ready.map(|condition| text(condition, &["status"])) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }];
    if crate::api::object::boolean(object, &["spec", "unschedulable"]) == Some(true) {
        words.push("SchedulingDisabled");
    }
    words.join(",")
}

fn roles(object: &Object) -> String {
    let labels = at(object, &["metadata", "labels"]).as_object();
    let roles: Vec<&str> = labels.into_iter().flatten().filter_map(|(key, _)| key.strip_prefix(ROLE)).collect();
    if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") }
}

fn address<'a>(object: &'a Object, kind: &str) -> &'a str {
    let addresses = list(object, &["status", "addresses"]);
    addresses.iter().find(|address| text(address, &["type"]) == kind).map_or("", |address| text(address, &["address"]))
}
