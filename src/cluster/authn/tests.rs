//! Authentication, against what a real cluster answered (conformance scenarios 08, 10 and 16, and the API's rules).

use super::*;
use crate::cluster::authz::tests::{bootstrapped, put};
use crate::cluster::keys;
use crate::cluster::store::{Key, Store};
use crate::cluster::token::{self, Bound, Contents};
use base64::Engine;
use serde_json::{Value, json};
use std::time::Duration;

const START: Timestamp = Timestamp::from_unix_seconds(1_767_258_000);

fn seconds(count: u64) -> Timestamp {
    START.after(Duration::from_secs(count))
}

fn cluster() -> Store {
    let mut store = bootstrapped();
    put(&mut store, "serviceaccounts", json!({"metadata": {"name": "data-sa", "namespace": "default", "uid": "sa-1"}}));
    put(&mut store, "pods", json!({"metadata": {"name": "box", "namespace": "default", "uid": "pod-1"}}));
    store
}

fn delete(store: &mut Store, resource: &str, name: &str) {
    store.delete(&Key { resource: resource.into(), namespace: "default".into(), name: name.into() });
}

fn claims(bound: Option<Bound>) -> Value {
    let contents = Contents {
        namespace: "default",
        name: "data-sa",
        uid: "sa-1",
        audiences: &api_audiences(),
        issued_at: START.unix_seconds(),
        lifetime_seconds: 600,
        warn_after_seconds: None,
        bound,
        id: Some("the-jti".into()),
    };
    contents.claims()
}

fn to_pod() -> Option<Bound> {
    let node = Some(("node01".to_owned(), "node-1".to_owned()));
    Some(Bound { kind: "pod", name: "box".into(), uid: "pod-1".into(), node })
}

fn text(claims: &Value) -> String {
    token::issue(claims).text().to_owned()
}

/// What a TokenReview by a server without memory says.
fn review(token: &str, store: &Store, now: Timestamp) -> Result<(UserInfo, Vec<String>), String> {
    Authenticator::default().review(token, &api_audiences(), store, now).outcome
}

fn refusal_of(claims: &Value, store: &Store, now: Timestamp) -> String {
    review(&text(claims), store, now).err().unwrap_or_default()
}

fn ask(header: Option<&str>) -> Authentication {
    let mut request = Request::get("/api");
    if let Some(header) = header {
        request = request.header("Authorization", header);
    }
    Authenticator::default().authenticate(&request, &cluster(), &Settings::default(), START)
}

fn username(found: &Authentication) -> &str {
    found.user.as_ref().map(|user| user.username.as_str()).unwrap_or("401")
}

#[test]
fn headers_are_read_as_the_api_server_reads_them() {
    let good = text(&claims(None));
    assert_eq!(username(&ask(None)), "system:anonymous");
    assert_eq!(username(&ask(Some("Basic YWRtaW46YWRtaW4="))), "system:anonymous");
    assert_eq!(username(&ask(Some("Bearer"))), "system:anonymous");
    assert_eq!(username(&ask(Some("Bearer   "))), "system:anonymous");
    assert_eq!(username(&ask(Some("Bearer not-a-token"))), "401");
    assert_eq!(username(&ask(Some(&format!("Bearer {good}x")))), "401");
    let spaced = ask(Some(&format!("Bearer   {good}")));
    assert_eq!(username(&spaced), "system:anonymous");
    assert_eq!(
        spaced.warnings,
        ["the provided Authorization header contains extra space before the bearer token, and is ignored"]
    );
    assert_eq!(username(&ask(Some(&format!("  bEaReR {good} extra")))), "system:serviceaccount:default:data-sa");
}

#[test]
fn a_certificate_wins_over_a_token() {
    let mut request = Request::get("/api").header("Authorization", "Bearer junk");
    request.credential = Some(Credential::Certificate(keys::ADMIN.pem.into()));
    let found = Authenticator::default().authenticate(&request, &cluster(), &Settings::default(), START);
    let user = found.user.unwrap_or_default();
    assert_eq!((user.username.as_str(), user.uid.as_str()), ("kubernetes-admin", ""));
    assert_eq!(user.groups, ["system:masters", "system:authenticated"]);
    assert_eq!(user.extra[CREDENTIAL_ID], [format!("X509SHA256={}", keys::ADMIN.fingerprint)]);
}

#[test]
fn a_reformatted_certificate_is_the_same_and_a_foreign_one_is_refused() {
    let noisy = format!("some text\n{}\n", keys::KUBELET.pem.replace('\n', "\r\n"));
    assert_eq!(x509::authenticate(&noisy).map(|user| user.groups), Ok(vec!["system:nodes".to_owned()]));
    let unknown = Err("x509: certificate signed by unknown authority".to_owned());
    assert_eq!(x509::authenticate(keys::CERTIFICATE_AUTHORITY), unknown);
    let mut request = Request::get("/api");
    request.credential = Some(Credential::Certificate("nonsense".into()));
    let found = Authenticator::default().authenticate(&request, &cluster(), &Settings::default(), START);
    assert!(found.user.is_none(), "a refused credential never becomes anonymous");
}

