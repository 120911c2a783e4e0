//! `kubectl create rolebinding` and `kubectl create clusterrolebinding`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_{rolebinding,clusterrolebinding}.go.

use crate::api::object::set;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::subjects::{role_ref, subjects};
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, OUTPUT};
use serde_json::{Value, json};

const SUBJECT_FLAGS: &[Flag] = &[
    Flag::text("clusterrole", "", "ClusterRole this binding should reference"),
    Flag::array("user", "", "Usernames to bind to the role. The flag can be repeated to add multiple users."),
    Flag::array("group", "", "Groups to bind to the role. The flag can be repeated to add multiple groups."),
    Flag::array(
        "serviceaccount",
        "",
        "Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.",
    ),
];
const ROLE_FLAG: &[Flag] = &[Flag::text("role", "", "Role this RoleBinding should reference")];

/// `create rolebinding`.
pub const ROLE_BINDING: Command = Command {
    name: "rolebinding",
    usage: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
    summary: "Create a role binding for a particular role or cluster role",
    examples: &[
        "kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1",
        "kubectl create rolebinding admin-binding --role=admin --serviceaccount=monitoring:sa-dev",
    ],
    flags: &[SUBJECT_FLAGS, ROLE_FLAG, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run: run_role_binding,
    ..Command::EMPTY
};

/// `create clusterrolebinding`.
pub const CLUSTER_ROLE_BINDING: Command = Command {
    name: "clusterrolebinding",
    usage: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
    summary: "Create a cluster role binding for a particular cluster role",
    examples: &[
        "kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --group=group1",
    ],
    flags: &[SUBJECT_FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run: run_cluster_role_binding,
    ..Command::EMPTY
};

fn run_role_binding(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let (cluster_role, role) = (context.flags.text("clusterrole"), context.flags.text("role"));
    if cluster_role.is_empty() == role.is_empty() {
        return Err(Failure::message("exactly one of clusterrole or role must be specified"));
    }
    let reference = if role.is_empty() { role_ref("ClusterRole", cluster_role) } else { role_ref("Role", role) };
    let object = binding(context, "RoleBinding", &name, reference)?;
    finish(context, object, Some("failed to create rolebinding"))
}

fn run_cluster_role_binding(context: &mut Context<'_>) -> Result<(), Failure> {
    if !context.flags.is_set("clusterrole") {
        return Err(Failure::message("required flag(s) \"clusterrole\" not set"));
    }
    let name = name_argument(context)?;
    let reference = role_ref("ClusterRole", context.flags.text("clusterrole"));
    let object = binding(context, "ClusterRoleBinding", &name, reference)?;
    finish(context, object, Some("failed to create clusterrolebinding"))
}

fn binding(context: &Context<'_>, kind: &str, name: &str, reference: Value) -> Result<Value, Failure> {
    let flags = &context.flags;
    let subjects =
        subjects(&flags.list("user"), &flags.list("group"), &flags.list("serviceaccount")).map_err(Failure::message)?;
    let mut object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "roleRef": reference,
    });
    if !subjects.is_empty() {
        set(&mut object, &["subjects"], json!(subjects));
    }
    Ok(object)
}
