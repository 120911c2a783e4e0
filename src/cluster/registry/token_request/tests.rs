//! TokenRequest, against conformance scenario 03 and the API's rules.

use super::*;
use crate::cluster::authz::tests::put;
use crate::cluster::settings::{Flags, ISSUER};
use crate::cluster::store::Store;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_476_177);

fn cluster() -> Store {
    let mut store = Store::default();
    let named = |name: &str, uid: &str| json!({"metadata": {"name": name, "namespace": "default", "uid": uid}});
    put(&mut store, "serviceaccounts", named("data-sa", "sa-1"));
    put(&mut store, "secrets", named("anchor", "secret-1"));
    let pod = |name: &str, account: &str, node: &str| json!({"metadata": {"name": name, "namespace": "default", "uid": "pod-1"}, "spec": {"serviceAccountName": account, "nodeName": node}});
    put(&mut store, "pods", pod("p7", "data-sa", "node01"));
    put(&mut store, "pods", pod("pending", "data-sa", ""));
    put(&mut store, "pods", pod("lost", "data-sa", "gone"));
    put(&mut store, "pods", pod("other", "robot", "node01"));
    put(&mut store, "nodes", json!({"metadata": {"name": "node01", "uid": "node-1"}}));
    store
}

fn settings(extend_token_expiration: bool, max_token_expiration_seconds: u64) -> Settings {
    Settings { flags: Flags { extend_token_expiration, max_token_expiration_seconds }, ..Settings::default() }
}

fn with(settings: &Settings, name: &str, body: Value) -> Result<Answer, Status> {
    let store = cluster();
    let mut random = Random::new(1);
    create(&body, "default", name, &mut Context { reader: &store, random: &mut random, settings, now: NOW })
}

fn ask(body: Value) -> Result<Answer, Status> {
    with(&Settings::default(), "data-sa", body)
}

fn refused(body: Value) -> (u16, String) {
    ask(body).map(|_| (201, String::new())).unwrap_or_else(|status| (status.code, status.message))
}

fn spec(spec: Value) -> Value {
    json!({"spec": spec})
}

fn to(kind: &str, name: &str) -> Value {
    json!({"kind": kind, "apiVersion": "v1", "name": name})
}

#[test]
fn an_empty_request_is_answered_in_full() {
    let answer = ask(json!({})).unwrap();
    assert_eq!(
        answer.object,
        json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "metadata": {"creationTimestamp": "2026-11-23T23:22:57Z", "name": "data-sa", "namespace": "default", "uid": "sa-1"},
            "spec": {"audiences": [ISSUER], "boundObjectRef": null, "expirationSeconds": 3600},
            "status": {"expirationTimestamp": "2026-11-24T00:22:57Z"},
        })
    );
    let claims = answer.token.claims();
    let private = json!({"namespace": "default", "serviceaccount": {"name": "data-sa", "uid": "sa-1"}});
    assert_eq!(claims["kubernetes.io"], private);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
    assert!(matches!(answer.issued, Event::TokenIssued { .. }));
}

#[test]
fn lifetimes_have_limits() {
    let seconds = |seconds: Value| refused(spec(json!({"expirationSeconds": seconds})));
    let invalid = |text: &str| {
        (
            422,
            format!(
                "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {text}"
            ),
        )
    };
    assert_eq!(seconds(json!(599)), invalid("599: may not specify a duration less than 10 minutes"));
    assert_eq!(seconds(json!(0)), invalid("0: may not specify a duration less than 10 minutes"));
    let large = "7200000000: may not specify a duration larger than 2^32 seconds";
    assert_eq!(seconds(json!(7_200_000_000_i64)), invalid(large));
    for good in [json!(600), json!(4_294_967_296_i64), Value::Null] {
        assert_eq!(seconds(good).0, 201);
    }
    let status = ask(spec(json!({"expirationSeconds": 599}))).unwrap_err();
    assert_eq!(status.details.unwrap().causes[0].field, "spec.expirationSeconds");
}

#[test]
fn checks_come_in_their_order() {
    let missing = with(&Settings::default(), "nobody", spec(json!({"expirationSeconds": 1}))).unwrap_err();
    assert_eq!(missing.message, "serviceaccounts \"nobody\" not found");
    assert_eq!(
        refused(json!({"metadata": {"name": "x"}})),
        (422, "TokenRequest.authentication.k8s.io \"data-sa\" is invalid: metadata.name: Invalid value: \"x\": must match the service account name if specified".into())
    );
    assert_eq!(
        refused(json!({"metadata": {"uid": "x"}})),
        (409, "Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"data-sa\": the UID in the token request (x) does not match the UID of the service account (sa-1)".into())
    );
}

