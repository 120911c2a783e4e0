//! What followed an action, step by step, in words: the trace told to a learner.

use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Actor, Entry, Event, FieldChange, ObjectRef, Reason};
use crate::lab::diff::Note;
use std::rc::Rc;
use std::time::Duration;

/// What a step means, for its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something somebody asked for or did.
    Plain,
    /// The cluster added something.
    Injected,
    /// It went well: stored, running.
    Done,
    /// Refused.
    Refused,
}

/// One step of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// The trace entry it tells.
    pub entry: Rc<Entry>,
    /// When, counted from the action.
    pub after: Duration,
    /// Who, in a word or two.
    pub who: String,
    /// What, in a sentence.
    pub what: String,
    /// Why, or what it led to; may be empty.
    pub why: String,
    /// What it means.
    pub tone: Tone,
    /// The facts behind a decision, in order.
    pub checks: Vec<Reason>,
}

/// The object as it stood at a step, to show beside it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The object.
    pub object: Rc<Object>,
    /// What to compare it with.
    pub before: Option<Rc<Object>>,
    /// Who set what, and why.
    pub notes: Vec<Note>,
}

/// Tells the entries of a trace, counting time from `start`. Requests that only read are told when a person made
/// them; the control plane's own reading and its answers' plumbing are left out.
pub fn tell(entries: &[Rc<Entry>], start: Timestamp) -> Vec<Step> {
    entries
        .iter()
        .filter(|entry| is_worth_telling(entry, entries))
        .map(|entry| {
            let (what, why, tone) = words(entry);
            Step {
                entry: Rc::clone(entry),
                after: entry.time.since(start),
                who: who(&entry.actor),
                what,
                why,
                tone,
                checks: checks(&entry.event).to_vec(),
            }
        })
        .collect()
}

/// The object that a step is about as it stood then, with everything the same request did to it so far.
pub fn scene(step: &Entry, entries: &[Rc<Entry>]) -> Option<Scene> {
    let same_request = |entry: &&Rc<Entry>| step.request != 0 && entry.request == step.request;
    let notes: Vec<Note> = entries
        .iter()
        .filter(same_request)
        .take_while(|entry| entry.sequence <= step.sequence)
        .flat_map(|entry| notes(entry))
        .collect();
    let submitted = entries.iter().filter(same_request).find_map(|entry| match &entry.event {
        Event::Received { submitted, .. } => submitted.clone(),
        _ => None,
    });
    match &step.event {
        Event::Received { submitted: Some(object), .. } => {
            Some(Scene { object: Rc::clone(object), before: None, notes: Vec::new() })
        }
        Event::Mutated { before, after, .. } => {
            Some(Scene { object: Rc::clone(after), before: Some(Rc::clone(before)), notes })
        }
        Event::Stored { after: Some(after), before, change } => {
            let before = if *change == ChangeKind::Added { submitted } else { before.clone() };
            Some(Scene { object: Rc::clone(after), before, notes })
        }
        Event::Stored { before: Some(before), .. } => {
            Some(Scene { object: Rc::clone(before), before: None, notes: Vec::new() })
        }
        _ => None,
    }
}

fn notes(entry: &Entry) -> Vec<Note> {
    match &entry.event {
        Event::Mutated { changes, .. } => changes
            .iter()
            .map(|FieldChange { path, why }| Note { path: path.clone(), who: who(&entry.actor), why: why.clone() })
            .collect(),
        _ => Vec::new(),
    }
}

/// The facts behind a decision.
pub fn checks(event: &Event) -> &[Reason] {
    match event {
        Event::Authenticated { checks, .. }
        | Event::Unauthenticated { checks }
        | Event::Authorized { checks, .. }
        | Event::Mutated { checks, .. }
        | Event::Admitted { checks }
        | Event::TokenIssued { checks, .. } => checks,
        _ => &[],
    }
}

