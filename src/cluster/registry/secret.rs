//! Secrets.
//!
//! Follows pkg/registry/core/secret/strategy.go and ValidateSecret of pkg/apis/core/validation/validation.go.

use crate::api::names;
use crate::api::object::{Object, at, mapping, remove, set, set_default, text};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::metadata::immutable;
use crate::cluster::registry::strategy::{AGE, Column, NAME, Strategy, age, column, count, name};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The most that a Secret's values may hold together.
pub const SIZE_MAX: usize = 1_048_576;
const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";
const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";

/// The types that need certain keys.
const NEEDED_KEYS: [(&str, &[&str]); 4] = [
    ("kubernetes.io/dockercfg", &[".dockercfg"]),
    ("kubernetes.io/dockerconfigjson", &[".dockerconfigjson"]),
    ("kubernetes.io/ssh-auth", &["ssh-privatekey"]),
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
];

/// `secrets`.
pub struct Secrets;

impl Strategy for Secrets {
    fn resource(&self) -> &'static str {
        "secrets"
    }

    fn default(&self, object: &mut Object) {
        if let Some(Value::Object(plain)) = remove(object, &["stringData"]) {
            let data = mapping(object, &["data"]);
            for (key, value) in plain {
                data.insert(key, json!(STANDARD.encode(value.as_str().unwrap_or_default())));
            }
        }
        set_default(object, &["type"], json!("Opaque"));
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, _subresource: &str) {
        if text(object, &["type"]).is_empty() {
            set(object, &["type"], at(old, &["type"]).clone());
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut size = 0;
        for (key, value) in object.get("data").and_then(Value::as_object).into_iter().flatten() {
            errors.extend(key_errors(key));
            size += value.as_str().map_or(0, decoded_length);
        }
        if size > SIZE_MAX {
            errors.push(FieldError::too_long("data", &format!("may not be more than {SIZE_MAX} bytes")));
        }
        errors.extend(type_errors(object));
        errors
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if text(object, &["type"]) != text(old, &["type"]) {
            errors.push(immutable("type", at(object, &["type"])));
        }
        errors.extend(frozen(object, old, &["data"]));
        errors.extend(self.validate(object));
        errors
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        &["metadata.name", "metadata.namespace", "type"]
    }

    fn field(&self, object: &Object, _field: &str) -> Option<String> {
        Some(text(object, &["type"]).to_owned())
    }

    fn unknown_field(&self, field: &str) -> String {
        format!("field label not supported: {field}")
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 4] = [NAME, column("Type"), column("Data"), AGE];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        vec![name(object), at(object, &["type"]).clone(), json!(count(object, "data")), age(object, now)]
    }
}

fn decoded_length(text: &str) -> usize {
    let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding)
}

/// The mistakes of a key of `data`.
pub fn key_errors(key: &str) -> Vec<FieldError> {
    let field = format!("data[{key}]");
    names::config_key(key).iter().map(|problem| FieldError::invalid(&field, &json!(key), problem)).collect()
}

fn type_errors(object: &Object) -> Vec<FieldError> {
    let kind = text(object, &["type"]);
    if kind == TOKEN_TYPE {
        let account = crate::api::object::annotation(object, ACCOUNT_NAME).unwrap_or_default();
        let field = format!("metadata.annotations[{ACCOUNT_NAME}]");
        return if account.is_empty() { vec![FieldError::required(&field, "")] } else { Vec::new() };
    }
    let has = |key: &str| !at(object, &["data", key]).is_null();
    if kind == "kubernetes.io/basic-auth" && !has("username") && !has("password") {
        return ["username", "password"].iter().map(|key| FieldError::required(&format!("data[{key}]"), "")).collect();
    }
    let needed = NEEDED_KEYS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keys)| *keys);
    needed.iter().filter(|key| !has(key)).map(|key| FieldError::required(&format!("data[{key}]"), "")).collect()
}

/// What may not change once `immutable` is set.
pub fn frozen(object: &Object, old: &Object, fields: &[&str]) -> Vec<FieldError> {
    if crate::api::object::boolean(old, &["immutable"]) != Some(true) {
        return Vec::new();
    }
    let detail = "field is immutable when `immutable` is set";
    let mut errors = Vec::new();
    if crate::api::object::boolean(object, &["immutable"]) != Some(true) {
        errors.push(FieldError::forbidden("immutable", detail));
    }
    for field in fields {
        if at(object, &[field]) != at(old, &[field]) {
            errors.push(FieldError::forbidden(field, detail));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn writes_plain_values_as_base64() {
        let mut secret = json!({"stringData": {"a": "b"}, "data": {"c": "ZA=="}});
        Secrets.default(&mut secret);
        assert_eq!(secret, json!({"data": {"a": "Yg==", "c": "ZA=="}, "type": "Opaque"}));
    }

    #[test]
    fn token_secrets_name_their_account() {
        let secret = json!({"type": TOKEN_TYPE});
        let expected = ["metadata.annotations[kubernetes.io/service-account.name]: Required value"];
        assert_eq!(words(&Secrets.validate(&secret)), expected);
    }

    #[test]
    fn what_is_frozen_stays() {
        let old = json!({"type": "Opaque", "immutable": true, "data": {"a": "Yg=="}});
        let new = json!({"type": "x", "immutable": true, "data": {}});
        assert_eq!(
            words(&Secrets.validate_update(&new, &old)),
            [
                "type: Invalid value: \"x\": field is immutable",
                "data: Forbidden: field is immutable when `immutable` is set"
            ]
        );
    }
}
