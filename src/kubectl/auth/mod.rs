//! `kubectl auth`: may I, what may I, who am I.

pub mod can_i;
pub mod identity;
pub mod rules;
pub mod whoami;

use crate::kubectl::command::Command;
use crate::kubectl::errors::Failure;

/// The group.
pub const COMMAND: Command = Command {
    name: "auth",
    summary: "Inspect authorization",
    children: &[&can_i::COMMAND, &RECONCILE, &whoami::COMMAND],
    ..Command::EMPTY
};

const RECONCILE: Command = Command {
    name: "reconcile",
    summary: "Reconcile rules for RBAC role, role binding, cluster role, and cluster role binding objects (not simulated)",
    run: |_| Err(Failure::message("not simulated: kubectl auth reconcile; nearest: kubectl apply")),
    ..Command::EMPTY
};