fn is_worth_telling(entry: &Entry, entries: &[Rc<Entry>]) -> bool {
    let by_person = entry.request == 0 || is_by_person(entry.request, entries);
    match &entry.event {
        Event::Unauthenticated { .. } | Event::Refused { .. } | Event::Acted { .. } => true,
        Event::Authorized { allowed: false, .. } | Event::FilesWritten { .. } | Event::TokenIssued { .. } => true,
        Event::Stored { .. } => by_person || !is_bookkeeping(entry),
        Event::Received { .. } | Event::Authenticated { .. } | Event::Authorized { .. } => by_person,
        Event::Mutated { changes, .. } => by_person || !changes.is_empty(),
        Event::Admitted { checks } => !checks.is_empty(),
        Event::Answered { .. } => false,
    }
}

/// Requests that a person's program sent, as its user agent says.
fn is_by_person(request: u64, entries: &[Rc<Entry>]) -> bool {
    entries.iter().any(|entry| {
        entry.request == request
            && matches!(&entry.event, Event::Received { .. })
            && matches!(&entry.actor, Actor::Client(name) if name.starts_with("kubectl") || name.starts_with("curl"))
    })
}

/// Status updates and events that the story tells in the actors' own sentences.
fn is_bookkeeping(entry: &Entry) -> bool {
    let Some(object) = &entry.object else {
        return false;
    };
    object.resource == "events"
        || matches!(&entry.event, Event::Stored { change: ChangeKind::Modified, .. } if object.resource != "secrets")
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::Client(name) => name.split('/').next().unwrap_or(name).to_owned(),
        Actor::ApiServer => "API server".to_owned(),
        Actor::Admission(plugin) => format!("{plugin} admission"),
        Actor::Controller(name) => format!("{name} controller"),
        Actor::Scheduler => "Scheduler".to_owned(),
        Actor::Kubelet => "Kubelet".to_owned(),
    }
}

fn words(entry: &Entry) -> (String, String, Tone) {
    let about = entry.object.as_ref().map(describe).unwrap_or_default();
    let who = who(&entry.actor);
    match &entry.event {
        Event::Received { request_line, source, submitted } => {
            let what = match submitted {
                Some(object) if !object::kind(object).is_empty() => {
                    format!("{who} submitted {}", describe_object(object))
                }
                _ => format!("{who} asked: {}", request_line.split('?').next().unwrap_or_default()),
            };
            (what, format!("{request_line}, from {source}"), Tone::Plain)
        }
        Event::Authenticated { user, .. } => {
            let groups =
                user.groups.iter().filter(|group| *group != "system:authenticated").cloned().collect::<Vec<_>>();
            (format!("API server: this is {}", user.username), list("group", &groups), Tone::Plain)
        }
        Event::Unauthenticated { checks } => {
            let why = checks.last().map(|check| format!("{}: {}", check.subject, check.finding)).unwrap_or_default();
            ("API server: 401, nobody it knows".to_owned(), why, Tone::Refused)
        }
        Event::Authorized { allowed: true, verb, reason, .. } => {
            (format!("API server: may {verb} {about}").trim_end().to_owned(), reason.clone(), Tone::Plain)
        }
        Event::Authorized { verb, reason, .. } => {
            let why = if reason.is_empty() { "no rule allows it".to_owned() } else { reason.clone() };
            (format!("API server: 403, may not {verb} {about}").trim_end().to_owned(), why, Tone::Refused)
        }
        Event::Mutated { changes, checks, .. } => {
            let mut seen: Vec<&str> = Vec::new();
            for change in changes {
                let top = change.path.split(['[', '.']).take(2).collect::<Vec<_>>();
                let label = top.last().copied().unwrap_or_default();
                if !seen.contains(&label) {
                    seen.push(label);
                }
            }
            let why = chain(checks);
            let why = if why.is_empty() { seen.join(", ") } else { why };
            (format!("{who} filled in {}", count(changes.len(), "field")), why, Tone::Injected)
        }
        Event::Admitted { checks } => (format!("{who} added nothing"), chain(checks), Tone::Plain),
        Event::Refused { status } => {
            (format!("API server: {}, refused", status.code), status.message.clone(), Tone::Refused)
        }
        Event::Stored { change, .. } => {
            let verb = match change {
                ChangeKind::Added => "stored",
                ChangeKind::Modified => "updated",
                ChangeKind::Deleted => "deleted",
            };
            (format!("API server {verb} {about}"), String::new(), Tone::Done)
        }
        Event::Answered { code } => (format!("API server answered {code}"), String::new(), Tone::Plain),
        Event::TokenIssued { claims, checks } => {
            let subject =
                object::text(claims, &["sub"]).trim_start_matches("system:serviceaccount:").replacen(':', "/", 1);
            (format!("API server issued a token for {subject}"), chain(checks), Tone::Done)
        }
        Event::Acted { what, why } => (format!("{who}: {what}"), why.clone(), Tone::Plain),
        Event::FilesWritten { volume, files, replaced, why, .. } => {
            let verb = if *replaced { "replaced" } else { "wrote" };
            let what = format!("Kubelet {verb} {} in {volume}", count(files.len(), "file"));
            (what, if why.is_empty() { files.join(", ") } else { why.clone() }, Tone::Injected)
        }
    }
}

