//! `kubectl rollout`: how a Deployment changes from one template to the next.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/rollout.

pub mod history;
pub mod pause;
pub mod restart;
pub mod revisions;
pub mod sentence;
pub mod status;
pub mod undo;

use crate::api::kinds;
use crate::api::object::{Object, at, list};
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::resources::Fetched;
use crate::kubectl::writing;

/// The group.
pub const COMMAND: Command = Command {
    name: "rollout",
    usage: "SUBCOMMAND",
    summary: "Manage the rollout of a resource",
    examples: &["kubectl rollout undo deployment/abc", "kubectl rollout status deployment/foo"],
    children: &[&history::COMMAND, &pause::PAUSE, &restart::COMMAND, &pause::RESUME, &status::COMMAND, &undo::COMMAND],
    ..Command::EMPTY
};

/// The live objects that a rollout command names.
///
/// # Errors
/// Nothing is named.
pub fn named(context: &mut Context<'_>) -> Result<(Vec<Fetched>, Vec<Failure>), Failure> {
    let arguments = context.arguments().to_vec();
    if arguments.is_empty() && context.flags.list("filename").is_empty() {
        return Err(Failure::message("required resource not specified"));
    }
    writing::fetch_named(context, &arguments)
}

/// Whether it is a Deployment; other kinds have no rollouts here.
pub fn is_deployment(fetched: &Fetched) -> bool {
    fetched.kind.group == "apps" && fetched.kind.plural == "deployments"
}

/// The ReplicaSets that a Deployment's selector finds.
///
/// # Errors
/// What the server says.
pub fn replica_sets(context: &mut Context<'_>, fetched: &Fetched) -> Result<Vec<Object>, Failure> {
    let Some(kind) = kinds::by_plural("apps", "replicasets") else { return Ok(Vec::new()) };
    let selector = at(&fetched.object, &["spec", "selector", "matchLabels"]).as_object();
    let terms: Vec<String> = selector
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    let answer = context.list(kind, &fetched.namespace, &terms.join(","), "")?;
    Ok(list(&answer, &["items"]).to_vec())
}
