//! What is in the store before the first request: the RBAC bootstrap policy, four namespaces, the Service
//! `default/kubernetes`.
//!
//! Follows plugin/pkg/auth/authorizer/rbac/bootstrappolicy and pkg/controlplane/controller/{systemnamespaces,
//! kubernetesservice}. The rules of aggregated ClusterRoles are in the policy file as the controller would fill them in.

use crate::api::kinds;
use crate::api::object::{Object, set, strings};
use crate::api::release::{Change, Version};
use crate::api::time::Timestamp;
use crate::cluster::controllers::accounts;
use crate::cluster::random::Random;
use crate::cluster::settings::SERVICE_IP;
use crate::cluster::store::{Key, Store};
use serde_json::{Value, json};

const POLICY: &str = include_str!("../data/rbac-bootstrap-1.36.json");
const NAMESPACES: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "default"];

/// Fills an empty store.
pub fn fill(store: &mut Store, random: &mut Random, now: Timestamp, version: Version) {
    for name in NAMESPACES {
        let namespace = json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        });
        put(store, random, now, namespace);
    }
    let policy: Vec<Object> = serde_json::from_str(POLICY).unwrap_or_default();
    for mut object in policy.into_iter().filter(|object| is_in(version, object)) {
        if !version.has(Change::WhoAmI)
            && let Some(rules) = object.get_mut("rules").and_then(Value::as_array_mut)
        {
            rules.retain(|rule| strings(rule, &["resources"]) != ["selfsubjectreviews"]);
        }
        put(store, random, now, object);
    }
    put(store, random, now, service());
    if !version.has(Change::TokenTracking) {
        return;
    }
    // Since when the use of legacy tokens is noted: pkg/controlplane/controller/legacytokentracking.
    let tracking = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "kube-apiserver-legacy-service-account-token-tracking", "namespace": "kube-system"},
        "data": {"since": now.date()},
    });
    put(store, random, now, tracking);
}

/// Whether that version has the controller that a role or binding of the policy is for.
fn is_in(version: Version, object: &Object) -> bool {
    let controller = crate::api::object::name(object).strip_prefix("system:controller:").unwrap_or_default();
    accounts::is_in(version, controller)
}

fn service() -> Object {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kubernetes", "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "clusterIP": SERVICE_IP, "clusterIPs": [SERVICE_IP], "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
            "sessionAffinity": "None", "type": "ClusterIP",
        },
        "status": {"loadBalancer": {}},
    })
}

fn put(store: &mut Store, random: &mut Random, now: Timestamp, mut object: Object) {
    use crate::api::object::{api_version, kind, name, namespace};
    let Some(kind) = kinds::by_kind(api_version(&object), kind(&object)) else { return };
    set(&mut object, &["metadata", "uid"], Value::from(random.uuid()));
    set(&mut object, &["metadata", "creationTimestamp"], Value::from(now.rfc3339()));
    let key =
        Key { resource: kind.resource(), namespace: namespace(&object).to_owned(), name: name(&object).to_owned() };
    store.put(key, object);
}
