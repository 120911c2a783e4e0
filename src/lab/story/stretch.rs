//! A stretch of the trace with its requests sorted out: whose they are, and which are mere look-ups.

use crate::api::object;
use crate::cluster::log::Part;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Actor, Entry, Event, ObjectRef};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How much of the trace after an action is searched for what became of its pods.
const LATER_MAX: usize = 4_000;

/// What an entry is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// A request that the learner's program sent, as its user agent says.
    pub mine: bool,
    /// A request with which a program only looks before or after it writes.
    pub lookup: bool,
    /// What it was answered, if it was.
    pub code: Option<u16>,
}

#[derive(Default)]
struct Asked {
    place: Place,
    kubectl: bool,
    method: String,
    watch: bool,
    object: Option<ObjectRef>,
}

/// The requests of a stretch.
pub struct Stretch {
    requests: BTreeMap<u64, Asked>,
}

impl Stretch {
    /// Sorts out a stretch; `said_not_found` is whether its program told somebody that something is not there.
    pub fn new(entries: &[Rc<Entry>], said_not_found: &dyn Fn() -> bool) -> Self {
        let mut requests: BTreeMap<u64, Asked> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.request != 0) {
            match &entry.event {
                Event::Received { request_line, submitted, .. } => {
                    let Actor::Client(name) = &entry.actor else { continue };
                    let kubectl = name.starts_with("kubectl");
                    if !kubectl && !name.starts_with("curl") {
                        continue;
                    }
                    let mut object = entry.object.clone();
                    if let (Some(object), Some(submitted)) = (&mut object, submitted)
                        && object.name.is_empty()
                    {
                        object.name = object::name(&submitted.open()).to_owned();
                    }
                    let asked = Asked {
                        place: Place { mine: true, ..Place::default() },
                        kubectl,
                        method: request_line.split(' ').next().unwrap_or_default().to_owned(),
                        watch: request_line.contains("watch=true"),
                        object,
                    };
                    requests.insert(entry.request, asked);
                }
                Event::Answered { code } => {
                    if let Some(asked) = requests.get_mut(&entry.request) {
                        asked.place.code = Some(*code);
                    }
                }
                _ => {}
            }
        }
        let written: Vec<ObjectRef> = requests
            .values()
            .filter(|asked| asked.kubectl && asked.method != "GET")
            .filter_map(|asked| asked.object.clone())
            .collect();
        for asked in requests.values_mut().filter(|asked| asked.kubectl && asked.method == "GET") {
            let of_written = asked.object.as_ref().is_some_and(|object| written.contains(object));
            asked.place.lookup = match asked.place.code {
                Some(404) => of_written || !said_not_found(),
                Some(200) | None => of_written || (asked.watch && !written.is_empty()),
                _ => false,
            };
        }
        Stretch { requests }
    }

    /// Where an entry belongs.
    pub fn place(&self, entry: &Entry) -> Place {
        self.requests.get(&entry.request).map(|asked| asked.place.clone()).unwrap_or_default()
    }
}

/// What `after` tells of the pods that `entries` made, until each of them runs or is gone: a command's consequences
/// go on when the next one has been typed.
pub fn later(entries: &[Rc<Entry>], after: Part<'_, Rc<Entry>>) -> Vec<Rc<Entry>> {
    let stretch = Stretch::new(entries, &|| true);
    let mut open = Open::default();
    for entry in entries {
        open.follow(entry, stretch.place(entry).mine);
        open.close(entry);
    }
    let mut found: Vec<Rc<Entry>> = Vec::new();
    for (index, entry) in after.iter().take(LATER_MAX).enumerate() {
        if open.objects.is_empty() {
            break;
        }
        if open.follow(entry, false) {
            // Made by a controller: what admission did to it belongs to it.
            let same_request = (0..index)
                .rev()
                .filter_map(|index| after.get(index))
                .take_while(|other| other.request == entry.request);
            let mut earlier: Vec<Rc<Entry>> =
                same_request.filter(|other| is_admission(&other.event)).cloned().collect();
            earlier.reverse();
            found.extend(earlier);
            found.push(Rc::clone(entry));
        } else if open.is_about(entry) {
            found.push(Rc::clone(entry));
        }
        open.close(entry);
    }
    found
}

fn is_admission(event: &Event) -> bool {
    matches!(event, Event::Mutated { .. } | Event::Admitted { .. })
}

/// The objects that an action made, directly or through a controller, and that have not come to rest.
#[derive(Default)]
struct Open {
    objects: Vec<ObjectRef>,
}

impl Open {
    /// Takes in an object that the learner made, or that belongs to one; whether it did.
    fn follow(&mut self, entry: &Entry, mine: bool) -> bool {
        let (Some(object), Event::Stored { change: ChangeKind::Added, after: Some(after), .. }) =
            (&entry.object, &entry.event)
        else {
            return false;
        };
        if !["pods", "deployments.apps", "replicasets.apps"].contains(&object.resource.as_str()) {
            return false;
        }
        let owned = object::list(&after.open(), &["metadata", "ownerReferences"]).iter().any(|owner| {
            let name = object::text(owner, &["name"]);
            self.objects.iter().any(|made| made.name == name && made.resource != "pods")
        });
        if owned || mine {
            self.objects.push(object.clone());
        }
        owned || mine
    }

    /// Lets go of what has come to rest: a pod that runs, or anything deleted.
    fn close(&mut self, entry: &Entry) {
        let Some(object) = &entry.object else { return };
        if matches!(entry.event, Event::Stored { change: ChangeKind::Deleted, .. }) {
            self.objects.retain(|made| made != object);
        } else if super::new_phase(&entry.event).is_some() && self.objects.contains(object) {
            self.objects.retain(|made| made != object && made.resource == "pods");
        }
    }

    fn is_about(&self, entry: &Entry) -> bool {
        match &entry.event {
            Event::Received { .. } | Event::Authenticated { .. } | Event::Authorized { .. } => false,
            Event::TokenIssued { claims, .. } => {
                let claims = claims.open();
                let pod = object::text(&claims, &["kubernetes.io", "pod", "name"]);
                self.objects.iter().any(|made| made.resource == "pods" && made.name == pod)
            }
            _ => entry.object.as_ref().is_some_and(|object| self.objects.contains(object)),
        }
    }
}
