//! The page about a Deployment.

use crate::api::kinds;
use crate::api::object::{self, Object, at, integer, list, text};
use crate::api::sorted;

use crate::kubectl::context::Context;
use crate::kubectl::describe::page::{Page, date};
use crate::kubectl::describe::pod;
use crate::kubectl::printers::gofmt;
use serde_json::Value;

/// Writes it; asks for the ReplicaSets.
pub fn describe(context: &mut Context, page: &mut Page, deployment: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(deployment)));
    page.line(0, &format!("Namespace:\t{}", object::namespace(deployment)));
    page.line(0, &format!("CreationTimestamp:\t{}", date(deployment, &["metadata", "creationTimestamp"])));
    page.labels("Labels:", at(deployment, &["metadata", "labels"]));
    page.annotations("Annotations:", at(deployment, &["metadata", "annotations"]));
    page.line(0, &format!("Selector:\t{}", selector(deployment)));
    let count = |key: &str| integer(deployment, &["status", key]).unwrap_or(0);
    page.line(
        0,
        &format!(
            "Replicas:\t{} desired | {} updated | {} total | {} available | {} unavailable",
            integer(deployment, &["spec", "replicas"]).unwrap_or(1),
            count("updatedReplicas"),
            count("replicas"),
            count("availableReplicas"),
            count("unavailableReplicas")
        ),
    );
    page.line(0, &format!("StrategyType:\t{}", text(deployment, &["spec", "strategy", "type"])));
    page.line(0, &format!("MinReadySeconds:\t{}", integer(deployment, &["spec", "minReadySeconds"]).unwrap_or(0)));
    let rolling = at(deployment, &["spec", "strategy", "rollingUpdate"]);
    if rolling.is_object() {
        let part = |key: &str| gofmt::print(at(rolling, &[key]));
        let (unavailable, surge) = (part("maxUnavailable"), part("maxSurge"));
        page.line(0, &format!("RollingUpdateStrategy:\t{unavailable} max unavailable, {surge} max surge"));
    }
    pod::template(page, at(deployment, &["spec", "template"]));
    conditions(page, deployment);
    replica_sets(context, page, deployment);
}

/// The label selector of a Deployment or ReplicaSet as text.
pub fn selector(owner: &Object) -> String {
    crate::api::selector::print_object(at(owner, &["spec", "selector"]))
}

/// `Conditions:` with reasons.
pub fn conditions(page: &mut Page, owner: &Object) {
    let conditions = list(owner, &["status", "conditions"]);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tReason");
    page.line(1, "----\t------\t------");
    for condition in conditions {
        let part = |key: &str| text(condition, &[key]);
        page.line(1, &format!("{} \t{}\t{}", part("type"), part("status"), part("reason")));
    }
}

/// The ReplicaSet of the current template, and the ones before it.
fn replica_sets(context: &mut Context, page: &mut Page, deployment: &Object) {
    let Some(kind) = kinds::by_plural("apps", "replicasets") else { return };
    let labels = selector(deployment);
    let Ok(found) = context.list(kind, object::namespace(deployment), &labels, "") else { return };
    let mut own: Vec<&Value> = list(&found, &["items"])
        .iter()
        .filter(|set| {
            list(set, &["metadata", "ownerReferences"])
                .iter()
                .any(|owner| text(owner, &["uid"]) == object::uid(deployment))
        })
        .collect();
    sorted::sort_by_key(&mut own, |set| {
        (text(set, &["metadata", "creationTimestamp"]).to_owned(), object::name(set).to_owned())
    });
    let current = own.iter().position(|set| same_template(set, deployment));
    let told = |sets: &[&Value]| {
        let parts: Vec<String> = sets
            .iter()
            .map(|set| {
                let have = integer(set, &["status", "replicas"]).unwrap_or(0);
                let want = integer(set, &["spec", "replicas"]).unwrap_or(1);
                format!("{} ({have}/{want} replicas created)", object::name(set))
            })
            .collect();
        if parts.is_empty() { "<none>".to_owned() } else { parts.join(", ") }
    };
    let new: Vec<&Value> = current.and_then(|position| own.get(position).copied()).into_iter().collect();
    let old: Vec<&Value> =
        own.iter().enumerate().filter(|(position, _)| Some(*position) != current).map(|(_, set)| *set).collect();
    page.line(0, &format!("OldReplicaSets:\t{}", told(&old)));
    page.line(0, &format!("NewReplicaSet:\t{}", told(&new)));
}

/// Whether a ReplicaSet was made from the Deployment's template as it is now: equal but for the hash label.
fn same_template(set: &Value, deployment: &Object) -> bool {
    let mut template = at(set, &["spec", "template"]).clone();
    object::remove(&mut template, &["metadata", "labels", "pod-template-hash"]);
    let mut wanted = at(deployment, &["spec", "template"]).clone();
    for value in [&mut template, &mut wanted] {
        object::remove(value, &["metadata", "creationTimestamp"]);
    }
    template == wanted
}
