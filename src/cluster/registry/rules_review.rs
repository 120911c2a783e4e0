//! `selfsubjectrulesreviews`: what may I do in a namespace? What `kubectl auth can-i --list` asks.
//!
//! Follows pkg/registry/authorization/selfsubjectrulesreview/rest.go.

use crate::api::object::{Object, set, text};
use crate::api::status::Status;
use crate::api::user::UserInfo;
use crate::cluster::authz::rbac::aggregate;
use crate::cluster::authz::rule::Rule;
use crate::cluster::authz::rules_for;
use crate::cluster::reader::Reader;
use serde_json::{Value, json};

/// Lists the caller's rules, one entry for every rule of every role, unmerged.
///
/// # Errors
/// 400 without a namespace.
pub fn create(body: &Object, user: &UserInfo, reader: &dyn Reader) -> Result<Object, Status> {
    let namespace = text(body, &["spec", "namespace"]);
    if namespace.is_empty() {
        return Err(Status::bad_request("no namespace on request"));
    }
    let found = rules_for(user, namespace, reader);
    let rules = || found.rules.iter().map(Rule);
    let resource_rules: Vec<Value> = rules().filter(|rule| !rule.resources().is_empty()).map(resource_rule).collect();
    let path_rules: Vec<Value> = rules()
        .filter(|rule| !rule.paths().is_empty())
        .map(|rule| json!({"verbs": rule.verbs(), "nonResourceURLs": rule.paths()}))
        .collect();
    let mut status = json!({
        "resourceRules": resource_rules,
        "nonResourceRules": path_rules,
        "incomplete": found.incomplete.is_some(),
    });
    let errors: Vec<String> = found.incomplete.into_iter().chain(found.errors).collect();
    if let Some(error) = aggregate(&errors) {
        set(&mut status, &["evaluationError"], json!(error));
    }
    Ok(json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "metadata": {},
        "spec": {},
        "status": status,
    }))
}

fn resource_rule(rule: Rule<'_>) -> Value {
    let mut entry = json!({"verbs": rule.verbs(), "apiGroups": rule.groups(), "resources": rule.resources()});
    if !rule.names().is_empty() {
        set(&mut entry, &["resourceNames"], json!(rule.names()));
    }
    entry
}
