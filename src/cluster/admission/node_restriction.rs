//! NodeRestriction: a kubelet may ask for tokens of its own pods only, and write only what is its own.
//!
//! Follows plugin/pkg/admission/noderestriction/admission.go. Left out: labels and taints of nodes, evictions,
//! leases, CSI, what mirror pods may refer to beyond the ServiceAccount plugin's rules.

use crate::api::go::quote;
use crate::api::object::{Object, Pod, annotation, strings, text, uid};
use crate::api::status::Status;
use crate::cluster::admission::service_account::MIRROR_ANNOTATION;
use crate::cluster::admission::{Attributes, Context, Operation};
use crate::cluster::authz::node::node_name;
use crate::cluster::authz::{Attributes as Question, authorize};
use crate::cluster::pod_references::token_sources;

/// Whatever a kubelet does to pods, nodes and tokens.
pub fn handles(attributes: &Attributes<'_>) -> bool {
    node_name(attributes.user).is_some()
        && attributes.kind.group.is_empty()
        && matches!(attributes.resource(), ("pods" | "nodes", "" | "status") | ("serviceaccounts", "token"))
}

/// Refuses, or lets pass.
///
/// # Errors
/// 403 for what is not the node's own; 404 if the pod of a token is gone.
pub fn check(object: &Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    let Some(node) = node_name(attributes.user) else { return Ok(()) };
    let cause = match attributes.resource().0 {
        "pods" => pod(object, attributes, node),
        "nodes" => own_node(object, attributes, node),
        _ => return token(object, attributes, node, context),
    };
    cause.map_or(Ok(()), |cause| Err(attributes.forbidden(object, &cause)))
}

fn pod(object: &Object, attributes: &Attributes<'_>, node: &str) -> Option<String> {
    let quoted = quote(node);
    let on_node = attributes.old.is_some_and(|pod| Pod(pod).node_name() == node);
    let (_, subresource) = attributes.resource();
    match (attributes.operation, subresource) {
        (Operation::Create, "") if annotation(object, MIRROR_ANNOTATION).is_none() => Some(format!(
            "pod does not have {} annotation, node {quoted} can only create mirror pods",
            quote(MIRROR_ANNOTATION)
        )),
        (Operation::Create, "") if Pod(object).node_name() != node => {
            Some(format!("node {quoted} can only create pods with spec.nodeName set to itself"))
        }
        (Operation::Delete, "") if !on_node => {
            Some(format!("node {quoted} can only delete pods with spec.nodeName set to itself"))
        }
        (Operation::Update, "status") if !on_node => {
            Some(format!("node {quoted} can only update pod status for pods with spec.nodeName set to itself"))
        }
        (Operation::Update, "") => {
            Some(format!("unexpected operation \"UPDATE\", node {quoted} can only create and delete mirror pods"))
        }
        _ => None,
    }
}

fn own_node(object: &Object, attributes: &Attributes<'_>, node: &str) -> Option<String> {
    let name = if attributes.name.is_empty() { crate::api::object::name(object) } else { attributes.name };
    (name != node).then(|| format!("node {} is not allowed to modify node {}", quote(node), quote(name)))
}

/// A TokenRequest must be bound to a pod of the node, for an audience that the pod's volumes name.
fn token(request: &Object, attributes: &Attributes<'_>, node: &str, context: &Context<'_>) -> Result<(), Status> {
    let reference = |field: &str| text(request, &["spec", "boundObjectRef", field]);
    let refuse = |cause: &str| Err(attributes.forbidden(request, cause));
    if reference("kind") != "Pod" || reference("apiVersion") != "v1" || reference("name").is_empty() {
        return refuse("node requested token not bound to a pod");
    }
    let wanted_uid = reference("uid");
    if wanted_uid.is_empty() {
        return refuse("node requested token with a pod binding without a uid");
    }
    let Some(pod) = context.reader.get("pods", attributes.namespace, reference("name")) else {
        return Err(Status::not_found("", "pod", reference("name")));
    };
    if wanted_uid != uid(&pod) {
        return refuse(&format!(
            "the UID in the bound object reference ({wanted_uid}) does not match the UID in record. The object might have been deleted and then recreated"
        ));
    }
    if Pod(&pod).node_name() != node {
        return refuse("node requested token bound to a pod scheduled on a different node");
    }
    let audience = match strings(request, &["spec", "audiences"]).as_slice() {
        [] => "",
        [one] => one,
        _ => return refuse("node may only request 0 or 1 audiences"),
    };
    if token_sources(&pod).any(|source| text(source, &["audience"]) == audience)
        || may_ask(audience, attributes, context)
    {
        return Ok(());
    }
    refuse(&format!(
        "audience {} not found in pod spec volume, {} is not authorized to request tokens for this audience",
        quote(audience),
        attributes.user.username
    ))
}

/// RBAC can allow a node other audiences, with a verb of its own.
fn may_ask(audience: &str, attributes: &Attributes<'_>, context: &Context<'_>) -> bool {
    let question = Question {
        user: attributes.user.clone(),
        verb: "request-serviceaccounts-token-audience".to_owned(),
        resource: audience.to_owned(),
        namespace: attributes.namespace.to_owned(),
        name: attributes.name.to_owned(),
        ..Question::default()
    };
    !audience.is_empty() && authorize(&question, context.reader).allowed
}
