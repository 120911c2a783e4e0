//! `kubectl diff`: what `apply` would change.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go. The `diff` program it calls is a unified diff made here.

use crate::api::kinds::Kind;
use crate::api::object::{Object, mapping, remove, resource_version, set};
use crate::kubectl::apply::three_way;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::last_applied::{LAST_APPLIED, is_empty};
use crate::kubectl::mask;
use crate::kubectl::options::{DryRun, FILES, SELECTOR};
use crate::kubectl::resources::Target;
use crate::kubectl::writing::{self, Options, PatchKind, field_manager};
use serde_json::{Value, json};

/// The command.
pub const COMMAND: Command = Command {
    name: "diff",
    usage: "-f FILENAME",
    summary: "Diff the live version against a would-be applied version",
    examples: &["kubectl diff -f pod.json", "cat service.yaml | kubectl diff -f -"],
    flags: &[
        FILES,
        SELECTOR,
        &[
            field_manager("kubectl-client-side-apply"),
            Flag::boolean(
                "force-conflicts",
                "",
                "If true, server-side apply will force the changes against conflicts (not simulated).",
            ),
            Flag::boolean("prune", "", "Include resources that would be deleted by pruning (not simulated)."),
            Flag::boolean(
                "server-side",
                "",
                "If true, apply runs in the server instead of the client (not simulated).",
            ),
            Flag::boolean("show-managed-fields", "", "If true, include managed fields in the diff."),
        ],
    ],
    run,
    ..Command::EMPTY
};

/// Exit code 1 says that there are differences, so errors have another one.
fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    match diff_all(context) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Failure::Exit(1)),
        Err(failure) => {
            let path = context.path.clone();
            failure.report(&path, &mut context.outcome);
            Err(Failure::Exit(2))
        }
    }
}

fn diff_all(context: &mut Context<'_>) -> Result<bool, Failure> {
    writing::no_arguments(context)?;
    for flag in ["server-side", "force-conflicts", "prune"] {
        if context.flags.is_set(flag) {
            return Err(Failure::message(format!("not simulated: kubectl diff --{flag}; nearest: kubectl diff")));
        }
    }
    let mut options = Options::from_flags(context)?;
    options.dry_run = DryRun::Server;
    let (targets, failures) = writing::read_files(context)?;
    Failure::collect(failures)?;
    let mut different = false;
    for target in targets {
        let (mut live, mut merged) = versions(context, &target, &options)?;
        if !context.flags.boolean("show-managed-fields") {
            for object in [&mut live, &mut merged] {
                remove(object, &["metadata", "managedFields"]);
            }
        }
        if target.kind.plural == "secrets" {
            mask::secrets(&mut live, &mut merged);
        }
        let text = compare(context, &target, &live, &merged);
        different |= !text.is_empty();
        context.print(text);
    }
    Ok(different)
}

/// The object as it is (null if it is not there), and as it would be.
fn versions(context: &mut Context<'_>, target: &Target, options: &Options) -> Result<(Value, Value), Failure> {
    let mut local = target.object.clone().unwrap_or_default();
    let live = match context.get(target.kind, &target.namespace, &target.name) {
        Ok(live) => live,
        Err(failure) if failure.is_not_found() => {
            let made = writing::create(context, target.kind, &target.namespace, &local, options)?;
            return Ok((Value::Null, made));
        }
        Err(failure) => return Err(failure),
    };
    // As the client writes a manifest down: with annotations, even if it has none, and without the one it adds.
    mapping(&mut local, &["metadata", "annotations"]).remove(LAST_APPLIED);
    let mut patch = three_way(target, &local, &live);
    if is_empty(&patch) {
        return Ok((live.clone(), live));
    }
    set(&mut patch, &["metadata", "resourceVersion"], json!(resource_version(&live)));
    let path = object_path(target.kind, &target.namespace, &target.name)?;
    let merged = writing::patch(context, &path, PatchKind::Strategic, &patch, options)?;
    Ok((live, merged))
}

/// What `diff -u -N LIVE MERGED` prints; nothing if both are the same.
fn compare(context: &mut Context<'_>, target: &Target, live: &Object, merged: &Object) -> String {
    let yaml = |object: &Object| if object.is_null() { String::new() } else { crate::api::yaml::print(object) };
    let (before, after) = (yaml(live), yaml(merged));
    if before == after {
        return String::new();
    }
    let now = context.host.client().now();
    // The real folders have random numbers; these follow from the clock.
    let number = now.unix_micros().unsigned_abs() % 4_294_967_296;
    let file = file_name(target.kind, &target.namespace, &target.name);
    let (from, to) = (format!("/tmp/LIVE-{number}/{file}"), format!("/tmp/MERGED-{}/{file}", number ^ 0x5555));
    let stamp = now.rfc3339_micros().replace('T', " ").replace('Z', "000 +0000");
    unified(&before, &after, &from, &to, &stamp)
}

/// `apps.v1.Deployment.default.web`.
fn file_name(kind: &Kind, namespace: &str, name: &str) -> String {
    let group = if kind.group.is_empty() { String::new() } else { format!("{}.", kind.group) };
    format!("{group}{}.{}.{namespace}.{name}", kind.version, kind.kind)
}

fn unified(before: &str, after: &str, from: &str, to: &str, stamp: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    let body = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("{from}\t{stamp}"), &format!("{to}\t{stamp}"))
        .to_string();
    format!("diff -u -N {from} {to}\n{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_diff() {
        assert_eq!(
            unified("a: 1\nb: 2\n", "a: 1\nb: 3\n", "/tmp/LIVE-1/x", "/tmp/MERGED-2/x", "then"),
            "diff -u -N /tmp/LIVE-1/x /tmp/MERGED-2/x\n--- /tmp/LIVE-1/x\tthen\n+++ /tmp/MERGED-2/x\tthen\n@@ -1,2 +1,2 @@\n \
             a: 1\n-b: 2\n+b: 3\n"
        );
    }
}
