//! `kubectl config`: looking at the kubeconfig and changing it.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/config.

pub mod contexts;
pub mod delete;
pub mod property;
pub mod set_entry;
pub mod view;

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::kubeconfig::Kubeconfig;

/// `kubectl config`.
pub const COMMAND: Command = Command {
    name: "config",
    usage: "SUBCOMMAND",
    summary: "Look at and change the kubeconfig: clusters, users, contexts",
    examples: &[
        "kubectl config get-contexts",
        "kubectl config set-credentials robot --token=$TOKEN",
        "kubectl config set-context robot --cluster=kubernetes --user=robot",
        "kubectl config use-context robot",
    ],
    children: &[
        &contexts::CURRENT,
        &delete::CLUSTER,
        &delete::CONTEXT,
        &delete::USER,
        &contexts::GET_CLUSTERS,
        &contexts::GET_CONTEXTS,
        &contexts::GET_USERS,
        &contexts::RENAME,
        &property::SET,
        &set_entry::CLUSTER,
        &set_entry::CONTEXT,
        &set_entry::CREDENTIALS,
        &property::UNSET,
        &contexts::USE,
        &view::COMMAND,
    ],
    ..Command::EMPTY
};

/// The kubeconfig that the command is about.
///
/// # Errors
/// As [`Kubeconfig::load`].
pub fn load(context: &Context) -> Result<Kubeconfig, Failure> {
    Kubeconfig::load(context.host, context.flags.text("kubeconfig"))
}

/// The one argument of a command that takes exactly one.
///
/// # Errors
/// Another number of arguments.
pub fn one_argument(context: &Context) -> Result<String, Failure> {
    match context.arguments() {
        [one] => Ok(one.clone()),
        _ => Err(unexpected(context)),
    }
}

/// `Unexpected args: [a b]`.
pub fn unexpected(context: &Context) -> Failure {
    Failure::usage(format!("Unexpected args: [{}]", context.arguments().join(" ")))
}

#[cfg(test)]
mod tests;
