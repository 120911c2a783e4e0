//! `kubectl apply`: makes the cluster's objects what the files say, by a three-way merge on the client.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go. Left out: server-side apply, pruning.

use crate::api::object::{Object, deletion_timestamp, name, remove, text};
use crate::api::patch;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::deletion::{self, How};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::last_applied::{LAST_APPLIED, is_empty, original, with_annotation};
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Target;
use crate::kubectl::writing::{self, Options, PatchKind, Show, VALIDATE, field_manager};
use serde_json::{Value, json};
use std::time::Duration;

/// How often a patch is tried again after somebody else wrote first.
const RETRIES: usize = 5;

const OWN_FLAGS: &[Flag] = &[
    Flag::boolean("all", "", "Select all resources in the namespace of the specified resource types."),
    Flag::text("cascade", "", "Must be \"background\", \"orphan\", or \"foreground\".")
        .or("background")
        .bare("background"),
    Flag::boolean("force", "", "If true, immediately remove resources from API and bypass graceful deletion."),
    Flag::boolean(
        "force-conflicts",
        "",
        "If true, server-side apply will force the changes against conflicts (not simulated).",
    ),
    Flag::integer("grace-period", "", "Period of time in seconds given to the resource to terminate gracefully.")
        .or("-1"),
    Flag::boolean("openapi-patch", "", "If true, use openapi to calculate diff when it is available.").or("true"),
    Flag::boolean("overwrite", "", "Automatically resolve conflicts between the modified and live configuration.")
        .or("true"),
    Flag::boolean(
        "prune",
        "",
        "Automatically delete resource objects that do not appear in the configs (not simulated).",
    ),
    Flag::array("prune-allowlist", "", "Kinds to prune (not simulated)."),
    Flag::boolean("server-side", "", "If true, apply runs in the server instead of the client (not simulated)."),
    Flag::duration("timeout", "", "The length of time to wait before giving up on a delete."),
    Flag::boolean("wait", "", "If true, wait for resources to be gone before returning."),
    field_manager("kubectl-client-side-apply"),
    VALIDATE,
];

