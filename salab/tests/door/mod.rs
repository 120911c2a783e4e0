//! Requests through the HTTP side of the door, without a socket.

#![allow(dead_code, clippy::expect_used)]

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use salab::{Core, door};
use serde_json::Value;
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::keys;
use serviceaccount_lab::cluster::settings::Settings;
use std::sync::Arc;

/// What the wall clock shows.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).expect("a clock"))
}

/// A cluster that began at `start`.
pub fn cluster(start: Timestamp) -> Core {
    Core::start(Settings { start, ..Settings::default() }).expect("a thread")
}

/// The administrator's certificate, as a connection would have proved it.
pub fn administrator() -> Option<Arc<str>> {
    Some(keys::ADMIN.pem.into())
}

/// What a request was answered.
pub async fn ask(core: &Core, method: &str, url: &str, body: &str, who: Option<Arc<str>>) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(body.to_owned()))
        .expect("a request");
    let response = door::answer(core, request, who).await;
    let code = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    (code, String::from_utf8(bytes.to_vec()).expect("text"))
}

/// A document that anybody may read, or that the administrator may.
pub async fn get(core: &Core, url: &str) -> Value {
    let (code, text) = ask(core, "GET", url, "", administrator()).await;
    assert_eq!(code, 200, "{url}: {text}");
    serde_json::from_str(&text).expect(url)
}

/// A token of the account `default`.
pub async fn token(core: &Core, audiences: &[&str]) -> String {
    let body = serde_json::json!({
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "spec": {"audiences": audiences, "expirationSeconds": 600},
    });
    let url = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let (code, text) = ask(core, "POST", url, &body.to_string(), administrator()).await;
    assert_eq!(code, 201, "{text}");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["status"]["token"].as_str().expect("a token").to_owned()
}

/// Runs a test's future.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}
