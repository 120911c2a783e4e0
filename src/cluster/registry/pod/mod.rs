//! Pods: their defaults, what is allowed in them and in their updates, and how they are listed.
//!
//! Pure functions over objects. Follows pkg/registry/core/pod/strategy.go. What admission adds (the account, the token
//! volume, tolerations, the priority) is not here but in [`crate::cluster::admission`].

mod containers;
mod defaults;
mod internal_dump;
mod status;
mod update;
mod validation;
mod volumes;

pub use defaults::{set_defaults, set_template_defaults};
pub use status::row;
pub use update::validate_update;
pub use validation::{validate, validate_template};

use crate::api::object::{self, Object, Pod, boolean, integer, text};

/// The fields that a field selector may name.
pub const SELECTABLE_FIELDS: &[&str] = &[
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
];

/// What a field selector compares; `None` for fields that cannot be selected by.
pub fn selectable_field(pod: &Object, field: &str) -> Option<String> {
    if !SELECTABLE_FIELDS.contains(&field) {
        return None;
    }
    Some(match field {
        "spec.hostNetwork" => boolean(pod, &["spec", "hostNetwork"]).unwrap_or(false).to_string(),
        "status.podIP" => text(object::at(pod, &["status", "podIPs", "0"]), &["ip"]).to_owned(),
        // Accepted, but nothing is ever compared with it.
        "status.podIPs" => String::new(),
        _ => text(pod, &field.split('.').collect::<Vec<_>>()).to_owned(),
    })
}

/// For how long a pod that is being deleted may go on: what was asked for, else what the pod says. A pod that no node
/// runs, or that has ended, goes at once.
pub fn deletion_grace_seconds(pod: &Object, requested: Option<i64>) -> i64 {
    let unscheduled = Pod(pod).node_name().is_empty();
    if unscheduled || matches!(Pod(pod).phase(), "Succeeded" | "Failed") {
        return 0;
    }
    let seconds = requested.or_else(|| integer(pod, &["spec", "terminationGracePeriodSeconds"])).unwrap_or(30);
    if seconds < 0 { 1 } else { seconds }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn grace_follows_the_request_then_the_pod() {
        let pod = |node: &str, phase: &str| json!({"spec": {"nodeName": node, "terminationGracePeriodSeconds": 45}, "status": {"phase": phase}});
        assert_eq!(deletion_grace_seconds(&pod("node01", "Running"), None), 45);
        assert_eq!(deletion_grace_seconds(&pod("node01", "Running"), Some(1)), 1);
        assert_eq!(deletion_grace_seconds(&pod("node01", "Running"), Some(-5)), 1);
        assert_eq!(deletion_grace_seconds(&pod("", "Pending"), Some(30)), 0);
        assert_eq!(deletion_grace_seconds(&pod("node01", "Succeeded"), None), 0);
    }

    #[test]
    fn selects_by_known_fields_only() {
        let pod = json!({"metadata": {"name": "p"}, "spec": {"serviceAccountName": "sa"},
            "status": {"podIP": "10.0.0.5", "podIPs": [{"ip": "10.0.0.5"}]}});
        let field = |name: &str| selectable_field(&pod, name);
        assert_eq!(field("spec.serviceAccountName").as_deref(), Some("sa"));
        assert_eq!(field("spec.hostNetwork").as_deref(), Some("false"));
        assert_eq!(field("status.podIP").as_deref(), Some("10.0.0.5"));
        assert_eq!(field("spec.nodeName").as_deref(), Some(""));
        assert_eq!(field("spec.foo"), None);
    }
}
