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

const PODS: &str = "/api/v1/namespaces/default/pods";

/// A pod on a node, made by hand: no controller, scheduler or kubelet runs here.
fn bound_pod(server: &mut ApiServer) {
    send(server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "default"}}));
    let pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}});
    assert_eq!(send(server, Method::Post, PODS, pod).code, 201);
    let binding = json!({"target": {"kind": "Node", "name": "node01"}});
    assert_eq!(send(server, Method::Post, &format!("{PODS}/p/binding"), binding).code, 201);
}

#[test]
fn pods_are_bound_once_and_leave_with_grace() {
    let mut server = server();
    bound_pod(&mut server);
    let pod = get(&mut server, &format!("{PODS}/p")).object();
    assert_eq!(pod["spec"]["nodeName"], "node01");
    assert_eq!(pod["status"]["conditions"][0]["type"], "PodScheduled");
    let again = json!({"target": {"kind": "Node", "name": "node02"}});
    let refused = send(&mut server, Method::Post, &format!("{PODS}/p/binding"), again).object();
    let expected = "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"node01\"";
    assert_eq!(text(&refused, &["message"]), expected);
    let leaving = send(&mut server, Method::Delete, &format!("{PODS}/p"), Value::Null).object();
    assert_eq!(leaving["metadata"]["deletionGracePeriodSeconds"], 30);
    assert_eq!(get(&mut server, &format!("{PODS}/p")).code, 200);
    let now = json!({"gracePeriodSeconds": 0});
    assert_eq!(send(&mut server, Method::Delete, &format!("{PODS}/p"), now).code, 200);
    assert_eq!(get(&mut server, &format!("{PODS}/p")).code, 404);
}

#[test]
fn status_and_spec_are_written_apart() {
    let mut server = server();
    bound_pod(&mut server);
    let mut pod = get(&mut server, &format!("{PODS}/p")).object();
    pod["status"]["phase"] = json!("Running");
    pod["metadata"]["labels"] = json!({"a": "b"});
    let through_pod = send(&mut server, Method::Put, &format!("{PODS}/p"), pod.clone()).object();
    assert_eq!(
        (&through_pod["status"]["phase"], &through_pod["metadata"]["labels"]["a"]),
        (&json!("Pending"), &json!("b"))
    );
    pod["metadata"]["resourceVersion"] = Value::Null;
    let through_status = send(&mut server, Method::Put, &format!("{PODS}/p/status"), pod).object();
    assert_eq!(through_status["status"]["phase"], "Running");
    assert_eq!(through_status["metadata"]["generation"], 1);
}

#[test]
fn finalizers_hold_objects_back() {
    let mut server = server();
    let account = json!({"metadata": {"name": "a", "finalizers": ["example.com/hold"]}});
    send(&mut server, Method::Post, ACCOUNTS, account);
    let url = format!("{ACCOUNTS}/a");
    let waiting = send(&mut server, Method::Delete, &url, Value::Null).object();
    assert!(!waiting["metadata"]["deletionTimestamp"].is_null());
    let mut stored = get(&mut server, &url).object();
    stored["metadata"]["finalizers"] = json!([]);
    assert_eq!(send(&mut server, Method::Put, &url, stored).code, 200);
    assert_eq!(get(&mut server, &url).code, 404);
}

#[test]
fn namespaces_go_in_two_steps() {
    let mut server = server();
    send(&mut server, Method::Post, "/api/v1/namespaces", json!({"metadata": {"name": "n"}}));
    let url = "/api/v1/namespaces/n";
    let leaving = send(&mut server, Method::Delete, url, Value::Null).object();
    assert_eq!(leaving["status"]["phase"], "Terminating");
    let inside = send(&mut server, Method::Post, "/api/v1/namespaces/n/secrets", json!({"metadata": {"name": "s"}}));
    assert_eq!(inside.code, 403, "{}", inside.object());
    let mut stored = get(&mut server, url).object();
    stored["spec"]["finalizers"] = json!([]);
    assert_eq!(send(&mut server, Method::Put, &format!("{url}/finalize"), stored).code, 200);
    assert_eq!(get(&mut server, url).code, 404);
}

