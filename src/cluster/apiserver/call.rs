//! One request on its way through the server: what is known about it so far.

use crate::api::kinds::Kind;
use crate::api::object::Object;
use crate::api::request::{Method, Origin, Request};
use crate::api::schema::Strictness;
use crate::api::status::Status;
use crate::api::user::UserInfo;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::info::{self, RequestInfo};
use crate::cluster::registry::Strategy;
use crate::cluster::store::Key;
use crate::cluster::trace::{Actor, ObjectRef};
use std::rc::Rc;

/// A request and what the stages found out about it.
pub struct Call<'a> {
    /// Counted from 1.
    pub number: u64,
    /// As it came.
    pub request: &'a Request,
    /// What it is about.
    pub info: RequestInfo,
    /// Who asks; set by authentication.
    pub user: Rc<UserInfo>,
    /// The JSON that came along, or what is wrong with it (told only after authorization).
    pub body: Result<Option<Rc<Object>>, Status>,
    /// Texts for `Warning` headers.
    pub warnings: Vec<String>,
    /// Whether the refusal is in the trace already, by the admission plugin that made it.
    pub refusal_traced: bool,
    /// Whether authorization refused, which shows in the headers.
    pub forbidden: bool,
}

/// A resource that is stored: its names and its rules.
#[derive(Clone, Copy)]
pub struct Stored {
    /// As discovery lists it.
    pub kind: &'static Kind,
    /// Its rules.
    pub strategy: &'static dyn Strategy,
}

impl<'a> Call<'a> {
    /// A request that has just arrived.
    pub fn new(number: u64, request: &'a Request) -> Self {
        Call {
            number,
            request,
            info: RequestInfo::read(request),
            user: Rc::new(UserInfo::anonymous()),
            body: body::read(request),
            warnings: Vec::new(),
            refusal_traced: false,
            forbidden: false,
        }
    }

    /// Who the client says it is: the first word of its user agent; of an application, with its pod's name.
    pub fn actor(&self) -> Actor {
        let agent = self.request.header_value("user-agent").unwrap_or("client");
        let program = agent.split(['/', ' ']).next().unwrap_or(agent);
        Actor::Client(match &self.request.origin {
            Origin::App(_, pod) => format!("{pod}'s {program}"),
            _ => program.to_owned(),
        })
    }

    /// What the request is about, for the trace.
    pub fn object_ref(&self) -> Option<ObjectRef> {
        let info = &self.info;
        info.is_resource.then(|| ObjectRef {
            resource: crate::api::status::qualified(&info.resource, &info.group),
            namespace: if info.resource == "namespaces" { String::new() } else { info.namespace.clone() },
            name: info.name.clone(),
        })
    }

    /// Where the object of the URL is stored.
    pub fn key(&self, kind: &Kind) -> Key {
        let namespace = if kind.namespaced { self.info.namespace.clone() } else { String::new() };
        Key { resource: kind.resource(), namespace, name: self.info.name.clone() }
    }

    /// What to do about unknown fields.
    ///
    /// # Errors
    /// 422 for a value that is none of the three.
    pub fn strictness(&self) -> Result<Strictness, Status> {
        match self.request.parameter("fieldValidation").unwrap_or_default() {
            "" | "Warn" => Ok(Strictness::Warn),
            "Strict" => Ok(Strictness::Strict),
            "Ignore" => Ok(Strictness::Ignore),
            other => {
                let error = crate::api::status::FieldError::not_supported(
                    "fieldValidation",
                    &other.into(),
                    &["Ignore", "Warn", "Strict"],
                );
                Err(Status::invalid("meta.k8s.io", "CreateOptions", "", &[error]))
            }
        }
    }

    /// Whether nothing is to be stored.
    pub fn dry_run(&self) -> bool {
        // A deletion's options may come in its body.
        let in_body = || match &self.body {
            Ok(Some(body)) => crate::api::object::strings(body, &["dryRun"]).contains(&"All"),
            _ => false,
        };
        self.request.query.iter().any(|(key, value)| key == "dryRun" && value == "All")
            || self.request.method == Method::Delete && in_body()
    }

    /// A boolean query parameter.
    pub fn flag(&self, name: &str) -> bool {
        info::flag(self.request, name)
    }

    /// The object that came along.
    ///
    /// # Errors
    /// What is wrong with it; an empty object if there is none.
    pub fn object(&self) -> Result<Rc<Object>, Status> {
        match &self.body {
            Ok(Some(object)) => Ok(Rc::clone(object)),
            Ok(None) => Ok(Rc::new(serde_json::json!({}))),
            Err(status) => Err(status.clone()),
        }
    }

    /// 404 for the object of the URL.
    pub fn not_found(&self) -> Status {
        Status::not_found(&self.info.group, &self.info.resource, &self.info.name)
    }
}
