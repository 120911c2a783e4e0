//! The store: objects by key, one revision for all of them, and the log that watches read.
//!
//! Stands for etcd and the watch cache. Only [`crate::cluster::apiserver`] writes to it.

use crate::api::object::Object;
use crate::cluster::kept::Kept;
use crate::cluster::log::{Log, Part};
use crate::cluster::reader::Reader;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many changes the log keeps; a watch from before them is told that its version is too old.
pub const LOG_LENGTH_MAX: usize = 20_000;
/// The kinds that come by the thousand: they are folded once they have not changed for a while.
const FOLDED: [&str; 2] = ["events", "pods"];
/// How many changes back objects are kept as they are.
const UNFOLDED: usize = 2_000;

/// Where an object is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The qualified plural, `pods`, `deployments.apps`.
    pub resource: String,
    /// Empty for cluster-scoped resources.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ChangeKind {
    Added,
    Modified,
    Deleted,
}

/// One change of one object, as those are told who wait for it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The revision it made.
    pub revision: u64,
    /// What it did.
    pub kind: ChangeKind,
    /// Which object.
    pub key: Rc<Key>,
    /// The object after it; for a deletion, as it was last (with the deletion's revision).
    pub object: Rc<Object>,
    /// The object before it.
    pub previous: Option<Rc<Object>>,
    /// The object as the store keeps it, for those who keep it too.
    pub kept: Kept,
}

/// One line of the log.
#[derive(Debug)]
pub struct Logged {
    /// The revision it made.
    pub revision: u64,
    /// Which object.
    pub key: Rc<Key>,
    /// What it did.
    pub kind: ChangeKind,
    /// The object after it; for a deletion, before it.
    pub kept: Kept,
    previous: Option<Kept>,
}

impl Logged {
    /// The change with its objects opened.
    pub fn open(&self) -> Change {
        Change {
            revision: self.revision,
            kind: self.kind,
            key: Rc::clone(&self.key),
            object: match self.kind {
                ChangeKind::Deleted => last_version(&self.kept, self.revision),
                _ => self.kept.open(),
            },
            previous: self.previous.as_ref().map(Kept::open),
            kept: self.kept.clone(),
        }
    }
}

/// The objects of a cluster.
#[derive(Clone, Debug)]
pub struct Store {
    // Shared: a snapshot copies no names, and the log none either.
    objects: BTreeMap<Rc<Key>, Kept>,
    revision: u64,
    log: Log<Rc<Logged>>,
}

impl Default for Store {
    fn default() -> Self {
        Store { objects: BTreeMap::new(), revision: 0, log: Log::new(LOG_LENGTH_MAX) }
    }
}

impl Store {
    /// The revision of the last change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Stores an object (new or changed) under the next revision, which becomes its `resourceVersion`.
    pub fn put(&mut self, key: Key, mut object: Object) -> Kept {
        self.revision += 1;
        stamp(&mut object, self.revision);
        let object = Kept::new(object);
        let known = self.objects.get_key_value(&key).map(|(known, _)| Rc::clone(known));
        let key = known.unwrap_or_else(|| Rc::new(key));
        let previous = self.objects.insert(Rc::clone(&key), object.clone());
        let kind = if previous.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
        self.record(kind, key, &object, previous);
        object
    }

    /// Leaves out so many revisions: changes that were made and made again, and that nobody saw.
    pub fn leave_out(&mut self, revisions: u64) {
        self.revision += revisions;
    }

    /// An object as it is kept.
    pub fn kept(&self, key: &Key) -> Option<&Kept> {
        self.objects.get(key)
    }

    /// Removes an object and returns it as it was last.
    pub fn delete(&mut self, key: &Key) -> Option<Rc<Object>> {
        let previous = self.forget(key)?;
        Some(last_version(&previous, self.revision))
    }

    /// Removes an object that nobody asked to remove.
    pub fn forget(&mut self, key: &Key) -> Option<Kept> {
        let (key, previous) = self.objects.remove_entry(key)?;
        self.revision += 1;
        self.record(ChangeKind::Deleted, key, &previous, Some(previous.clone()));
        Some(previous)
    }