/// The command.
pub const COMMAND: Command = Command {
    name: "apply",
    usage: "(-f FILENAME | -k DIRECTORY)",
    summary: "Apply a configuration to a resource by file name or stdin",
    examples: &["kubectl apply -f ./pod.json", "cat pod.json | kubectl apply -f -"],
    flags: &[FILES, SELECTOR, OUTPUT, DRY_RUN, OWN_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    not_simulated(context)?;
    writing::no_arguments(context)?;
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    let (targets, mut failures) = writing::read_files(context)?;
    if targets.is_empty() && failures.is_empty() {
        return Err(Failure::message("no objects passed to apply"));
    }
    let whole = !matches!(context.flags.text("output"), "" | "name");
    let mut applied = Vec::new();
    for target in targets {
        match apply_one(context, &target, &options) {
            Ok((object, operation)) if !whole => show.object(context, &object, operation)?,
            Ok((object, _)) => applied.push(object),
            Err(failure) => failures.push(failure),
        }
    }
    Failure::collect(failures)?;
    match applied.as_slice() {
        [] => Ok(()),
        [one] => show.object(context, one, ""),
        many => {
            let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": many});
            show.object(context, &list, "")
        }
    }
}

fn not_simulated(context: &Context<'_>) -> Result<(), Failure> {
    let below = ["edit-last-applied", "set-last-applied", "view-last-applied"];
    if let Some(word) = context.arguments().first().filter(|word| below.contains(&word.as_str())) {
        return Err(Failure::message(format!("not simulated: kubectl apply {word}; nearest: kubectl get -o yaml")));
    }
    let nearest = [
        ("server-side", "kubectl apply without it: the merge is made by kubectl"),
        ("force-conflicts", "kubectl apply without it: the merge is made by kubectl"),
        ("prune", "kubectl delete"),
        ("prune-allowlist", "kubectl delete"),
    ];
    match nearest.iter().find(|(flag, _)| context.flags.is_set(flag) && context.flags.text(flag) != "false") {
        Some((flag, nearest)) => {
            Err(Failure::message(format!("not simulated: kubectl apply --{flag}; nearest: {nearest}")))
        }
        None => Ok(()),
    }
}

/// Creates, patches or leaves one object; the answer says which.
fn apply_one(context: &mut Context<'_>, target: &Target, options: &Options) -> Result<(Object, &'static str), Failure> {
    let manifest = target.object.clone().unwrap_or_default();
    let generated = text(&manifest, &["metadata", "generateName"]);
    if target.name.is_empty() && !generated.is_empty() {
        return Err(Failure::message(format!("from {generated}: cannot use generate name with apply")));
    }
    let modified = with_annotation(&manifest);
    let current = match context.get(target.kind, &target.namespace, &target.name) {
        Ok(current) => current,
        Err(failure) if failure.is_not_found() => return create(context, target, modified, options),
        Err(failure) => {
            let action = format!("retrieving current configuration of:\n{}\nfrom server for:", describe(target));
            return Err(failure.sourced(&action, &target.source));
        }
    };
    if options.dry_run == DryRun::Client {
        return Ok((current, "configured"));
    }
    if original(&current).is_none() {
        context.warn_once(&format!(
            "resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply \
             should only be used on resources created declaratively by either kubectl create --save-config or kubectl \
             apply. The missing annotation will be patched automatically.",
            target.kind.plural, target.name
        ));
    }
    let (patch, patched) = merge(context, target, &modified, current, options)?;
    if deletion_timestamp(&patched).is_some() {
        context
            .warn_once(&format!("Detected changes to resource {} which is currently being deleted.", name(&patched)));
    }
    Ok((patched, if is_empty(&patch) { "unchanged" } else { "configured" }))
}

fn create(
    context: &mut Context<'_>,
    target: &Target,
    modified: Object,
    options: &Options,
) -> Result<(Object, &'static str), Failure> {
    if options.dry_run == DryRun::Client {
        return Ok((modified, "created"));
    }
    let created = writing::create(context, target.kind, &target.namespace, &modified, options)
        .map_err(|failure| failure.sourced("creating", &target.source))?;
    Ok((created, "created"))
}

/// How kubectl names an object in long errors.
fn describe(target: &Target) -> String {
    let kind = target.kind;
    let version = format!("{}/{}", kind.group, kind.version);
    format!(
        "Resource: \"{version}, Resource={}\", GroupVersionKind: \"{version}, Kind={}\"\nName: {}, Namespace: {}",
        kind.plural,
        kind.kind,
        crate::api::go::quote(&target.name),
        crate::api::go::quote(&target.namespace)
    )
}

/// Makes the patch and sends it unless it is empty; tries again on a newer object when somebody wrote in between.
fn merge(
    context: &mut Context<'_>,
    target: &Target,
    modified: &Object,
    mut current: Object,
    options: &Options,
) -> Result<(Value, Object), Failure> {
    let path = object_path(target.kind, &target.namespace, &target.name)?;
    let mut tries = 0;
    loop {
        let patch = three_way(target, modified, &current);
        if is_empty(&patch) {
            return Ok((patch, current));
        }
        match writing::patch(context, &path, PatchKind::Strategic, &patch, options) {
            Ok(patched) => return Ok((patch, patched)),
            Err(Failure::Status(status)) if status.is_conflict() && tries < RETRIES => {
                tries += 1;
                if tries > 1 {
                    context.host.client().sleep(Duration::from_secs(1));
                }
                current = context.get(target.kind, &target.namespace, &target.name)?;
            }
            Err(Failure::Status(status))
                if context.flags.boolean("force") && (status.is_conflict() || status.reason == "Invalid") =>
            {
                return Ok((patch, start_over(context, target, modified, options)?));
            }
            Err(failure) => {
                let action = format!("applying patch:\n{patch}\nto:\n{}\nfor:", describe(target));
                return Err(failure.sourced(&action, &target.source));
            }
        }
    }
}

/// The strategic merge patch from what was applied last to what is to be, as far as the live object differs.
pub fn three_way(target: &Target, modified: &Object, current: &Object) -> Value {
    let before = original(current).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}));
    patch::three_way_strategic(&target.kind.api_version(), &target.kind.kind, &before, modified, current)
}

/// `--force`: fields that never change need a new object.
fn start_over(
    context: &mut Context<'_>,
    target: &Target,
    modified: &Object,
    options: &Options,
) -> Result<Object, Failure> {
    let grace = context.flags.integer("grace-period");
    let how = How {
        grace_period_seconds: grace,
        propagation: deletion::propagation(context.flags.text("cascade"))?,
        server_dry_run: false,
    };
    deletion::delete_and_wait(context, target.kind, &target.namespace, &target.name, &how)?;
    let mut fresh = modified.clone();
    remove(&mut fresh, &["metadata", "resourceVersion"]);
    writing::create(context, target.kind, &target.namespace, &fresh, options)
}
