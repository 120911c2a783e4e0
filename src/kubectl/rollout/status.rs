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
        let events = patience::next_events(context, &mut watch, deadline)?;
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

#[cfg(test)]
mod tests {
    use crate::api::request::{Body, WatchEvent};
    use crate::api::status::Status;
    use crate::kubectl::testing::{FakeHost, json, watch};
    use serde_json::{Value, json};
    use std::rc::Rc;

    fn deployment(available: i64) -> Value {
        json!({
            "kind": "Deployment", "apiVersion": "apps/v1",
            "metadata": {"name": "web", "namespace": "default", "resourceVersion": "7"},
            "spec": {"replicas": 2}, "status": {"replicas": 2, "updatedReplicas": 2, "availableReplicas": available},
        })
    }

    const DEPLOYMENTS: &str = "GET /apis/apps/v1/namespaces/default/deployments";

    /// A host whose watch is told that its version is too old; a list then gives `items`.
    fn left_behind(items: Value) -> FakeHost {
        let mut opened = watch();
        if let Body::Watch(watch) = &mut opened.body {
            watch.resource = "deployments.apps".to_owned();
            watch.namespace = "default".to_owned();
            watch.field_selector = "metadata.name=web".to_owned();
        }
        let selected = "fieldSelector=metadata.name%3Dweb";
        let list = json!({
            "kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {"resourceVersion": "90000"}, "items": items,
        });
        let mut host = FakeHost::new()
            .with(&format!("{DEPLOYMENTS}/web"), json(200, deployment(1)))
            .with(&format!("{DEPLOYMENTS}?allowWatchBookmarks=true&{selected}&resourceVersion=7&watch=true"), opened)
            .with(&format!("{DEPLOYMENTS}?{selected}&limit=500"), json(200, list));
        let expired = Status::other(410, "Expired", "too old resource version: 7 (90000)").to_value();
        host.client.events = vec![WatchEvent { kind: "ERROR", object: Rc::new(expired) }];
        host
    }

    #[test]
    fn a_watch_that_is_too_old_begins_anew() {
        let (told, complaint, exit) = left_behind(json!([deployment(2)])).run("rollout status deployment/web");
        let waiting = "Waiting for deployment \"web\" rollout to finish: 1 of 2 updated replicas are available...\n";
        let done = "deployment \"web\" successfully rolled out\n";
        assert_eq!((told, complaint, exit), (format!("{waiting}{done}"), String::new(), 0));
        let (_, complaint, exit) = left_behind(json!([])).run("rollout status deployment/web");
        assert_eq!((complaint.as_str(), exit), ("error: object has been deleted\n", 1));
    }
}
