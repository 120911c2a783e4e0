//! The field tree of every kind, and strict checks of objects against it.
//!
//! The tree is the OpenAPI document of kube-apiserver 1.36, without its prose.

mod decode;
mod go;
mod scalar;

pub use decode::{Strictness, decode};

use crate::api::object;
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// How the values of a field are held together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Single,
    /// `[]T`.
    List,
    /// `map[string]T`.
    Map,
    /// `map[string][]string`.
    MapOfLists,
}

/// One field of a type.
#[derive(Clone, Debug)]
pub struct Field {
    /// The type of the value, or of each element: `PodSpec`, `string`, `int32`, `quantity`.
    pub type_name: String,
    /// Single, list or map.
    pub shape: Shape,
    /// Whether a strategic merge patch merges the list instead of replacing it.
    pub merges: bool,
    /// Whether a patch of this value names the keys to keep (`$retainKeys`).
    pub retains_keys: bool,
    /// The key by which list elements are told apart; empty for lists of plain values.
    pub merge_key: String,
    /// `atomic`, `set` or `map`; empty where the document says nothing.
    pub list_type: String,
    /// Whether OpenAPI calls it required: Go always writes it out.
    pub required: bool,
    of_objects: bool,
}

impl Field {
    /// Whether its values are objects of a known type (and not strings, numbers or the like).
    pub fn is_object(&self) -> bool {
        self.of_objects
    }
}

type Fields = BTreeMap<String, Field>;

struct Schema {
    kinds: Vec<(String, String, String)>,
    types: BTreeMap<String, Fields>,
}

thread_local! {
    static SCHEMA: OnceCell<&'static Schema> = const { OnceCell::new() };
}

fn schema() -> &'static Schema {
    SCHEMA.with(|schema| *schema.get_or_init(|| Box::leak(Box::new(load()))))
}

fn load() -> Schema {
    let document: Value = serde_json::from_str(include_str!("../data/kubernetes-1.36.json")).unwrap_or_default();
    let kinds = object::list(&document, &["kinds"])
        .iter()
        .map(|entry| {
            let text = |key: &str| object::text(entry, &[key]).to_owned();
            (text("apiVersion"), text("kind"), text("type"))
        })
        .collect();
    let mut types = BTreeMap::new();
    let named = object::at(&document, &["types"]);
    for (name, fields) in named.as_object().into_iter().flatten() {
        let fields = fields.as_object().into_iter().flatten();
        let fields = fields.map(|(key, entry)| (key.clone(), field_of(entry, named))).collect();
        types.insert(name.clone(), fields);
    }
    Schema { kinds, types }
}

/// Reads a field; `types` are those that are objects.
fn field_of(entry: &Value, types: &Value) -> Field {
    let text = |key: &str| object::text(entry, &[key]);
    let written = text("type");
    let (shape, type_name) = if let Some(element) = written.strip_prefix("map[string][]") {
        (Shape::MapOfLists, element)
    } else if let Some(element) = written.strip_prefix("map[string]") {
        (Shape::Map, element)
    } else if let Some(element) = written.strip_prefix("[]") {
        (Shape::List, element)
    } else {
        (Shape::Single, written)
    };
    let strategy = text("patchStrategy");
    Field {
        type_name: type_name.to_owned(),
        shape,
        merges: strategy.split(',').any(|part| part == "merge"),
        retains_keys: strategy.split(',').any(|part| part == "retainKeys"),
        merge_key: text("patchMergeKey").to_owned(),
        list_type: text("listType").to_owned(),
        required: object::boolean(entry, &["required"]).unwrap_or(false),
        of_objects: types.get(type_name).is_some(),
    }
}

/// The type of a kind's objects; `None` for kinds that the lab does not store.
pub fn type_of(api_version: &str, kind: &str) -> Option<&'static str> {
    let found = schema().kinds.iter().find(|(version, name, _)| version == api_version && name == kind)?;
    Some(found.2.as_str())
}

/// All fields of a type, by name; `None` for types that are not objects.
pub fn fields(type_name: &str) -> Option<&'static BTreeMap<String, Field>> {
    schema().types.get(type_name)
}

/// One field of a type.
pub fn field(type_name: &str, name: &str) -> Option<&'static Field> {
    fields(type_name)?.get(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_tree() {
        assert_eq!(type_of("apps/v1", "Deployment"), Some("Deployment"));
        assert_eq!(type_of("v1", "Nope"), None);
        let containers = field("PodSpec", "containers").unwrap();
        assert_eq!(
            (containers.type_name.as_str(), containers.shape, containers.merge_key.as_str()),
            ("Container", Shape::List, "name")
        );
        assert!(
            containers.merges && containers.required && !field("ServiceAccount", "imagePullSecrets").unwrap().merges
        );
        assert!(field("PodSpec", "volumes").unwrap().retains_keys);
    }

    #[test]
    fn every_named_type_exists() {
        let plain =
            ["string", "int32", "int64", "bool", "time", "microtime", "quantity", "int-or-string", "any", "base64"];
        for (name, fields) in &schema().types {
            for (key, field) in fields {
                assert!(
                    field.is_object() || plain.contains(&field.type_name.as_str()),
                    "{name}.{key}: {}",
                    field.type_name
                );
            }
        }
    }
}
