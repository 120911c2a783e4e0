//! `get` and `list`.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go. `limit` and `continue` are accepted and not
//! needed: every list is whole; `resourceVersion` is too: every read is of now.

use crate::api::kinds::Kind;
use crate::api::object::{Object, name, namespace};
use crate::api::request::Response;
use crate::api::selector::{FieldSelector, LabelSelector};
use crate::api::status::Status;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::table;
use crate::cluster::reader::Reader;
use crate::cluster::registry::Strategy;
use serde_json::{Value, json};
use std::rc::Rc;

/// The selectors of a list or watch.
pub struct Selection {
    labels: LabelSelector,
    fields: FieldSelector,
    strategy: &'static dyn Strategy,
}

impl Selection {
    /// Reads the selectors.
    ///
    /// # Errors
    /// 400 for what is no selector and for fields that the resource cannot be selected by.
    pub fn read(labels: &str, fields: &str, strategy: &'static dyn Strategy) -> Result<Self, Status> {
        let labels = LabelSelector::parse(labels).map_err(Status::bad_request)?;
        let fields = FieldSelector::parse(fields).map_err(Status::bad_request)?;
        for term in &fields.terms {
            if !strategy.selectable_fields().contains(&term.field.as_str()) {
                return Err(Status::bad_request(strategy.unknown_field(&term.field)));
            }
        }
        Ok(Selection { labels, fields, strategy })
    }

    /// The selection of a request.
    ///
    /// # Errors
    /// As [`Selection::read`].
    pub fn of(call: &Call<'_>, strategy: &'static dyn Strategy) -> Result<Self, Status> {
        let parameter = |name: &str| call.request.parameter(name).unwrap_or_default();
        let mut selection = Selection::read(parameter("labelSelector"), parameter("fieldSelector"), strategy)?;
        if !call.info.name.is_empty() && selection.fields.required("metadata.name").is_none() {
            // `watch` of one object by its path.
            let only = format!("metadata.name={}", call.info.name);
            selection.fields = FieldSelector::parse(&only).map_err(Status::bad_request)?;
        }
        Ok(selection)
    }

    /// Whether an object is selected.
    pub fn matches(&self, object: &Object) -> bool {
        (self.labels.is_empty() || self.labels.matches(object))
            && (self.fields.is_empty()
                || self.fields.matches(|field| match field {
                    "metadata.name" => Some(name(object).to_owned()),
                    "metadata.namespace" => Some(namespace(object).to_owned()),
                    other => self.strategy.field(object, other),
                }))
    }
}

impl ApiServer {
    /// `get`: one object.
    pub(super) fn get(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let object = self.find(call, stored.kind)?;
        self.answer(call, 200, stored, object)
    }

    /// The stored object that the URL names.
    pub(super) fn find(&self, call: &Call<'_>, kind: &Kind) -> Result<Rc<Object>, Status> {
        let key = call.key(kind);
        self.store.get(&key.resource, &key.namespace, &key.name).ok_or_else(|| call.not_found())
    }

    /// `list`: those that are selected.
    pub(super) fn list(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let selection = Selection::of(call, stored.strategy)?;
        let objects = self.selected(call, stored.kind, &selection);
        let version = self.store.revision().to_string();
        let now = self.now();
        if let Some(form) = table::Form::of(call.request) {
            let value = form.list(&objects, stored.strategy, &version, now);
            return Ok(Response::json(200, Rc::new(value)));
        }
        let mut list = json!({
            "kind": format!("{}List", stored.kind.kind),
            "apiVersion": stored.kind.api_version(),
            "metadata": {"resourceVersion": version},
        });
        // `json!` would copy what it is given.
        list["items"] = Value::Array(objects.iter().map(|object| without_type(object)).collect());
        Ok(Response::json(200, Rc::new(list)))
    }

    /// The objects of a collection that a request selects.
    pub(super) fn selected(&self, call: &Call<'_>, kind: &Kind, selection: &Selection) -> Vec<Rc<Object>> {
        let key = call.key(kind);
        let mut objects = self.store.list(&key.resource, &key.namespace);
        objects.retain(|object| selection.matches(object));
        objects
    }

    /// One object as the client wants to see it: itself, a table row, or only its metadata.
    pub(super) fn answer(
        &self,
        call: &Call<'_>,
        code: u16,
        stored: Stored,
        object: Rc<Object>,
    ) -> Result<Response, Status> {
        if let Some(form) = table::Form::of(call.request) {
            let value = form.one(&object, stored.strategy, self.now());
            return Ok(Response::json(code, Rc::new(value)));
        }
        Ok(Response::json(code, object))
    }
}

/// An item of a list says neither its kind nor its version.
fn without_type(object: &Object) -> Value {
    let mut item = object.clone();
    if let Some(map) = item.as_object_mut() {
        map.remove("kind");
        map.remove("apiVersion");
    }
    item
}
