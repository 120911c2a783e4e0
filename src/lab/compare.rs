//! Two branches side by side: what was printed, and the objects that differ.

use crate::api::kinds;
use crate::api::object::{self, Object};
use crate::lab::diff::{self, Line};
use crate::lab::{Lab, Record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Two branches, compared at their ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How many steps they share, the preparation left out.
    pub shared: usize,
    /// What was done on the left since then.
    pub left: Vec<Done>,
    /// What was done on the right since then.
    pub right: Vec<Done>,
    /// The objects that differ, in the order of their names.
    pub objects: Vec<Difference>,
    /// How many objects differ in nothing but their `resourceVersion`.
    pub renumbered: usize,
    /// How many Events there are on each side that the other lacks or has otherwise.
    pub events: (usize, usize),
}

/// A step and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The action in one line.
    pub words: String,
    /// What was printed.
    pub record: Rc<Record>,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is on the left only.
    LeftOnly,
    /// It is on the right only.
    RightOnly,
    /// It is on both sides, and not the same.
    Changed,
}

/// An object that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// `pod/box`, or `team-a/pod/box` outside the namespace `default`.
    pub name: String,
    /// How it differs.
    pub kept: Kept,
    /// Its YAML, on the right where it is on both sides, with the lines that differ from the left marked.
    pub lines: Vec<Line>,
}

/// Compares two branches at their ends.
pub fn compare(lab: &Lab, left: usize, right: usize) -> Comparison {
    let shared = lab.common(left, right);
    let (left, right) = (lab.at_branch(left), lab.at_branch(right));
    let mut comparison = Comparison {
        shared: shared.saturating_sub(lab.floor()),
        left: done(&left, shared),
        right: done(&right, shared),
        objects: Vec::new(),
        renumbered: 0,
        events: (0, 0),
    };
    compare_objects(&left, &right, &mut comparison);
    comparison
}

fn done(lab: &Lab, after: usize) -> Vec<Done> {
    let steps = lab.log().zip(lab.all_records()).skip(after);
    steps.map(|(step, record)| Done { words: step.action.words(), record: Rc::clone(record) }).collect()
}

type Named = BTreeMap<String, Rc<Object>>;

/// Everything that is stored, by a name that people read.
fn objects(lab: &Lab) -> Named {
    let mut all = Named::new();
    for kind in kinds::all() {
        for stored in lab.cluster().reader().list(&kind.resource(), "") {
            let namespace = match object::namespace(&stored) {
                "" | "default" => String::new(),
                other => format!("{other}/"),
            };
            all.insert(format!("{namespace}{}/{}", kind.kind.to_lowercase(), object::name(&stored)), stored);
        }
    }
    all
}

fn compare_objects(left: &Lab, right: &Lab, comparison: &mut Comparison) {
    let (left, right) = (objects(left), objects(right));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for name in names {
        let (before, after) = (left.get(name), right.get(name));
        if let (Some(before), Some(after)) = (before, after) {
            if Rc::ptr_eq(before, after) || before == after {
                continue;
            }
            if without_version(before) == without_version(after) {
                comparison.renumbered += 1;
                continue;
            }
        }
        if before.or(after).is_some_and(|found| found.get("kind").and_then(Value::as_str) == Some("Event")) {
            comparison.events.0 += usize::from(before.is_some());
            comparison.events.1 += usize::from(after.is_some());
            continue;
        }
        let (kept, lines) = match (before, after) {
            (Some(before), Some(after)) => (Kept::Changed, diff::lines(Some(before), after, &[])),
            (Some(before), None) => (Kept::LeftOnly, diff::lines(None, before, &[])),
            (None, Some(after)) => (Kept::RightOnly, diff::lines(None, after, &[])),
            (None, None) => continue,
        };
        comparison.objects.push(Difference { name: name.clone(), kept, lines });
    }
}

fn without_version(object: &Object) -> Object {
    let mut copy = object.clone();
    object::remove(&mut copy, &["metadata", "resourceVersion"]);
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Settings;

    #[test]
    fn tells_what_a_branch_did_otherwise() {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl create sa data-sa");
        lab.run("kubectl label sa data-sa team=a");
        lab.undo();
        lab.run("kubectl delete sa data-sa");
        let names: Vec<String> = lab.branches().into_iter().map(|branch| branch.name).collect();
        assert_eq!(names, ["Original", "kubectl delete sa data-sa"]);
        let found = compare(&lab, 0, 1);
        assert_eq!(found.shared, 1);
        assert_eq!(found.left.first().map(|done| done.words.as_str()), Some("kubectl label sa data-sa team=a"));
        assert_eq!(found.right.len(), 1);
        let objects: Vec<(&str, Kept)> = found.objects.iter().map(|one| (one.name.as_str(), one.kept)).collect();
        assert_eq!(objects, [("serviceaccount/data-sa", Kept::LeftOnly)]);
        // The other way round, and an object that is on both sides.
        lab.undo();
        lab.run("kubectl annotate sa data-sa note=x");
        let found = compare(&lab, 1, 2);
        assert_eq!(found.objects.first().map(|one| one.kept), Some(Kept::RightOnly));
        let found = compare(&lab, 0, 2);
        let changed = found.objects.first();
        assert_eq!(changed.map(|one| one.kept), Some(Kept::Changed));
        let marked = changed.into_iter().flat_map(|one| &one.lines).filter(|line| line.mark != diff::Mark::Kept);
        let marked: Vec<&str> = marked.map(|line| line.text.trim()).collect();
        assert!(marked.contains(&"note: x") && marked.contains(&"team: a"), "{marked:?}");
    }
}
