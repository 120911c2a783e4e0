//! A Deployment with its ReplicaSets, and the status that follows from them.
//!
//! Follows pkg/controller/deployment/{progress,sync}.go.

use crate::api::Status;
use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::actor::Context;
use crate::cluster::controllers::deployment::{REVISION, same_template};
use crate::cluster::controllers::deployment_math as math;
use crate::cluster::controllers::owners::controller_of;
use crate::cluster::controllers::replica_set::count;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

const DEPLOYMENTS: &str = "deployments.apps";
const SETS: &str = "replicasets.apps";

/// A Deployment in the middle of its turn.
pub struct Rollout {
    /// The Deployment as it is stored.
    pub deployment: Rc<Object>,
    /// The ReplicaSets it controls.
    pub sets: Vec<Rc<Object>>,
    conditions: Vec<Value>,
}

impl Rollout {
    /// Reads the ReplicaSets of a Deployment.
    pub fn of(deployment: &Rc<Object>, context: &Context<'_>) -> Self {
        let conditions = object::list(deployment, &["status", "conditions"]).to_vec();
        let mut rollout = Rollout { deployment: Rc::clone(deployment), sets: Vec::new(), conditions };
        rollout.reload(context);
        rollout
    }

    /// Reads them again after something was written.
    pub fn reload(&mut self, context: &Context<'_>) {
        let namespace = object::namespace(&self.deployment).to_owned();
        if let Some(deployment) = context.get(DEPLOYMENTS, &namespace, object::name(&self.deployment)) {
            self.deployment = deployment;
        }
        let uid = object::uid(&self.deployment);
        let mine = |set: &Rc<Object>| controller_of(set).is_some_and(|owner| object::text(owner, &["uid"]) == uid);
        self.sets = context.list(SETS, &namespace).into_iter().filter(mine).collect();
    }

    /// The ReplicaSet with the Deployment's template; the oldest if there are several.
    pub fn new_set(&self) -> Option<Rc<Object>> {
        let template = object::at(&self.deployment, &["spec", "template"]);
        let same = |set: &&Rc<Object>| same_template(object::at(set, &["spec", "template"]), template);
        let found = self.sets.iter().filter(same);
        found.min_by_key(|set| (object::creation_timestamp(set), object::name(set).to_owned())).cloned()
    }

    /// The other ReplicaSets.
    pub fn old_sets(&self) -> Vec<Rc<Object>> {
        let new = self.new_set();
        let is_new = |set: &Rc<Object>| new.as_ref().is_some_and(|new| object::uid(new) == object::uid(set));
        self.sets.iter().filter(|set| !is_new(set)).cloned().collect()
    }

    /// `spec.replicas`.
    pub fn wanted(&self) -> usize {
        math::wanted(&self.deployment)
    }

    /// A sum over all ReplicaSets.
    pub fn total(&self, path: &[&str]) -> usize {
        self.sets.iter().map(|set| count(set, path)).sum()
    }

    /// Whether the rollout is through.
    pub fn is_complete(&self) -> bool {
        let wanted = self.wanted();
        let updated = self.new_set().map_or(0, |set| count(&set, &["status", "replicas"]));
        updated == wanted
            && self.total(&["status", "replicas"]) == wanted
            && self.total(&["status", "availableReplicas"]) == wanted
    }

    /// One of the conditions.
    pub fn condition(&self, kind: &str) -> Option<&Value> {
        self.conditions.iter().find(|condition| object::text(condition, &["type"]) == kind)
    }

    /// Sets a condition; the same status and reason again changes nothing.
    pub fn set_condition(&mut self, kind: &str, status: &str, reason: &str, message: &str, now: Timestamp) {
        let current = self.condition(kind);
        let is = |field: &str, value: &str| current.is_some_and(|current| object::text(current, &[field]) == value);
        if is("status", status) && is("reason", reason) {
            return;
        }
        self.put_condition(kind, status, reason, message, now);
    }

    fn put_condition(&mut self, kind: &str, status: &str, reason: &str, message: &str, now: Timestamp) {
        let current = self.condition(kind);
        let same = current.filter(|current| object::text(current, &["status"]) == status);
        let since = same.map_or_else(|| now.rfc3339(), |same| object::text(same, &["lastTransitionTime"]).to_owned());
        let condition = json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastUpdateTime": now.rfc3339(), "lastTransitionTime": since,
        });
        self.conditions.retain(|condition| object::text(condition, &["type"]) != kind);
        self.conditions.push(condition);
    }

    fn remove_condition(&mut self, kind: &str) {
        self.conditions.retain(|condition| object::text(condition, &["type"]) != kind);
    }

    fn counts(&self) -> Value {
        let available = self.total(&["status", "availableReplicas"]);
        let counts = [
            ("replicas", self.total(&["status", "replicas"])),
            ("updatedReplicas", self.new_set().map_or(0, |set| count(&set, &["status", "replicas"]))),
            ("readyReplicas", self.total(&["status", "readyReplicas"])),
            ("availableReplicas", available),
            ("unavailableReplicas", self.total(&["spec", "replicas"]).saturating_sub(available)),
        ];
        let mut status = json!({
            "observedGeneration": object::at(&self.deployment, &["metadata", "generation"]),
            "terminatingReplicas": self.total(&["status", "terminatingReplicas"]),
        });
        for (field, number) in counts.into_iter().filter(|(_, number)| *number > 0) {
            status[field] = json!(number);
        }
        status
    }
}

