//! What a pod may refer to: mirror pods nothing of the API, and the pods of an account with the (deprecated)
//! annotation `kubernetes.io/enforce-mountable-secrets` only the Secrets that their account lists.
//!
//! Follows plugin/pkg/admission/serviceaccount/admission.go (limitSecretReferences) and
//! pkg/api/serviceaccount/warnings.go.

use crate::api::go::quote;
use crate::api::object::{Object, annotation, list, text};
use crate::cluster::pod_references::{self, CONTAINER_LISTS};
use serde_json::Value;

const ENFORCE_ANNOTATION: &str = "kubernetes.io/enforce-mountable-secrets";

/// Checks a mirror pod.
///
/// # Errors
/// Why it is refused.
pub fn check_mirror_pod(pod: &Object) -> Result<(), &'static str> {
    if !text(pod, &["spec", "serviceAccountName"]).is_empty() {
        return Err("a mirror pod may not reference service accounts");
    }
    if !pod_references::secrets(pod).is_empty() {
        return Err("a mirror pod may not reference secrets");
    }
    if pod_references::token_sources(pod).next().is_some() {
        return Err("a mirror pod may not use ServiceAccountToken volume projections");
    }
    Ok(())
}

/// Checks the Secrets that a pod refers to against its account, if that asks for it. Projected volumes are not looked at.
///
/// # Errors
/// Why the pod is refused.
pub fn check_pod(pod: &Object, account: &Object) -> Result<(), String> {
    if !is_enforced(account) {
        return Ok(());
    }
    for volume in list(pod, &["spec", "volumes"]) {
        let secret = text(volume, &["secret", "secretName"]);
        if !secret.is_empty() && !lists(account, "secrets", secret) {
            return Err(refusal(&format!("volume with secret.secretName={}", quote(secret)), account, "secret"));
        }
    }
    for (field, word) in CONTAINER_LISTS.into_iter().take(2) {
        check_containers(pod, field, word, account)?;
    }
    for (index, reference) in list(pod, &["spec", "imagePullSecrets"]).iter().enumerate() {
        let secret = text(reference, &["name"]);
        if !lists(account, "imagePullSecrets", secret) {
            let what = format!("imagePullSecrets[{index}].name={}", quote(secret));
            return Err(refusal(&what, account, "imagePullSecret"));
        }
    }
    Ok(())
}

/// Checks the ephemeral containers that an update brings.
///
/// # Errors
/// Why they are refused.
pub fn check_ephemeral_containers(pod: &Object, account: &Object) -> Result<(), String> {
    if !is_enforced(account) {
        return Ok(());
    }
    let [_, _, (field, word)] = CONTAINER_LISTS;
    check_containers(pod, field, word, account)
}

fn check_containers(pod: &Object, field: &str, word: &str, account: &Object) -> Result<(), String> {
    for container in list(pod, &["spec", field]) {
        let name = text(container, &["name"]);
        for env in list(container, &["env"]) {
            let secret = text(env, &["valueFrom", "secretKeyRef", "name"]);
            if !secret.is_empty() && !lists(account, "secrets", secret) {
                let what = format!(
                    "{word} {name} with envVar {} referencing secret.secretName={}",
                    text(env, &["name"]),
                    quote(secret)
                );
                return Err(refusal(&what, account, "secret"));
            }
        }
        for from in list(container, &["envFrom"]) {
            let secret = text(from, &["secretRef", "name"]);
            if !secret.is_empty() && !lists(account, "secrets", secret) {
                let what = format!("{word} {name} with envFrom referencing secret.secretName={}", quote(secret));
                return Err(refusal(&what, account, "secret"));
            }
        }
    }
    Ok(())
}

/// Go's `strconv.ParseBool` of the annotation; anything it cannot read is no.
fn is_enforced(account: &Object) -> bool {
    matches!(annotation(account, ENFORCE_ANNOTATION), Some("1" | "t" | "T" | "TRUE" | "true" | "True"))
}

fn lists(account: &Object, field: &str, name: &str) -> bool {
    list(account, &[field]).iter().any(|reference: &Value| text(reference, &["name"]) == name)
}

fn refusal(what: &str, account: &Object, kind: &str) -> String {
    format!(
        "{what} is not allowed because service account {} does not reference that {kind}",
        crate::api::object::name(account)
    )
}
