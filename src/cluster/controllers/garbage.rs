//! The garbage collector: what belonged to something that is gone goes too.
//!
//! Follows pkg/controller/garbagecollector. Background: an object whose owners are all gone is deleted. Foreground: the
//! owner waits, marked with the finalizer `foregroundDeletion`, until its dependents are gone. Orphan: the dependents
//! lose their reference to the owner first.

use crate::api::Status;
use crate::api::kinds;
use crate::api::object::{self, Object};
use crate::cluster::actor::{Context, about};
use crate::cluster::client::Deletion;
use crate::cluster::controllers::{Controller, Outcome};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";
/// Queue of owners that are gone: the name is the UID.
const GONE: &str = "gone";

/// The controller.
pub struct GarbageCollector;

impl Controller for GarbageCollector {
    fn name(&self) -> &'static str {
        "generic-garbage-collector"
    }

    fn disturbs_pods(&self) -> bool {
        true
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        let gone = |uid: &str| Key {
            resource: GONE.to_owned(),
            namespace: change.key.namespace.clone(),
            name: uid.to_owned(),
        };
        if change.kind == ChangeKind::Deleted {
            let mut keys = vec![gone(object::uid(&change.object))];
            // Owners that wait for their dependents look again.
            for owner in owners(&change.object) {
                keys.extend(key_of(&change.key.namespace, owner));
            }
            return keys;
        }
        let waits = object::deletion_timestamp(&change.object).is_some()
            && (has_finalizer(&change.object, FOREGROUND) || has_finalizer(&change.object, ORPHAN));
        let owned = change.kind == ChangeKind::Added && !owners(&change.object).is_empty();
        if waits || owned { vec![Key::clone(&change.key)] } else { Vec::new() }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        if key.resource == GONE {
            for dependent in context.owners.dependents(&key.name) {
                collect(&dependent, context)?;
            }
            return Ok(None);
        }
        let Some(subject) = context.get(&key.resource, &key.namespace, &key.name) else { return Ok(None) };
        if object::deletion_timestamp(&subject).is_none() {
            collect(key, context)?;
            return Ok(None);
        }
        if has_finalizer(&subject, ORPHAN) {
            orphan_dependents(&subject, context)?;
            return remove_finalizer(key, &subject, ORPHAN, context);
        }
        if has_finalizer(&subject, FOREGROUND) {
            return foreground(key, &subject, context);
        }
        Ok(None)
    }
}

fn owners(subject: &Object) -> &[Value] {
    object::list(subject, &["metadata", "ownerReferences"])
}

fn has_finalizer(subject: &Object, finalizer: &str) -> bool {
    object::strings(subject, &["metadata", "finalizers"]).contains(&finalizer)
}

fn key_of(namespace: &str, owner: &Value) -> Option<Key> {
    let kind = kinds::by_kind(object::text(owner, &["apiVersion"]), object::text(owner, &["kind"]))?;
    Some(Key {
        resource: kind.resource(),
        namespace: if kind.namespaced { namespace.to_owned() } else { String::new() },
        name: object::text(owner, &["name"]).to_owned(),
    })
}

fn owner_exists(namespace: &str, owner: &Value, context: &Context<'_>) -> bool {
    let Some(key) = key_of(namespace, owner) else { return true };
    let found = context.get(&key.resource, &key.namespace, &key.name);
    found.is_some_and(|found| object::uid(&found) == object::text(owner, &["uid"]))
}

/// Deletes an object none of whose owners exists; takes away references to those that are gone.
fn collect(key: &Key, context: &mut Context<'_>) -> Result<(), Status> {
    let Some(subject) = context.get(&key.resource, &key.namespace, &key.name) else { return Ok(()) };
    if owners(&subject).is_empty() || object::deletion_timestamp(&subject).is_some() {
        return Ok(());
    }
    let (solid, dangling): (Vec<Value>, Vec<Value>) =
        owners(&subject).iter().cloned().partition(|owner| owner_exists(&key.namespace, owner, context));
    if dangling.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = dangling.iter().map(|owner| object::text(owner, &["name"])).collect();
    if !solid.is_empty() {
        return replace_owners(key, &subject, solid, context);
    }
    let how = Deletion { uid: object::uid(&subject), grace_period_seconds: None, propagation_policy: "Background" };
    match context.client().delete(&key.resource, (&key.namespace, &key.name), how) {
        Err(status) if status.is_not_found() || status.is_conflict() => return Ok(()),
        Err(status) => return Err(status),
        Ok(()) => {}
    }
    let why = format!("its owner {} is gone", names.join(", "));
    context.acted(about(&key.resource, &subject), format!("deleted {} {}", object::kind(&subject), key.name), why);
    Ok(())
}

