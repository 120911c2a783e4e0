//! Objects as JSON values, and the typed ways to read and change them.

use crate::api::time::Timestamp;
use serde_json::{Map, Value, json};

/// Any Kubernetes object: a JSON mapping with `apiVersion`, `kind` and `metadata`.
///
/// Keys are kept in byte order, which is the order `kubectl -o yaml` prints; [`crate::api::wire`] knows the order
/// of the API server's own JSON.
pub type Object = Value;

static NULL: Value = Value::Null;

/// The value at a path of keys (numbers index lists); null where there is none.
///
/// ```
/// use serviceaccount_lab::api::object::at;
/// let pod = serde_json::json!({"spec": {"containers": [{"name": "c"}]}});
/// assert_eq!(at(&pod, &["spec", "containers", "0", "name"]), "c");
/// ```
pub fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    let mut current = value;
    for step in path {
        let next = match current {
            Value::Array(list) => step.parse::<usize>().ok().and_then(|index| list.get(index)),
            other => other.get(*step),
        };
        match next {
            Some(found) => current = found,
            None => return &NULL,
        }
    }
    current
}

/// The string at a path; empty where there is none.
pub fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

/// The list at a path; empty where there is none.
pub fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    at(value, path).as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The strings of the list at a path.
pub fn strings<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a str> {
    list(value, path).iter().filter_map(Value::as_str).collect()
}

/// The boolean at a path, if there is one.
pub fn boolean(value: &Value, path: &[&str]) -> Option<bool> {
    at(value, path).as_bool()
}

/// The whole number at a path, if there is one.
pub fn integer(value: &Value, path: &[&str]) -> Option<i64> {
    at(value, path).as_i64()
}

/// Puts `new` at a path of mapping keys, making the mappings on the way (a non-mapping on the way is replaced).
pub fn set(value: &mut Value, path: &[&str], new: Value) {
    let Some((last, parents)) = path.split_last() else {
        *value = new;
        return;
    };
    mapping(value, parents).insert((*last).to_owned(), new);
}

/// Puts `new` at a path unless something other than null is there.
pub fn set_default(value: &mut Value, path: &[&str], new: Value) {
    if at(value, path).is_null() {
        set(value, path, new);
    }
}

/// Removes what is at a path of mapping keys and returns it.
pub fn remove(value: &mut Value, path: &[&str]) -> Option<Value> {
    let (last, parents) = path.split_last()?;
    let mut current = value;
    for step in parents {
        current = current.get_mut(*step)?;
    }
    current.as_object_mut()?.remove(*last)
}

/// The mapping at a path of mapping keys, made if it is not there.
pub fn mapping<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Map<String, Value> {
    let mut current = value;
    for step in path {
        if !current.is_object() {
            *current = json!({});
        }
        current = as_map(current).entry((*step).to_owned()).or_insert_with(|| json!({}));
    }
    as_map(current)
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// `metadata.name`.
pub fn name(object: &Object) -> &str {
    text(object, &["metadata", "name"])
}

/// `metadata.namespace`; empty for cluster-scoped objects.
pub fn namespace(object: &Object) -> &str {
    text(object, &["metadata", "namespace"])
}

/// `metadata.uid`.
pub fn uid(object: &Object) -> &str {
    text(object, &["metadata", "uid"])
}

/// `kind`.
pub fn kind(object: &Object) -> &str {
    text(object, &["kind"])
}

/// `apiVersion`.
pub fn api_version(object: &Object) -> &str {
    text(object, &["apiVersion"])
}

/// `metadata.resourceVersion`.
pub fn resource_version(object: &Object) -> &str {
    text(object, &["metadata", "resourceVersion"])
}

/// `metadata.creationTimestamp`.
pub fn creation_timestamp(object: &Object) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text(object, &["metadata", "creationTimestamp"]))
}

/// `metadata.deletionTimestamp`: set while the object waits for its grace period or its finalizers.
pub fn deletion_timestamp(object: &Object) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text(object, &["metadata", "deletionTimestamp"]))
}

/// One label; `None` where it is not set.
pub fn label<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    at(object, &["metadata", "labels", key]).as_str()
}

/// One annotation; `None` where it is not set.
pub fn annotation<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    at(object, &["metadata", "annotations", key]).as_str()
}

/// Sets one annotation.
pub fn set_annotation(object: &mut Object, key: &str, value: &str) {
    mapping(object, &["metadata", "annotations"]).insert(key.to_owned(), json!(value));
}

/// Sets one label.
pub fn set_label(object: &mut Object, key: &str, value: &str) {
    mapping(object, &["metadata", "labels"]).insert(key.to_owned(), json!(value));
}

/// What a pod's code asks of it. A view: it borrows the object and holds nothing itself.
#[derive(Clone, Copy)]
pub struct Pod<'a>(pub &'a Object);

impl<'a> Pod<'a> {
    /// `spec.serviceAccountName`; empty before admission has filled it in.
    pub fn service_account_name(self) -> &'a str {
        text(self.0, &["spec", "serviceAccountName"])
    }

    /// The pod's own opinion about automounting; `None` leaves it to the account.
    pub fn automount_service_account_token(self) -> Option<bool> {
        boolean(self.0, &["spec", "automountServiceAccountToken"])
    }

    /// `spec.nodeName`; empty before the scheduler has bound the pod.
    pub fn node_name(self) -> &'a str {
        text(self.0, &["spec", "nodeName"])
    }

    /// `status.phase`.
    pub fn phase(self) -> &'a str {
        text(self.0, &["status", "phase"])
    }

    /// `spec.volumes`.
    pub fn volumes(self) -> &'a [Value] {
        list(self.0, &["spec", "volumes"])
    }

    /// `spec.initContainers`.
    pub fn init_containers(self) -> &'a [Value] {
        list(self.0, &["spec", "initContainers"])
    }

    /// `spec.containers`.
    pub fn containers(self) -> &'a [Value] {
        list(self.0, &["spec", "containers"])
    }
}
