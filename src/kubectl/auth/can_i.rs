//! `kubectl auth can-i`, one question or `--list`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/auth/cani.go.

use crate::api::kinds::{self, Kind};
use crate::api::object::{at, boolean, set, text};
use crate::api::request::{Method, Request};
use crate::kubectl::auth::rules;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::printers::tabwriter;
use crate::kubectl::resources;
use serde_json::{Value, json};

const VERBS: [&str; 16] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
];
const URL_VERBS: [&str; 8] = ["get", "put", "post", "head", "options", "delete", "patch", "*"];

const GROUP: &str = "authorization.k8s.io";

/// The command.
pub const COMMAND: Command = Command {
    name: "can-i",
    usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
    summary: "Check whether an action is allowed",
    examples: &[
        "kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod",
        "kubectl auth can-i get pods --subresource=log",
        "kubectl auth can-i --list",
    ],
    flags: &[&[
        Flag::boolean("all-namespaces", "A", "If true, check the specified action in all namespaces."),
        Flag::boolean("list", "", "If true, prints all allowed actions."),
        Flag::boolean("no-headers", "", "If true, prints allowed actions without headers"),
        Flag::boolean("quiet", "q", "If true, suppress output and just return the exit code."),
        Flag::text("subresource", "", "SubResource such as pod/log or deployment/scale"),
    ]],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    if context.flags.boolean("list") {
        return list(context);
    }
    let [verb, what] = context.arguments() else {
        return Err(Failure::message(
            "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' \
             for help and examples.",
        ));
    };
    let (verb, what) = (verb.clone(), what.clone());
    let spec = if what.starts_with('/') { url(context, &verb, &what)? } else { resource(context, &verb, &what)? };
    if context.flags.boolean("no-headers") {
        return Err(Failure::message("--no-headers cannot be set without --list specified"));
    }
    let status = review(context, "selfsubjectaccessreviews", "SelfSubjectAccessReview", spec)?;
    let allowed = boolean(&status, &["allowed"]).unwrap_or(false);
    if !context.flags.boolean("quiet") {
        context.print(answer(&status));
    }
    if allowed { Ok(()) } else { Err(Failure::Exit(1)) }
}

/// `yes`, or `no` with why.
fn answer(status: &Value) -> String {
    if boolean(status, &["allowed"]) == Some(true) {
        return "yes\n".to_owned();
    }
    let mut line = "no".to_owned();
    for key in ["reason", "evaluationError"] {
        let why = text(status, &[key]);
        if !why.is_empty() {
            line.push_str(" - ");
            line.push_str(why);
        }
    }
    line + "\n"
}

fn url(context: &mut Context<'_>, verb: &str, path: &str) -> Result<Value, Failure> {
    if !context.flags.text("subresource").is_empty() {
        return Err(Failure::message("--subresource can not be used with NonResourceURL"));
    }
    if !URL_VERBS.contains(&verb) {
        warn(context, &format!("verb '{verb}' is not a known verb"));
    }
    Ok(json!({"nonResourceAttributes": {"path": path, "verb": verb}}))
}

fn resource(context: &mut Context<'_>, verb: &str, what: &str) -> Result<Value, Failure> {
    let (word, name) = what.split_once('/').unwrap_or((what, ""));
    let kind = if word == "*" { None } else { find(context, word) };
    let everywhere = context.flags.boolean("all-namespaces");
    if let (Some(kind), false) = (kind, everywhere)
        && !kind.namespaced
    {
        let group = if kind.group.is_empty() { String::new() } else { format!(" in group '{}'", kind.group) };
        warn(context, &format!("resource '{}' is not namespace scoped{group}", kind.plural));
    }
    if !everywhere && !VERBS.contains(&verb) {
        warn(context, &format!("verb '{verb}' is not a known verb"));
    }
    let namespace = if everywhere { String::new() } else { context.namespace()? };
    let (plural, group) = kind.map_or((word, ""), |kind| (kind.plural.as_str(), kind.group.as_str()));
    let mut attributes = json!({"resource": plural, "verb": verb});
    let subresource = context.flags.text("subresource");
    for (key, value) in
        [("namespace", namespace.as_str()), ("group", group), ("subresource", subresource), ("name", name)]
    {
        if !value.is_empty() {
            set(&mut attributes, &[key], json!(value));
        }
    }
    Ok(json!({"resourceAttributes": attributes}))
}

/// The type, or a warning that there is none; users and groups exist only to be impersonated.
fn find(context: &mut Context<'_>, word: &str) -> Option<&'static Kind> {
    let found = resources::find_kind(&word.to_lowercase());
    if found.is_none() && !["users", "groups"].contains(&word) {
        let (name, group) = word.split_once('.').unwrap_or((word, ""));
        let group = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
        warn(context, &format!("the server doesn't have a resource type '{name}'{group}"));
    }
    found
}

fn warn(context: &mut Context<'_>, text: &str) {
    context.complain(format!("Warning: {text}\n\n"));
}

fn review(context: &mut Context<'_>, plural: &str, kind: &str, spec: Value) -> Result<Value, Failure> {
    let path = kinds::by_plural(GROUP, plural).map(|kind| kind.path("")).unwrap_or_default();
    let body = json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": {}, "spec": spec, "status": {}});
    let answer = context.request(Request::new(Method::Post, path).json(body))?;
    Ok(at(&answer, &["status"]).clone())
}

fn list(context: &mut Context<'_>) -> Result<(), Failure> {
    if !context.arguments().is_empty() {
        return Err(Failure::message("list option must be specified with no arguments"));
    }
    let flags = &context.flags;
    if flags.boolean("quiet") || flags.boolean("all-namespaces") || !flags.text("subresource").is_empty() {
        let text = "list option can't be specified with neither quiet, all-namespaces nor subresource options";
        return Err(Failure::message(text));
    }
    let spec = json!({"namespace": context.namespace()?});
    let status = review(context, "selfsubjectrulesreviews", "SelfSubjectRulesReview", spec)?;
    if boolean(&status, &["incomplete"]) == Some(true) {
        let why = text(&status, &["evaluationError"]).to_owned();
        context.warn_once(&format!("the list may be incomplete: {why}"));
    }
    let mut table = String::new();
    if !context.flags.boolean("no-headers") {
        table.push_str("Resources\tNon-Resource URLs\tResource Names\tVerbs\n");
    }
    for rule in rules::rows(&status) {
        table.push_str(&rule.cells().join("\t"));
        table.push('\n');
    }
    context.print(tabwriter::align(&table, tabwriter::GET));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_not() {
        assert_eq!(answer(&json!({"allowed": true, "reason": "because"})), "yes\n");
        assert_eq!(answer(&json!({"allowed": false})), "no\n");
        assert_eq!(answer(&json!({"allowed": false, "reason": "a", "evaluationError": "b"})), "no - a - b\n");
    }
}
