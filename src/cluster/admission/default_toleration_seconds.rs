//! DefaultTolerationSeconds: a pod stays five minutes on a node that does not answer.
//!
//! Follows plugin/pkg/admission/defaulttolerationseconds/admission.go.

use crate::api::object::{Object, list, text};
use crate::api::status::Status;
use crate::cluster::admission::{Attributes, Context, Notes, Operation, push};
use serde_json::json;

const TAINTS: [(&str, &str); 2] =
    [("node.kubernetes.io/not-ready", "is not ready"), ("node.kubernetes.io/unreachable", "cannot be reached")];
const SECONDS: u32 = 300;

/// Pods, when they are created or updated (a replaced pod without them must not seem to drop them).
pub fn handles(attributes: &Attributes<'_>) -> bool {
    matches!(attributes.operation, Operation::Create | Operation::Update) && attributes.is("pods")
}

/// Adds the tolerations that the pod has no opinion about.
///
/// # Errors
/// None.
pub fn admit(
    pod: &mut Object,
    _attributes: &Attributes<'_>,
    _context: &mut Context<'_>,
    notes: &mut Notes,
) -> Result<(), Status> {
    for (taint, state) in TAINTS {
        let tolerated = list(pod, &["spec", "tolerations"]).iter().any(|toleration| {
            matches!(text(toleration, &["effect"]), "" | "NoExecute")
                && matches!(text(toleration, &["key"]), key if key.is_empty() || key == taint)
        });
        if tolerated {
            continue;
        }
        let toleration =
            json!({"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": SECONDS});
        let index = push(pod, &["spec", "tolerations"], toleration);
        let why = format!("If its node {state}, the pod is evicted after five minutes.");
        notes.set(format!("spec.tolerations[{index}]"), why);
    }
    Ok(())
}
