//! Tokens from the TokenRequest API: they expire, and they die with the account and the object they are bound to.
//!
//! Follows pkg/serviceaccount/claims.go (validator). The order of the checks is behaviour.

use crate::api::go::quote;
use crate::api::object::{at, deletion_timestamp, text, uid};
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::authn::CREDENTIAL_ID;
use crate::cluster::authn::service_account::Examiner;
use serde_json::Value;
use std::time::Duration;

/// How far clocks may be apart: a token works that much longer than it says, and so does one of a deleted object
/// that is still there.
pub const LEEWAY: Duration = Duration::from_secs(60);

/// Checks the claims of a token whose signature and audience are good.
///
/// # Errors
/// The words of the check that failed.
pub fn validate(claims: &Value, examiner: &mut Examiner<'_>) -> Result<UserInfo, String> {
    times(claims, examiner)?;
    let private = at(claims, &["kubernetes.io"]);
    let namespace = text(private, &["namespace"]);
    service_account(private, examiner)?;
    for (kind, resource, home) in bindings(private, namespace) {
        bound_to(kind, resource, home, private, examiner)?;
    }
    stale(private, examiner);
    let account = at(private, &["serviceaccount"]);
    let user = UserInfo::service_account(namespace, text(account, &["name"]), text(account, &["uid"]));
    Ok(identity(claims, private, user))
}

/// Makes all the checks, whatever the others found.
pub fn inspect(claims: &Value, examiner: &mut Examiner<'_>) {
    let private = at(claims, &["kubernetes.io"]);
    let _ = times(claims, examiner);
    let _ = service_account(private, examiner);
    for (kind, resource, home) in bindings(private, text(private, &["namespace"])) {
        let _ = bound_to(kind, resource, home, private, examiner);
    }
    stale(private, examiner);
}

/// What a token can be bound to: claim, resource and namespace. The node of a pod-bound token is only told, never checked.
fn bindings<'a>(private: &Value, namespace: &'a str) -> Vec<(&'static str, &'static str, &'a str)> {
    let mut bindings = vec![("secret", "secrets", namespace), ("pod", "pods", namespace)];
    if private.get("pod").is_none() {
        bindings.push(("node", "nodes", ""));
    }
    bindings
}

fn times(claims: &Value, examiner: &mut Examiner<'_>) -> Result<(), String> {
    let now = examiner.now;
    let claim = |name: &str| at(claims, &[name]).as_i64().map(Timestamp::from_unix_seconds);
    if let Some(not_before) = claim("nbf") {
        if now.after(LEEWAY) < not_before {
            return Err(examiner.fail("not before", "service account token is not valid yet".to_owned()));
        }
        examiner.pass("not before", not_before.rfc3339());
    }
    if let Some(expiry) = claim("exp") {
        if now > expiry.after(LEEWAY) {
            return Err(examiner.fail("expiry", "service account token has expired".to_owned()));
        }
        let at = expiry.rfc3339();
        examiner.pass("expiry", if now > expiry { format!("{at}, passed, but within 60 s of it") } else { at });
    }
    if let Some(issued_at) = claim("iat") {
        if now.after(LEEWAY) < issued_at {
            return Err(examiner.fail("issued at", "service account token is issued in the future".to_owned()));
        }
        examiner.pass("issued at", issued_at.rfc3339());
    }
    Ok(())
}

fn service_account(private: &Value, examiner: &mut Examiner<'_>) -> Result<(), String> {
    let namespace = text(private, &["namespace"]);
    let (name, claimed_uid) = (text(private, &["serviceaccount", "name"]), text(private, &["serviceaccount", "uid"]));
    let Some(account) = examiner.reader.get("serviceaccounts", namespace, name) else {
        return Err(examiner.fail("account", format!("serviceaccounts {} not found", quote(name))));
    };
    if uid(&account) != claimed_uid {
        let words = format!("service account UID ({}) does not match claim ({claimed_uid})", uid(&account));
        return Err(examiner.fail("account", words));
    }
    if is_long_deleted(&account, examiner.now) {
        let words = format!("service account {namespace}/{name} has been deleted");
        return Err(examiner.fail("account", words));
    }
    examiner.pass("account", format!("{namespace}/{name} is there, with the same UID"));
    Ok(())
}

/// Checks the Secret, Pod or Node that a token is bound to, if it is.
fn bound_to(
    kind: &str,
    resource: &str,
    namespace: &str,
    private: &Value,
    examiner: &mut Examiner<'_>,
) -> Result<(), String> {
    let Some(reference) = private.get(kind) else { return Ok(()) };
    let (name, claimed_uid) = (text(reference, &["name"]), text(reference, &["uid"]));
    let subject = format!("bound {kind}");
    let invalidated = || "service account token has been invalidated".to_owned();
    let Some(object) = examiner.reader.get(resource, namespace, name) else {
        return Err(examiner.fail(&subject, invalidated()));
    };
    if uid(&object) != claimed_uid {
        let words =
            format!("{kind} UID ({}) does not match service account {kind} ref claim ({claimed_uid})", uid(&object));
        return Err(examiner.fail(&subject, words));
    }
    if is_long_deleted(&object, examiner.now) {
        return Err(examiner.fail(&subject, invalidated()));
    }
    examiner.pass(&subject, format!("{name} is there, with the same UID"));
    Ok(())
}

/// Whether an object that waits for its deletion was due more than the leeway ago. For a pod that is its grace
/// period and 60 s after the delete: until then its token is good, if the pod is still there.
fn is_long_deleted(object: &Value, now: Timestamp) -> bool {
    deletion_timestamp(object).is_some_and(|deleted| deleted.after(LEEWAY) < now)
}

/// An extended token past its `warnafter` is noted in the audit log and in metrics; its user sees nothing.
fn stale(private: &Value, examiner: &mut Examiner<'_>) {
    let Some(warn_after) = at(private, &["warnafter"]).as_i64().map(Timestamp::from_unix_seconds) else { return };
    let finding = if examiner.now > warn_after {
        let seconds = examiner.now.since(warn_after).as_secs();
        format!("stale: {seconds} s past {}; noted in the audit log, and still accepted", warn_after.rfc3339())
    } else {
        format!("{}: until then it counts as fresh", warn_after.rfc3339())
    };
    examiner.pass("warn after", finding);
}

fn identity(claims: &Value, private: &Value, mut user: UserInfo) -> UserInfo {
    let mut add = |key: &str, value: &str| {
        if !value.is_empty() {
            user.extra.insert(format!("authentication.kubernetes.io/{key}"), vec![value.to_owned()]);
        }
    };
    for kind in ["pod", "node"] {
        add(&format!("{kind}-name"), text(private, &[kind, "name"]));
        add(&format!("{kind}-uid"), text(private, &[kind, "uid"]));
    }
    let id = text(claims, &["jti"]);
    if !id.is_empty() {
        user.extra.insert(CREDENTIAL_ID.to_owned(), vec![format!("JTI={id}")]);
    }
    user
}
