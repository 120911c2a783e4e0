//! Applying a strategic merge patch.

use crate::api::schema::{self, Field, Shape};
use crate::api::sorted;
use serde_json::{Map, Value};

/// How deep a patch may go; the types themselves are far shallower.
const DEPTH_MAX: usize = 100;

pub(in crate::api::patch) const DIRECTIVE: &str = "$patch";
pub(in crate::api::patch) const RETAIN_KEYS: &str = "$retainKeys";
pub(in crate::api::patch) const DELETE_PREFIX: &str = "$deleteFromPrimitiveList/";
pub(in crate::api::patch) const ORDER_PREFIX: &str = "$setElementOrder/";

/// Applies a strategic merge patch to an object of that kind. Fields that the schema does not know are merged as JSON,
/// so that decoding can name them.
///
/// # Errors
/// A patch that does not fit: elements without their merge key, unknown directives.
pub fn strategic(api_version: &str, kind: &str, document: &Value, patch: &Value) -> Result<Value, String> {
    let type_name = schema::type_of(api_version, kind).unwrap_or_default();
    let Value::Object(patch) = patch else {
        return Err(format!(
            "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            kind_of(patch)
        ));
    };
    let empty = Map::new();
    map(type_name, document.as_object().unwrap_or(&empty), patch, 0).map(Value::Object)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        _ => "number",
    }
}

fn map(
    type_name: &str,
    document: &Map<String, Value>,
    patch: &Map<String, Value>,
    depth: usize,
) -> Result<Map<String, Value>, String> {
    if depth > DEPTH_MAX {
        return Err("patch is nested too deeply".to_owned());
    }
    match patch.get(DIRECTIVE).map(|directive| directive.as_str().unwrap_or_default()) {
        Some("replace") => {
            return Ok(patch
                .iter()
                .filter(|(key, _)| *key != DIRECTIVE)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect());
        }
        Some("delete") => return Ok(Map::new()),
        Some("merge") | None => {}
        Some(other) => return Err(format!("unknown patch type: {other}")),
    }
    let mut merged = document.clone();
    if let Some(Value::Array(kept)) = patch.get(RETAIN_KEYS) {
        merged.retain(|key, _| kept.iter().any(|name| name == key));
    }
    for (key, list) in patch {
        let Some(name) = key.strip_prefix(DELETE_PREFIX) else { continue };
        let gone = list.as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(Value::Array(items)) = merged.get_mut(name) {
            items.retain(|item| !gone.contains(item));
        }
    }
    for (key, change) in patch {
        if key == DIRECTIVE || key == RETAIN_KEYS || key.starts_with(DELETE_PREFIX) || key.starts_with(ORDER_PREFIX) {
            continue;
        }
        if change.is_null() {
            merged.remove(key);
            continue;
        }
        let old = merged.get(key).cloned().unwrap_or_default();
        let order = patch.get(&format!("{ORDER_PREFIX}{key}")).and_then(Value::as_array);
        let new = value(schema::field(type_name, key), &old, change, order, depth)?;
        merged.insert(key.clone(), new);
    }
    for (key, order) in patch {
        let Some(name) = key.strip_prefix(ORDER_PREFIX) else { continue };
        if patch.contains_key(name) {
            continue;
        }
        if let (Some(field), Some(Value::Array(items)), Some(order)) =
            (schema::field(type_name, name), merged.get_mut(name), order.as_array())
        {
            sort(field, items, order);
        }
    }
    Ok(merged)
}

fn value(
    field: Option<&Field>,
    old: &Value,
    change: &Value,
    order: Option<&Vec<Value>>,
    depth: usize,
) -> Result<Value, String> {
    match (field, change) {
        (_, Value::Object(change)) => {
            let empty = Map::new();
            let inner = field.filter(|field| field.shape == Shape::Single).map_or("", |field| field.type_name.as_str());
            map(inner, old.as_object().unwrap_or(&empty), change, depth + 1).map(Value::Object)
        }
        (Some(field), Value::Array(changes)) if field.merges => {
            let empty = Vec::new();
            let old = old.as_array().unwrap_or(&empty);
            let mut merged =
                if field.merge_key.is_empty() { plain(old, changes) } else { keyed(field, old, changes, depth)? };
            if let Some(order) = order {
                sort(field, &mut merged, order);
            }
            Ok(Value::Array(merged))
        }
        _ => Ok(change.clone()),
    }
}

/// Lists of plain values: what is new goes to the end, nothing comes twice.
fn plain(old: &[Value], changes: &[Value]) -> Vec<Value> {
    let mut merged: Vec<Value> = Vec::new();
    for item in old.iter().chain(changes) {
        if !merged.contains(item) {
            merged.push(item.clone());
        }
    }
    merged
}

