//! Pods, as the door sees them.
//!
//! Follows pkg/registry/core/pod/strategy.go.

use crate::api::object::{Object, at, set, set_default, text};
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, age, column, keep_other_part, name, wide};
use serde_json::{Value, json};

/// `pods`.
pub struct Pods;

impl Strategy for Pods {
    fn resource(&self) -> &'static str {
        "pods"
    }

    fn default(&self, object: &mut Object) {
        set_defaults(crate::api::object::mapping(object, &["spec"]));
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        set(object, &["status"], json!({"phase": "Pending", "qosClass": "BestEffort"}));
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        keep_other_part(object, old, subresource);
        // The Go type writes this field even when it is null; patches have no way of setting it so.
        let conditions = object.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
        for condition in conditions.into_iter().flatten() {
            set_default(condition, &["lastProbeTime"], Value::Null);
        }
    }

    fn has_generation(&self) -> bool {
        true
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        &[
            "metadata.name",
            "metadata.namespace",
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ]
    }

    fn field(&self, object: &Object, field: &str) -> Option<String> {
        Some(match field {
            "spec.hostNetwork" => {
                crate::api::object::boolean(object, &["spec", "hostNetwork"]).unwrap_or(false).to_string()
            }
            other => text(object, &other.split('.').collect::<Vec<_>>()).to_owned(),
        })
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
        let or_none = |value: &str| json!(if value.is_empty() { "<none>" } else { value });
        let statuses = crate::api::object::list(object, &["status", "containerStatuses"]);
        let ready = statuses.iter().filter(|status| at(status, &["ready"]) == true).count();
        let total = crate::api::object::list(object, &["spec", "containers"]).len();
        vec![
            name(object),
            json!(format!("{ready}/{total}")),
            json!(text(object, &["status", "phase"])),
            json!("0"),
            age(object, now),
            or_none(text(object, &["status", "podIP"])),
            or_none(text(object, &["spec", "nodeName"])),
            json!("<none>"),
            json!("<none>"),
        ]
    }

    fn returns_deleted(&self) -> bool {
        true
    }

    fn grace_period(&self, object: &Object, requested: Option<i64>) -> i64 {
        let phase = text(object, &["status", "phase"]);
        if text(object, &["spec", "nodeName"]).is_empty() || matches!(phase, "Succeeded" | "Failed") {
            return 0;
        }
        let own = crate::api::object::integer(object, &["spec", "terminationGracePeriodSeconds"]);
        match requested.or(own).unwrap_or(30) {
            negative if negative < 0 => 1,
            grace => grace,
        }
    }
}

/// The defaults of a pod's (or a template's) spec.
pub fn set_defaults(spec: &mut serde_json::Map<String, Value>) {
    let mut value = Value::Object(std::mem::take(spec));
    for (field, default) in [
        ("dnsPolicy", json!("ClusterFirst")),
        ("restartPolicy", json!("Always")),
        ("schedulerName", json!("default-scheduler")),
        ("securityContext", json!({})),
        ("terminationGracePeriodSeconds", json!(30)),
    ] {
        set_default(&mut value, &[field], default);
    }
    for list in ["containers", "initContainers"] {
        for container in value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = text(container, &["image"]);
            let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag);
            let policy = if tag == "latest" { "Always" } else { "IfNotPresent" };
            for (field, default) in [
                ("imagePullPolicy", json!(policy)),
                ("resources", json!({})),
                ("terminationMessagePath", json!("/dev/termination-log")),
                ("terminationMessagePolicy", json!("File")),
            ] {
                set_default(container, &[field], default);
            }
        }
    }
    if let Value::Object(map) = value {
        *spec = map;
    }
}
