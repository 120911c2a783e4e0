//! What the server fills in where a pod or a pod template says nothing.
//!
//! Follows pkg/apis/core/v1/defaults.go and conversion.go. Left out: defaults of storage that is not simulated (iSCSI,
//! RBD, Azure, ScaleIO) and of pod-level resources.

use crate::api::object::{self, Object, at, boolean, integer, list, mapping, set, set_default, text};
use crate::api::quantity;
use serde_json::{Value, json};

/// Fills in a pod.
pub fn set_defaults(pod: &mut Object) {
    let spec = mapping(pod, &["spec"]);
    let mut taken = Value::Object(std::mem::take(spec));
    set_spec_defaults(&mut taken);
    set_default(&mut taken, &["enableServiceLinks"], json!(true));
    let host_network = boolean(&taken, &["hostNetwork"]).unwrap_or(false);
    for field in ["initContainers", "containers"] {
        for container in items(&mut taken, field) {
            requests_from_limits(container);
            if host_network {
                host_ports(container);
            }
        }
    }
    let class = qos_class(&taken);
    set(pod, &["spec"], taken);
    set_default(pod, &["status", "phase"], json!("Pending"));
    set_default(pod, &["status", "qosClass"], json!(class));
}

/// Fills in a pod template: what all pods made from it have in common.
pub fn set_template_defaults(template: &mut Value) {
    // Structs are always written, even with nothing in them.
    mapping(template, &["metadata"]);
    mapping(template, &["spec"]);
    if let Some(spec) = template.get_mut("spec") {
        set_spec_defaults(spec);
    }
}

fn set_spec_defaults(spec: &mut Value) {
    alias_service_account(spec);
    for (field, default) in [
        ("dnsPolicy", json!("ClusterFirst")),
        ("restartPolicy", json!("Always")),
        ("schedulerName", json!("default-scheduler")),
        ("securityContext", json!({})),
        ("terminationGracePeriodSeconds", json!(30)),
    ] {
        default_unless_empty(spec, field, default);
    }
    for field in ["initContainers", "containers", "ephemeralContainers"] {
        items(spec, field).for_each(set_container_defaults);
    }
    items(spec, "volumes").for_each(set_volume_defaults);
}

/// `serviceAccount` is the old name of `serviceAccountName`: the new one wins, both are always written.
fn alias_service_account(spec: &mut Value) {
    let name = match text(spec, &["serviceAccountName"]) {
        "" => text(spec, &["serviceAccount"]),
        name => name,
    };
    let name = name.to_owned();
    for field in ["serviceAccountName", "serviceAccount"] {
        if name.is_empty() {
            object::remove(spec, &[field]);
        } else {
            set(spec, &[field], json!(name));
        }
    }
}

fn items<'a>(value: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Sets what is absent or, for texts and numbers that are no pointers in Kubernetes, empty.
fn default_unless_empty(value: &mut Value, field: &str, default: Value) {
    let empty = match at(value, &[field]) {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if empty {
        set(value, &[field], default);
    }
}

fn set_container_defaults(container: &mut Value) {
    if !container.is_object() {
        return;
    }
    let policy = if image_tag(text(container, &["image"])) == "latest" { "Always" } else { "IfNotPresent" };
    default_unless_empty(container, "imagePullPolicy", json!(policy));
    default_unless_empty(container, "resources", json!({}));
    default_unless_empty(container, "terminationMessagePath", json!("/dev/termination-log"));
    default_unless_empty(container, "terminationMessagePolicy", json!("File"));
    for port in items(container, "ports") {
        default_unless_empty(port, "protocol", json!("TCP"));
    }
    for variable in items(container, "env") {
        if let Some(source) = variable.get_mut("valueFrom") {
            set_selector_defaults(source);
        }
    }
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(field).filter(|probe| probe.is_object()) {
            set_probe_defaults(probe);
        }
    }
    for field in ["postStart", "preStop"] {
        if let Some(handler) = container.get_mut("lifecycle").and_then(|lifecycle| lifecycle.get_mut(field)) {
            set_handler_defaults(handler);
        }
    }
}

