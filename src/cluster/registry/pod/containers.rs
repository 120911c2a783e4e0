//! What is wrong with a pod's containers.
//!
//! Follows validateContainers and validateInitContainers of pkg/apis/core/validation/validation.go. Left out: devices,
//! resize policies, restart rules, the inside of lifecycle handlers.

use crate::api::names;
use crate::api::object::{at, boolean, integer, list, text};
use crate::api::quantity;
use crate::api::status::FieldError;
use crate::cluster::registry::pod::validation::{Errors, id, invalid_name, local_path, one_of, required_text};
use crate::cluster::registry::pod::volumes::field_reference;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// What the downward API can put into a variable.
const VARIABLE_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Checks the containers and init containers of the spec at `path`; `volumes` are those they may mount.
pub(super) fn validate(spec: &Value, path: &str, volumes: &BTreeSet<&str>, errors: &mut Errors) {
    let containers = list(spec, &["containers"]);
    let mut names = BTreeSet::new();
    if containers.is_empty() {
        errors.push(FieldError::required(&format!("{path}.containers"), ""));
    }
    for (index, container) in containers.iter().enumerate() {
        let path = format!("{path}.containers[{index}]");
        validate_container(container, &path, volumes, errors);
        unique_name(container, &path, &mut names, errors);
        validate_probes(container, &path, errors);
    }
    host_port_conflicts(containers, &format!("{path}.containers"), errors);
    for (index, container) in list(spec, &["initContainers"]).iter().enumerate() {
        let path = format!("{path}.initContainers[{index}]");
        validate_container(container, &path, volumes, errors);
        unique_name(container, &path, &mut names, errors);
        if text(container, &["restartPolicy"]) == "Always" {
            validate_probes(container, &path, errors);
            continue;
        }
        for name in ["lifecycle"].iter().chain(&PROBES) {
            if at(container, &[name]).is_object() {
                let detail = "may not be set for init containers without restartPolicy=Always";
                errors.push(FieldError::forbidden(&format!("{path}.{name}"), detail));
            }
        }
    }
}

fn unique_name<'a>(container: &'a Value, path: &str, names: &mut BTreeSet<&'a str>, errors: &mut Errors) {
    let name = text(container, &["name"]);
    if !names.insert(name) {
        errors.push(FieldError::duplicate(&format!("{path}.name"), &json!(name)));
    }
}

fn validate_container(container: &Value, path: &str, volumes: &BTreeSet<&str>, errors: &mut Errors) {
    match text(container, &["name"]) {
        "" => errors.push(FieldError::required(&format!("{path}.name"), "")),
        name => invalid_name(names::dns1123_label, name, &format!("{path}.name"), errors),
    }
    required_text(container, "image", path, errors);
    one_of(container, "terminationMessagePolicy", path, &["File", "FallbackToLogsOnError"], errors);
    validate_ports(container, &format!("{path}.ports"), errors);
    validate_variables(container, path, errors);
    validate_mounts(container, &format!("{path}.volumeMounts"), volumes, errors);
    one_of(container, "imagePullPolicy", path, &["Always", "IfNotPresent", "Never"], errors);
    validate_resources(at(container, &["resources"]), &format!("{path}.resources"), errors);
    let context = at(container, &["securityContext"]);
    let path = format!("{path}.securityContext");
    for name in ["runAsUser", "runAsGroup"] {
        id(context, name, &path, errors);
    }
    if boolean(context, &["allowPrivilegeEscalation"]) == Some(false) && boolean(context, &["privileged"]) == Some(true)
    {
        let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        errors.push(FieldError::invalid(&path, context, detail));
    }
}

fn port_number(port: &Value, name: &str, path: &str, errors: &mut Errors) {
    let number = integer(port, &[name]).unwrap_or(0);
    if !(1..=65535).contains(&number) {
        let detail = "must be between 1 and 65535, inclusive";
        errors.push(FieldError::invalid(&format!("{path}.{name}"), &json!(number), detail));
    }
}

fn validate_ports(container: &Value, path: &str, errors: &mut Errors) {
    let mut names = BTreeSet::new();
    for (index, port) in list(container, &["ports"]).iter().enumerate() {
        let path = format!("{path}[{index}]");
        let name = text(port, &["name"]);
        let field = format!("{path}.name");
        if !name.is_empty() {
            let before = errors.len();
            invalid_name(names::port_name, name, &field, errors);
            if errors.len() == before && !names.insert(name) {
                errors.push(FieldError::duplicate(&field, &json!(name)));
            }
        }
        if integer(port, &["containerPort"]).unwrap_or(0) == 0 {
            errors.push(FieldError::required(&format!("{path}.containerPort"), ""));
        } else {
            port_number(port, "containerPort", &path, errors);
        }
        if integer(port, &["hostPort"]).unwrap_or(0) != 0 {
            port_number(port, "hostPort", &path, errors);
        }
        one_of(port, "protocol", &path, &["SCTP", "TCP", "UDP"], errors);
    }
}

