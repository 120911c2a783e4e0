//! `metadata`: what every object's must be like.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go.

use crate::api::names;
use crate::api::object::{Object, at, list, text};
use crate::api::status::FieldError;
use crate::cluster::registry::strategy::NameRule;
use serde_json::{Value, json};

/// The most that an object's annotations may hold, keys and values together.
const ANNOTATIONS_MAX: usize = 262_144;
/// The finalizers that Kubernetes itself uses and that need no domain.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// Drops empty labels, annotations, owners and finalizers, as Go's encoder does.
pub fn normalize(object: &mut Object) {
    let metadata = crate::api::object::mapping(object, &["metadata"]);
    metadata.retain(|_, value| match value {
        Value::Null => false,
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    });
}

/// The mistakes of an object's metadata.
pub fn validate(object: &Object, namespaced: bool, rule: NameRule) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let prefix = text(object, &["metadata", "generateName"]);
    if !prefix.is_empty() {
        for problem in names::generate_name(prefix, rule) {
            errors.push(FieldError::invalid("metadata.generateName", &json!(prefix), &problem));
        }
    }
    let name = crate::api::object::name(object);
    if name.is_empty() {
        errors.push(FieldError::required("metadata.name", "name or generateName is required"));
    } else {
        for problem in rule(name) {
            errors.push(FieldError::invalid("metadata.name", &json!(name), &problem));
        }
    }
    if namespaced {
        let namespace = crate::api::object::namespace(object);
        for problem in names::dns1123_label(namespace) {
            errors.push(FieldError::invalid("metadata.namespace", &json!(namespace), &problem));
        }
    }
    errors.extend(labels(at(object, &["metadata", "labels"]), "metadata.labels"));
    errors.extend(annotations(at(object, &["metadata", "annotations"])));
    errors.extend(owners(object));
    errors.extend(finalizers(object));
    errors
}

/// The mistakes of labels, wherever they are.
pub fn labels(labels: &Value, field: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (key, value) in labels.as_object().into_iter().flatten() {
        for problem in names::label_key(key) {
            errors.push(FieldError::invalid(field, &json!(key), &problem));
        }
        for problem in names::label_value(value.as_str().unwrap_or_default()) {
            errors.push(FieldError::invalid(field, value, &problem));
        }
    }
    errors
}

fn annotations(annotations: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut size = 0;
    for (key, value) in annotations.as_object().into_iter().flatten() {
        size += key.len() + value.as_str().map_or(0, str::len);
        for problem in names::label_key(&key.to_lowercase()) {
            errors.push(FieldError::invalid("metadata.annotations", &json!(key), &problem));
        }
    }
    if size > ANNOTATIONS_MAX {
        let detail = format!("may not be more than {ANNOTATIONS_MAX} bytes");
        errors.push(FieldError::too_long("metadata.annotations", &detail));
    }
    errors
}

fn owners(object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for owner in list(object, &["metadata", "ownerReferences"]) {
        for (key, detail) in [
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ] {
            let value = text(owner, &[key]);
            if value.is_empty() {
                let field = format!("metadata.ownerReferences.{key}");
                errors.push(FieldError::invalid(&field, &json!(value), detail));
            }
        }
    }
    errors
}

fn finalizers(object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for finalizer in crate::api::object::strings(object, &["metadata", "finalizers"]) {
        for problem in names::label_key(finalizer) {
            errors.push(FieldError::invalid("metadata.finalizers", &json!(finalizer), &problem));
        }
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.push(FieldError::invalid("metadata.finalizers", &json!(finalizer), detail));
        }
    }
    errors
}

/// What an update may not change.
pub fn validate_update(object: &Object, old: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for field in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
        let (new, was) = (at(object, &["metadata", field]), at(old, &["metadata", field]));
        if new != was {
            errors.push(immutable(&format!("metadata.{field}"), new));
        }
    }
    if !at(old, &["metadata", "deletionTimestamp"]).is_null() {
        let before = crate::api::object::strings(old, &["metadata", "finalizers"]);
        let mut added: Vec<&str> = crate::api::object::strings(object, &["metadata", "finalizers"]);
        added.retain(|finalizer| !before.contains(finalizer));
        if !added.is_empty() {
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                added.iter().map(|name| crate::api::go::quote(name)).collect::<Vec<_>>().join(", ")
            );
            errors.push(FieldError::forbidden("metadata.finalizers", &detail));
        }
    }
    errors
}

/// A field that may never change.
pub fn immutable(field: &str, value: &Value) -> FieldError {
    FieldError::invalid(field, value, "field is immutable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_names_and_labels() {
        let object = json!({"metadata": {"name": "Bad_Name", "namespace": "default", "labels": {"a": "-"}}});
        let errors: Vec<String> =
            validate(&object, true, names::dns1123_subdomain).iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 2);
        let expected = "metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of";
        assert!(errors.first().is_some_and(|error| error.starts_with(expected)), "{errors:?}");
        let missing = validate(&json!({"metadata": {}}), false, names::dns1123_subdomain);
        let words: Vec<String> = missing.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["metadata.name: Required value: name or generateName is required"]);
    }

    #[test]
    fn keeps_what_may_not_change() {
        let old = json!({"metadata": {"name": "a", "uid": "1"}});
        let new = json!({"metadata": {"name": "b", "uid": "1"}});
        let words: Vec<String> = validate_update(&new, &old).iter().map(ToString::to_string).collect();
        assert_eq!(words, ["metadata.name: Invalid value: \"b\": field is immutable"]);
    }
}