/// The tag of an image: `latest` where neither tag nor digest is given.
fn image_tag(image: &str) -> &str {
    let (rest, digest) = image.split_once('@').map_or((image, false), |(rest, _)| (rest, true));
    match rest.rsplit_once(':') {
        Some((_, tag)) if !tag.contains('/') => tag,
        _ if digest => "",
        _ => "latest",
    }
}

fn set_probe_defaults(probe: &mut Value) {
    for (field, default) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        if integer(probe, &[field]).unwrap_or(0) == 0 {
            set(probe, &[field], json!(default));
        }
    }
    set_handler_defaults(probe);
    if let Some(grpc) = probe.get_mut("grpc").filter(|grpc| grpc.is_object()) {
        set_default(grpc, &["service"], json!(""));
    }
}

fn set_handler_defaults(handler: &mut Value) {
    if let Some(get) = handler.get_mut("httpGet").filter(|get| get.is_object()) {
        default_unless_empty(get, "path", json!("/"));
        default_unless_empty(get, "scheme", json!("HTTP"));
    }
}

/// `fieldRef` and `resourceFieldRef`, in variables and in files.
fn set_selector_defaults(source: &mut Value) {
    if let Some(field) = source.get_mut("fieldRef").filter(|field| field.is_object()) {
        default_unless_empty(field, "apiVersion", json!("v1"));
    }
    if let Some(field) = source.get_mut("resourceFieldRef").filter(|field| field.is_object()) {
        default_unless_empty(field, "divisor", json!("0"));
    }
}

fn set_volume_defaults(volume: &mut Value) {
    let Some(map) = volume.as_object_mut() else { return };
    if !map.iter().any(|(key, value)| key != "name" && !value.is_null()) {
        map.insert("emptyDir".to_owned(), json!({}));
    }
    for field in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = volume.get_mut(field).filter(|source| source.is_object()) {
            set_default(source, &["defaultMode"], json!(420));
        }
    }
    if let Some(path) = volume.get_mut("hostPath").filter(|path| path.is_object()) {
        set_default(path, &["type"], json!(""));
    }
    if let Some(image) = volume.get_mut("image").filter(|image| image.is_object()) {
        let policy = if image_tag(text(image, &["reference"])) == "latest" { "Always" } else { "IfNotPresent" };
        default_unless_empty(image, "pullPolicy", json!(policy));
    }
    if let Some(files) = volume.get_mut("downwardAPI") {
        items(files, "items").for_each(set_selector_defaults);
    }
    if let Some(projected) = volume.get_mut("projected") {
        for source in items(projected, "sources") {
            if let Some(token) = source.get_mut("serviceAccountToken").filter(|token| token.is_object()) {
                set_default(token, &["expirationSeconds"], json!(3600));
            }
            if let Some(files) = source.get_mut("downwardAPI") {
                items(files, "items").for_each(set_selector_defaults);
            }
        }
    }
}

/// A pod that only says how much it may use needs as much. (Pods only: a template keeps what was written.)
fn requests_from_limits(container: &mut Value) {
    let Some(limits) = at(container, &["resources", "limits"]).as_object().cloned() else { return };
    if limits.is_empty() {
        return;
    }
    let requests = mapping(container, &["resources", "requests"]);
    for (resource, amount) in limits {
        requests.entry(resource).or_insert(amount);
    }
}

/// In the network of the node every port is a port of the node.
fn host_ports(container: &mut Value) {
    for port in items(container, "ports") {
        if integer(port, &["hostPort"]).unwrap_or(0) == 0 {
            let number = at(port, &["containerPort"]).clone();
            set(port, &["hostPort"], number);
        }
    }
}

