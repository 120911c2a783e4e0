//! What a command is about: resource types by any of their names, `TYPE NAME`, `TYPE/NAME`, and objects from files.
//!
//! Follows staging/src/k8s.io/cli-runtime/pkg/resource/builder.go and client-go's restmapper. Discovery is taken as
//! cached: types come from the table of kinds, no request is made for them.

use crate::api::go;
use crate::api::kinds::{self, Kind};
use crate::api::object::Object;
use crate::api::status::Status;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::manifests;

/// One thing a command is about: an object, or with an empty name every object of a type.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its type.
    pub kind: &'static Kind,
    /// Its namespace; empty for cluster-scoped types and for all namespaces.
    pub namespace: String,
    /// Its name; empty for a whole list.
    pub name: String,
    /// The file it was read from (`STDIN` for `-`); empty if it was named on the command line.
    pub source: String,
    /// The object in that file.
    pub object: Option<Object>,
}

impl Target {
    /// `serviceaccounts "x"`: how errors name it.
    pub fn label(&self) -> String {
        format!("{} {}", self.kind.resource(), go::quote(&self.name))
    }
}

/// How a command wants its arguments read.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Whether a type alone means all of its objects.
    pub allow_lists: bool,
    /// Whether `--all` was given.
    pub all: bool,
    /// Whether every namespace is meant.
    pub all_namespaces: bool,
    /// The label selector.
    pub labels: String,
    /// The field selector.
    pub fields: String,
    /// Files, folders, `-`.
    pub files: Vec<String>,
    /// Whether folders inside folders count.
    pub recursive: bool,
}

impl Selection {
    /// Reads the usual flags, as far as the command has them: `-f -R -l --field-selector -A --all`.
    pub fn from(context: &Context) -> Self {
        let flags = &context.flags;
        let text = |name: &str| if flags.knows(name) { flags.text(name).to_owned() } else { String::new() };
        let on = |name: &str| flags.knows(name) && flags.boolean(name);
        Selection {
            allow_lists: on("all"),
            all: on("all"),
            all_namespaces: on("all-namespaces"),
            labels: text("selector"),
            fields: text("field-selector"),
            files: if flags.knows("filename") { flags.list("filename") } else { Vec::new() },
            recursive: on("recursive"),
        }
    }

    /// The server's refusal of a list, with what was looked for.
    pub fn refused(&self, kind: &Kind, failure: Failure) -> Failure {
        match failure {
            Failure::Status(status) if status.is_not_found() || status.reason == "BadRequest" => {
                let version = if kind.group.is_empty() { "/v1" } else { &kind.api_version() };
                let resource = go::quote(&format!("{version}, Resource={}", kind.plural));
                let what = if self.labels.is_empty() && self.fields.is_empty() {
                    format!("Unable to list {resource}")
                } else {
                    let (labels, fields) = (go::quote(&self.labels), go::quote(&self.fields));
                    format!("Unable to find {resource} that match label selector {labels}, field selector {fields}")
                };
                let message = format!("{what}: {}", status.message);
                Failure::Status(Status { message, ..status })
            }
            other => other,
        }
    }

    /// With lists allowed even without `--all` or a selector (`get`, `describe`).
    #[must_use]
    pub fn with_lists(self) -> Self {
        Selection { allow_lists: true, ..self }
    }
}

/// The type that `word` names: plural, singular, kind, short name, each with `.group` or `.version.group`.
pub fn find_kind(word: &str) -> Option<&'static Kind> {
    let (resource, group) = word.split_once('.').map_or((word, None), |(resource, group)| (resource, Some(group)));
    let lower = resource.to_lowercase();
    let fits = |kind: &&&'static Kind| {
        !kind.plural.contains('/')
            && (kind.plural == lower
                || kind.singular == lower
                || kind.kind.to_lowercase() == lower
                || kind.short_names.iter().any(|short| short == resource))
    };
    let all: Vec<&'static Kind> = kinds::all().iter().collect();
    let candidates: Vec<&'static Kind> = all.iter().filter(fits).copied().collect();
    let Some(group) = group else { return candidates.first().copied() };
    candidates
        .iter()
        .find(|kind| kind.group == group)
        .or_else(|| candidates.iter().find(|kind| format!("{}.{}", kind.version, kind.group) == group))
        .or_else(|| candidates.iter().find(|kind| !kind.group.is_empty() && kind.group.starts_with(group)))
        .copied()
}