    /// The changes after `revision`, oldest first; `None` if the log no longer reaches back that far.
    pub fn changes_since(&self, revision: u64) -> Option<Part<'_, Rc<Logged>>> {
        let reaches_back = self.log.get(0).is_none_or(|change| change.revision <= revision + 1);
        reaches_back.then(|| self.log.all().after(|change| change.revision <= revision))
    }

    /// Every object with its key, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<Key>, &Kept)> {
        self.objects.iter()
    }

    /// About how many bytes a copy takes beyond the objects that it shares: keys here, and what other parts of the
    /// cluster keep of each object.
    pub fn size(&self) -> usize {
        const AN_OBJECT: usize = 600;
        self.objects.len() * AN_OBJECT + self.log.size()
    }

    fn range<'a>(&'a self, resource: &'a str, namespace: &'a str) -> impl Iterator<Item = &'a Kept> {
        let from = Key { resource: resource.to_owned(), namespace: namespace.to_owned(), name: String::new() };
        self.objects
            .range(from..)
            .take_while(move |(key, _)| {
                key.resource == resource && (namespace.is_empty() || key.namespace == namespace)
            })
            .map(|(_, object)| object)
    }

    fn record(&mut self, kind: ChangeKind, key: Rc<Key>, object: &Kept, previous: Option<Kept>) {
        let logged = Logged { revision: self.revision, kind, key, kept: object.clone(), previous };
        self.log.push(Rc::new(logged));
        self.fold();
    }

    /// Folds what nobody will ask for soon. A watch may still have to be told of it, so it stays in the log.
    fn fold(&self) {
        let cold = self.log.len().checked_sub(UNFOLDED).and_then(|index| self.log.get(index));
        if let Some(cold) = cold.filter(|cold| FOLDED.contains(&cold.key.resource.as_str())) {
            cold.kept.fold();
        }
    }
}

/// An object that was deleted, as those see it who are told: with the revision of the deletion.
fn last_version(kept: &Kept, revision: u64) -> Rc<Object> {
    let mut last = (*kept.open()).clone();
    stamp(&mut last, revision);
    Rc::new(last)
}

fn stamp(object: &mut Object, revision: u64) {
    crate::api::object::set(object, &["metadata", "resourceVersion"], revision.to_string().into());
}

impl Reader for Store {
    fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Rc<Object>> {
        let key = Key { resource: resource.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() };
        self.objects.get(&key).map(Kept::open)
    }

    fn list(&self, resource: &str, namespace: &str) -> Vec<Rc<Object>> {
        self.range(resource, namespace).map(Kept::open).collect()
    }

    fn any(&self, resource: &str, namespace: &str, accept: &mut dyn FnMut(&Rc<Object>) -> bool) -> bool {
        self.range(resource, namespace).any(|kept| accept(&kept.open()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(name: &str) -> Key {
        Key { resource: "pods".into(), namespace: "default".into(), name: name.into() }
    }

    #[test]
    fn revisions_only_grow_and_the_log_replays_them() {
        let mut store = Store::default();
        store.put(key("a"), json!({"metadata": {"name": "a"}}));
        store.put(key("a"), json!({"metadata": {"name": "a"}, "x": 1}));
        store.delete(&key("a")).unwrap();
        let kinds: Vec<ChangeKind> = store.changes_since(0).unwrap().iter().map(|c| c.kind).collect();
        assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Modified, ChangeKind::Deleted]);
        assert_eq!(store.changes_since(2).unwrap().len(), 1);
        assert_eq!(store.revision(), 3);
        assert!(store.get("pods", "default", "a").is_none());
    }

    #[test]
    fn lists_one_namespace_or_all() {
        let mut store = Store::default();
        store.put(key("b"), json!({}));
        store.put(key("a"), json!({}));
        store.put(Key { namespace: "other".into(), ..key("c") }, json!({}));
        store.put(Key { resource: "podsx".into(), ..key("d") }, json!({}));
        assert_eq!(store.list("pods", "default").len(), 2);
        assert_eq!(store.list("pods", "").len(), 3);
    }
}
