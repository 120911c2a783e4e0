//! The one error that crosses the API: Kubernetes' `Status`.
//!
//! One constructor a reason, with Kubernetes' own words; follows
//! staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.

use serde_json::{Map, Value, json};
use std::fmt;

/// A failure as the API server answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// `NotFound`, `Forbidden`, …; empty for plain errors (HTTP 500).
    pub reason: String,
    /// What a person reads.
    pub message: String,
    /// What the failure is about; `None` leaves `details` out. Boxed, so that a result that fails seldom stays small.
    pub details: Option<Box<Details>>,
}

/// `status.details`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The object's name.
    pub name: String,
    /// The API group.
    pub group: String,
    /// The object's UID.
    pub uid: String,
    /// The plural resource for most errors, the Kind for `Invalid`.
    pub kind: String,
    /// One per field error.
    pub causes: Vec<Cause>,
    /// Seconds to wait before trying again; 0 leaves it out.
    pub retry_after_seconds: u32,
}

/// One of `status.details.causes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// `FieldValueInvalid` and its kin.
    pub reason: String,
    /// The error without its field.
    pub message: String,
    /// The path, `spec.containers[0].image`.
    pub field: String,
}

/// `resource` or `resource.group`: how messages name a resource.
pub fn qualified(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

impl Status {
    fn new(code: u16, reason: &str, message: String) -> Self {
        Status { code, reason: reason.to_owned(), message, details: None }
    }

    fn about(mut self, group: &str, resource: &str, name: &str) -> Self {
        self.details = Some(Box::new(Details {
            name: name.to_owned(),
            group: group.to_owned(),
            kind: resource.to_owned(),
            ..Details::default()
        }));
        self
    }

    /// 404: `RES "NAME" not found`.
    pub fn not_found(group: &str, resource: &str, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", qualified(resource, group));
        Status::new(404, "NotFound", message).about(group, resource, name)
    }

    /// 404 for a URL that serves nothing.
    pub fn no_such_path() -> Self {
        let mut status = Status::new(404, "NotFound", "the server could not find the requested resource".to_owned());
        status.details = Some(Box::default());
        status
    }

    /// 409: `RES "NAME" already exists`.
    pub fn already_exists(group: &str, resource: &str, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", qualified(resource, group));
        Status::new(409, "AlreadyExists", message).about(group, resource, name)
    }

    /// 409: `Operation cannot be fulfilled on RES "NAME": CAUSE`.
    pub fn conflict(group: &str, resource: &str, name: &str, cause: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {cause}", qualified(resource, group));
        Status::new(409, "Conflict", message).about(group, resource, name)
    }

    /// 409: somebody else wrote the object since it was read.
    pub fn modified(group: &str, resource: &str, name: &str) -> Self {
        let cause = "the object has been modified; please apply your changes to the latest version and try again";
        Status::conflict(group, resource, name, cause)
    }

    /// 400: free text.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Status::new(400, "BadRequest", message.into())
    }

    /// 401: always the same words; why is told only in the trace.
    pub fn unauthorized() -> Self {
        Status::new(401, "Unauthorized", "Unauthorized".to_owned())
    }

    /// 403 about an object (`RES "NAME" is forbidden: CAUSE`) or, with an empty name, a resource.
    pub fn forbidden(group: &str, resource: &str, name: &str, cause: &str) -> Self {
        let subject = qualified(resource, group);
        let message = if name.is_empty() {
            format!("{subject} is forbidden: {cause}")
        } else {
            format!("{subject} \"{name}\" is forbidden: {cause}")
        };
        Status::new(403, "Forbidden", message).about(group, resource, name)
    }

    /// 403 about a path that is no resource: `forbidden: CAUSE`.
    pub fn forbidden_path(cause: &str) -> Self {
        let mut status = Status::new(403, "Forbidden", format!("forbidden: {cause}"));
        status.details = Some(Box::default());
        status
    }

    /// 405: the resource has no such verb.
    pub fn method_not_allowed() -> Self {
        let mut status = Status::new(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource".to_owned(),
        );
        status.details = Some(Box::default());
        status
    }

    /// 422: one or more fields are wrong. `kind` is the Kind, not the resource.
    pub fn invalid(group: &str, kind: &str, name: &str, errors: &[FieldError]) -> Self {
        let lines: Vec<String> = errors.iter().map(FieldError::to_string).collect();
        let text = match lines.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let message = format!("{} \"{name}\" is invalid: {text}", qualified(kind, group));
        let mut status = Status::new(422, "Invalid", message).about(group, kind, name);
        if let Some(details) = &mut status.details {
            details.causes = errors.iter().map(FieldError::cause).collect();
        }
        status
    }

    /// 500 from a plain error: no reason, no details.
    pub fn internal(message: impl Into<String>) -> Self {
        Status::new(500, "", message.into())
    }

    /// Any other code and reason.
    pub fn other(code: u16, reason: &str, message: impl Into<String>) -> Self {
        Status::new(code, reason, message.into())
    }

    /// With details that name only a resource and, if not empty, a name.
    #[must_use]
    pub fn with_details(self, group: &str, resource: &str, name: &str) -> Self {
        self.about(group, resource, name)
    }

    /// Whether this says that something is missing.
    pub fn is_not_found(&self) -> bool {
        self.reason == "NotFound"
    }

    /// Whether this says that it exists already.
    pub fn is_already_exists(&self) -> bool {
        self.reason == "AlreadyExists"
    }

    /// Whether somebody else wrote first.
    pub fn is_conflict(&self) -> bool {
        self.reason == "Conflict"
    }

    /// The JSON body; [`crate::api::wire`] puts its keys in the server's order.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("kind".into(), json!("Status"));
        map.insert("apiVersion".into(), json!("v1"));
        map.insert("metadata".into(), json!({}));
        map.insert("status".into(), json!("Failure"));
        map.insert("message".into(), json!(self.message));
        if !self.reason.is_empty() {
            map.insert("reason".into(), json!(self.reason));
        }
        if let Some(details) = &self.details {
            map.insert("details".into(), details.to_value());
        }
        map.insert("code".into(), json!(self.code));
        Value::Object(map)
    }

    /// Reads a `Status` body back: what a client does with an answer that is not a success.
    pub fn from_value(value: &Value) -> Option<Self> {
        if crate::api::object::kind(value) != "Status" {
            return None;
        }
        let text = |path: &[&str]| crate::api::object::text(value, path).to_owned();
        let details = value.get("details").map(|details| Details {
            name: crate::api::object::text(details, &["name"]).to_owned(),
            group: crate::api::object::text(details, &["group"]).to_owned(),
            uid: crate::api::object::text(details, &["uid"]).to_owned(),
            kind: crate::api::object::text(details, &["kind"]).to_owned(),
            causes: crate::api::object::list(details, &["causes"])
                .iter()
                .map(|cause| Cause {
                    reason: crate::api::object::text(cause, &["reason"]).to_owned(),
                    message: crate::api::object::text(cause, &["message"]).to_owned(),
                    field: crate::api::object::text(cause, &["field"]).to_owned(),
                })
                .collect(),
            retry_after_seconds: 0,
        });
        Some(Status {
            code: crate::api::object::integer(value, &["code"]).and_then(|c| u16::try_from(c).ok()).unwrap_or(500),
            reason: text(&["reason"]),
            message: text(&["message"]),
            details: details.map(Box::new),
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Details {
    fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, text: &str| {
            if !text.is_empty() {
                map.insert(key.to_owned(), json!(text));
            }
        };
        put("name", &self.name);
        put("group", &self.group);
        put("uid", &self.uid);
        put("kind", &self.kind);
        if !self.causes.is_empty() {
            let causes: Vec<Value> = self.causes.iter().map(Cause::to_value).collect();
            map.insert("causes".into(), json!(causes));
        }
        if self.retry_after_seconds > 0 {
            map.insert("retryAfterSeconds".into(), json!(self.retry_after_seconds));
        }
        Value::Object(map)
    }
}

impl Cause {
    fn to_value(&self) -> Value {
        let mut map = Map::new();
        for (key, text) in [("reason", &self.reason), ("message", &self.message), ("field", &self.field)] {
            if !text.is_empty() {
                map.insert(key.to_owned(), json!(text));
            }
        }
        Value::Object(map)
    }
}

/// One field that validation refused: `FIELD: TYPE: VALUE: DETAIL`.
///
/// Follows staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// `spec.containers[0].image`.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
    /// The value as Go prints it (strings quoted); not printed for required, forbidden and too long.
    pub value: String,
    /// The rest of the sentence; may be empty.
    pub detail: String,
}

/// The kinds of field errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `Required value`
    Required,
    /// `Invalid value`
    Invalid,
    /// `Unsupported value`
    NotSupported,
    /// `Forbidden`
    Forbidden,
    /// `Duplicate value`
    Duplicate,
    /// `Not found`
    NotFound,
    /// `Too long`
    TooLong,
    /// `Too many`
    TooMany,
}

