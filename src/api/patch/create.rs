//! Making strategic merge patches.

use crate::api::patch::apply::{DELETE_PREFIX, DIRECTIVE, ORDER_PREFIX, RETAIN_KEYS};
use crate::api::patch::{Differences, union};
use crate::api::schema::{self, Field, Shape};
use crate::api::sorted;
use serde_json::{Map, Value, json};

/// The strategic merge patch that turns `original` into `modified`; `{}` where nothing differs.
pub fn two_way_strategic(api_version: &str, kind: &str, original: &Value, modified: &Value) -> Value {
    let type_name = schema::type_of(api_version, kind).unwrap_or_default();
    Value::Object(map(type_name, original, modified, Differences::All))
}

/// The strategic merge patch of an apply: removes what `original` (last applied) had and `modified` no longer has, sets
/// what differs between `current` and `modified`, and leaves the rest of `current` alone. `{}` means unchanged.
pub fn three_way_strategic(
    api_version: &str,
    kind: &str,
    original: &Value,
    modified: &Value,
    current: &Value,
) -> Value {
    let type_name = schema::type_of(api_version, kind).unwrap_or_default();
    let changes = map(type_name, current, modified, Differences::Changes);
    let deletions = map(type_name, original, modified, Differences::Deletions);
    join(type_name, Value::Object(deletions), Value::Object(changes))
}

/// Joins the two halves of a three-way patch: mappings by key, merge lists by element, directives as they are.
fn join(type_name: &str, first: Value, second: Value) -> Value {
    let (Value::Object(mut joined), Value::Object(second)) = (first, second) else { return Value::Null };
    for (key, value) in second {
        let new = match (joined.remove(&key), schema::field(type_name, &key)) {
            (Some(Value::Array(old)), Some(field)) if field.merges => match value {
                Value::Array(new) => Value::Array(join_lists(field, old, new)),
                other => other,
            },
            (Some(old), Some(field)) if old.is_object() && value.is_object() && field.shape == Shape::Single => {
                join(&field.type_name, old, value)
            }
            (Some(_), None) if key.starts_with('$') => value,
            (Some(old), _) => union(old, value),
            (None, _) => value,
        };
        joined.insert(key, new);
    }
    Value::Object(joined)
}

fn join_lists(field: &Field, old: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
    let key = field.merge_key.as_str();
    let mut joined = new;
    for item in old {
        let same = joined.iter_mut().find(|other| !key.is_empty() && other.get(key) == item.get(key));
        match same {
            Some(other) => *other = join(&field.type_name, item, other.take()),
            None => joined.push(item),
        }
    }
    joined
}

