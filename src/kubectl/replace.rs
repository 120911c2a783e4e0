//! `kubectl replace`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/replace/replace.go. Left out: `--raw`, `--subresource`.

use crate::api::object::{remove, resource_version, set};
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::deletion::{self, How};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::last_applied::with_annotation;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Target;
use crate::kubectl::writing::{self, Options, SAVE_CONFIG, Show, VALIDATE, field_manager};
use serde_json::json;

const OWN_FLAGS: &[Flag] = &[
    Flag::text("cascade", "", "Must be \"background\", \"orphan\", or \"foreground\".")
        .or("background")
        .bare("background"),
    Flag::boolean("force", "", "If true, immediately remove resources from API and bypass graceful deletion."),
    Flag::integer("grace-period", "", "Period of time in seconds given to the resource to terminate gracefully.")
        .or("-1"),
    Flag::duration("timeout", "", "The length of time to wait before giving up on a delete."),
    Flag::boolean("wait", "", "If true, wait for resources to be gone before returning."),
    field_manager("kubectl-replace"),
    SAVE_CONFIG,
    VALIDATE,
];

/// The command.
pub const COMMAND: Command = Command {
    name: "replace",
    usage: "-f FILENAME",
    summary: "Replace a resource by file name or stdin",
    examples: &["kubectl replace -f ./pod.json", "kubectl replace --force -f ./pod.json"],
    flags: &[FILES, OUTPUT, DRY_RUN, OWN_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    let (targets, mut failures) = writing::read_files(context)?;
    let force = context.flags.boolean("force");
    for (flag, given) in [
        ("grace-period", context.flags.integer("grace-period") >= 0),
        ("timeout", !context.flags.duration("timeout").1.is_zero()),
    ] {
        if given && !force {
            return Err(Failure::message(format!("--{flag} must have --force specified")));
        }
    }
    let none = targets.is_empty() && failures.is_empty();
    if force {
        delete_all(context, &targets)?;
    }
    for target in targets {
        let done = if force {
            recreate(context, &target, &options, &mut show)
        } else {
            replace(context, &target, &options, &mut show)
        };
        failures.extend(done.err());
    }
    if none {
        return Err(Failure::message("no objects passed to replace"));
    }
    Failure::collect(failures)
}

fn replace(context: &mut Context<'_>, target: &Target, options: &Options, show: &mut Show) -> Result<(), Failure> {
    let mut object = target.object.clone().unwrap_or_default();
    if context.flags.boolean("save-config") {
        object = with_annotation(&object);
    }
    if options.dry_run == DryRun::Client {
        return show.object(context, &object, "replaced");
    }
    // Without a version the write replaces whatever is there now.
    if resource_version(&object).is_empty()
        && let Ok(current) = context.get(target.kind, &target.namespace, &target.name)
    {
        set(&mut object, &["metadata", "resourceVersion"], json!(resource_version(&current)));
    }
    let replaced = writing::replace(context, target.kind, &target.namespace, &object, options)
        .map_err(|failure| failure.sourced("replacing", &target.source))?;
    show.object(context, &replaced, "replaced")
}

fn delete_all(context: &mut Context<'_>, targets: &[Target]) -> Result<(), Failure> {
    let grace = context.flags.integer("grace-period");
    let how = How {
        grace_period_seconds: if grace == 0 { 1 } else { grace },
        propagation: deletion::propagation(context.flags.text("cascade"))?,
        server_dry_run: false,
    };
    for target in targets {
        match deletion::delete_and_wait(context, target.kind, &target.namespace, &target.name, &how) {
            Ok(()) => {
                let line =
                    deletion::sentence(context.host.version(), target.kind, &target.namespace, &target.name, "deleted");
                context.print(line + "\n");
            }
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure.sourced("deleting", &target.source)),
        }
    }
    Ok(())
}

fn recreate(context: &mut Context<'_>, target: &Target, options: &Options, show: &mut Show) -> Result<(), Failure> {
    let mut object = target.object.clone().unwrap_or_default();
    remove(&mut object, &["metadata", "resourceVersion"]);
    if context.flags.boolean("save-config") {
        object = with_annotation(&object);
    }
    let created = writing::create(context, target.kind, &target.namespace, &object, options)?;
    show.object(context, &created, "replaced")
}
