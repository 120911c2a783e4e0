//! Which code answers which resource, subresource and verb.

use crate::api::kinds::{self, Kind};
use crate::api::object;
use crate::api::release::Change;
use crate::api::request::Response;
use crate::api::status::Status;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::paths::not_simulated;
use crate::cluster::apiserver::{ApiServer, RequestInfo};
use crate::cluster::registry;
use serde_json::json;
use std::rc::Rc;

/// Kinds that a real, fresh cluster of this make-up has no objects of: reading them is answered with none of them.
const EMPTY: [&str; 9] = [
    "controllerrevisions.apps",
    "daemonsets.apps",
    "limitranges",
    "persistentvolumeclaims",
    "persistentvolumes",
    "podtemplates",
    "replicationcontrollers",
    "resourcequotas",
    "statefulsets.apps",
];

impl ApiServer {
    /// Answers an authorized request about a resource.
    pub(super) fn route(&mut self, call: &mut Call<'_>) -> Result<Response, Status> {
        let info = &call.info;
        let plural = match info.subresource.as_str() {
            "" => info.resource.clone(),
            subresource => format!("{}/{subresource}", info.resource),
        };
        let kind = kinds::by_plural(&info.group, &plural)
            .filter(|kind| kind.version == info.version && info.rest.is_empty())
            .filter(|kind| kind.namespaced || info.namespace.is_empty() || info.resource == "namespaces")
            .filter(|kind| kind.plural != "selfsubjectreviews" || self.settings.kubernetes.has(Change::WhoAmI))
            .ok_or_else(|| unknown(info))?;
        if !served(call, kind) {
            return Err(Status::method_not_allowed());
        }
        if !kind.simulated {
            return nothing_there(call, kind);
        }
        if !info.subresource.is_empty() {
            return self.subresource(call, kind);
        }
        match registry::strategy_in(self.settings.kubernetes, &kind.resource()) {
            Some(strategy) => self.verb(call, Stored { kind, strategy }),
            None => self.review(call, kind),
        }
    }

    fn verb(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        match call.info.verb.as_str() {
            "get" => self.get(call, stored),
            "list" => self.list(call, stored),
            "watch" => self.open_watch(call, stored),
            "create" => self.create(call, stored),
            "update" => self.update(call, stored),
            "patch" => self.patch(call, stored),
            "delete" => self.delete(call, stored),
            "deletecollection" => self.delete_collection(call, stored),
            _ => Err(Status::method_not_allowed()),
        }
    }
}

/// Whether the resource has the verb at this kind of path: a creation names nothing, a change names its object.
fn served(call: &Call<'_>, kind: &Kind) -> bool {
    let info = &call.info;
    let verb = info.verb.as_str();
    let named = !info.name.is_empty();
    let shape = match verb {
        "create" => named != info.subresource.is_empty(),
        "update" | "patch" => named,
        _ => true,
    };
    // All of a namespaced kind can be read across namespaces, but not written.
    let everywhere = kind.namespaced && info.namespace.is_empty();
    let across = matches!(verb, "list" | "watch") || info.subresource.is_empty() && verb == "create" && reviews(kind);
    shape && kind.has_verb(verb) && (!everywhere || across)
}

/// A resource that no discovery document lists: nonsense, or of a group that is only named.
fn unknown(info: &RequestInfo) -> Status {
    if group_is_only_named(&info.group) {
        not_simulated(&format!("{} ({}/{})", info.resource, info.group, info.version))
    } else {
        Status::no_such_path()
    }
}

/// Whether `/apis` names the group, as the real server's does, and nothing of it is here.
pub fn group_is_only_named(group: &str) -> bool {
    let groups = object::list(kinds::document("/apis"), &["groups"]);
    groups.iter().any(|known| object::text(known, &["name"]) == group)
        && !kinds::all().iter().any(|kind| kind.group == group)
}

fn reviews(kind: &Kind) -> bool {
    !kind.has_verb("get") && !kind.namespaced
}

/// Reading a kind of which there cannot be any is answered truly; everything else is not simulated.
fn nothing_there(call: &Call<'_>, kind: &'static Kind) -> Result<Response, Status> {
    let empty = EMPTY.contains(&kind.resource().as_str());
    match call.info.verb.as_str() {
        "list" if empty => Ok(Response::json(
            200,
            Rc::new(json!({
                "kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(),
                "metadata": {"resourceVersion": "1"}, "items": [],
            })),
        )),
        "get" if empty => Err(call.not_found()),
        _ => Err(not_simulated(&format!("{} ({})", kind.plural, kind.api_version()))),
    }
}
