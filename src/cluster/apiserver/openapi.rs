//! `/openapi/v3`: the types and verbs of what is simulated, for clients that look before they write.
//!
//! Follows vendor/k8s.io/kube-openapi/pkg/handler3 for the index and pkg/spec3 for the documents. They hold what
//! kubectl reads: which resource takes `fieldValidation`, and the field tree without its prose.

use crate::api::kinds::{self, Kind};
use crate::api::schema::{self, Field, Shape};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The document under `/openapi/v3`; `None` where there is none.
pub fn document(path: &str) -> Option<Value> {
    let rest = path.strip_prefix("/openapi/v3")?;
    match rest.strip_prefix('/') {
        None if rest.is_empty() => Some(index()),
        Some(name) => Some(group_version(simulated().find(|kind| root(kind) == name)?)),
        None => None,
    }
}

fn simulated() -> impl Iterator<Item = &'static Kind> {
    kinds::all().iter().filter(|kind| kind.simulated && !kind.plural.contains('/'))
}

/// `api/v1`, `apis/apps/v1`.
fn root(kind: &Kind) -> String {
    format!("{}/{}", if kind.group.is_empty() { "api" } else { "apis" }, kind.api_version())
}

fn index() -> Value {
    let mut paths = Map::new();
    for kind in simulated() {
        let root = root(kind);
        paths.insert(root.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{root}")}));
    }
    json!({"paths": paths})
}

/// The name of a type by the Go package that holds it.
fn definition(type_name: &str) -> String {
    let package = match type_name {
        "Condition"
        | "FieldSelectorRequirement"
        | "LabelSelector"
        | "LabelSelectorRequirement"
        | "ManagedFieldsEntry"
        | "ObjectMeta"
        | "OwnerReference" => "apimachinery.pkg.apis.meta",
        "AggregationRule" | "PolicyRule" | "RoleRef" | "Subject" => "api.rbac",
        "BoundObjectReference" | "UserInfo" => "api.authentication",
        "FieldSelectorAttributes"
        | "LabelSelectorAttributes"
        | "NonResourceAttributes"
        | "NonResourceRule"
        | "ResourceAttributes"
        | "ResourceRule" => "api.authorization",
        name if name.contains("Role") => "api.rbac",
        name if name.starts_with("Token") || name.starts_with("SelfSubjectReview") => "api.authentication",
        name if name.contains("Subject") => "api.authorization",
        name if name.contains("Deployment") || name.starts_with("ReplicaSet") => "api.apps",
        _ => "api.core",
    };
    format!("io.k8s.{package}.v1.{type_name}")
}

/// What is known of the group and version that `one` is of.
fn group_version(one: &Kind) -> Value {
    let (mut paths, mut schemas, mut wanted) = (Map::new(), Map::new(), BTreeSet::new());
    for kind in simulated().filter(|kind| kind.group == one.group && kind.version == one.version) {
        add_paths(&mut paths, kind);
        let Some(type_name) = schema::type_of(&kind.api_version(), &kind.kind) else { continue };
        let mut schema = object(type_name, &mut wanted);
        schema["x-kubernetes-group-version-kind"] = json!([group_version_kind(kind)]);
        schemas.insert(definition(type_name), schema);
    }
    while let Some(name) = wanted.pop_first() {
        if !schemas.contains_key(&definition(&name)) {
            let schema = object(&name, &mut wanted);
            schemas.insert(definition(&name), schema);
        }
    }
    json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.2"},
        "paths": paths, "components": {"schemas": schemas},
    })
}

fn group_version_kind(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}

/// The paths of a resource with the verbs that they serve.
fn add_paths(paths: &mut Map<String, Value>, kind: &Kind) {
    const COLLECTION: [(&str, &str); 3] = [("list", "get"), ("create", "post"), ("deletecollection", "delete")];
    const ITEM: [(&str, &str); 4] = [("get", "get"), ("update", "put"), ("patch", "patch"), ("delete", "delete")];
    let collection = kind.path("{namespace}");
    for (path, verbs) in [(collection.clone(), &COLLECTION[..]), (format!("{collection}/{{name}}"), &ITEM[..])] {
        let mut operations = Map::new();
        for (verb, method) in verbs.iter().filter(|(verb, _)| kind.has_verb(verb)) {
            let mut operation =
                json!({"x-kubernetes-action": verb, "x-kubernetes-group-version-kind": group_version_kind(kind)});
            let names: &[&str] = match *method {
                "post" | "put" | "patch" => &["dryRun", "fieldManager", "fieldValidation"],
                "delete" => &["dryRun"],
                _ => &[],
            };
            let parameter = |name: &&str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
            operation["parameters"] = names.iter().map(parameter).collect();
            operations.insert((*method).to_owned(), operation);
        }
        if !operations.is_empty() {
            paths.insert(path, Value::Object(operations));
        }
    }
}

