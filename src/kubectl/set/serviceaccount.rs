//! `kubectl set serviceaccount`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/set/set_serviceaccount.go. Left out: `--local`.

use crate::api::object::set;
use crate::api::patch::two_way_merge;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::set::pod_spec_path;
use crate::kubectl::writing::{self, Options, PatchKind, Show, field_manager};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "serviceaccount",
    aliases: &["sa"],
    usage: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
    summary: "Update the service account of a resource",
    examples: &["kubectl set serviceaccount deployment nginx-deployment serviceaccount1"],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        DRY_RUN,
        &[
            Flag::boolean("all", "", "Select all resources, in the namespace of the specified resource types"),
            Flag::boolean(
                "local",
                "",
                "If true, set serviceaccount will NOT contact api-server but run locally (not simulated).",
            ),
            field_manager("kubectl-set"),
        ],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let arguments = context.arguments().to_vec();
    let Some((account, named)) = arguments.split_last() else {
        return Err(Failure::message("serviceaccount is required"));
    };
    if context.flags.boolean("local") {
        return Err(Failure::message("not simulated: --local; nearest: --dry-run=client -o yaml"));
    }
    let (objects, mut failures) = writing::fetch_named(context, named)?;
    for fetched in objects {
        if let Err(failure) = change(context, &fetched, account, &options, &mut show) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn change(
    context: &mut Context<'_>,
    fetched: &Fetched,
    account: &str,
    options: &Options,
    show: &mut Show,
) -> Result<(), Failure> {
    let mut path = pod_spec_path(fetched).map_err(Failure::message)?.to_vec();
    path.push("serviceAccountName");
    let mut after = fetched.object.clone();
    set(&mut after, &path, json!(account));
    if options.dry_run != DryRun::Client {
        let url = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
        let patch = two_way_merge(&fetched.object, &after);
        after =
            writing::patch(context, &url, PatchKind::Strategic, &patch, options).map_err(|failure| match failure {
                Failure::Status(status) if status.code != 401 => {
                    Failure::message(format!("failed to patch ServiceAccountName {}", status.message))
                }
                other => other,
            })?;
    }
    show.object(context, &after, "serviceaccount updated")
}