/// How a pod is treated when its node runs short (pkg/apis/core/helper/qos/qos.go).
fn qos_class(spec: &Value) -> &'static str {
    let containers = || list(spec, &["initContainers"]).iter().chain(list(spec, &["containers"]));
    let amount = |container: &Value, kind: &str, resource: &str| {
        quantity::parse(at(container, &["resources", kind, resource])).filter(|amount| *amount > 0)
    };
    let total = |kind: &str, resource: &str| -> i128 { containers().filter_map(|c| amount(c, kind, resource)).sum() };
    let resources = ["cpu", "memory"];
    let mentions = |kind: &str| resources.iter().any(|resource| total(kind, resource) > 0);
    if !mentions("requests") && !mentions("limits") {
        return "BestEffort";
    }
    let all_limited = containers().all(|container| resources.iter().all(|r| amount(container, "limits", r).is_some()));
    let equal = resources.iter().all(|resource| total("requests", resource) == total("limits", resource));
    if all_limited && equal { "Guaranteed" } else { "Burstable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_what_the_server_shows() {
        let mut pod =
            json!({"metadata": {"name": "my-pod"}, "spec": {"containers": [{"image": "ubuntu", "name": "my-pod"}]}});
        set_defaults(&mut pod);
        assert_eq!(
            pod,
            json!({"metadata": {"name": "my-pod"}, "spec": {
                "containers": [{"image": "ubuntu", "imagePullPolicy": "Always", "name": "my-pod", "resources": {},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
                "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "restartPolicy": "Always",
                "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30},
                "status": {"phase": "Pending", "qosClass": "BestEffort"}})
        );
        let once = pod.clone();
        set_defaults(&mut pod);
        assert_eq!(pod, once);
    }

    #[test]
    fn a_template_has_no_service_links_and_keeps_its_requests() {
        let mut template = json!({"spec": {"serviceAccount": "sa",
            "containers": [{"name": "c", "image": "nginx:1.29", "resources": {"limits": {"cpu": "1"}}}]}});
        set_template_defaults(&mut template);
        assert_eq!(text(&template, &["spec", "serviceAccountName"]), "sa");
        assert_eq!(text(&template, &["spec", "containers", "0", "imagePullPolicy"]), "IfNotPresent");
        assert!(at(&template, &["spec", "enableServiceLinks"]).is_null());
        assert!(at(&template, &["spec", "containers", "0", "resources", "requests"]).is_null());
        assert_eq!(template["metadata"], json!({}));
    }

    #[test]
    fn the_new_name_of_the_account_wins() {
        let mut pod = json!({"spec": {"serviceAccountName": "new", "serviceAccount": "old"}});
        set_defaults(&mut pod);
        assert_eq!(text(&pod, &["spec", "serviceAccount"]), "new");
    }

    #[test]
    fn finds_the_tag_of_an_image() {
        for (image, tag) in [
            ("ubuntu", "latest"),
            ("nginx:1.29", "1.29"),
            ("localhost:5000/a/b", "latest"),
            ("localhost:5000/a/b:v1", "v1"),
            ("a@sha256:0123", ""),
            ("a:latest@sha256:0123", "latest"),
        ] {
            assert_eq!(image_tag(image), tag, "{image}");
        }
    }

    #[test]
    fn fills_in_volumes() {
        let mut pod = json!({"spec": {"volumes": [
            {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}},
                {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.namespace"}}]}}]}},
            {"name": "e"}, {"name": "h", "hostPath": {"path": "/x"}}, {"name": "s", "secret": {"secretName": "s"}}]}});
        set_defaults(&mut pod);
        assert_eq!(
            pod["spec"]["volumes"],
            json!([{"name": "t", "projected": {"defaultMode": 420, "sources": [
                    {"serviceAccountToken": {"expirationSeconds": 3600, "path": "t"}},
                    {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}},
                {"name": "e", "emptyDir": {}}, {"name": "h", "hostPath": {"path": "/x", "type": ""}},
                {"name": "s", "secret": {"secretName": "s", "defaultMode": 420}}])
        );
    }

    #[test]
    fn classes_follow_requests_and_limits() {
        let class = |resources: Value| {
            let mut pod = json!({"spec": {"containers": [{"name": "c", "image": "i", "resources": resources}]}});
            set_defaults(&mut pod);
            text(&pod, &["status", "qosClass"]).to_owned()
        };
        assert_eq!(class(json!({})), "BestEffort");
        assert_eq!(class(json!({"requests": {"cpu": "100m"}})), "Burstable");
        assert_eq!(class(json!({"limits": {"cpu": "1"}})), "Burstable");
        assert_eq!(class(json!({"limits": {"cpu": "1", "memory": "1Gi"}})), "Guaranteed");
        assert_eq!(class(json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}})), "Burstable");
        assert_eq!(class(json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m"}})), "Guaranteed");
    }
}
