//! Authorization, against what a real cluster answered (conformance scenarios 08, 09 and 10).

use super::*;
use crate::cluster::store::{Key, Store};
use serde_json::json;

pub(crate) fn put(store: &mut Store, resource: &str, object: Value) {
    let key = Key {
        resource: resource.to_owned(),
        namespace: crate::api::object::namespace(&object).to_owned(),
        name: crate::api::object::name(&object).to_owned(),
    };
    store.put(key, object);
}

/// A store with the bootstrap policy.
pub(crate) fn bootstrapped() -> Store {
    let policy: Vec<Value> = serde_json::from_str(include_str!("../data/rbac-bootstrap-1.36.json")).unwrap_or_default();
    let mut store = Store::default();
    for object in policy {
        let plural = format!("{}s.{}", crate::api::object::kind(&object).to_lowercase(), rbac::GROUP);
        put(&mut store, &plural, object);
    }
    store
}

fn bind(store: &mut Store, name: &str, namespace: &str, role: (&str, &str), subject: Value) {
    let resource = if namespace.is_empty() { "clusterrolebindings" } else { "rolebindings" };
    let mut binding = json!({
        "metadata": {"name": name},
        "roleRef": {"apiGroup": rbac::GROUP, "kind": role.0, "name": role.1},
        "subjects": [subject],
    });
    if !namespace.is_empty() {
        crate::api::object::set(&mut binding, &["metadata", "namespace"], json!(namespace));
    }
    put(store, &format!("{resource}.{}", rbac::GROUP), binding);
}

fn role(store: &mut Store, name: &str, namespace: &str, rules: Value) {
    let object = json!({"metadata": {"name": name, "namespace": namespace}, "rules": rules});
    put(store, "roles.rbac.authorization.k8s.io", object);
}

fn account() -> Value {
    json!({"kind": "ServiceAccount", "name": "data-sa", "namespace": "default"})
}

fn asks(verb: &str, resource: &str, namespace: &str) -> Attributes {
    Attributes {
        user: UserInfo::service_account("default", "data-sa", "u"),
        verb: verb.into(),
        resource: resource.into(),
        namespace: namespace.into(),
        ..Attributes::default()
    }
}

fn asks_path(user: UserInfo, path: &str) -> Attributes {
    Attributes { user, verb: "get".into(), path: path.into(), ..Attributes::default() }
}

#[test]
fn a_new_account_may_do_next_to_nothing() {
    let store = bootstrapped();
    let verdict = authorize(&asks("list", "pods", "default"), &store);
    assert_eq!((verdict.allowed, verdict.reason.as_str()), (false, ""));
    let last = verdict.checks.last().map(|check| (check.decided, check.finding.as_str()));
    let remedy = "a Role in namespace default that allows list on pods in the core API group, bound to the ServiceAccount data-sa of namespace default by a RoleBinding in namespace default";
    assert_eq!(last, Some((true, remedy)));
    assert!(verdict.checks.iter().any(|check| check.subject == "no binding"));
    let user = || UserInfo::service_account("default", "data-sa", "u");
    for (path, allowed) in
        [("/api", true), ("/version", true), ("/openid/v1/jwks", true), ("/metrics", false), ("/", false)]
    {
        assert_eq!(authorize(&asks_path(user(), path), &store).allowed, allowed, "{path}");
    }
    let discovery = authorize(&asks_path(user(), "/.well-known/openid-configuration"), &store);
    assert_eq!(
        discovery.reason,
        "RBAC: allowed by ClusterRoleBinding \"system:service-account-issuer-discovery\" of ClusterRole \"system:service-account-issuer-discovery\" to Group \"system:serviceaccounts\""
    );
}

#[test]
fn anonymous_reads_versions_and_health_only() {
    let store = bootstrapped();
    for (path, allowed) in [("/healthz", true), ("/version", true), ("/api", false), ("/openid/v1/jwks", false)] {
        assert_eq!(authorize(&asks_path(UserInfo::anonymous(), path), &store).allowed, allowed, "{path}");
    }
    let attributes = asks_path(UserInfo::anonymous(), "/api");
    let status = refusal(&attributes, &authorize(&attributes, &store));
    assert_eq!(status.message, "forbidden: User \"system:anonymous\" cannot get path \"/api\"");
}

