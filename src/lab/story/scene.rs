//! The object that a step is about, as it stood then.

use crate::api::object::Object;
use crate::cluster::kept::Kept;
use crate::cluster::log::Part;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Entry, Event, FieldChange};
use crate::lab::diff::Note;
use crate::lab::story::words;
use crate::words::{mark, told, tr};
use std::rc::Rc;

/// The object as it stood at a step, to show beside it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The object.
    pub object: Rc<Object>,
    /// What to compare it with: what was submitted, or what was stored before.
    pub before: Option<Rc<Object>>,
    /// Who set what, and why.
    pub notes: Vec<Note>,
}

/// What the server sets when it stores something new, and what for.
const BORN_WITH: [(&str, &str); 3] = [
    ("creationTimestamp", mark("When it was stored.")),
    (
        "resourceVersion",
        mark("Which change this is, counted over the cluster: whoever writes on top of an older one gets a 409."),
    ),
    ("uid", mark("This very object: another one of the same name, made later, has another uid.")),
];

/// The object that a step is about as it stood then, with everything the same request did to it so far.
pub fn scene(step: &Entry, entries: &[Rc<Entry>]) -> Option<Scene> {
    let of_request = || entries.iter().filter(|entry| step.request != 0 && entry.request == step.request);
    let notes = || -> Vec<Note> {
        let so_far = of_request().take_while(|entry| entry.sequence <= step.sequence);
        let is_mutation = matches!(step.event, Event::Mutated { .. });
        so_far.flat_map(|entry| notes(entry, is_mutation && entry.sequence != step.sequence)).collect()
    };
    let submitted = || {
        of_request().find_map(|entry| match &entry.event {
            Event::Received { submitted, .. } => submitted.as_ref().map(Kept::open),
            _ => None,
        })
    };
    let (object, before, notes) = match &step.event {
        Event::Received { submitted: Some(object), .. } => (object, None, Vec::new()),
        Event::Mutated { before, after, .. } => {
            (after, submitted().or_else(|| Some(before.open())), [notes(), vec![from_the_path()]].concat())
        }
        Event::Stored { after: Some(after), change: ChangeKind::Added, .. } => {
            (after, submitted(), [notes(), born_with(), vec![from_the_path()]].concat())
        }
        Event::Stored { after: Some(after), before, .. } => (after, before.as_ref().map(Kept::open), notes()),
        Event::Stored { before: Some(before), .. } => (before, None, Vec::new()),
        _ => return None,
    };
    Some(Scene { object: object.open(), before, notes })
}

/// What a manifest need not say, because the request's path does.
fn from_the_path() -> Note {
    Note {
        path: "metadata.namespace".to_owned(),
        who: tr("API server").to_owned(),
        why: tr("The namespace in the request's path.").to_owned(),
        aside: true,
    }
}

fn born_with() -> Vec<Note> {
    let note = |(field, why): (&str, &'static str)| Note {
        path: format!("metadata.{field}"),
        who: tr("API server").to_owned(),
        why: tr(why).to_owned(),
        aside: false,
    };
    BORN_WITH.into_iter().map(note).collect()
}

fn notes(entry: &Entry, aside: bool) -> Vec<Note> {
    let note = |change: &FieldChange| Note {
        path: change.path.clone(),
        who: words::who(&entry.actor),
        why: told(&change.why),
        aside,
    };
    match &entry.event {
        Event::Mutated { changes, .. } => changes.iter().map(note).collect(),
        _ => Vec::new(),
    }
}

/// The object as it is now beside what was sent when it was made, as far as the trace still knows.
pub fn provenance(object: &Rc<Object>, entries: Part<'_, Rc<Entry>>) -> Scene {
    let uid = crate::api::object::uid(object);
    let born = entries.iter().find(|entry| {
        matches!(&entry.event, Event::Stored { change: ChangeKind::Added, after: Some(after), .. } if crate::api::object::uid(&after.open()) == uid)
    });
    let scene = born.and_then(|born| {
        let of_request: Vec<Rc<Entry>> =
            entries.iter().filter(|entry| entry.request == born.request).cloned().collect();
        scene(born, &of_request)
    });
    let (before, notes) = scene.map(|scene| (scene.before, scene.notes)).unwrap_or_default();
    Scene { object: Rc::clone(object), before, notes }
}
