//! kube-rs, a client that others wrote, in front of the same door: no socket, a tower service.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod door;

use futures_util::{Stream, StreamExt};
use hyper::Request;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{DeleteParams, ListParams, LogParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::core::ErrorResponse;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt};
use salab::Core;
use serde_json::json;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

fn client(core: &Core, certificate: Option<Arc<str>>) -> Client {
    let core = core.clone();
    let service = tower::service_fn(move |request: Request<kube::client::Body>| {
        let (core, certificate) = (core.clone(), certificate.clone());
        async move { Ok::<_, Infallible>(salab::door::answer(&core, request, certificate).await) }
    });
    Client::new(service, "default")
}

fn administrator() -> (Core, Client) {
    let core = door::cluster(door::now());
    let client = client(&core, door::administrator());
    (core, client)
}

fn refusal<T: std::fmt::Debug>(answer: kube::Result<T>) -> ErrorResponse {
    match answer {
        Err(kube::Error::Api(refusal)) => *Box::new(refusal),
        other => unreachable!("not refused: {other:?}"),
    }
}

fn pod(name: &str) -> Pod {
    serde_json::from_value(json!({
        "metadata": {"name": name},
        "spec": {
            "serviceAccountName": "robot",
            "containers": [{"name": "main", "image": "busybox", "command": ["sh", "-c", "echo hello; sleep 1000"]}],
        },
    }))
    .expect("a pod")
}

fn account(name: &str) -> ServiceAccount {
    ServiceAccount {
        metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
        ..ServiceAccount::default()
    }
}

#[test]
fn accounts_are_made_read_changed_and_deleted() {
    door::run(async {
        let (_core, client) = administrator();
        let accounts: Api<ServiceAccount> = Api::default_namespaced(client.clone());
        let made = accounts.create(&PostParams::default(), &account("robot")).await.expect("made");
        assert_eq!((made.name_any().as_str(), made.namespace().as_deref()), ("robot", Some("default")));
        let again = refusal(accounts.create(&PostParams::default(), &account("robot")).await);
        assert_eq!((again.code, again.reason.as_str()), (409, "AlreadyExists"));
        assert_eq!(again.message, "serviceaccounts \"robot\" already exists");

        let patch = Patch::Merge(json!({"automountServiceAccountToken": false}));
        let changed = accounts.patch("robot", &PatchParams::default(), &patch).await.expect("changed");
        assert_eq!(changed.automount_service_account_token, Some(false));
        let stale = refusal(accounts.replace("robot", &PostParams::default(), &made).await);
        assert_eq!(stale.reason, "Conflict");

        let names: Vec<String> =
            accounts.list(&ListParams::default()).await.expect("a list").iter().map(ResourceExt::name_any).collect();
        assert_eq!(names, ["default", "robot"]);
        accounts.delete("robot", &DeleteParams::default()).await.expect("deleted");
        assert!(accounts.get_opt("robot").await.expect("an answer").is_none());
        assert_eq!(client.apiserver_version().await.expect("a version").git_version, "v1.36.2");
    });
}

#[test]
fn tokens_are_requested_and_used() {
    door::run(async {
        let (core, admin) = administrator();
        let accounts: Api<ServiceAccount> = Api::default_namespaced(admin);
        accounts.create(&PostParams::default(), &account("robot")).await.expect("made");
        let spec = TokenRequestSpec { expiration_seconds: Some(600), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let answer = accounts.create_token_request("robot", &PostParams::default(), &request).await.expect("a token");
        let token = answer.status.expect("a status").token;

        // With the token one is the account: known, and allowed next to nothing.
        let said = |authorization: Option<String>| {
            let core = core.clone();
            async move {
                let mut request = Request::get("/api/v1/namespaces/default/pods");
                if let Some(value) = authorization {
                    request = request.header("authorization", value);
                }
                let request = request.body(String::new()).expect("a request");
                salab::door::answer(&core, request, None).await.status().as_u16()
            }
        };
        assert_eq!(said(Some(format!("Bearer {token}"))).await, 403);
        assert_eq!(said(Some("Bearer nonsense".to_owned())).await, 401);
        assert_eq!(said(None).await, 403, "anonymous");

        let short = TokenRequestSpec { expiration_seconds: Some(60), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec: short, ..TokenRequest::default() };
        let refused = refusal(accounts.create_token_request("robot", &PostParams::default(), &request).await);
        assert!(refused.message.contains("may not specify a duration less than 10 minutes"), "{}", refused.message);
    });
}

/// Waits for an event of a watcher that `wanted` finds something in.
async fn seek<T>(
    events: &mut (impl Stream<Item = watcher::Result<Event<Pod>>> + Unpin),
    mut wanted: impl FnMut(Event<Pod>) -> Option<T>,
) -> T {
    let seeking = async {
        loop {
            let event = events.next().await.expect("watchers do not end").expect("an event");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), seeking).await.expect("within a minute")
}

fn applied(event: Event<Pod>) -> Option<Pod> {
    match event {
        Event::Apply(pod) | Event::InitApply(pod) => Some(pod),
        _ => None,
    }
}

fn phase(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

async fn follows_a_pod(config: watcher::Config) {
    let (_core, client) = administrator();
    let accounts: Api<ServiceAccount> = Api::default_namespaced(client.clone());
    accounts.create(&PostParams::default(), &account("robot")).await.expect("made");
    let pods: Api<Pod> = Api::default_namespaced(client);
    let mut events = pin!(watcher(pods.clone(), config));
    pods.create(&PostParams::default(), &pod("box")).await.expect("made");
    let running = seek(&mut events, |event| applied(event).filter(|pod| phase(pod) == "Running")).await;
    let volumes = running.spec.as_ref().and_then(|spec| spec.volumes.as_ref()).expect("volumes");
    assert!(volumes.iter().any(|volume| volume.name.starts_with("kube-api-access-")));
    assert_eq!(pods.logs("box", &LogParams::default()).await.expect("a log"), "hello\n");

    pods.delete("box", &DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() })
        .await
        .expect("deleted");
    let gone = seek(&mut events, |event| match event {
        Event::Delete(pod) => Some(pod),
        _ => None,
    });
    assert_eq!(gone.await.name_any(), "box");
}

#[test]
fn a_watcher_follows_a_pod() {
    door::run(follows_a_pod(watcher::Config::default()));
}

#[test]
fn a_watcher_that_streams_its_list_follows_a_pod() {
    door::run(follows_a_pod(watcher::Config::default().streaming_lists()));
}