#[test]
fn unknown_fields_are_refused_or_warned_about() {
    let mut server = server();
    let body = json!({"metadata": {"name": "a"}, "automountServiceAccountTokens": true});
    let strict = send(&mut server, Method::Post, &format!("{ACCOUNTS}?fieldValidation=Strict"), body.clone());
    let expected = "ServiceAccount in version \"v1\" cannot be handled as a ServiceAccount: strict decoding error: unknown field \"automountServiceAccountTokens\"";
    assert_eq!((strict.code, text(&strict.object(), &["message"])), (400, expected));
    let warned = send(&mut server, Method::Post, ACCOUNTS, body);
    assert_eq!(
        (warned.code, warned.warnings()),
        (201, vec!["unknown field \"automountServiceAccountTokens\"".to_owned()])
    );
}

#[test]
fn bad_requests_have_clear_answers() {
    let mut server = server();
    let post = |server: &mut ApiServer, content_type: &str, body: Vec<u8>| {
        let mut request = Request::new(Method::Post, ACCOUNTS).header("Content-Type", content_type);
        request.body = crate::api::request::Body::Bytes(body.into());
        server.handle(&admin(request))
    };
    let json = "application/json";
    assert_eq!(post(&mut server, json, vec![b' '; body::LIMIT + 1]).code, 413);
    assert_eq!(post(&mut server, json, "[".repeat(100_000).into_bytes()).code, 400);
    assert_eq!(post(&mut server, json, vec![0, 159, 255]).code, 400);
    assert_eq!(post(&mut server, "text/plain", b"{}".to_vec()).code, 415);
    assert_eq!(send(&mut server, Method::Post, &format!("{ACCOUNTS}/a"), json!({})).code, 405);
    assert_eq!(send(&mut server, Method::Delete, "/api/v1/pods", Value::Null).code, 405);
    assert_eq!(get(&mut server, "/api/v1/namespaces/default/frobs").code, 404);
    let missing = get(&mut server, "/apis/batch/v1/jobs");
    assert_eq!(text(&missing.object(), &["message"]), "not simulated: jobs (batch/v1)");
    let fields = get(&mut server, &format!("{PODS}?fieldSelector=spec.foo%3Dx"));
    assert_eq!(text(&fields.object(), &["message"]), "field label not supported: spec.foo");
}

#[test]
fn a_watch_from_before_the_log_is_told_so() {
    let mut server = server();
    let url = format!("{ACCOUNTS}/a");
    send(&mut server, Method::Post, ACCOUNTS, json!({"metadata": {"name": "a"}}));
    for number in 0..crate::cluster::store::LOG_LENGTH_MAX {
        let key = Key { resource: "serviceaccounts".into(), namespace: "default".into(), name: "a".into() };
        server
            .store
            .put(key, json!({"metadata": {"name": "a", "namespace": "default", "labels": {"n": number.to_string()}}}));
    }
    assert_eq!(get(&mut server, &url).code, 200);
    let mut watch =
        crate::api::request::Watch { resource: "serviceaccounts".into(), resource_version: 1, ..Default::default() };
    let events = server.poll(&mut watch);
    assert_eq!((events[0].kind, &events[0].object["code"]), ("ERROR", &json!(410)));
}

#[test]
fn logs_are_those_that_the_kubelet_handed_over() {
    let mut server = server();
    bound_pod(&mut server);
    let uid = get(&mut server, &format!("{PODS}/p")).object()["metadata"]["uid"].as_str().unwrap().to_owned();
    let waiting = get(&mut server, &format!("{PODS}/p/log"));
    let expected = "container \"c\" in pod \"p\" is waiting to start: ContainerCreating";
    assert_eq!((waiting.code, text(&waiting.object(), &["message"])), (400, expected));
    server.append_log(&uid, "c", "one\ntwo\n");
    assert_eq!(get(&mut server, &format!("{PODS}/p/log?tailLines=1")).bytes(false), b"two\n");
    server.restart_log(&uid, "c");
    assert_eq!(get(&mut server, &format!("{PODS}/p/log?previous=true")).bytes(false), b"one\ntwo\n");
}

#[test]
fn the_trace_tells_a_request_from_arrival_to_answer() {
    let mut server = server();
    let before = server.trace().last_sequence();
    send(&mut server, Method::Post, "/api/v1/namespaces/default/secrets", json!({"metadata": {"name": "s"}}));
    let stages: Vec<&str> = server
        .trace()
        .since(before)
        .iter()
        .map(|entry| match &entry.event {
            Event::Received { .. } => "received",
            Event::Authenticated { .. } => "authenticated",
            Event::Authorized { .. } => "authorized",
            Event::Mutated { .. } => "mutated",
            Event::Stored { .. } => "stored",
            Event::Answered { .. } => "answered",
            _ => "else",
        })
        .collect();
    assert_eq!(stages, ["received", "authenticated", "authorized", "mutated", "stored", "answered"]);
}