fn replace_owners(key: &Key, subject: &Rc<Object>, left: Vec<Value>, context: &mut Context<'_>) -> Result<(), Status> {
    let mut changed = (**subject).clone();
    if left.is_empty() {
        object::remove(&mut changed, &["metadata", "ownerReferences"]);
    } else {
        object::set(&mut changed, &["metadata", "ownerReferences"], Value::Array(left));
    }
    context.client().update(&key.resource, changed)?;
    let what = format!("took an owner off {} {}", object::kind(subject), key.name);
    context.acted(about(&key.resource, subject), what, "the owner is gone or lets its dependents live on");
    Ok(())
}

fn orphan_dependents(owner: &Object, context: &mut Context<'_>) -> Result<(), Status> {
    for key in context.owners.dependents(object::uid(owner)) {
        let Some(dependent) = context.get(&key.resource, &key.namespace, &key.name) else { continue };
        let is_owner = |other: &&Value| object::text(other, &["uid"]) == object::uid(owner);
        let left: Vec<Value> = owners(&dependent).iter().filter(|other| !is_owner(other)).cloned().collect();
        replace_owners(&key, &dependent, left, context)?;
    }
    Ok(())
}

/// Deletes the dependents that block their owner; the owner goes when none is left.
fn foreground(key: &Key, owner: &Rc<Object>, context: &mut Context<'_>) -> Outcome {
    let mut blocked = false;
    for dependent in context.owners.dependents(object::uid(owner)) {
        let Some(subject) = context.get(&dependent.resource, &dependent.namespace, &dependent.name) else { continue };
        let blocks = owners(&subject).iter().any(|other| {
            object::text(other, &["uid"]) == object::uid(owner)
                && object::boolean(other, &["blockOwnerDeletion"]) == Some(true)
        });
        blocked |= blocks;
        if object::deletion_timestamp(&subject).is_none() {
            let how =
                Deletion { uid: object::uid(&subject), grace_period_seconds: None, propagation_policy: "Foreground" };
            let at = (dependent.namespace.as_str(), dependent.name.as_str());
            match context.client().delete(&dependent.resource, at, how) {
                Err(status) if !status.is_not_found() && !status.is_conflict() => return Err(status),
                _ => {}
            }
            let why = format!("its owner {} is being deleted in the foreground", key.name);
            let what = format!("deleted {} {}", object::kind(&subject), dependent.name);
            context.acted(about(&dependent.resource, &subject), what, why);
        }
    }
    if blocked {
        // The deletion of the last dependent brings the owner back; this is for what is left unsaid.
        return Ok(Some(Duration::from_secs(30)));
    }
    remove_finalizer(key, owner, FOREGROUND, context)
}

fn remove_finalizer(key: &Key, subject: &Rc<Object>, finalizer: &str, context: &mut Context<'_>) -> Outcome {
    let Some(stored) = context.get(&key.resource, &key.namespace, &key.name) else { return Ok(None) };
    let left: Vec<&str> =
        object::strings(&stored, &["metadata", "finalizers"]).into_iter().filter(|other| *other != finalizer).collect();
    let mut changed = (*stored).clone();
    if left.is_empty() {
        object::remove(&mut changed, &["metadata", "finalizers"]);
    } else {
        object::set(&mut changed, &["metadata", "finalizers"], json!(left));
    }
    context.client().update(&key.resource, changed)?;
    let what = format!("took the finalizer {finalizer} off {} {}", object::kind(subject), key.name);
    context.acted(about(&key.resource, subject), what, "its dependents are taken care of");
    Ok(None)
}
