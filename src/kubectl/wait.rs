//! `kubectl wait`: until an object has a condition, a value, is there, or is gone.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/wait/wait.go. Time is virtual: it passes until the goal or the timeout.

use crate::api::object::{Object, uid};
use crate::api::time::Timestamp;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::deletion::{self, timed_out, watch_one};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::patience::{self, WEEK};
use crate::kubectl::printers::Order;
use crate::kubectl::printers::jsonpath::{self, Template};
use crate::kubectl::resources::{self, Fetched, Selection, Target};
use crate::kubectl::wait_for::{self, Goal, has_condition};
use crate::kubectl::writing::{NOTHING_NAMED, Show};
use serde_json::Value;
use std::time::Duration;

/// The command.
pub const COMMAND: Command = Command {
    name: "wait",
    usage: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    summary: "Experimental: Wait for a specific condition on one or many resources",
    examples: &[
        "kubectl wait --for=condition=Ready pod/busybox1",
        "kubectl wait --for=delete pod/busybox1 --timeout=60s",
        "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1",
    ],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        &[
            Flag::boolean("all", "", "Select all resources in the namespace of the specified resource types"),
            Flag::boolean("all-namespaces", "A", "If present, list the requested object(s) across all namespaces."),
            Flag::text("field-selector", "", "Selector (field query) to filter on, supports '=', '==', and '!='."),
            Flag::text("for", "", "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]."),
            Flag::boolean("local", "", "If true, annotation will NOT contact api-server but run locally."),
            Flag::duration("timeout", "", "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.").or("30s"),
        ],
    ],
    run,
    ..Command::EMPTY
};

struct Waiting {
    goal: Goal,
    timeout: Duration,
    deadline: Timestamp,
}

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut show = Show::from(context, Order::Sorted, DryRun::None)?;
    let goal = wait_for::parse(context.flags.text("for")).map_err(Failure::message)?;
    let (negative, given) = context.flags.duration("timeout");
    let timeout = if negative && !given.is_zero() { WEEK } else { given };
    let deadline = context.host.client().now().after(timeout);
    let waiting = Waiting { goal, timeout, deadline };
    let selection = Selection::from(context);
    let arguments = context.arguments().to_vec();
    if arguments.is_empty() && selection.files.is_empty() {
        return Err(Failure::message(NOTHING_NAMED));
    }
    let targets = resources::targets(context, &selection, &arguments)?;
    if waiting.goal == Goal::Create {
        for target in &targets {
            wait_for_creation(context, &waiting, target)?;
        }
    }
    let (objects, mut failures) = resources::fetch(context, &selection, &targets);
    if waiting.goal == Goal::Delete {
        failures.retain(|failure| !failure.is_not_found());
    } else if objects.is_empty() && failures.is_empty() {
        return Err(Failure::message("no matching resources found"));
    }
    for object in objects {
        match wait_for_one(context, &waiting, &object) {
            Ok(found) => show.object(context, &found, "condition met")?,
            Err(failure) => failures.push(failure),
        }
    }
    Failure::collect(failures)
}

/// Asks again and again: there is nothing to watch yet.
fn wait_for_creation(context: &mut Context<'_>, waiting: &Waiting, target: &Target) -> Result<(), Failure> {
    if target.name.is_empty() {
        return Ok(());
    }
    loop {
        match context.get(target.kind, &target.namespace, &target.name) {
            Err(failure) if failure.is_not_found() => {}
            _ => return Ok(()),
        }
        let client = context.host.client();
        if client.now() >= waiting.deadline {
            return Err(timed_out(target.kind, &target.name));
        }
        let left = waiting.deadline.since(client.now());
        client.sleep(left.min(Duration::from_millis(500)));
    }
}

fn wait_for_one(context: &mut Context<'_>, waiting: &Waiting, fetched: &Fetched) -> Result<Object, Failure> {
    let (kind, namespace) = (fetched.kind, fetched.namespace.as_str());
    let not_met = || Failure::message(format!("condition not met for {}/{}", kind.plural, fetched.name));
    if waiting.goal == Goal::Delete {
        if waiting.timeout.is_zero() {
            return match context.get(kind, namespace, &fetched.name) {
                Err(failure) if failure.is_not_found() => Ok(fetched.object.clone()),
                _ => Err(not_met()),
            };
        }
        let with_uid = uid(&fetched.object).to_owned();
        deletion::wait_until_gone(context, kind, namespace, &fetched.name, &with_uid, waiting.deadline)?;
        return Ok(fetched.object.clone());
    }
    if met(&waiting.goal, &fetched.object)? {
        return Ok(fetched.object.clone());
    }
    if waiting.timeout.is_zero() {
        return Err(not_met());
    }
    let Some(mut watch) = watch_one(context, kind, namespace, &fetched.object)? else {
        return Err(timed_out(kind, &fetched.name));
    };
    loop {
        let events = patience::next_events(context, &mut watch, waiting.deadline)?;
        if events.is_empty() {
            return Err(timed_out(kind, &fetched.name));
        }
        for event in events {
            if event.kind != "DELETED" && met(&waiting.goal, &event.object)? {
                return Ok((*event.object).clone());
            }
        }
    }
}

fn met(goal: &Goal, object: &Object) -> Result<bool, Failure> {
    match goal {
        Goal::Delete => Ok(false),
        Goal::Create => Ok(true),
        Goal::Condition(name, status) => Ok(has_condition(object, name, status)),
        Goal::JsonPath(path, wanted) => json_path(path, wanted.as_deref(), object),
    }
}

/// Whether the path leads to one value, and to the wanted one if there is one.
fn json_path(path: &str, wanted: Option<&str>, object: &Object) -> Result<bool, Failure> {
    let template = Template::new(&jsonpath::relaxed(path)?, true)?;
    let found = template.find(object).map_err(Failure::message)?;
    match found.first().map(Vec::as_slice) {
        None | Some([]) => Ok(false),
        Some([one]) => match one {
            Value::Object(_) | Value::Array(_) if wanted.is_some() => {
                Err(Failure::message("jsonpath leads to a nested object or list which is not supported"))
            }
            Value::String(text) => Ok(wanted.is_none_or(|wanted| wanted == text)),
            other => Ok(wanted.is_none_or(|wanted| *wanted == *other.to_string())),
        },
        Some(_) => Err(Failure::message("given jsonpath expression matches more than one value")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn compares_what_a_path_leads_to() {
        let pod = json!({"status": {"phase": "Running", "replicas": 3}});
        assert!(json_path("{.status.phase}", Some("Running"), &pod).unwrap());
        assert!(!json_path("{.status.phase}", Some("Failed"), &pod).unwrap());
        assert!(json_path(".status.replicas", Some("3"), &pod).unwrap());
        assert!(json_path("{.status.phase}", None, &pod).unwrap());
        assert!(!json_path("{.status.nope}", None, &pod).unwrap());
        assert!(json_path("{.status}", Some("x"), &pod).is_err());
    }
}
