//! A pod's status as its kubelet writes it.
//!
//! Follows pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase), status/generate.go and
//! kuberuntime (container statuses).

use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::kubelet::containers::{ContainerState, Ended, Phase};
use crate::cluster::kubelet::images;
use crate::cluster::kubelet::node;
use crate::cluster::kubelet::sources::{number, user_of};
use serde_json::{Value, json};

/// What the node knows about a pod.
pub struct Facts<'a> {
    /// Its containers, init containers first.
    pub containers: &'a [ContainerState],
    /// Its address; empty before it has one.
    pub address: &'a str,
    /// Whether its sandbox and network exist.
    pub sandbox: bool,
    /// When the kubelet took it up.
    pub started: Timestamp,
}

/// The status that follows from the facts; times of conditions that do not change are kept from `pod`.
pub fn compose(pod: &Object, facts: &Facts<'_>, now: Timestamp) -> Value {
    let phase = phase(pod, facts.containers);
    let mut status = json!({
        "observedGeneration": object::at(pod, &["metadata", "generation"]),
        "phase": phase,
        "conditions": conditions(pod, facts, phase, now),
        "hostIP": node::ADDRESS,
        "hostIPs": [{"ip": node::ADDRESS}],
        "startTime": facts.started.rfc3339(),
        "qosClass": match object::text(pod, &["status", "qosClass"]) { "" => "BestEffort", class => class },
        "resources": object::at(pod, &["status", "resources"]),
    });
    if status["resources"].is_null() {
        status["resources"] = json!({});
    }
    if !facts.address.is_empty() {
        object::set(&mut status, &["podIP"], json!(facts.address));
        object::set(&mut status, &["podIPs"], json!([{"ip": facts.address}]));
    }
    for (field, list, init) in
        [("initContainerStatuses", "initContainers", true), ("containerStatuses", "containers", false)]
    {
        let statuses: Vec<Value> = object::list(pod, &["spec", list])
            .iter()
            .filter_map(|spec| {
                let name = object::text(spec, &["name"]);
                let state = facts.containers.iter().find(|state| state.init == init && state.name == name)?;
                Some(container_status(pod, spec, state))
            })
            .collect();
        if !statuses.is_empty() {
            object::set(&mut status, &[field], Value::Array(statuses));
        }
    }
    status
}

/// The phase that follows from the containers.
pub fn phase(pod: &Object, containers: &[ContainerState]) -> &'static str {
    let policy = object::text(pod, &["spec", "restartPolicy"]);
    let ended = |state: &ContainerState| matches!(state.phase, Phase::Terminated(_));
    let mut inits = containers.iter().filter(|state| state.init);
    if let Some(open) = inits.find(|state| !state.succeeded()) {
        return if ended(open) && policy == "Never" { "Failed" } else { "Pending" };
    }
    let main: Vec<&ContainerState> = containers.iter().filter(|state| !state.init).collect();
    if main.iter().any(|state| matches!(state.phase, Phase::Waiting { .. }) && state.last.is_none()) {
        return "Pending";
    }
    if main.iter().any(|state| state.running()) || policy == "Always" || policy.is_empty() {
        return "Running";
    }
    if main.iter().all(|state| state.succeeded()) {
        return "Succeeded";
    }
    if policy == "Never" { "Failed" } else { "Running" }
}

