//! `serviceaccounts/NAME/token`: issues a token for an account.
//!
//! Follows pkg/registry/core/serviceaccount/storage/token.go and pkg/apis/authentication/validation. The order of the
//! checks is behaviour. Before it come, in the door: that the namespaces of object and URL agree, and admission.

use crate::api::object::{Object, Pod, at, integer, list, set, strings, text, uid};
use crate::api::release::{Change, Version};
use crate::api::status::{FieldError, Status};
use crate::api::time::Timestamp;
use crate::api::token::Token;
use crate::cluster::authn::api_audiences;
use crate::cluster::kept::Kept;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::settings::Settings;
use crate::cluster::token::{self, Bound, Contents, EXTENDABLE_LIFETIME_SECONDS, EXTENDED_LIFETIME_SECONDS};
use crate::cluster::trace::{Event, Reason};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

const GROUP: &str = "authentication.k8s.io";
const DEFAULT_SECONDS: i64 = 3600;
const MIN_SECONDS: i64 = 600;
const MAX_SECONDS: i64 = 1 << 32;
const RECREATED: &str = "does not match the UID in record. The object might have been deleted and then recreated";

/// What issuing a token works with.
pub struct Context<'a> {
    /// What is stored.
    pub reader: &'a dyn Reader,
    /// For the token's id.
    pub random: &'a mut Random,
    /// The cluster's flags.
    pub settings: &'a Settings,
    /// What the clock shows.
    pub now: Timestamp,
}

/// A token and the object it is answered in.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The TokenRequest; its `status.token` is not there but in `token`.
    pub object: Object,
    /// The token, to be signed when it is read.
    pub token: Token,
    /// For the trace.
    pub issued: Event,
    /// Texts for `Warning` headers.
    pub warnings: Vec<String>,
}

/// Issues a token for the account `name`.
///
/// # Errors
/// 422, 404, 409 and 400, in the order of the real checks.
pub fn create(body: &Object, namespace: &str, name: &str, context: &mut Context<'_>) -> Result<Answer, Status> {
    let account = account(body, namespace, name, context.reader)?;
    let mut object = with_defaults(body, &account, namespace, name, context.now);
    let asked = integer(&object, &["spec", "expirationSeconds"]).unwrap_or(DEFAULT_SECONDS);
    check_seconds(asked, at(&object, &["spec", "expirationSeconds"]))?;
    let version = context.settings.kubernetes;
    let bound = bound(&object, namespace, name, context.reader, version)?;
    let mut checks = vec![Reason::looked("spec.audiences", strings(&object, &["spec", "audiences"]).join(", "))];
    let mut warnings = Vec::new();
    let seconds = clamp(asked, context.settings, &mut checks, &mut warnings);
    set(&mut object, &["spec", "expirationSeconds"], json!(seconds));
    let expiry = context.now.after(Duration::from_secs(seconds));
    object["status"] = json!({"expirationTimestamp": expiry.rfc3339()});
    checks.push(match &bound {
        Some(bound) => Reason::looked("spec.boundObjectRef", format!("it ends with the {} {}", bound.kind, bound.name)),
        None => Reason::looked("spec.boundObjectRef", "unset: it ends with the account"),
    });
    let extended = is_extended(seconds, bound.as_ref(), &object, context.settings);
    checks.push(lifetime(seconds, extended, context.now));
    let audiences: Vec<String> = strings(&object, &["spec", "audiences"]).into_iter().map(str::to_owned).collect();
    let contents = Contents {
        namespace,
        name,
        uid: uid(&account),
        audiences: &audiences,
        issued_at: context.now.unix_seconds(),
        lifetime_seconds: if extended { EXTENDED_LIFETIME_SECONDS } else { seconds },
        warn_after_seconds: extended.then_some(seconds),
        bound,
        // Drawn in any case, so that one change does not shift what else is drawn.
        id: Some(context.random.uuid()).filter(|_| version.has(Change::TokenId)),
    };
    let claims = contents.claims();
    let token = token::issue(&claims);
    Ok(Answer { object, token, issued: Event::TokenIssued { claims: Kept::new(claims), checks }, warnings })
}

fn account(body: &Object, namespace: &str, name: &str, reader: &dyn Reader) -> Result<Rc<Object>, Status> {
    let given = text(body, &["metadata", "name"]);
    if !given.is_empty() && given != name {
        let detail = "must match the service account name if specified";
        let error = FieldError::invalid("metadata.name", &json!(given), detail);
        return Err(Status::invalid(GROUP, "TokenRequest", name, &[error]));
    }
    let account =
        reader.get("serviceaccounts", namespace, name).ok_or_else(|| Status::not_found("", "serviceaccounts", name))?;
    let wanted = uid(body);
    if !wanted.is_empty() && wanted != uid(&account) {
        let cause = format!(
            "the UID in the token request ({wanted}) does not match the UID of the service account ({})",
            uid(&account)
        );
        return Err(Status::conflict(GROUP, "TokenRequest", name, &cause));
    }
    Ok(account)
}

