//! Which volumes a pod may have: their names, their one source each, and what goes into the source.
//!
//! Follows ValidateVolumes of pkg/apis/core/validation/validation.go. Left out: the inside of storage that is not
//! simulated (disks, network file systems, CSI).

use crate::api::names;
use crate::api::object::{at, integer, list, text};
use crate::api::status::FieldError;
use crate::cluster::registry::pod::validation::{Errors, invalid_name, local_path, required_text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every source of a volume, in the order in which Kubernetes looks for them.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// Every source of a projected volume, in the order in which Kubernetes looks for them.
const PROJECTIONS: [&str; 6] =
    ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];

/// What the downward API can put into a file.
const FILE_FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

const LIFETIME_SECONDS_MIN: i64 = 600;
const LIFETIME_SECONDS_MAX: i64 = 1 << 32;
const ONE_TYPE: &str = "may not specify more than 1 volume type";

/// Checks the volumes at `path`; returns the names of those without an error, which containers may mount.
pub(super) fn validate<'a>(volumes: &'a [Value], path: &str, errors: &mut Errors) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (index, volume) in volumes.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let name = text(volume, &["name"]);
        let mut found = Errors::new();
        validate_source(volume, &path, &mut found);
        let name_path = format!("{path}.name");
        if name.is_empty() {
            found.push(FieldError::required(&name_path, ""));
        } else {
            invalid_name(names::dns1123_label, name, &name_path, &mut found);
        }
        if names.contains(name) {
            found.push(FieldError::duplicate(&name_path, &json!(name)));
        }
        if found.is_empty() {
            names.insert(name);
        }
        errors.extend(found);
    }
    names
}

fn validate_source(volume: &Value, path: &str, errors: &mut Errors) {
    let mut count = 0;
    for kind in SOURCES {
        let source = at(volume, &[kind]);
        if source.is_null() {
            continue;
        }
        count += 1;
        let path = format!("{path}.{kind}");
        if count > 1 {
            errors.push(FieldError::forbidden(&path, ONE_TYPE));
            continue;
        }
        match kind {
            "hostPath" => validate_host_path(source, &path, errors),
            "secret" => {
                required_text(source, "secretName", &path, errors);
                validate_mode(source, "defaultMode", &path, errors);
                validate_items(source, &path, errors);
            }
            "configMap" => {
                required_text(source, "name", &path, errors);
                validate_mode(source, "defaultMode", &path, errors);
                validate_items(source, &path, errors);
            }
            "downwardAPI" => {
                validate_mode(source, "defaultMode", &path, errors);
                validate_files(source, &path, errors);
            }
            "persistentVolumeClaim" => required_text(source, "claimName", &path, errors),
            "projected" => validate_projected(source, &path, errors),
            "csi" => required_text(source, "driver", &path, errors),
            _ => {}
        }
    }
    if count == 0 {
        errors.push(FieldError::required(path, "must specify a volume type"));
    }
}

fn validate_host_path(source: &Value, path: &str, errors: &mut Errors) {
    const TYPES: [&str; 8] =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
    let directory = text(source, &["path"]);
    let field = format!("{path}.path");
    if directory.is_empty() {
        errors.push(FieldError::required(&field, ""));
        return;
    }
    if directory.split('/').any(|part| part == "..") {
        errors.push(FieldError::invalid(&field, &json!(directory), "must not contain '..'"));
    }
    let kind = text(source, &["type"]);
    if !TYPES.contains(&kind) {
        errors.push(FieldError::not_supported(&format!("{path}.type"), &json!(kind), &TYPES));
    }
}

fn validate_mode(value: &Value, field: &str, path: &str, errors: &mut Errors) {
    if let Some(mode) = integer(value, &[field]).filter(|mode| !(0..=0o777).contains(mode)) {
        let detail = "must be a number between 0 and 0777 (octal), both inclusive";
        errors.push(FieldError::invalid(&format!("{path}.{field}"), &json!(mode), detail));
    }
}

/// `items`: which keys become which files.
fn validate_items(source: &Value, path: &str, errors: &mut Errors) {
    for (index, item) in list(source, &["items"]).iter().enumerate() {
        let path = format!("{path}.items[{index}]");
        required_text(item, "key", &path, errors);
        validate_file_path(item, &path, errors);
        validate_mode(item, "mode", &path, errors);
    }
}

