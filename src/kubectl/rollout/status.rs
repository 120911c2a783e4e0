//! `kubectl rollout status`: a line for every change until the rollout is over.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_status.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::deletion::watch_one;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{FILES, SELECTOR};
use crate::kubectl::patience::{self, WEEK};
use crate::kubectl::resources::Fetched;
use crate::kubectl::rollout::{is_deployment, named, sentence};

/// The command.
pub const COMMAND: Command = Command {
    name: "status",
    usage: "(TYPE NAME | TYPE/NAME) [flags]",
    summary: "Show the status of the rollout",
    examples: &["kubectl rollout status deployment/nginx"],
    flags: &[
        FILES,
        SELECTOR,
        &[
            Flag::integer(
                "revision",
                "",
                "Pin to a specific revision for showing its status. Defaults to 0 (last revision).",
            ),
            Flag::duration("timeout", "", "The length of time to wait before ending watch, zero means never."),
            Flag::boolean("watch", "w", "Watch the status of the rollout until it's done.").or("true"),
        ],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let revision = context.flags.integer("revision");
    if revision < 0 {
        return Err(Failure::message(format!("revision must be a positive integer: {revision}")));
    }
    let (objects, failures) = named(context)?;
    Failure::collect(failures)?;
    for fetched in objects {
        if !is_deployment(&fetched) {
            let kind = &fetched.kind.kind;
            return Err(Failure::message(format!("no status viewer has been implemented for {kind}")));
        }
        follow(context, &fetched, revision)?;
    }
    Ok(())
}

fn follow(context: &mut Context<'_>, fetched: &Fetched, revision: i64) -> Result<(), Failure> {
    let (_, timeout) = context.flags.duration("timeout");
    let limit = if timeout.is_zero() { WEEK } else { timeout };
    let deadline = context.host.client().now().after(limit);
    if say(context, &fetched.object, revision)? || !context.flags.boolean("watch") {
        return Ok(());
    }
    let Some(mut watch) = watch_one(context, fetched.kind, &fetched.namespace, &fetched.object)? else {
        return Err(Failure::message("timed out waiting for the condition"));
    };
    loop {
        let events = patience::next_events(context.host.client(), &mut watch, deadline);
        if events.is_empty() && timeout.is_zero() {
            // A real kubectl would still be waiting.
            return Err(Failure::message("not simulated: waiting for ever; nearest: --timeout"));
        }
        if events.is_empty() {
            return Err(Failure::message("timed out waiting for the condition"));
        }
        for event in events {
            if event.kind == "DELETED" {
                return Err(Failure::message("object has been deleted"));
            }
            if say(context, &event.object, revision)? {
                return Ok(());
            }
        }
    }
}

fn say(context: &mut Context<'_>, deployment: &serde_json::Value, revision: i64) -> Result<bool, Failure> {
    let (line, done) = sentence::deployment(deployment, revision).map_err(Failure::message)?;
    context.print(line);
    Ok(done)
}
