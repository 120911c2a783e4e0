//! `subjectaccessreviews`, `localsubjectaccessreviews`, `selfsubjectaccessreviews`: may somebody do something? What
//! `kubectl auth can-i` and delegating servers ask.
//!
//! Follows pkg/registry/authorization/{subject,localsubject,selfsubject}accessreview and
//! pkg/apis/authorization/validation. Left out: field and label selectors in the attributes, which RBAC never reads.

use crate::api::object::{Object, at, set, strings, text};
use crate::api::status::{FieldError, Status};
use crate::api::user::UserInfo;
use crate::cluster::authz::{Attributes, Verdict, authorize};
use crate::cluster::reader::Reader;
use serde_json::{Value, json};

const GROUP: &str = "authorization.k8s.io";

/// An access review's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The review with its status.
    pub object: Object,
    /// What was asked.
    pub attributes: Attributes,
    /// What authorization said, for the trace.
    pub verdict: Verdict,
}

/// SubjectAccessReview: about anybody. Groups that everybody is in are not added.
///
/// # Errors
/// 422 for a question that is none.
pub fn subject(body: &Object, reader: &dyn Reader) -> Result<Answer, Status> {
    let mut errors = attribute_errors(body);
    errors.extend(subject_errors(body));
    errors.extend(metadata_errors(body, false));
    answer(body, named_user(body), None, errors, reader)
}

/// LocalSubjectAccessReview: about anybody, in one namespace.
///
/// # Errors
/// 422 for a question that is none or about another namespace.
pub fn local(body: &Object, namespace: &str, reader: &dyn Reader) -> Result<Answer, Status> {
    let mut errors = attribute_errors(body);
    errors.extend(subject_errors(body));
    errors.extend(metadata_errors(body, true));
    let resource = at(body, &["spec", "resourceAttributes"]);
    if !resource.is_null() && text(resource, &["namespace"]) != namespace {
        let field = "spec.resourceAttributes.namespace";
        errors.push(FieldError::invalid(
            field,
            &json!(text(resource, &["namespace"])),
            "must match metadata.namespace",
        ));
    }
    let path = at(body, &["spec", "nonResourceAttributes"]);
    if !path.is_null() {
        let detail = "disallowed on this kind of request";
        errors.push(FieldError::invalid("spec.nonResourceAttributes", &go_struct(path), detail));
    }
    answer(body, named_user(body), Some(namespace), errors, reader)
}

/// SelfSubjectAccessReview: about the caller.
///
/// # Errors
/// 422 for a question that is none.
pub fn own(body: &Object, user: &UserInfo, reader: &dyn Reader) -> Result<Answer, Status> {
    let mut errors = attribute_errors(body);
    errors.extend(metadata_errors(body, false));
    answer(body, user.clone(), None, errors, reader)
}

fn answer(
    body: &Object,
    user: UserInfo,
    namespace: Option<&str>,
    errors: Vec<FieldError>,
    reader: &dyn Reader,
) -> Result<Answer, Status> {
    if !errors.is_empty() {
        return Err(Status::invalid(GROUP, "", "", &errors));
    }
    let attributes = attributes(body, user, namespace);
    let verdict = authorize(&attributes, reader);
    let mut status = json!({"allowed": verdict.allowed});
    if !verdict.reason.is_empty() {
        set(&mut status, &["reason"], json!(verdict.reason));
    }
    let mut object = body.clone();
    crate::api::object::set_default(&mut object, &["metadata"], json!({}));
    set(&mut object, &["status"], status);
    Ok(Answer { object, attributes, verdict })
}

fn attributes(body: &Object, user: UserInfo, namespace: Option<&str>) -> Attributes {
    let resource = at(body, &["spec", "resourceAttributes"]);
    if resource.is_null() {
        let path = at(body, &["spec", "nonResourceAttributes"]);
        return Attributes {
            user,
            verb: text(path, &["verb"]).to_owned(),
            path: text(path, &["path"]).to_owned(),
            ..Attributes::default()
        };
    }
    let field = |key: &str| text(resource, &[key]).to_owned();
    Attributes {
        user,
        verb: field("verb"),
        group: field("group"),
        resource: field("resource"),
        subresource: field("subresource"),
        namespace: namespace.map_or_else(|| field("namespace"), str::to_owned),
        name: field("name"),
        path: String::new(),
    }
}

fn named_user(body: &Object) -> UserInfo {
    let spec = at(body, &["spec"]);
    let extra = at(spec, &["extra"]).as_object().into_iter().flatten();
    UserInfo {
        username: text(spec, &["user"]).to_owned(),
        uid: text(spec, &["uid"]).to_owned(),
        groups: strings(spec, &["groups"]).into_iter().map(str::to_owned).collect(),
        extra: extra
            .map(|(key, values)| {
                let values = strings(values, &[]).into_iter().map(str::to_owned).collect();
                (key.to_ascii_lowercase(), values)
            })
            .collect(),
    }
}

fn attribute_errors(body: &Object) -> Vec<FieldError> {
    let resource = at(body, &["spec", "resourceAttributes"]);
    let path = at(body, &["spec", "nonResourceAttributes"]);
    match (resource.is_null(), path.is_null()) {
        (false, false) => vec![FieldError::invalid(
            "spec.nonResourceAttributes",
            &go_struct(path),
            "cannot be specified in combination with resourceAttributes",
        )],
        (true, true) => vec![FieldError::invalid(
            "spec.resourceAttributes",
            &Value::Null,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        )],
        _ => Vec::new(),
    }
}

fn subject_errors(body: &Object) -> Option<FieldError> {
    let nobody = text(body, &["spec", "user"]).is_empty() && strings(body, &["spec", "groups"]).is_empty();
    nobody.then(|| FieldError::invalid("spec.user", &json!(""), "at least one of user or group must be specified"))
}

fn metadata_errors(body: &Object, may_name_namespace: bool) -> Option<FieldError> {
    let mut metadata = at(body, &["metadata"]).as_object().cloned().unwrap_or_default();
    metadata.remove("managedFields");
    if may_name_namespace {
        metadata.remove("namespace");
    }
    metadata.retain(|_, value| !value.is_null());
    (!metadata.is_empty()).then(|| FieldError::invalid("metadata", &Value::Object(metadata), "must be empty"))
}

/// `nonResourceAttributes` as Go prints its internal struct.
fn go_struct(path: &Value) -> Value {
    json!({"Path": text(path, &["path"]), "Verb": text(path, &["verb"])})
}
