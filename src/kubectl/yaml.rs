//! A stand-in until `api::yaml` is there.

use serde_json::Value;

/// Reads one YAML document as JSON.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| format!("yaml: {error}"))
}

/// Reads every document of a stream.
///
/// # Errors
/// What is wrong with it.
pub fn documents(text: &str) -> Result<Vec<Value>, String> {
    text.split("\n---").map(parse).collect()
}

/// Prints a value.
pub fn print(value: &Value) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}
