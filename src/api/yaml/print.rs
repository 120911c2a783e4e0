//! JSON values as block YAML.

use serde_json::Value;

/// Prints a value as `kubectl -o yaml` does: keys sorted, lists at their key's indentation, a newline at the end.
pub fn print(value: &Value) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}
