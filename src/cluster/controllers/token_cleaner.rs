//! The cleaner of legacy tokens: marks, and a year later deletes, generated token Secrets that nobody uses.
//!
//! Follows pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go. Only Secrets that their account lists
//! in `secrets` count as generated.

use crate::api::object::{self, Object, Pod};
use crate::api::release::{Change as Difference, Version};
use crate::api::time::Timestamp;
use crate::cluster::actor::{Context, about};
use crate::cluster::client::Deletion;
use crate::cluster::controllers::token_secrets::{ACCOUNT_NAME, ACCOUNT_UID, is_token_secret};
use crate::cluster::controllers::{Controller, Outcome, key};
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, Key};
use serde_json::json;
use std::time::Duration;

/// Where the API server writes down since when it notes the use of legacy tokens.
pub const TRACKING_CONFIG_MAP: &str = "kube-apiserver-legacy-service-account-token-tracking";
const DAY: Duration = Duration::from_secs(24 * 3600);
/// `--legacy-service-account-token-clean-up-period`.
const PERIOD: Duration = Duration::from_secs(365 * 24 * 3600);
const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";
const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";

/// The controller.
pub struct TokenCleaner;

impl Controller for TokenCleaner {
    fn name(&self) -> &'static str {
        "legacy-service-account-token-cleaner"
    }

    fn is_in(&self, version: Version) -> bool {
        version.has(Difference::TokenCleaner)
    }

    fn concerns(&self, change: &Change, _reader: &dyn Reader) -> Vec<Key> {
        // One key, looked at every day from the day the tracking began.
        let is_tracking = change.key.resource == "configmaps"
            && change.key.namespace == "kube-system"
            && change.key.name == TRACKING_CONFIG_MAP;
        if is_tracking { vec![key("configmaps", "kube-system", TRACKING_CONFIG_MAP)] } else { Vec::new() }
    }

    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome {
        let Some(tracking) = context.get("configmaps", &key.namespace, &key.name) else { return Ok(None) };
        let Some(since) = day(object::text(&tracking, &["data", "since"])) else { return Ok(Some(DAY)) };
        let now = context.now();
        if now >= since.after(DAY).after(PERIOD) {
            for secret in context.list("secrets", "") {
                if is_token_secret(&secret) {
                    clean(&secret, now, context)?;
                }
            }
        }
        Ok(Some(DAY))
    }
}

fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z"))
}

fn clean(secret: &Object, now: Timestamp, context: &mut Context<'_>) -> Result<(), crate::api::Status> {
    let old = |at: Timestamp| at.after(PERIOD) < now;
    let recent = object::creation_timestamp(secret).is_none_or(|created| !old(created));
    let used = object::label(secret, LAST_USED).is_some_and(|text| day(text).is_none_or(|used| !old(used)));
    let namespace = object::namespace(secret);
    let name = object::name(secret);
    if recent || used || object::deletion_timestamp(secret).is_some() {
        return Ok(());
    }
    let account = object::annotation(secret, ACCOUNT_NAME).unwrap_or_default();
    let Some(account) = context.get("serviceaccounts", namespace, account) else { return Ok(()) };
    let listed = object::list(&account, &["secrets"]).iter().any(|entry| object::text(entry, &["name"]) == name);
    let same = object::annotation(secret, ACCOUNT_UID) == Some(object::uid(&account));
    let mounted = context
        .list("pods", namespace)
        .iter()
        .any(|pod| Pod(pod).volumes().iter().any(|volume| object::text(volume, &["secret", "secretName"]) == name));
    if !listed || !same || mounted {
        return Ok(());
    }
    match object::label(secret, INVALID_SINCE) {
        None => {
            let today = now.date();
            let patch = json!({"metadata": {"labels": {INVALID_SINCE: today}}});
            context.client().patch("secrets", (namespace, name), "", patch)?;
            let why = "nobody has used its token for a year";
            context.acted(about("secrets", secret), format!("marked Secret {name} as invalid"), why);
        }
        Some(since) if day(since).is_some_and(old) => {
            let how = Deletion { uid: object::uid(secret), ..Deletion::default() };
            context.client().delete("secrets", (namespace, name), how)?;
            let why = "it has been marked as invalid for a year";
            context.acted(about("secrets", secret), format!("deleted Secret {name}"), why);
        }
        Some(_) => {}
    }
    Ok(())
}
