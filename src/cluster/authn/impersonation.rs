//! Impersonation: acting as somebody else, with the `Impersonate-*` headers that `kubectl --as` sends.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation. Left out: constrained impersonation
//! (the `impersonate:*` and `impersonate-on:*` verbs); a refusal there ends with the same words as here.

use crate::api::request::Request;
use crate::api::status::Status;
use crate::api::user::{
    SYSTEM_ANONYMOUS, SYSTEM_AUTHENTICATED, SYSTEM_UNAUTHENTICATED, UserInfo, split_service_account_username,
};
use crate::cluster::authz::{Attributes, authorize, refusal};
use crate::cluster::reader::Reader;
use std::collections::BTreeMap;

const AUTHENTICATION_GROUP: &str = "authentication.k8s.io";
const EXTRA_PREFIX: &str = "impersonate-extra-";

/// Whom a request wants to act as.
struct Wanted {
    username: String,
    uid: String,
    groups: Vec<String>,
    extra: BTreeMap<String, Vec<String>>,
}

/// The user that the request acts as, if it asks for impersonation and `user` may. The impersonated account need
/// not exist.
///
/// # Errors
/// 403 if `user` may not `impersonate`; 500 for groups, UID or extra without a user.
pub fn impersonate(user: &UserInfo, request: &Request, reader: &dyn Reader) -> Result<Option<UserInfo>, Status> {
    let Some(wanted) = read(request)? else { return Ok(None) };
    for attributes in questions(user, &wanted) {
        let verdict = authorize(&attributes, reader);
        if !verdict.allowed {
            return Err(refusal(&attributes, &verdict));
        }
    }
    Ok(Some(become_user(wanted)))
}

fn read(request: &Request) -> Result<Option<Wanted>, Status> {
    let mut wanted = Wanted { username: String::new(), uid: String::new(), groups: Vec::new(), extra: BTreeMap::new() };
    for (name, value) in &request.headers {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "impersonate-user" if wanted.username.is_empty() => wanted.username.clone_from(value),
            "impersonate-uid" if wanted.uid.is_empty() => wanted.uid.clone_from(value),
            "impersonate-group" => wanted.groups.push(value.clone()),
            _ => {
                if let Some(key) = name.strip_prefix(EXTRA_PREFIX) {
                    let key = crate::api::request::percent_decode(key, false);
                    wanted.extra.entry(key).or_default().push(value.clone());
                }
            }
        }
    }
    if !wanted.username.is_empty() {
        return Ok(Some(wanted));
    }
    if wanted.groups.is_empty() && wanted.extra.is_empty() && wanted.uid.is_empty() {
        return Ok(None);
    }
    Err(Status::other(
        500,
        "InternalError",
        "Internal error occurred: requested groups, UID or extra without impersonating a user",
    ))
}

/// What the real user has to be allowed: one question for every part of the identity it wants.
fn questions(user: &UserInfo, wanted: &Wanted) -> Vec<Attributes> {
    let ask = |group: &str, resource: &str, subresource: &str, namespace: &str, name: &str| Attributes {
        user: user.clone(),
        verb: "impersonate".to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        path: String::new(),
    };
    let mut questions = vec![match split_service_account_username(&wanted.username) {
        Some((namespace, name)) => ask("", "serviceaccounts", "", namespace, name),
        None => ask("", "users", "", "", &wanted.username),
    }];
    questions.extend(wanted.groups.iter().map(|group| ask("", "groups", "", "", group)));
    for (key, values) in &wanted.extra {
        questions.extend(values.iter().map(|value| ask(AUTHENTICATION_GROUP, "userextras", key, "", value)));
    }
    if !wanted.uid.is_empty() {
        questions.push(ask(AUTHENTICATION_GROUP, "uids", "", "", &wanted.uid));
    }
    questions
}

fn become_user(wanted: Wanted) -> UserInfo {
    let Wanted { username, uid, mut groups, extra } = wanted;
    if groups.is_empty()
        && let Some((namespace, name)) = split_service_account_username(&username)
    {
        groups = UserInfo::service_account(namespace, name, "").groups;
    }
    let everybody = if username == SYSTEM_ANONYMOUS { SYSTEM_UNAUTHENTICATED } else { SYSTEM_AUTHENTICATED };
    if !groups.iter().any(|group| group == SYSTEM_AUTHENTICATED || group == SYSTEM_UNAUTHENTICATED) {
        groups.push(everybody.to_owned());
    }
    UserInfo { username, uid, groups, extra }
}
