//! Paths that are no resources: discovery, health, version, OpenID.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/{endpoints/discovery,server/healthz} and pkg/routes/openidmetadata.go.

use crate::api::kinds;
use crate::api::release::Version;
use crate::api::request::{Body, Method, Response};
use crate::api::status::Status;
use crate::cluster::apiserver::call::Call;
use crate::cluster::apiserver::discovery::aggregated;
use crate::cluster::apiserver::openapi;
use crate::cluster::apiserver::route::group_is_only_named;
use crate::cluster::token;
use serde_json::{Value, json};
use std::rc::Rc;

/// What a real server has here and this one does not.
const NOT_SIMULATED: [&str; 7] = ["/metrics", "/openapi/v2", "/logs", "/debug", "/configz", "/flagz", "/statusz"];

/// Answers a request for a path.
///
/// # Errors
/// 404 for paths that are not there, 405 for methods that read nothing, 501 for what is not simulated.
pub fn serve(call: &Call<'_>, version: Version) -> Result<Response, Status> {
    let path = match call.request.path.trim_end_matches('/') {
        "" => "/",
        path => path,
    };
    let under = |prefix: &&str| path == *prefix || path.strip_prefix(*prefix).is_some_and(|rest| rest.starts_with('/'));
    if let Some(prefix) = NOT_SIMULATED.iter().find(|prefix| under(prefix)) {
        return Err(not_simulated(&format!("{prefix} of the API server")));
    }
    let reads = matches!(call.request.method, Method::Get | Method::Head);
    if let Some(found) = aggregated(call.request, path).filter(|_| reads) {
        return Ok(found);
    }
    let found = match path {
        "/healthz" | "/livez" | "/readyz" => health(call, path),
        "/.well-known/openid-configuration" => document(token::openid_configuration(), "application/json"),
        "/openid/v1/jwks" => document(token::json_web_key_set(), token::JSON_WEB_KEY_SET_TYPE),
        "/" => Response::json(200, Rc::new(index())),
        "/version" => Response::json(200, Rc::new(told(version))),
        path => match (kinds::document(path), openapi::document(path)) {
            (Value::Null, None) => return Err(unknown(path)),
            (_, Some(document)) => Response::json(200, Rc::new(document)),
            (document, None) => Response::json(200, Rc::new(document.clone())),
        },
    };
    if reads { Ok(found) } else { Err(Status::method_not_allowed()) }
}

/// What `/version` answers.
fn told(version: Version) -> Value {
    let build = version.release.build();
    build.map_or_else(|| kinds::document("/version").clone(), |build| build.info(version.release, build.server_date))
}

fn unknown(path: &str) -> Status {
    let group = path.strip_prefix("/apis/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if group_is_only_named(group) { not_simulated(&format!("the API group {group}")) } else { Status::no_such_path() }
}

/// 501: Kubernetes has it, the lab does not.
pub fn not_simulated(what: &str) -> Status {
    Status::other(501, "", format!("not simulated: {what}"))
}

fn text(text: String) -> Response {
    Response {
        code: 200,
        headers: vec![
            ("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()),
            ("X-Content-Type-Options".to_owned(), "nosniff".to_owned()),
        ],
        body: Body::Text(text),
        token: None,
    }
}

fn document(text: String, content_type: &str) -> Response {
    Response {
        code: 200,
        headers: vec![
            ("Content-Type".to_owned(), content_type.to_owned()),
            ("Cache-Control".to_owned(), token::DOCUMENT_CACHE_CONTROL.to_owned()),
        ],
        body: Body::Text(text),
        token: None,
    }
}

fn health(call: &Call<'_>, path: &str) -> Response {
    if !call.flag("verbose") {
        return text("ok".to_owned());
    }
    let name = path.trim_start_matches('/');
    text(format!("[+]ping ok\n[+]log ok\n[+]etcd ok\n{name} check passed\n"))
}

/// The paths that this server answers.
fn index() -> Value {
    let mut paths = vec!["/.well-known/openid-configuration".to_owned(), "/api".to_owned(), "/api/v1".to_owned()];
    paths.push("/apis".to_owned());
    for kind in kinds::all() {
        if kind.group.is_empty() {
            continue;
        }
        for path in [format!("/apis/{}", kind.group), format!("/apis/{}/{}", kind.group, kind.version)] {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.extend(["/healthz", "/livez", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version"].map(str::to_owned));
    json!({"paths": paths})
}
