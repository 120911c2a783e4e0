//! Who is owned by whom, kept from the store's changes so that nobody has to search for dependents.

use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::controllers::replica_set::{is_active, ready_since};
use crate::cluster::store::{Change, ChangeKind, Key};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The pods of one controller, ended ones included.
pub type OwnedPods = BTreeMap<Rc<Key>, OwnedPod>;

/// Dependents by the UID of their owners.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    // Shared, so that a snapshot copies one owner's dependents only when they change.
    dependents: BTreeMap<String, Rc<BTreeSet<Rc<Key>>>>,
    pods: BTreeMap<String, Rc<OwnedPods>>,
}

/// What a controller has to know of each of its pods whenever one of them changes.
#[derive(Clone, Debug)]
pub struct OwnedPod {
    /// Neither ended nor on its way out.
    pub active: bool,
    /// Marked for deletion.
    pub terminating: bool,
    /// Since when it is ready, if it is.
    pub ready_since: Option<Timestamp>,
    labels: Box<[(String, String)]>,
}

impl OwnedPod {
    fn of(pod: &Object) -> Self {
        let labels = object::at(pod, &["metadata", "labels"]).as_object();
        let pair = |(key, value): (&String, &Object)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
        OwnedPod {
            active: is_active(pod),
            terminating: object::deletion_timestamp(pod).is_some(),
            ready_since: ready_since(pod),
            labels: labels.into_iter().flatten().map(pair).collect(),
        }
    }

    /// Whether it has that label.
    pub fn has_label(&self, key: &str, value: Option<&str>) -> bool {
        self.labels.iter().any(|(name, text)| name == key && Some(text.as_str()) == value)
    }
}

impl Owners {
    /// Takes note of a change.
    pub fn observe(&mut self, change: &Change) {
        let gone = change.kind == ChangeKind::Deleted;
        let before: BTreeSet<&str> = change.previous.as_deref().map(owner_uids).unwrap_or_default();
        let after = if gone { BTreeSet::new() } else { owner_uids(&change.object) };
        for uid in before.difference(&after) {
            drop_from(&mut self.dependents, uid, |keys| {
                keys.remove(&change.key);
                keys.is_empty()
            });
        }
        for uid in after.difference(&before) {
            Rc::make_mut(self.dependents.entry((*uid).to_owned()).or_default()).insert(Rc::clone(&change.key));
        }
        if change.key.resource == "pods" {
            self.observe_pod(change, gone);
        }
    }

    fn observe_pod(&mut self, change: &Change, gone: bool) {
        let before = change.previous.as_deref().and_then(controller_uid);
        let after = controller_uid(&change.object).filter(|_| !gone);
        if let Some(uid) = before.filter(|uid| after != Some(uid)) {
            drop_from(&mut self.pods, uid, |pods| {
                pods.remove(&change.key);
                pods.is_empty()
            });
        }
        if let Some(uid) = after {
            let pods = Rc::make_mut(self.pods.entry(uid.to_owned()).or_default());
            pods.insert(Rc::clone(&change.key), OwnedPod::of(&change.object));
        }
    }

    /// The objects that name `uid` among their owners.
    pub fn dependents(&self, uid: &str) -> Vec<Key> {
        self.dependents.get(uid).map(|keys| keys.iter().map(|key| Key::clone(key)).collect()).unwrap_or_default()
    }

    /// The pods whose controller is `uid`, ended ones included.
    pub fn pods(&self, uid: &str) -> Rc<OwnedPods> {
        self.pods.get(uid).cloned().unwrap_or_default()
    }
}

/// Changes what belongs to an owner, and forgets the owner when nothing is left.
fn drop_from<T: Clone>(all: &mut BTreeMap<String, Rc<T>>, uid: &str, take: impl FnOnce(&mut T) -> bool) {
    if all.get_mut(uid).is_some_and(|owned| take(Rc::make_mut(owned))) {
        all.remove(uid);
    }
}

fn owner_uids(subject: &Object) -> BTreeSet<&str> {
    object::list(subject, &["metadata", "ownerReferences"]).iter().map(|owner| object::text(owner, &["uid"])).collect()
}

fn controller_uid(subject: &Object) -> Option<&str> {
    controller_of(subject).map(|owner| object::text(owner, &["uid"]))
}

/// The reference of the controller of an object, if it has one.
pub fn controller_of(subject: &Object) -> Option<&Object> {
    object::list(subject, &["metadata", "ownerReferences"])
        .iter()
        .find(|owner| object::boolean(owner, &["controller"]) == Some(true))
}
