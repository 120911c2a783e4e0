//! `kubectl create`: from a file, or one command for each kind that it knows by heart.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create.go.

pub mod binding;
pub mod configmap;
pub mod deployment;
pub mod file;
pub mod namespace;
pub mod role;
pub mod rules;
pub mod secret;
pub mod serviceaccount;
pub mod sources;
pub mod subjects;
pub mod token;
pub mod workload;

use crate::api::kinds;
use crate::api::object::{api_version, kind, set};
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::last_applied::with_struct_annotation;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::Order;
use crate::kubectl::writing::{self, Options, SAVE_CONFIG, Show, VALIDATE, field_manager};
use serde_json::{Value, json};

/// The flags of every `create` command besides `-o` and `--dry-run`.
pub const CREATE_FLAGS: &[Flag] = &[field_manager("kubectl-create"), SAVE_CONFIG, VALIDATE];

/// The command.
pub const COMMAND: Command = Command {
    name: "create",
    usage: "-f FILENAME",
    summary: "Create a resource from a file or from stdin",
    examples: &["kubectl create -f ./pod.json", "cat pod.json | kubectl create -f -"],
    flags: &[FILES, SELECTOR, OUTPUT, DRY_RUN, CREATE_FLAGS, file::FLAGS],
    children: &[
        &role::CLUSTER_ROLE,
        &binding::CLUSTER_ROLE_BINDING,
        &configmap::COMMAND,
        &CRON_JOB,
        &deployment::COMMAND,
        &INGRESS,
        &JOB,
        &namespace::COMMAND,
        &POD_DISRUPTION_BUDGET,
        &PRIORITY_CLASS,
        &QUOTA,
        &role::ROLE,
        &binding::ROLE_BINDING,
        &secret::COMMAND,
        &SERVICE,
        &serviceaccount::COMMAND,
        &token::COMMAND,
    ],
    run: file::run,
    ..Command::EMPTY
};

macro_rules! left_out {
    ($constant:ident, $name:literal, [$($alias:literal),*], $nearest:literal) => {
        const $constant: Command = Command {
            name: $name,
            aliases: &[$($alias),*],
            summary: concat!("Create a ", $name, " (not simulated)"),
            run: |_| Err(Failure::message(concat!("not simulated: kubectl create ", $name, "; nearest: ", $nearest))),
            ..Command::EMPTY
        };
    };
}

left_out!(CRON_JOB, "cronjob", ["cj"], "kubectl run");
left_out!(INGRESS, "ingress", ["ing"], "kubectl get services");
left_out!(JOB, "job", [], "kubectl run --restart=Never");
left_out!(POD_DISRUPTION_BUDGET, "poddisruptionbudget", ["pdb"], "kubectl create deployment");
left_out!(PRIORITY_CLASS, "priorityclass", ["pc"], "kubectl create deployment");
left_out!(QUOTA, "quota", ["resourcequota"], "kubectl create namespace");
left_out!(SERVICE, "service", ["svc"], "kubectl get services");

/// The one NAME that a `create` command takes; arguments after `--` are not counted.
///
/// # Errors
/// None, or more than one.
pub fn name_argument(context: &Context<'_>) -> Result<String, Failure> {
    let arguments = context.arguments();
    let count = context.flags.dash.unwrap_or(arguments.len());
    match arguments.first() {
        Some(name) if count == 1 => Ok(name.clone()),
        _ => Err(Failure::usage(format!("exactly one NAME is required, got {count}"))),
    }
}

/// Sends an object that the command has made, unless the run is dry, and prints it. A refusal is told as `WRAP: …`.
///
/// # Errors
/// Wrong flags, or what the server says.
pub fn finish(context: &mut Context<'_>, mut object: Value, wrap: Option<&str>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let Some(known) = kinds::by_kind(api_version(&object), kind(&object)) else {
        return Err(Failure::message(format!("no such kind: {}", kind(&object))));
    };
    let session = context.session()?;
    let namespace = if known.namespaced { session.namespace.clone() } else { String::new() };
    if session.namespace_given && known.namespaced {
        set(&mut object, &["metadata", "namespace"], json!(namespace));
    }
    if context.flags.boolean("save-config") {
        object = with_struct_annotation(&object);
    }
    if options.dry_run != DryRun::Client {
        object = writing::create(context, known, &namespace, &object, &options).map_err(|failure| match wrap {
            Some(prefix) => failure.wrap(prefix),
            None => failure,
        })?;
    }
    show.object(context, &object, "created")
}