#[test]
fn a_bound_token_gives_the_account_and_what_it_is_bound_to() {
    let mut store = cluster();
    put(&mut store, "nodes", json!({"metadata": {"name": "node01", "uid": "node-1"}}));
    let (user, audiences) = review(&text(&claims(to_pod())), &store, START).unwrap_or_default();
    assert_eq!(audiences, api_audiences());
    assert_eq!((user.username.as_str(), user.uid.as_str()), ("system:serviceaccount:default:data-sa", "sa-1"));
    assert_eq!(user.groups, ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]);
    let extra: Vec<(&str, &str)> = user.extra.iter().map(|(key, values)| (key.as_str(), values[0].as_str())).collect();
    assert_eq!(
        extra,
        [
            ("authentication.kubernetes.io/credential-id", "JTI=the-jti"),
            ("authentication.kubernetes.io/node-name", "node01"),
            ("authentication.kubernetes.io/node-uid", "node-1"),
            ("authentication.kubernetes.io/pod-name", "box"),
            ("authentication.kubernetes.io/pod-uid", "pod-1"),
        ]
    );
}

#[test]
fn reviews_say_what_is_wrong() {
    let store = cluster();
    assert_eq!(review("nonsense", &store, START), Err("invalid bearer token".into()));
    let mut foreign = claims(None);
    foreign["iss"] = json!("https://elsewhere");
    assert_eq!(refusal_of(&foreign, &store, START), "invalid bearer token");
    let tampered = format!("{}x", text(&claims(None)));
    assert_eq!(
        review(&tampered, &store, START),
        Err("[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]".into())
    );
    let mut vault = claims(None);
    vault["aud"] = json!(["vault"]);
    assert_eq!(
        refusal_of(&vault, &store, START),
        "[invalid bearer token, token audiences [\"vault\"] is invalid for the target audiences [\"https://kubernetes.default.svc.cluster.local\"]]"
    );
    let wanted = Authenticator::default().review(&text(&claims(None)), &["vault".to_owned()], &store, START);
    assert_eq!(
        wanted.outcome,
        Err("[invalid bearer token, token audiences [\"https://kubernetes.default.svc.cluster.local\"] is invalid for the target audiences [\"vault\"]]".into())
    );
    let mut none = claims(None);
    none["aud"] = json!([]);
    assert!(review(&text(&none), &store, START).is_ok(), "no audience is the API server's");
}

#[test]
fn a_token_works_until_a_minute_after_its_expiry() {
    let store = cluster();
    let token = text(&claims(None));
    assert!(review(&token, &store, seconds(660)).is_ok());
    let later = seconds(660).after(Duration::from_millis(1));
    let expired = "[invalid bearer token, service account token has expired]";
    assert_eq!(review(&token, &store, later), Err(expired.into()));
    let mut early = claims(None);
    early["nbf"] = json!(START.unix_seconds() + 61);
    assert_eq!(refusal_of(&early, &store, START), "[invalid bearer token, service account token is not valid yet]");
    early["nbf"] = json!(START.unix_seconds() + 60);
    assert!(review(&text(&early), &store, START).is_ok());
    early["iat"] = json!(START.unix_seconds() + 61);
    assert_eq!(
        refusal_of(&early, &store, START),
        "[invalid bearer token, service account token is issued in the future]"
    );
    let mut timeless = claims(None);
    for claim in ["exp", "iat", "nbf"] {
        crate::api::object::remove(&mut timeless, &[claim]);
    }
    assert!(review(&text(&timeless), &store, seconds(1_000_000)).is_ok(), "a missing claim is not checked");
}

#[test]
fn a_token_dies_with_its_account() {
    let mut store = cluster();
    let claims = claims(None);
    delete(&mut store, "serviceaccounts", "data-sa");
    assert_eq!(refusal_of(&claims, &store, START), "[invalid bearer token, serviceaccounts \"data-sa\" not found]");
    put(&mut store, "serviceaccounts", json!({"metadata": {"name": "data-sa", "namespace": "default", "uid": "sa-2"}}));
    assert_eq!(
        refusal_of(&claims, &store, START),
        "[invalid bearer token, service account UID (sa-2) does not match claim (sa-1)]"
    );
}