/// The type that `word` names.
///
/// # Errors
/// `the server doesn't have a resource type "foo"`.
pub fn kind(word: &str) -> Result<&'static Kind, Failure> {
    find_kind(word).ok_or_else(|| {
        // Of a word with a group only what stands before it is told.
        let resource = word.split('.').next().unwrap_or(word);
        Failure::message(format!("the server doesn't have a resource type {}", go::quote(resource)))
    })
}

/// The types that `pods,sa` or `all` name.
///
/// # Errors
/// As [`kind`].
pub fn kinds_of(words: &str) -> Result<Vec<&'static Kind>, Failure> {
    let mut found: Vec<&'static Kind> = Vec::new();
    for word in words.split(',').filter(|word| !word.is_empty()) {
        let category: Vec<&'static Kind> = kinds::all()
            .iter()
            .filter(|kind| kind.simulated && !kind.plural.contains('/') && kind.categories.iter().any(|c| c == word))
            .collect();
        if category.is_empty() {
            found.push(kind(word)?);
        } else {
            found.extend(category);
        }
    }
    Ok(found)
}

/// Everything that a command's arguments and `-f` name, in order.
///
/// # Errors
/// Arguments that don't go together, unknown types, files that can't be read.
pub fn targets(context: &mut Context, selection: &Selection, arguments: &[String]) -> Result<Vec<Target>, Failure> {
    if !selection.files.is_empty() {
        if !arguments.is_empty() {
            let text =
                "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well";
            return Err(Failure::message(text));
        }
        let (found, failures) = manifests::read(context, &selection.files, selection.recursive, false);
        Failure::collect(failures)?;
        return found.into_iter().map(|manifest| manifest.target(context)).collect();
    }
    let named = if arguments.iter().any(|argument| argument.contains('/')) {
        combined(arguments)?
    } else {
        separate(arguments, selection)?
    };
    let namespace = if selection.all_namespaces { String::new() } else { context.namespace()? };
    if selection.all_namespaces && named.iter().any(|(kind, name)| kind.namespaced && !name.is_empty()) {
        return Err(Failure::message("a resource cannot be retrieved by name across all namespaces"));
    }
    let target = |(kind, name): (&'static Kind, String)| Target {
        kind,
        namespace: if kind.namespaced { namespace.clone() } else { String::new() },
        name,
        source: String::new(),
        object: None,
    };
    Ok(named.into_iter().map(target).collect())
}

/// `pod/a sa/b`.
fn combined(arguments: &[String]) -> Result<Vec<(&'static Kind, String)>, Failure> {
    if arguments.iter().any(|argument| !argument.contains('/')) {
        return Err(Failure::message(
            "there is no need to specify a resource type as a separate argument when passing arguments in \
             resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
             resource/<resource_name>'",
        ));
    }
    let mut found = Vec::new();
    for argument in arguments {
        let parts: Vec<&str> = argument.split('/').collect();
        let [word, name] = parts.as_slice() else {
            let text = "arguments in resource/name form may not have more than one slash";
            return Err(Failure::message(text));
        };
        if word.is_empty() || name.is_empty() || word.contains(',') {
            let text = "arguments in resource/name form must have a single resource and name";
            return Err(Failure::message(text));
        }
        found.push((kind(word)?, (*name).to_owned()));
    }
    Ok(found)
}

