//! What the door asks of a resource: its names, defaults, validation, fields to select by, and its table.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update,delete}.go (the strategies) and
//! pkg/printers/internalversion/printers.go (the tables).

use crate::api::go::quote;
use crate::api::names;
use crate::api::object::{Object, creation_timestamp};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use serde_json::{Value, json};

/// A rule for names: the complaints about one.
pub type NameRule = fn(&str) -> Vec<String>;

/// One column of a resource's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// As it is headed, before kubectl makes it upper case.
    pub name: &'static str,
    /// `string`, `integer`, `date`.
    pub type_name: &'static str,
    /// `name` for the object's name; else empty.
    pub format: &'static str,
    /// 0 is always shown, 1 with `-o wide`.
    pub priority: u8,
}

/// A column of text.
pub const fn column(name: &'static str) -> Column {
    Column { name, type_name: "string", format: "", priority: 0 }
}

/// A column of text that `-o wide` shows.
pub const fn wide(name: &'static str) -> Column {
    Column { name, type_name: "string", format: "", priority: 1 }
}

/// The first column of almost every table.
pub const NAME: Column = Column { name: "Name", type_name: "string", format: "name", priority: 0 };
/// The last one.
pub const AGE: Column = column("Age");

/// The rules of one resource. Everything has the default of a plain object.
pub trait Strategy: Sync {
    /// `pods`, `deployments.apps`.
    fn resource(&self) -> &'static str;

    /// What its names must look like.
    fn name_rule(&self) -> NameRule {
        names::dns1123_subdomain
    }

    /// Puts defaults where nothing is said: when an object is read, before admission.
    fn default(&self, _object: &mut Object) {}

    /// What the server decides about a new object, after admission.
    fn prepare_for_create(&self, _object: &mut Object, _now: Timestamp) {}

    /// What the server decides about a changed object. `subresource` tells which part may change.
    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        keep_other_part(object, old, subresource);
    }

    /// Mistakes of a new object, its metadata apart.
    fn validate(&self, _object: &Object) -> Vec<FieldError> {
        Vec::new()
    }

    /// Mistakes of a changed object.
    fn validate_update(&self, object: &Object, _old: &Object) -> Vec<FieldError> {
        self.validate(object)
    }

    /// Warnings about a new or changed object.
    fn warnings(&self, _object: &Object, _old: Option<&Object>) -> Vec<String> {
        Vec::new()
    }

    /// Whether `metadata.generation` counts the changes of its `spec`.
    fn has_generation(&self) -> bool {
        false
    }

    /// The fields that a field selector may name.
    fn selectable_fields(&self) -> &'static [&'static str] {
        &["metadata.name", "metadata.namespace"]
    }

    /// The value of a selectable field other than name and namespace.
    fn field(&self, _object: &Object, _field: &str) -> Option<String> {
        None
    }

    /// The sentence about a field that it cannot be selected by.
    fn unknown_field(&self, field: &str) -> String {
        format!("{} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", quote(field))
    }

    /// The columns of its table.
    fn columns(&self) -> &'static [Column] {
        &[NAME, AGE]
    }

    /// The cells of one row.
    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        vec![name(object), age(object, now)]
    }

    /// The `conditions` of a row; null for none.
    fn row_conditions(&self, _object: &Object) -> Value {
        Value::Null
    }

    /// Whether a deletion answers with the object instead of a `Status`.
    fn returns_deleted(&self) -> bool {
        false
    }

    /// How long its deletion waits, in seconds.
    fn grace_period(&self, _object: &Object, _requested: Option<i64>) -> i64 {
        0
    }

    /// Whether nothing but `metadata.finalizers` may hold it back.
    fn is_finalized(&self, _object: &Object) -> bool {
        true
    }

    /// What else changes when its deletion begins.
    fn prepare_for_deletion(&self, _object: &mut Object) {}
}

/// A change of the object keeps the stored status, one of the status keeps everything else but labels and annotations.
pub fn keep_other_part(object: &mut Object, old: &Object, subresource: &str) {
    let field = if subresource == "status" { "spec" } else { "status" };
    if old.get("status").is_none() && object.get("status").is_none() && subresource.is_empty() {
        return;
    }
    if let Some(map) = object.as_object_mut() {
        match old.get(field) {
            Some(kept) => map.insert(field.to_owned(), kept.clone()),
            None => map.remove(field),
        };
    }
}

/// Writes out what Go's encoder always writes: times that are not set are null.
pub fn set_null(object: &mut Value, fields: &[&str]) {
    if let Some(map) = object.as_object_mut() {
        for field in fields {
            map.entry(*field).or_insert(Value::Null);
        }
    }
}

/// [`set_null`] for each of `status.conditions`.
pub fn set_null_in_conditions(object: &mut Object, fields: &[&str]) {
    let conditions = object.get_mut("status").and_then(|status| status.get_mut("conditions"));
    for condition in conditions.and_then(Value::as_array_mut).into_iter().flatten() {
        set_null(condition, fields);
    }
}

/// The cell of the object's name.
pub fn name(object: &Object) -> Value {
    json!(crate::api::object::name(object))
}

/// The cell of the object's age.
pub fn age(object: &Object, now: Timestamp) -> Value {
    json!(crate::api::duration::age(now, creation_timestamp(object)))
}

/// How many entries a mapping has.
pub fn count(object: &Object, field: &str) -> usize {
    object.get(field).and_then(Value::as_object).map_or(0, serde_json::Map::len)
}
