//! Who is owned by whom, kept from the store's changes so that nobody has to search for dependents.

use crate::api::object::{self, Object};
use crate::cluster::store::{Change, ChangeKind, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Dependents by the UID of their owners.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    dependents: BTreeMap<String, BTreeSet<Key>>,
}

impl Owners {
    /// Takes note of a change.
    pub fn observe(&mut self, change: &Change) {
        let before: BTreeSet<&str> = change.previous.as_deref().map(owner_uids).unwrap_or_default();
        let after = if change.kind == ChangeKind::Deleted { BTreeSet::new() } else { owner_uids(&change.object) };
        for uid in before.difference(&after) {
            if let Some(keys) = self.dependents.get_mut(*uid) {
                keys.remove(&change.key);
                if keys.is_empty() {
                    self.dependents.remove(*uid);
                }
            }
        }
        for uid in after.difference(&before) {
            self.dependents.entry((*uid).to_owned()).or_default().insert(change.key.clone());
        }
    }

    /// The objects that name `uid` among their owners.
    pub fn dependents(&self, uid: &str) -> Vec<Key> {
        self.dependents.get(uid).map(|keys| keys.iter().cloned().collect()).unwrap_or_default()
    }
}

fn owner_uids(subject: &Object) -> BTreeSet<&str> {
    object::list(subject, &["metadata", "ownerReferences"]).iter().map(|owner| object::text(owner, &["uid"])).collect()
}

/// The reference of the controller of an object, if it has one.
pub fn controller_of(subject: &Object) -> Option<&Object> {
    object::list(subject, &["metadata", "ownerReferences"])
        .iter()
        .find(|owner| object::boolean(owner, &["controller"]) == Some(true))
}