/// `pods`, `pods a b`, `pods,sa a`.
fn separate(arguments: &[String], selection: &Selection) -> Result<Vec<(&'static Kind, String)>, Failure> {
    let Some((types, names)) = arguments.split_first() else { return Ok(Vec::new()) };
    let selected = !selection.labels.is_empty() || !selection.fields.is_empty();
    if !names.is_empty() && (selected || selection.all) {
        return Err(Failure::message("name cannot be provided when a selector is specified"));
    }
    let types = kinds_of(types)?;
    if names.is_empty() {
        if !selection.allow_lists && !selected {
            return Err(Failure::message("resource(s) were provided, but no name was specified"));
        }
        return Ok(types.into_iter().map(|kind| (kind, String::new())).collect());
    }
    Ok(types.iter().flat_map(|kind| names.iter().map(|name| (*kind, name.clone()))).collect())
}

/// The objects that targets stand for: each named one, and the items of each list. What can't be fetched is told
/// apart; the rest is still there.
///
/// # Errors
/// Never by itself: failures are returned beside the objects.
pub fn fetch(context: &mut Context, selection: &Selection, targets: &[Target]) -> (Vec<Fetched>, Vec<Failure>) {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for target in targets {
        let answer = if target.name.is_empty() {
            let list = context.list(target.kind, &target.namespace, &selection.labels, &selection.fields);
            list.map_err(|failure| selection.refused(target.kind, failure))
        } else {
            context.get(target.kind, &target.namespace, &target.name)
        };
        match answer {
            Ok(mut list) if target.name.is_empty() => {
                let items = list.get_mut("items").map(serde_json::Value::take);
                let items = items.and_then(|items| items.as_array().cloned()).unwrap_or_default();
                found.extend(items.into_iter().map(|object| Fetched::of(target, object)));
            }
            Ok(object) => found.push(Fetched::of(target, object)),
            Err(failure) => failures.push(failure),
        }
    }
    (found, failures)
}

/// An object from the server.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its type.
    pub kind: &'static Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Itself.
    pub object: Object,
    /// The file that named it; empty if the command line did.
    pub source: String,
}

impl Fetched {
    fn of(target: &Target, object: Object) -> Self {
        Fetched {
            kind: target.kind,
            namespace: crate::api::object::namespace(&object).to_owned(),
            name: crate::api::object::name(&object).to_owned(),
            object,
            source: target.source.clone(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn finds_types_by_every_name() {
        for word in ["sa", "serviceaccount", "serviceaccounts", "ServiceAccount", "serviceaccounts.v1."] {
            assert_eq!(find_kind(word).map(|k| k.plural.as_str()), Some("serviceaccounts"), "{word}");
        }
        for word in ["deploy", "deployment.apps", "deployments.v1.apps", "deploy.apps"] {
            assert_eq!(find_kind(word).map(Kind::resource).as_deref(), Some("deployments.apps"), "{word}");
        }
        assert!(find_kind("SA").is_none());
        assert!(find_kind("nonsense").is_none());
        assert_eq!(find_kind("events").map(|k| k.group.as_str()), Some(""));
    }

    #[test]
    fn reads_types_and_names() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let lists = Selection { allow_lists: true, ..Selection::default() };
        let names = |found: Vec<(&'static Kind, String)>| -> Vec<String> {
            found.iter().map(|(kind, name)| format!("{}/{name}", kind.plural)).collect()
        };
        assert_eq!(names(separate(&words("pods,sa a"), &lists).unwrap()), ["pods/a", "serviceaccounts/a"]);
        assert_eq!(names(combined(&words("pod/a sa/b")).unwrap()), ["pods/a", "serviceaccounts/b"]);
        assert!(combined(&words("sa/a pod")).unwrap_err().text().starts_with("error: there is no need to specify"));
        assert_eq!(
            separate(&words("sa"), &Selection::default()).unwrap_err().text(),
            "error: resource(s) were provided, but no name was specified"
        );
        assert!(kinds_of("all").unwrap().iter().any(|kind| kind.plural == "services"));
    }
}
