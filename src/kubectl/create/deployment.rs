//! `kubectl create deployment`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_deployment.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument, workload};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, OUTPUT};

const OWN_FLAGS: &[Flag] = &[
    Flag::slice("image", "", "Image names to run. A deployment can have multiple images set for multi-container pod."),
    Flag::integer("port", "", "The containerPort that this deployment exposes.").or("-1"),
    Flag::integer("replicas", "r", "Number of replicas to create. Default is 1.").or("1"),
];

/// The command.
pub const COMMAND: Command = Command {
    name: "deployment",
    aliases: &["deploy"],
    usage: "NAME --image=image -- [COMMAND] [args...]",
    summary: "Create a deployment with the specified name",
    examples: &[
        "kubectl create deployment my-dep --image=busybox",
        "kubectl create deployment my-dep --image=nginx --replicas=3",
        "kubectl create deployment my-dep --image=busybox -- date",
    ],
    flags: &[OWN_FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let flags = &context.flags;
    if !flags.is_set("image") {
        return Err(Failure::message("required flag(s) \"image\" not set"));
    }
    let images = flags.list("image");
    let command: Vec<String> = match flags.dash {
        Some(position) => flags.arguments.get(position..).unwrap_or_default().to_vec(),
        None => Vec::new(),
    };
    let (replicas, port) = (flags.integer("replicas"), flags.integer("port"));
    let name = name_argument(context)?;
    if images.len() > 1 && !command.is_empty() {
        return Err(Failure::message("cannot specify multiple --image options and command"));
    }
    let port = (port >= 0).then_some(port);
    let object = workload::deployment(&name, &images, replicas, port, &command);
    finish(context, object, Some("failed to create deployment"))
}
