//! JSON patch (RFC 6902).

use serde_json::Value;

/// Why a JSON patch was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonPatchError {
    /// It is no JSON patch; the server answers 400 with this text.
    Malformed(String),
    /// It does not fit the object: 422, `the server rejected our request due to an error in our request`. The text is
    /// what the server writes to its own log.
    Rejected(String),
}

/// How many operations the server takes in one patch.
const OPERATIONS_MAX: usize = 10_000;

/// Applies a JSON patch; nothing is changed unless every operation fits.
///
/// # Errors
/// See [`JsonPatchError`].
pub fn json(document: &Value, patch: &Value) -> Result<Value, JsonPatchError> {
    let Value::Array(operations) = patch else {
        let found = if patch.is_object() { "object" } else { "value" };
        let text =
            format!("error decoding patch: json: cannot unmarshal {found} into Go value of type jsonpatch.Patch");
        return Err(JsonPatchError::Malformed(text));
    };
    if operations.len() > OPERATIONS_MAX {
        let text =
            format!("The allowed maximum operations in a JSON patch is {OPERATIONS_MAX}, got {}", operations.len());
        return Err(JsonPatchError::Rejected(text));
    }
    let patch: json_patch::Patch =
        serde_json::from_value(patch.clone()).map_err(|error| JsonPatchError::Rejected(error.to_string()))?;
    let mut changed = document.clone();
    json_patch::patch(&mut changed, &patch).map_err(|error| JsonPatchError::Rejected(error.to_string()))?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn applies_all_or_nothing() {
        let document = json!({"metadata": {"name": "app"}});
        let add = json!([{"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}]);
        assert_eq!(json(&document, &add), Ok(json!({"metadata": {"name": "app", "labels": {"x": "y"}}})));
        let missing = json!([{"op": "remove", "path": "/metadata/nope"}]);
        assert!(matches!(json(&document, &missing), Err(JsonPatchError::Rejected(_))));
        assert!(matches!(json(&document, &json!({"a": 1})), Err(JsonPatchError::Malformed(_))));
        assert!(matches!(json(&document, &json!([{"op": "zap"}])), Err(JsonPatchError::Rejected(_))));
    }
}
