//! `kubectl create -f`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create.go. Left out: `--edit`, `--raw`.

use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::last_applied::with_annotation;
use crate::kubectl::options::DryRun;
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Target;
use crate::kubectl::writing::{self, Options, Show};

/// The flags that only `create -f` has.
pub const FLAGS: &[Flag] = &[
    Flag::boolean("edit", "", "Edit the API resource before creating (not simulated)"),
    Flag::text("raw", "", "Raw URI to POST to the server (not simulated)"),
];

/// Creates every object of the files, in order; what fails is told at the end.
///
/// # Errors
/// All that failed.
pub fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let words = context.arguments();
    let newer =
        |name: &String| context.command.children.iter().any(|child| child.since.is_some() && child.is_called(name));
    if words.first().is_some_and(newer) {
        // A command of a later kubectl: to this one it is just words, and there is no file.
        let unknown = format!("unknown command {}", crate::api::go::quote(&words.join(" ")));
        context.complain("Error: must specify one of -f and -k\n\n");
        return Err(Failure::usage(unknown));
    }
    writing::no_arguments(context)?;
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    for flag in ["edit", "raw"] {
        if context.flags.is_set(flag) {
            return Err(Failure::message(format!(
                "not simulated: kubectl create --{flag}; nearest: kubectl create -f"
            )));
        }
    }
    let (targets, mut failures) = writing::read_files(context)?;
    let none = targets.is_empty() && failures.is_empty();
    for target in targets {
        if let Err(failure) = create_one(context, &target, &options, &mut show) {
            failures.push(failure);
        }
    }
    if none {
        return Err(Failure::message("no objects passed to create"));
    }
    Failure::collect(failures)
}

fn create_one(context: &mut Context<'_>, target: &Target, options: &Options, show: &mut Show) -> Result<(), Failure> {
    let mut object = target.object.clone().unwrap_or_default();
    if context.flags.boolean("save-config") {
        object = with_annotation(&object);
    }
    if options.dry_run != DryRun::Client {
        object = writing::create(context, target.kind, &target.namespace, &object, options)
            .map_err(|failure| failure.sourced("creating", &target.source))?;
    }
    show.object(context, &object, "created")
}
