//! The token controller: fills `kubernetes.io/service-account-token` Secrets, and removes them with their account.
//!
//! Follows pkg/controller/serviceaccount/tokens_controller.go. The tokens carry no time and no randomness, so a token
//! taken out of its Secret comes back byte for byte.

use crate::api::Status;
use crate::api::object::{self, Object};
use crate::cluster::actor::{Context, about};
use crate::cluster::client::{Deletion, Identity};
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::kept::Kept;
use crate::cluster::keys;
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use crate::cluster::token;
use crate::cluster::trace::{Event, Reason};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The type of Secrets that hold tokens.
pub const SECRET_TYPE: &str = "kubernetes.io/service-account-token";
/// Names the account of such a Secret.
pub const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
/// Its UID.
pub const ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";

/// Queue of Secrets that are gone: the name holds `SECRET/ACCOUNT`.
const GONE_SECRETS: &str = "secrets gone";
/// Queue of accounts that are gone: the name holds `ACCOUNT/UID`.
const GONE_ACCOUNTS: &str = "serviceaccounts gone";

/// The controller.
pub struct TokensController;

impl Controller for TokensController {
    fn name(&self) -> &'static str {
        "serviceaccount-token"
    }

    fn identity(&self) -> Identity {
        Identity::Manager("tokens-controller")
    }

    fn retries_max(&self) -> u32 {
        10
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        let namespace = &change.key.namespace;
        match change.key.resource.as_str() {
            "secrets" if is_token_secret(&change.object) => match change.kind {
                ChangeKind::Deleted => {
                    let account = object::annotation(&change.object, ACCOUNT_NAME).unwrap_or_default();
                    vec![key(GONE_SECRETS, namespace, &format!("{}/{account}", change.key.name))]
                }
                _ => vec![Key::clone(&change.key)],
            },
            "serviceaccounts" if change.kind == ChangeKind::Deleted => {
                vec![key(GONE_ACCOUNTS, namespace, &format!("{}/{}", change.key.name, object::uid(&change.object)))]
            }
            _ => Vec::new(),
        }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let (first, second) = key.name.split_once('/').unwrap_or((&key.name, ""));
        match key.resource.as_str() {
            GONE_SECRETS => forget_secret(context, &key.namespace, first, second)?,
            GONE_ACCOUNTS => remove_secrets(context, &key.namespace, first, second)?,
            _ => fill_secret(context, &key.namespace, &key.name)?,
        }
        Ok(None)
    }
}

/// Whether a Secret is one for a token.
pub fn is_token_secret(secret: &Object) -> bool {
    object::text(secret, &["type"]) == SECRET_TYPE
}

/// Whether a token Secret belongs to that account.
pub fn belongs(secret: &Object, account: &str, uid: &str) -> bool {
    let bound = object::annotation(secret, ACCOUNT_UID).unwrap_or_default();
    object::annotation(secret, ACCOUNT_NAME) == Some(account) && (bound.is_empty() || bound == uid)
}

fn fill_secret(context: &mut Context<'_>, namespace: &str, name: &str) -> Result<(), Status> {
    let Some(secret) = context.get("secrets", namespace, name) else { return Ok(()) };
    let account_name = object::annotation(&secret, ACCOUNT_NAME).unwrap_or_default().to_owned();
    let account = context.get("serviceaccounts", namespace, &account_name);
    let account = match account {
        Some(account) if belongs(&secret, &account_name, object::uid(&account)) => account,
        _ => {
            return delete_secret(
                context,
                &secret,
                &format!("its ServiceAccount {account_name} does not exist (any more)"),
            );
        }
    };
    let stored = |key: &str| STANDARD.decode(object::text(&secret, &["data", key])).unwrap_or_default();
    let needs_authority = stored("ca.crt") != keys::CERTIFICATE_AUTHORITY.as_bytes();
    let needs_namespace = stored("namespace").is_empty();
    let needs_token = stored("token").is_empty();
    if !(needs_authority || needs_namespace || needs_token) {
        return Ok(());
    }
    let mut filled = (*secret).clone();
    let mut put = |key: &str, bytes: &[u8]| object::set(&mut filled, &["data", key], json!(STANDARD.encode(bytes)));
    let claims = token::legacy_claims(namespace, &account_name, object::uid(&account), name);
    if needs_authority {
        put("ca.crt", keys::CERTIFICATE_AUTHORITY.as_bytes());
    }
    if needs_namespace {
        put("namespace", namespace.as_bytes());
    }
    if needs_token {
        put("token", token::issue(&claims).text().as_bytes());
    }
    object::set_annotation(&mut filled, ACCOUNT_NAME, object::name(&account));
    object::set_annotation(&mut filled, ACCOUNT_UID, object::uid(&account));
    context.client().update("secrets", filled)?;
    if needs_token {
        let checks = vec![Reason::decided(
            format!("Secret {name} of type {SECRET_TYPE}"),
            "a token without expiry and without audience: it is good until Secret or ServiceAccount is deleted",
        )];
        context.note(Some(about("secrets", &secret)), Event::TokenIssued { claims: Kept::new(claims), checks });
    }
    let what = format!("filled Secret {name} for ServiceAccount {account_name}");
    context.acted(about("secrets", &secret), what, "token, ca.crt and namespace belong in it; what was there is kept");
    Ok(())
}

fn remove_secrets(context: &mut Context<'_>, namespace: &str, account: &str, uid: &str) -> Result<(), Status> {
    for secret in context.list("secrets", namespace) {
        if is_token_secret(&secret) && belongs(&secret, account, uid) {
            delete_secret(context, &secret, &format!("its ServiceAccount {account} was deleted"))?;
        }
    }
    Ok(())
}

fn delete_secret(context: &mut Context<'_>, secret: &Object, why: &str) -> Result<(), Status> {
    let at = (object::namespace(secret), object::name(secret));
    let how = Deletion { uid: object::uid(secret), ..Deletion::default() };
    match context.client().delete("secrets", at, how) {
        Err(status) if !status.is_not_found() && !status.is_conflict() => return Err(status),
        Err(_) => return Ok(()),
        Ok(()) => {}
    }
    context.acted(about("secrets", secret), format!("deleted Secret {}", at.1), why);
    Ok(())
}

/// Takes a Secret that is gone out of its account's `secrets`.
fn forget_secret(context: &mut Context<'_>, namespace: &str, secret: &str, account: &str) -> Result<(), Status> {
    let Some(account) = context.get("serviceaccounts", namespace, account) else { return Ok(()) };
    let listed = object::list(&account, &["secrets"]);
    let left: Vec<Value> = listed.iter().filter(|entry| object::text(entry, &["name"]) != secret).cloned().collect();
    if left.len() == listed.len() {
        return Ok(());
    }
    let mut changed = (*account).clone();
    if left.is_empty() {
        object::remove(&mut changed, &["secrets"]);
    } else {
        object::set(&mut changed, &["secrets"], Value::Array(left));
    }
    context.client().update("serviceaccounts", changed)?;
    let what = format!("took Secret {secret} out of the secrets of ServiceAccount {}", object::name(&account));
    context.acted(about("serviceaccounts", &account), what, "the Secret was deleted");
    Ok(())
}
