//! Deleting one object and waiting until it is gone: for `delete`, `replace --force`, `apply --force` and `run --rm`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go and pkg/cmd/wait/delete.go.

use crate::api::kinds::Kind;
use crate::api::object::{Object, resource_version, text, uid};
use crate::api::release::{Change, Version};
use crate::api::request::{Body, Method, Request, Watch};
use crate::api::time::Timestamp;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::patience;
use serde_json::json;

/// How to delete.
#[derive(Clone, Debug)]
pub struct How {
    /// Seconds to leave a pod; negative leaves it to the pod.
    pub grace_period_seconds: i64,
    /// `Background`, `Foreground` or `Orphan`.
    pub propagation: &'static str,
    /// Whether the server keeps the object.
    pub server_dry_run: bool,
}

/// DELETEs an object; the answer is its UID, empty if the server did not say.
///
/// # Errors
/// What the server says.
pub fn delete(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    name: &str,
    how: &How,
) -> Result<String, Failure> {
    let mut options = json!({"propagationPolicy": how.propagation});
    if how.grace_period_seconds >= 0 {
        crate::api::object::set(&mut options, &["gracePeriodSeconds"], json!(how.grace_period_seconds));
    }
    if how.server_dry_run {
        crate::api::object::set(&mut options, &["dryRun"], json!(["All"]));
    }
    let mut request = Request::new(Method::Delete, object_path(kind, namespace, name)?);
    if how.server_dry_run {
        request = request.query("dryRun", "All");
    }
    let answer = context.request(request.json(options))?;
    let of_status = text(&answer, &["details", "uid"]);
    Ok(if crate::api::object::kind(&answer) == "Status" { of_status } else { uid(&answer) }.to_owned())
}

/// Waits until the object with that UID is gone; an empty UID means any object of that name. Somebody who may not
/// look does not wait.
///
/// # Errors
/// The time is up.
pub fn wait_until_gone(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    name: &str,
    with_uid: &str,
    deadline: Timestamp,
) -> Result<(), Failure> {
    let object = match context.get(kind, namespace, name) {
        Ok(object) => object,
        Err(Failure::Status(status)) if matches!(status.code, 403..=405) => return Ok(()),
        Err(failure) => return Err(failure),
    };
    if !with_uid.is_empty() && uid(&object) != with_uid {
        return Ok(());
    }
    let Some(mut watch) = watch_one(context, kind, namespace, &object)? else { return Ok(()) };
    loop {
        let events = patience::next_events(context, &mut watch, deadline)?;
        if events.is_empty() {
            return Err(timed_out(kind, name));
        }
        if events.iter().any(|event| event.kind == "DELETED") {
            return Ok(());
        }
    }
}

/// `timed out waiting for the condition on pods/p`.
pub fn timed_out(kind: &Kind, name: &str) -> Failure {
    Failure::message(format!("timed out waiting for the condition on {}/{name}", kind.plural))
}

/// Opens a watch on one object from the version at hand on; none for somebody who may not watch.
///
/// # Errors
/// What the server says besides that.
pub fn watch_one(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    object: &Object,
) -> Result<Option<Watch>, Failure> {
    let request = Request::get(kind.path(namespace))
        .query("allowWatchBookmarks", "true")
        .query("fieldSelector", format!("metadata.name={}", crate::api::object::name(object)))
        .query("resourceVersion", resource_version(object))
        .query("watch", "true");
    let response = context.send(request)?;
    match response.body {
        Body::Watch(watch) => Ok(Some(watch)),
        _ if matches!(response.code, 403 | 405) => Ok(None),
        _ => Err(Failure::Status(response.failure())),
    }
}

/// Deletes an object, waits for the end of it and makes it anew: what `--force` does with fields that never change.
///
/// # Errors
/// What the server says, or five minutes have passed.
pub fn delete_and_wait(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    name: &str,
    how: &How,
) -> Result<(), Failure> {
    let deleted = delete(context, kind, namespace, name, how)?;
    let deadline = context.host.client().now().after(std::time::Duration::from_secs(300));
    wait_until_gone(context, kind, namespace, name, &deleted, deadline)
}

/// Reads `--cascade`.
///
/// # Errors
/// A value that is none of the known ones.
pub fn propagation(text: &str) -> Result<&'static str, Failure> {
    match text {
        "background" | "true" => Ok("Background"),
        "foreground" => Ok("Foreground"),
        "orphan" | "false" => Ok("Orphan"),
        other => Err(Failure::message(format!(
            "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
        ))),
    }
}

/// `serviceaccount "x" deleted from default namespace`, without the suffix of a dry run. The namespace: #126619.
pub fn sentence(version: Version, kind: &Kind, namespace: &str, name: &str, operation: &str) -> String {
    let place = if kind.namespaced && version.has(Change::DeletedFrom) {
        format!(" from {namespace} namespace")
    } else {
        String::new()
    };
    format!("{} \"{name}\" {operation}{place}", kind.qualified_singular())
}
