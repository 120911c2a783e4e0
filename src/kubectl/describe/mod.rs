//! `kubectl describe`: one file a kind.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{cmd/describe/describe.go,describe/describe.go}.

pub mod bindings;
pub mod configmap;
pub mod containers;
pub mod deployment;
pub mod events;
pub mod generic;
pub mod namespace;
pub mod node;
pub mod page;
pub mod pod;
pub mod replicaset;
pub mod roles;
pub mod secret;
pub mod service;
pub mod serviceaccount;
pub mod volumes;

use crate::api::kinds::Kind;
use crate::api::object::{self, Object};
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{FILES, SELECTOR};
use crate::kubectl::resources::{self, Fetched, Selection};
use page::Page;

/// `kubectl describe`.
pub const COMMAND: Command = Command {
    name: "describe",
    usage: "(TYPE [NAME_PREFIX | -l label] | TYPE/NAME | -f FILE)",
    summary: "Show an object's details and its events, for people to read",
    examples: &["kubectl describe sa build", "kubectl describe pod my-pod", "kubectl describe pods -l app=web"],
    flags: &[
        &[
            Flag::boolean("all-namespaces", "A", "In every namespace"),
            Flag::integer("chunk-size", "", "How many objects to ask for at once").or("500"),
            Flag::boolean("show-events", "", "Show events; by default only for a single object").or("true"),
        ],
        FILES,
        SELECTOR,
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let selection = Selection::from(context).with_lists();
    let arguments = context.arguments().to_vec();
    if arguments.is_empty() && selection.files.is_empty() {
        return Err(Failure::message(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    }
    let targets = resources::targets(context, &selection, &arguments)?;
    let (found, failures) = resources::fetch(context, &selection, &targets);
    let unknown_name = arguments.len() == 2 && failures.iter().any(Failure::is_not_found);
    if let Some(target) = targets.first().filter(|_| unknown_name)
        && by_prefix(context, target.kind, &target.namespace, &target.name)?
    {
        return Ok(());
    }
    let exact = targets.len() == 1 && targets.iter().all(|target| !target.name.is_empty());
    let events = if context.flags.is_set("show-events") { context.flags.boolean("show-events") } else { exact };
    let mut failures = failures;
    let mut first = true;
    for one in &found {
        match describe(context, one, events) {
            Ok(text) => {
                let text = if first { text } else { format!("\n\n{text}") };
                first = false;
                context.print(text);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if found.is_empty() && failures.is_empty() {
        let namespaced = targets.iter().any(|target| target.kind.namespaced);
        let text = if namespaced && !selection.all_namespaces {
            format!("No resources found in {} namespace.\n", context.namespace()?)
        } else {
            "No resources found\n".to_owned()
        };
        context.complain(text);
    }
    Failure::collect(failures)
}

/// A name that does not exist may be the beginning of names that do.
fn by_prefix(context: &mut Context, kind: &'static Kind, namespace: &str, prefix: &str) -> Result<bool, Failure> {
    let Ok(list) = context.list(kind, namespace, "", "") else { return Ok(false) };
    let mut any = false;
    for item in object::list(&list, &["items"]) {
        if !object::name(item).starts_with(prefix) {
            continue;
        }
        any = true;
        let one = Fetched {
            kind,
            namespace: object::namespace(item).to_owned(),
            name: object::name(item).to_owned(),
            object: item.clone(),
            source: String::new(),
        };
        let events = context.flags.is_set("show-events") && context.flags.boolean("show-events");
        let text = describe(context, &one, events)?;
        context.print(text + "\n");
    }
    Ok(any)
}

/// The page about one object; it is fetched again, by its type.
fn describe(context: &mut Context, one: &Fetched, show_events: bool) -> Result<String, Failure> {
    let object = context.get(one.kind, &one.namespace, &one.name)?;
    let mut page = Page::new(context.host.client().now());
    match one.kind.resource().as_str() {
        "serviceaccounts" => serviceaccount::describe(context, &mut page, &object),
        "secrets" => secret::describe(&mut page, &object),
        "configmaps" => configmap::describe(&mut page, &object),
        "namespaces" => namespace::describe(&mut page, &object),
        "pods" => pod::describe(&mut page, &object),
        "services" => service::describe(&mut page, &object),
        "nodes" => node::describe(context, &mut page, &object),
        "deployments.apps" => deployment::describe(context, &mut page, &object),
        "replicasets.apps" => replicaset::describe(context, &mut page, &object),
        "roles.rbac.authorization.k8s.io" | "clusterroles.rbac.authorization.k8s.io" => {
            roles::describe(&mut page, &object);
        }
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io" => {
            bindings::describe(&mut page, &object);
        }
        _ => generic::describe(&mut page, &object),
    }
    if show_events && has_events(one.kind) {
        events::describe(context, &mut page, &object);
    }
    Ok(page.finish())
}

/// Some kinds' pages never end with events.
fn has_events(kind: &Kind) -> bool {
    kind.group != "rbac.authorization.k8s.io" && !["secrets", "namespaces"].contains(&kind.plural.as_str())
}

/// `metadata.name`, `metadata.namespace`, labels and annotations, as most pages begin.
fn heading(page: &mut Page, object: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(object)));
    page.line(0, &format!("Namespace:\t{}", object::namespace(object)));
    page.labels("Labels:", object::at(object, &["metadata", "labels"]));
    page.annotations("Annotations:", object::at(object, &["metadata", "annotations"]));
}

#[cfg(test)]
mod tests;
