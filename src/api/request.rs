//! Requests and responses: what goes through the one door, whoever asks.

use crate::api::container::ContainerRef;
use crate::api::object::Object;
use crate::api::status::Status;
use crate::api::token::Token;
use serde_json::Value;
use std::rc::Rc;

/// An HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    #[default]
    Get,
    Head,
    Options,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// `GET`, `POST`, …
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Options => "OPTIONS",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Reads `GET` and its kin; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        [Method::Get, Method::Head, Method::Options, Method::Post, Method::Put, Method::Patch, Method::Delete]
            .into_iter()
            .find(|method| method.name() == name)
    }
}

/// What a client proves itself with below HTTP, or hands over in process without writing it out.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The client certificate of the TLS connection, as PEM.
    Certificate(Rc<str>),
    /// A bearer token that never left the process: the same as an `Authorization: Bearer` header with it.
    Token(Token),
}

/// Where a request comes from: what the API server sees as its source address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A machine outside the cluster: the learner's.
    #[default]
    Outside,
    /// The node: its kubelet.
    Node,
    /// The machine of the control plane: controllers and scheduler.
    ControlPlane,
    /// A process in a container.
    Container(ContainerRef),
    /// This address.
    Address(Rc<str>),
    /// An application in a pod that nobody started by hand: the address and the name of the pod.
    App(Rc<str>, Rc<str>),
}

/// One request to the API server.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path without its query: `/api/v1/namespaces/default/pods`.
    pub path: String,
    /// The decoded query parameters, in the order given.
    pub query: Vec<(String, String)>,
    /// The headers, in the order given; names compare without case.
    pub headers: Vec<(String, String)>,
    /// What is sent along.
    pub body: Body,
    /// The credential that is not a header.
    pub credential: Option<Credential>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a request or a response carries.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes as they came.
    Bytes(Rc<[u8]>),
    /// JSON that nobody had to write out: in-process clients skip the text.
    Json(Rc<Value>),
    /// Plain text (`ok` of `/healthz`, a pod's log).
    Text(String),
    /// A watch was opened: read it with [`crate::api::client::Client::poll`].
    Watch(Watch),
    /// An exec was allowed: the process runs in this container.
    Exec(ContainerRef),
}

/// An open watch: where it looks and how far it has read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// The plural resource, qualified by its group: `pods`, `deployments.apps`.
    pub resource: String,
    /// Empty for all namespaces.
    pub namespace: String,
    /// The label selector as text; empty for everything.
    pub label_selector: String,
    /// The field selector as text; empty for everything.
    pub field_selector: String,
    /// Everything up to this resource version has been delivered.
    pub resource_version: u64,
    /// Whether each event's object is sent as a server-side table.
    pub as_table: bool,
    /// Whether the next poll ends with the bookmark that says so: what is there has been told.
    pub initial_events: bool,
}

/// One event of a watch.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchEvent {
    /// `ADDED`, `MODIFIED` or `DELETED`; `BOOKMARK` behind streamed lists, `ERROR` when the log does not reach back.
    pub kind: &'static str,
    /// The object as it is, or was last.
    pub object: Rc<Value>,
}

/// The API server's answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status code.
    pub code: u16,
    /// The headers, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// A token this answer carries at `status.token`, signed only when somebody reads it. While it is set, the
    /// JSON body holds no `status.token`; [`Response::object`] and [`Response::bytes`] put it there.
    pub token: Option<Token>,
}