/// Puts the revision of the current template on the Deployment.
pub fn write_revision(rollout: &mut Rollout, revision: i64, context: &mut Context<'_>) -> Result<(), Status> {
    let text = revision.to_string();
    if object::annotation(&rollout.deployment, REVISION) == Some(&text) {
        return Ok(());
    }
    let mut changed = (*rollout.deployment).clone();
    object::set_annotation(&mut changed, REVISION, &text);
    if !rollout.conditions.is_empty() {
        object::set(&mut changed, &["status", "conditions"], Value::Array(rollout.conditions.clone()));
    }
    context.client().update_status(DEPLOYMENTS, changed)?;
    rollout.reload(context);
    Ok(())
}

/// Brings the status up to date; says when to look again whether the rollout is stuck.
pub fn write_status(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<Option<Duration>, Status> {
    let now = context.now();
    let counts = rollout.counts();
    availability(rollout, &counts, now);
    progress(rollout, &counts, now);
    replica_failure(rollout, now);
    let mut status = counts;
    if !rollout.conditions.is_empty() {
        status["conditions"] = Value::Array(rollout.conditions.clone());
    }
    if object::at(&rollout.deployment, &["status"]) != &status {
        let mut changed = (*rollout.deployment).clone();
        object::set(&mut changed, &["status"], status);
        context.client().update_status(DEPLOYMENTS, changed)?;
        rollout.reload(context);
    }
    Ok(deadline(rollout, now))
}

fn availability(rollout: &mut Rollout, counts: &Value, now: Timestamp) {
    let floor = rollout.wanted().saturating_sub(math::unavailable(&rollout.deployment));
    if count(counts, &["availableReplicas"]) >= floor {
        let message = "Deployment has minimum availability.";
        rollout.set_condition("Available", "True", "MinimumReplicasAvailable", message, now);
    } else {
        let message = "Deployment does not have minimum availability.";
        rollout.set_condition("Available", "False", "MinimumReplicasUnavailable", message, now);
    }
}

fn progress(rollout: &mut Rollout, counts: &Value, now: Timestamp) {
    let Some(limit) = progress_deadline(rollout) else { return };
    let reason = rollout.condition("Progressing").map(|current| object::text(current, &["reason"]).to_owned());
    let settled = count(counts, &["replicas"]) == count(counts, &["updatedReplicas"]);
    if settled && reason.as_deref() == Some("NewReplicaSetAvailable") {
        return;
    }
    let Some(new) = rollout.new_set() else { return };
    let name = object::name(&new).to_owned();
    let old = object::at(&rollout.deployment, &["status"]).clone();
    let more = |field: &str| count(counts, &[field]) > count(&old, &[field]);
    let fewer_old = |status: &Value| count(status, &["replicas"]).saturating_sub(count(status, &["updatedReplicas"]));
    if rollout.is_complete() {
        let message = format!("ReplicaSet \"{name}\" has successfully progressed.");
        rollout.set_condition("Progressing", "True", "NewReplicaSetAvailable", &message, now);
    } else if more("updatedReplicas")
        || more("readyReplicas")
        || more("availableReplicas")
        || fewer_old(counts) < fewer_old(&old)
    {
        let message = format!("ReplicaSet \"{name}\" is progressing.");
        rollout.put_condition("Progressing", "True", "ReplicaSetUpdated", &message, now);
    } else if rollout.condition("Progressing").is_some_and(|current| updated(current).after(limit) < now) {
        let message = format!("ReplicaSet \"{name}\" has timed out progressing.");
        rollout.set_condition("Progressing", "False", "ProgressDeadlineExceeded", &message, now);
    }
}

fn updated(condition: &Value) -> Timestamp {
    Timestamp::parse_rfc3339(object::text(condition, &["lastUpdateTime"])).unwrap_or_default()
}

fn progress_deadline(rollout: &Rollout) -> Option<Duration> {
    let seconds = object::integer(&rollout.deployment, &["spec", "progressDeadlineSeconds"])?;
    (seconds < i64::from(i32::MAX)).then(|| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn deadline(rollout: &Rollout, now: Timestamp) -> Option<Duration> {
    let limit = progress_deadline(rollout)?;
    let current = rollout.condition("Progressing")?;
    let over = matches!(object::text(current, &["reason"]), "NewReplicaSetAvailable" | "ProgressDeadlineExceeded");
    if over || rollout.is_complete() {
        return None;
    }
    Some(updated(current).after(limit).since(now) + Duration::from_secs(1))
}

fn replica_failure(rollout: &mut Rollout, now: Timestamp) {
    let failure = |set: &Rc<Object>| {
        let conditions = object::list(set, &["status", "conditions"]);
        conditions.iter().find(|condition| object::text(condition, &["type"]) == "ReplicaFailure").cloned()
    };
    let new = rollout.new_set();
    let found = new.as_ref().and_then(failure).or_else(|| rollout.old_sets().iter().find_map(failure));
    match found {
        Some(found) => {
            let text = |field: &str| object::text(&found, &[field]).to_owned();
            rollout.set_condition("ReplicaFailure", &text("status"), &text("reason"), &text("message"), now);
        }
        None => rollout.remove_condition("ReplicaFailure"),
    }
}
