//! Publishes the cluster's certificate authority as ConfigMap `kube-root-ca.crt` in every namespace.
//!
//! Follows pkg/controller/certificates/rootcacertpublisher/publisher.go.

use crate::api::object;
use crate::cluster::actor::Context;
use crate::cluster::controllers::service_account::is_terminating;
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::keys;
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use crate::cluster::trace::ObjectRef;
use serde_json::json;

/// The ConfigMap's name.
pub const CONFIG_MAP: &str = "kube-root-ca.crt";
const ANNOTATION: &str = "kubernetes.io/description";
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/// The controller.
pub struct RootCaCertPublisher;

impl Controller for RootCaCertPublisher {
    fn name(&self) -> &'static str {
        "root-ca-cert-publisher"
    }

    fn disturbs_pods(&self) -> bool {
        true
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        match (change.key.resource.as_str(), change.kind) {
            ("configmaps", ChangeKind::Deleted | ChangeKind::Modified) if change.key.name == CONFIG_MAP => {
                vec![key("namespaces", "", &change.key.namespace)]
            }
            ("namespaces", ChangeKind::Added) => vec![Key::clone(&change.key)],
            ("namespaces", ChangeKind::Modified) if object::text(&change.object, &["status", "phase"]) == "Active" => {
                vec![Key::clone(&change.key)]
            }
            _ => Vec::new(),
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(namespace) = context.get("namespaces", "", &key.name) else { return Ok(None) };
        if object::text(&namespace, &["status", "phase"]) != "Active" {
            return Ok(None);
        }
        let about =
            ObjectRef { resource: "configmaps".to_owned(), namespace: key.name.clone(), name: CONFIG_MAP.to_owned() };
        let data = json!({"ca.crt": keys::CERTIFICATE_AUTHORITY});
        let Some(stored) = context.get("configmaps", &key.name, CONFIG_MAP) else {
            let new = json!({
                "kind": "ConfigMap", "apiVersion": "v1",
                "metadata": {"name": CONFIG_MAP, "namespace": key.name, "annotations": {ANNOTATION: DESCRIPTION}},
                "data": data,
            });
            return match context.client().create("configmaps", &key.name, new) {
                Ok(_) => {
                    let what = format!("created ConfigMap {CONFIG_MAP} in namespace {}", key.name);
                    context.acted(about, what, "pods mount it to verify the API server's certificate");
                    Ok(None)
                }
                Err(status) if is_terminating(&status) => Ok(None),
                Err(status) => Err(status),
            };
        };
        let described = object::annotation(&stored, ANNOTATION).is_some_and(|text| !text.is_empty());
        if object::at(&stored, &["data"]) == &data && described {
            return Ok(None);
        }
        let mut repaired = (*stored).clone();
        object::set(&mut repaired, &["data"], data);
        object::set_annotation(&mut repaired, ANNOTATION, DESCRIPTION);
        context.client().update("configmaps", repaired)?;
        context.acted(about, format!("put ConfigMap {CONFIG_MAP} right again"), "somebody had changed or emptied it");
        Ok(None)
    }
}
