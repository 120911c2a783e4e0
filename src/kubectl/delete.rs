//! `kubectl delete`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go. Left out: `--interactive`, `--raw`.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::deletion::{self, How};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, SELECTOR};
use crate::kubectl::patience::WEEK;
use crate::kubectl::resources::{self, Selection, Target};
use crate::kubectl::writing::NOTHING_NAMED;

const OWN_FLAGS: &[Flag] = &[
    Flag::boolean("all", "", "Delete all resources, in the namespace of the specified resource types."),
    Flag::boolean("all-namespaces", "A", "If present, list the requested object(s) across all namespaces."),
    Flag::text("cascade", "", "Must be \"background\", \"orphan\", or \"foreground\".")
        .or("background")
        .bare("background"),
    Flag::text("field-selector", "", "Selector (field query) to filter on, supports '=', '==', and '!='."),
    Flag::boolean("force", "", "If true, immediately remove resources from API and bypass graceful deletion."),
    Flag::integer("grace-period", "", "Period of time in seconds given to the resource to terminate gracefully.")
        .or("-1"),
    Flag::boolean("ignore-not-found", "", "Treat \"resource not found\" as a successful delete."),
    Flag::boolean("interactive", "i", "If true, delete resource only when user confirms (not simulated)."),
    Flag::boolean("now", "", "If true, resources are signaled for immediate shutdown (same as --grace-period=1)."),
    Flag::text("output", "o", "Output mode. Use \"-o name\" for shorter output (resource/name)."),
    Flag::text("raw", "", "Raw URI to DELETE to the server (not simulated)."),
    Flag::duration("timeout", "", "The length of time to wait before giving up on a delete, zero means for ever."),
    Flag::boolean("wait", "", "If true, wait for resources to be gone before returning.").or("true"),
];

/// The command.
pub const COMMAND: Command = Command {
    name: "delete",
    usage: "([-f FILENAME] | TYPE [(NAME | -l label | --all)])",
    summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    examples: &[
        "kubectl delete -f ./pod.json",
        "kubectl delete pod,service baz foo",
        "kubectl delete pod foo --now",
        "kubectl delete pods --all",
    ],
    flags: &[FILES, SELECTOR, DRY_RUN, OWN_FLAGS],
    run,
    ..Command::EMPTY
};

struct Plan {
    how: How,
    dry_run: DryRun,
    operation: &'static str,
    short: bool,
    ignore_not_found: bool,
}

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let plan = plan(context)?;
    let selection = Selection::from(context);
    let arguments = context.arguments().to_vec();
    if arguments.is_empty() && selection.files.is_empty() {
        return Err(Failure::message(NOTHING_NAMED));
    }
    if context.flags.boolean("all") && arguments.len() > 1 && !arguments.iter().any(|word| word.contains('/')) {
        return Err(Failure::message("name cannot be provided when a selector is specified"));
    }
    let named = resources::targets(context, &selection, &arguments);
    let (targets, mut failures) = objects(context, &selection, named?)?;
    warn(context, &plan, &targets)?;
    let none = targets.is_empty();
    let mut deleted: Vec<(Target, String)> = Vec::new();
    for target in targets {
        match delete_one(context, &plan, &target) {
            Ok(uid) => deleted.push((target, uid)),
            Err(failure) if plan.ignore_not_found && failure.is_not_found() => {}
            Err(failure) => failures.push(failure),
        }
    }
    Failure::collect(failures)?;
    if none {
        context.print("No resources found\n");
        return Ok(());
    }
    if context.flags.boolean("wait") && plan.dry_run == DryRun::None {
        wait(context, &deleted)?;
    }
    Ok(())
}

