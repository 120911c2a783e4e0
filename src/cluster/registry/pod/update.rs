//! What may change in a pod that exists: hardly anything.
//!
//! Follows ValidatePodUpdate of pkg/apis/core/validation/validation.go. Left out: what a pod with scheduling gates may
//! still change in its node selector and affinity.

use crate::api::object::{Object, annotation, at, integer, list, set, text};
use crate::api::status::FieldError;
use crate::cluster::registry::pod::{internal_dump, validation};
use serde_json::{Value, json};

const MUTABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,\
    `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),\
    `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// Checks a changed pod against the one that is stored.
pub fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let mut errors = validation::validate(new);
    validate_mirror_annotation(new, old, &mut errors);
    for kind in ["containers", "initContainers"] {
        if list(new, &["spec", kind]).len() != list(old, &["spec", kind]).len() {
            let detail = "pod updates may not add or remove containers";
            errors.push(FieldError::forbidden(&format!("spec.{kind}"), detail));
            return errors;
        }
    }
    if !validate_deadline(new, old, &mut errors) {
        return errors;
    }
    validate_tolerations(new, old, &mut errors);
    validate_gates(new, old, &mut errors);
    let before = internal_dump::dump(at(old, &["spec"]));
    let after = internal_dump::dump(&with_mutable_fields_of(new, old));
    if before != after {
        errors.push(FieldError::forbidden("spec", &format!("{MUTABLE}\n{}", difference(&before, &after))));
    }
    errors
}

/// A unified diff without file names, three lines of context around each change.
fn difference(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after).unified_diff().context_radius(3).to_string()
}

/// The new spec with everything that may change put back to what it was: what still differs is wrong.
fn with_mutable_fields_of(new: &Object, old: &Object) -> Value {
    let mut spec = at(new, &["spec"]).clone();
    for kind in ["containers", "initContainers"] {
        let containers = spec.get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten();
        for (container, old) in containers.zip(list(old, &["spec", kind])) {
            set(container, &["image"], at(old, &["image"]).clone());
        }
    }
    for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] {
        set(&mut spec, &[field], at(old, &["spec", field]).clone());
    }
    const GRACE: &str = "terminationGracePeriodSeconds";
    let was_negative = integer(old, &["spec", GRACE]).is_some_and(|seconds| seconds < 0);
    if was_negative && integer(&spec, &[GRACE]) == Some(1) {
        set(&mut spec, &[GRACE], at(old, &["spec", GRACE]).clone());
    }
    spec
}

fn validate_mirror_annotation(new: &Object, old: &Object, errors: &mut Vec<FieldError>) {
    const MIRROR: &str = "kubernetes.io/config.mirror";
    let detail = match (annotation(old, MIRROR), annotation(new, MIRROR)) {
        (None, Some(_)) => "may not add mirror pod annotation",
        (Some(old), new) if new != Some(old) => "may not remove or update mirror pod annotation",
        _ => return,
    };
    errors.push(FieldError::forbidden(&format!("metadata.annotations[{MIRROR}]"), detail));
}

/// The deadline may be set, or brought forward. Returns whether anything else is worth looking at.
fn validate_deadline(new: &Object, old: &Object, errors: &mut Vec<FieldError>) -> bool {
    const FIELD: &str = "spec.activeDeadlineSeconds";
    let deadline = |pod: &Object| integer(pod, &["spec", "activeDeadlineSeconds"]);
    match (deadline(new), deadline(old)) {
        (None, Some(_)) => {
            let detail = "must not update from a positive integer to nil value";
            errors.push(FieldError::invalid(FIELD, &Value::Null, detail));
        }
        (Some(new), _) if !(0..=i64::from(i32::MAX)).contains(&new) => {
            let detail = "must be between 0 and 2147483647, inclusive";
            errors.push(FieldError::invalid(FIELD, &json!(new), detail));
            return false;
        }
        (Some(new), Some(old)) if old < new => {
            errors.push(FieldError::invalid(FIELD, &json!(new), "must be less than or equal to previous value"));
            return false;
        }
        _ => {}
    }
    true
}

/// Tolerations may be added; of those that are there only the seconds may change.
fn validate_tolerations(new: &Object, old: &Object, errors: &mut Vec<FieldError>) {
    const SECONDS: &str = "tolerationSeconds";
    let tolerations = |pod| list(pod, &["spec", "tolerations"]);
    let same =
        |a: &Value, b: &Value| ["key", "operator", "value", "effect"].iter().all(|f| text(a, &[f]) == text(b, &[f]));
    for old in tolerations(old) {
        let kept = tolerations(new).iter().any(|new| same(new, old));
        if !kept {
            let detail = format!("existing toleration can not be modified except its {SECONDS}");
            errors.push(FieldError::forbidden("spec.tolerations", &detail));
            return;
        }
    }
}

