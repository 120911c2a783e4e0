//! NamespaceLifecycle: nothing is created in a namespace that is not there or is going away, and three namespaces
//! stay.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.

use crate::api::object::{Object, deletion_timestamp, text};
use crate::api::status::{Cause, Status};
use crate::cluster::admission::{Attributes, Context, Operation};

/// The namespaces that may not be deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Everything in namespaces, and the deletion of namespaces. Access reviews may ask about namespaces that are not there.
pub fn handles(attributes: &Attributes<'_>) -> bool {
    match attributes.operation {
        Operation::Delete => attributes.is("namespaces"),
        _ => {
            !attributes.namespace.is_empty()
                && attributes.resource().0 != "namespaces"
                && attributes.kind.group != "authorization.k8s.io"
        }
    }
}

/// Refuses, or lets pass.
///
/// # Errors
/// 404 for a missing namespace, 403 for one that is going away or may not go.
pub fn check(object: &Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    if attributes.operation == Operation::Delete {
        if IMMORTAL.contains(&attributes.name) {
            return Err(attributes.forbidden(object, "this namespace may not be deleted"));
        }
        return Ok(());
    }
    let name = attributes.namespace;
    let Some(namespace) = context.reader.get("namespaces", "", name) else {
        return Err(Status::not_found("", "namespaces", name));
    };
    let terminating =
        deletion_timestamp(&namespace).is_some() || text(&namespace, &["status", "phase"]) == "Terminating";
    if attributes.operation != Operation::Create || !terminating {
        return Ok(());
    }
    let cause = format!("unable to create new content in namespace {name} because it is being terminated");
    let mut status = attributes.forbidden(object, &cause);
    if let Some(details) = &mut status.details {
        details.causes.push(Cause {
            reason: "NamespaceTerminating".to_owned(),
            message: format!("namespace {name} is being terminated"),
            field: "metadata.namespace".to_owned(),
        });
    }
    Err(status)
}