fn plan(context: &mut Context<'_>) -> Result<Plan, Failure> {
    for flag in ["interactive", "raw", "kustomize"] {
        if context.flags.is_set(flag) {
            return Err(Failure::message(format!("not simulated: kubectl delete --{flag}; nearest: kubectl delete")));
        }
    }
    let propagation = deletion::propagation(context.flags.text("cascade"))?;
    let flags = &context.flags;
    let (force, mut grace) = (flags.boolean("force"), flags.integer("grace-period"));
    if flags.boolean("now") {
        if grace != -1 {
            return Err(Failure::message("--now and --grace-period cannot be specified together"));
        }
        grace = 1;
    }
    // A grace period of nothing needs --force; without it a second is left.
    if grace == 0 && !force {
        grace = 1;
    }
    if force && grace < 0 {
        grace = 0;
    }
    let selected =
        flags.boolean("all") || !flags.text("selector").is_empty() || !flags.text("field-selector").is_empty();
    let ignore_not_found = if flags.is_set("ignore-not-found") { flags.boolean("ignore-not-found") } else { selected };
    let dry_run = DryRun::from(context)?;
    check(context, force, grace)?;
    Ok(Plan {
        how: How { grace_period_seconds: grace, propagation, server_dry_run: dry_run == DryRun::Server },
        dry_run,
        operation: if grace == 0 { "force deleted" } else { "deleted" },
        short: context.flags.text("output") == "name",
        ignore_not_found,
    })
}

fn check(context: &Context<'_>, force: bool, grace: i64) -> Result<(), Failure> {
    let flags = &context.flags;
    let output = flags.text("output");
    if !output.is_empty() && output != "name" {
        return Err(Failure::message(format!("unexpected -o output mode: {output}. We only support '-o name'")));
    }
    for (flag, name) in [("selector", "--selector"), ("field-selector", "--field-selector")] {
        if flags.boolean("all") && !flags.text(flag).is_empty() {
            return Err(Failure::message(format!("cannot set --all and {name} at the same time")));
        }
    }
    if force && grace > 0 {
        return Err(Failure::message("--force and --grace-period greater than 0 cannot be specified together"));
    }
    Ok(())
}

/// Lists become their items; what is named stays as it is, unread.
fn objects(
    context: &mut Context<'_>,
    selection: &Selection,
    targets: Vec<Target>,
) -> Result<(Vec<Target>, Vec<Failure>), Failure> {
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for target in targets {
        if !target.name.is_empty() {
            all.push(target);
            continue;
        }
        let (items, failed) = resources::fetch(context, selection, std::slice::from_ref(&target));
        failures.extend(failed);
        all.extend(items.into_iter().map(|item| Target {
            kind: item.kind,
            namespace: item.namespace,
            name: item.name,
            source: String::new(),
            object: None,
        }));
    }
    Ok((all, failures))
}

fn warn(context: &mut Context<'_>, plan: &Plan, targets: &[Target]) -> Result<(), Failure> {
    if plan.how.grace_period_seconds == 0 {
        context.warn_once(
            "Immediate deletion does not wait for confirmation that the running resource has been terminated. The \
             resource may continue to run on the cluster indefinitely.",
        );
    }
    let scoped = context.session()?.namespace_given && !context.flags.boolean("all-namespaces");
    if scoped && targets.iter().any(|target| !target.kind.namespaced) {
        context.warn_once("deleting cluster-scoped resources, not scoped to the provided namespace");
    }
    Ok(())
}

fn delete_one(context: &mut Context<'_>, plan: &Plan, target: &Target) -> Result<String, Failure> {
    let mut uid = String::new();
    if plan.dry_run != DryRun::Client {
        uid =
            deletion::delete(context, target.kind, &target.namespace, &target.name, &plan.how).map_err(|failure| {
                if target.source.is_empty() { failure } else { failure.sourced("deleting", &target.source) }
            })?;
    }
    if plan.short {
        context.print(format!("{}/{}\n", target.kind.qualified_singular(), target.name));
    } else {
        let line =
            deletion::sentence(context.host.version(), target.kind, &target.namespace, &target.name, plan.operation);
        context.print(format!("{line}{}\n", plan.dry_run.suffix()));
    }
    Ok(uid)
}

fn wait(context: &mut Context<'_>, deleted: &[(Target, String)]) -> Result<(), Failure> {
    let (_, timeout) = context.flags.duration("timeout");
    let deadline = context.host.client().now().after(if timeout.is_zero() { WEEK } else { timeout });
    let mut failures = Vec::new();
    for (target, uid) in deleted {
        let waited = deletion::wait_until_gone(context, target.kind, &target.namespace, &target.name, uid, deadline);
        failures.extend(waited.err());
    }
    Failure::collect(failures)
}
