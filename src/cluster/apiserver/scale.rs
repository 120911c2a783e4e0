//! The `scale` subresource of Deployments and ReplicaSets.
//!
//! Follows pkg/registry/apps/{deployment,replicaset}/storage.

use crate::api::object::{self, Object, at, integer, set, text};
use crate::api::request::Response;
use crate::api::status::{FieldError, Status};
use crate::api::{patch, selector};
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::patch::{PatchForm, form};
use serde_json::{Value, json};
use std::rc::Rc;

const API_VERSION: &str = "autoscaling/v1";

impl ApiServer {
    /// Reads or changes how many replicas there shall be.
    pub(super) fn scale(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let old = self.find(call, stored.kind)?;
        let scale = of(&old);
        let wanted = match call.info.verb.as_str() {
            "get" => return Ok(Response::json(200, Rc::new(scale))),
            "update" => body::decode(call, API_VERSION, "Scale", call.strictness()?)?.0,
            _ => changed(call, &scale)?,
        };
        let replicas = integer(&wanted, &["spec", "replicas"]).unwrap_or(0);
        if replicas < 0 {
            let error = FieldError::invalid("spec.replicas", &replicas.into(), "must be greater than or equal to 0");
            return Err(Status::invalid("autoscaling", "Scale", object::name(&old), &[error]));
        }
        let mut object = (*old).clone();
        set(&mut object, &["spec", "replicas"], replicas.into());
        let given = text(&wanted, &["metadata", "resourceVersion"]);
        if !given.is_empty() {
            set(&mut object, &["metadata", "resourceVersion"], given.into());
        }
        let object = self.commit(call, stored, &old, object)?;
        Ok(Response::json(200, Rc::new(of(&object))))
    }
}

fn changed(call: &Call<'_>, scale: &Object) -> Result<Value, Status> {
    let change = call.object()?;
    match form(call)? {
        PatchForm::Json => patch::json(scale, &change).map_err(|error| Status::bad_request(format!("{error:?}"))),
        PatchForm::Merge | PatchForm::Strategic => Ok(patch::merge(scale, &change)),
    }
}

fn of(object: &Object) -> Object {
    let mut metadata = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        set(&mut metadata, &[field], at(object, &["metadata", field]).clone());
    }
    let replicas = |part: &str| integer(object, &[part, "replicas"]).unwrap_or(0);
    let mut status = json!({"replicas": replicas("status")});
    let selector = at(object, &["spec", "selector"]);
    if !selector.is_null() {
        set(&mut status, &["selector"], selector::print_object(selector).into());
    }
    let mut spec = json!({});
    if replicas("spec") != 0 {
        set(&mut spec, &["replicas"], replicas("spec").into());
    }
    json!({"apiVersion": API_VERSION, "kind": "Scale", "metadata": metadata, "spec": spec, "status": status})
}