#[test]
fn masters_may_do_everything_without_a_reason() {
    let mut attributes = asks("delete", "nodes", "");
    attributes.user = UserInfo { groups: vec![SYSTEM_MASTERS.into()], ..UserInfo::default() };
    let verdict = authorize(&attributes, &Store::default());
    assert_eq!((verdict.allowed, verdict.reason.as_str()), (true, ""));
}

#[test]
fn reasons_name_the_binding_the_role_and_the_subject() {
    let mut store = bootstrapped();
    bind(&mut store, "v", "default", ("ClusterRole", "view"), account());
    let verdict = authorize(&asks("list", "pods", "default"), &store);
    assert_eq!(
        verdict.reason,
        "RBAC: allowed by RoleBinding \"v/default\" of ClusterRole \"view\" to ServiceAccount \"data-sa/default\""
    );
    assert!(!authorize(&asks("list", "secrets", "default"), &store).allowed, "view has no secrets");
    assert!(!authorize(&asks("list", "pods", "kube-system"), &store).allowed);
    bind(&mut store, "crb1", "", ("ClusterRole", "view"), account());
    let verdict = authorize(&asks("list", "pods", "default"), &store);
    assert_eq!(
        verdict.reason,
        "RBAC: allowed by ClusterRoleBinding \"crb1\" of ClusterRole \"view\" to ServiceAccount \"data-sa/default\""
    );
    assert!(authorize(&asks("list", "pods", "kube-system"), &store).allowed);
}

#[test]
fn a_subject_without_namespace_lives_where_the_binding_does() {
    let mut store = bootstrapped();
    let subject = json!({"kind": "ServiceAccount", "name": "data-sa"});
    bind(&mut store, "c", "", ("ClusterRole", "view"), subject.clone());
    assert!(!authorize(&asks("list", "pods", "default"), &store).allowed);
    bind(&mut store, "r", "default", ("ClusterRole", "view"), subject);
    let reason = authorize(&asks("list", "pods", "default"), &store).reason;
    assert!(reason.ends_with("to ServiceAccount \"data-sa/default\""), "{reason}");
}

#[test]
fn a_user_subject_can_name_an_account() {
    let mut store = bootstrapped();
    let subject = json!({"kind": "User", "name": "system:serviceaccount:default:data-sa"});
    bind(&mut store, "r", "default", ("ClusterRole", "view"), subject);
    assert!(authorize(&asks("list", "pods", "default"), &store).allowed);
}

#[test]
fn dangling_bindings_become_the_reason() {
    let mut store = bootstrapped();
    bind(&mut store, "a", "default", ("Role", "nosuchrole"), account());
    let attributes = asks("list", "pods", "default");
    let verdict = authorize(&attributes, &store);
    assert_eq!(verdict.reason, "RBAC: role.rbac.authorization.k8s.io \"nosuchrole\" not found");
    assert_eq!(
        refusal(&attributes, &verdict).message,
        "pods is forbidden: User \"system:serviceaccount:default:data-sa\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\": RBAC: role.rbac.authorization.k8s.io \"nosuchrole\" not found"
    );
    bind(&mut store, "b", "", ("ClusterRole", "x"), account());
    assert_eq!(
        authorize(&attributes, &store).reason,
        "RBAC: [clusterrole.rbac.authorization.k8s.io \"x\" not found, role.rbac.authorization.k8s.io \"nosuchrole\" not found]"
    );
}

#[test]
fn refusals_tell_the_near_misses() {
    let mut store = bootstrapped();
    let rules = json!([
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
        {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["only-this"]},
    ]);
    role(&mut store, "pod-reader", "default", rules.clone());
    bind(&mut store, "rb", "default", ("Role", "pod-reader"), account());
    let findings = |attributes: &Attributes| -> Vec<String> {
        let verdict = authorize(attributes, &store);
        assert!(!verdict.allowed);
        verdict.checks.into_iter().filter(|check| !check.decided).map(|check| check.finding).collect()
    };
    assert_eq!(findings(&asks("delete", "pods", "default")), ["allows get, list of pods, but not delete"]);
    let other = Attributes { name: "other".into(), ..asks("get", "secrets", "default") };
    assert_eq!(findings(&other), ["allows get of secrets only for only-this"]);
    assert_eq!(findings(&asks("list", "services", "default")), ["says nothing about services"]);
    let elsewhere = findings(&asks("list", "pods", "kube-system"));
    assert_eq!(elsewhere, ["would allow it, but only in the namespace \"default\""]);
    assert_eq!(findings(&asks("list", "pods", "")), elsewhere);
}

