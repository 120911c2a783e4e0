//! `kubectl rollout undo`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{cmd/rollout/rollout_undo,polymorphichelpers/rollback}.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::rollout::revisions::{self, Rollback};
use crate::kubectl::rollout::{is_deployment, named, replica_sets};
use crate::kubectl::writing::{self, Options, PatchKind, Show};

/// The command.
pub const COMMAND: Command = Command {
    name: "undo",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    summary: "Undo a previous rollout",
    examples: &["kubectl rollout undo deployment/abc", "kubectl rollout undo deployment/abc --to-revision=3"],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        DRY_RUN,
        &[Flag::integer("to-revision", "", "The revision to rollback to. Default to 0 (last revision).")],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let (objects, mut failures) = named(context)?;
    for fetched in objects {
        failures.extend(undo(context, &fetched, &options, &mut show).err());
    }
    Failure::collect(failures)
}

fn undo(context: &mut Context<'_>, fetched: &Fetched, options: &Options, show: &mut Show) -> Result<(), Failure> {
    if !is_deployment(fetched) {
        let kind = &fetched.kind.kind;
        return Err(Failure::message(format!("no rollbacker has been implemented for \"{kind}\"")));
    }
    let wanted = context.flags.integer("to-revision");
    if wanted < 0 {
        return Err(Failure::message(format!("unable to find specified revision {wanted} in history")));
    }
    let sets = replica_sets(context, fetched)?;
    let known = revisions::revisions(&fetched.object, &sets);
    let patch = match revisions::rollback(&fetched.object, &known, wanted).map_err(Failure::message)? {
        Rollback::Skip(number) => {
            let operation = format!("skipped rollback (current template already matches revision {number})");
            return show.object(context, &fetched.object, &operation);
        }
        Rollback::Patch(patch) => patch,
    };
    if options.dry_run != DryRun::Client {
        let path = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
        writing::patch(context, &path, PatchKind::Json, &patch, options).map_err(|failure| match failure {
            Failure::Status(status) if status.code != 401 => Failure::message(format!(
                "failed restoring revision {}: {}",
                if wanted == 0 { known.keys().rev().nth(1).copied().unwrap_or(0) } else { wanted },
                status.message
            )),
            other => other,
        })?;
    }
    show.object(context, &fetched.object, "rolled back")
}
