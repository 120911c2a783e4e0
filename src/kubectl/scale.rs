//! `kubectl scale`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go and pkg/scale/scale.go.

use crate::api::object::{integer, resource_version, set};
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::writing::{self, Options, PatchKind, Show};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "scale",
    usage: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
    summary: "Set a new size for a deployment, replica set, or replication controller",
    examples: &[
        "kubectl scale --replicas=3 deployment/web",
        "kubectl scale --current-replicas=2 --replicas=3 deployment/mysql",
    ],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        DRY_RUN,
        &[
            Flag::boolean("all", "", "Select all resources in the namespace of the specified resource types"),
            Flag::integer("current-replicas", "", "Precondition for current size. -1 (default) for no condition.")
                .or("-1"),
            Flag::integer("replicas", "", "The new desired number of replicas. Required."),
            Flag::text("resource-version", "", "Precondition for resource version."),
            Flag::duration(
                "timeout",
                "",
                "The length of time to wait before giving up on a scale operation, zero means don't wait.",
            ),
        ],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    if !context.flags.is_set("replicas") {
        return Err(Failure::message("required flag(s) \"replicas\" not set"));
    }
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    if context.flags.integer("replicas") < 0 {
        let text = "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0";
        return Err(Failure::message(text));
    }
    if context.flags.integer("current-replicas") < -1 {
        return Err(Failure::message("The --current-replicas must specify an integer of -1 or greater"));
    }
    let arguments = context.arguments().to_vec();
    let (objects, failures) = writing::fetch_named(context, &arguments)?;
    if objects.len() > 1 && !context.flags.text("resource-version").is_empty() {
        return Err(Failure::message("cannot use --resource-version with multiple resources"));
    }
    if objects.is_empty() {
        let told = match failures.first() {
            Some(Failure::Status(status)) => format!(" {}", status.message),
            Some(other) => format!(" {}", other.text().trim_start_matches("error: ")),
            None => String::new(),
        };
        return Err(Failure::message(format!("no objects passed to scale{told}")));
    }
    for fetched in objects {
        scale(context, &fetched, &options, &mut show)?;
    }
    Failure::collect(failures)
}

fn scale(context: &mut Context<'_>, fetched: &Fetched, options: &Options, show: &mut Show) -> Result<(), Failure> {
    let replicas = context.flags.integer("replicas");
    precondition(context, fetched)?;
    let mut after = fetched.object.clone();
    set(&mut after, &["spec", "replicas"], json!(replicas));
    if options.dry_run != DryRun::Client {
        let path = format!("{}/scale", object_path(fetched.kind, &fetched.namespace, &fetched.name)?);
        let patch = json!({"spec": {"replicas": replicas}});
        writing::patch(context, &path, PatchKind::Merge, &patch, options)?;
    }
    show.object(context, &after, "scaled")
}

fn precondition(context: &Context<'_>, fetched: &Fetched) -> Result<(), Failure> {
    let wanted = context.flags.integer("current-replicas");
    let found = integer(&fetched.object, &["spec", "replicas"]).unwrap_or(0);
    if wanted != -1 && wanted != found {
        return Err(Failure::message(format!("Expected replicas to be {wanted}, was {found}")));
    }
    let version = context.flags.text("resource-version");
    if !version.is_empty() && version != resource_version(&fetched.object) {
        let found = resource_version(&fetched.object);
        return Err(Failure::message(format!("Expected resource version to be {version}, was {found}")));
    }
    Ok(())
}
