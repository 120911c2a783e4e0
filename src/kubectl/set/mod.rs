//! `kubectl set`: one field of a pod template.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/set. Left out: `env`, `resources`, `selector`, `subject`.

pub mod image;
pub mod serviceaccount;

use crate::kubectl::command::Command;
use crate::kubectl::errors::Failure;
use crate::kubectl::resources::Fetched;

/// The group.
pub const COMMAND: Command = Command {
    name: "set",
    summary: "Set specific features on objects",
    children: &[&ENV, &image::COMMAND, &RESOURCES, &SELECTOR, &serviceaccount::COMMAND, &SUBJECT],
    ..Command::EMPTY
};

macro_rules! left_out {
    ($constant:ident, $name:literal, $summary:literal, $nearest:literal) => {
        const $constant: Command = Command {
            name: $name,
            summary: concat!($summary, " (not simulated)"),
            run: |_| Err(Failure::message(concat!("not simulated: kubectl set ", $name, "; nearest: ", $nearest))),
            ..Command::EMPTY
        };
    };
}

left_out!(ENV, "env", "Update environment variables on a pod template", "kubectl edit");
left_out!(RESOURCES, "resources", "Update resource requests/limits on objects with pod templates", "kubectl edit");
left_out!(SELECTOR, "selector", "Set the selector on a resource", "kubectl edit");
left_out!(
    SUBJECT,
    "subject",
    "Update the user, group, or service account in a role binding",
    "kubectl create rolebinding"
);

/// Where an object keeps its pod's spec: in itself, or in its template.
///
/// # Errors
/// It has none.
pub fn pod_spec_path(fetched: &Fetched) -> Result<&'static [&'static str], String> {
    match (fetched.kind.group.as_str(), fetched.kind.plural.as_str()) {
        ("", "pods") => Ok(&["spec"]),
        ("apps", "deployments" | "replicasets" | "daemonsets" | "statefulsets") => Ok(&["spec", "template", "spec"]),
        _ => Err(format!(
            "error: {}/{} the object is not a pod or does not have a pod template: *{}.{}\n",
            fetched.kind.plural, fetched.name, fetched.kind.version, fetched.kind.kind
        )),
    }
}