#[test]
fn tokens_are_bound_to_what_is_there() {
    let bind = |reference: Value| refused(spec(json!({"boundObjectRef": reference})));
    assert_eq!(bind(to("Pod", "missing")), (404, "pods \"missing\" not found".into()));
    assert_eq!(bind(to("Secret", "missing")), (404, "secrets \"missing\" not found".into()));
    assert_eq!(bind(to("Node", "missing")), (404, "nodes \"missing\" not found".into()));
    assert_eq!(bind(to("ConfigMap", "x")), (400, "cannot bind token to object of type /v1, Kind=ConfigMap".into()));
    let wrong_group = json!({"kind": "Pod", "apiVersion": "apps/v1", "name": "p7"});
    assert_eq!(bind(wrong_group), (400, "cannot bind token to object of type apps/v1, Kind=Pod".into()));
    assert_eq!(
        bind(to("Pod", "other")),
        (
            400,
            "cannot bind token for serviceaccount \"data-sa\" to pod running with different serviceaccount name."
                .into()
        )
    );
    assert_eq!(
        bind(json!({"kind": "Secret", "name": "anchor", "uid": "00000000-0000-0000-0000-000000000000"})),
        (409, "Operation cannot be fulfilled on Secret \"anchor\": the UID in the bound object reference (00000000-0000-0000-0000-000000000000) does not match the UID in record. The object might have been deleted and then recreated".into())
    );
    let claims = |reference: Value| {
        let answer = ask(spec(json!({"boundObjectRef": reference}))).unwrap();
        assert_eq!(answer.object["spec"]["boundObjectRef"], reference, "echoed as sent");
        let mut private = answer.token.claims()["kubernetes.io"].clone();
        private.as_object_mut().unwrap().retain(|key, _| key != "namespace" && key != "serviceaccount");
        private
    };
    assert_eq!(
        claims(json!({"kind": "Secret", "name": "anchor"})),
        json!({"secret": {"name": "anchor", "uid": "secret-1"}})
    );
    assert_eq!(claims(to("Node", "node01")), json!({"node": {"name": "node01", "uid": "node-1"}}));
    let pod = |name: &str| json!({"name": name, "uid": "pod-1"});
    assert_eq!(claims(to("Pod", "p7")), json!({"pod": pod("p7"), "node": {"name": "node01", "uid": "node-1"}}));
    assert_eq!(claims(to("Pod", "pending")), json!({"pod": pod("pending")}));
    assert_eq!(claims(to("Pod", "lost")), json!({"pod": pod("lost"), "node": {"name": "gone"}}));
}

#[test]
fn only_mounted_tokens_live_a_year() {
    let lifetime = |settings: &Settings, body: Value| {
        let answer = with(settings, "data-sa", spec(body)).unwrap();
        let claims = answer.token.claims();
        let from_issue = |value: &Value| value.as_i64().map(|at| at - NOW.unix_seconds());
        (
            text(&answer.object, &["status", "expirationTimestamp"]).to_owned(),
            from_issue(&claims["exp"]),
            from_issue(&claims["kubernetes.io"]["warnafter"]),
        )
    };
    let mounted = json!({"expirationSeconds": 3607, "boundObjectRef": to("Pod", "p7")});
    let on = Settings::default();
    assert_eq!(lifetime(&on, mounted.clone()), ("2026-11-24T00:23:04Z".into(), Some(31_536_000), Some(3607)));
    let plain = |body: Value, seconds: i64| {
        let (_, expiry, warn_after) = lifetime(&Settings::default(), body);
        assert_eq!((expiry, warn_after), (Some(seconds), None));
    };
    plain(json!({"expirationSeconds": 3607}), 3607);
    plain(json!({"expirationSeconds": 3607, "boundObjectRef": to("Secret", "anchor")}), 3607);
    plain(json!({"expirationSeconds": 7200, "boundObjectRef": to("Pod", "p7")}), 7200);
    plain(json!({"expirationSeconds": 3607, "boundObjectRef": to("Pod", "p7"), "audiences": ["vault"]}), 3607);
    plain(json!({"expirationSeconds": 3607, "boundObjectRef": to("Pod", "p7"), "audiences": [ISSUER, "vault"]}), 3607);
    let off = settings(false, 0);
    assert_eq!(lifetime(&off, mounted).1, Some(3607));
}

#[test]
fn the_server_may_shorten() {
    let capped = settings(true, 7200);
    let answer = with(&capped, "data-sa", spec(json!({"expirationSeconds": 100_000}))).unwrap();
    assert_eq!(answer.warnings, ["requested expiration of 100000 seconds shortened to 7200 seconds"]);
    assert_eq!(answer.object["spec"]["expirationSeconds"], 7200);
}
