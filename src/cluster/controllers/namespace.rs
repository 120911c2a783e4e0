//! Empties a namespace that is being deleted, and lets it go.
//!
//! Follows pkg/controller/namespace/{namespace_controller,deletion/namespaced_resources_deleter}.go: five seconds after
//! the deletion the content goes, pods first; the finalizer `kubernetes` is taken away when nothing is left.

use crate::api::Status;
use crate::api::kinds;
use crate::api::object::{self, Object};
use crate::cluster::actor::{Context, about};
use crate::cluster::controllers::{Controller, Outcome};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use serde_json::{Value, json};
use std::time::Duration;

/// How long the controller waits before it looks at a namespace.
const GRACE: Duration = Duration::from_secs(5);

/// The controller.
pub struct NamespaceController;

impl Controller for NamespaceController {
    fn name(&self) -> &'static str {
        "namespace-controller"
    }

    fn delay(&self) -> Duration {
        GRACE
    }

    fn disturbs_pods(&self) -> bool {
        true
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        let deleting = object::deletion_timestamp(&change.object).is_some() && change.kind != ChangeKind::Deleted;
        // Its own status writes need no new turn: the next one is asked for where there is something left.
        let known = change.previous.as_deref().is_some_and(|previous| object::deletion_timestamp(previous).is_some());
        if change.key.resource == "namespaces" && deleting && !known {
            vec![Key::clone(&change.key)]
        } else {
            Vec::new()
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(namespace) = context.get("namespaces", "", &key.name) else { return Ok(None) };
        if object::deletion_timestamp(&namespace).is_none() {
            return Ok(None);
        }
        let resources = deletable();
        let pods = context.list("pods", &key.name);
        // Pods go first, so that none of them runs without the ConfigMaps and Secrets it was given.
        let first: Vec<&str> =
            if pods.is_empty() { resources.iter().map(String::as_str).collect() } else { vec!["pods"] };
        for resource in first {
            if !context.list(resource, &key.name).is_empty() {
                context.client().delete_collection(resource, &key.name)?;
                let what = format!("deleted the {resource} of namespace {}", key.name);
                context.acted(
                    about("namespaces", &namespace),
                    what,
                    "the namespace is being deleted, and all that is in it",
                );
            }
        }
        let left: Vec<(String, usize)> = resources
            .into_iter()
            .map(|resource| (resource.clone(), context.list(&resource, &key.name).len()))
            .filter(|(_, count)| *count > 0)
            .collect();
        write_conditions(key, &left, context)?;
        if left.is_empty() {
            return finalize(key, context);
        }
        let patience =
            pods.iter().filter_map(|pod| object::integer(pod, &["metadata", "deletionGracePeriodSeconds"])).max();
        let seconds = u64::try_from(patience.unwrap_or(0)).unwrap_or(0) / 2 + 1;
        Ok(Some(Duration::from_secs(seconds)))
    }
}

/// The namespaced resources that can be deleted as collections, in the order of discovery.
fn deletable() -> Vec<String> {
    let simulated =
        kinds::all().iter().filter(|kind| kind.namespaced && kind.simulated && kind.has_verb("deletecollection"));
    simulated.map(kinds::Kind::resource).collect()
}

fn finalize(key: &Key, context: &mut Context<'_>) -> Outcome {
    let Some(namespace) = context.get("namespaces", "", &key.name) else { return Ok(None) };
    let mut changed = (*namespace).clone();
    let finalizers: Vec<Value> = object::list(&namespace, &["spec", "finalizers"])
        .iter()
        .filter(|finalizer| finalizer.as_str() != Some("kubernetes"))
        .cloned()
        .collect();
    object::set(&mut changed, &["spec", "finalizers"], Value::Array(finalizers));
    match context.client().put("namespaces", "/finalize", changed) {
        Err(status) if !status.is_not_found() => return Err(status),
        _ => {}
    }
    let what = format!("let namespace {} go", key.name);
    context.acted(about("namespaces", &namespace), what, "nothing is left in it, so its finalizer is removed");
    Ok(None)
}

fn write_conditions(key: &Key, left: &[(String, usize)], context: &mut Context<'_>) -> Result<(), Status> {
    let Some(namespace) = context.get("namespaces", "", &key.name) else { return Ok(()) };
    let now = context.now().rfc3339();
    // RESOURCE.GROUP, and the core group is empty: hence the dot.
    let dot = |resource: &str| if resource.contains('.') { "" } else { "." };
    let remaining: Vec<String> = left
        .iter()
        .map(|(resource, count)| format!("{resource}{} has {count} resource instances", dot(resource)))
        .collect();
    let (status, reason, message) = if remaining.is_empty() {
        ("False", "ContentRemoved", "All content successfully removed".to_owned())
    } else {
        ("True", "SomeResourcesRemain", format!("Some resources are remaining: {}", remaining.join(", ")))
    };
    let wanted = [
        (
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered".to_owned(),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed".to_owned(),
        ),
        (
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization".to_owned(),
        ),
        ("NamespaceContentRemaining", status, reason, message),
        (
            "NamespaceFinalizersRemaining",
            "False",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished".to_owned(),
        ),
    ];
    let old = object::list(&namespace, &["status", "conditions"]);
    let conditions: Vec<Value> = wanted
        .into_iter()
        .map(|(kind, status, reason, message)| {
            let same = |old: &&Object| {
                object::text(old, &["type"]) == kind
                    && object::text(old, &["status"]) == status
                    && object::text(old, &["message"]) == message
            };
            old.iter().find(same).cloned().unwrap_or_else(|| {
                json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": now})
            })
        })
        .collect();
    if old == conditions.as_slice() {
        return Ok(());
    }
    let mut changed = (*namespace).clone();
    object::set(&mut changed, &["status", "conditions"], Value::Array(conditions));
    context.client().update_status("namespaces", changed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_a_namespace_is_deleted() {
        let all = deletable();
        for resource in ["configmaps", "secrets", "serviceaccounts", "pods", "events", "deployments.apps"] {
            assert!(all.iter().any(|other| other == resource), "{resource}");
        }
        assert!(!all.iter().any(|resource| resource == "namespaces"));
    }
}
