//! The scheduler: gives each pod its node, by binding.
//!
//! Follows pkg/scheduler. One node, so of all filters only those remain that can refuse it: a cordon, `nodeSelector`,
//! taints, claims. Not simulated: resources, affinity, priorities, preemption (it never helps with one node).

use crate::api::object::{self, Object, Pod};
use crate::cluster::actor::{Context, about};
use crate::cluster::events::{Report, scheduled};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use serde_json::{Value, json};
use std::rc::Rc;

/// The pods a change makes worth trying.
pub fn concerns(change: &Change, reader: &dyn Reader) -> Vec<Key> {
    match (change.key.resource.as_str(), change.kind) {
        ("pods", ChangeKind::Added) if waits(&change.object) => vec![Key::clone(&change.key)],
        ("nodes", ChangeKind::Added | ChangeKind::Modified) => {
            let pods = reader.list("pods", "");
            let waiting = pods.iter().filter(|pod| waits(pod));
            waiting
                .map(|pod| Key {
                    resource: "pods".to_owned(),
                    namespace: object::namespace(pod).to_owned(),
                    name: object::name(pod).to_owned(),
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn waits(pod: &Object) -> bool {
    let gates = object::list(pod, &["spec", "schedulingGates"]);
    let scheduler = object::text(pod, &["spec", "schedulerName"]);
    Pod(pod).node_name().is_empty()
        && object::deletion_timestamp(pod).is_none()
        && gates.is_empty()
        && matches!(scheduler, "" | "default-scheduler")
}

/// Tries to place one pod.
pub fn schedule(key: &Key, context: &mut Context<'_>) {
    let Some(pod) = context.get("pods", &key.namespace, &key.name).filter(|pod| waits(pod)) else { return };
    let nodes = context.list("nodes", "");
    let refusals: Vec<String> = nodes.iter().filter_map(|node| refusal(&pod, node, context.reader())).collect();
    let Some(node) = nodes.iter().find(|node| refusal(&pod, node, context.reader()).is_none()) else {
        return unschedulable(&pod, &refusals, nodes.len(), context);
    };
    let node = object::name(node);
    let binding = json!({
        "kind": "Binding", "apiVersion": "v1",
        "metadata": {"name": key.name, "namespace": key.namespace, "uid": object::uid(&pod)},
        "target": {"kind": "Node", "name": node},
    });
    let at = (key.namespace.as_str(), key.name.as_str());
    if context.client().create_at("pods", at, "/binding", binding).is_err() {
        return;
    }
    let message = format!("Successfully assigned {}/{} to {node}", key.namespace, key.name);
    let report = Report { kind: "Normal", reason: "Scheduled", message: &message, field_path: "" };
    let event = scheduled(&pod, report, "Binding", context.now());
    context.create_event(event);
    let what = format!("bound pod {} to node {node}", key.name);
    context.acted(about("pods", &pod), what, "it had no node, and nothing keeps it from this one");
}

/// Why a node does not take a pod; `None` if it does.
fn refusal(pod: &Object, node: &Object, reader: &dyn Reader) -> Option<String> {
    for volume in object::list(pod, &["spec", "volumes"]) {
        let claim = object::text(volume, &["persistentVolumeClaim", "claimName"]);
        if !claim.is_empty() && reader.get("persistentvolumeclaims", object::namespace(pod), claim).is_none() {
            return Some(format!("persistentvolumeclaim \"{claim}\" not found"));
        }
    }
    let tolerated = |taint: &Value| {
        object::list(pod, &["spec", "tolerations"]).iter().any(|toleration| tolerates(toleration, taint))
    };
    if object::boolean(node, &["spec", "unschedulable"]) == Some(true)
        && !tolerated(&json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}))
    {
        return Some("1 node(s) were unschedulable".to_owned());
    }
    let taints = object::list(node, &["spec", "taints"]);
    let hard = |taint: &&Value| matches!(object::text(taint, &["effect"]), "NoSchedule" | "NoExecute");
    if taints.iter().filter(hard).any(|taint| !tolerated(taint)) {
        return Some("1 node(s) had untolerated taint(s)".to_owned());
    }
    let wanted = object::at(pod, &["spec", "nodeSelector"]).as_object();
    let fits = wanted.into_iter().flatten().all(|(key, value)| object::label(node, key) == value.as_str());
    (!fits).then(|| "1 node(s) didn't match Pod's node affinity/selector".to_owned())
}

fn tolerates(toleration: &Value, taint: &Value) -> bool {
    let text = |value: &Value, key: &str| object::text(value, &[key]).to_owned();
    let effect = text(toleration, "effect");
    let key = text(toleration, "key");
    (effect.is_empty() || effect == text(taint, "effect"))
        && (key.is_empty() || key == text(taint, "key"))
        && (text(toleration, "operator") == "Exists" || text(toleration, "value") == text(taint, "value"))
}

fn unschedulable(pod: &Rc<Object>, refusals: &[String], nodes: usize, context: &mut Context<'_>) {
    let message = if nodes == 0 {
        "no nodes available to schedule pods".to_owned()
    } else {
        format!(
            "0/{nodes} nodes are available: {}. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling.",
            refusals.join(", ")
        )
    };
    let now = context.now().rfc3339();
    let condition = json!({
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
        "lastProbeTime": null, "lastTransitionTime": now, "observedGeneration": object::at(pod, &["metadata", "generation"]),
    });
    let patch = json!({"status": {"conditions": [condition]}});
    let at = (object::namespace(pod), object::name(pod));
    let _ = context.client().patch("pods", at, "/status", patch);
    let report = Report { kind: "Warning", reason: "FailedScheduling", message: &message, field_path: "" };
    let event = scheduled(pod, report, "Scheduling", context.now());
    context.create_event(event);
    context.acted(about("pods", pod), format!("found no node for pod {}", at.1), message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::store::Store;

    #[test]
    fn a_node_refuses_what_does_not_fit() {
        let node = json!({"metadata": {"name": "node01", "labels": {"disk": "ssd"}}});
        let store = Store::default();
        let ask = |pod: Value, node: &Value| refusal(&pod, node, &store);
        assert_eq!(ask(json!({"spec": {"nodeSelector": {"disk": "ssd"}}}), &node), None);
        let other = ask(json!({"spec": {"nodeSelector": {"disk": "hdd"}}}), &node);
        assert_eq!(other.as_deref(), Some("1 node(s) didn't match Pod's node affinity/selector"));
        let tainted = json!({"metadata": {}, "spec": {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}});
        assert!(ask(json!({"spec": {}}), &tainted).is_some());
        let toleration = json!({"spec": {"tolerations": [{"key": "a", "operator": "Equal", "value": "b"}]}});
        assert_eq!(ask(toleration, &tainted), None);
    }
}
