//! `kubectl create role` and `kubectl create clusterrole`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole}.go.

use crate::api::object::set;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::rules::{RoleArguments, RoleError, resources, unique, unique_or_all};
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, OUTPUT};
use serde_json::{Value, json};

const OWN_FLAGS: &[Flag] = &[
    Flag::slice("verb", "", "Verb that applies to the resources contained in the rule"),
    Flag::slice("resource", "", "Resource that the rule applies to"),
    Flag::array(
        "resource-name",
        "",
        "Resource in the white list that the rule applies to, repeat this flag for multiple items",
    ),
];
const CLUSTER_FLAGS: &[Flag] = &[
    Flag::slice("non-resource-url", "", "A partial url that user should have access to."),
    Flag::text("aggregation-rule", "", "An aggregation label selector for combining ClusterRoles."),
];

/// `create role`.
pub const ROLE: Command = Command {
    name: "role",
    usage: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]",
    summary: "Create a role with single rule",
    examples: &[
        "kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods",
        "kubectl create role pod-reader --verb=get --resource=pods --resource-name=readablepod",
        "kubectl create role foo --verb=get,list,watch --resource=pods,pods/status",
    ],
    flags: &[OWN_FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run: run_role,
    ..Command::EMPTY
};

/// `create clusterrole`.
pub const CLUSTER_ROLE: Command = Command {
    name: "clusterrole",
    usage: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]",
    summary: "Create a cluster role",
    examples: &[
        "kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods",
        "kubectl create clusterrole \"foo\" --verb=get --non-resource-url=/logs/*",
        "kubectl create clusterrole monitoring --aggregation-rule=\"rbac.example.com/aggregate-to-monitoring=true\"",
    ],
    flags: &[OWN_FLAGS, CLUSTER_FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run: run_cluster_role,
    ..Command::EMPTY
};

fn run_role(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let arguments = arguments(context);
    let mut warnings = Vec::new();
    let checked = arguments.check_role(&resolve, &mut warnings);
    tell(context, warnings, checked)?;
    finish(context, role("Role", &name, arguments.rules(&resolve)), None)
}

fn run_cluster_role(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let mut arguments = arguments(context);
    arguments.urls = unique_or_all(&context.flags.list("non-resource-url"));
    if context.flags.is_set("aggregation-rule") {
        if ["verb", "resource", "resource-name", "non-resource-url"].iter().any(|flag| context.flags.is_set(flag)) {
            return Err(Failure::message(
                "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
            ));
        }
        let mut object = role("ClusterRole", &name, Vec::new());
        set(&mut object, &["rules"], Value::Null);
        set(&mut object, &["aggregationRule"], aggregation(context.flags.text("aggregation-rule"))?);
        return finish(context, object, None);
    }
    let mut warnings = Vec::new();
    let checked = arguments.check_cluster_role(&resolve, &mut warnings);
    tell(context, warnings, checked)?;
    finish(context, role("ClusterRole", &name, arguments.rules(&resolve)), None)
}

fn role(kind: &str, name: &str, rules: Vec<Value>) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "rules": rules})
}

fn aggregation(text: &str) -> Result<Value, Failure> {
    let mut labels = serde_json::Map::new();
    for pair in text.split(',') {
        match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => labels.insert(key.to_owned(), json!(value)),
            _ => return Err(Failure::message(format!("{pair} must be formatted as key=value"))),
        };
    }
    Ok(json!({"clusterRoleSelectors": [{"matchLabels": labels}]}))
}

fn arguments(context: &Context<'_>) -> RoleArguments {
    RoleArguments {
        verbs: unique_or_all(&context.flags.list("verb")),
        resources: resources(&context.flags.list("resource")),
        resource_names: unique(&context.flags.list("resource-name")),
        urls: Vec::new(),
    }
}

fn resolve(name: &str, group: &str) -> Option<(String, String)> {
    let word = if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") };
    let kind = crate::kubectl::resources::find_kind(&word)?;
    Some((kind.plural.clone(), kind.group.clone()))
}

fn tell(context: &mut Context<'_>, warnings: Vec<String>, checked: Result<(), RoleError>) -> Result<(), Failure> {
    for warning in warnings {
        context.complain(warning);
    }
    checked.map_err(|error| match error {
        RoleError::Text(text) => Failure::message(text),
        RoleError::NoSuchResource(name, group) if group.is_empty() => {
            Failure::Plain(format!("the server doesn't have a resource type \"{name}\""))
        }
        RoleError::NoSuchResource(name, group) => {
            Failure::Plain(format!("the server doesn't have a resource type \"{name}\" in group \"{group}\""))
        }
    })
}
