//! The commands that write, from their words to their requests and what they say, over a fake cluster.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::api::Response;
use crate::api::object::{annotation, set_annotation};
use crate::api::request::{Body, WatchEvent};
use crate::api::status::Status;
use crate::kubectl::last_applied::{LAST_APPLIED, with_annotation};
use crate::kubectl::testing::{self, FakeHost};
use serde_json::{Value, json};
use std::rc::Rc;

const ACCOUNTS: &str = "/api/v1/namespaces/default/serviceaccounts";

fn account() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "app", "namespace": "default", "uid": "u1", "resourceVersion": "7"},
    })
}

fn refused(status: &Status) -> Response {
    Response::status(status)
}

fn sent(host: &FakeHost) -> Value {
    match &host.client.requests.last().expect("a request").body {
        Body::Json(value) => (**value).clone(),
        other => panic!("not JSON: {other:?}"),
    }
}

#[test]
fn create_posts_and_wraps_refusals() {
    let url = format!("POST {ACCOUNTS}?fieldManager=kubectl-create&fieldValidation=Strict");
    let mut host = FakeHost::new().with(&url, testing::json(201, account()));
    assert_eq!(host.run("create sa app"), ("serviceaccount/app created\n".into(), String::new(), 0));
    assert_eq!(sent(&host), json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}}));
    let mut host = FakeHost::new().with(&url, refused(&Status::already_exists("", "serviceaccounts", "app")));
    assert_eq!(
        host.run("create sa app").1,
        "error: failed to create serviceaccount: serviceaccounts \"app\" already exists\n"
    );
    assert_eq!(
        host.run("create sa"),
        (
            String::new(),
            "error: exactly one NAME is required, got 0\nSee 'kubectl create serviceaccount -h' for help and examples\n"
                .into(),
            1
        )
    );
    assert_eq!(
        host.run("create foo").1,
        "error: Unexpected args: [foo]\nSee 'kubectl create -h' for help and examples\n"
    );
    assert_eq!(host.run("create").1, "error: must specify one of -f and -k\n");
}

#[test]
fn a_client_dry_run_sends_nothing_a_server_dry_run_says_so() {
    let mut host = FakeHost::new();
    let (out, _, exit) = host.run("create sa dry --dry-run=client -o yaml");
    assert_eq!((out.as_str(), exit), ("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: dry\n", 0));
    assert_eq!(host.run("create sa dry --dry-run=client").0, "serviceaccount/dry created (dry run)\n");
    assert!(host.asked().is_empty());
    let url = format!("POST {ACCOUNTS}?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict");
    let mut host = FakeHost::new().with(&url, testing::json(201, account()));
    assert_eq!(host.run("create sa app --dry-run=server").0, "serviceaccount/app created (server dry run)\n");
}

#[test]
fn run_prints_the_pod_as_recorded() {
    let mut host = FakeHost::new();
    assert_eq!(
        host.run("run my-pod --image=ubuntu --dry-run=client -o yaml").0,
        "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    run: my-pod\n  name: my-pod\nspec:\n  containers:\n  - image: \
         ubuntu\n    name: my-pod\n    resources: {}\n  dnsPolicy: ClusterFirst\n  restartPolicy: Always\nstatus: {}\n"
    );
    assert_eq!(host.run("run my-pod").1, "error: required flag(s) \"image\" not set\n");
    assert_eq!(
        host.run("run x --image=Bad:Image:x").1,
        "error: Invalid image name \"Bad:Image:x\": invalid reference format\n"
    );
    assert_eq!(
        host.run("run x --image=a -t").1,
        "error: -i/--stdin is required for containers with -t/--tty=true\nSee 'kubectl run -h' for help and examples\n"
    );
}

#[test]
fn a_token_is_printed_without_a_newline_and_flags_are_checked_first() {
    let answer = json!({"kind": "TokenRequest", "status": {"token": "a.b.c"}});
    let mut host = FakeHost::new().with(&format!("POST {ACCOUNTS}/app/token"), testing::json(201, answer));
    assert_eq!(host.run("create token app --duration=30m"), ("a.b.c".into(), String::new(), 0));
    assert_eq!(sent(&host)["spec"], json!({"audiences": [], "expirationSeconds": 1800}));
    assert_eq!(host.run("create token app --duration=-5m").1, "error: --duration must be greater than or equal to 0\n");
    assert_eq!(
        host.run("create token serviceaccount/app").1,
        "error: failed to create token: invalid resource name \"serviceaccount/app\": [may not contain '/']\n"
    );
}

