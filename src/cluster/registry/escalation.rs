//! Nobody gives what they do not have: writing roles and bindings needs the rights in them.
//!
//! Follows pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased,
//! pkg/registry/rbac/validation and staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go.

use crate::api::go::{quote, quote_list};
use crate::api::kinds::Kind;
use crate::api::object::{Object, at, name, remove, set, text};
use crate::api::sorted;
use crate::api::status::Status;
use crate::api::user::{SYSTEM_MASTERS, UserInfo};
use crate::cluster::authz::rbac::{GROUP, role_of};
use crate::cluster::authz::rule::{Rule, covers_path};
use crate::cluster::authz::{Attributes, authorize, rules_for, rules_of};
use crate::cluster::reader::Reader;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many single permissions (group, resource, verb, name) a role may grant and still be compared.
const PERMISSIONS_MAX: usize = 100_000;

/// Checks the creation (`old` is none) or update of a role or binding; anything else passes.
///
/// # Errors
/// 403 that lists the permissions not held; 404 for a binding to a role that is not there.
pub fn check(
    object: &Object,
    old: Option<&Object>,
    kind: &Kind,
    namespace: &str,
    user: &UserInfo,
    reader: &dyn Reader,
) -> Result<(), Status> {
    if kind.group != GROUP || user.in_group(SYSTEM_MASTERS) || old.is_some_and(|old| is_same(object, old)) {
        return Ok(());
    }
    match kind.plural.as_str() {
        "roles" | "clusterroles" => check_role(object, old, kind, namespace, user, reader),
        "rolebindings" | "clusterrolebindings" => check_binding(object, kind, namespace, user, reader),
        _ => Ok(()),
    }
}

/// Whether only garbage collection's fields (and the server's own) differ.
fn is_same(object: &Object, old: &Object) -> bool {
    let bare = |object: &Object| {
        let mut bare = object.clone();
        for field in ["ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation"] {
            remove(&mut bare, &["metadata", field]);
        }
        bare
    };
    bare(object) == bare(old)
}

fn check_role(
    role: &Object,
    old: Option<&Object>,
    kind: &Kind,
    namespace: &str,
    user: &UserInfo,
    reader: &dyn Reader,
) -> Result<(), Status> {
    let question = Attributes {
        user: user.clone(),
        verb: "escalate".to_owned(),
        group: GROUP.to_owned(),
        resource: kind.plural.clone(),
        namespace: namespace.to_owned(),
        // A creation's request has no name in its path.
        name: old.map(|old| name(old).to_owned()).unwrap_or_default(),
        ..Attributes::default()
    };
    if authorize(&question, reader).allowed {
        return Ok(());
    }
    let forbidden = |cause: &str| Status::forbidden(GROUP, &kind.plural, name(role), cause);
    let aggregates = |object: &Object| !at(object, &["aggregationRule"]).is_null();
    if aggregates(role) || old.is_some_and(aggregates) {
        let everything = [
            json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}),
            json!({"verbs": ["*"], "nonResourceURLs": ["*"]}),
        ];
        confirm(user, namespace, &everything, reader)
            .map_err(|_| forbidden("must have cluster-admin privileges to use the aggregationRule"))?;
    }
    confirm(user, namespace, rules_of(role), reader).map_err(|cause| forbidden(&cause))
}

fn check_binding(
    binding: &Object,
    kind: &Kind,
    namespace: &str,
    user: &UserInfo,
    reader: &dyn Reader,
) -> Result<(), Status> {
    let resource = if text(binding, &["roleRef", "kind"]) == "Role" { "roles" } else { "clusterroles" };
    let question = Attributes {
        user: user.clone(),
        verb: "bind".to_owned(),
        group: text(binding, &["roleRef", "apiGroup"]).to_owned(),
        resource: resource.to_owned(),
        namespace: namespace.to_owned(),
        name: text(binding, &["roleRef", "name"]).to_owned(),
        ..Attributes::default()
    };
    if authorize(&question, reader).allowed {
        return Ok(());
    }
    let role = role_of(binding, namespace, reader)
        .map_err(|_| Status::not_found(GROUP, &kind.plural, text(binding, &["roleRef", "name"])))?;
    confirm(user, namespace, rules_of(&role), reader)
        .map_err(|cause| Status::forbidden(GROUP, &kind.plural, name(binding), &cause))
}

