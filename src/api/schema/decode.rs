//! Decoding: what an object looks like once it has been through Go's structs and back.
//!
//! Follows sigs.k8s.io/json (field names are case-sensitive) and apimachinery's strict decoding. Normalised as Go's
//! `omitempty` would on the way back: nulls go (in mappings and lists of plain values they become empty values), and so
//! do empty strings, lists and mappings of fields that are not required, and `false` and `0` where Go's field is no
//! pointer. `{}` of a struct stays, `0` and `false` of pointers stay. Walking is bounded by the depth of the tree of
//! types; what no type knows is dropped without being looked into.

use crate::api::quantity;
use crate::api::schema::go::{go_scalar, go_type};
use crate::api::schema::scalar::{Refusal, check, json_type};
use crate::api::schema::{Field, Shape, fields, type_of};
use serde_json::{Map, Value};

/// What to do about fields that no type has: the `fieldValidation` of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Drop them.
    Ignore,
    /// Drop them and say so.
    #[default]
    Warn,
    /// Refuse the object.
    Strict,
}

impl Strictness {
    /// Reads `Ignore`, `Warn` or `Strict`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "Ignore" => Strictness::Ignore,
            "Warn" => Strictness::Warn,
            "Strict" => Strictness::Strict,
            _ => return None,
        })
    }
}

/// How many mistakes Go's strict decoder lists.
const MISTAKES_MAX: usize = 100;

/// The booleans and numbers that are no pointers in Go's structs: `false` and `0` are left out when written.
const OMITTED_ZEROS: &[&str] = &[
    "PodSpec.hostNetwork",
    "PodSpec.hostPID",
    "PodSpec.hostIPC",
    "Container.stdin",
    "Container.stdinOnce",
    "Container.tty",
    "VolumeMount.readOnly",
    "ContainerPort.hostPort",
    "Probe.initialDelaySeconds",
    "Probe.timeoutSeconds",
    "Probe.periodSeconds",
    "Probe.successThreshold",
    "Probe.failureThreshold",
    "DeploymentSpec.minReadySeconds",
    "DeploymentSpec.paused",
    "ReplicaSetSpec.minReadySeconds",
    "ObjectMeta.generation",
    "DeploymentStatus.observedGeneration",
    "DeploymentStatus.replicas",
    "DeploymentStatus.updatedReplicas",
    "DeploymentStatus.readyReplicas",
    "DeploymentStatus.availableReplicas",
    "DeploymentStatus.unavailableReplicas",
    "ReplicaSetStatus.fullyLabeledReplicas",
    "ReplicaSetStatus.readyReplicas",
    "ReplicaSetStatus.availableReplicas",
    "ReplicaSetStatus.observedGeneration",
    "PersistentVolumeClaimVolumeSource.readOnly",
    "NFSVolumeSource.readOnly",
    "ServiceSpec.publishNotReadyAddresses",
    "ServiceSpec.healthCheckNodePort",
    "ServicePort.nodePort",
    "NodeSpec.unschedulable",
    "TokenReviewStatus.authenticated",
    "SubjectAccessReviewStatus.denied",
    "Event.count",
    "EventSeries.count",
    "PodStatus.observedGeneration",
    "PodCondition.observedGeneration",
    "ContainerStateTerminated.signal",
];

/// Checks an object against the type of its kind and normalises it; returns it with the warnings to send.
/// An object of an unknown kind passes unchanged.
///
/// # Errors
/// What Go's decoder says: `json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type
/// []v1.Container`, `strict decoding error: unknown field "x"`.
pub fn decode(
    api_version: &str,
    kind: &str,
    value: Value,
    strictness: Strictness,
) -> Result<(Value, Vec<String>), String> {
    let Some(type_name) = type_of(api_version, kind) else { return Ok((value, Vec::new())) };
    let Value::Object(map) = value else {
        let found = json_type(&value);
        return Err(format!("json: cannot unmarshal {found} into Go value of type v1.{type_name}"));
    };
    let mut walk = Walk::default();
    let decoded = walk.object(type_name, map);
    if let Some(error) = walk.error {
        return Err(error);
    }
    walk.unknown.truncate(MISTAKES_MAX);
    let mistakes: Vec<String> = walk.unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
    match strictness {
        Strictness::Strict if !mistakes.is_empty() => Err(format!("strict decoding error: {}", mistakes.join(", "))),
        Strictness::Warn => Ok((decoded, mistakes)),
        _ => Ok((decoded, Vec::new())),
    }
}

