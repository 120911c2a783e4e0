//! The token controller of 1.23 and before: a Secret with a token that never expires, for every ServiceAccount.
//!
//! Follows `ensureReferencedToken` of pkg/controller/serviceaccount/tokens_controller.go, which since 1.24 is left out
//! (`LegacyServiceAccountTokenNoAutoGeneration`, KEP-2799). The rest of that controller is [`super::token_secrets`].

use crate::api::Status;
use crate::api::object::{self, Object};
use crate::api::release::{Change as Difference, Version};
use crate::cluster::actor::{Context, about};
use crate::cluster::client::{Deletion, Identity};
use crate::cluster::controllers::token_secrets::{ACCOUNT_NAME, ACCOUNT_UID, SECRET_TYPE, belongs, is_token_secret};
use crate::cluster::controllers::{Controller, Outcome};
use crate::cluster::kept::Kept;
use crate::cluster::keys;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, ChangeKind, Key};
use crate::cluster::token;
use crate::cluster::trace::{Event, Reason};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The controller.
pub struct TokenGeneration;

impl Controller for TokenGeneration {
    fn name(&self) -> &'static str {
        "serviceaccount-token"
    }

    fn identity(&self) -> Identity {
        Identity::Manager("tokens-controller")
    }

    fn retries_max(&self) -> u32 {
        10
    }

    fn is_in(&self, version: Version) -> bool {
        !version.has(Difference::NoTokenSecrets)
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        let is_account = change.key.resource == "serviceaccounts" && change.kind != ChangeKind::Deleted;
        if is_account { vec![Key::clone(&change.key)] } else { Vec::new() }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(account) = context.get("serviceaccounts", &key.namespace, &key.name) else { return Ok(None) };
        if !has_token(&account, context) {
            generate(&account, context)?;
        }
        Ok(None)
    }
}

/// Whether the account lists a token Secret of its own that is there.
fn has_token(account: &Object, context: &Context<'_>) -> bool {
    let namespace = object::namespace(account);
    object::list(account, &["secrets"]).iter().any(|entry| {
        let secret = context.get("secrets", namespace, object::text(entry, &["name"]));
        secret.is_some_and(|secret| {
            is_token_secret(&secret) && belongs(&secret, object::name(account), object::uid(account))
        })
    })
}

fn generate(account: &Object, context: &mut Context<'_>) -> Result<(), Status> {
    let (namespace, owner, uid) = (object::namespace(account), object::name(account), object::uid(account));
    // The controller draws the name itself, as the real one does; what the API server draws stays as it is.
    let purpose = format!("token secret {uid} {}", object::resource_version(account));
    let suffix = Random::stream(context.server.settings().seed, &purpose).suffix(5);
    // What is too long is cut, as `generateName` is.
    let base: String = format!("{owner}-token-").chars().take(58).collect();
    let name = format!("{base}{suffix}");
    let claims = token::legacy_claims(namespace, owner, uid, &name);
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": SECRET_TYPE,
        "metadata": {"name": name, "namespace": namespace, "annotations": {ACCOUNT_NAME: owner, ACCOUNT_UID: uid}},
        "data": {
            "ca.crt": STANDARD.encode(keys::CERTIFICATE_AUTHORITY),
            "namespace": STANDARD.encode(namespace),
            "token": STANDARD.encode(token::issue(&claims).text()),
        },
    });
    let created = context.client().create("secrets", namespace, secret)?;
    let checks = vec![Reason::decided(
        format!("ServiceAccount {owner}"),
        "until 1.23 every account gets a Secret with a token that never expires, asked for or not",
    )];
    context.note(Some(about("secrets", &created)), Event::TokenIssued { claims: Kept::new(claims), checks });
    let what = format!("created Secret {name} for ServiceAccount {owner}");
    context.acted(about("secrets", &created), what, "the account lists no Secret with a token of its own");
    list_in(account, &created, context)
}

/// Adds the Secret to the account's `secrets`; if that fails, the Secret goes again.
fn list_in(account: &Object, secret: &Object, context: &mut Context<'_>) -> Result<(), Status> {
    let mut entries: Vec<Value> = object::list(account, &["secrets"]).to_vec();
    entries.push(json!({"name": object::name(secret)}));
    let mut changed = account.clone();
    object::set(&mut changed, &["secrets"], Value::Array(entries));
    let Err(refused) = context.client().update("serviceaccounts", changed) else {
        let what =
            format!("added Secret {} to the secrets of ServiceAccount {}", object::name(secret), object::name(account));
        context.acted(about("serviceaccounts", account), what, "so that whoever reads the account finds its token");
        return Ok(());
    };
    let how = Deletion { uid: object::uid(secret), ..Deletion::default() };
    let _ = context.client().delete("secrets", (object::namespace(secret), object::name(secret)), how);
    // Somebody else was faster, or the account is gone: there will be another turn, or none is needed.
    if refused.is_conflict() || refused.is_not_found() { Ok(()) } else { Err(refused) }
}