/// Lists of objects: elements are told apart by their merge key. Elements that are only in the patch come before
/// those that are only on the server, in the patch's order.
fn keyed(field: &Field, old: &[Value], changes: &[Value], depth: usize) -> Result<Vec<Value>, String> {
    let key = field.merge_key.as_str();
    let mut merged = old.to_vec();
    let mut replace = false;
    for change in changes {
        let directive = change.get(DIRECTIVE).and_then(Value::as_str);
        if directive == Some("replace") {
            replace = true;
            continue;
        }
        let Some(wanted) = change.get(key) else {
            return Err(format!("map: {} does not contain declared merge key: {key}", crate::api::go::print(change)));
        };
        if directive == Some("delete") {
            merged.retain(|item| item.get(key) != Some(wanted));
        }
    }
    let live: Vec<&Map<String, Value>> = changes
        .iter()
        .filter(|change| change.get(DIRECTIVE).is_none_or(|d| d == "merge"))
        .filter_map(Value::as_object)
        .collect();
    if replace {
        return Ok(live.into_iter().cloned().map(Value::Object).collect());
    }
    let mut added = Vec::new();
    for change in live {
        let found = merged.iter_mut().find(|item| item.get(key) == change.get(key));
        match found {
            Some(item) => {
                let empty = Map::new();
                let new = map(&field.type_name, item.as_object().unwrap_or(&empty), change, depth + 1)?;
                *item = Value::Object(new);
            }
            None => added.push(Value::Object(map(&field.type_name, &Map::new(), change, depth + 1)?)),
        }
    }
    added.append(&mut merged);
    Ok(added)
}

/// Puts the elements that `order` names into its order; the others keep their place among themselves, each before the
/// element it stood before.
fn sort(field: &Field, items: &mut Vec<Value>, order: &[Value]) {
    let key_of = |item: &Value| {
        if field.merge_key.is_empty() { item.clone() } else { item.get(&field.merge_key).cloned().unwrap_or_default() }
    };
    let order: Vec<Value> = order.iter().map(key_of).collect();
    let rank = |item: &Value| order.iter().position(|wanted| *wanted == key_of(item));
    let (mut ranked, others): (Vec<_>, Vec<_>) =
        items.drain(..).enumerate().partition(|(_, item)| rank(item).is_some());
    sorted::sort_by_key(&mut ranked, |(_, item)| rank(item));
    let (mut ranked, mut others) = (ranked.into_iter().peekable(), others.into_iter().peekable());
    // Both run in step: an element the patch does not know goes first where it stood first.
    while let (Some((place, _)), Some((other, _))) = (ranked.peek(), others.peek()) {
        let next = if other < place { others.next() } else { ranked.next() };
        items.extend(next.map(|(_, item)| item));
    }
    items.extend(ranked.chain(others).map(|(_, item)| item));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merges_lists_by_their_key() {
        let account = json!({"secrets": [{"name": "a"}], "imagePullSecrets": [{"name": "x"}]});
        let apply = |patch: Value| strategic("v1", "ServiceAccount", &account, &patch).unwrap();
        assert_eq!(apply(json!({"secrets": [{"name": "b"}]}))["secrets"], json!([{"name": "b"}, {"name": "a"}]));
        assert_eq!(apply(json!({"imagePullSecrets": [{"name": "y"}]}))["imagePullSecrets"], json!([{"name": "y"}]));
        assert_eq!(apply(json!({"secrets": [{"name": "a", "$patch": "delete"}]}))["secrets"], json!([]));
        assert_eq!(
            apply(json!({"secrets": [{"$patch": "replace"}, {"name": "z"}]}))["secrets"],
            json!([{"name": "z"}])
        );
        assert_eq!(apply(json!({"automountServiceAccountToken": false, "secrets": null}))["secrets"], Value::Null);
        assert!(
            strategic("v1", "ServiceAccount", &account, &json!({"secrets": [{"x": 1}]}))
                .unwrap_err()
                .contains("merge key: name")
        );
    }

    #[test]
    fn keeps_what_is_asked_in_the_order_asked() {
        let deployment = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]}}}});
        let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"},
            "template": {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}],
                                  "containers": [{"name": "a", "image": "9"}, {"name": "c", "image": "3"}]}}}});
        let patched = strategic("apps/v1", "Deployment", &deployment, &patch).unwrap();
        assert_eq!(patched["spec"]["strategy"], json!({"type": "Recreate"}));
        let containers = json!([{"name": "b", "image": "2"}, {"name": "c", "image": "3"}, {"name": "a", "image": "9"}]);
        assert_eq!(patched["spec"]["template"]["spec"]["containers"], containers);
    }

    #[test]
    fn merges_lists_of_plain_values() {
        let object = json!({"metadata": {"finalizers": ["a", "b"]}});
        let patch = json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}});
        assert_eq!(strategic("v1", "Pod", &object, &patch).unwrap(), json!({"metadata": {"finalizers": ["b", "c"]}}));
    }
}
