//! `watch`: opening one, and reading the events that followed.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/storage/etcd3/watcher.go: an object that enters a selection is added, one
//! that leaves it is deleted. A streamed list (`sendInitialEvents`) ends with a bookmark; others are left out.

use crate::api::kinds;
use crate::api::request::{Body, Request, Response, Watch, WatchEvent};
use crate::api::status::{FieldError, Status};
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::read::Selection;
use crate::cluster::apiserver::table::Form;
use crate::cluster::reader::Reader;
use crate::cluster::registry;
use crate::cluster::store::{ChangeKind, Logged};
use serde_json::{Value, json};
use std::rc::Rc;

impl ApiServer {
    /// Opens a watch. Without a version (or from 0) it begins with what is there, unless the client says otherwise.
    pub(super) fn open_watch(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        Selection::of(call, stored.strategy)?;
        check_options(call.request)?;
        let parameter = |name: &str| call.request.parameter(name).unwrap_or_default().to_owned();
        let version = parameter("resourceVersion");
        let mut resource_version = match version.as_str() {
            "" => 0,
            text => text.parse().map_err(|_| invalid_version(text))?,
        };
        let initial_events = call.flag("sendInitialEvents");
        if initial_events {
            resource_version = 0;
        } else if call.request.parameter("sendInitialEvents").is_some() && resource_version == 0 {
            resource_version = self.store.revision();
        }
        let mut field_selector = parameter("fieldSelector");
        if !call.info.name.is_empty() && !field_selector.contains("metadata.name=") {
            field_selector = format!("metadata.name={}", call.info.name);
        }
        let key = call.key(stored.kind);
        let watch = Watch {
            resource: key.resource,
            namespace: key.namespace,
            label_selector: parameter("labelSelector"),
            field_selector,
            resource_version,
            as_table: matches!(Form::of(call.request), Some(Form::Table { .. })),
            initial_events: initial_events && call.flag("allowWatchBookmarks"),
        };
        Ok(Response { code: 200, body: Body::Watch(watch), ..Response::default() })
    }

    /// The events of a watch since it was last polled; one `ERROR` if they are no longer known.
    pub fn poll(&self, watch: &mut Watch) -> Vec<WatchEvent> {
        let (Some(kind), Some(strategy)) =
            (kinds::by_resource(&watch.resource), registry::strategy_in(self.settings.kubernetes, &watch.resource))
        else {
            return Vec::new();
        };
        let Ok(selection) = Selection::read(&watch.label_selector, &watch.field_selector, strategy) else {
            return Vec::new();
        };
        let since = std::mem::replace(&mut watch.resource_version, self.store.revision());
        let events: Vec<(&'static str, Rc<Value>)> = if since == 0 {
            let there = self.store.list(&watch.resource, &watch.namespace);
            there.into_iter().filter(|object| selection.matches(object)).map(|object| ("ADDED", object)).collect()
        } else {
            let Some(changes) = self.store.changes_since(since) else {
                let message = format!("too old resource version: {since} ({})", self.store.revision());
                let status = Status::other(410, "Expired", message);
                return vec![WatchEvent { kind: "ERROR", object: Rc::new(status.to_value()) }];
            };
            changes.iter().filter_map(|logged| event(logged, watch, &selection)).collect()
        };
        let form = Form::Table { objects: true };
        let mut events: Vec<WatchEvent> = events
            .into_iter()
            .map(|(kind, object)| {
                let object = if watch.as_table { Rc::new(form.one(&object, strategy, self.now())) } else { object };
                WatchEvent { kind, object }
            })
            .collect();
        if std::mem::take(&mut watch.initial_events) {
            events.push(WatchEvent { kind: "BOOKMARK", object: Rc::new(end_of_list(kind, watch.resource_version)) });
        }
        events
    }
}

/// Follows staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation.
fn check_options(request: &Request) -> Result<(), Status> {
    let matching = request.parameter("resourceVersionMatch").unwrap_or_default();
    let streams = request.parameter("sendInitialEvents").is_some();
    let reason = match (streams, matching) {
        (true, "NotOlderThan") | (false, "") => return Ok(()),
        (true, _) => "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        (false, _) => "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    };
    let error = FieldError::forbidden("resourceVersionMatch", reason);
    Err(Status::invalid("meta.k8s.io", "ListOptions", "", &[error]))
}

/// The bookmark behind a streamed list: from here on it is changes.
fn end_of_list(kind: &kinds::Kind, version: u64) -> Value {
    json!({
        "kind": kind.kind, "apiVersion": kind.api_version(),
        "metadata": {
            "resourceVersion": version.to_string(), "annotations": {"k8s.io/initial-events-end": "true"},
        },
    })
}

fn event(logged: &Logged, watch: &Watch, selection: &Selection) -> Option<(&'static str, Rc<Value>)> {
    let key = &logged.key;
    if key.resource != watch.resource || !watch.namespace.is_empty() && key.namespace != watch.namespace {
        return None;
    }
    let change = logged.open();
    let was = change.previous.as_ref().is_some_and(|object| selection.matches(object));
    let is = change.kind != ChangeKind::Deleted && selection.matches(&change.object);
    let kind = match (was, is) {
        (false, true) => "ADDED",
        (true, true) => "MODIFIED",
        (true, false) => "DELETED",
        (false, false) => return None,
    };
    Some((kind, change.object))
}

fn invalid_version(text: &str) -> Status {
    let quoted = crate::api::go::quote(text);
    Status::bad_request(format!("Invalid value: {quoted}: strconv.ParseUint: parsing {quoted}: invalid syntax"))
}
