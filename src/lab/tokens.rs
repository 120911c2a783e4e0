//! Tokens to look at: which there are, what their claims mean, and what the API server says to each, check by
//! check. Asking changes nothing: a copy of the cluster is asked.

use crate::api::client::Client;
use crate::api::object;
use crate::api::request::Request;
use crate::api::time::Timestamp;
use crate::api::token::{Token, decode_part};
use crate::cluster::Home;
use crate::cluster::trace::{Event, Reason};
use crate::kubectl::host::Chunk;
use crate::lab::Lab;
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
                let which = if index == 0 { String::new() } else { format!(" ({})", index + 1) };
                found.push(Known {
                    place: format!("printed by command {}{which}", record.number),
                    source: Source::Printed(text),
                });
            }
        }
    }
    for life in lab.cluster().tokens() {
        let (Some(token), None) = (&life.token, &life.ended) else { continue };
        let place = match &life.home {
            Home::Volume { namespace, pod, volume, path, .. } => {
                format!("{}, {path} in {volume}", named("pod", namespace, pod))
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
    if namespace == "default" { format!("{kind}/{name}") } else { format!("{kind}/{name} in {namespace}") }
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
        return Err(format!("that is {} bytes long; a token here has {LENGTH_BYTES_MAX} at most", text.len()));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(format!("a token has three parts joined by dots; this has {}", parts.len()));
    };
    let decoded =
        Decoded { header: decode_part(header), claims: decode_part(claims), signature: (*signature).to_owned() };
    for (value, name) in [(&decoded.header, "first"), (&decoded.claims, "second")] {
        if !value.is_object() {
            return Err(format!("the {name} part is not base64url-encoded JSON"));
        }
    }
    Ok(decoded)
}

/// What a claim means, in a sentence; `now` makes times comparable.
pub fn claim_meaning(path: &str, value: &Value, now: Timestamp) -> String {
    let instant = |value: &Value| value.as_i64().map(Timestamp::from_unix_seconds);
    let relative = |at: Timestamp| {
        if at > now {
            format!("{}, in {}", at.rfc3339(), crate::api::duration::human(at.since(now)))
        } else {
            format!("{}, {} ago", at.rfc3339(), crate::api::duration::human(now.since(at)))
        }
    };
    let at = instant(value).map(relative).unwrap_or_default();
    match path {
        "aud" => "Who should accept it.".to_owned(),
        "exp" => format!("Good until {at}."),
        "iat" => format!("Issued {at}."),
        "nbf" => format!("Not good before {at}."),
        "iss" => "Who issued it.".to_owned(),
        "jti" => "Its own number: names this one token in audit logs.".to_owned(),
        "sub" => "Who it says one is.".to_owned(),
        "kubernetes.io.namespace" => "The account's namespace.".to_owned(),
        "kubernetes.io.serviceaccount.name" => "The account.".to_owned(),
        "kubernetes.io.serviceaccount.uid" => {
            "Which account of that name: one made anew has another uid, and this token is not for it.".to_owned()
        }
        "kubernetes.io.pod.name" | "kubernetes.io.pod.uid" => {
            "Bound to this pod: good only while it exists.".to_owned()
        }
        "kubernetes.io.secret.name" | "kubernetes.io.secret.uid" => {
            "Bound to this Secret: good only while it exists.".to_owned()
        }
        "kubernetes.io.node.name" | "kubernetes.io.node.uid" => "The node it was issued for.".to_owned(),
        "kubernetes.io.warnafter" => {
            format!("A new one should be in use after {at}; later use is noted in the audit log.")
        }
        "kubernetes.io/serviceaccount/secret.name" => "The Secret it lives in: deleting that ends it.".to_owned(),
        "kubernetes.io/serviceaccount/namespace" => "The account's namespace.".to_owned(),
        "kubernetes.io/serviceaccount/service-account.name" => "The account.".to_owned(),
        "kubernetes.io/serviceaccount/service-account.uid" => "Which account of that name.".to_owned(),
        _ => String::new(),
    }
}

/// The claims as rows: path and value; the object under `kubernetes.io` is spelled out.
pub fn claim_rows(claims: &Value) -> Vec<(String, Value)> {
    let mut rows = Vec::new();
    for (key, value) in claims.as_object().into_iter().flatten() {
        flatten(key.clone(), value, &mut rows, 0);
    }
    rows
}

fn flatten(path: String, value: &Value, rows: &mut Vec<(String, Value)>, depth: usize) {
    match value {
        Value::Object(map) if depth < 4 => {
            for (key, value) in map {
                flatten(format!("{path}.{key}"), value, rows, depth + 1);
            }
        }
        other => rows.push((path, other.clone())),
    }
}

/// What the API server says to a token now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The user it would be; `None` is a 401.
    pub user: Option<String>,
    /// Every check it makes, in order; those that `decided` failed.
    pub checks: Vec<Reason>,
}

/// Asks a copy of the cluster, and makes every check instead of stopping at the first that fails.
pub fn verdict(lab: &Lab, text: &str) -> Verdict {
    let text = text.trim();
    let mut cluster = lab.cluster().clone();
    let before = cluster.trace().last_sequence();
    cluster.send(Request::get("/api").header("Authorization", format!("Bearer {text}")));
    let user = cluster.trace().since(before).iter().find_map(|entry| match &entry.event {
        Event::Authenticated { user, .. } => Some(user.username.clone()),
        _ => None,
    });
    let audiences = [crate::cluster::settings::ISSUER.to_owned()];
    let checks = crate::cluster::authn::service_account::inspect(text, &audiences, lab.cluster().reader(), lab.now());
    Verdict { user, checks }
}

/// The account in a token's claims, as `NAMESPACE/NAME`.
pub fn account(claims: &Value) -> Option<(String, String)> {
    let (namespace, name) = crate::api::user::split_service_account_username(object::text(claims, &["sub"]))?;
    Some((namespace.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tokens_in_output() {
        let text = "token: eyJh.eyJb.c-_d\nTOKEN='eyJx.eyJy.z'\nnot.a.token eyJonly.two";
        assert_eq!(tokens_in(text), ["eyJh.eyJb.c-_d", "eyJx.eyJy.z"]);
    }

    #[test]
    fn says_what_is_wrong_with_a_token() {
        assert_eq!(decode("abc"), Err("a token has three parts joined by dots; this has 1".to_owned()));
        assert_eq!(decode("a.b.c"), Err("the first part is not base64url-encoded JSON".to_owned()));
        assert!(decode("eyJhIjoxfQ.eyJiIjoyfQ.xyz").is_ok_and(|decoded| decoded.claims["b"] == 2));
    }
}
