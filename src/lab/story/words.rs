//! The sentences: who did what, and why.

use crate::api::object::{self, Object};
use crate::cluster::kept::Kept;
use crate::cluster::store::ChangeKind;
use crate::cluster::trace::{Actor, Entry, Event, FieldChange, ObjectRef, Reason};
use crate::lab::story::additions::additions;
use crate::lab::story::stretch::Place;
use crate::lab::story::{Tone, new_phase};
use crate::words::{plural, told, tr};

/// An actor in a word or two.
pub fn who(actor: &Actor) -> String {
    match actor {
        Actor::Client(name) => name.split('/').next().unwrap_or(name).to_owned(),
        Actor::ApiServer => tr("API server").to_owned(),
        Actor::Admission(plugin) => tr!("{0} admission", plugin),
        Actor::Controller(name) => tr!("{0} controller", name),
        Actor::Scheduler => tr("Scheduler").to_owned(),
        Actor::Kubelet => tr("Kubelet").to_owned(),
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
            let from = if why.is_empty() { tr!("from {0}", source) } else { tr!("{0}, from {1}", why, source) };
            (what, from, tone)
        }
        Event::Authenticated { user, .. } => {
            let groups =
                user.groups.iter().filter(|group| *group != "system:authenticated").cloned().collect::<Vec<_>>();
            (tr!("API server: this is {0}", user.username), of_groups(&groups), Tone::Plain)
        }
        Event::Unauthenticated { checks } => {
            let why = checks
                .last()
                .map(|check| format!("{}: {}", told(&check.subject), told(&check.finding)))
                .unwrap_or_default();
            (tr("API server: 401, nobody it knows").to_owned(), why, Tone::Refused)
        }
        Event::Authorized { allowed: true, verb, reason, checks } => {
            let why = if reason.is_empty() { chain(checks) } else { reason.clone() };
            (tr!("API server: may {0} {1}", verb, about).trim_end().to_owned(), why, Tone::Plain)
        }
        Event::Authorized { verb, reason, .. } => {
            let why = if reason.is_empty() { tr("no rule allows it").to_owned() } else { reason.clone() };
            (tr!("API server: 403, may not {0} {1}", verb, about).trim_end().to_owned(), why, Tone::Refused)
        }
        Event::Mutated { changes, checks, .. } => mutated(entry, &who, changes, checks),
        Event::Admitted { checks } if entry.actor == Actor::ApiServer => {
            (tr("API server looked the question up").to_owned(), chain(checks), Tone::Plain)
        }
        Event::Admitted { checks } => (tr!("{0} added nothing", who), chain(checks), Tone::Plain),
        Event::Refused { status } => {
            (tr!("{0}: {1}, refused", who, status.code), status.message.clone(), Tone::Refused)
        }
        Event::Stored { change, after, .. } => {
            stored(entry, &about, *change, after.as_ref().map(Kept::open).as_deref())
        }
        Event::Answered { code } => (tr!("API server answered {0}", code), String::new(), Tone::Plain),
        Event::TokenIssued { claims, checks } => {
            let claims = claims.open();
            let subject =
                object::text(&claims, &["sub"]).trim_start_matches("system:serviceaccount:").replacen(':', "/", 1);
            (tr!("API server issued a token for {0}", subject), chain(checks), Tone::Done)
        }
        Event::Acted { what, why } => (format!("{who}: {}", told(what)), told(why), Tone::Plain),
        Event::FilesWritten { volume, files, replaced, why, data_folder } => {
            let files = plural(files.len(), "{0} file", "{0} files");
            let what = match replaced {
                true => tr!("Kubelet replaced {0} in {1}", files, volume),
                false => tr!("Kubelet wrote {0} in {1}", files, volume),
            };
            let why = if why.is_empty() { tr!("..data points to {0} now", data_folder) } else { told(why) };
            (what, why, Tone::Injected)
        }
    }
}

fn received(who: &str, about: &str, line: &str, submitted: Option<&Object>, place: &Place) -> (String, String, Tone) {
    if place.lookup {
        let what = match place.code {
            Some(404) => tr!("{0} looked for {1}: it is not there", who, about),
            _ if line.contains("watch=true") => tr!("{0} looked for {1} and watches it", who, about),
            _ => tr!("{0} looked for {1}: it is there", who, about),
        };
        return (what, tr!("{0} only looks: whatever the answer, it is no refusal", who), Tone::Plain);
    }
    let (method, path) = line.split_once(' ').unwrap_or((line, ""));
    match submitted {
        Some(object) if !object::kind(object).is_empty() => {
            let why = match method {
                "POST" => tr("sent to be created"),
                "PUT" => tr("sent to replace what is stored"),
                _ => tr("sent as a change to what is stored"),
            };
            (tr!("{0} submitted {1}", who, describe_object(object)), why.to_owned(), Tone::Plain)
        }
        _ => {
            let what = tr!("{0} asked: {1} {2}", who, method, path.split('?').next().unwrap_or_default());
            (what, String::new(), Tone::Plain)
        }
    }
}

