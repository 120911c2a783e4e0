//! Tokens from Secrets of type `kubernetes.io/service-account-token`: no expiry, good as long as the Secret is.
//!
//! Follows pkg/serviceaccount/legacy.go.

use crate::api::go::quote;
use crate::api::object::{Object, deletion_timestamp, label, list, text, uid};
use crate::api::release::Change;
use crate::api::time::Timestamp;
use crate::api::user::{UserInfo, service_account_username};
use crate::cluster::authn::Effect;
use crate::cluster::authn::service_account::{Examiner, Presented};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::time::Duration;

/// When the token of a Secret was last used: a day.
pub const LAST_USED_LABEL: &str = "kubernetes.io/legacy-token-last-used";
/// A Secret with this label is not accepted any more.
pub const INVALID_SINCE_LABEL: &str = "kubernetes.io/legacy-token-invalid-since";
const AUTO_GENERATED: &str = "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.";

struct Claims<'a> {
    namespace: &'a str,
    secret: &'a str,
    account: &'a str,
    account_uid: &'a str,
}

/// Checks the claims of a token whose signature is good.
///
/// # Errors
/// The words of the check that failed.
pub fn validate(claims: &Value, presented: Presented<'_>, examiner: &mut Examiner<'_>) -> Result<UserInfo, String> {
    let claims = read(claims).map_err(|words| examiner.fail("claims", words.to_owned()))?;
    let secret = secret(&claims, presented, examiner)?;
    let account = account(&claims, examiner)?;
    let tracked = examiner.version.has(Change::TokenTracking);
    if tracked && list(&account, &["secrets"]).iter().any(|reference| text(reference, &["name"]) == claims.secret) {
        examiner.warnings.push(AUTO_GENERATED.to_owned());
    }
    if tracked {
        note_use(&secret, &claims, examiner);
    }
    if examiner.version.has(Change::TokenCleaner)
        && label(&secret, INVALID_SINCE_LABEL).is_some_and(|since| !since.is_empty())
    {
        let Claims { namespace, secret, account, .. } = claims;
        let words = format!(
            "the token in secret {namespace}/{secret} for service account {namespace}/{account} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '{INVALID_SINCE_LABEL}' label from the secret to temporarily allow use of this token"
        );
        return Err(examiner.fail("marked invalid", words));
    }
    examiner.pass("expiry", "none: it works until somebody deletes the Secret or the account");
    Ok(UserInfo::service_account(claims.namespace, claims.account, claims.account_uid))
}

fn read(claims: &Value) -> Result<Claims<'_>, &'static str> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let private = |name: &str| claim(&format!("kubernetes.io/serviceaccount/{name}"));
    let found = Claims {
        namespace: private("namespace"),
        secret: private("secret.name"),
        account: private("service-account.name"),
        account_uid: private("service-account.uid"),
    };
    let needed = [
        (claim("sub"), "sub claim is missing"),
        (found.namespace, "namespace claim is missing"),
        (found.secret, "secretName claim is missing"),
        (found.account, "serviceAccountName claim is missing"),
        (found.account_uid, "serviceAccountUID claim is missing"),
    ];
    if let Some((_, words)) = needed.into_iter().find(|(value, _)| value.is_empty()) {
        return Err(words);
    }
    if claim("sub") != service_account_username(found.namespace, found.account) {
        return Err("sub claim is invalid");
    }
    Ok(found)
}

type Shared = std::rc::Rc<Object>;

fn secret(claims: &Claims<'_>, presented: Presented<'_>, examiner: &mut Examiner<'_>) -> Result<Shared, String> {
    let found = examiner.reader.get("secrets", claims.namespace, claims.secret);
    let Some(secret) = found.filter(|secret| deletion_timestamp(secret).is_none()) else {
        return Err(examiner.fail("secret", "Token has been invalidated".to_owned()));
    };
    let stored = STANDARD.decode(text(&secret, &["data", "token"])).unwrap_or_default();
    let shown = match presented {
        Presented::Text(text) => text,
        Presented::InProcess(token) => token.text(),
    };
    if stored != shown.as_bytes() {
        return Err(examiner.fail("secret", "Token does not match server's copy".to_owned()));
    }
    examiner.pass("secret", format!("{}/{} holds this token", claims.namespace, claims.secret));
    Ok(secret)
}

fn account(claims: &Claims<'_>, examiner: &mut Examiner<'_>) -> Result<Shared, String> {
    let Claims { namespace, account: name, account_uid, .. } = claims;
    let Some(account) = examiner.reader.get("serviceaccounts", namespace, name) else {
        return Err(examiner.fail("account", format!("serviceaccounts {} not found", quote(name))));
    };
    if deletion_timestamp(&account).is_some() {
        let words = format!("ServiceAccount {namespace}/{name} has been deleted");
        return Err(examiner.fail("account", words));
    }
    if uid(&account) != *account_uid {
        let words = format!("ServiceAccount UID ({}) does not match claim ({account_uid})", uid(&account));
        return Err(examiner.fail("account", words));
    }
    examiner.pass("account", format!("{namespace}/{name} is there, with the same UID"));
    Ok(account)
}

/// Asks for the last-used label, unless it says today (or tomorrow: another server's clock) already.
fn note_use(secret: &Object, claims: &Claims<'_>, examiner: &mut Examiner<'_>) {
    let today = examiner.now.date();
    let tomorrow: Timestamp = examiner.now.after(Duration::from_secs(24 * 3600));
    let used = label(secret, LAST_USED_LABEL).unwrap_or_default();
    if used != today && used != tomorrow.date() {
        examiner.effects.push(Effect::LabelSecret {
            namespace: claims.namespace.to_owned(),
            name: claims.secret.to_owned(),
            key: LAST_USED_LABEL.to_owned(),
            value: today,
        });
    }
}
