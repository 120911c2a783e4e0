//! Keeps as many pods of a template as a ReplicaSet asks for.
//!
//! Follows pkg/controller/replicaset/{replica_set,replica_set_utils}.go and controller_utils.go. Left out: adopting and
//! releasing pods whose labels change.

use crate::api::Status;
use crate::api::object::{self, Object, Pod, integer};
use crate::api::sorted;
use crate::api::time::Timestamp;
use crate::cluster::actor::{Context, about};
use crate::cluster::client::Deletion;
use crate::cluster::controllers::owners::{OwnedPod, OwnedPods, controller_of};
use crate::cluster::controllers::service_account::is_terminating;
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, Key};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

const RESOURCE: &str = "replicasets.apps";
/// More pods than this are not created or deleted in one turn.
const BURST: usize = 500;

/// The controller.
pub struct ReplicaSetController;

impl Controller for ReplicaSetController {
    fn name(&self) -> &'static str {
        "replicaset-controller"
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        match change.key.resource.as_str() {
            RESOURCE => vec![Key::clone(&change.key)],
            "pods" => controller_of(&change.object)
                .filter(|owner| object::text(owner, &["kind"]) == "ReplicaSet")
                .map(|owner| key(RESOURCE, &change.key.namespace, object::text(owner, &["name"])))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(set) = context.get(RESOURCE, &key.namespace, &key.name) else { return Ok(None) };
        let pods = context.owners.pods(object::uid(&set));
        let wanted = count(&set, &["spec", "replicas"]);
        let mut failure = None;
        if object::deletion_timestamp(&set).is_none() {
            failure = manage(&set, &pods, wanted, context).err();
        }
        // As in the real one, the status counts the pods from before this turn; the new ones cause the next turn.
        let again = write_status(&set, &pods, failure.as_ref(), wanted, context)?;
        match failure {
            Some(status) => Err(status),
            None => Ok(again),
        }
    }
}

/// A count at a path; nothing is 0.
pub fn count(subject: &Value, path: &[&str]) -> usize {
    integer(subject, path).and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
}

/// Whether a pod has neither ended nor is on its way out.
pub fn is_active(pod: &Object) -> bool {
    !matches!(Pod(pod).phase(), "Succeeded" | "Failed") && object::deletion_timestamp(pod).is_none()
}

/// Whether a pod's `Ready` condition is true, and since when.
pub fn ready_since(pod: &Object) -> Option<Timestamp> {
    let conditions = object::list(pod, &["status", "conditions"]);
    let ready = conditions.iter().find(|condition| object::text(condition, &["type"]) == "Ready")?;
    (object::text(ready, &["status"]) == "True")
        .then(|| Timestamp::parse_rfc3339(object::text(ready, &["lastTransitionTime"])).unwrap_or_default())
}

fn manage(set: &Object, pods: &OwnedPods, wanted: usize, context: &mut Context<'_>) -> Result<(), Status> {
    let count = pods.values().filter(|pod| pod.active).count();
    let why = format!("ReplicaSet {} wants {wanted} pods and has {count}", object::name(set));
    if count < wanted {
        let missing = (wanted - count).min(BURST);
        for _ in 0..missing {
            create_pod(set, &why, context)?;
        }
    } else if count > wanted {
        let surplus = (count - wanted).min(BURST);
        let active = pods.iter().filter(|(_, pod)| pod.active);
        let mut running: Vec<Rc<Object>> =
            active.filter_map(|(key, _)| context.get("pods", &key.namespace, &key.name)).collect();
        sorted::sort_by_key(&mut running, |pod| keep_worthiness(pod));
        for pod in running.iter().take(surplus) {
            delete_pod(set, pod, &why, context)?;
        }
    }
    Ok(())
}

fn create_pod(set: &Object, why: &str, context: &mut Context<'_>) -> Result<(), Status> {
    let template = object::at(set, &["spec", "template"]);
    let mut metadata = json!({
        "generateName": format!("{}-", object::name(set)),
        "ownerReferences": [{
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": object::name(set), "uid": object::uid(set),
            "controller": true, "blockOwnerDeletion": true,
        }],
    });
    for field in ["labels", "annotations", "finalizers"] {
        let value = object::at(template, &["metadata", field]);
        if !value.is_null() {
            metadata[field] = value.clone();
        }
    }
    let pod = json!({"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": object::at(template, &["spec"])});
    match context.client().create("pods", object::namespace(set), pod) {
        Ok(pod) => {
            let name = object::name(&pod);
            context.event(set, "Normal", "SuccessfulCreate", &format!("Created pod: {name}"));
            context.acted(about("pods", &pod), format!("created pod {name}"), why);
            Ok(())
        }
        Err(status) => {
            if !is_terminating(&status) {
                context.event(set, "Warning", "FailedCreate", &format!("Error creating: {}", status.message));
                let what = format!("could not create a pod for ReplicaSet {}", object::name(set));
                context.acted(about(RESOURCE, set), what, status.message.clone());
            }
            Err(status)
        }
    }
}

