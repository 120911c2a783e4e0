//! Escalation prevention, against what a real cluster answered.

use super::*;
use crate::api::kinds;
use crate::cluster::authz::tests::{bootstrapped, put};
use crate::cluster::store::Store;

pub(crate) fn jane() -> UserInfo {
    UserInfo {
        username: "jane".into(),
        groups: vec!["devs".into(), "system:authenticated".into()],
        ..UserInfo::default()
    }
}

pub(crate) fn rule(verbs: &[&str], resources: &[&str]) -> Value {
    json!({"verbs": verbs, "apiGroups": [""], "resources": resources})
}

/// Jane may read pods in `default`, write roles there, and use the verbs given on roles.
pub(crate) fn cluster(more_verbs: &[&str]) -> Store {
    let mut store = bootstrapped();
    let verbs: Vec<&str> = ["create", "update"].into_iter().chain(more_verbs.iter().copied()).collect();
    let rules = json!([
        rule(&["get", "list", "watch"], &["pods", "pods/log"]),
        {"verbs": verbs, "apiGroups": [GROUP], "resources": ["roles", "rolebindings", "clusterroles"]},
    ]);
    put(
        &mut store,
        "roles.rbac.authorization.k8s.io",
        json!({"metadata": {"name": "j", "namespace": "default"}, "rules": rules}),
    );
    let binding = json!({
        "metadata": {"name": "j", "namespace": "default"},
        "roleRef": {"kind": "Role", "name": "j"},
        "subjects": [{"kind": "User", "name": "jane"}],
    });
    put(&mut store, "rolebindings.rbac.authorization.k8s.io", binding);
    store
}

fn write(store: &Store, plural: &str, object: &Value, old: Option<&Value>, user: &UserInfo) -> Result<(), Status> {
    let kind = kinds::by_plural(GROUP, plural).unwrap();
    let namespace = if kind.namespaced { "default" } else { "" };
    check(object, old, kind, namespace, user, store)
}

fn role(name: &str, rules: Value) -> Value {
    json!({"metadata": {"name": name, "namespace": "default"}, "rules": rules})
}

fn binding(kind: &str, role: &str) -> Value {
    json!({"metadata": {"name": "b", "namespace": "default"}, "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role}})
}

#[test]
fn roles_grant_only_what_is_held() {
    let store = cluster(&[]);
    let held = role(
        "ok",
        json!([rule(&["get"], &["pods"]), {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["x"]}]),
    );
    assert_eq!(write(&store, "roles", &held, None, &jane()), Ok(()));
    let wide = role(
        "esc",
        json!([{
        "verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["nodes/proxy", "pods"], "resourceNames": ["x"],
    }, {"verbs": ["watch"], "apiGroups": [""], "resources": ["nodes"], "resourceNames": ["x"]}]),
    );
    assert_eq!(
        write(&store, "roles", &wide, None, &jane()).unwrap_err().message,
        "roles.rbac.authorization.k8s.io \"esc\" is forbidden: user \"jane\" (groups=[\"devs\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n\
         {APIGroups:[\"\"], Resources:[\"nodes\"], ResourceNames:[\"x\"], Verbs:[\"watch\"]}\n\
         {APIGroups:[\"\"], Resources:[\"nodes/proxy\"], ResourceNames:[\"x\"], Verbs:[\"get\" \"list\" \"watch\"]}"
    );
    let masters = UserInfo { groups: vec![SYSTEM_MASTERS.into()], ..UserInfo::default() };
    assert_eq!(write(&store, "roles", &wide, None, &masters), Ok(()));
    assert_eq!(write(&cluster(&["escalate"]), "roles", &wide, None, &jane()), Ok(()));
    assert_eq!(write(&store, "roles", &wide, Some(&wide), &jane()), Ok(()), "nothing changes");
    let mut labelled = wide.clone();
    set(&mut labelled, &["metadata", "labels"], json!({"a": "b"}));
    assert!(write(&store, "roles", &labelled, Some(&wide), &jane()).is_err());
}

#[test]
fn bindings_grant_only_what_is_held() {
    let store = cluster(&[]);
    assert_eq!(write(&store, "rolebindings", &binding("Role", "j"), None, &jane()), Ok(()));
    let admin = write(&store, "rolebindings", &binding("ClusterRole", "cluster-admin"), None, &jane()).unwrap_err();
    let lines: Vec<&str> = admin.message.lines().skip(1).collect();
    assert_eq!(
        lines,
        ["{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}", "{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}"]
    );
    let dangling = write(&store, "rolebindings", &binding("Role", "nosuch"), None, &jane()).unwrap_err();
    assert_eq!(
        (dangling.code, dangling.message.as_str()),
        (404, "rolebindings.rbac.authorization.k8s.io \"nosuch\" not found")
    );
    let allowed = write(&cluster(&["bind"]), "rolebindings", &binding("ClusterRole", "cluster-admin"), None, &jane());
    assert_eq!(allowed, Ok(()));
}

#[test]
fn aggregation_needs_everything_and_size_is_bounded() {
    let store = cluster(&[]);
    let aggregated = json!({"metadata": {"name": "a"}, "aggregationRule": {"clusterRoleSelectors": []}});
    assert_eq!(
        write(&store, "clusterroles", &aggregated, None, &jane()).unwrap_err().message,
        "clusterroles.rbac.authorization.k8s.io \"a\" is forbidden: must have cluster-admin privileges to use the aggregationRule"
    );
    let many: Vec<String> = (0..1000).map(|index| index.to_string()).collect();
    let huge = role("huge", json!([{"verbs": many, "apiGroups": many, "resources": many}]));
    assert!(write(&store, "roles", &huge, None, &jane()).unwrap_err().message.contains("not simulated"));
}