/// Whether the user holds all these rules in the namespace.
///
/// # Errors
/// The sentence that lists what is missing.
fn confirm(user: &UserInfo, namespace: &str, rules: &[Value], reader: &dyn Reader) -> Result<(), String> {
    let held = rules_for(user, namespace, reader);
    let missing = missing(&held.rules, rules)?;
    if missing.is_empty() {
        return Ok(());
    }
    let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
    let mut message = format!(
        "user {} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
        quote(&user.username),
        quote_list(&groups),
        describe(&missing).join("\n")
    );
    if !held.errors.is_empty() {
        message.push_str(&format!("; resolution errors: [{}]", held.errors.join(" ")));
    }
    Err(message)
}

/// The single permissions of `rules` that no held rule covers.
fn missing(held: &[Value], rules: &[Value]) -> Result<Vec<Value>, String> {
    let total: usize = rules.iter().map(|rule| permissions(Rule(rule))).fold(0, usize::saturating_add);
    if total > PERMISSIONS_MAX {
        return Err(format!("not simulated: comparing a role of {total} single permissions with those held"));
    }
    let mut missing = Vec::new();
    for rule in rules {
        break_down(Rule(rule), &mut |permission| {
            if !held.iter().any(|held| covers(Rule(held), Rule(&permission))) {
                missing.push(permission);
            }
        });
    }
    Ok(missing)
}

fn permissions(rule: Rule<'_>) -> usize {
    let verbs = rule.verbs().len();
    let names = rule.names().len().max(1);
    let resources = rule.groups().len().saturating_mul(rule.resources().len()).saturating_mul(names);
    resources.saturating_add(rule.paths().len()).saturating_mul(verbs)
}

fn break_down(rule: Rule<'_>, each: &mut dyn FnMut(Value)) {
    let names = rule.names();
    for group in rule.groups() {
        for resource in rule.resources() {
            for verb in rule.verbs() {
                let single = json!({"apiGroups": [group], "resources": [resource], "verbs": [verb]});
                if names.is_empty() {
                    each(single);
                    continue;
                }
                for name in &names {
                    let mut named = single.clone();
                    set(&mut named, &["resourceNames"], json!([name]));
                    each(named);
                }
            }
        }
    }
    for path in rule.paths() {
        for verb in rule.verbs() {
            each(json!({"nonResourceURLs": [path], "verbs": [verb]}));
        }
    }
}

/// Whether a held rule covers a single permission.
fn covers(held: Rule<'_>, single: Rule<'_>) -> bool {
    let all = |held: &[&str], wanted: &[&str]| held.contains(&"*") || wanted.iter().all(|one| held.contains(one));
    let names = held.names();
    let resource = |wanted: &&str| {
        let subresource = wanted.split_once('/').map(|(_, subresource)| format!("*/{subresource}"));
        held.resources().iter().any(|have| have == wanted || Some(*have) == subresource.as_deref())
    };
    all(&held.verbs(), &single.verbs())
        && all(&held.groups(), &single.groups())
        && (held.resources().contains(&"*") || single.resources().iter().all(resource))
        && (names.is_empty() || !single.names().is_empty() && single.names().iter().all(|one| names.contains(one)))
        && single.paths().iter().all(|path| held.paths().iter().any(|have| covers_path(have, path)))
}

/// One line a resource and name, verbs merged; the lines in byte order.
fn describe(missing: &[Value]) -> Vec<String> {
    let mut merged: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    let mut lines = Vec::new();
    for permission in missing {
        let rule = Rule(permission);
        if rule.paths().is_empty() {
            merged.entry(parts(rule)).or_default().extend(rule.verbs());
        } else {
            lines.push(line(parts(rule), &rule.verbs()));
        }
    }
    lines.extend(merged.into_iter().map(|(parts, verbs)| line(parts, &verbs)));
    sorted::sort(&mut lines);
    lines
}

fn parts(rule: Rule<'_>) -> Vec<String> {
    let lists = [
        ("APIGroups", rule.groups()),
        ("Resources", rule.resources()),
        ("NonResourceURLs", rule.paths()),
        ("ResourceNames", rule.names()),
    ];
    lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(field, list)| format!("{field}:{}", quote_list(&list)))
        .collect()
}

fn line(mut parts: Vec<String>, verbs: &[&str]) -> String {
    parts.push(format!("Verbs:{}", quote_list(verbs)));
    format!("{{{}}}", parts.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
pub(crate) mod tests;
