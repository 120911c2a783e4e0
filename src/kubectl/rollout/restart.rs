//! `kubectl rollout restart`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{cmd/rollout/rollout_restart,polymorphichelpers/objectrestarter}.go.

use crate::api::object::{at, set};
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::options::{FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::rollout::{is_deployment, named};
use crate::kubectl::writing::{self, Options, PatchKind, Show, field_manager};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "restart",
    usage: "RESOURCE",
    summary: "Restart a resource",
    examples: &["kubectl rollout restart deployment/nginx"],
    flags: &[FILES, SELECTOR, OUTPUT, &[field_manager("kubectl-rollout")]],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let (objects, mut failures) = named(context)?;
    for fetched in objects {
        failures.extend(restart(context, &fetched, &options, &mut show).err());
    }
    Failure::collect(failures)
}

fn restart(context: &mut Context<'_>, fetched: &Fetched, options: &Options, show: &mut Show) -> Result<(), Failure> {
    let label = format!("{} \"{}\"", fetched.kind.resource(), fetched.name);
    if !is_deployment(fetched) {
        return Err(Failure::message(format!("{label} restarting is not supported")));
    }
    if at(&fetched.object, &["spec", "paused"]) == true {
        let why = "can't restart paused deployment (run rollout resume first)";
        return Err(Failure::message(format!("{label} {why}")));
    }
    let mut patch = json!({});
    let now = context.host.client().now().rfc3339();
    set(&mut patch, &["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"], json!(now));
    let path = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
    let patched =
        writing::patch(context, &path, PatchKind::Strategic, &patch, options).map_err(|failure| match failure {
            Failure::Status(status) if status.code != 401 => {
                Failure::message(format!("failed to patch: {}", status.message))
            }
            other => other,
        })?;
    show.object(context, &patched, "restarted")
}