#[test]
fn a_token_dies_with_its_pod() {
    let mut store = cluster();
    let token = claims(to_pod());
    assert!(review(&text(&token), &store, START).is_ok(), "the node of a pod-bound token is not looked up");
    let leaving = json!({"metadata": {"name": "box", "namespace": "default", "uid": "pod-1", "deletionTimestamp": seconds(30).rfc3339()}});
    put(&mut store, "pods", leaving);
    let grace = |at| refusal_of(&token, &store, seconds(at));
    assert_eq!(grace(90), "");
    assert_eq!(grace(91), "[invalid bearer token, service account token has been invalidated]");
    put(&mut store, "pods", json!({"metadata": {"name": "box", "namespace": "default", "uid": "pod-2"}}));
    assert_eq!(
        refusal_of(&token, &store, START),
        "[invalid bearer token, pod UID (pod-2) does not match service account pod ref claim (pod-1)]"
    );
    delete(&mut store, "pods", "box");
    assert_eq!(refusal_of(&token, &store, START), "[invalid bearer token, service account token has been invalidated]");
    let node = Bound { kind: "node", name: "node01".into(), uid: "node-1".into(), node: None };
    assert_eq!(
        refusal_of(&claims(Some(node)), &store, START),
        "[invalid bearer token, service account token has been invalidated]"
    );
}

#[test]
fn good_tokens_are_remembered_for_ten_seconds() {
    let mut store = cluster();
    let mut authenticator = Authenticator::default();
    let token = text(&claims(None));
    let request = Request::get("/api").header("Authorization", format!("Bearer {token}"));
    let settings = Settings::default();
    assert!(authenticator.authenticate(&request, &store, &settings, START).user.is_some());
    delete(&mut store, "serviceaccounts", "data-sa");
    let remembered = authenticator.authenticate(&request, &store, &settings, seconds(9));
    assert!(remembered.user.is_some());
    assert_eq!(remembered.checks.last().map(|check| check.subject.as_str()), Some("token cache"));
    let other = authenticator.review(&token, &["vault".to_owned()], &store, seconds(9));
    assert!(other.outcome.is_err(), "remembered per audiences");
    assert!(authenticator.authenticate(&request, &store, &settings, seconds(10)).user.is_none());
}

#[test]
fn a_token_of_this_process_is_checked_like_any_other_and_never_signed() {
    struct Never;
    impl crate::api::token::Signer for Never {
        fn sign(&self, _: &str) -> String {
            unreachable!("nobody reads it")
        }

        fn signature_length(&self) -> usize {
            0
        }
    }
    let input = token::issue(&claims(None)).signing_input().to_owned();
    let token = crate::api::token::Token::unsigned(input.clone(), std::rc::Rc::new(Never));
    let mut request = Request::get("/api");
    request.credential = Some(Credential::Token(token));
    let mut store = cluster();
    let mut authenticator = Authenticator::default();
    let mut name = |store: &Store, request: &Request, at: u64| {
        let found = authenticator.authenticate(request, store, &Settings::default(), seconds(at));
        username(&found).to_owned()
    };
    assert_eq!(name(&store, &request, 0), "system:serviceaccount:default:data-sa");
    let unsigned = Request::get("/api").header("Authorization", format!("Bearer {input}"));
    assert_eq!(name(&store, &unsigned, 1), "401", "what is remembered needs no signature, a text does");
    delete(&mut store, "serviceaccounts", "data-sa");
    assert_eq!(name(&store, &request, 20), "401");
}

#[test]
fn inspection_tells_everything_that_is_wrong() {
    let mut store = cluster();
    delete(&mut store, "pods", "box");
    let mut claims = claims(to_pod());
    claims["aud"] = json!(["vault"]);
    let checks = service_account::inspect(&text(&claims), &api_audiences(), &store, seconds(1000), Version::default());
    let failed: Vec<&str> = checks.iter().filter(|c| c.decided).map(|c| c.subject.as_str()).collect();
    assert_eq!(failed, ["audience", "expiry", "bound pod"]);
    let passed: Vec<&str> = checks.iter().filter(|c| !c.decided).map(|c| c.subject.as_str()).collect();
    assert_eq!(passed, ["issuer", "signature", "not before", "account"]);
    assert_eq!(service_account::inspect("junk", &api_audiences(), &store, START, Version::default()).len(), 1);
}

fn with_secret(store: &mut Store, labels: Value) -> String {
    let token = text(&token::legacy_claims("default", "data-sa", "sa-1", "robot"));
    let data = base64::engine::general_purpose::STANDARD.encode(&token);
    let secret = json!({
        "metadata": {"name": "robot", "namespace": "default", "labels": labels},
        "type": "kubernetes.io/service-account-token",
        "data": {"token": data},
    });
    put(store, "secrets", secret);
    token
}