fn map(type_name: &str, original: &Value, modified: &Value, which: Differences) -> Map<String, Value> {
    let empty = Map::new();
    let (old, new) = (original.as_object().unwrap_or(&empty), modified.as_object().unwrap_or(&empty));
    let mut patch = Map::new();
    for (key, value) in new {
        let field = schema::field(type_name, key);
        match old.get(key) {
            Some(before) if before == value => {}
            Some(before) if before.is_object() && value.is_object() => {
                let inner =
                    field.filter(|field| field.shape == Shape::Single).map_or("", |field| field.type_name.as_str());
                let mut change = map(inner, before, value, which);
                if field.is_some_and(|field| field.retains_keys) {
                    retain_keys(value, &mut change, which);
                }
                if !change.is_empty() {
                    patch.insert(key.clone(), Value::Object(change));
                }
            }
            Some(Value::Array(before)) if field.is_some_and(|field| field.merges) && value.is_array() => {
                if let (Some(field), Some(after)) = (field, value.as_array()) {
                    list(key, field, before, after, which, &mut patch);
                }
            }
            _ if which != Differences::Deletions => {
                patch.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    if which != Differences::Changes {
        for key in old.keys().filter(|key| !new.contains_key(*key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    patch
}

/// Names the keys a union keeps, where some change.
fn retain_keys(after: &Value, change: &mut Map<String, Value>, which: Differences) {
    if change.is_empty() || which == Differences::Deletions {
        return;
    }
    let kept: Vec<Value> = after
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, _)| json!(key))
        .collect();
    change.insert(RETAIN_KEYS.to_owned(), Value::Array(kept));
}

fn list(
    key: &str,
    field: &Field,
    before: &[Value],
    after: &[Value],
    which: Differences,
    patch: &mut Map<String, Value>,
) {
    let merge_key = field.merge_key.as_str();
    if merge_key.is_empty() {
        plain(key, before, after, which, patch);
        return;
    }
    let same =
        |list: &[Value], item: &Value| list.iter().find(|other| other.get(merge_key) == item.get(merge_key)).cloned();
    let mut changes = Vec::new();
    for item in after {
        match same(before, item) {
            None if which != Differences::Deletions => changes.push(item.clone()),
            None => {}
            Some(old) => {
                let mut change = map(&field.type_name, &old, item, which);
                if field.retains_keys {
                    retain_keys(item, &mut change, which);
                }
                if !change.is_empty() {
                    change.insert(merge_key.to_owned(), item.get(merge_key).cloned().unwrap_or_default());
                    changes.push(Value::Object(change));
                }
            }
        }
    }
    // Kubernetes sorts the changes of a merge list by its key.
    sorted::sort_by_key(&mut changes, |change| crate::api::go::print(change.get(merge_key).unwrap_or(&Value::Null)));
    if which != Differences::Changes {
        for item in before.iter().filter(|item| same(after, item).is_none()) {
            let id = item.get(merge_key).cloned().unwrap_or_default();
            let mut gone = Map::new();
            gone.insert(DIRECTIVE.to_owned(), json!("delete"));
            gone.insert(merge_key.to_owned(), id);
            changes.push(Value::Object(gone));
        }
    }
    let keys = |list: &[Value]| -> Vec<Value> { list.iter().filter_map(|item| item.get(merge_key).cloned()).collect() };
    let reordered = which != Differences::Deletions && is_reordered(&keys(before), &keys(after));
    if changes.is_empty() && !reordered {
        return;
    }
    if which != Differences::Deletions || !changes.is_empty() {
        let order: Vec<Value> =
            keys(after).into_iter().map(|id| Value::Object(Map::from_iter([(merge_key.to_owned(), id)]))).collect();
        patch.insert(format!("{ORDER_PREFIX}{key}"), Value::Array(order));
    }
    if !changes.is_empty() {
        patch.insert(key.to_owned(), Value::Array(changes));
    }
}

/// Whether the elements that both have stand in another order.
fn is_reordered(before: &[Value], after: &[Value]) -> bool {
    let left = before.iter().filter(|item| after.contains(item));
    let right = after.iter().filter(|item| before.contains(item));
    !left.eq(right)
}

fn plain(key: &str, before: &[Value], after: &[Value], which: Differences, patch: &mut Map<String, Value>) {
    let added: Vec<Value> = after.iter().filter(|item| !before.contains(item)).cloned().collect();
    let gone: Vec<Value> = before.iter().filter(|item| !after.contains(item)).cloned().collect();
    let (added, gone) = match which {
        Differences::All => (added, gone),
        Differences::Changes => (added, Vec::new()),
        Differences::Deletions => (Vec::new(), gone),
    };
    let reordered = which != Differences::Deletions && is_reordered(before, after);
    if added.is_empty() && gone.is_empty() && !reordered {
        return;
    }
    patch.insert(format!("{ORDER_PREFIX}{key}"), Value::Array(after.to_vec()));
    if !added.is_empty() {
        patch.insert(key.to_owned(), Value::Array(added));
    }
    if !gone.is_empty() {
        patch.insert(format!("{DELETE_PREFIX}{key}"), Value::Array(gone));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::patch::strategic;

    fn pod(containers: Value) -> Value {
        json!({"spec": {"containers": containers}})
    }

    #[test]
    fn a_two_way_patch_leads_to_the_modified_object() {
        let before = pod(json!([{"name": "a", "image": "1"}, {"name": "b", "image": "2", "tty": true}]));
        let after = pod(json!([{"name": "c", "image": "3"}, {"name": "b", "image": "4"}]));
        let patch = two_way_strategic("v1", "Pod", &before, &after);
        assert_eq!(
            patch,
            json!({"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "b"}], "containers": [
                {"name": "b", "image": "4", "tty": null}, {"name": "c", "image": "3"}, {"$patch": "delete", "name": "a"}]}})
        );
        assert_eq!(strategic("v1", "Pod", &before, &patch).unwrap(), after);
        assert_eq!(two_way_strategic("v1", "Pod", &after, &after), json!({}));
    }

    #[test]
    fn an_apply_leaves_what_others_set() {
        let applied = json!({"metadata": {"labels": {"old": "1"}}, "secrets": [{"name": "mine"}]});
        let wanted = json!({"metadata": {"labels": {"new": "2"}}, "automountServiceAccountToken": false});
        let current = json!({"metadata": {"labels": {"old": "1", "other": "x"}, "uid": "u"},
                             "secrets": [{"name": "mine"}, {"name": "theirs"}]});
        let patch = three_way_strategic("v1", "ServiceAccount", &applied, &wanted, &current);
        assert_eq!(patch["metadata"], json!({"labels": {"new": "2", "old": null}}));
        let patched = strategic("v1", "ServiceAccount", &current, &patch).unwrap();
        assert_eq!(patched["metadata"], json!({"labels": {"new": "2", "other": "x"}, "uid": "u"}));
        assert_eq!(patched["automountServiceAccountToken"], json!(false));
        assert_eq!(three_way_strategic("v1", "ServiceAccount", &wanted, &wanted, &patched), json!({}));
    }

    #[test]
    fn an_apply_does_not_touch_the_servers_defaults() {
        let wanted = pod(json!([{"name": "a", "image": "1"}]));
        let current = json!({"spec": {"containers": [{"name": "a", "image": "1", "imagePullPolicy": "Always"}],
                                      "volumes": [{"name": "v"}]}});
        assert_eq!(three_way_strategic("v1", "Pod", &wanted, &wanted, &current), json!({}));
        let other = pod(json!([{"name": "a", "image": "2"}]));
        assert_eq!(
            three_way_strategic("v1", "Pod", &wanted, &other, &current),
            json!({"spec": {"$setElementOrder/containers": [{"name": "a"}], "containers": [{"name": "a", "image": "2"}]}})
        );
    }

    #[test]
    fn a_union_names_the_keys_it_keeps() {
        let before = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}});
        let after = json!({"spec": {"strategy": {"type": "Recreate"}}});
        let patch = two_way_strategic("apps/v1", "Deployment", &before, &after);
        assert_eq!(patch["spec"]["strategy"]["$retainKeys"], json!(["type"]));
        assert_eq!(strategic("apps/v1", "Deployment", &before, &patch).unwrap(), after);
    }
}
