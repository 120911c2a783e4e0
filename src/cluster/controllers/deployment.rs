//! Rolls a Deployment's template out through ReplicaSets.
//!
//! Follows pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go. Numbers and conditions are in
//! [`crate::cluster::controllers::deployment_status`], the arithmetic and names in
//! [`crate::cluster::controllers::deployment_math`].
//! Left out: adopting ReplicaSets by labels, hash collisions.

use crate::api::Status;
use crate::api::object::{self, Object, Pod};
use crate::api::sorted;
use crate::cluster::actor::{Context, about};
use crate::cluster::client::Deletion;
use crate::cluster::controllers::deployment_math as math;
use crate::cluster::controllers::deployment_status::{self as condition, Rollout};
use crate::cluster::controllers::owners::controller_of;
use crate::cluster::controllers::replica_set::count;
use crate::cluster::controllers::template_hash;
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use serde_json::{Value, json};
use std::rc::Rc;

const DEPLOYMENTS: &str = "deployments.apps";
const SETS: &str = "replicasets.apps";
/// The number of a template in the Deployment's history.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MAX: &str = "deployment.kubernetes.io/max-replicas";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The label that tells the pods of one template from those of another.
pub const HASH_LABEL: &str = "pod-template-hash";

/// The controller.
pub struct DeploymentController;

impl Controller for DeploymentController {
    fn name(&self) -> &'static str {
        "deployment-controller"
    }

    fn concerns(&self, change: &Change, reader: &dyn Reader) -> Vec<Key> {
        let owner_key = |subject: &Object| {
            let owner = controller_of(subject).filter(|owner| object::text(owner, &["kind"]) == "Deployment")?;
            Some(key(DEPLOYMENTS, &change.key.namespace, object::text(owner, &["name"])))
        };
        match (change.key.resource.as_str(), change.kind) {
            (DEPLOYMENTS, _) => vec![Key::clone(&change.key)],
            (SETS, _) => owner_key(&change.object).into_iter().collect(),
            // A Recreate rollout waits for the last old pod.
            ("pods", ChangeKind::Deleted) => controller_of(&change.object)
                .and_then(|owner| reader.get(SETS, &change.key.namespace, object::text(owner, &["name"])))
                .and_then(|set| owner_key(&set))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(deployment) = context.get(DEPLOYMENTS, &key.namespace, &key.name) else { return Ok(None) };
        let mut rollout = Rollout::of(&deployment, context);
        if object::deletion_timestamp(&deployment).is_some() {
            return condition::write_status(&mut rollout, context);
        }
        if object::boolean(&deployment, &["spec", "paused"]) == Some(true) {
            scale(&mut rollout, context)?;
            return condition::write_status(&mut rollout, context);
        }
        if is_scaling(&rollout) {
            scale(&mut rollout, context)?;
            return condition::write_status(&mut rollout, context);
        }
        if object::text(&deployment, &["spec", "strategy", "type"]) == "Recreate" {
            recreate(&mut rollout, context)?;
        } else {
            rolling_update(&mut rollout, context)?;
        }
        condition::write_status(&mut rollout, context)
    }
}