/// What a refusal means, in one line for the terminal.
pub fn meaning(step: &Step, steps: &[Step]) -> String {
    let request = step.entry.request;
    let user = steps.iter().filter(|other| other.entry.request == request).find_map(|other| match &other.entry.event {
        Event::Authenticated { user, .. } => Some(user.username.clone()),
        _ => None,
    });
    match (&step.entry.event, user.as_deref()) {
        (Event::Unauthenticated { .. }, _) => {
            "401: credentials were sent, and the API server does not accept them.".to_owned()
        }
        (Event::Authorized { .. }, Some("system:anonymous")) => {
            "403: nobody was named, so the API server calls you system:anonymous.".to_owned()
        }
        (Event::Authorized { .. }, Some(user)) => {
            format!("403: the API server knows {user}, and no rule allows this.")
        }
        (Event::Refused { status }, _) => match status.code {
            403 => "403: allowed by RBAC, refused by admission.".to_owned(),
            404 => "404: the API server has no such object.".to_owned(),
            409 => "409: it is there already, or somebody else changed it first.".to_owned(),
            422 => "422: the object breaks a rule.".to_owned(),
            code => format!("{code}: the API server refused."),
        },
        _ => String::new(),
    }
}

/// `pod.spec.automountServiceAccountToken unset → sa.automountServiceAccountToken false → not mounted`.
pub fn chain(checks: &[Reason]) -> String {
    let parts: Vec<String> =
        checks.iter().map(|check| format!("{} {}", check.subject, check.finding).trim().to_owned()).collect();
    parts.join(" → ")
}

fn list(word: &str, items: &[String]) -> String {
    match items.len() {
        0 => String::new(),
        1 => format!("{word} {}", items.join("")),
        _ => format!("{word}s {}", items.join(", ")),
    }
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// `pod/my-pod`, `pod/x in team-a`, `pods`.
fn describe(object: &ObjectRef) -> String {
    let kind = crate::api::kinds::by_resource(&object.resource);
    let name = if object.name.is_empty() {
        object.resource.clone()
    } else {
        format!("{}/{}", kind.map_or(object.resource.as_str(), |kind| kind.singular.as_str()), object.name)
    };
    match object.namespace.as_str() {
        "" | "default" => name,
        namespace => format!("{name} in {namespace}"),
    }
}

fn describe_object(object: &Object) -> String {
    let kind = object::kind(object);
    let name = object::name(object);
    if name.is_empty() { format!("a {kind}") } else { format!("{}/{name}", kind.to_lowercase()) }
}