#[test]
fn a_secret_s_token_never_expires_and_its_use_is_noted() {
    let mut store = cluster();
    let token = with_secret(&mut store, json!({}));
    let mut authenticator = Authenticator::default();
    let century = seconds(100 * 365 * 24 * 3600);
    let found = authenticator.review(&token, &api_audiences(), &store, century);
    let (user, _) = found.outcome.unwrap_or_default();
    assert_eq!(user.username, "system:serviceaccount:default:data-sa");
    assert!(user.extra.is_empty());
    let value = century.date();
    let key = "kubernetes.io/legacy-token-last-used".to_owned();
    assert_eq!(
        found.effects,
        [Effect::LabelSecret { namespace: "default".into(), name: "robot".into(), key, value: value.clone() }]
    );
    with_secret(&mut store, json!({"kubernetes.io/legacy-token-last-used": value}));
    let again = Authenticator::default().review(&token, &api_audiences(), &store, century);
    assert!(again.effects.is_empty());
}

#[test]
fn a_secret_s_token_dies_with_the_secret() {
    let mut store = cluster();
    let token = with_secret(&mut store, json!({"kubernetes.io/legacy-token-invalid-since": "2026-01-01"}));
    let marked = "[invalid bearer token, the token in secret default/robot for service account default/data-sa has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token]";
    assert_eq!(review(&token, &store, START), Err(marked.into()));
    let request = Request::get("/api").header("Authorization", format!("Bearer {token}"));
    let refused = Authenticator::default().authenticate(&request, &store, &Settings::default(), START);
    assert_eq!((refused.user, refused.effects.len()), (None, 1));
    put(&mut store, "secrets", json!({"metadata": {"name": "robot", "namespace": "default"}}));
    let words = |store: &Store| review(&token, store, START).err().unwrap_or_default();
    assert_eq!(words(&store), "[invalid bearer token, Token does not match server's copy]");
    delete(&mut store, "secrets", "robot");
    assert_eq!(words(&store), "[invalid bearer token, Token has been invalidated]");
}

#[test]
fn auto_generated_secrets_warn() {
    let mut store = cluster();
    let token = with_secret(&mut store, json!({}));
    let account =
        json!({"metadata": {"name": "data-sa", "namespace": "default", "uid": "sa-1"}, "secrets": [{"name": "robot"}]});
    put(&mut store, "serviceaccounts", account);
    let request = Request::get("/api").header("Authorization", format!("Bearer {token}"));
    let mut authenticator = Authenticator::default();
    for at in [0, 5] {
        let found = authenticator.authenticate(&request, &store, &Settings::default(), seconds(at));
        assert_eq!(found.warnings.len(), 1, "also from the cache");
        assert!(found.warnings[0].starts_with("Use tokens from the TokenRequest API"));
    }
}

fn as_user(user: &UserInfo, headers: &[(&str, &str)]) -> Result<Option<UserInfo>, crate::api::Status> {
    let request = headers.iter().fold(Request::get("/api"), |request, (name, value)| request.header(name, *value));
    impersonate(user, &request, &cluster())
}

#[test]
fn admins_act_as_anybody() {
    let admin = x509::authenticate(keys::ADMIN.pem).unwrap_or_default();
    let acting = |headers: &[(&str, &str)]| as_user(&admin, headers).ok().flatten().unwrap_or_default();
    let account = acting(&[("Impersonate-User", "system:serviceaccount:default:any")]);
    assert_eq!(account.groups, ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]);
    assert!(account.extra.is_empty() && account.uid.is_empty());
    let grouped = acting(&[
        ("Impersonate-User", "system:serviceaccount:default:any"),
        ("Impersonate-Group", "system:serviceaccounts:default"),
    ]);
    assert_eq!(grouped.groups, ["system:serviceaccounts:default", "system:authenticated"]);
    assert_eq!(acting(&[("impersonate-user", "system:anonymous")]).groups, ["system:unauthenticated"]);
    let odd = acting(&[("Impersonate-User", "system:serviceaccount:bad"), ("Impersonate-Extra-Scopes", "a")]);
    assert_eq!(odd.groups, ["system:authenticated"]);
    assert_eq!(odd.extra["scopes"], ["a"]);
    assert_eq!(as_user(&admin, &[]), Ok(None));
    assert_eq!(as_user(&admin, &[("Impersonate-Group", "g")]).map_err(|status| status.code), Err(500));
}

#[test]
fn others_may_not() {
    let jane = UserInfo { username: "jane".into(), groups: vec!["devs".into()], ..UserInfo::default() };
    let refused = |name: &str| as_user(&jane, &[("Impersonate-User", name)]).err().unwrap_or_default().message;
    assert_eq!(
        refused("system:serviceaccount:default:build-robot"),
        "serviceaccounts \"build-robot\" is forbidden: User \"jane\" cannot impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"default\""
    );
    assert_eq!(
        refused("bob"),
        "users \"bob\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
    );
}
