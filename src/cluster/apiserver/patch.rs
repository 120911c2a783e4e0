//! `patch`: JSON patch, JSON merge patch, strategic merge patch.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go. Server-side apply is not simulated.

use crate::api::object::{self, Object};
use crate::api::patch;
use crate::api::request::{Body, Response};
use crate::api::schema;
use crate::api::status::{FieldError, Status};
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body::{another_kind, unsupported};
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::create::match_namespace;
use crate::cluster::apiserver::paths::not_simulated;
use crate::cluster::apiserver::update::match_name;
use serde_json::Value;
use std::rc::Rc;

const ACCEPTED: &str = "application/json-patch+json, application/merge-patch+json, \
                        application/strategic-merge-patch+json, application/apply-patch+yaml, \
                        application/apply-patch+cbor";

impl ApiServer {
    /// `patch`: the stored object, changed.
    pub(super) fn patch(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let form = form(call)?;
        let (old, object) = self.patched(call, stored, form)?;
        let object = self.commit(call, stored, &old, object)?;
        self.answer(call, 200, stored, object)
    }

    /// The stored object and what the patch makes of it, checked against its type and defaulted.
    pub(super) fn patched(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        form: PatchForm,
    ) -> Result<(Rc<Object>, Object), Status> {
        let strictness = call.strictness()?;
        let change = match &call.body {
            Ok(Some(change)) => Rc::clone(change),
            Ok(None) => return Err(Status::bad_request("unexpected end of JSON input")),
            Err(status) => return Err(status.clone()),
        };
        let kind = stored.kind;
        let old = self.find(call, kind)?;
        let mut patched = apply(form, &old, &change, stored)?;
        if !patched.is_object() {
            return Err(refused(form, call, &change, "cannot restore slice from map"));
        }
        if form == PatchForm::Strategic {
            // It is merged into an object whose kind is known.
            object::set(&mut patched, &["apiVersion"], kind.api_version().into());
            object::set(&mut patched, &["kind"], kind.kind.clone().into());
        } else if let Some(problem) = another_kind(&patched, &kind.api_version(), &kind.kind) {
            return Err(refused(form, call, &change, &problem));
        }
        let (mut object, warnings) = schema::decode(&kind.api_version(), &kind.kind, patched, strictness)
            .map_err(|error| refused(form, call, &change, &error))?;
        call.warnings.extend(warnings);
        object::set_default(&mut object, &["apiVersion"], kind.api_version().into());
        object::set_default(&mut object, &["kind"], kind.kind.clone().into());
        match_namespace(&mut object, call, kind.namespaced)?;
        match_name(&object, call)?;
        self.default(call, stored, &mut object);
        Ok((old, object))
    }
}

/// The three ways to write a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchForm {
    /// A list of operations.
    Json,
    /// RFC 7386.
    Merge,
    /// Lists are merged by their keys.
    Strategic,
}

/// The form of a request's patch, by its content type.
///
/// # Errors
/// 415 for others, 501 for server-side apply.
pub fn form(call: &Call<'_>) -> Result<PatchForm, Status> {
    let header = call.request.header_value("content-type").unwrap_or_default();
    match header.split(';').next().unwrap_or_default().trim() {
        "application/json-patch+json" => Ok(PatchForm::Json),
        "application/merge-patch+json" => Ok(PatchForm::Merge),
        "application/strategic-merge-patch+json" => Ok(PatchForm::Strategic),
        "application/apply-patch+yaml" | "application/apply-patch+cbor" => {
            Err(not_simulated("server-side apply; kubectl apply without --server-side is"))
        }
        other => Err(unsupported(other, ACCEPTED)),
    }
}

fn apply(form: PatchForm, old: &Object, change: &Value, stored: Stored) -> Result<Value, Status> {
    match form {
        PatchForm::Merge if change.is_object() => Ok(patch::merge(old, change)),
        PatchForm::Strategic if change.is_object() => {
            patch::strategic(&stored.kind.api_version(), &stored.kind.kind, old, change).map_err(Status::bad_request)
        }
        PatchForm::Json => patch::json(old, change).map_err(|error| json_patch_refused(&error)),
        PatchForm::Merge | PatchForm::Strategic => {
            let found = match change {
                Value::Array(_) => "array",
                Value::String(_) => "string",
                Value::Bool(_) => "bool",
                Value::Number(_) => "number",
                _ => "null",
            };
            let message = format!("json: cannot unmarshal {found} into Go value of type map[string]interface {{}}");
            Err(Status::bad_request(message))
        }
    }
}

fn json_patch_refused(error: &patch::JsonPatchError) -> Status {
    match error {
        patch::JsonPatchError::Malformed(message) => Status::bad_request(message.clone()),
        patch::JsonPatchError::Rejected(_) => {
            let mut status =
                Status::other(422, "Invalid", "the server rejected our request due to an error in our request");
            status.details = Some(Box::default());
            status
        }
    }
}

/// 422: the patch makes an object that its type does not allow.
fn refused(form: PatchForm, call: &Call<'_>, change: &Value, error: &str) -> Status {
    let shown = if form == PatchForm::Strategic {
        crate::api::go::print(change)
    } else {
        match &call.request.body {
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Body::Text(text) => text.clone(),
            _ => change.to_string(),
        }
    };
    let mut status = Status::invalid("", "", "", &[FieldError::invalid("patch", &Value::from(shown), error)]);
    if let Some(details) = &mut status.details {
        details.kind = String::new();
    }
    status
}
