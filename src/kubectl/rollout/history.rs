//! `kubectl rollout history`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{cmd/rollout/rollout_history,polymorphichelpers/history}.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::{Order, short_name};
use crate::kubectl::resources::Fetched;
use crate::kubectl::rollout::{is_deployment, named, replica_sets, revisions};
use crate::kubectl::writing::Show;

/// The command.
pub const COMMAND: Command = Command {
    name: "history",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    summary: "View rollout history",
    examples: &["kubectl rollout history deployment/abc", "kubectl rollout history deployment/abc --revision=3"],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        &[Flag::integer("revision", "", "See the details, including podTemplate of the revision specified")],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let revision = context.flags.integer("revision");
    if revision < 0 {
        return Err(Failure::message(format!("revision must be a positive integer: {revision}")));
    }
    let (objects, mut failures) = named(context)?;
    for fetched in objects {
        failures.extend(show(context, &fetched, revision).err());
    }
    Failure::collect(failures)
}

fn show(context: &mut Context<'_>, fetched: &Fetched, revision: i64) -> Result<(), Failure> {
    if !is_deployment(fetched) {
        let kind = &fetched.kind.kind;
        return Err(Failure::message(format!("no history viewer has been implemented for \"{kind}\"")));
    }
    let sets = replica_sets(context, fetched)?;
    let known = revisions::revisions(&fetched.object, &sets);
    let chosen = if revision > 0 {
        let found = known.get(&revision).copied();
        Some(found.ok_or_else(|| Failure::message("unable to find the specified revision"))?)
    } else {
        None
    };
    if !context.flags.text("output").is_empty() {
        let mut printer = Show::from(context, Order::Typed, DryRun::None)?;
        for set in chosen.into_iter().chain(known.values().copied().filter(|_| chosen.is_none())) {
            printer.object(context, set, "")?;
        }
        return Ok(());
    }
    let head = short_name(&fetched.object);
    let text = match chosen {
        None => format!("{head} \n{}", revisions::table(&known)),
        Some(set) => {
            let template = crate::api::object::at(set, &["spec", "template"]);
            format!("{head} with revision #{revision}\n{}\n", revisions::describe_template(template))
        }
    };
    context.print(text);
    Ok(())
}