fn delete_pod(set: &Object, pod: &Object, why: &str, context: &mut Context<'_>) -> Result<(), Status> {
    let at = (object::namespace(pod), object::name(pod));
    match context.client().delete("pods", at, Deletion::default()) {
        Err(status) if !status.is_not_found() => {
            context.event(set, "Warning", "FailedDelete", &format!("Error deleting: {}", status.message));
            Err(status)
        }
        _ => {
            context.event(set, "Normal", "SuccessfulDelete", &format!("Deleted pod: {}", at.1));
            context.acted(about("pods", pod), format!("deleted pod {}", at.1), why);
            Ok(())
        }
    }
}

/// What goes first when there are too many: unassigned, pending, not ready, cheap, newly ready, often restarted, young.
fn keep_worthiness(pod: &Object) -> (bool, u8, bool, i64, i64, i64, i64, String) {
    let phase = match Pod(pod).phase() {
        "Pending" => 0,
        "Running" => 2,
        _ => 1,
    };
    let ready = ready_since(pod);
    let cost = object::annotation(pod, "controller.kubernetes.io/pod-deletion-cost").and_then(|cost| cost.parse().ok());
    let restarts: i64 = object::list(pod, &["status", "containerStatuses"])
        .iter()
        .filter_map(|status| integer(status, &["restartCount"]))
        .max()
        .unwrap_or(0);
    let age = |at: Option<Timestamp>| at.map_or(0, |at| -at.unix_seconds());
    (
        !Pod(pod).node_name().is_empty(),
        phase,
        ready.is_some(),
        cost.unwrap_or(0),
        age(ready),
        -restarts,
        age(object::creation_timestamp(pod)),
        object::name(pod).to_owned(),
    )
}

fn write_status(
    set: &Object,
    pods: &OwnedPods,
    failure: Option<&Status>,
    wanted: usize,
    context: &mut Context<'_>,
) -> Result<Option<Duration>, Status> {
    let now = context.now();
    let Some(stored) = context.get(RESOURCE, object::namespace(set), object::name(set)) else { return Ok(None) };
    let running: Vec<&OwnedPod> = pods.values().filter(|pod| pod.active).collect();
    let patience = Duration::from_secs(count(set, &["spec", "minReadySeconds"]) as u64);
    let labels = object::at(set, &["spec", "template", "metadata", "labels"]).as_object();
    let labelled = |pod: &OwnedPod| labels.into_iter().flatten().all(|(key, value)| pod.has_label(key, value.as_str()));
    let ready: Vec<Timestamp> = running.iter().filter_map(|pod| pod.ready_since).collect();
    let available = ready.iter().filter(|since| since.after(patience) <= now).count();
    let terminating = pods.values().filter(|pod| pod.terminating).count();
    let counts = [
        ("fullyLabeledReplicas", running.iter().filter(|pod| labelled(pod)).count()),
        ("readyReplicas", ready.len()),
        ("availableReplicas", available),
    ];
    let mut status = json!({
        "replicas": running.len(), "observedGeneration": object::at(set, &["metadata", "generation"]),
        "terminatingReplicas": terminating,
    });
    for (field, number) in counts.into_iter().filter(|(_, number)| *number > 0) {
        status[field] = json!(number);
    }
    let old = object::list(&stored, &["status", "conditions"]);
    let others = old.iter().filter(|condition| object::text(condition, &["type"]) != "ReplicaFailure");
    let mut conditions: Vec<Value> = others.cloned().collect();
    if let Some(failure) = failure {
        let same = old.iter().find(|condition| object::text(condition, &["type"]) == "ReplicaFailure");
        conditions.push(same.cloned().unwrap_or_else(|| {
            let reason = if running.len() < wanted { "FailedCreate" } else { "FailedDelete" };
            json!({
                "type": "ReplicaFailure", "status": "True", "reason": reason, "message": failure.message,
                "lastTransitionTime": now.rfc3339(),
            })
        }));
    }
    if !conditions.is_empty() {
        status["conditions"] = Value::Array(conditions);
    }
    if object::at(&stored, &["status"]) != &status {
        let mut changed = (*stored).clone();
        object::set(&mut changed, &["status"], status);
        context.client().update_status(RESOURCE, changed)?;
    }
    let soonest = ready.iter().map(|since| since.after(patience)).filter(|at| *at > now).min();
    Ok(soonest.map(|at| at.since(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_useful_pod_goes_first() {
        let pod = |name: &str, phase: &str, ready: &str, node: &str| {
            json!({"metadata": {"name": name}, "spec": {"nodeName": node}, "status": {"phase": phase,
                "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}})
        };
        let mut pods = [
            pod("ready", "Running", "True", "n"),
            pod("unready", "Running", "False", "n"),
            pod("pending", "Pending", "False", "n"),
            pod("unassigned", "Pending", "False", ""),
        ];
        pods.sort_by_key(keep_worthiness);
        let names: Vec<&str> = pods.iter().map(object::name).collect();
        assert_eq!(names, ["unassigned", "pending", "unready", "ready"]);
    }
}
