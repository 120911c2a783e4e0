//! The door as a client sees it.

use super::*;
use crate::api::object::text;
use crate::api::request::{Credential, Method};
use crate::cluster::keys;
use serde_json::{Value, json};

fn server() -> ApiServer {
    ApiServer::new(Settings::default())
}

fn admin(mut request: Request) -> Request {
    request.credential = Some(Credential::Certificate(keys::ADMIN.pem.into()));
    request
}

fn send(server: &mut ApiServer, method: Method, url: &str, body: Value) -> Response {
    let mut request = Request::new(method, "").with_url(url);
    if !body.is_null() {
        request = request.json(body);
    }
    server.handle(&admin(request))
}

fn get(server: &mut ApiServer, url: &str) -> Response {
    send(server, Method::Get, url, Value::Null)
}

const ACCOUNTS: &str = "/api/v1/namespaces/default/serviceaccounts";

#[test]
fn an_account_lives_and_dies() {
    let mut server = server();
    let made = send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    assert_eq!(made.code, 201, "{}", made.object());
    let again = send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    assert_eq!(text(&again.object(), &["message"]), "serviceaccounts \"a\" already exists");
    let list = get(&mut server, ACCOUNTS).object();
    assert_eq!(list["kind"], "ServiceAccountList");
    assert!(list["items"][0]["kind"].is_null() && list["items"][0]["metadata"]["name"] == "a");
    let gone = send(&mut server, Method::Delete, &format!("{ACCOUNTS}/a"), Value::Null).object();
    assert_eq!(gone["kind"], "ServiceAccount");
    let missing = get(&mut server, &format!("{ACCOUNTS}/a"));
    assert_eq!((missing.code, text(&missing.object(), &["message"])), (404, "serviceaccounts \"a\" not found"));
}

#[test]
fn strangers_are_told_what_they_may_not() {
    let mut server = server();
    let answer = server.handle(&Request::get("/api/v1/namespaces/default/pods"));
    let expected = "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"";
    assert_eq!((answer.code, text(&answer.object(), &["message"])), (403, expected));
    assert_eq!(answer.header_value("x-content-type-options"), Some("nosniff"));
    let answer = server.handle(&Request::get("/api").header("Authorization", "Bearer junk"));
    assert_eq!(answer.code, 401);
    assert!(answer.header_value("x-kubernetes-pf-flowschema-uid").is_none());
    assert_eq!(server.handle(&Request::get("/healthz")).bytes(false), b"ok");
}

#[test]
fn writers_that_come_late_are_refused() {
    let mut server = server();
    let made = send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}})).object();
    let mut changed = made.clone();
    changed["metadata"]["labels"] = json!({"x": "y"});
    let url = format!("{ACCOUNTS}/a");
    assert_eq!(send(&mut server, Method::Put, &url, changed.clone()).code, 200);
    changed["metadata"]["labels"] = json!({"x": "z"});
    let late = send(&mut server, Method::Put, &url, changed.clone());
    let expected = "Operation cannot be fulfilled on serviceaccounts \"a\": the object has been modified; please apply your changes to the latest version and try again";
    assert_eq!((late.code, text(&late.object(), &["message"])), (409, expected));
    let current = get(&mut server, &url).object();
    let same = send(&mut server, Method::Put, &url, current.clone()).object();
    assert_eq!(same["metadata"]["resourceVersion"], current["metadata"]["resourceVersion"]);
}

#[test]
fn a_watch_sees_objects_enter_and_leave_its_selection() {
    let mut server = server();
    let opened = get(&mut server, &format!("{ACCOUNTS}?watch=1&labelSelector=x%3Dy"));
    let crate::api::request::Body::Watch(mut watch) = opened.body else { panic!("no watch") };
    assert!(server.poll(&mut watch).is_empty());
    send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    assert!(server.poll(&mut watch).is_empty());
    for (labels, kind) in
        [(json!({"x": "y"}), "ADDED"), (json!({"x": "y", "a": "b"}), "MODIFIED"), (json!({}), "DELETED")]
    {
        let body = json!({"metadata": {"name": "a", "labels": labels}});
        assert_eq!(send(&mut server, Method::Put, &format!("{ACCOUNTS}/a"), body).code, 200);
        let events = server.poll(&mut watch);
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind]);
    }
}

#[test]
fn patches_change_objects() {
    let mut server = server();
    send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    let patch = |server: &mut ApiServer, form: &str, body: &str| {
        let mut request = Request::new(Method::Patch, format!("{ACCOUNTS}/a")).header("Content-Type", form);
        request.body = crate::api::request::Body::Text(body.to_owned());
        server.handle(&admin(request))
    };
    let done = patch(&mut server, "application/merge-patch+json", r#"{"automountServiceAccountToken":false}"#);
    assert_eq!(done.object()["automountServiceAccountToken"], false);
    let failed = patch(&mut server, "application/json-patch+json", r#"[{"op":"remove","path":"/metadata/nope"}]"#);
    let expected = "the server rejected our request due to an error in our request";
    assert_eq!((failed.code, text(&failed.object(), &["message"])), (422, expected));
    let broken = patch(&mut server, "application/strategic-merge-patch+json", "{");
    assert_eq!((broken.code, text(&broken.object(), &["message"])), (400, "unexpected end of JSON input"));
}

#[test]
fn tables_hold_cells_and_metadata() {
    let mut server = server();
    send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    let request =
        Request::get(ACCOUNTS).header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    let table = server.handle(&admin(request)).object();
    assert_eq!(table["kind"], "Table");
    assert_eq!(table["rows"][0]["cells"], json!(["a", "0s"]));
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

#[test]
fn dry_runs_leave_nothing() {
    let mut server = server();
    let answer = send(&mut server, Method::Post, &format!("{ACCOUNTS}?dryRun=All"), json!({"metadata": {"name": "a"}}));
    assert_eq!(answer.code, 201);
    assert!(answer.object()["metadata"]["resourceVersion"].is_null());
    assert_eq!(get(&mut server, &format!("{ACCOUNTS}/a")).code, 404);
}
