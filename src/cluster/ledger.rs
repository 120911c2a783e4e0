//! The tokens the cluster knows of, for the timeline: mounted ones, those in Secrets, those somebody asked for.

use crate::api::object;
use crate::api::sorted;
use crate::api::time::Timestamp;
use crate::cluster::controllers::token_secrets::{ACCOUNT_NAME, ACCOUNT_UID, is_token_secret};
use crate::cluster::kubelet::Kubelet;
use crate::cluster::log::Part;
use crate::cluster::reader::Reader;
use crate::cluster::token;
use crate::cluster::trace::{Actor, Entry, Event};
use crate::cluster::views::{Home, TokenLife, bound_to};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::rc::Rc;

/// How many tokens that somebody asked for are remembered.
const REQUESTED_MAX: usize = 400;

/// The tokens that left the cluster with whoever asked for them.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    requested: Vec<Rc<Requested>>,
}

#[derive(Clone, Debug)]
struct Requested {
    client: String,
    claims: Rc<Value>,
}

impl Ledger {
    /// Takes note of the tokens that a request from outside has brought into the world.
    pub fn note(&mut self, entries: Part<'_, Rc<Entry>>) {
        let mut client = String::new();
        for entry in entries.iter() {
            if let (Event::Received { .. }, Actor::Client(name)) = (&entry.event, &entry.actor) {
                client.clone_from(name);
            }
            let Event::TokenIssued { claims, .. } = &entry.event else { continue };
            let client = client.clone();
            if self.requested.len() >= REQUESTED_MAX {
                self.requested.drain(..REQUESTED_MAX / 4);
            }
            self.requested.push(Rc::new(Requested { client, claims: claims.open() }));
        }
    }

    /// All tokens, oldest first.
    pub fn tokens(&self, kubelet: &Kubelet, reader: &dyn Reader, now: Timestamp) -> Vec<TokenLife> {
        let mut all = kubelet.token_lives();
        all.extend(self.requested.iter().map(|requested| requested_life(requested)));
        all.extend(reader.list("secrets", "").iter().filter_map(|secret| secret_life(secret)));
        for life in &mut all {
            if life.ended.is_none() {
                life.ended = ended(life, reader, now);
            }
        }
        sorted::sort_by(&mut all, |a, b| a.issued.cmp(&b.issued).then_with(|| a.subject.cmp(&b.subject)));
        all
    }
}

fn requested_life(requested: &Requested) -> TokenLife {
    let claims = &requested.claims;
    let time = |path: &[&str]| object::integer(claims, path).map(Timestamp::from_unix_seconds);
    TokenLife {
        subject: object::text(claims, &["sub"]).to_owned(),
        home: Home::Requested { client: requested.client.clone() },
        token: Some(token::issue(claims)),
        claims: Rc::clone(claims),
        issued: time(&["iat"]).unwrap_or_default(),
        refresh_due: None,
        warn_after: time(&["kubernetes.io", "warnafter"]),
        expires: time(&["exp"]),
        bound: bound_to(claims),
        ended: None,
    }
}

fn secret_life(secret: &Value) -> Option<TokenLife> {
    if !is_token_secret(secret) || object::text(secret, &["data", "token"]).is_empty() {
        return None;
    }
    let text = STANDARD.decode(object::text(secret, &["data", "token"])).ok()?;
    let claims = Rc::new(token::parse(std::str::from_utf8(&text).ok()?)?.claims);
    Some(TokenLife {
        subject: object::text(&claims, &["sub"]).to_owned(),
        home: Home::Secret { namespace: object::namespace(secret).to_owned(), name: object::name(secret).to_owned() },
        token: Some(token::issue(&claims)),
        issued: object::creation_timestamp(secret).unwrap_or_default(),
        refresh_due: None,
        warn_after: None,
        expires: None,
        bound: Some(("secret".to_owned(), object::name(secret).to_owned(), object::uid(secret).to_owned())),
        ended: None,
        claims,
    })
}

/// Why a token is no longer good, if it is not.
fn ended(life: &TokenLife, reader: &dyn Reader, now: Timestamp) -> Option<String> {
    if life.expires.is_some_and(|expires| expires < now) {
        return Some("expired".to_owned());
    }
    let (namespace, name) = crate::api::user::split_service_account_username(&life.subject)?;
    let uid = match &life.home {
        Home::Secret { namespace, name } => {
            let secret = reader.get("secrets", namespace, name)?;
            if object::annotation(&secret, ACCOUNT_NAME).is_none() {
                return Some("its Secret names no ServiceAccount".to_owned());
            }
            object::annotation(&secret, ACCOUNT_UID).unwrap_or_default().to_owned()
        }
        _ => object::text(&life.claims, &["kubernetes.io", "serviceaccount", "uid"]).to_owned(),
    };
    match reader.get("serviceaccounts", namespace, name) {
        None => return Some("its ServiceAccount is gone".to_owned()),
        Some(account) if object::uid(&account) != uid => {
            return Some("its ServiceAccount was deleted; one of the same name made later is another one".to_owned());
        }
        Some(_) => {}
    }
    let (kind, bound_name, bound_uid) = life.bound.as_ref()?;
    let bound = match kind.as_str() {
        "node" => reader.get("nodes", "", bound_name),
        "secret" => reader.get("secrets", namespace, bound_name),
        _ => reader.get("pods", namespace, bound_name),
    };
    let alive = bound.is_some_and(|bound| object::uid(&bound) == bound_uid);
    (!alive).then(|| format!("the {kind} it is bound to is gone"))
}