#[test]
fn apply_creates_patches_or_leaves_alone() {
    let manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n";
    let mine =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app", "namespace": "default"}});
    let get = format!("GET {ACCOUNTS}/app");
    let query = "?fieldManager=kubectl-client-side-apply&fieldValidation=Strict";
    let words = ["apply", "-f", "-"];

    let mut host = FakeHost::new()
        .with(&get, refused(&Status::not_found("", "serviceaccounts", "app")))
        .with(&format!("POST {ACCOUNTS}{query}"), testing::json(201, account()));
    assert_eq!(host.run_words(&words, manifest).0, "serviceaccount/app created\n");
    assert_eq!(annotation(&sent(&host), LAST_APPLIED), annotation(&with_annotation(&mine), LAST_APPLIED));

    let mut host = FakeHost::new()
        .with(&get, testing::json(200, account()))
        .with(&format!("PATCH {ACCOUNTS}/app{query}"), testing::json(200, account()));
    let (out, warning, _) = host.run_words(&words, manifest);
    assert_eq!(out, "serviceaccount/app configured\n");
    assert!(
        warning.starts_with("Warning: resource serviceaccounts/app is missing the kubectl.kubernetes.io/last-applied")
    );

    let mut live = account();
    set_annotation(&mut live, LAST_APPLIED, annotation(&with_annotation(&mine), LAST_APPLIED).unwrap());
    let mut host = FakeHost::new().with(&get, testing::json(200, live));
    assert_eq!(host.run_words(&words, manifest), ("serviceaccount/app unchanged\n".into(), String::new(), 0));
    assert_eq!(host.asked(), [get]);
}

#[test]
fn apply_names_what_it_could_not_read_or_may_not() {
    let mut host = FakeHost::new();
    assert_eq!(host.run("apply").1, "error: must specify one of -f and -k\n");
    assert_eq!(host.run("apply -f missing.yaml").1, "error: the path \"missing.yaml\" does not exist\n");
    assert_eq!(
        host.run("apply sa.yaml").1,
        "error: Unexpected args: [sa.yaml]\nSee 'kubectl apply -h' for help and examples\n"
    );
    assert_eq!(host.run_words(&["apply", "-f", "-"], "").1, "error: no objects passed to apply\n");
    assert!(host.run("apply -f x --server-side").1.starts_with("error: not simulated: kubectl apply --server-side"));
    let nameless = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {}\n";
    assert_eq!(
        host.run_words(&["apply", "-f", "-"], nameless).1,
        "error: error when retrieving current configuration of:\nResource: \"/v1, Resource=serviceaccounts\", \
         GroupVersionKind: \"/v1, Kind=ServiceAccount\"\nName: \"\", Namespace: \"default\"\nfrom server for: \"STDIN\": \
         resource name may not be empty\n"
    );
}

#[test]
fn delete_says_where_from_and_waits_for_the_end() {
    let status = json!({"kind": "Status", "status": "Success", "details": {"uid": "u1"}});
    let watch = format!(
        "GET {ACCOUNTS}?allowWatchBookmarks=true&fieldSelector=metadata.name%3Dapp&resourceVersion=7&watch=true"
    );
    let mut host = FakeHost::new()
        .with(&format!("DELETE {ACCOUNTS}/app"), testing::json(200, status))
        .with(&format!("GET {ACCOUNTS}/app"), testing::json(200, account()))
        .with(&watch, testing::watch());
    host.client.events = vec![WatchEvent { kind: "DELETED", object: Rc::new(account()) }];
    assert_eq!(
        host.run("delete sa app"),
        ("serviceaccount \"app\" deleted from default namespace\n".into(), String::new(), 0)
    );
    assert_eq!(host.asked(), [format!("DELETE {ACCOUNTS}/app"), format!("GET {ACCOUNTS}/app"), watch]);
    let (out, warning, _) = host.run("delete sa app --force --grace-period=0 --wait=false");
    assert_eq!(out, "serviceaccount \"app\" force deleted from default namespace\n");
    assert!(warning.starts_with("Warning: Immediate deletion does not wait for confirmation"));
    assert_eq!(sent(&host), json!({"propagationPolicy": "Background", "gracePeriodSeconds": 0}));
}

