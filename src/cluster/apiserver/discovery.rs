//! Aggregated discovery: every group of `/api` or `/apis` with its resources in one document.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/discovery/aggregated and staging/src/k8s.io/api/apidiscovery/v2.
//! Groups of which nothing is simulated are named with no resources.

use crate::api::kinds::{self, Kind};
use crate::api::object::{list, text};
use crate::api::request::{Request, Response};
use serde_json::{Value, json};
use std::rc::Rc;

const CONTENT_TYPE: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The aggregated form of `/api` and `/apis`, where a client asks for it.
pub fn aggregated(request: &Request, path: &str) -> Option<Response> {
    let accept = request.header_value("accept")?;
    let wanted = |clause: &str| {
        let has = |parameter: &str| clause.split(';').any(|part| part.trim() == parameter);
        has("as=APIGroupDiscoveryList") && has("g=apidiscovery.k8s.io") && has("v=v2") && !clause.contains("protobuf")
    };
    if !accept.split(',').any(wanted) {
        return None;
    }
    let groups: Vec<Value> = match path {
        "/api" => vec![group("", &["v1"])],
        "/apis" => list(kinds::document("/apis"), &["groups"])
            .iter()
            .map(|known| {
                let versions: Vec<&str> =
                    list(known, &["versions"]).iter().map(|entry| text(entry, &["version"])).collect();
                group(text(known, &["name"]), &versions)
            })
            .collect(),
        _ => return None,
    };
    let document = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": groups,
    });
    let mut response = Response::json(200, Rc::new(document));
    response.headers = vec![("Content-Type".to_owned(), CONTENT_TYPE.to_owned())];
    Some(response)
}

fn group(name: &str, versions: &[&str]) -> Value {
    let metadata = if name.is_empty() { json!({}) } else { json!({"name": name}) };
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| json!({"version": version, "resources": resources(name, version), "freshness": "Current"}))
        .collect();
    json!({"metadata": metadata, "versions": versions})
}

fn resources(group: &str, version: &str) -> Vec<Value> {
    let here = |kind: &&Kind| kind.group == group && kind.version == version;
    let parents = kinds::all().iter().filter(here).filter(|kind| !kind.plural.contains('/'));
    parents
        .map(|kind| {
            let mut entry = json!({
                "resource": kind.plural,
                "responseKind": response_kind(kind),
                "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
                "singularResource": kind.singular,
                "verbs": kind.verbs,
            });
            let prefix = format!("{}/", kind.plural);
            let below: Vec<Value> = kinds::all()
                .iter()
                .filter(here)
                .filter_map(|part| Some((part.plural.strip_prefix(&prefix)?, part)))
                .map(|(name, part)| {
                    json!({"subresource": name, "responseKind": response_kind(part), "verbs": part.verbs})
                })
                .collect();
            let lists = [("shortNames", json!(kind.short_names)), ("categories", json!(kind.categories))];
            for (key, value) in lists.into_iter().chain([("subresources", Value::Array(below))]) {
                if value.as_array().is_some_and(|list| !list.is_empty()) {
                    entry[key] = value;
                }
            }
            entry
        })
        .collect()
}

fn response_kind(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}