impl Problem {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Problem::Required => ("Required value", "FieldValueRequired"),
            Problem::Invalid => ("Invalid value", "FieldValueInvalid"),
            Problem::NotSupported => ("Unsupported value", "FieldValueNotSupported"),
            Problem::Forbidden => ("Forbidden", "FieldValueForbidden"),
            Problem::Duplicate => ("Duplicate value", "FieldValueDuplicate"),
            Problem::NotFound => ("Not found", "FieldValueNotFound"),
            Problem::TooLong => ("Too long", "FieldValueTooLong"),
            Problem::TooMany => ("Too many", "FieldValueTooMany"),
        }
    }
}

impl FieldError {
    fn new(field: &str, problem: Problem, value: String, detail: &str) -> Self {
        FieldError { field: field.to_owned(), problem, value, detail: detail.to_owned() }
    }

    /// A field that must be there.
    pub fn required(field: &str, detail: &str) -> Self {
        FieldError::new(field, Problem::Required, String::new(), detail)
    }

    /// A field whose value breaks a rule.
    pub fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        FieldError::new(field, Problem::Invalid, crate::api::go::value(value), detail)
    }

    /// A field that may not be used here.
    pub fn forbidden(field: &str, detail: &str) -> Self {
        FieldError::new(field, Problem::Forbidden, String::new(), detail)
    }

    /// A second entry with the same key.
    pub fn duplicate(field: &str, value: &Value) -> Self {
        FieldError::new(field, Problem::Duplicate, crate::api::go::value(value), "")
    }

    /// A name that refers to nothing.
    pub fn not_found(field: &str, value: &Value) -> Self {
        FieldError::new(field, Problem::NotFound, crate::api::go::value(value), "")
    }

    /// A value outside a closed list, which the message repeats in the order given.
    pub fn not_supported(field: &str, value: &Value, supported: &[&str]) -> Self {
        let quoted: Vec<String> = supported.iter().map(|s| crate::api::go::quote(s)).collect();
        let detail = format!("supported values: {}", quoted.join(", "));
        FieldError::new(field, Problem::NotSupported, crate::api::go::value(value), &detail)
    }

    /// A value past its limit; the value itself is not printed.
    pub fn too_long(field: &str, detail: &str) -> Self {
        FieldError::new(field, Problem::TooLong, String::new(), detail)
    }

    /// The error without its field, as `causes` carries it.
    pub fn body(&self) -> String {
        let (words, _) = self.problem.words();
        let mut text = words.to_owned();
        let silent = matches!(self.problem, Problem::Required | Problem::Forbidden | Problem::TooLong);
        if !silent {
            text.push_str(": ");
            text.push_str(&self.value);
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }

    fn cause(&self) -> Cause {
        Cause { reason: self.problem.words().1.to_owned(), message: self.body(), field: self.field.clone() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { f.write_str(&self.body()) } else { write!(f, "{}: {}", self.field, self.body()) }
    }
}