fn validate_file_path(item: &Value, path: &str, errors: &mut Errors) {
    let field = format!("{path}.path");
    match text(item, &["path"]) {
        "" => errors.push(FieldError::required(&field, "")),
        name => local_path(name, &field, true, errors),
    }
}

/// The files of the downward API.
/// Kubernetes does not say which one is wrong.
fn validate_files(source: &Value, path: &str, errors: &mut Errors) {
    for item in list(source, &["items"]) {
        validate_file_path(item, path, errors);
        let (field, resource) = (at(item, &["fieldRef"]), at(item, &["resourceFieldRef"]));
        if field.is_object() {
            field_reference(field, &FILE_FIELDS, &format!("{path}.fieldRef"), errors);
            if resource.is_object() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                errors.push(FieldError::invalid(path, &json!("resource"), detail));
            }
        } else if resource.is_object() {
            let path = format!("{path}.resourceFieldRef");
            required_text(resource, "containerName", &path, errors);
            required_text(resource, "resource", &path, errors);
        } else {
            errors.push(FieldError::required(path, "one of fieldRef and resourceFieldRef is required"));
        }
        validate_mode(item, "mode", path, errors);
    }
}

/// A reference to a field of the pod itself, from a variable or a file.
pub(super) fn field_reference(reference: &Value, supported: &[&str], path: &str, errors: &mut Errors) {
    const KNOWN: [&str; 14] = [
        "metadata.annotations",
        "metadata.labels",
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.serviceAccountName",
        "spec.schedulerName",
        "status.phase",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];
    let before = errors.len();
    required_text(reference, "apiVersion", path, errors);
    if errors.len() == before {
        required_text(reference, "fieldPath", path, errors);
    }
    if errors.len() > before {
        return;
    }
    let wanted = text(reference, &["fieldPath"]);
    let path = format!("{path}.fieldPath");
    if let Some((field, rest)) = wanted.split_once("['")
        && rest.ends_with("']")
    {
        if !matches!(field, "metadata.annotations" | "metadata.labels") {
            let detail = format!("does not support subscript of {}", crate::api::go::quote(field));
            errors.push(FieldError::invalid(&path, &json!(wanted), &detail));
        }
        return;
    }
    if !KNOWN.contains(&wanted) {
        let detail = format!("error converting fieldPath: field label not supported: {wanted}");
        errors.push(FieldError::invalid(&path, &json!(wanted), &detail));
    } else if !supported.contains(&wanted) {
        errors.push(FieldError::not_supported(&path, &json!(wanted), supported));
    }
}

fn validate_projected(source: &Value, path: &str, errors: &mut Errors) {
    validate_mode(source, "defaultMode", path, errors);
    let mut taken = Vec::new();
    for (index, projection) in list(source, &["sources"]).iter().enumerate() {
        let source_path = format!("{path}.sources[{index}]");
        let mut count = 0;
        for kind in PROJECTIONS {
            let part = at(projection, &[kind]);
            if part.is_null() {
                continue;
            }
            count += 1;
            let part_path = format!("{source_path}.{kind}");
            match kind {
                "secret" | "configMap" => {
                    required_text(part, "name", &part_path, errors);
                    validate_items(part, &part_path, errors);
                    collisions(part, Some(text(part, &["name"])), &mut taken, path, errors);
                }
                "downwardAPI" => {
                    validate_files(part, &part_path, errors);
                    collisions(part, None, &mut taken, path, errors);
                }
                "serviceAccountToken" => validate_token(part, &part_path, path, errors),
                _ => {}
            }
        }
        if count > 1 {
            errors.push(FieldError::forbidden(&source_path, ONE_TYPE));
        }
    }
}

/// Two sources may not write to one path. Kubernetes names the source, or the path if it is a file of the downward API.
fn collisions<'a>(source: &'a Value, name: Option<&str>, taken: &mut Vec<&'a str>, path: &str, errors: &mut Errors) {
    for file in list(source, &["items"]).iter().map(|item| text(item, &["path"])).filter(|file| !file.is_empty()) {
        if taken.contains(&file) {
            let named = json!(name.unwrap_or(file));
            errors.push(FieldError::invalid(path, &named, "conflicting duplicate paths"));
        } else {
            taken.push(file);
        }
    }
}