/// A type's schema; the types it names are added to `wanted`.
fn object(type_name: &str, wanted: &mut BTreeSet<String>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, field) in schema::fields(type_name).into_iter().flatten() {
        if field.required {
            required.push(name.as_str());
        }
        properties.insert(name.clone(), property(field, wanted));
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(field: &Field, wanted: &mut BTreeSet<String>) -> Value {
    let one = element(&field.type_name, wanted);
    let list = |items: Value| json!({"type": "array", "items": items});
    let map = |values: Value| json!({"type": "object", "additionalProperties": values});
    let mut schema = match field.shape {
        Shape::Single => one,
        Shape::List => list(one),
        Shape::Map => map(one),
        Shape::MapOfLists => map(list(one)),
    };
    let strategy: Vec<&str> =
        [(field.merges, "merge"), (field.retains_keys, "retainKeys")].iter().filter(|s| s.0).map(|s| s.1).collect();
    let extensions = [
        ("list-type", &field.list_type),
        ("patch-merge-key", &field.merge_key),
        ("patch-strategy", &strategy.join(",")),
    ];
    for (name, value) in extensions {
        if !value.is_empty() {
            schema[format!("x-kubernetes-{name}")] = json!(value);
        }
    }
    schema
}

fn element(type_name: &str, wanted: &mut BTreeSet<String>) -> Value {
    match type_name {
        "string" => json!({"type": "string"}),
        "bool" => json!({"type": "boolean"}),
        "int32" | "int64" => json!({"type": "integer", "format": type_name}),
        "time" | "microtime" => json!({"type": "string", "format": "date-time"}),
        "base64" => json!({"type": "string", "format": "byte"}),
        "quantity" => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
        "int-or-string" => json!({"oneOf": [{"type": "integer"}, {"type": "string"}]}),
        "any" => json!({"type": "object"}),
        other => {
            wanted.insert(other.to_owned());
            // A reference beside other keys stands in `allOf`.
            json!({"allOf": [{"$ref": format!("#/components/schemas/{}", definition(other))}]})
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        for path in index()["paths"].as_object().unwrap().keys() {
            let document = document(&format!("/openapi/v3/{path}")).unwrap();
            let text = document.to_string();
            for reference in text.split("#/components/schemas/").skip(1) {
                let name = reference.split('"').next().unwrap();
                assert!(document["components"]["schemas"][name].is_object(), "{path}: {name}");
            }
        }
        assert!(document("/openapi/v3/apis/batch/v1").is_none() && document("/openapi/v3x").is_none());
    }

    #[test]
    fn types_are_named_by_their_packages() {
        let found = |group_version: &str, names: &[&str]| {
            let document = document(&format!("/openapi/v3/{group_version}")).unwrap();
            for name in names {
                assert!(document["components"]["schemas"][format!("io.k8s.{name}")].is_object(), "{name}");
            }
        };
        found("apis/apps/v1", &["api.apps.v1.DeploymentStrategy", "api.core.v1.PodTemplateSpec", "api.core.v1.Volume"]);
        found("apis/authentication.k8s.io/v1", &["api.authentication.v1.TokenReviewSpec"]);
        found("apis/authorization.k8s.io/v1", &["api.authorization.v1.SelfSubjectAccessReviewSpec"]);
        found(
            "apis/rbac.authorization.k8s.io/v1",
            &["api.rbac.v1.PolicyRule", "apimachinery.pkg.apis.meta.v1.ObjectMeta"],
        );
    }

    #[test]
    fn what_kubectl_looks_for_is_there() {
        let document = document("/openapi/v3/api/v1").unwrap();
        let patch = &document["paths"]["/api/v1/namespaces/{namespace}/pods/{name}"]["patch"];
        assert_eq!(patch["x-kubernetes-group-version-kind"]["kind"], "Pod");
        assert!(patch["parameters"].to_string().contains("fieldValidation"));
        assert_eq!(document["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"]["required"], json!(["containers"]));
    }
}
