//! What is wrong with a pod or a pod template, in Kubernetes' words and order.
//!
//! Follows ValidatePodSpec of pkg/apis/core/validation/validation.go. `metadata` itself is checked by who stores the
//! object. Left out: affinity, topology spread, DNS settings, sysctls, Windows, devices.

use crate::api::names;
use crate::api::object::{Object, annotation, at, boolean, integer, list, text};
use crate::api::status::FieldError;
use crate::cluster::registry::pod::{containers, volumes};
use serde_json::{Value, json};

pub(super) type Errors = Vec<FieldError>;

/// Checks a pod.
pub fn validate(pod: &Object) -> Vec<FieldError> {
    const MIRROR: &str = "kubernetes.io/config.mirror";
    let mut errors = Errors::new();
    if let Some(value) = annotation(pod, MIRROR)
        && text(pod, &["spec", "nodeName"]).is_empty()
    {
        let field = format!("metadata.annotations[{MIRROR}]");
        errors.push(FieldError::invalid(
            &field,
            &json!(value),
            "must set spec.nodeName if mirror pod annotation is set",
        ));
    }
    validate_spec(at(pod, &["spec"]), "spec", &mut errors);
    for kind in ["containers", "initContainers"] {
        for (index, container) in list(pod, &["spec", kind]).iter().enumerate() {
            let image = text(container, &["image"]);
            if image.trim() != image {
                let detail = "must not have leading or trailing whitespace";
                errors.push(FieldError::invalid(&format!("spec.{kind}[{index}].image"), &json!(image), detail));
            }
        }
    }
    errors
}

/// Checks a pod template that is at `field`, such as `spec.template`.
pub fn validate_template(template: &Value, field: &str) -> Vec<FieldError> {
    let mut errors = Errors::new();
    let metadata = format!("{field}.metadata");
    labels(at(template, &["metadata", "labels"]), &format!("{metadata}.labels"), &mut errors);
    let path = format!("{metadata}.annotations");
    for key in at(template, &["metadata", "annotations"]).as_object().into_iter().flat_map(|map| map.keys()) {
        invalid(names::label_key(&key.to_lowercase()), key, &path, &mut errors);
    }
    validate_spec(at(template, &["spec"]), &format!("{field}.spec"), &mut errors);
    if !list(template, &["spec", "ephemeralContainers"]).is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.push(FieldError::forbidden(&format!("{field}.spec.ephemeralContainers"), detail));
    }
    errors
}

/// Whoever wants no name server of the cluster names one.
fn validate_dns(spec: &Value, path: &str, errors: &mut Errors) {
    if text(spec, &["dnsPolicy"]) != "None" {
        return;
    }
    let config = at(spec, &["dnsConfig"]);
    if config.is_null() {
        let detail = "must provide `dnsConfig` when `dnsPolicy` is None";
        errors.push(FieldError::required(&format!("{path}.dnsConfig"), detail));
    } else if list(config, &["nameservers"]).is_empty() {
        let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
        errors.push(FieldError::required(&format!("{path}.dnsConfig.nameservers"), detail));
    }
}

fn validate_spec(spec: &Value, path: &str, errors: &mut Errors) {
    let field = |name: &str| format!("{path}.{name}");
    let mounts = volumes::validate(list(spec, &["volumes"]), &field("volumes"), errors);
    containers::validate(spec, path, &mounts, errors);
    one_of(spec, "restartPolicy", path, &["Always", "OnFailure", "Never"], errors);
    one_of(spec, "dnsPolicy", path, &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], errors);
    labels(at(spec, &["nodeSelector"]), &field("nodeSelector"), errors);
    validate_security_context(spec, path, errors);
    validate_dns(spec, path, errors);
    for (name, rule) in [
        ("serviceAccountName", names::dns1123_subdomain as fn(&str) -> Vec<String>),
        ("nodeName", names::dns1123_subdomain),
    ] {
        invalid_unless_empty(rule, text(spec, &[name]), &field(name), errors);
    }
    if let Some(seconds) = integer(spec, &["activeDeadlineSeconds"]).filter(|s| !(1..=i64::from(i32::MAX)).contains(s))
    {
        let detail = "must be between 1 and 2147483647, inclusive";
        errors.push(FieldError::invalid(&field("activeDeadlineSeconds"), &json!(seconds), detail));
    }
    for name in ["hostname", "subdomain"] {
        invalid_unless_empty(names::dns1123_label, text(spec, &[name]), &field(name), errors);
    }
    for (index, toleration) in list(spec, &["tolerations"]).iter().enumerate() {
        validate_toleration(toleration, &format!("{path}.tolerations[{index}]"), errors);
    }
    for name in ["priorityClassName", "runtimeClassName"] {
        invalid_unless_empty(names::dns1123_subdomain, text(spec, &[name]), &field(name), errors);
    }
    if !at(spec, &["preemptionPolicy"]).is_null() {
        one_of(spec, "preemptionPolicy", path, &["PreemptLowerPriority", "Never"], errors);
    }
}

