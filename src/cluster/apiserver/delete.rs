//! `delete` and `deletecollection`.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go,
//! staging/src/k8s.io/apiserver/pkg/registry/{rest/delete.go,generic/registry/store.go} and
//! pkg/registry/core/namespace/storage. Who owns what is the garbage collector's business: here an object only gets
//! the finalizer that tells it what to do with the dependents.

use crate::api::object::{self, Object, at, integer, list, set, strings, text, uid};
use crate::api::request::Response;
use crate::api::status::{FieldError, Status};
use crate::cluster::admission::Operation;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::read::Selection;
use crate::cluster::apiserver::update::wrong_uid;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

impl ApiServer {
    /// `delete`: at once, or after the grace period and the finalizers.
    pub(super) fn delete(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let options = options(call)?;
        let old = self.find(call, stored.kind)?;
        self.validate_admission(call, stored, Operation::Delete, &Value::Null, Some(&old))?;
        let mut none = Value::Null;
        self.mutate(call, stored, Operation::Delete, &mut none, Some(&old))?;
        let (object, gone) = self.delete_one(call, stored, &old, &options)?;
        if gone && !stored.strategy.returns_deleted() {
            let kind = stored.kind;
            let mut details = json!({"name": call.info.name, "kind": kind.plural, "uid": uid(&object)});
            if !kind.group.is_empty() {
                set(&mut details, &["group"], Value::from(kind.group.clone()));
            }
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
            });
            return Ok(Response::json(200, Rc::new(status)));
        }
        self.answer(call, 200, stored, object)
    }

    /// `deletecollection`: each object that is selected.
    pub(super) fn delete_collection(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let options = options(call)?;
        let selection = Selection::of(call, stored.strategy)?;
        let objects = self.selected(call, stored.kind, &selection);
        let version = self.store.revision().to_string();
        let mut items = Vec::new();
        let collection = call.info.clone();
        for old in objects {
            call.info.name = object::name(&old).to_owned();
            call.info.namespace = object::namespace(&old).to_owned();
            let mut none = Value::Null;
            self.mutate(call, stored, Operation::Delete, &mut none, Some(&old))?;
            let (object, _) = self.delete_one(call, stored, &old, &options)?;
            items.push((*object).clone());
        }
        call.info = collection;
        for item in &mut items {
            if let Some(map) = item.as_object_mut() {
                map.remove("kind");
                map.remove("apiVersion");
            }
        }
        let list = json!({
            "kind": format!("{}List", stored.kind.kind), "apiVersion": stored.kind.api_version(),
            "metadata": {"resourceVersion": version}, "items": items,
        });
        Ok(Response::json(200, Rc::new(list)))
    }

    /// Deletes one object; tells how it is now (or was last), and whether it is gone.
    fn delete_one(
        &mut self,
        call: &Call<'_>,
        stored: Stored,
        old: &Rc<Object>,
        options: &Options,
    ) -> Result<(Rc<Object>, bool), Status> {
        options.check(old, stored, call)?;
        let now = self.now();
        let grace = stored.strategy.grace_period(old, options.grace_period_seconds);
        let mut object = (**old).clone();
        options.set_finalizers(&mut object);
        let waiting = !list(&object, &["metadata", "finalizers"]).is_empty() || !stored.strategy.is_finalized(&object);
        let is_deleting = !at(old, &["metadata", "deletionTimestamp"]).is_null();
        if grace == 0 && !waiting {
            if call.dry_run() {
                return Ok((Rc::clone(old), true));
            }
            let key = call.key(stored.kind);
            let last = self.remove(call, &key).ok_or_else(|| call.not_found())?;
            return Ok((last, true));
        }
        if is_deleting {
            // Only a shorter grace period changes anything.
            let left = integer(old, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or(0);
            if grace >= left && object == **old {
                return Ok((Rc::clone(old), false));
            }
            if grace < left {
                mark(&mut object, grace, now.after(seconds(grace)).rfc3339());
            }
        } else {
            mark(&mut object, grace, now.after(seconds(grace)).rfc3339());
        }
        stored.strategy.prepare_for_deletion(&mut object);
        if call.dry_run() {
            return Ok((Rc::new(object), false));
        }
        if object == **old {
            return Ok((Rc::clone(old), false));
        }
        Ok((self.put(call, call.key(stored.kind), object), false))
    }
}