fn revision(subject: &Object) -> i64 {
    object::annotation(subject, REVISION).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn rolling_update(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<(), Status> {
    sync_new_set(rollout, context)?;
    let Some(new) = rollout.new_set() else { return Ok(()) };
    let wanted = rollout.wanted();
    let now = count(&new, &["spec", "replicas"]);
    let target = if now > wanted { wanted } else { math::new_set_size(rollout) };
    if target != now {
        return scale_set(rollout, &new, target, context);
    }
    if scale_old_down(rollout, context)? {
        return Ok(());
    }
    if rollout.is_complete() {
        clean_up(rollout, context)?;
    }
    Ok(())
}

fn recreate(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<(), Status> {
    let old = rollout.old_sets();
    let mut scaled = false;
    for set in old.iter().filter(|set| count(set, &["spec", "replicas"]) > 0) {
        scale_set(rollout, set, 0, context)?;
        scaled = true;
    }
    let still_there = |set: &Rc<Object>| {
        context.owners.dependents(object::uid(set)).iter().any(|key| {
            let pod = (key.resource == "pods").then(|| context.get("pods", &key.namespace, &key.name)).flatten();
            pod.is_some_and(|pod| !matches!(Pod(&pod).phase(), "Succeeded" | "Failed"))
        })
    };
    if scaled || old.iter().any(still_there) {
        return Ok(());
    }
    sync_new_set(rollout, context)?;
    if let Some(new) = rollout.new_set() {
        let wanted = rollout.wanted();
        if count(&new, &["spec", "replicas"]) != wanted {
            scale_set(rollout, &new, wanted, context)?;
        }
    }
    if rollout.is_complete() {
        clean_up(rollout, context)?;
    }
    Ok(())
}

/// Makes sure that there is a ReplicaSet for the template and that it bears the highest revision.
fn sync_new_set(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<(), Status> {
    let highest = rollout.old_sets().iter().map(|set| revision(set)).max().unwrap_or(0);
    let number = highest + 1;
    match rollout.new_set() {
        Some(set) => {
            let mut changed = (*set).clone();
            copy_annotations(&rollout.deployment, &mut changed);
            set_revision(&mut changed, number);
            if changed != *set {
                context.client().update(SETS, changed)?;
                let what = format!("took ReplicaSet {} up again as revision {number}", object::name(&set));
                context.acted(about(SETS, &set), what, "it has the template that the Deployment has now");
                rollout.reload(context);
            }
            if rollout.condition("Progressing").is_none() {
                let message = format!("Found new replica set \"{}\"", object::name(&set));
                rollout.set_condition("Progressing", "True", "FoundNewReplicaSet", &message, context.now());
            }
        }
        None => create_set(rollout, number, context)?,
    }
    let revision = rollout.new_set().map(|set| revision(&set)).unwrap_or(number);
    condition::write_revision(rollout, revision, context)
}

fn create_set(rollout: &mut Rollout, number: i64, context: &mut Context<'_>) -> Result<(), Status> {
    let deployment = Rc::clone(&rollout.deployment);
    let mut template = object::at(&deployment, &["spec", "template"]).clone();
    let hash = template_hash::of(&template);
    object::set(&mut template, &["metadata", "labels", HASH_LABEL], json!(hash));
    let mut selector = object::at(&deployment, &["spec", "selector"]).clone();
    object::set(&mut selector, &["matchLabels", HASH_LABEL], json!(hash));
    let size = math::new_set_size(rollout);
    let name = format!("{}-{hash}", object::name(&deployment));
    let mut set = json!({
        "kind": "ReplicaSet", "apiVersion": "apps/v1",
        "metadata": {
            "name": name, "namespace": object::namespace(&deployment),
            "labels": object::at(&template, &["metadata", "labels"]),
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "Deployment", "name": object::name(&deployment),
                "uid": object::uid(&deployment), "controller": true, "blockOwnerDeletion": true,
            }],
        },
        "spec": {"replicas": size, "selector": selector, "template": template},
    });
    let patience = count(&deployment, &["spec", "minReadySeconds"]);
    if patience > 0 {
        object::set(&mut set, &["spec", "minReadySeconds"], json!(patience));
    }
    copy_annotations(&deployment, &mut set);
    set_revision(&mut set, number);
    object::set_annotation(&mut set, DESIRED, &rollout.wanted().to_string());
    object::set_annotation(&mut set, MAX, &(rollout.wanted() + math::surge(&deployment)).to_string());
    context.client().create(SETS, object::namespace(&deployment), set)?;
    if size > 0 {
        let message = format!("Scaled up replica set {name} from 0 to {size}");
        context.event(&deployment, "Normal", "ScalingReplicaSet", &message);
    }
    let why = "the Deployment's template is one that no ReplicaSet has yet";
    context.acted(about(DEPLOYMENTS, &deployment), format!("created ReplicaSet {name} with {size} replicas"), why);
    rollout.reload(context);
    let message = format!("Created new replica set \"{name}\"");
    rollout.set_condition("Progressing", "True", "NewReplicaSetCreated", &message, context.now());
    Ok(())
}

/// The Deployment's annotations go to its ReplicaSet, but for those that are about itself.
fn copy_annotations(deployment: &Object, set: &mut Object) {
    for (name, value) in object::at(deployment, &["metadata", "annotations"]).as_object().into_iter().flatten() {
        if ![LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED, MAX].contains(&name.as_str()) {
            object::set_annotation(set, name, value.as_str().unwrap_or_default());
        }
    }
}

/// Gives a ReplicaSet a higher revision; the one it had goes to its history.
fn set_revision(set: &mut Object, number: i64) {
    let old = revision(set);
    if old >= number {
        return;
    }
    if old > 0 {
        let before = object::annotation(set, REVISION_HISTORY).unwrap_or_default();
        let history = if before.is_empty() { old.to_string() } else { format!("{before},{old}") };
        object::set_annotation(set, REVISION_HISTORY, &history);
    }
    object::set_annotation(set, REVISION, &number.to_string());
}

fn scale_old_down(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<bool, Status> {
    let plan = math::scale_down_plan(rollout);
    for (set, size) in &plan {
        scale_set(rollout, set, *size, context)?;
    }
    Ok(!plan.is_empty())
}

/// Whether somebody changed `spec.replicas` since the ReplicaSets were last sized.
fn is_scaling(rollout: &Rollout) -> bool {
    let wanted = rollout.wanted().to_string();
    let active = rollout.sets.iter().filter(|set| count(set, &["spec", "replicas"]) > 0);
    active.into_iter().any(|set| object::annotation(set, DESIRED).is_some_and(|desired| desired != wanted))
}

fn scale(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<(), Status> {
    let paused = object::boolean(&rollout.deployment, &["spec", "paused"]) == Some(true);
    if paused && !is_scaling(rollout) {
        return Ok(());
    }
    for (set, size) in math::scale_plan(rollout) {
        scale_set(rollout, &set, size, context)?;
    }
    Ok(())
}

fn scale_set(rollout: &mut Rollout, set: &Rc<Object>, size: usize, context: &mut Context<'_>) -> Result<(), Status> {
    let deployment = Rc::clone(&rollout.deployment);
    let before = count(set, &["spec", "replicas"]);
    let mut changed = (**set).clone();
    object::set(&mut changed, &["spec", "replicas"], json!(size));
    object::set_annotation(&mut changed, DESIRED, &rollout.wanted().to_string());
    object::set_annotation(&mut changed, MAX, &(rollout.wanted() + math::surge(&deployment)).to_string());
    if changed == **set {
        return Ok(());
    }
    context.client().update(SETS, changed)?;
    if before != size {
        let direction = if size > before { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {} from {before} to {size}", object::name(set));
        context.event(&deployment, "Normal", "ScalingReplicaSet", &message);
        let why = format!("the Deployment wants {} pods of its current template", rollout.wanted());
        context.acted(about(DEPLOYMENTS, &deployment), message, why);
    }
    rollout.reload(context);
    Ok(())
}

/// Old ReplicaSets beyond the history limit go.
fn clean_up(rollout: &mut Rollout, context: &mut Context<'_>) -> Result<(), Status> {
    let limit = object::integer(&rollout.deployment, &["spec", "revisionHistoryLimit"]);
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
    let mut old = rollout.old_sets();
    old.retain(|set| object::deletion_timestamp(set).is_none());
    let surplus = old.len().saturating_sub(limit);
    sorted::sort_by_key(&mut old, |set| revision(set));
    let empty = |set: &&Rc<Object>| {
        count(set, &["status", "replicas"]) == 0
            && count(set, &["spec", "replicas"]) == 0
            && object::integer(set, &["metadata", "generation"])
                <= object::integer(set, &["status", "observedGeneration"])
    };
    for set in old.iter().take(surplus).filter(empty) {
        let at = (object::namespace(set), object::name(set));
        match context.client().delete(SETS, at, Deletion::default()) {
            Err(status) if !status.is_not_found() => return Err(status),
            _ => {
                let why = format!("revisionHistoryLimit is {limit}");
                context.acted(about(SETS, set), format!("deleted old ReplicaSet {}", at.1), why);
            }
        }
    }
    rollout.reload(context);
    Ok(())
}

/// Whether two templates are the same but for the hash label.
pub fn same_template(one: &Value, other: &Value) -> bool {
    let same_but = |path: &[&str], left_out: &str| {
        let fields = |template| object::at(template, path).as_object().into_iter().flatten();
        let kept = |(name, _): &(&String, &Value)| name.as_str() != left_out;
        fields(one).filter(kept).eq(fields(other).filter(kept))
    };
    same_but(&[], "metadata") && same_but(&["metadata"], "labels") && same_but(&["metadata", "labels"], HASH_LABEL)
}