/// Who the containers run as, and that ports in the node's network are the node's.
fn validate_security_context(spec: &Value, path: &str, errors: &mut Errors) {
    let flag = |name: &str| boolean(spec, &[name]).unwrap_or(false);
    if flag("hostNetwork") {
        for kind in ["containers", "initContainers"] {
            for (index, container) in list(spec, &[kind]).iter().enumerate() {
                for (place, port) in list(container, &["ports"]).iter().enumerate() {
                    let number = integer(port, &["containerPort"]).unwrap_or(0);
                    if integer(port, &["hostPort"]).unwrap_or(0) != number {
                        let field = format!("{path}.{kind}[{index}].ports[{place}].containerPort");
                        errors.push(FieldError::invalid(
                            &field,
                            &json!(number),
                            "must match `hostPort` when `hostNetwork` is true",
                        ));
                    }
                }
            }
        }
    }
    let context = at(spec, &["securityContext"]);
    if flag("hostPID") && flag("shareProcessNamespace") {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.push(FieldError::invalid(&format!("{path}.shareProcessNamespace"), &json!(true), detail));
    }
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(context, name, &format!("{path}.securityContext"), errors);
    }
}

/// A numeric user or group.
pub(super) fn id(context: &Value, name: &str, path: &str, errors: &mut Errors) {
    if let Some(number) = integer(context, &[name]).filter(|id| !(0..=i64::from(i32::MAX)).contains(id)) {
        let detail = "must be between 0 and 2147483647, inclusive";
        errors.push(FieldError::invalid(&format!("{path}.{name}"), &json!(number), detail));
    }
}

fn validate_toleration(toleration: &Value, path: &str, errors: &mut Errors) {
    let (key, operator) = (text(toleration, &["key"]), text(toleration, &["operator"]));
    let (value, effect) = (text(toleration, &["value"]), text(toleration, &["effect"]));
    let (operator_path, effect_path) = (format!("{path}.operator"), format!("{path}.effect"));
    if key.is_empty() {
        if operator != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.push(FieldError::invalid(&operator_path, &json!(operator), detail));
        }
    } else {
        invalid(names::label_key(key), key, &format!("{path}.key"), errors);
    }
    if !at(toleration, &["tolerationSeconds"]).is_null() && effect != "NoExecute" {
        let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
        errors.push(FieldError::invalid(&effect_path, &json!(effect), detail));
    }
    match operator {
        "" | "Equal" => {
            let complaints = names::label_value(value);
            if !complaints.is_empty() {
                errors.push(FieldError::invalid(&operator_path, &json!(value), &complaints.join(";")));
            }
        }
        "Exists" if value.is_empty() => {}
        "Exists" => {
            let detail = "value must be empty when `operator` is 'Exists'";
            errors.push(FieldError::invalid(&operator_path, toleration, detail));
        }
        other => errors.push(FieldError::not_supported(&operator_path, &json!(other), &["Equal", "Exists"])),
    }
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    if !effect.is_empty() && !EFFECTS.contains(&effect) {
        errors.push(FieldError::not_supported(&effect_path, &json!(effect), &EFFECTS));
    }
}

/// A field that must have one of a few values.
pub(super) fn one_of(value: &Value, name: &str, path: &str, supported: &[&str], errors: &mut Errors) {
    let field = format!("{path}.{name}");
    match text(value, &[name]) {
        "" => errors.push(FieldError::required(&field, "")),
        given if supported.contains(&given) => {}
        given => errors.push(FieldError::not_supported(&field, &json!(given), supported)),
    }
}

/// A text that must not be empty.
pub(super) fn required_text(value: &Value, name: &str, path: &str, errors: &mut Errors) {
    if text(value, &[name]).is_empty() {
        errors.push(FieldError::required(&format!("{path}.{name}"), ""));
    }
}

fn invalid(complaints: Vec<String>, value: &str, field: &str, errors: &mut Errors) {
    errors.extend(complaints.iter().map(|complaint| FieldError::invalid(field, &json!(value), complaint)));
}

