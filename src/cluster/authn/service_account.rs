//! Bearer tokens of ServiceAccounts: whose is this, and is it still good?
//!
//! Follows pkg/serviceaccount/jwt.go (jwtTokenAuthenticator). What the caller learns is only 401; the texts here are
//! those that the real API server keeps for TokenReviews and its log.

use crate::api::go::quote_list;
use crate::api::object::{strings, text};
use crate::api::release::Version;
use crate::api::time::Timestamp;
use crate::api::token::Token;
use crate::api::user::UserInfo;
use crate::cluster::authn::{Effect, api_audiences, bound, legacy};
use crate::cluster::reader::Reader;
use crate::cluster::settings::ISSUER;
use crate::cluster::token::{self, LEGACY_ISSUER, Parsed};
use crate::cluster::trace::Reason;
use serde_json::Value;

/// A token as it was handed over.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// As text, over the wire: anybody can have written it.
    Text(&'a str),
    /// As a value that never left the process. Only `token::issue` makes one, its claims cannot be changed, and
    /// its signature will be made from them by the cluster's own key: verifying it would compare a computation
    /// with itself, so that is the one check left out.
    InProcess(&'a Token),
}

/// What an examination of a token gave.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Whose it is and for which audiences. `Err(None)`: not a token of this cluster; `Err(Some(why))`: it is one,
    /// and no good.
    pub outcome: Result<(UserInfo, Vec<String>), Option<String>>,
    /// The checks, the last one decided.
    pub checks: Vec<Reason>,
    /// Texts for `Warning` headers.
    pub warnings: Vec<String>,
    /// What is to be written down.
    pub effects: Vec<Effect>,
}

/// What the checks of both kinds of tokens work with.
pub struct Examiner<'a> {
    /// What is stored.
    pub reader: &'a dyn Reader,
    /// What the clock shows.
    pub now: Timestamp,
    /// The version of the API server.
    pub version: Version,
    /// The checks so far.
    pub checks: Vec<Reason>,
    /// Texts for `Warning` headers.
    pub warnings: Vec<String>,
    /// What is to be written down.
    pub effects: Vec<Effect>,
}

impl Examiner<'_> {
    /// Notes a check that passed.
    pub fn pass(&mut self, subject: &str, finding: impl Into<String>) {
        self.checks.push(Reason::looked(subject, finding));
    }

    /// Notes the check that failed, and gives back its words.
    pub fn fail(&mut self, subject: &str, words: String) -> String {
        self.checks.push(Reason::decided(subject, words.clone()));
        words
    }
}

/// Examines a token for `audiences`.
pub fn examine(
    presented: Presented<'_>,
    audiences: &[String],
    reader: &dyn Reader,
    now: Timestamp,
    version: Version,
) -> Examination {
    let mut examiner = Examiner { reader, now, version, checks: Vec::new(), warnings: Vec::new(), effects: Vec::new() };
    let outcome = verdict(presented, audiences, &mut examiner);
    if let Ok((user, _)) = &outcome {
        examiner.checks.push(Reason::decided("identity", user.username.clone()));
    }
    let Examiner { checks, warnings, effects, .. } = examiner;
    Examination { outcome, checks, warnings, effects }
}

/// Makes every check of a token for `audiences` instead of stopping at the first that fails, for people who look
/// at it: a check that `decided` is one that failed. Nothing is cached and nothing is written down.
pub fn inspect(text: &str, audiences: &[String], reader: &dyn Reader, now: Timestamp, version: Version) -> Vec<Reason> {
    let mut examiner = Examiner { reader, now, version, checks: Vec::new(), warnings: Vec::new(), effects: Vec::new() };
    let presented = Presented::Text(text);
    let Ok(Parsed { header, claims }) = parse(presented, &mut examiner) else { return examiner.checks };
    let _ = signature(presented, &header, &mut examiner);
    let _ = audience(&claims, audiences, &mut examiner);
    if is_legacy(&claims) {
        let _ = legacy::validate(&claims, presented, &mut examiner);
    } else {
        bound::inspect(&claims, &mut examiner);
    }
    examiner.checks
}

fn is_legacy(claims: &Value) -> bool {
    text(claims, &["iss"]) == LEGACY_ISSUER
}

type Verdict = Result<(UserInfo, Vec<String>), Option<String>>;

fn verdict(presented: Presented<'_>, audiences: &[String], examiner: &mut Examiner<'_>) -> Verdict {
    let Parsed { header, claims } = parse(presented, examiner)?;
    signature(presented, &header, examiner).map_err(Some)?;
    let matching = audience(&claims, audiences, examiner)?;
    let user = if is_legacy(&claims) {
        legacy::validate(&claims, presented, examiner)
    } else {
        bound::validate(&claims, examiner)
    };
    Ok((user.map_err(Some)?, matching))
}

fn signature(presented: Presented<'_>, header: &Value, examiner: &mut Examiner<'_>) -> Result<(), String> {
    match presented {
        Presented::InProcess(_) => examiner.pass("signature", "by the cluster's own key, in this process"),
        Presented::Text(text) => match token::verify(text, header) {
            Ok(()) => examiner.pass("signature", "RS256, made with the cluster's key"),
            Err(words) => return Err(examiner.fail("signature", words.to_owned())),
        },
    }
    Ok(())
}

/// Takes the token apart and looks who claims to have issued it; anything foreign is none of our business.
fn parse(presented: Presented<'_>, examiner: &mut Examiner<'_>) -> Result<Parsed, Option<String>> {
    let parsed = match presented {
        Presented::Text(text) => token::parse(text),
        Presented::InProcess(token) => token::parse_signing_input(token.signing_input()),
    };
    let Some(parsed) = parsed else {
        examiner.fail("form", "not a JSON Web Token: three base64url parts with dots between them".to_owned());
        return Err(None);
    };
    let issuer = text(&parsed.claims, &["iss"]);
    if issuer != ISSUER && issuer != LEGACY_ISSUER {
        examiner.fail("issuer", format!("{issuer:?} is not an issuer that this cluster trusts"));
        return Err(None);
    }
    examiner.pass("issuer", issuer);
    Ok(parsed)
}

/// The audiences that the token and the asker have in common; a token without any counts as the API server's own.
fn audience(claims: &Value, wanted: &[String], examiner: &mut Examiner<'_>) -> Result<Vec<String>, Option<String>> {
    let own = api_audiences();
    let one = claims.get("aud").and_then(Value::as_str);
    let mut named: Vec<&str> = one.map(|one| vec![one]).unwrap_or_else(|| strings(claims, &["aud"]));
    if named.is_empty() {
        named = own.iter().map(String::as_str).collect();
    }
    let common: Vec<String> = wanted.iter().filter(|one| named.contains(&one.as_str())).cloned().collect();
    if common.is_empty() {
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let words = format!(
            "token audiences {} is invalid for the target audiences {}",
            quote_list(&named),
            quote_list(&wanted)
        );
        return Err(Some(examiner.fail("audience", words)));
    }
    examiner.pass("audience", common.join(", "));
    Ok(common)
}