#[derive(Default)]
struct Walk {
    /// The path with indexes, as strict errors name fields.
    path: Vec<String>,
    /// The names of the fields on the way, as type errors name them.
    names: Vec<String>,
    unknown: Vec<String>,
    /// The first error; Go's decoder goes on, but reports this one.
    error: Option<String>,
}

impl Walk {
    fn object(&mut self, type_name: &str, map: Map<String, Value>) -> Value {
        let mut decoded = Map::new();
        let known = fields(type_name);
        for (key, value) in map {
            let Some(field) = known.and_then(|fields| fields.get(&key)) else {
                self.path.push(key);
                self.unknown.push(self.path.join(".").replace(".[", "["));
                self.path.pop();
                continue;
            };
            if value.is_null() {
                continue;
            }
            let name = format!("{type_name}.{key}");
            self.path.push(key.clone());
            self.names.push(key.clone());
            let value = self.field(&name, field, value);
            self.names.pop();
            self.path.pop();
            if !is_left_out(&name, field, &value) {
                decoded.insert(key, value);
            }
        }
        Value::Object(decoded)
    }

    fn field(&mut self, name: &str, field: &Field, value: Value) -> Value {
        match (field.shape, value) {
            (Shape::Single, value) => self.element(name, field, value),
            (Shape::List, Value::Array(items)) => self.list(name, field, items),
            (Shape::Map | Shape::MapOfLists, Value::Object(map)) => {
                let mut decoded = Map::new();
                for (key, value) in map {
                    self.path.push(key.clone());
                    let value = match (field.shape, value) {
                        (Shape::MapOfLists, Value::Array(items)) => self.list(name, field, items),
                        (Shape::MapOfLists, Value::Null) => Value::Null,
                        (Shape::MapOfLists, other) => self.wrong(name, &other, "v1.ExtraValue"),
                        (_, value) => self.element(name, field, value),
                    };
                    self.path.pop();
                    decoded.insert(key, value);
                }
                Value::Object(decoded)
            }
            (_, other) => {
                let wanted = go_type(name, field);
                self.wrong(name, &other, &wanted)
            }
        }
    }

    fn list(&mut self, name: &str, field: &Field, items: Vec<Value>) -> Value {
        let mut decoded = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            self.path.push(format!("[{index}]"));
            decoded.push(self.element(name, field, item));
            self.path.pop();
        }
        Value::Array(decoded)
    }

    fn element(&mut self, name: &str, field: &Field, value: Value) -> Value {
        match value {
            Value::Null => empty(field),
            Value::Object(map) if field.is_object() => self.object(&field.type_name, map),
            other if field.is_object() => self.wrong(name, &other, &format!("v1.{}", field.type_name)),
            other => {
                match check(&field.type_name, &other) {
                    Ok(()) if field.type_name == "quantity" => return stored_quantity(other),
                    Ok(()) => {}
                    Err(Refusal::WrongType(found)) => self.refuse(name, &found, &go_scalar(name, field)),
                    Err(Refusal::Other(why)) => {
                        self.error.get_or_insert(why);
                    }
                }
                other
            }
        }
    }

    fn wrong(&mut self, name: &str, value: &Value, wanted: &str) -> Value {
        self.refuse(name, json_type(value), wanted);
        Value::Null
    }

    fn refuse(&mut self, name: &str, found: &str, wanted: &str) {
        let owner = name.split('.').next().unwrap_or_default();
        let path = self.names.join(".");
        let error = format!("json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {wanted}");
        self.error.get_or_insert(error);
    }
}

/// The canonical form of an amount: `0.5` is stored as `500m`.
fn stored_quantity(value: Value) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    quantity::canonical(&text).map_or(value, Value::String)
}

fn empty(field: &Field) -> Value {
    if field.is_object() {
        return Value::Object(Map::new());
    }
    match field.type_name.as_str() {
        "int32" | "int64" => Value::from(0),
        "bool" => Value::from(false),
        "any" => Value::Null,
        "quantity" => Value::from("0"),
        _ => Value::from(""),
    }
}

