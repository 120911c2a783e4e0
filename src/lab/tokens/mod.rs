//! Tokens to look at: which there are, what their claims mean, and what the API server says to each, check by
//! check. Asking changes nothing: a copy of the cluster is asked.

mod verdict;

pub use verdict::{Outcome, Row, Verdict, verdict};

use crate::api::object;
use crate::api::time::Timestamp;
use crate::api::token::{Token, decode_part};
use crate::cluster::Home;
use crate::kubectl::host::Chunk;
use crate::lab::Lab;
use crate::words::tr;
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest text that is looked at as a token, in bytes.
pub const LENGTH_BYTES_MAX: usize = 16 * 1024;

/// A token somebody could look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Where it is: `pod/my-pod, token`, `printed by command 3`. No two are the same.
    pub place: String,
    source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Printed(String),
    Held(Token),
}

impl Known {
    /// The token; signs it if nobody has read it before.
    pub fn text(&self) -> &str {
        match &self.source {
            Source::Printed(text) => text,
            Source::Held(token) => token.text(),
        }
    }

    /// Whether it is this text; signs nothing that is another token anyway.
    pub fn is(&self, text: &str) -> bool {
        match &self.source {
            Source::Printed(printed) => printed == text,
            Source::Held(token) => text.starts_with(token.signing_input()) && token.text() == text,
        }
    }
}

/// The tokens that commands printed, newest first, then those that lie in pods and Secrets; each once.
pub fn known(lab: &Lab) -> Vec<Known> {
    let mut found: Vec<Known> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for record in lab.all_records().iter().rev() {
        let printed = record.chunks.iter().filter_map(|chunk| match chunk {
            Chunk::Stdout(bytes) => Some(tokens_in(&String::from_utf8_lossy(bytes))),
            Chunk::Stderr(_) => None,
        });
        for (index, text) in printed.flatten().enumerate() {
            if seen.insert(text.rsplit_once('.').map_or(text.clone(), |(input, _)| input.to_owned())) {
                found.push(Known {
                    place: match index {
                        0 => tr!("printed by command {0}", record.number),
                        _ => tr!("printed by command {0} ({1})", record.number, index + 1),
                    },
                    source: Source::Printed(text),
                });
            }
        }
    }
    for life in lab.cluster().tokens() {
        let (Some(token), None) = (&life.token, &life.ended) else { continue };
        let place = match &life.home {
            Home::Volume { namespace, pod, volume, path, .. } => {
                tr!("{0}, {1} in {2}", named("pod", namespace, pod), path, volume)
            }
            Home::Secret { namespace, name } => named("secret", namespace, name),
            Home::Requested { .. } => continue,
        };
        if seen.insert(token.signing_input().to_owned()) {
            found.push(Known { place, source: Source::Held(token.clone()) });
        }
    }
    found
}

fn named(kind: &str, namespace: &str, name: &str) -> String {
    if namespace == "default" { format!("{kind}/{name}") } else { tr!("{0}/{1} in {2}", kind, name, namespace) }
}

/// Everything in a text that looks like a signed token.
pub fn tokens_in(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .filter(|word| word.starts_with("eyJ") && word.matches('.').count() == 2 && word.len() <= LENGTH_BYTES_MAX)
        .map(str::to_owned)
        .collect()
}

/// A token taken apart, without believing it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// The third part as it is written.
    pub signature: String,
}

/// Takes a token apart.
///
/// # Errors
/// What is not as it should be, in a sentence.
pub fn decode(text: &str) -> Result<Decoded, String> {
    let text = text.trim();
    if text.len() > LENGTH_BYTES_MAX {
        return Err(tr!("that is {0} bytes long; a token here has {1} at most", text.len(), LENGTH_BYTES_MAX));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(tr!("a token has three parts joined by dots; this has {0}", parts.len()));
    };
    let decoded =
        Decoded { header: decode_part(header), claims: decode_part(claims), signature: (*signature).to_owned() };
    for (value, name) in [(&decoded.header, 1), (&decoded.claims, 2)] {
        if !value.is_object() {
            return Err(match name {
                1 => tr("the first part is not base64url-encoded JSON"),
                _ => tr("the second part is not base64url-encoded JSON"),
            }
            .to_owned());
        }
    }
    Ok(decoded)
}

