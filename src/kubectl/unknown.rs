//! Commands that are not there: unknown to kubectl, or known to it and not simulated.

use crate::api::go;
use crate::kubectl::ROOT;
use crate::kubectl::command::{Found, first_argument, suggestions};
use crate::kubectl::errors::Failure;

/// kubectl's commands that the lab has not, and the nearest thing that it has.
const NOT_SIMULATED: [(&str, &str); 17] = [
    ("alpha", "nothing in it concerns ServiceAccounts"),
    ("attach", "kubectl exec -it POD -- sh"),
    ("autoscale", "kubectl scale"),
    ("certificate", "kubectl create token, for a credential that the cluster signs"),
    ("completion", "press Tab: completion is built in"),
    ("cordon", "there is one node, and it takes every pod"),
    ("cp", "kubectl exec POD -- cat FILE > FILE"),
    ("debug", "kubectl exec -it POD -- sh"),
    ("drain", "kubectl delete pod"),
    ("events", "kubectl get events"),
    ("expose", "kubectl get services"),
    ("kustomize", "kubectl apply -f"),
    ("kuberc", "kubectl config"),
    ("plugin", "the commands of kubectl --help"),
    ("port-forward", "kubectl exec POD -- curl"),
    ("proxy", "curl with a token against $APISERVER, or kubectl get --raw"),
    ("taint", "kubectl label"),
];

/// Every command of kubectl in the order that it looks through them for one that was meant.
const ALL: [&str; 45] = [
    "create",
    "expose",
    "run",
    "set",
    "explain",
    "get",
    "edit",
    "delete",
    "rollout",
    "scale",
    "autoscale",
    "certificate",
    "cluster-info",
    "top",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "describe",
    "logs",
    "attach",
    "exec",
    "port-forward",
    "proxy",
    "cp",
    "auth",
    "debug",
    "events",
    "diff",
    "apply",
    "patch",
    "replace",
    "wait",
    "kustomize",
    "label",
    "annotate",
    "completion",
    "alpha",
    "config",
    "plugin",
    "version",
    "api-versions",
    "api-resources",
    "options",
    "kuberc",
];

/// More of them, without a near thing worth naming.
const NOT_SIMULATED_EITHER: [&str; 2] = ["top", "uncordon"];

/// Every command of kubectl that the lab has not.
pub fn not_simulated() -> impl Iterator<Item = &'static str> {
    NOT_SIMULATED.iter().map(|(name, _)| *name).chain(NOT_SIMULATED_EITHER)
}

/// What `kubectl WORD` answers when no command is called that.
pub fn command(word: &str) -> Failure {
    if let Some((name, nearest)) = NOT_SIMULATED.iter().find(|(name, _)| *name == word) {
        return Failure::Message(format!("not simulated: kubectl {name}; nearest: {nearest}"));
    }
    if NOT_SIMULATED_EITHER.contains(&word) {
        return Failure::Message(format!("not simulated: kubectl {word}; nearest: kubectl get"));
    }
    let mut text = format!("error: unknown command {} for \"kubectl\"", go::quote(word));
    let near = suggestions(word, &ALL);
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        text.extend(near.iter().map(|name| format!("\t{name}\n")));
    }
    Failure::Plain(text)
}

/// What kubectl says of flags before a word that it does not know: it takes that for a plugin's name.
pub fn flags_first(found: &Found, words: &[String]) -> Option<Failure> {
    let first = words.first().filter(|word| word.starts_with('-') && word.len() > 1)?;
    let unknown = found.command.name == ROOT.name && first_argument(found.command, words).is_some();
    unknown.then(|| Failure::message(format!("flags cannot be placed before plugin name: {first}")))
}

/// An unknown command comes before flags that only it could have known.
pub fn before_flags(found: &Found) -> Option<Failure> {
    if found.command.name != ROOT.name {
        return None;
    }
    let position = first_argument(found.command, &found.words)?;
    found.words.get(position).map(|word| command(word))
}
