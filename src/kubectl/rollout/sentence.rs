//! What `rollout status` says about a Deployment.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.

use crate::api::object::{annotation, at, integer, list, name, text};
use serde_json::Value;

/// The annotation with a Deployment's or ReplicaSet's revision.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// The line to print (with its newline), and whether the rollout is over.
///
/// # Errors
/// The rollout has passed its deadline, or runs another revision than the one asked for (0 asks for any).
pub fn deployment(deployment: &Value, revision: i64) -> Result<(String, bool), String> {
    if revision > 0 {
        let running = annotation(deployment, REVISION).unwrap_or("0");
        if running != revision.to_string() {
            return Err(format!("desired revision ({revision}) is different from the running revision ({running})"));
        }
    }
    let count = |path: &[&str]| integer(deployment, path).unwrap_or(0);
    if count(&["metadata", "generation"]) > count(&["status", "observedGeneration"]) {
        return Ok(("Waiting for deployment spec update to be observed...\n".to_owned(), false));
    }
    let called = name(deployment);
    let late = |condition: &Value| {
        text(condition, &["type"]) == "Progressing" && text(condition, &["reason"]) == "ProgressDeadlineExceeded"
    };
    if list(deployment, &["status", "conditions"]).iter().any(late) {
        return Err(format!("deployment \"{called}\" exceeded its progress deadline"));
    }
    let updated = count(&["status", "updatedReplicas"]);
    let waiting =
        |what: String| Ok((format!("Waiting for deployment \"{called}\" rollout to finish: {what}...\n"), false));
    if let Some(wanted) = at(deployment, &["spec", "replicas"]).as_i64()
        && updated < wanted
    {
        return waiting(format!("{updated} out of {wanted} new replicas have been updated"));
    }
    let all = count(&["status", "replicas"]);
    if all > updated {
        return waiting(format!("{} old replicas are pending termination", all - updated));
    }
    let available = count(&["status", "availableReplicas"]);
    if available < updated {
        return waiting(format!("{available} of {updated} updated replicas are available"));
    }
    Ok((format!("deployment \"{called}\" successfully rolled out\n"), true))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(status: Value) -> (String, bool) {
        let object = json!({
            "metadata": {"name": "web", "generation": 2},
            "spec": {"replicas": 3},
            "status": status,
        });
        deployment(&object, 0).unwrap()
    }

    #[test]
    fn says_what_it_waits_for_first() {
        let lines = [
            (json!({"observedGeneration": 1}), "Waiting for deployment spec update to be observed...\n"),
            (
                json!({"observedGeneration": 2, "replicas": 4, "updatedReplicas": 1}),
                "Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas have been updated...\n",
            ),
            (
                json!({"observedGeneration": 2, "replicas": 4, "updatedReplicas": 3}),
                "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending termination...\n",
            ),
            (
                json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 2}),
                "Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are available...\n",
            ),
        ];
        for (status, line) in lines {
            assert_eq!(said(status), (line.to_owned(), false));
        }
        let done = json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3});
        assert_eq!(said(done), ("deployment \"web\" successfully rolled out\n".to_owned(), true));
    }

    #[test]
    fn fails_past_the_deadline_and_on_another_revision() {
        let late = json!({
            "metadata": {"name": "bad", "generation": 1, "annotations": {REVISION: "1"}},
            "status": {"observedGeneration": 1, "conditions": [
                {"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]},
        });
        assert_eq!(deployment(&late, 0).unwrap_err(), "deployment \"bad\" exceeded its progress deadline");
        assert_eq!(
            deployment(&late, 2).unwrap_err(),
            "desired revision (2) is different from the running revision (1)"
        );
    }
}
