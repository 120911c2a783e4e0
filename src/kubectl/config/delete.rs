//! `config delete-context`, `delete-cluster`, `delete-user`.

use crate::kubectl::command::Command;
use crate::kubectl::config::{load, one_argument};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;

/// `kubectl config delete-context`.
pub const CONTEXT: Command = Command {
    name: "delete-context",
    usage: "NAME",
    summary: "Remove a context",
    run: |context| remove(context, "contexts", "context"),
    ..Command::EMPTY
};

/// `kubectl config delete-cluster`.
pub const CLUSTER: Command = Command {
    name: "delete-cluster",
    usage: "NAME",
    summary: "Remove a cluster",
    run: |context| remove(context, "clusters", "cluster"),
    ..Command::EMPTY
};

/// `kubectl config delete-user`.
pub const USER: Command = Command {
    name: "delete-user",
    usage: "NAME",
    summary: "Remove a user",
    run: |context| remove(context, "users", "user"),
    ..Command::EMPTY
};

fn remove(context: &mut Context, section: &str, what: &str) -> Result<(), Failure> {
    let name = one_argument(context)?;
    let mut config = load(context)?;
    let path = config.path.clone();
    if !config.remove(section, &name) {
        return Err(Failure::message(format!("cannot delete {what} {name}, not in {path}")));
    }
    if section == "contexts" && config.current_context() == name {
        context.complain(
            "warning: this removed your active context, use \"kubectl config use-context\" to select a different \
             one\n",
        );
    }
    config.save(context.host)?;
    context.print(format!("deleted {what} {name} from {path}\n"));
    Ok(())
}
