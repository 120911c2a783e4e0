//! HTTP in front of the door: a request as hyper reads it becomes one of ours, and our answer one of hyper's.

use crate::core::{Core, World};
use crate::exec;
use crate::openapi_v2;
use crate::protobuf;
use crate::streams::is_over;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, UPGRADE};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use serviceaccount_lab::api::container::ContainerRef;
use serviceaccount_lab::api::request::{self, Credential, Method};
use serviceaccount_lab::api::status::Status;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;

/// More than the API server reads, so that it is the API server that refuses.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// The body of an answer.
pub enum Answer {
    /// All of it.
    Whole(Option<Bytes>),
    /// It goes on.
    Parts(Receiver<Bytes>),
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Answer::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Answer::Parts(parts) => parts.poll_recv(context).map(|part| part.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Answer::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Answer::Parts(_) => SizeHint::default(),
        }
    }
}

/// What came of a request, on its way from the cluster's thread.
enum Outcome {
    Whole(Bytes),
    Parts(Receiver<Bytes>),
    Exec(ContainerRef),
}

/// A request without what only hyper needs.
struct Asked {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    certificate: Option<Arc<str>>,
}

/// Answers a request that came over a connection whose client has shown `certificate` (PEM) and proved to hold its key.
pub async fn answer<B>(core: &Core, request: Request<B>, certificate: Option<Arc<str>>) -> Response<Answer>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut parts, body) = request.into_parts();
    let Some(method) = Method::parse(parts.method.as_str()) else {
        return failure(&Status::method_not_allowed());
    };
    let upgrade = parts.extensions.remove::<hyper::upgrade::OnUpgrade>();
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
        let message = "Request entity too large: limit is 3145728";
        return failure(&Status::other(413, "RequestEntityTooLarge", message.to_owned()));
    };
    let url = parts.uri.path_and_query().map_or("/", |url| url.as_str()).to_owned();
    let asked = Asked { method, url, headers: headers(&parts), body: body.to_bytes().into(), certificate };
    let Some((code, headers, outcome)) = core.ask(move |world| asked.put(world)).await else {
        return failure(&Status::other(503, "ServiceUnavailable", "the simulated cluster has stopped".to_owned()));
    };
    let body = match outcome {
        Outcome::Whole(bytes) => Answer::Whole(Some(bytes)),
        Outcome::Parts(receiver) => Answer::Parts(receiver),
        Outcome::Exec(container) => return exec::answer(core, &parts, upgrade, container),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A refusal that the door did not make.
pub fn failure(status: &Status) -> Response<Answer> {
    let mut response = Response::new(Answer::Whole(Some(status.to_value().to_string().into())));
    *response.status_mut() = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn headers(parts: &Parts) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Whether the client wants another protocol, and which.
pub fn wanted_upgrade(parts: &Parts) -> Option<&str> {
    parts.headers.get(UPGRADE)?.to_str().ok()
}

impl Asked {
    /// Puts the request through the door, on the cluster's thread.
    fn put(self, world: &mut World) -> (u16, Vec<(String, String)>, Outcome) {
        let mut request = request::Request::new(self.method, "").with_url(&self.url);
        request.headers = self.headers;
        read_body(&mut request, self.body);
        request.credential = self.certificate.map(|pem| Credential::Certificate((*pem).into()));
        let accept = request.header_value("accept").unwrap_or_default();
        if request.path == "/openapi/v2" && openapi_v2::is_wanted(accept) {
            return open_api(world, &request);
        }
        let response = world.cluster.answer(&request);
        let pretty = request.wants_pretty();
        let outcome = match &response.body {
            request::Body::Watch(watch) => {
                let seconds = request.parameter("timeoutSeconds").and_then(|text| text.parse().ok());
                let timeout = seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
                Outcome::Parts(world.streams.watch(watch.clone(), timeout))
            }
            request::Body::Exec(container) => Outcome::Exec(container.clone()),
            request::Body::Text(log) if is_followed_log(&request) => follow(world, &request, log),
            _ => Outcome::Whole(response.bytes(pretty).into()),
        };
        (response.code, response.headers, outcome)
    }
}

/// `/openapi/v2` of what the door says under `/openapi/v3`, to who may read it.
fn open_api(world: &mut World, request: &request::Request) -> (u16, Vec<(String, String)>, Outcome) {
    let mut read = |path: &str| world.cluster.answer(&request::Request { path: path.to_owned(), ..request.clone() });
    let index = read("/openapi/v3");
    if !index.is_success() {
        let bytes = index.bytes(false);
        return (index.code, index.headers, Outcome::Whole(bytes.into()));
    }
    let names: Vec<String> =
        index.object()["paths"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let documents: Vec<_> = names.iter().map(|name| read(&format!("/openapi/v3/{name}")).object()).collect();
    let headers = vec![("content-type".to_owned(), openapi_v2::MEDIA_TYPE.to_owned())];
    (200, headers, Outcome::Whole(openapi_v2::document(&documents).into()))
}

/// Takes the body over; Protobuf that can be read becomes JSON, the rest is left for the API server to refuse.
fn read_body(request: &mut request::Request, body: Vec<u8>) {
    let sent = request.header_value("content-type").unwrap_or_default();
    let object = if sent.starts_with(protobuf::MEDIA_TYPE) { protobuf::read(&body) } else { None };
    match object {
        Some(object) => {
            request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
            request.body = request::Body::Json(object.into());
        }
        None if body.is_empty() => {}
        None => request.body = request::Body::Bytes(body.into()),
    }
}

fn is_followed_log(request: &request::Request) -> bool {
    request.path.ends_with("/log") && request.parameter("follow").is_some_and(|value| value != "false")
}

/// The log so far, and then what is added to it until the pod is over.
fn follow(world: &mut World, request: &request::Request, log: &str) -> Outcome {
    let pod = request.path.trim_end_matches("/log");
    let Some((collection, name)) = pod.rsplit_once('/') else { return Outcome::Whole(log.to_owned().into()) };
    let named = |path: &str| request::Request { path: path.to_owned(), query: Vec::new(), ..request.clone() };
    let now = world.cluster.answer(&named(pod)).object();
    let select = named(collection).query("watch", "true").query("fieldSelector", format!("metadata.name={name}"));
    let version = serviceaccount_lab::api::object::resource_version(&now).to_owned();
    let watch = match world.cluster.answer(&select.query("resourceVersion", version)).body {
        request::Body::Watch(watch) if !is_over(&now) => watch,
        // Over, or readable only in part: what is there is all.
        _ => return Outcome::Whole(log.to_owned().into()),
    };
    let mut again = request.clone();
    // From now on all of it is read, and what was sent is left out.
    again.query.retain(|(key, _)| !matches!(key.as_str(), "follow" | "tailLines" | "sinceSeconds" | "sinceTime"));
    let whole = match world.cluster.answer(&again).body {
        request::Body::Text(whole) => whole.len(),
        _ => log.len(),
    };
    Outcome::Parts(world.streams.follow(again, log.to_owned(), whole, watch))
}