#[test]
fn delete_refuses_as_the_real_one() {
    let gone = Status::not_found("", "serviceaccounts", "nope");
    let mut host = FakeHost::new().with(&format!("DELETE {ACCOUNTS}/nope"), refused(&gone));
    assert_eq!(host.run("delete sa nope").1, "Error from server (NotFound): serviceaccounts \"nope\" not found\n");
    assert_eq!(host.run("delete sa nope --ignore-not-found"), (String::new(), String::new(), 0));
    assert_eq!(host.run("delete sa").1, "error: resource(s) were provided, but no name was specified\n");
    assert!(
        host.run("delete").1.starts_with("error: You must provide one or more resources by argument or filename.\n")
    );
    assert_eq!(
        host.run("delete sa a --now --grace-period=3").1,
        "error: --now and --grace-period cannot be specified together\n"
    );
}

#[test]
fn patch_compares_before_and_after() {
    let patch = format!("PATCH {ACCOUNTS}/app?fieldManager=kubectl-patch");
    let mut host = FakeHost::new()
        .with(&format!("GET {ACCOUNTS}/app"), testing::json(200, account()))
        .with(&patch, testing::json(200, account()));
    let run = |host: &mut FakeHost, words: &[&str]| host.run_words(words, "");
    assert_eq!(run(&mut host, &["patch", "sa", "app", "-p", "{}"]).0, "serviceaccount/app patched (no change)\n");
    assert_eq!(
        host.client.requests.last().unwrap().header_value("content-type"),
        Some("application/strategic-merge-patch+json")
    );
    assert_eq!(
        run(&mut host, &["patch", "sa", "app"]).1,
        "error: must specify --patch or --patch-file containing the contents of the patch\n"
    );
    assert_eq!(
        run(&mut host, &["patch", "sa", "app", "--type=foo", "-p", "{}"]).1,
        "error: --type must be one of [json merge strategic], not \"foo\"\n"
    );
    run(&mut host, &["patch", "sa", "app", "-p", "{"]);
    assert!(matches!(&host.client.requests.last().unwrap().body, Body::Bytes(bytes) if **bytes == *b"{"));
}

#[test]
fn can_i_asks_the_server_and_exits_with_the_answer() {
    let url = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let answer = |allowed: bool| testing::json(201, json!({"status": {"allowed": allowed}}));
    let mut host = FakeHost::new().with(url, answer(false));
    assert_eq!(host.run("auth can-i list deploy/web -n x"), ("no\n".into(), String::new(), 1));
    assert_eq!(
        sent(&host)["spec"],
        json!({"resourceAttributes": {
            "namespace": "x", "verb": "list", "group": "apps", "resource": "deployments", "name": "web"}})
    );
    let mut host = FakeHost::new().with(url, answer(true));
    assert_eq!(host.run("auth can-i get nodes").1, "Warning: resource 'nodes' is not namespace scoped\n\n");
    assert_eq!(host.run("auth can-i get pods -q"), (String::new(), String::new(), 0));
    assert_eq!(host.run("auth can-i get foos").1, "Warning: the server doesn't have a resource type 'foos'\n\n");
    assert_eq!(
        host.run("auth can-i get").1,
        "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' \
         for help and examples.\n"
    );
}

#[test]
fn exec_needs_a_pod_a_command_and_a_container() {
    let pod = json!({
        "metadata": {"name": "box", "namespace": "default"},
        "spec": {"containers": [{"name": "box"}]},
        "status": {"phase": "Running"},
    });
    let mut host = FakeHost::new().with("GET /api/v1/namespaces/default/pods/box", testing::json(200, pod));
    assert_eq!(host.run("exec").1, "error: pod, type/name or --filename must be specified\n");
    assert_eq!(host.run("exec box").1, "error: you must specify at least one command for the container\n");
    assert_eq!(host.run("exec box -c nope -- ls").1, "error: container nope is not valid for pod box out of: box\n");
    let allowed = Response { code: 101, body: Body::Exec(Default::default()), ..Response::default() };
    let url = "/api/v1/namespaces/default/pods/box/exec?command=ls&container=box&stderr=true&stdout=true";
    let mut host = host.with(&format!("GET {url}"), allowed);
    let mut ended = crate::kubectl::Outcome::out("a\n");
    ended.exit = 3;
    host.run = Some(ended);
    assert_eq!(host.run("exec box -- ls"), ("a\n".into(), "command terminated with exit code 3\n".into(), 3));
}