fn mutated(entry: &Entry, who: &str, changes: &[FieldChange], checks: &[Reason]) -> (String, String, Tone) {
    let found: Vec<&str> = additions(entry).iter().filter(|found| found.added).map(|found| found.kind).collect();
    let (what, why) = if found.is_empty() {
        (tr!("{0} filled in {1}", who, plural(changes.len(), "{0} field", "{0} fields")), fields(changes))
    } else {
        let decided = checks.iter().rfind(|check| check.decided);
        (
            tr!("{0} added {1}", who, and(&found)),
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
        return format!("{}: {}", told(why), seen.join(", "));
    }
    let whys: Vec<String> = whys.into_iter().map(told).collect();
    whys.join(" ")
}

fn stored(entry: &Entry, about: &str, change: ChangeKind, after: Option<&Object>) -> (String, String, Tone) {
    if let Some(phase) = new_phase(&entry.event) {
        let why = match phase.as_str() {
            "Running" => tr("the kubelet has started its containers and reports it"),
            "Succeeded" => tr("the kubelet reports that all its containers have ended well"),
            "Failed" => tr("the kubelet reports that a container has failed"),
            _ => "",
        };
        return (tr!("{0} is {1}", about, phase), why.to_owned(), Tone::Done);
    }
    let told_all = tr("whoever watches is told");
    let (what, why) = match change {
        ChangeKind::Added => (tr!("API server stored {0}", about), told_all),
        ChangeKind::Modified if after.is_some_and(|after| object::deletion_timestamp(after).is_some()) => (
            tr!("API server marked for deletion {0}", about),
            tr("it goes when everybody who waits for it has finished"),
        ),
        ChangeKind::Modified => (tr!("API server updated {0}", about), told_all),
        ChangeKind::Deleted => (tr!("API server deleted {0}", about), told_all),
    };
    let why = match after.map(object::resource_version).filter(|version| !version.is_empty()) {
        Some(version) => tr!("as revision {0}: {1}", version, why),
        None => why.to_owned(),
    };
    (what, why, Tone::Done)
}

/// What a refusal means, in one line for the terminal; `user` is whom the API server took the caller for.
pub fn meaning(event: &Event, user: Option<&str>) -> String {
    match (event, user) {
        (Event::Unauthenticated { .. }, _) => {
            tr("401: credentials were sent, and the API server does not accept them.").to_owned()
        }
        (Event::Authorized { .. }, Some("system:anonymous")) => {
            tr("403: nobody was named, so the API server calls you system:anonymous.").to_owned()
        }
        (Event::Authorized { .. }, Some(user)) => {
            tr!("403: the API server knows {0}, and no rule allows this.", user)
        }
        (Event::Refused { status }, _) => match status.code {
            403 => tr("403: allowed by RBAC, refused by admission.").to_owned(),
            404 => tr("404: the API server has no such object.").to_owned(),
            409 => tr("409: it is there already, or somebody else changed it first.").to_owned(),
            422 => tr("422: the object breaks a rule.").to_owned(),
            code => tr!("{0}: the API server refused.", code),
        },
        _ => String::new(),
    }
}

/// `pod.spec.automountServiceAccountToken unset → sa.automountServiceAccountToken false → not mounted`.
pub fn chain(checks: &[Reason]) -> String {
    let parts: Vec<String> = checks
        .iter()
        .map(|check| format!("{} {}", told(&check.subject), told(&check.finding)).trim().to_owned())
        .collect();
    parts.join(tr(" → "))
}

fn of_groups(groups: &[String]) -> String {
    match groups {
        [] => String::new(),
        [one] => tr!("group {0}", one),
        many => tr!("groups {0}", many.join(", ")),
    }
}

/// `a, b and c`.
fn and(items: &[&str]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => tr!("{0} and {1}", rest.join(", "), last),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
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
        namespace => tr!("{0} in {1}", name, namespace),
    }
}

fn describe_object(object: &Object) -> String {
    let kind = object::kind(object);
    let name = object::name(object);
    if name.is_empty() { tr!("a {0}", kind) } else { format!("{}/{name}", kind.to_lowercase()) }
}