/// What a claim means, in a sentence; `now` makes times comparable.
pub fn claim_meaning(path: &str, value: &Value, now: Timestamp) -> String {
    let instant = |value: &Value| value.as_i64().map(Timestamp::from_unix_seconds);
    let relative = |at: Timestamp| {
        if at > now {
            tr!("{0}, in {1}", at.rfc3339(), crate::api::duration::human(at.since(now)))
        } else {
            tr!("{0}, {1} ago", at.rfc3339(), crate::api::duration::human(now.since(at)))
        }
    };
    let at = instant(value).map(relative).unwrap_or_default();
    match path {
        "aud" => tr("Who should accept it.").to_owned(),
        "exp" => tr!("Good until {0}.", at),
        "iat" => tr!("Issued {0}.", at),
        "nbf" => tr!("Not good before {0}.", at),
        "iss" => tr("Who issued it.").to_owned(),
        "jti" => tr("Its own number: names this one token in audit logs.").to_owned(),
        "sub" => tr("Who it says one is.").to_owned(),
        "kubernetes.io.namespace" => tr("The account's namespace.").to_owned(),
        "kubernetes.io.serviceaccount.name" => tr("The account.").to_owned(),
        "kubernetes.io.serviceaccount.uid" => {
            tr("Which account of that name: one made anew has another uid, and this token is not for it.").to_owned()
        }
        "kubernetes.io.pod.name" | "kubernetes.io.pod.uid" => {
            tr("Bound to this pod: good only while it exists.").to_owned()
        }
        "kubernetes.io.secret.name" | "kubernetes.io.secret.uid" => {
            tr("Bound to this Secret: good only while it exists.").to_owned()
        }
        "kubernetes.io.node.name" | "kubernetes.io.node.uid" => tr("The node it was issued for.").to_owned(),
        "kubernetes.io.warnafter" => {
            tr!("A new one should be in use after {0}; later use is noted in the audit log.", at)
        }
        "kubernetes.io/serviceaccount/secret.name" => tr("The Secret it lives in: deleting that ends it.").to_owned(),
        "kubernetes.io/serviceaccount/namespace" => tr("The account's namespace.").to_owned(),
        "kubernetes.io/serviceaccount/service-account.name" => tr("The account.").to_owned(),
        "kubernetes.io/serviceaccount/service-account.uid" => tr("Which account of that name.").to_owned(),
        _ => String::new(),
    }
}

/// One claim, or one field of the header.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The way to it.
    pub keys: Vec<String>,
    /// The same as one word: `kubernetes.io.pod.name`.
    pub path: String,
    /// Its value.
    pub value: Value,
}

impl Claim {
    /// Its value as people read and type it: a text without quotes, anything else as JSON.
    pub fn text(&self) -> String {
        self.value.as_str().map_or_else(|| self.value.to_string(), str::to_owned)
    }
}

/// The claims one by one; the object under `kubernetes.io` is spelled out.
pub fn claim_rows(claims: &Value) -> Vec<Claim> {
    let mut rows = Vec::new();
    for (key, value) in claims.as_object().into_iter().flatten() {
        flatten(vec![key.clone()], value, &mut rows);
    }
    rows
}

fn flatten(keys: Vec<String>, value: &Value, rows: &mut Vec<Claim>) {
    match value {
        Value::Object(map) if keys.len() < 5 => {
            for (key, value) in map {
                let mut keys = keys.clone();
                keys.push(key.clone());
                flatten(keys, value, rows);
            }
        }
        other => rows.push(Claim { path: keys.join("."), keys, value: other.clone() }),
    }
}

/// The token with one claim (or, with `in_header`, one field of the header) changed and its signature left as it was.
/// `None` if the new text is no value for it.
pub fn with_claim(text: &str, in_header: bool, claim: &Claim, new: &str) -> Option<String> {
    use base64::Engine;
    let text = text.trim();
    if claim.text() == new {
        return Some(text.to_owned());
    }
    let new: Value = match &claim.value {
        Value::String(_) => Value::String(new.to_owned()),
        _ => serde_json::from_str(new).ok()?,
    };
    let mut parts: Vec<String> = text.splitn(3, '.').map(str::to_owned).collect();
    let part = parts.get_mut(usize::from(!in_header))?;
    let mut whole = decode_part(part);
    let mut place = &mut whole;
    for key in &claim.keys {
        place = place.get_mut(key)?;
    }
    *place = new;
    *part = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(whole.to_string());
    Some(parts.join("."))
}

/// The times of a token's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// `iat`.
    pub issued: Timestamp,
    /// `warnafter`: it should have been replaced by then.
    pub warn_after: Option<Timestamp>,
    /// `exp`; `None` for ever.
    pub expires: Option<Timestamp>,
}

/// When a token was issued and how long it is good; `None` if it does not say when it was issued.
pub fn lifetime(claims: &Value) -> Option<Lifetime> {
    let time = |path: &[&str]| object::integer(claims, path).map(Timestamp::from_unix_seconds);
    Some(Lifetime {
        issued: time(&["iat"])?,
        warn_after: time(&["kubernetes.io", "warnafter"]),
        expires: time(&["exp"]),
    })
}

/// Whether this cluster issued such tokens; others are only taken apart.
pub fn is_foreign(claims: &Value) -> bool {
    let issuer = object::text(claims, &["iss"]);
    issuer != crate::cluster::settings::ISSUER && issuer != crate::cluster::token::LEGACY_ISSUER
}

/// The account in a token's claims, as `NAMESPACE/NAME`.
pub fn account(claims: &Value) -> Option<(String, String)> {
    let (namespace, name) = crate::api::user::split_service_account_username(object::text(claims, &["sub"]))?;
    Some((namespace.to_owned(), name.to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
