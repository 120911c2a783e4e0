//! Keeps one ServiceAccount `default` in every active namespace.
//!
//! Follows pkg/controller/serviceaccount/serviceaccounts_controller.go.

use crate::api::object;
use crate::cluster::actor::Context;
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use crate::cluster::trace::ObjectRef;
use serde_json::json;

/// The controller.
pub struct ServiceAccountController;

impl Controller for ServiceAccountController {
    fn name(&self) -> &'static str {
        "service-account-controller"
    }

    fn disturbs_pods(&self) -> bool {
        true
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        match (change.key.resource.as_str(), change.kind) {
            ("serviceaccounts", ChangeKind::Deleted) => vec![key("namespaces", "", &change.key.namespace)],
            ("namespaces", ChangeKind::Added | ChangeKind::Modified) => vec![Key::clone(&change.key)],
            _ => Vec::new(),
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(namespace) = context.get("namespaces", "", &key.name) else { return Ok(None) };
        let active = object::text(&namespace, &["status", "phase"]) == "Active";
        if !active || context.get("serviceaccounts", &key.name, "default").is_some() {
            return Ok(None);
        }
        let account = json!({
            "kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "default", "namespace": key.name},
        });
        match context.client().create("serviceaccounts", &key.name, account) {
            Ok(_) => {
                let about = ObjectRef {
                    resource: "serviceaccounts".to_owned(),
                    namespace: key.name.clone(),
                    name: "default".to_owned(),
                };
                let what = format!("created ServiceAccount default in namespace {}", key.name);
                context.acted(
                    about,
                    what,
                    "every active namespace has one; one made again is a new one, with a new UID",
                );
                Ok(None)
            }
            Err(status) if status.is_already_exists() || is_terminating(&status) => Ok(None),
            Err(status) => Err(status),
        }
    }
}

/// Whether a creation failed because its namespace is being deleted.
pub fn is_terminating(status: &crate::api::Status) -> bool {
    status.code == 403 && status.message.contains("because it is being terminated")
}