fn seconds(grace: i64) -> Duration {
    Duration::from_secs(u64::try_from(grace).unwrap_or(0))
}

fn mark(object: &mut Object, grace: i64, at: String) {
    set(object, &["metadata", "deletionTimestamp"], Value::from(at));
    set(object, &["metadata", "deletionGracePeriodSeconds"], Value::from(grace));
    if let Some(generation) = integer(object, &["metadata", "generation"]) {
        set(object, &["metadata", "generation"], Value::from(generation + 1));
    }
}

/// `DeleteOptions`, from the body or the query.
struct Options {
    grace_period_seconds: Option<i64>,
    propagation_policy: String,
    uid: String,
    resource_version: String,
}

fn options(call: &Call<'_>) -> Result<Options, Status> {
    let body = call.object()?;
    let parameter = |name: &str| call.request.parameter(name).unwrap_or_default().to_owned();
    let from = |name: &str| match text(&body, &[name]) {
        "" => parameter(name),
        given => given.to_owned(),
    };
    let grace = integer(&body, &["gracePeriodSeconds"]).or_else(|| parameter("gracePeriodSeconds").parse().ok());
    let mut policy = from("propagationPolicy");
    let orphan = object::boolean(&body, &["orphanDependents"]).or_else(|| parameter("orphanDependents").parse().ok());
    if policy.is_empty() && orphan == Some(true) {
        policy = "Orphan".to_owned();
    }
    if !matches!(policy.as_str(), "" | "Background" | "Foreground" | "Orphan") {
        let supported = ["Foreground", "Background", "Orphan", "nil"];
        let error = FieldError::not_supported("propagationPolicy", &Value::from(policy), &supported);
        return Err(Status::invalid("meta.k8s.io", "DeleteOptions", "", &[error]));
    }
    Ok(Options {
        grace_period_seconds: grace,
        propagation_policy: policy,
        uid: text(&body, &["preconditions", "uid"]).to_owned(),
        resource_version: text(&body, &["preconditions", "resourceVersion"]).to_owned(),
    })
}

impl Options {
    fn check(&self, old: &Object, stored: Stored, call: &Call<'_>) -> Result<(), Status> {
        if !self.uid.is_empty() && self.uid != uid(old) {
            let cause =
                format!("Precondition failed: UID in precondition: {}, UID in object meta: {}", self.uid, uid(old));
            let graceful = stored.strategy.grace_period(old, self.grace_period_seconds) > 0;
            return Err(if graceful {
                Status::conflict(&stored.kind.group, &stored.kind.plural, &call.info.name, &cause)
            } else {
                wrong_uid(stored, call, &self.uid, uid(old))
            });
        }
        let version = object::resource_version(old);
        if !self.resource_version.is_empty() && self.resource_version != version {
            let cause = format!(
                "Precondition failed: ResourceVersion in precondition: {}, ResourceVersion in object meta: {version}",
                self.resource_version
            );
            return Err(Status::conflict(&stored.kind.group, &stored.kind.plural, &call.info.name, &cause));
        }
        Ok(())
    }

    /// What is to become of dependents is written down as a finalizer, for the garbage collector.
    fn set_finalizers(&self, object: &mut Object) {
        let mut finalizers: Vec<String> =
            strings(object, &["metadata", "finalizers"]).into_iter().map(str::to_owned).collect();
        let wanted = match self.propagation_policy.as_str() {
            "Orphan" => Some(ORPHAN),
            "Foreground" => Some(FOREGROUND),
            "Background" => None,
            _ => return,
        };
        finalizers.retain(|name| name != ORPHAN && name != FOREGROUND);
        finalizers.extend(wanted.map(str::to_owned));
        if finalizers.is_empty() {
            object::remove(object, &["metadata", "finalizers"]);
        } else {
            set(object, &["metadata", "finalizers"], json!(finalizers));
        }
    }
}
