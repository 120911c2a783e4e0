//! The kubelet's token manager: asks the API server for the tokens of a pod's volumes and keeps them fresh.
//!
//! Follows pkg/kubelet/token/token_manager.go and pkg/volume/projected/projected.go. Every request goes through the
//! door with the node's certificate and is bound to the pod.

use crate::api::object::{self, Object, Pod};
use crate::api::time::Timestamp;
use crate::api::token::Token;
use crate::cluster::actor::{Context, about};
use crate::cluster::kubelet::refresh::{self, SyncGrid};
use serde_json::{Value, json};
use std::time::Duration;

/// How often the manager forgets the tokens that have expired (`gcPeriod`).
const FORGETTING: Duration = Duration::from_secs(60);

/// A token in a volume.
#[derive(Clone, Debug, PartialEq)]
pub struct MountedToken {
    /// The file's path in the volume.
    pub path: String,
    /// The token.
    pub token: Token,
    /// `iat`, as the token manager computes it: the expiry it was told less the lifetime it was told.
    pub issued: Timestamp,
    /// When it expires, as the manager was told (the token itself may live longer).
    pub expires: Timestamp,
    /// When it is replaced, as long as nothing prevents it.
    pub refresh_due: Timestamp,
    /// From which age it is due.
    pub due_age: Duration,
    /// Whether the last attempt to replace it failed: then every sync tries again.
    pub failing: bool,
}

impl MountedToken {
    /// The last replacement (or attempt) of a series that starts at `refresh_due`, until `horizon`; `None` if there
    /// is none that early.
    pub fn last_until(&self, grid: SyncGrid, horizon: Timestamp) -> Option<Timestamp> {
        // Attempts in vain are reported once the token has expired, and otherwise once it is forgotten.
        let horizon = match self.failing {
            true if self.refresh_due <= self.expires => horizon.min(self.expires),
            true if self.refresh_due <= self.expires.after(FORGETTING + grid.interval) => horizon.min(self.refresh_due),
            _ => horizon,
        };
        (self.refresh_due <= horizon).then(|| refresh::last_until(grid, self.refresh_due, self.age(), horizon))
    }

    /// How many replacements lie between the one that is due and `last`.
    pub fn left_out(&self, grid: SyncGrid, last: Timestamp) -> u64 {
        let period = refresh::next(grid, self.refresh_due, self.age()).since(self.refresh_due).as_micros().max(1);
        u64::try_from(last.since(self.refresh_due).as_micros() / period).unwrap_or(0)
    }

    fn age(&self) -> Duration {
        if self.failing { Duration::ZERO } else { self.due_age }
    }
}

/// How the tokens of one pod are looked after.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Decides the jitter.
    pub seed: u64,
    /// When the pod is looked at.
    pub grid: SyncGrid,
    /// How many replacements since the last one nobody could observe (they are left out; see [`refresh`]).
    pub unobserved: u64,
}

/// How the manager names a token in its cache, and in its messages: as Go prints the parts of the request.
fn cache_key(pod: &Object, source: &Value) -> String {
    let quote = crate::api::go::quote;
    let audiences = match object::text(source, &["audience"]) {
        "" => "[]string(nil)".to_owned(),
        audience => format!("[]string{{{}}}", quote(audience)),
    };
    let seconds = object::integer(source, &["expirationSeconds"]).unwrap_or(3600);
    let reference = format!(
        "v1.BoundObjectReference{{Kind:\"Pod\", APIVersion:\"v1\", Name:{}, UID:{}}}",
        quote(object::name(pod)),
        quote(object::uid(pod))
    );
    let (account, namespace) = (quote(Pod(pod).service_account_name()), quote(object::namespace(pod)));
    format!("{account}/{namespace}/{audiences}/{seconds}/{reference}/\"\"")
}

