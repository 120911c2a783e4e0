//! `kubectl rollout pause` and `kubectl rollout resume`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_{pause,resume}.go.

use crate::api::object::at;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::options::{FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::rollout::{is_deployment, named};
use crate::kubectl::writing::{self, Options, PatchKind, Show, field_manager};
use serde_json::json;

/// `rollout pause`.
pub const PAUSE: Command = Command {
    name: "pause",
    usage: "RESOURCE",
    summary: "Mark the provided resource as paused",
    examples: &["kubectl rollout pause deployment/nginx"],
    flags: &[FILES, SELECTOR, OUTPUT, &[field_manager("kubectl-rollout")]],
    run: |context| turn(context, true),
    ..Command::EMPTY
};

/// `rollout resume`.
pub const RESUME: Command = Command {
    name: "resume",
    usage: "RESOURCE",
    summary: "Resume a paused resource",
    examples: &["kubectl rollout resume deployment/nginx"],
    flags: &[FILES, SELECTOR, OUTPUT, &[field_manager("kubectl-rollout")]],
    run: |context| turn(context, false),
    ..Command::EMPTY
};

fn turn(context: &mut Context<'_>, pause: bool) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let (objects, mut failures) = named(context)?;
    for fetched in objects {
        let label = format!("{} \"{}\"", fetched.kind.resource(), fetched.name);
        let (doing, done) = if pause { ("pausing", "paused") } else { ("resuming", "resumed") };
        let paused = at(&fetched.object, &["spec", "paused"]) == true;
        if !is_deployment(&fetched) {
            failures.push(Failure::message(format!("{label} {doing} is not supported")));
            continue;
        }
        if paused == pause {
            let state = if pause { "is already paused" } else { "is not paused" };
            failures.push(Failure::message(format!("{label} {state}")));
            continue;
        }
        let path = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
        let patch = json!({"spec": {"paused": if pause { json!(true) } else { json!(null) }}});
        match writing::patch(context, &path, PatchKind::Strategic, &patch, &options) {
            Ok(patched) => show.object(context, &patched, done)?,
            Err(failure) => failures.push(failure.wrap("failed to patch")),
        }
    }
    Failure::collect(failures)
}
