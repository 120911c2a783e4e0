//! `/openapi/v2` as kubectl reads it: Protobuf, made of the documents under `/openapi/v3`.
//!
//! kubectl checks objects against it whose kinds cannot be patched (the reviews). Follows gnostic's
//! openapiv2/OpenAPIv2.proto for the numbers of the fields. As JSON it is not simulated.

use serde_json::{Map, Value};
use serviceaccount_lab::api::object::{list, text};

/// What a client that reads it accepts.
pub const MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// Whether a client that accepts this wants Protobuf.
pub fn is_wanted(accept: &str) -> bool {
    accept.contains("proto-openapi.spec.v2")
}

/// One document of several.
pub fn document(documents: &[Value]) -> Vec<u8> {
    let mut definitions = Map::new();
    for document in documents {
        let schemas = document["components"]["schemas"].as_object();
        definitions.extend(schemas.into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone())));
    }
    let info = [bytes(1, b"Kubernetes"), bytes(2, b"v1.36.2")].concat();
    [bytes(1, b"2.0"), bytes(2, &info), bytes(8, b""), bytes(9, &named(&definitions))].concat()
}

/// `Definitions` and `Properties`: schemas by name.
fn named(schemas: &Map<String, Value>) -> Vec<u8> {
    let one =
        |(name, value): (&String, &Value)| bytes(1, &[bytes(1, name.as_bytes()), bytes(2, &schema(value))].concat());
    schemas.iter().flat_map(one).collect()
}

fn schema(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(reference) = list(value, &["allOf"]).first() {
        let name = text(reference, &["$ref"]).rsplit('/').next().unwrap_or_default();
        out.extend(bytes(1, format!("#/definitions/{name}").as_bytes()));
    }
    if let Some(format) = value.get("format").and_then(Value::as_str) {
        out.extend(bytes(2, format.as_bytes()));
    }
    for required in list(value, &["required"]) {
        out.extend(bytes(19, required.as_str().unwrap_or_default().as_bytes()));
    }
    if let Some(values) = value.get("additionalProperties") {
        out.extend(bytes(21, &bytes(1, &schema(values))));
    }
    if let Some(kind) = value.get("type").and_then(Value::as_str) {
        out.extend(bytes(22, &bytes(1, kind.as_bytes())));
    }
    if let Some(items) = value.get("items") {
        out.extend(bytes(23, &bytes(1, &schema(items))));
    }
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        out.extend(bytes(25, &named(properties)));
    }
    let extensions = value.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("x-"));
    for (name, value) in extensions {
        // JSON is YAML.
        let any = bytes(2, value.to_string().as_bytes());
        out.extend(bytes(31, &[bytes(1, name.as_bytes()), bytes(2, &any)].concat()));
    }
    out
}

/// A field with its length.
fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 4);
    varint(number << 3 | 2, &mut out);
    varint(content.len() as u64, &mut out);
    out.extend_from_slice(content);
    out
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lengths_and_numbers_are_varints() {
        assert_eq!(bytes(31, &[7; 200])[..4], [0xfa, 0x01, 0xc8, 0x01]);
        let property = json!({"allOf": [{"$ref": "#/components/schemas/Spec"}]});
        assert_eq!(schema(&property), bytes(1, b"#/definitions/Spec"));
    }
}
