//! `kubectl create namespace`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_namespace.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument};
use crate::kubectl::errors::Failure;
use crate::kubectl::options::{DRY_RUN, OUTPUT};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "namespace",
    aliases: &["ns"],
    usage: "NAME [--dry-run=server|client|none]",
    summary: "Create a namespace with the specified name",
    examples: &["kubectl create namespace my-namespace"],
    flags: &[OUTPUT, DRY_RUN, CREATE_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}, "status": {}});
    finish(context, object, None)
}