/// A name that must keep to a rule.
pub(super) fn invalid_name(rule: fn(&str) -> Vec<String>, name: &str, field: &str, errors: &mut Errors) {
    invalid(rule(name), name, field, errors);
}

fn invalid_unless_empty(rule: fn(&str) -> Vec<String>, name: &str, field: &str, errors: &mut Errors) {
    if !name.is_empty() {
        invalid_name(rule, name, field, errors);
    }
}

fn labels(labels: &Value, field: &str, errors: &mut Errors) {
    for (key, value) in labels.as_object().into_iter().flatten() {
        invalid(names::label_key(key), key, field, errors);
        let value = value.as_str().unwrap_or_default();
        invalid(names::label_value(value), value, field, errors);
    }
}

/// A path below a volume: relative, not leading out of it, and (with `reserved`) not one of the kubelet's own names.
pub(super) fn local_path(path: &str, field: &str, reserved: bool, errors: &mut Errors) {
    let mut complain = |detail: &str| errors.push(FieldError::invalid(field, &json!(path), detail));
    if path.starts_with('/') {
        complain("must be a relative path");
    }
    if path.split('/').any(|part| part == "..") {
        complain("must not contain '..'");
    } else if reserved && path.starts_with("..") {
        complain("must not start with '..'");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::registry::pod::set_defaults;

    fn messages(mut pod: Value) -> Vec<String> {
        set_defaults(&mut pod);
        validate(&pod).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn refuses_the_pods_of_recording_12() {
        let token = |token: Value| json!([{"name": "t", "projected": {"sources": [{"serviceAccountToken": token}]}}]);
        assert_eq!(
            messages(json!({"spec": {"containers": [{"name": "app", "image": "ubuntu",
                "volumeMounts": [{"name": "t", "mountPath": "/t"}]}],
                "volumes": token(json!({"path": "t", "expirationSeconds": 60}))}})),
            [
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: \
                 may not specify a duration less than 10 minutes",
                "spec.containers[0].volumeMounts[0].name: Not found: \"t\""
            ]
        );
        assert_eq!(
            messages(json!({"spec": {"containers": [{"name": "app", "image": "ubuntu"}],
                "volumes": token(json!({"expirationSeconds": 3600}))}})),
            ["spec.volumes[0].projected.path: Required value"]
        );
        assert_eq!(
            messages(json!({"spec": {"containers": [{"name": "app", "image": "ubuntu",
                "volumeMounts": [{"name": "nope", "mountPath": "/x"}]}]}})),
            ["spec.containers[0].volumeMounts[0].name: Not found: \"nope\""]
        );
        assert_eq!(
            messages(json!({"spec": {"containers": [{"name": "app"}]}})),
            ["spec.containers[0].image: Required value"]
        );
        assert_eq!(messages(json!({"spec": {}})), ["spec.containers: Required value"]);
    }

    #[test]
    fn checks_the_pod_itself() {
        let pod = |field: &str, value: Value| {
            messages(json!({"spec": {"containers": [{"name": "c", "image": "i"}], field: value}}))
        };
        assert_eq!(
            pod("restartPolicy", json!("Sometimes")),
            [
                "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\""
            ]
        );
        assert_eq!(
            pod("dnsPolicy", json!("x")),
            [
                "spec.dnsPolicy: Unsupported value: \"x\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \
              \"Default\", \"None\""
            ]
        );
        assert!(
            pod("serviceAccountName", json!("Bad_Name"))[0]
                .starts_with("spec.serviceAccountName: Invalid value: \"Bad_Name\": a lowercase")
        );
        assert_eq!(
            pod("activeDeadlineSeconds", json!(0)),
            ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"]
        );
        assert_eq!(
            pod("tolerations", json!([{"operator": "Equal"}])),
            [
                "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which \
              means \"match all values and all keys\""
            ]
        );
    }

    #[test]
    fn a_template_is_checked_at_its_own_place() {
        let template = json!({"metadata": {"labels": {"a": "-"}}, "spec": {"containers": [],
            "restartPolicy": "Always", "dnsPolicy": "Default"}});
        let errors: Vec<String> =
            validate_template(&template, "spec.template").iter().map(ToString::to_string).collect();
        assert!(errors[0].starts_with("spec.template.metadata.labels: Invalid value: \"-\": a valid label must be"));
        assert_eq!(errors[1..], ["spec.template.spec.containers: Required value"]);
    }
}