impl Request {
    /// A request without query, headers or body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Request { method, path: path.into(), ..Request::default() }
    }

    /// A GET.
    pub fn get(path: impl Into<String>) -> Self {
        Request::new(Method::Get, path)
    }

    /// With one more query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a JSON body and its content type.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(Rc::new(value));
        self.header("Content-Type", "application/json")
    }

    /// The first header of that name.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The first query parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the API server indents the JSON of its answer: when told to, and for clients that people read.
    pub fn wants_pretty(&self) -> bool {
        match self.parameter("pretty") {
            Some(value) => !["0", "false"].contains(&value),
            None => {
                let agent = self.header_value("User-Agent").unwrap_or_default();
                ["curl", "Wget", "Mozilla/5.0"].iter().any(|known| agent.starts_with(known))
            }
        }
    }

    /// The path with its query, percent-encoded, as a request line or a log shows it.
    pub fn url(&self) -> String {
        let mut url = self.path.clone();
        for (index, (key, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(&percent_encode(key));
            if !value.is_empty() {
                url.push('=');
                url.push_str(&percent_encode(value));
            }
        }
        url
    }

    /// Splits a URL's path and query into the request's fields.
    #[must_use]
    pub fn with_url(mut self, url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        self.path = percent_decode(path, false);
        self.query = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(key, value)| (percent_decode(key, true), percent_decode(value, true)))
            .collect();
        self
    }
}

impl Response {
    /// An answer with a JSON body.
    pub fn json(code: u16, value: Rc<Value>) -> Self {
        Response {
            code,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: Body::Json(value),
            token: None,
        }
    }

    /// A failure.
    pub fn status(status: &Status) -> Self {
        Response::json(status.code, Rc::new(status.to_value()))
    }

    /// The first header of that name.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Whether the code says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code) || self.code == 101
    }

    /// The JSON body, token included; null when the body is not JSON.
    pub fn object(&self) -> Object {
        Response { body: self.body.clone(), token: self.token.clone(), ..Response::default() }.into_object()
    }

    fn into_object(self) -> Object {
        let mut value = match self.body {
            Body::Json(value) => Rc::unwrap_or_clone(value),
            Body::Bytes(bytes) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            Body::Text(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
            _ => Value::Null,
        };
        if let Some(token) = &self.token {
            crate::api::object::set(&mut value, &["status", "token"], Value::from(token.text()));
        }
        value
    }

    /// The object of a success, or the failure.
    ///
    /// # Errors
    /// The `Status` the server answered with; one made up from the code where the body is none.
    pub fn result(self) -> Result<Object, Status> {
        if self.is_success() {
            return Ok(self.into_object());
        }
        Err(self.failure())
    }

    /// The failure this answer stands for.
    pub fn failure(&self) -> Status {
        Status::from_value(&self.object())
            .unwrap_or_else(|| Status::other(self.code, "", format!("the server answered {}", self.code)))
    }

    /// The texts of the `Warning: 299 - "…"` headers.
    pub fn warnings(&self) -> Vec<String> {
        self.headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("warning"))
            .filter_map(|(_, value)| value.strip_prefix("299 - \"")?.strip_suffix('"'))
            .map(|text| text.replace("\\\"", "\"").replace("\\\\", "\\"))
            .collect()
    }

    /// The body as it goes over the wire; `pretty` indents JSON and leaves out the last newline, as the API
    /// server does for curl.
    pub fn bytes(&self, pretty: bool) -> Vec<u8> {
        match &self.body {
            Body::Empty | Body::Watch(_) | Body::Exec(_) => Vec::new(),
            Body::Bytes(bytes) => bytes.to_vec(),
            Body::Text(text) => text.clone().into_bytes(),
            Body::Json(value) if self.token.is_none() => crate::api::wire::encode(value, pretty).into_bytes(),
            Body::Json(_) => crate::api::wire::encode(&self.object(), pretty).into_bytes(),
        }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Percent-encodes everything but unreserved characters, a space as `+` (Go's `url.QueryEscape`).
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Undoes percent-encoding; in a query a `+` is a space. Broken escapes stay as they are.
pub fn percent_decode(text: &str, query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let escaped = (byte == b'%')
            .then(|| bytes.get(index + 1..index + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) => {
                out.push(value);
                index += 3;
            }
            None => {
                out.push(if query && byte == b'+' { b' ' } else { byte });
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_survive_a_round_trip() {
        let request = Request::get("/api/v1/pods").query("labelSelector", "a=b c").query("watch", "");
        assert_eq!(request.url(), "/api/v1/pods?labelSelector=a%3Db+c&watch");
        let again = Request::default().with_url(&request.url());
        assert_eq!(again.query, request.query);
        assert_eq!(percent_decode("%zz%4", true), "%zz%4");
    }
}
