//! The pod that `exec` and `logs` mean by `POD`, `TYPE/NAME` or a selector.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/polymorphichelpers/{attachablepodforobject,helpers}.go.

use crate::api::kinds;
use crate::api::object::{Object, at, creation_timestamp, list, name, text};
use crate::api::sorted;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::resources;
use crate::kubectl::wait_for::has_condition;
use serde_json::Value;
use std::cmp::Reverse;

/// The pods of an argument, the best one first: one for a pod's name, all those of a Deployment or ReplicaSet.
///
/// # Errors
/// What does not exist, or has no pods.
pub fn find(context: &mut Context<'_>, argument: &str) -> Result<Vec<Object>, Failure> {
    let namespace = context.namespace()?;
    let (kind, called) = match argument.split_once('/') {
        Some((word, called)) => (resources::kind(word)?, called),
        None => (resources::kind("pods")?, argument),
    };
    let object = context.get(kind, &namespace, called)?;
    if kind.plural == "pods" {
        return Ok(vec![object]);
    }
    let selector = match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "services") => labels(at(&object, &["spec", "selector"])),
        ("apps", _) => labels(at(&object, &["spec", "selector", "matchLabels"])),
        _ => String::new(),
    };
    if selector.is_empty() {
        return Err(Failure::message(format!(
            "cannot attach to *{}.{}: selector for *{}.{} not implemented",
            kind.version, kind.kind, kind.version, kind.kind
        )));
    }
    let pods = select(context, &namespace, &selector)?;
    if pods.is_empty() {
        return Err(Failure::message("timed out waiting for the condition"));
    }
    Ok(pods)
}

/// The pods that a selector finds, the best one first.
///
/// # Errors
/// What the server says.
pub fn select(context: &mut Context<'_>, namespace: &str, selector: &str) -> Result<Vec<Object>, Failure> {
    let Some(kind) = kinds::by_plural("", "pods") else { return Ok(Vec::new()) };
    let answer = context.list(kind, namespace, selector, "")?;
    let mut pods = list(&answer, &["items"]).to_vec();
    sort(&mut pods);
    Ok(pods)
}

/// Assigned before unassigned, running before pending, ready before not, then the oldest.
fn sort(pods: &mut [Object]) {
    sorted::sort_by_key(pods, |pod| {
        let phase = match text(pod, &["status", "phase"]) {
            "Running" => 2,
            "Pending" => 0,
            _ => 1,
        };
        let assigned = !text(pod, &["spec", "nodeName"]).is_empty();
        let rank = (assigned, phase, has_condition(pod, "Ready", "True"));
        (Reverse(rank), creation_timestamp(pod), name(pod).to_owned())
    });
}

fn labels(selector: &Value) -> String {
    let pairs = selector.as_object().into_iter().flatten();
    let terms: Vec<String> =
        pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    terms.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prefers_the_pod_that_runs_longest() {
        let pod = |name: &str, phase: &str, ready: &str, created: &str| {
            json!({
                "metadata": {"name": name, "creationTimestamp": created},
                "spec": {"nodeName": "node01"},
                "status": {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]},
            })
        };
        let mut pods = [
            pod("pending", "Pending", "False", "2026-01-01T00:00:00Z"),
            pod("young", "Running", "True", "2026-01-01T00:00:09Z"),
            pod("old", "Running", "True", "2026-01-01T00:00:05Z"),
            pod("unready", "Running", "False", "2026-01-01T00:00:01Z"),
        ];
        sort(&mut pods);
        assert_eq!(pods.iter().map(name).collect::<Vec<_>>(), ["old", "young", "unready", "pending"]);
        assert_eq!(labels(&json!({"b": "2", "a": "1"})), "a=1,b=2");
    }
}
