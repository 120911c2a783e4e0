//! The reviews, against what a real cluster answered (conformance scenario 10).

use crate::api::user::{SYSTEM_MASTERS, UserInfo};
use crate::cluster::authn::Authenticator;
use crate::cluster::registry::escalation::tests::{cluster, jane, rule};
use crate::cluster::registry::{access_review, rules_review, self_subject_review, token_review};
use crate::cluster::store::Store;
use serde_json::{Value, json};

#[test]
fn access_reviews_answer() {
    let store = cluster(&[]);
    let review = |spec: Value| access_review::subject(&json!({"spec": spec}), &store);
    let yes = review(
        json!({"user": "jane", "resourceAttributes": {"namespace": "default", "verb": "list", "resource": "pods"}}),
    )
    .unwrap();
    assert_eq!(
        yes.object["status"].to_string(),
        r#"{"allowed":true,"reason":"RBAC: allowed by RoleBinding \"j/default\" of Role \"j\" to User \"jane\""}"#
    );
    let no = review(
        json!({"user": "jane", "resourceAttributes": {"namespace": "default", "verb": "list", "resource": "secrets"}}),
    )
    .unwrap();
    assert_eq!(no.object["status"], json!({"allowed": false}));
    let path = json!({"path": "/api", "verb": "get"});
    assert!(
        !review(json!({"user": "jane", "nonResourceAttributes": path})).unwrap().verdict.allowed,
        "no implied groups"
    );
    let grouped = json!({"user": "jane", "groups": ["system:authenticated"], "nonResourceAttributes": path});
    assert!(review(grouped).unwrap().verdict.allowed);
    let masters = UserInfo { groups: vec![SYSTEM_MASTERS.into()], ..UserInfo::default() };
    let own = access_review::own(&json!({"spec": {"nonResourceAttributes": path}}), &masters, &store).unwrap();
    assert_eq!(own.object["status"], json!({"allowed": true}));
}

#[test]
fn access_reviews_refuse_what_is_no_question() {
    let store = cluster(&[]);
    let message = |body: Value| access_review::subject(&body, &store).unwrap_err().message;
    assert_eq!(
        message(json!({"spec": {"user": "jane"}})),
        ".authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
    );
    let path = json!({"path": "/api", "verb": "get"});
    assert_eq!(
        message(json!({"spec": {"nonResourceAttributes": path}})),
        ".authorization.k8s.io \"\" is invalid: spec.user: Invalid value: \"\": at least one of user or group must be specified"
    );
    assert_eq!(
        message(
            json!({"spec": {"user": "jane", "resourceAttributes": {"verb": "get"}, "nonResourceAttributes": path}})
        ),
        ".authorization.k8s.io \"\" is invalid: spec.nonResourceAttributes: Invalid value: {\"Path\":\"/api\",\"Verb\":\"get\"}: cannot be specified in combination with resourceAttributes"
    );
    let named = json!({"metadata": {"name": "x"}, "spec": {"user": "jane", "nonResourceAttributes": path}});
    assert!(message(named).ends_with("metadata: Invalid value: {\"name\":\"x\"}: must be empty"));
    let elsewhere = json!({"spec": {"user": "jane", "resourceAttributes": {"verb": "get", "namespace": "other"}}});
    let local = access_review::local(&elsewhere, "default", &store).unwrap_err();
    assert!(
        local
            .message
            .ends_with("spec.resourceAttributes.namespace: Invalid value: \"other\": must match metadata.namespace")
    );
}

#[test]
fn rules_are_reviewed() {
    let store = cluster(&[]);
    let none = rules_review::create(&json!({"spec": {}}), &jane(), &store).unwrap_err();
    assert_eq!((none.code, none.message.as_str()), (400, "no namespace on request"));
    let body = json!({"spec": {"namespace": "default"}});
    let review = rules_review::create(&body, &jane(), &store).unwrap();
    assert_eq!(review["spec"], json!({}));
    let rules = review["status"]["resourceRules"].as_array().unwrap();
    assert!(rules.contains(&rule(&["get", "list", "watch"], &["pods", "pods/log"])));
    assert_eq!(review["status"]["incomplete"], false);
    assert!(review["status"].get("evaluationError").is_none());
    let kubelet =
        UserInfo { username: "system:node:n".into(), groups: vec!["system:nodes".into()], ..UserInfo::default() };
    let review = rules_review::create(&body, &kubelet, &store).unwrap();
    assert_eq!(review["status"]["incomplete"], true);
    assert_eq!(review["status"]["evaluationError"], "node authorizer does not support user rule resolution");
}

#[test]
fn token_reviews_echo_and_answer() {
    let now = crate::api::time::Timestamp::from_unix_seconds(1_767_258_000);
    let store = Store::default();
    let mut authenticator = Authenticator::default();
    let mut review = |body: Value| token_review::create(&body, &mut authenticator, &store, now);
    assert_eq!(review(json!({"spec": {}})).unwrap_err().message, "token is required for TokenReview in authentication");
    let bad = review(json!({"spec": {"token": "nonsense"}})).unwrap().object;
    assert_eq!(bad["status"].to_string(), r#"{"error":"invalid bearer token","user":{}}"#);
    assert_eq!((&bad["spec"]["token"], &bad["metadata"]), (&json!("nonsense"), &json!({})));
}

#[test]
fn who_am_i() {
    let now = crate::api::time::Timestamp::from_unix_seconds(1_795_476_319);
    assert_eq!(
        self_subject_review::create(&UserInfo::service_account("default", "data-sa", "u"), now),
        json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
            "metadata": {"creationTimestamp": "2026-11-23T23:25:19Z"},
            "status": {"userInfo": {
                "username": "system:serviceaccount:default:data-sa", "uid": "u",
                "groups": ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
            }},
        })
    );
}
