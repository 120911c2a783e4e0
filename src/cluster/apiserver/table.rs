//! Other forms that a client may ask for: server-side tables, and objects cut down to their metadata.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go and
//! staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go.

use crate::api::object::{Object, resource_version};
use crate::api::request::Request;
use crate::api::time::Timestamp;
use crate::cluster::registry::{Column, Strategy};
use serde_json::{Map, Value, json};
use std::rc::Rc;

const META: &str = "meta.k8s.io/v1";

/// The form that the `Accept` header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows of cells; `objects` asks for whole objects beside them instead of their metadata.
    Table {
        /// `includeObject=Object`.
        objects: bool,
    },
    /// Metadata only.
    Partial,
}

impl Form {
    /// The form that a request asks for; `None` for objects as they are.
    pub fn of(request: &Request) -> Option<Self> {
        let accept = request.header_value("accept")?;
        for clause in accept.split(',') {
            let parameter =
                |key: &str| clause.split(';').skip(1).find_map(|part| part.trim().strip_prefix(key)?.strip_prefix('='));
            match parameter("as") {
                None if clause.trim() == "application/json" || clause.trim().starts_with("*/*") => return None,
                Some("Table") if parameter("v").is_none_or(|version| version == "v1") => {
                    return Some(Form::Table { objects: request.parameter("includeObject") == Some("Object") });
                }
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => return Some(Form::Partial),
                _ => {}
            }
        }
        None
    }

    /// A collection in this form.
    pub fn list(self, objects: &[Rc<Object>], strategy: &dyn Strategy, version: &str, now: Timestamp) -> Value {
        match self {
            Form::Table { objects: whole } => table(objects, strategy, version, whole, now),
            Form::Partial => {
                let items: Vec<Value> = objects.iter().map(|object| only_metadata(object)).collect();
                json!({
                    "kind": "PartialObjectMetadataList", "apiVersion": META,
                    "metadata": {"resourceVersion": version}, "items": items,
                })
            }
        }
    }

    /// One object in this form.
    pub fn one(self, object: &Rc<Object>, strategy: &dyn Strategy, now: Timestamp) -> Value {
        match self {
            Form::Table { objects } => {
                table(std::slice::from_ref(object), strategy, resource_version(object), objects, now)
            }
            Form::Partial => partial(object),
        }
    }
}

fn partial(object: &Object) -> Value {
    let mut partial = only_metadata(object);
    partial["kind"] = "PartialObjectMetadata".into();
    partial["apiVersion"] = META.into();
    partial
}

/// `json!` would copy the metadata by serializing it, which takes much longer.
fn only_metadata(object: &Object) -> Value {
    let mut partial = Map::new();
    partial.insert("metadata".to_owned(), object.get("metadata").cloned().unwrap_or_default());
    Value::Object(partial)
}

fn table(objects: &[Rc<Object>], strategy: &dyn Strategy, version: &str, whole: bool, now: Timestamp) -> Value {
    let columns: Vec<Value> = strategy.columns().iter().map(definition).collect();
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            // `json!` would copy what it is given.
            let mut row = Map::new();
            row.insert("cells".to_owned(), Value::Array(strategy.cells(object, now)));
            row.insert("object".to_owned(), if whole { (**object).clone() } else { partial(object) });
            let conditions = strategy.row_conditions(object);
            if !conditions.is_null() {
                row.insert("conditions".to_owned(), conditions);
            }
            Value::Object(row)
        })
        .collect();
    let mut table = json!({
        "kind": "Table", "apiVersion": META, "metadata": {"resourceVersion": version}, "columnDefinitions": columns,
    });
    table["rows"] = Value::Array(rows);
    table
}

fn definition(column: &Column) -> Value {
    json!({
        "name": column.name, "type": column.type_name, "format": column.format,
        "description": "", "priority": column.priority,
    })
}
