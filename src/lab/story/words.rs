//! The sentences: who did what, and why.

use crate::api::object::{self, Object};
use crate::cluster::kept::Kept;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Actor, Entry, Event, FieldChange, ObjectRef, Reason};
use crate::lab::story::additions::additions;
use crate::lab::story::stretch::Place;
use crate::lab::story::{Tone, new_phase};

/// An actor in a word or two.
pub fn who(actor: &Actor) -> String {
    match actor {
        Actor::Client(name) => name.split('/').next().unwrap_or(name).to_owned(),
        Actor::ApiServer => "API server".to_owned(),
        Actor::Admission(plugin) => format!("{plugin} admission"),
        Actor::Controller(name) => format!("{name} controller"),
        Actor::Scheduler => "Scheduler".to_owned(),
        Actor::Kubelet => "Kubelet".to_owned(),
    }
}

/// What an entry says, why, and what it means.
pub fn of(entry: &Entry, place: &Place) -> (String, String, Tone) {
    let about = entry.object.as_ref().map(describe).unwrap_or_default();
    let who = who(&entry.actor);
    match &entry.event {
        Event::Received { request_line, source, submitted } => {
            let (what, why, tone) =
                received(&who, &about, request_line, submitted.as_ref().map(Kept::open).as_deref(), place);
            let from = if why.is_empty() { format!("from {source}") } else { format!("{why}, from {source}") };
            (what, from, tone)
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
        Event::Authorized { allowed: true, verb, reason, checks } => {
            let why = if reason.is_empty() { chain(checks) } else { reason.clone() };
            (format!("API server: may {verb} {about}").trim_end().to_owned(), why, Tone::Plain)
        }
        Event::Authorized { verb, reason, .. } => {
            let why = if reason.is_empty() { "no rule allows it".to_owned() } else { reason.clone() };
            (format!("API server: 403, may not {verb} {about}").trim_end().to_owned(), why, Tone::Refused)
        }
        Event::Mutated { changes, checks, .. } => mutated(entry, &who, changes, checks),
        Event::Admitted { checks } => (format!("{who} added nothing"), chain(checks), Tone::Plain),
        Event::Refused { status } => {
            (format!("{who}: {}, refused", status.code), status.message.clone(), Tone::Refused)
        }
        Event::Stored { change, after, .. } => {
            stored(entry, &about, *change, after.as_ref().map(Kept::open).as_deref())
        }
        Event::Answered { code } => (format!("API server answered {code}"), String::new(), Tone::Plain),
        Event::TokenIssued { claims, checks } => {
            let subject =
                object::text(claims, &["sub"]).trim_start_matches("system:serviceaccount:").replacen(':', "/", 1);
            (format!("API server issued a token for {subject}"), chain(checks), Tone::Done)
        }
        Event::Acted { what, why } => (format!("{who}: {what}"), why.clone(), Tone::Plain),
        Event::FilesWritten { volume, files, replaced, why, data_folder } => {
            let verb = if *replaced { "replaced" } else { "wrote" };
            let what = format!("Kubelet {verb} {} in {volume}", count(files.len(), "file"));
            let why = if why.is_empty() { format!("..data points to {data_folder} now") } else { why.clone() };
            (what, why, Tone::Injected)
        }
    }
}

fn received(who: &str, about: &str, line: &str, submitted: Option<&Object>, place: &Place) -> (String, String, Tone) {
    if place.lookup {
        let found = match place.code {
            Some(404) => ": it is not there",
            _ if line.contains("watch=true") => " and watches it",
            _ => ": it is there",
        };
        let why = format!("{who} only looks: whatever the answer, it is no refusal");
        return (format!("{who} looked for {about}{found}"), why, Tone::Plain);
    }
    let (method, path) = line.split_once(' ').unwrap_or((line, ""));
    match submitted {
        Some(object) if !object::kind(object).is_empty() => {
            let why = match method {
                "POST" => "sent to be created",
                "PUT" => "sent to replace what is stored",
                _ => "sent as a change to what is stored",
            };
            (format!("{who} submitted {}", describe_object(object)), why.to_owned(), Tone::Plain)
        }
        _ => {
            let what = format!("{who} asked: {method} {}", path.split('?').next().unwrap_or_default());
            (what, String::new(), Tone::Plain)
        }
    }
}

fn mutated(entry: &Entry, who: &str, changes: &[FieldChange], checks: &[Reason]) -> (String, String, Tone) {
    let found: Vec<&str> = additions(entry).iter().filter(|found| found.added).map(|found| found.kind).collect();
    let (what, why) = if found.is_empty() {
        (format!("{who} filled in {}", count(changes.len(), "field")), fields(changes))
    } else {
        let decided = checks.iter().rfind(|check| check.decided);
        (
            format!("{who} added {}", and(&found)),
            decided.map(|check| chain(std::slice::from_ref(check))).unwrap_or_default(),
        )
    };
    (what, why, Tone::Injected)
}

/// The sentences of why, or, where they all say the same, the fields.
fn fields(changes: &[FieldChange]) -> String {
    let mut whys: Vec<&str> = Vec::new();
    for change in changes {
        if !whys.contains(&change.why.as_str()) {
            whys.push(&change.why);
        }
    }
    if let [why] = whys.as_slice() {
        let mut seen: Vec<&str> = Vec::new();
        for change in changes {
            let label = change.path.split(['[', '.']).take(2).last().unwrap_or_default();
            if !seen.contains(&label) {
                seen.push(label);
            }
        }
        return format!("{why}: {}", seen.join(", "));
    }
    whys.join(" ")
}

fn stored(entry: &Entry, about: &str, change: ChangeKind, after: Option<&Object>) -> (String, String, Tone) {
    if let Some(phase) = new_phase(&entry.event) {
        let why = match phase.as_str() {
            "Running" => "the kubelet has started its containers and reports it",
            "Succeeded" => "the kubelet reports that all its containers have ended well",
            "Failed" => "the kubelet reports that a container has failed",
            _ => "",
        };
        return (format!("{about} is {phase}"), why.to_owned(), Tone::Done);
    }
    let (verb, why) = match change {
        ChangeKind::Added => ("stored", "whoever watches is told"),
        ChangeKind::Modified if after.is_some_and(|after| object::deletion_timestamp(after).is_some()) => {
            ("marked for deletion", "it goes when everybody who waits for it has finished")
        }
        ChangeKind::Modified => ("updated", "whoever watches is told"),
        ChangeKind::Deleted => ("deleted", "whoever watches is told"),
    };
    let why = match after.map(object::resource_version).filter(|version| !version.is_empty()) {
        Some(version) => format!("as revision {version}: {why}"),
        None => why.to_owned(),
    };
    (format!("API server {verb} {about}"), why, Tone::Done)
}

/// What a refusal means, in one line for the terminal; `user` is whom the API server took the caller for.
pub fn meaning(event: &Event, user: Option<&str>) -> String {
    match (event, user) {
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

/// `a, b and c`.
fn and(items: &[&str]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
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