impl Tokens {
    /// The token for one source: the one at hand while it is fresh, otherwise a new one.
    ///
    /// # Errors
    /// The kubelet's words.
    pub fn token(
        &self,
        pod: &Object,
        volume: &str,
        source: &Value,
        tokens: &mut Vec<MountedToken>,
        context: &mut Context<'_>,
    ) -> Result<Token, String> {
        let now = context.now();
        let path = object::text(source, &["path"]);
        let held = tokens.iter().position(|token| token.path == path);
        if let Some(token) = held.and_then(|index| tokens.get(index))
            && now < token.refresh_due
        {
            return Ok(token.token.clone());
        }
        match self.request(pod, volume, source, context) {
            Ok(new) => {
                let token = new.token.clone();
                match held.and_then(|index| tokens.get_mut(index)) {
                    Some(slot) => *slot = new,
                    None => tokens.push(new),
                }
                Ok(token)
            }
            Err(error) => match held.and_then(|index| tokens.get_mut(index)) {
                None => Err(format!("failed to fetch token: {error}")),
                Some(token) if now > token.expires => {
                    (token.refresh_due, token.failing) = (self.grid.after(now), true);
                    // Every minute the manager forgets what has expired; then it is as if there never was one.
                    if now > token.expires.after(FORGETTING) {
                        return Err(format!("failed to fetch token: {error}"));
                    }
                    Err(format!("token {} expired and refresh failed: {error}", cache_key(pod, source)))
                }
                Some(token) => {
                    (token.refresh_due, token.failing) = (self.grid.after(now), true);
                    let what = format!("could not replace the token {path} of volume {volume}: {error}");
                    let token = token.token.clone();
                    context.acted(about("pods", pod), what, "the old one stays until the next sync");
                    Ok(token)
                }
            },
        }
    }

    fn request(
        &self,
        pod: &Object,
        volume: &str,
        source: &Value,
        context: &mut Context<'_>,
    ) -> Result<MountedToken, String> {
        let path = object::text(source, &["path"]);
        let asked = object::integer(source, &["expirationSeconds"]).unwrap_or(3600);
        let audiences = match object::text(source, &["audience"]) {
            "" => Value::Null,
            audience => json!([audience]),
        };
        let request = json!({
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": {},
            "spec": {
                "audiences": audiences, "expirationSeconds": asked,
                "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": object::name(pod), "uid": object::uid(pod)},
            },
        });
        let account = Pod(pod).service_account_name();
        let at = (object::namespace(pod), account);
        let (answer, token) =
            context.client().create_at("serviceaccounts", at, "/token", request).map_err(|status| status.message)?;
        let token = token.ok_or_else(|| "the API server sent no token".to_owned())?;
        let lifetime = object::integer(&answer, &["spec", "expirationSeconds"]).unwrap_or(asked);
        let lifetime = u64::try_from(lifetime).unwrap_or(0);
        let now = context.now();
        let expires =
            Timestamp::parse_rfc3339(object::text(&answer, &["status", "expirationTimestamp"])).unwrap_or(now);
        let issued = Timestamp::from_unix_micros(
            expires.unix_micros().saturating_sub(i64::try_from(lifetime).unwrap_or(0).saturating_mul(1_000_000)),
        );
        let jitter = refresh::jitter_seconds(self.seed, object::uid(pod), volume, path);
        let due_age = refresh::due_age(lifetime, jitter);
        let refresh_due = refresh::next(self.grid, now, due_age);
        let missed = match self.unobserved {
            0 => String::new(),
            count => format!("; {count} more before it, which nobody could see, were left out"),
        };
        let what = format!("asked for a token of ServiceAccount {account} for {lifetime} s, bound to the pod{missed}");
        let why = format!("volume {volume} projects one at {path}; the next one is due at {}", refresh_due.rfc3339());
        context.acted(about("pods", pod), what, why);
        Ok(MountedToken { path: path.to_owned(), token, issued, expires, refresh_due, due_age, failing: false })
    }
}
