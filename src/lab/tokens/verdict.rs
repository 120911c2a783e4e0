//! What the API server says to a token, one verdict a row.

use crate::api::client::Client;
use crate::api::object;
use crate::api::request::Request;
use crate::api::user::UserInfo;
use crate::cluster::authn::service_account::inspect;
use crate::cluster::trace::{Event, Reason};
use crate::lab::Lab;
use crate::lab::tokens::decode;
use crate::words::{mark, told, tr};
use serde_json::Value;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// Nobody looked, because something before it failed.
    NotChecked,
    /// The token has nothing of the kind.
    Nothing,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is checked.
    pub check: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found.
    pub finding: String,
}

/// What the API server says to a token now.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Who it is; `None` is a 401.
    pub user: Option<UserInfo>,
    /// Every check, in the order in which the API server makes them.
    pub rows: Vec<Row>,
    /// Set if it is accepted although a check fails: it was found good moments ago.
    pub remembered: bool,
}

/// The rows: their names, what the checks behind them are called, and what it means that there is none.
const CHECKS: [(&str, &[&str], &str); 9] = [
    (mark("well-formed"), &["form", "claims"], ""),
    (mark("issuer"), &["issuer"], ""),
    (mark("signature"), &["signature"], ""),
    (mark("audience"), &["audience"], ""),
    (mark("not before"), &["not before"], mark("it does not say")),
    (mark("expiry"), &["expiry"], mark("none")),
    (mark("issued at"), &["issued at"], mark("it does not say")),
    (mark("account with that UID"), &["account"], ""),
    (
        mark("bound object"),
        &["bound pod", "bound secret", "bound node", "secret", "marked invalid"],
        mark("it is bound to none: it ends with its account"),
    ),
];

/// Asks a copy of the cluster, and makes every check instead of stopping at the first that fails.
pub fn verdict(lab: &Lab, text: &str) -> Verdict {
    let text = text.trim();
    let mut cluster = lab.cluster().clone();
    let before = cluster.trace().last_sequence();
    cluster.send(Request::get("/api").header("Authorization", format!("Bearer {text}")));
    let user = cluster.trace().since(before).iter().find_map(|entry| match &entry.event {
        Event::Authenticated { user, .. } => Some(UserInfo::clone(user)),
        _ => None,
    });
    let audiences = crate::cluster::authn::api_audiences();
    let checks = inspect(text, &audiences, lab.cluster().reader(), lab.now(), lab.settings().kubernetes);
    let decoded = decode(text).ok();
    let header = decoded.map(|decoded| decoded.header).unwrap_or_default();
    let rows: Vec<Row> =
        CHECKS.iter().map(|(name, subjects, none)| row(name, subjects, none, &checks, &header)).collect();
    let remembered = user.is_some() && rows.iter().any(|row| row.outcome == Outcome::Failed);
    Verdict { user, rows, remembered }
}

fn row(check: &'static str, subjects: &[&str], none: &'static str, checks: &[Reason], header: &Value) -> Row {
    let found: Vec<&Reason> = checks.iter().filter(|reason| subjects.contains(&reason.subject.as_str())).collect();
    let failed = found.iter().find(|reason| reason.decided);
    let stopped =
        checks.last().is_some_and(|last| last.decided && ["form", "issuer", "claims"].contains(&last.subject.as_str()));
    let (outcome, finding) = match (failed.or(found.last()), check) {
        (Some(reason), _) => {
            let outcome = if reason.decided { Outcome::Failed } else { Outcome::Passed };
            (outcome, told(&reason.finding))
        }
        (None, "well-formed") => (Outcome::Passed, tr("three parts, the first two are JSON").to_owned()),
        (None, "signature") if stopped && !header.is_null() => {
            let key = object::text(header, &["kid"]);
            let finding = match key {
                "" => tr("this cluster has no key to check it with").to_owned(),
                key => tr!("this cluster has no key to check it with (it names {0})", key),
            };
            (Outcome::NotChecked, finding)
        }
        (None, _) if stopped => (Outcome::NotChecked, tr("not looked at").to_owned()),
        (None, _) if none.is_empty() => (Outcome::NotChecked, tr("not looked at").to_owned()),
        (None, _) => (Outcome::Nothing, tr(none).to_owned()),
    };
    let finding = match (check, outcome, object::text(header, &["kid"])) {
        ("signature", Outcome::Passed, key) if !key.is_empty() => format!("{finding} {key}"),
        _ => finding,
    };
    Row { check, outcome, finding }
}