fn conditions(pod: &Object, facts: &Facts<'_>, phase: &str, now: Timestamp) -> Value {
    let names = |wanted: &dyn Fn(&&ContainerState) -> bool| {
        facts.containers.iter().filter(wanted).map(|state| state.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    let incomplete = names(&|state| state.init && !state.succeeded());
    let unready = names(&|state| !state.init && !state.running());
    let deleted = object::deletion_timestamp(pod).is_some();
    let done = match phase {
        "Succeeded" => "PodCompleted",
        "Failed" => "PodFailed",
        _ => "",
    };
    let initialized = match (done, incomplete.is_empty()) {
        ("PodCompleted", _) => ("True", "PodCompleted", String::new()),
        (_, true) => ("True", "", String::new()),
        _ => ("False", "ContainersNotInitialized", format!("containers with incomplete status: [{incomplete}]")),
    };
    let ready = match (done, unready.is_empty()) {
        ("", true) => ("True", "", String::new()),
        ("", false) => ("False", "ContainersNotReady", format!("containers with unready status: [{unready}]")),
        (reason, _) => ("False", reason, String::new()),
    };
    let stopped = deleted && !unready.is_empty();
    let sandbox = facts.sandbox && done.is_empty() && !stopped;
    let all = [
        ("PodReadyToStartContainers", (if sandbox { "True" } else { "False" }, "", String::new())),
        ("Initialized", initialized),
        ("Ready", ready.clone()),
        ("ContainersReady", ready),
        ("PodScheduled", ("True", "", String::new())),
    ];
    let old = object::list(pod, &["status", "conditions"]);
    all.into_iter()
        .map(|(kind, (status, reason, message))| {
            let before = old.iter().find(|old| object::text(old, &["type"]) == kind);
            let kept = before.filter(|old| object::text(old, &["status"]) == status);
            let since = kept.map(|old| object::text(old, &["lastTransitionTime"]).to_owned());
            let mut condition = json!({
                "type": kind, "status": status, "lastProbeTime": null,
                "lastTransitionTime": since.unwrap_or_else(|| now.rfc3339()),
                "observedGeneration": object::at(pod, &["metadata", "generation"]),
            });
            if !reason.is_empty() {
                object::set(&mut condition, &["reason"], json!(reason));
            }
            if !message.is_empty() {
                object::set(&mut condition, &["message"], json!(message));
            }
            condition
        })
        .collect()
}

fn container_status(pod: &Object, spec: &Value, state: &ContainerState) -> Value {
    let image = object::text(spec, &["image"]);
    let created = !state.id.is_empty();
    let full = images::full_name(image).unwrap_or_default();
    let ready = if state.init { state.succeeded() } else { state.running() };
    let mut status = json!({
        "name": state.name,
        "state": current(&state.phase),
        "lastState": state.last.as_ref().map_or_else(|| json!({}), |ended| json!({"terminated": terminated(ended)})),
        "ready": ready,
        "restartCount": state.restarts,
        "image": if created { full.as_str() } else { image },
        "imageID": if created { images::image_id(&full) } else { String::new() },
        "started": state.running(),
    });
    if created {
        object::set(&mut status, &["containerID"], json!(format!("containerd://{}", state.id)));
        object::set(
            &mut status,
            &["resources"],
            match spec.get("resources") {
                Some(resources) => resources.clone(),
                None => json!({}),
            },
        );
        object::set(&mut status, &["user"], json!({"linux": linux_user(pod, spec, image)}));
    }
    let mounts: Vec<Value> = object::list(spec, &["volumeMounts"]).iter().map(mount_status).collect();
    if !mounts.is_empty() {
        object::set(&mut status, &["volumeMounts"], Value::Array(mounts));
    }
    status
}

fn mount_status(mount: &Value) -> Value {
    let mut status = json!({"name": mount["name"], "mountPath": mount["mountPath"]});
    if object::boolean(mount, &["readOnly"]) == Some(true) {
        status["readOnly"] = json!(true);
        status["recursiveReadOnly"] = json!("Disabled");
    }
    status
}

fn linux_user(pod: &Object, spec: &Value, image: &str) -> Value {
    let group = number(spec, &["securityContext", "runAsGroup"])
        .or_else(|| number(pod, &["spec", "securityContext", "runAsGroup"]))
        .unwrap_or(0);
    let mut groups = vec![group];
    // busybox' root is also in group 10, wheel.
    if images::of(image).is_some_and(|image| image.repository == "docker.io/library/busybox") {
        groups.push(10);
    }
    groups.extend(number(pod, &["spec", "securityContext", "fsGroup"]));
    groups.dedup();
    json!({"uid": user_of(pod, spec).unwrap_or(0), "gid": group, "supplementalGroups": groups})
}

fn current(phase: &Phase) -> Value {
    match phase {
        Phase::Waiting { reason, message } if message.is_empty() => json!({"waiting": {"reason": reason}}),
        Phase::Waiting { reason, message } => json!({"waiting": {"reason": reason, "message": message}}),
        Phase::Running { since } => json!({"running": {"startedAt": since.rfc3339()}}),
        Phase::Terminated(ended) => json!({"terminated": terminated(ended)}),
    }
}

fn terminated(ended: &Ended) -> Value {
    json!({
        "exitCode": ended.exit, "reason": ended.reason, "startedAt": ended.started.rfc3339(),
        "finishedAt": ended.finished.rfc3339(), "containerID": format!("containerd://{}", ended.id),
    })
}
