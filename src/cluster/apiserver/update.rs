//! `update`, and what `patch` and the subresources share with it.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/update.go and
//! staging/src/k8s.io/apiserver/pkg/registry/{rest/update.go,generic/registry/store.go}. Left out: creation by update,
//! which the real server allows for a few kinds and no client here uses.

use crate::api::object::{self, Object, at, list, remove, resource_version, set, text};
use crate::api::request::Response;
use crate::api::status::Status;
use crate::cluster::admission::Operation;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::create::match_namespace;
use crate::cluster::registry::{escalation, metadata};
use serde_json::Value;
use std::rc::Rc;

/// Where objects are in etcd, for the one message that tells.
const STORAGE_NAMES: [(&str, &str); 2] = [("nodes", "minions"), ("services", "services/specs")];

impl ApiServer {
    /// `update`: the whole object is replaced.
    pub(super) fn update(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let strictness = call.strictness()?;
        let (mut object, warnings) = body::decode_kind(call, stored.kind, strictness)?;
        call.warnings.extend(warnings);
        match_namespace(&mut object, call, stored.kind.namespaced)?;
        match_name(&object, call)?;
        self.default(call, stored, &mut object);
        let old = self.find(call, stored.kind)?;
        let object = self.commit(call, stored, &old, object)?;
        self.answer(call, 200, stored, object)
    }

    /// Replaces a stored object by a changed one: admission, conflicts, validation, storage.
    pub(super) fn commit(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        old: &Rc<Object>,
        mut object: Object,
    ) -> Result<Rc<Object>, Status> {
        check_uid(&object, old, stored, call)?;
        self.mutate(call, stored, Operation::Update, &mut object, Some(old))?;
        escalation::check(&object, Some(old), stored.kind, &call.info.namespace, &call.user, &self.store)?;
        let given = resource_version(&object);
        if !matches!(given, "" | "0") && given != resource_version(old) {
            return Err(Status::modified(&stored.kind.group, &stored.kind.plural, &call.info.name));
        }
        self.before_update(call, stored, &mut object, old)?;
        self.validate_admission(call, stored, Operation::Update, &object, Some(old))?;
        if object == **old {
            return Ok(Rc::clone(old));
        }
        if call.dry_run() {
            return Ok(Rc::new(object));
        }
        let key = call.key(stored.kind);
        let last_finalizer_gone = !at(old, &["metadata", "deletionTimestamp"]).is_null()
            && list(&object, &["metadata", "finalizers"]).is_empty()
            && object::integer(old, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or(0) == 0
            && stored.strategy.is_finalized(&object);
        let object = self.put(call, key.clone(), object);
        if last_finalizer_gone {
            self.remove(call, &key);
        }
        Ok(object)
    }

    fn before_update(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        object: &mut Object,
        old: &Object,
    ) -> Result<(), Status> {
        let (kind, strategy) = (stored.kind, stored.strategy);
        for field in ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"] {
            let keep = at(old, &["metadata", field]).clone();
            if at(object, &["metadata", field]).is_null() && !keep.is_null() {
                set(object, &["metadata", field], keep);
            }
        }
        for field in ["selfLink", "managedFields"] {
            remove(object, &["metadata", field]);
        }
        set(object, &["metadata", "resourceVersion"], Value::from(resource_version(old)));
        match at(old, &["metadata", "generation"]).clone() {
            Value::Null => drop(remove(object, &["metadata", "generation"])),
            generation => set(object, &["metadata", "generation"], generation),
        }
        strategy.prepare_for_update(object, old, &call.info.subresource);
        metadata::normalize(object);
        let spec_changed = at(object, &["spec"]) != at(old, &["spec"]);
        if strategy.has_generation() && spec_changed {
            let generation = object::integer(old, &["metadata", "generation"]).unwrap_or(0) + 1;
            set(object, &["metadata", "generation"], Value::from(generation));
        }
        if *object == *old {
            return Ok(());
        }
        call.warnings.extend(strategy.warnings(object, Some(old)));
        let mut errors = metadata::validate_update(object, old);
        if call.info.subresource.is_empty() {
            errors.extend(metadata::validate(object, kind.namespaced, strategy.name_rule()));
            errors.extend(strategy.validate_update(object, old));
        }
        if errors.is_empty() {
            return Ok(());
        }
        Err(Status::invalid(&kind.group, &kind.kind, object::name(object), &errors))
    }
}

/// The object must be the one that the URL names.
pub fn match_name(object: &Object, call: &Call<'_>) -> Result<(), Status> {
    let (given, wanted) = (object::name(object), call.info.name.as_str());
    if given == wanted {
        return Ok(());
    }
    Err(Status::bad_request(if given.is_empty() {
        format!("the name of the object ({wanted} based on URL) was undeterminable: name must be provided")
    } else {
        format!("the name of the object ({given}) does not match the name on the URL ({wanted})")
    }))
}

fn check_uid(object: &Object, old: &Object, stored: Stored, call: &Call<'_>) -> Result<(), Status> {
    let (given, is) = (text(object, &["metadata", "uid"]), object::uid(old));
    if given.is_empty() || given == is {
        return Ok(());
    }
    Err(wrong_uid(stored, call, given, is))
}

/// 409: the object has another UID than the request says.
pub fn wrong_uid(stored: Stored, call: &Call<'_>, given: &str, is: &str) -> Status {
    let kind = stored.kind;
    let folder =
        STORAGE_NAMES.iter().find(|(plural, _)| *plural == kind.plural).map_or(&*kind.plural, |(_, name)| name);
    let key = call.key(kind);
    let place = if key.namespace.is_empty() { key.name.clone() } else { format!("{}/{}", key.namespace, key.name) };
    let cause = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{folder}/{place}, ResourceVersion: 0, AdditionalErrorMsg: \
         Precondition failed: UID in precondition: {given}, UID in object meta: {is}"
    );
    Status::conflict(&kind.group, &kind.plural, &key.name, &cause)
}
