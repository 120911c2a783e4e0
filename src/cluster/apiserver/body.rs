//! Request bodies: their size, their format, and what is said about broken ones.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{rest,create}.go. Protobuf and CBOR are not simulated;
//! a key that occurs twice in one JSON mapping is not noticed (the last one counts).

use crate::api::kinds::Kind;
use crate::api::object::{Object, text};
use crate::api::request::{Body, Request};
use crate::api::schema::{self, Strictness};
use crate::api::status::Status;
use crate::cluster::apiserver::call::Call;
use crate::cluster::apiserver::json_error;
use serde_json::Value;
use std::rc::Rc;

/// The largest body that is read.
pub const LIMIT: usize = 3_145_728;

/// The JSON (or YAML) of a request's body; `None` without a body.
///
/// # Errors
/// 413 for one that is too large, 415 for a format that is none of ours, 400 for one that cannot be read.
pub fn read(request: &Request) -> Result<Option<Rc<Object>>, Status> {
    let text = match &request.body {
        Body::Json(value) => return Ok(Some(Rc::clone(value))),
        Body::Bytes(bytes) if bytes.is_empty() => return Ok(None),
        Body::Bytes(bytes) => bytes.as_ref(),
        Body::Text(text) if text.is_empty() => return Ok(None),
        Body::Text(text) => text.as_bytes(),
        Body::Empty | Body::Watch(_) | Body::Exec(_) => return Ok(None),
    };
    if text.len() > LIMIT {
        let message = format!("Request entity too large: limit is {LIMIT}");
        return Err(Status::other(413, "RequestEntityTooLarge", message));
    }
    let content_type = request.header_value("content-type").unwrap_or("application/json");
    match content_type.split(';').next().unwrap_or_default().trim() {
        "application/yaml" | "application/apply-patch+yaml" => {
            let source = String::from_utf8_lossy(text);
            crate::api::yaml::parse(&source).map(|value| Some(Rc::new(value))).map_err(Status::bad_request)
        }
        ""
        | "application/json"
        | "application/json-patch+json"
        | "application/merge-patch+json"
        | "application/strategic-merge-patch+json" => match serde_json::from_slice(text) {
            Ok(value) => Ok(Some(Rc::new(value))),
            Err(_) => Err(Status::bad_request(json_error::explain(text))),
        },
        other => Err(unsupported(other, "application/json, application/yaml")),
    }
}

/// 415: the media type is not one of those accepted.
pub fn unsupported(content_type: &str, accepted: &str) -> Status {
    let message =
        format!("the body of the request was in an unknown format - accepted media types include: {accepted}");
    let _ = content_type;
    Status::other(415, "UnsupportedMediaType", message)
}

/// Reads the object of a creation or update as an object of `kind`: fields checked against its type, `apiVersion`
/// and `kind` filled in. Returns it with warnings about unknown fields.
///
/// # Errors
/// 400 in the API server's words.
pub fn decode(
    call: &Call<'_>,
    api_version: &str,
    kind: &str,
    strictness: Strictness,
) -> Result<(Object, Vec<String>), Status> {
    let unrecognized = |problem: &str, summary: &str| {
        Status::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: \
             {problem} ({summary})"
        ))
    };
    let raw = match &call.request.body {
        Body::Bytes(bytes) => &String::from_utf8_lossy(bytes),
        Body::Text(text) => text.as_str(),
        _ => "",
    };
    let value = match &call.body {
        Err(status) if status.code == 400 => return Err(unrecognized(&status.message, &summary(raw))),
        Err(status) => return Err(status.clone()),
        Ok(None) => return Err(unrecognized("unexpected end of JSON input", "<empty>")),
        Ok(Some(value)) => Rc::clone(value),
    };
    if !value.is_object() {
        let found = match &*value {
            Value::Array(_) => "array",
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            _ => "null",
        };
        let problem = format!(
            "json: cannot unmarshal {found} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}"
        );
        return Err(unrecognized(&problem, &summary(&value.to_string())));
    }
    let (given_version, given_kind) = (text(&value, &["apiVersion"]), text(&value, &["kind"]));
    if !given_kind.is_empty() && given_kind != kind {
        let problem = another_kind(&value, api_version, kind).unwrap_or_default();
        let version = if given_version.is_empty() { api_version } else { given_version };
        let short = version.rsplit('/').next().unwrap_or(version);
        return Err(Status::bad_request(format!(
            "{given_kind} in version \"{short}\" cannot be handled as a {kind}: {problem}"
        )));
    }
    if !given_version.is_empty() && given_version != api_version {
        return Err(Status::bad_request(format!(
            "the API version in the data ({given_version}) does not match the expected API version ({api_version})"
        )));
    }
    let mut object = Rc::unwrap_or_clone(value);
    crate::api::object::set(&mut object, &["apiVersion"], api_version.into());
    crate::api::object::set(&mut object, &["kind"], kind.into());
    let short = api_version.rsplit('/').next().unwrap_or(api_version);
    let refuse = |error: String| {
        Status::bad_request(format!("{kind} in version \"{short}\" cannot be handled as a {kind}: {error}"))
    };
    schema::decode(api_version, kind, object, strictness).map_err(refuse)
}

/// [`decode`] for a kind of the table.
///
/// # Errors
/// As [`decode`].
pub fn decode_kind(call: &Call<'_>, kind: &Kind, strictness: Strictness) -> Result<(Object, Vec<String>), Status> {
    decode(call, &kind.api_version(), &kind.kind, strictness)
}

fn summary(text: &str) -> String {
    if text.is_empty() {
        return "<empty>".to_owned();
    }
    if !text.starts_with('{') {
        return text.bytes().take(30).map(|byte| format!("{byte:02x}")).collect();
    }
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{} ...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What the server says of an object that is of another kind or version than it has to be; `None` if it is not.
pub fn another_kind(value: &Value, api_version: &str, kind: &str) -> Option<String> {
    let told = |field, wanted| Some(text(value, &[field])).filter(|told| !told.is_empty()).unwrap_or(wanted);
    let version = told("apiVersion", api_version);
    let given = told("kind", kind);
    if (version, given) == (api_version, kind) {
        return None;
    }
    if crate::api::kinds::by_kind(version, given).is_none() {
        return Some(format!(
            "no kind \"{given}\" is registered for version \"{version}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
        ));
    }
    let short = version.rsplit('/').next().unwrap_or(version);
    // The package of the server's internal type: `rbac` of `rbac.authorization.k8s.io`.
    let group = api_version.split_once('/').map_or("core", |(group, _)| group);
    let package = group.split('.').next().unwrap_or(group);
    Some(format!("converting ({short}.{given}) to ({package}.{kind}): unknown conversion"))
}