#[test]
fn refusals_escape_and_name_subresources() {
    let attributes = Attributes {
        user: UserInfo { username: "<b>&".into(), ..UserInfo::default() },
        verb: "get".into(),
        group: "apps".into(),
        resource: "deployments".into(),
        subresource: "scale".into(),
        namespace: "default".into(),
        name: "x".into(),
        path: String::new(),
    };
    let status = refusal(&attributes, &Verdict::default());
    assert_eq!(
        status.message,
        "deployments.apps \"x\" is forbidden: User \"&lt;b&gt;&amp;\" cannot get resource \"deployments/scale\" in API group \"apps\" in the namespace \"default\""
    );
}

#[test]
fn kubelets_read_what_their_pods_need() {
    let mut store = bootstrapped();
    let pod = json!({"metadata": {"name": "p", "namespace": "default"}, "spec": {
        "nodeName": "node01", "serviceAccountName": "data-sa",
        "volumes": [{"name": "v", "secret": {"secretName": "mine"}}],
    }});
    put(&mut store, "pods", pod);
    let kubelet = |attributes: Attributes| Attributes {
        user: UserInfo {
            username: "system:node:node01".into(),
            groups: vec![node::NODES_GROUP.into(), "system:authenticated".into()],
            ..UserInfo::default()
        },
        ..attributes
    };
    let named = |verb: &str, resource: &str, name: &str| Attributes {
        name: name.into(),
        ..kubelet(asks(verb, resource, "default"))
    };
    assert!(authorize(&named("get", "secrets", "mine"), &store).allowed);
    assert!(!authorize(&named("get", "secrets", "other"), &store).allowed);
    assert!(!authorize(&named("list", "secrets", ""), &store).allowed);
    assert!(authorize(&named("get", "pods", "p"), &store).allowed);
    let token = |name: &str| Attributes { subresource: "token".into(), ..named("create", "serviceaccounts", name) };
    assert!(authorize(&token("data-sa"), &store).allowed);
    let refused = authorize(&token("build-robot"), &store);
    assert_eq!(
        refusal(&token("build-robot"), &refused).message,
        "serviceaccounts \"build-robot\" is forbidden: User \"system:node:node01\" cannot create resource \"serviceaccounts/token\" in API group \"\" in the namespace \"default\": no relationship found between node 'node01' and this object"
    );
    let node = |verb: &str, name: &str| {
        authorize(&Attributes { namespace: String::new(), ..named(verb, "nodes", name) }, &store)
    };
    assert!(node("get", "node01").allowed && node("watch", "node01").allowed && node("patch", "node01").allowed);
    assert_eq!(node("get", "node02").reason, "node 'node01' cannot read 'node02', only its own Node object");
    assert_eq!(node("list", "").reason, "node 'node01' cannot read all nodes, only its own Node object");
    let events = kubelet(asks("create", "events", "default"));
    assert!(authorize(&events, &store).allowed);
    assert!(!authorize(&kubelet(asks("create", "deployments", "default")), &store).allowed);
    let status = Attributes { subresource: "status".into(), ..named("patch", "pods", "p") };
    assert!(authorize(&status, &store).allowed);
}

#[test]
fn rules_are_listed_unmerged() {
    let mut store = bootstrapped();
    let user = UserInfo::service_account("default", "data-sa", "u");
    let before = rules_for(&user, "default", &store);
    assert!(before.rules.len() >= 5 && before.errors.is_empty() && before.incomplete.is_none());
    bind(&mut store, "v", "default", ("Role", "gone"), account());
    assert_eq!(rules_for(&user, "default", &store).errors, ["role.rbac.authorization.k8s.io \"gone\" not found"]);
    let kubelet = UserInfo {
        username: "system:node:node01".into(),
        groups: vec![node::NODES_GROUP.into()],
        ..UserInfo::default()
    };
    assert!(rules_for(&kubelet, "default", &store).incomplete.is_some());
}