fn with_defaults(body: &Object, account: &Object, namespace: &str, name: &str, now: Timestamp) -> Object {
    let mut object = body.clone();
    set(&mut object, &["apiVersion"], json!(format!("{GROUP}/v1")));
    set(&mut object, &["kind"], json!("TokenRequest"));
    for (field, value) in
        [("name", name), ("namespace", namespace), ("uid", uid(account)), ("creationTimestamp", &now.rfc3339())]
    {
        set(&mut object, &["metadata", field], json!(value));
    }
    crate::api::object::set_default(&mut object, &["spec", "expirationSeconds"], json!(DEFAULT_SECONDS));
    if list(&object, &["spec", "audiences"]).is_empty() {
        set(&mut object, &["spec", "audiences"], json!(api_audiences()));
    }
    crate::api::object::set_default(&mut object, &["spec", "boundObjectRef"], Value::Null);
    object
}

fn check_seconds(seconds: i64, given: &Value) -> Result<(), Status> {
    let detail = if seconds < MIN_SECONDS {
        "may not specify a duration less than 10 minutes"
    } else if seconds > MAX_SECONDS {
        "may not specify a duration larger than 2^32 seconds"
    } else {
        return Ok(());
    };
    let error = FieldError::invalid("spec.expirationSeconds", given, detail);
    Err(Status::invalid(GROUP, "TokenRequest", "", &[error]))
}

fn clamp(asked: i64, settings: &Settings, checks: &mut Vec<Reason>, warnings: &mut Vec<String>) -> u64 {
    let asked = u64::try_from(asked).unwrap_or(0);
    let max = settings.flags.max_token_expiration_seconds;
    checks.push(Reason::looked("spec.expirationSeconds", asked.to_string()));
    if max == 0 || asked <= max {
        return asked;
    }
    warnings.push(format!("requested expiration of {asked} seconds shortened to {max} seconds"));
    checks.push(Reason::looked("--service-account-max-token-expiration", format!("shortened to {max} s")));
    max
}

fn is_extended(seconds: u64, bound: Option<&Bound>, object: &Object, settings: &Settings) -> bool {
    let own = api_audiences();
    settings.flags.extend_token_expiration
        && seconds == EXTENDABLE_LIFETIME_SECONDS
        && bound.is_some_and(|bound| bound.kind == "pod")
        && strings(object, &["spec", "audiences"]).iter().all(|audience| own.iter().any(|one| one == audience))
}

fn lifetime(seconds: u64, extended: bool, now: Timestamp) -> Reason {
    let until = |seconds| now.after(Duration::from_secs(seconds)).rfc3339();
    let finding = if extended {
        format!(
            "exactly {seconds} s, for a pod and the API server: it says {} and works until {}, so that old clients that never read the file again keep working",
            until(seconds),
            until(EXTENDED_LIFETIME_SECONDS)
        )
    } else {
        format!("{seconds} s, until {}", until(seconds))
    };
    Reason::decided("lifetime", finding)
}

fn bound(
    object: &Object,
    namespace: &str,
    account: &str,
    reader: &dyn Reader,
    version: Version,
) -> Result<Option<Bound>, Status> {
    let reference = at(object, &["spec", "boundObjectRef"]);
    if reference.is_null() {
        return Ok(None);
    }
    let field = |key: &str| text(reference, &[key]);
    let (api_version, kind, name) = (field("apiVersion"), field("kind"), field("name"));
    let (claim, resource, home) = match (api_version.contains('/'), kind) {
        (false, "Pod") => ("pod", "pods", namespace),
        (false, "Secret") => ("secret", "secrets", namespace),
        (false, "Node") if version.has(Change::NodeBinding) => ("node", "nodes", ""),
        _ => {
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            let message = format!("cannot bind token to object of type {group}/{version}, Kind={kind}");
            return Err(Status::bad_request(message));
        }
    };
    let found = reader.get(resource, home, name).ok_or_else(|| Status::not_found("", resource, name))?;
    let mut node = None;
    if claim == "pod" {
        if Pod(&found).service_account_name() != account {
            return Err(Status::bad_request(format!(
                "cannot bind token for serviceaccount {} to pod running with different serviceaccount name.",
                crate::api::go::quote(account)
            )));
        }
        node = node_of(&found, reader).filter(|_| version.has(Change::NodeInfo));
    }
    let wanted = field("uid");
    if !wanted.is_empty() && wanted != uid(&found) {
        let cause = format!("the UID in the bound object reference ({wanted}) {RECREATED}");
        return Err(Status::conflict("", kind, name, &cause));
    }
    Ok(Some(Bound { kind: claim, name: name.to_owned(), uid: uid(&found).to_owned(), node }))
}

/// The node that a pod runs on; without its UID if the Node object is gone.
fn node_of(pod: &Object, reader: &dyn Reader) -> Option<(String, String)> {
    let name = Pod(pod).node_name();
    if name.is_empty() {
        return None;
    }
    let uid = reader.get("nodes", "", name).map(|node| uid(&node).to_owned()).unwrap_or_default();
    Some((name.to_owned(), uid))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