/// Two containers cannot have the same port of the node.
fn host_port_conflicts(containers: &[Value], path: &str, errors: &mut Errors) {
    let mut taken = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        for (place, port) in list(container, &["ports"]).iter().enumerate() {
            let number = integer(port, &["hostPort"]).unwrap_or(0);
            let key = format!("{}/{}/{number}", text(port, &["protocol"]), text(port, &["hostIP"]));
            if number != 0 && !taken.insert(key.clone()) {
                errors.push(FieldError::duplicate(&format!("{path}[{index}].ports[{place}].hostPort"), &json!(key)));
            }
        }
    }
}

fn validate_variables(container: &Value, path: &str, errors: &mut Errors) {
    for (index, variable) in list(container, &["env"]).iter().enumerate() {
        let path = format!("{path}.env[{index}]");
        match text(variable, &["name"]) {
            "" => errors.push(FieldError::required(&format!("{path}.name"), "")),
            name => invalid_name(names::environment_variable, name, &format!("{path}.name"), errors),
        }
        let source = at(variable, &["valueFrom"]);
        if source.is_object() {
            validate_variable_source(source, text(variable, &["value"]), &format!("{path}.valueFrom"), errors);
        }
    }
    for (index, source) in list(container, &["envFrom"]).iter().enumerate() {
        let path = format!("{path}.envFrom[{index}]");
        let prefix = text(source, &["prefix"]);
        if !prefix.is_empty() {
            invalid_name(names::environment_variable, prefix, &format!("{path}.prefix"), errors);
        }
        let given: Vec<&str> =
            ["configMapRef", "secretRef"].into_iter().filter(|name| at(source, &[name]).is_object()).collect();
        for name in &given {
            required_text(at(source, &[name]), "name", &format!("{path}.{name}"), errors);
        }
        let detail = match given.len() {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        errors.push(FieldError::invalid(&path, &json!(""), detail));
    }
}

fn validate_variable_source(source: &Value, value: &str, path: &str, errors: &mut Errors) {
    let mut count = 0;
    for name in ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] {
        let reference = at(source, &[name]);
        if !reference.is_object() {
            continue;
        }
        count += 1;
        let path = format!("{path}.{name}");
        match name {
            "fieldRef" => field_reference(reference, &VARIABLE_FIELDS, &path, errors),
            "resourceFieldRef" => required_text(reference, "resource", &path, errors),
            "configMapKeyRef" | "secretKeyRef" => {
                required_text(reference, "name", &path, errors);
                match text(reference, &["key"]) {
                    "" => errors.push(FieldError::required(&format!("{path}.key"), "")),
                    key => invalid_name(names::config_key, key, &format!("{path}.key"), errors),
                }
            }
            _ => {}
        }
    }
    let mut complain = |detail: &str| errors.push(FieldError::invalid(path, &json!(""), detail));
    if count == 0 {
        complain("must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
    } else if !value.is_empty() {
        complain("may not be specified when `value` is not empty");
    } else if count > 1 {
        complain("may not have more than one field specified at a time");
    }
}

fn validate_mounts(container: &Value, path: &str, volumes: &BTreeSet<&str>, errors: &mut Errors) {
    let mut places = BTreeSet::new();
    for (index, mount) in list(container, &["volumeMounts"]).iter().enumerate() {
        let path = format!("{path}[{index}]");
        required_text(mount, "name", &path, errors);
        let name = text(mount, &["name"]);
        if !volumes.contains(name) {
            errors.push(FieldError::not_found(&format!("{path}.name"), &json!(name)));
        }
        required_text(mount, "mountPath", &path, errors);
        let place = text(mount, &["mountPath"]);
        if !places.insert(place) {
            errors.push(FieldError::invalid(&format!("{path}.mountPath"), &json!(place), "must be unique"));
        }
        let (part, expression) = (text(mount, &["subPath"]), text(mount, &["subPathExpr"]));
        if !part.is_empty() {
            local_path(part, &format!("{path}.subPath"), false, errors);
        }
        if !expression.is_empty() {
            let field = format!("{path}.subPathExpr");
            if !part.is_empty() {
                let detail = "subPathExpr and subPath are mutually exclusive";
                errors.push(FieldError::invalid(&field, &json!(expression), detail));
            }
            local_path(expression, &field, false, errors);
        }
    }
}

fn validate_resources(resources: &Value, path: &str, errors: &mut Errors) {
    for kind in ["limits", "requests"] {
        for (resource, amount) in at(resources, &[kind]).as_object().into_iter().flatten() {
            let Some(number) = quantity::parse(amount) else { continue };
            if number < 0 {
                let detail = "must be greater than or equal to 0";
                errors.push(FieldError::invalid(&format!("{path}.{kind}[{resource}]"), amount, detail));
            }
            let limit = at(resources, &["limits", resource]);
            if kind == "requests" && quantity::parse(limit).is_some_and(|limit| number > limit) {
                let limit = limit.as_str().map_or_else(|| limit.to_string(), str::to_owned);
                let detail = format!("must be less than or equal to {resource} limit of {limit}");
                errors.push(FieldError::invalid(&format!("{path}.requests"), amount, &detail));
            }
        }
    }
}

fn validate_probes(container: &Value, path: &str, errors: &mut Errors) {
    for name in PROBES {
        let probe = at(container, &[name]);
        if !probe.is_object() {
            continue;
        }
        let path = format!("{path}.{name}");
        let handlers =
            ["exec", "httpGet", "tcpSocket", "grpc"].into_iter().filter(|kind| at(probe, &[kind]).is_object());
        let mut count = 0;
        for kind in handlers {
            count += 1;
            if count > 1 {
                errors
                    .push(FieldError::forbidden(&format!("{path}.{kind}"), "may not specify more than 1 handler type"));
            }
        }
        if count == 0 {
            errors.push(FieldError::required(&path, "must specify a handler type"));
        }
        for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            if let Some(number) = integer(probe, &[field]).filter(|number| *number < 0) {
                let detail = "must be greater than or equal to 0";
                errors.push(FieldError::invalid(&format!("{path}.{field}"), &json!(number), detail));
            }
        }
        if let Some(number) =
            integer(probe, &["successThreshold"]).filter(|number| *number != 1 && name != "readinessProbe")
        {
            errors.push(FieldError::invalid(&format!("{path}.successThreshold"), &json!(number), "must be 1"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::registry::pod::{set_defaults, validate};

    fn messages(container: Value) -> Vec<String> {
        let mut pod = json!({"spec": {"containers": [container], "volumes": [{"name": "v"}]}});
        set_defaults(&mut pod);
        validate(&pod).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_are_labels_and_unique() {
        let mut pod = json!({"spec": {"containers": [{"name": "a", "image": "i"}, {"name": "a", "image": "i"}],
            "initContainers": [{"name": "a", "image": "i", "livenessProbe": {"exec": {}}}]}});
        set_defaults(&mut pod);
        let errors: Vec<String> = validate(&pod).iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "spec.containers[1].name: Duplicate value: \"a\"",
                "spec.initContainers[0].name: Duplicate value: \"a\"",
                "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
            ]
        );
        assert!(
            messages(json!({"name": "A", "image": "i"}))[0]
                .starts_with("spec.containers[0].name: Invalid value: \"A\": a lowercase RFC 1123 label")
        );
    }

    #[test]
    fn mounts_name_a_volume_and_a_place() {
        assert_eq!(
            messages(json!({"name": "c", "image": "i", "volumeMounts": [{"name": "v", "mountPath": "/x"},
                {"name": "v", "mountPath": "/x", "subPath": "../y"}, {"name": "v"}]})),
            [
                "spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/x\": must be unique",
                "spec.containers[0].volumeMounts[1].subPath: Invalid value: \"../y\": must not contain '..'",
                "spec.containers[0].volumeMounts[2].mountPath: Required value"
            ]
        );
    }

    #[test]
    fn checks_ports_variables_policies_and_resources() {
        assert_eq!(
            messages(json!({"name": "c", "image": "i", "imagePullPolicy": "Maybe",
                "ports": [{"containerPort": 70000}, {"containerPort": 80, "protocol": "ICMP"}, {}],
                "env": [{"value": "x"}, {"name": "a=b"}, {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s"}}},
                    {"name": "E", "valueFrom": {}}],
                "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}})),
            [
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "spec.containers[0].ports[1].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "spec.containers[0].ports[2].containerPort: Required value",
                "spec.containers[0].env[0].name: Required value",
                "spec.containers[0].env[1].name: Invalid value: \"a=b\": a valid environment variable name must consist only of \
                 printable ASCII characters other than '='",
                "spec.containers[0].env[2].valueFrom.secretKeyRef.key: Required value",
                "spec.containers[0].env[3].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, \
                 `configMapKeyRef` or `secretKeyRef`",
                "spec.containers[0].imagePullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
                "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"
            ]
        );
    }
}