/// A token's source. Kubernetes reports its `path` at the volume, not at the source.
fn validate_token(token: &Value, path: &str, volume_path: &str, errors: &mut Errors) {
    let seconds = integer(token, &["expirationSeconds"]).unwrap_or(0);
    let detail = if seconds < LIFETIME_SECONDS_MIN {
        Some("may not specify a duration less than 10 minutes")
    } else if seconds > LIFETIME_SECONDS_MAX {
        Some("may not specify a duration larger than 2^32 seconds")
    } else {
        None
    };
    if let Some(detail) = detail {
        errors.push(FieldError::invalid(&format!("{path}.expirationSeconds"), &json!(seconds), detail));
    }
    validate_file_path(token, volume_path, errors);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(volumes: &Value) -> Vec<String> {
        let mut errors = Errors::new();
        validate(volumes.as_array().map_or(&[], Vec::as_slice), "spec.volumes", &mut errors);
        errors.iter().map(ToString::to_string).collect()
    }

    fn token(token: Value) -> Vec<String> {
        messages(&json!([{"name": "t", "projected": {"sources": [{"serviceAccountToken": token}]}}]))
    }

    #[test]
    fn checks_the_token_source_as_the_real_server_does() {
        assert_eq!(
            token(json!({"path": "t", "expirationSeconds": 60})),
            ["spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: \
              may not specify a duration less than 10 minutes"]
        );
        assert_eq!(
            token(json!({"path": "t", "expirationSeconds": 4_294_967_297_i64})),
            ["spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: \
              may not specify a duration larger than 2^32 seconds"]
        );
        let path = |path: &str| token(json!({"path": path, "expirationSeconds": 4_294_967_296_i64}));
        assert_eq!(path(""), ["spec.volumes[0].projected.path: Required value"]);
        assert_eq!(path("../x"), ["spec.volumes[0].projected.path: Invalid value: \"../x\": must not contain '..'"]);
        assert_eq!(path("/x"), ["spec.volumes[0].projected.path: Invalid value: \"/x\": must be a relative path"]);
        assert!(path("x/y").is_empty());
    }

    #[test]
    fn a_volume_has_a_name_and_one_source() {
        assert_eq!(messages(&json!([{"name": "a"}])), ["spec.volumes[0]: Required value: must specify a volume type"]);
        assert_eq!(
            messages(&json!([{"name": "a", "emptyDir": {}, "secret": {"secretName": "s"}}, {"emptyDir": {}}])),
            [
                "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type",
                "spec.volumes[1].name: Required value"
            ]
        );
        assert_eq!(
            messages(&json!([{"name": "a", "emptyDir": {}}, {"name": "a", "secret": {}}])),
            ["spec.volumes[1].secret.secretName: Required value", "spec.volumes[1].name: Duplicate value: \"a\""]
        );
    }

    #[test]
    fn checks_what_is_projected() {
        let files = |field: &str| {
            messages(&json!([{"name": "v", "projected": {"defaultMode": 512, "sources": [
                {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"apiVersion": "v1", "fieldPath": field}}]}},
                {"secret": {"items": [{"path": "..x", "key": "k"}]}}]}}]))
        };
        assert_eq!(
            files("spec.foo"),
            [
                "spec.volumes[0].projected.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
                "spec.volumes[0].projected.sources[0].downwardAPI.fieldRef.fieldPath: Invalid value: \"spec.foo\": \
                 error converting fieldPath: field label not supported: spec.foo",
                "spec.volumes[0].projected.sources[1].secret.name: Required value",
                "spec.volumes[0].projected.sources[1].secret.items[0].path: Invalid value: \"..x\": must not start with '..'"
            ]
        );
        assert_eq!(files("metadata.labels['app']").len(), 3);
        assert!(
            files("spec.nodeName")[1]
                .contains("Unsupported value: \"spec.nodeName\": supported values: \"metadata.annotations\"")
        );
    }
}