fn is_left_out(name: &str, field: &Field, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() && !field.required,
        Value::Array(items) => items.is_empty() && !field.required,
        Value::Object(map) => map.is_empty() && field.shape != Shape::Single && !field.required,
        Value::Bool(false) => OMITTED_ZEROS.contains(&name),
        Value::Number(number) => number.as_i64() == Some(0) && OMITTED_ZEROS.contains(&name),
        Value::Bool(true) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(value: Value) -> Result<(Value, Vec<String>), String> {
        decode("v1", "Pod", value, Strictness::Strict)
    }

    #[test]
    fn names_unknown_fields() {
        let account =
            json!({"kind": "ServiceAccount", "autoMountServiceAccountToken": true, "metadata": {"name": "a"}});
        let decoded = |strictness| decode("v1", "ServiceAccount", account.clone(), strictness);
        let error = "strict decoding error: unknown field \"autoMountServiceAccountToken\"";
        assert_eq!(decoded(Strictness::Strict).unwrap_err(), error);
        let kept = json!({"kind": "ServiceAccount", "metadata": {"name": "a"}});
        let warning = "unknown field \"autoMountServiceAccountToken\"".to_owned();
        assert_eq!(decoded(Strictness::Warn).unwrap(), (kept.clone(), vec![warning]));
        assert_eq!(decoded(Strictness::Ignore).unwrap(), (kept, vec![]));
        let error = pod(json!({"spec": {"containers": [{"name": "c", "imagee": "x"}], "zz": 1}})).unwrap_err();
        assert_eq!(
            error,
            "strict decoding error: unknown field \"spec.containers[0].imagee\", unknown field \"spec.zz\""
        );
    }

    #[test]
    fn names_wrong_types() {
        let wrong = |api_version, kind, value| decode(api_version, kind, value, Strictness::Strict).unwrap_err();
        let cases = [
            (
                json!({"spec": {"serviceAccountName": 5}}),
                "number into Go struct field PodSpec.spec.serviceAccountName of type string",
            ),
            (
                json!({"metadata": {"labels": []}}),
                "array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            ),
            (
                json!({"metadata": {"labels": {"a": true}}}),
                "bool into Go struct field ObjectMeta.metadata.labels of type string",
            ),
            (
                json!({"spec": {"containers": "x"}}),
                "string into Go struct field PodSpec.spec.containers of type []v1.Container",
            ),
            (
                json!({"spec": {"containers": [{"image": {}}]}}),
                "object into Go struct field Container.spec.containers.image of type string",
            ),
            (json!({"spec": []}), "array into Go struct field Pod.spec of type v1.PodSpec"),
            (
                json!({"spec": {"priority": 3_000_000_000_i64}}),
                "number 3000000000 into Go struct field PodSpec.spec.priority of type int32",
            ),
        ];
        for (value, error) in cases {
            assert_eq!(wrong("v1", "Pod", value), format!("json: cannot unmarshal {error}"));
        }
        assert_eq!(
            wrong("v1", "ServiceAccount", json!({"automountServiceAccountToken": "no"})),
            "json: cannot unmarshal string into Go struct field ServiceAccount.automountServiceAccountToken of type bool"
        );
        assert_eq!(wrong("v1", "Secret", json!({"data": {"a": "not base64"}})), "illegal base64 data at input byte 3");
    }

    #[test]
    fn normalises_as_omitempty_does() {
        let (decoded, _) = pod(json!({
            "metadata": {"name": "a", "labels": {}, "creationTimestamp": null, "annotations": {"x": null}},
            "spec": {"containers": [{"name": "c", "image": "", "resources": {}, "tty": false}],
                     "automountServiceAccountToken": false, "hostNetwork": false, "terminationGracePeriodSeconds": 0}
        }))
        .unwrap();
        assert_eq!(
            decoded,
            json!({"metadata": {"name": "a", "annotations": {"x": ""}},
                   "spec": {"containers": [{"name": "c", "resources": {}}], "automountServiceAccountToken": false,
                            "terminationGracePeriodSeconds": 0}})
        );
    }
}
