//! ConfigMaps.
//!
//! Follows pkg/registry/core/configmap/strategy.go and ValidateConfigMap of pkg/apis/core/validation/validation.go.

use crate::api::object::Object;
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::secret::{SIZE_MAX, frozen, key_errors};
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, age, column, count, name};
use serde_json::{Value, json};

/// `configmaps`.
pub struct ConfigMaps;

impl Strategy for ConfigMaps {
    fn resource(&self) -> &'static str {
        "configmaps"
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut size = 0;
        for field in ["data", "binaryData"] {
            for (key, value) in object.get(field).and_then(Value::as_object).into_iter().flatten() {
                let mut wrong = key_errors(key);
                wrong.iter_mut().for_each(|error| error.field = format!("{field}[{key}]"));
                errors.extend(wrong);
                if field == "data" && object.get("binaryData").is_some_and(|other| other.get(key).is_some()) {
                    let detail = "duplicate of key present in binaryData";
                    errors.push(FieldError::invalid(&format!("data[{key}]"), &json!(key), detail));
                }
                size += value.as_str().map_or(0, str::len);
            }
        }
        if size > SIZE_MAX {
            errors.push(FieldError::too_long("", &format!("may not be more than {SIZE_MAX} bytes")));
        }
        errors
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        let mut errors = frozen(object, old, &["data", "binaryData"]);
        errors.extend(self.validate(object));
        errors
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 3] = [NAME, column("Data"), AGE];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        vec![name(object), json!(count(object, "data") + count(object, "binaryData")), age(object, now)]
    }
}
