//! JSON as the API server writes it: keys in the order of Kubernetes' own structs.

use serde_json::Value;

/// Encodes a value with the server's key order: compact with a last newline, or indented by two and without.
pub fn encode(value: &Value, pretty: bool) -> String {
    if pretty { serde_json::to_string_pretty(value).unwrap_or_default() } else { format!("{value}\n") }
}