/// Gates of the scheduler may only be taken away.
fn validate_gates(new: &Object, old: &Object, errors: &mut Vec<FieldError>) {
    let gates = |pod| list(pod, &["spec", "schedulingGates"]);
    for (index, gate) in gates(new).iter().enumerate() {
        let name = text(gate, &["name"]);
        if !gates(old).iter().any(|old| text(old, &["name"]) == name) {
            let detail = format!("only deletion is allowed, but found new scheduling gate '{name}'");
            errors.push(FieldError::forbidden(&format!("spec.schedulingGates[{index}].name"), &detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::registry::pod::set_defaults;

    /// A pod as it is stored on a node: with everything that defaults and admission put into it.
    fn stored(mut spec: Value, account: &str) -> Value {
        set(&mut spec, &["serviceAccountName"], json!(account));
        set(&mut spec, &["nodeName"], json!("node01"));
        set(&mut spec, &["preemptionPolicy"], json!("PreemptLowerPriority"));
        set(&mut spec, &["priority"], json!(0));
        set(
            &mut spec,
            &["tolerations"],
            json!([{"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300},
                {"effect": "NoExecute", "key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 300}]),
        );
        let mut pod = json!({"metadata": {"name": "p"}, "spec": spec});
        set_defaults(&mut pod);
        pod
    }

    fn messages(new: &Value, old: &Value) -> Vec<String> {
        validate_update(new, old).iter().map(ToString::to_string).collect()
    }

    const SENTENCE: &str = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,\
        `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),\
        `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

    #[test]
    fn another_account_is_refused_as_in_recording_06() {
        let pod = |account: &str| {
            let spec = json!({
                "containers": [{"name": "ubuntu", "image": "ubuntu", "command": ["sleep", "infinity"], "volumeMounts": [
                    {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access-zqqvm", "readOnly": true}]}],
                "volumes": [{"name": "kube-api-access-zqqvm", "projected": {"defaultMode": 420, "sources": [
                    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                    {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
                    {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}]}}]}}]});
            stored(spec, account)
        };
        let diff = "@@ -141,7 +141,7 @@\n  \"ActiveDeadlineSeconds\": null,\n  \"DNSPolicy\": \"ClusterFirst\",\n  \
            \"NodeSelector\": null,\n- \"ServiceAccountName\": \"data-sa\",\n+ \"ServiceAccountName\": \"other-sa\",\n  \
            \"AutomountServiceAccountToken\": null,\n  \"NodeName\": \"node01\",\n  \"SecurityContext\": {\n";
        assert_eq!(messages(&pod("other-sa"), &pod("data-sa")), [format!("{SENTENCE}{diff}")]);
        assert!(messages(&pod("data-sa"), &pod("data-sa")).is_empty());
    }

    #[test]
    fn another_wish_to_automount_is_refused_as_in_recording_05() {
        let pod = |automount: bool| {
            let spec =
                json!({"automountServiceAccountToken": automount, "containers": [{"name": "c", "image": "ubuntu"}]});
            stored(spec, "default")
        };
        let diff = "@@ -41,7 +41,7 @@\n  \"DNSPolicy\": \"ClusterFirst\",\n  \"NodeSelector\": null,\n  \
            \"ServiceAccountName\": \"default\",\n- \"AutomountServiceAccountToken\": false,\n+ \
            \"AutomountServiceAccountToken\": true,\n  \"NodeName\": \"node01\",\n  \"SecurityContext\": {\n   \
            \"HostNetwork\": false,\n";
        assert_eq!(messages(&pod(true), &pod(false)), [format!("{SENTENCE}{diff}")]);
    }

    #[test]
    fn a_replacement_without_its_node_is_refused_as_in_recording_14() {
        let old = stored(json!({"containers": [{"name": "c", "image": "nginx"}]}), "app");
        let mut new = old.clone();
        crate::api::object::remove(&mut new, &["spec", "nodeName"]);
        let diff = "@@ -42,7 +42,7 @@\n  \"NodeSelector\": null,\n  \"ServiceAccountName\": \"app\",\n  \
            \"AutomountServiceAccountToken\": null,\n- \"NodeName\": \"node01\",\n+ \"NodeName\": \"\",\n  \
            \"SecurityContext\": {\n   \"HostNetwork\": false,\n   \"HostPID\": false,\n";
        assert_eq!(messages(&new, &old), [format!("{SENTENCE}{diff}")]);
    }

    #[test]
    fn image_deadline_and_more_tolerations_may_change() {
        let old = stored(json!({"containers": [{"name": "c", "image": "nginx"}]}), "app");
        let mut new = old.clone();
        new["spec"]["containers"][0]["image"] = json!("nginx:1.29");
        new["spec"]["activeDeadlineSeconds"] = json!(60);
        new["spec"]["tolerations"][0]["tolerationSeconds"] = json!(5);
        if let Some(list) = new["spec"]["tolerations"].as_array_mut() {
            list.push(json!({"key": "a", "operator": "Exists"}));
        }
        // The old name of the account is not compared: only the new one counts.
        new["spec"]["serviceAccount"] = json!("other");
        assert_eq!(messages(&new, &old), [""; 0]);
        let mut later = new.clone();
        later["spec"]["activeDeadlineSeconds"] = json!(61);
        assert_eq!(
            messages(&later, &new),
            ["spec.activeDeadlineSeconds: Invalid value: 61: must be less than or equal to previous value"]
        );
        assert_eq!(
            messages(&old, &new),
            [
                "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value",
                "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"
            ]
        );
    }

    #[test]
    fn containers_neither_come_nor_go() {
        let old = stored(json!({"containers": [{"name": "c", "image": "nginx"}]}), "app");
        let mut new =
            stored(json!({"containers": [{"name": "c", "image": "nginx"}, {"name": "d", "image": "i"}]}), "app");
        assert_eq!(messages(&new, &old), ["spec.containers: Forbidden: pod updates may not add or remove containers"]);
        new["spec"]["containers"] = json!([]);
        assert_eq!(
            messages(&new, &old),
            [
                "spec.containers: Required value",
                "spec.containers: Forbidden: pod updates may not add or remove containers"
            ]
        );
    }
}
