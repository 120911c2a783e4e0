//! RBAC: who is bound to which rules.
//!
//! Follows plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go. Bindings are walked in
//! the order of their names, where a real server's cache has none, so that the binding a reason names is always
//! the same one.

use crate::api::go::quote;
use crate::api::object::{Object, list, name, namespace, text};
use crate::api::user::{UserInfo, service_account_username};
use crate::cluster::authz::rule::Rule;
use crate::cluster::authz::{Attributes, Verdict, explain};
use crate::cluster::reader::Reader;
use crate::cluster::trace::Reason;
use serde_json::Value;
use std::rc::Rc;

/// The API group of roles and bindings.
pub const GROUP: &str = "rbac.authorization.k8s.io";
const CLUSTER_ROLE_BINDINGS: &str = "clusterrolebindings.rbac.authorization.k8s.io";
const ROLE_BINDINGS: &str = "rolebindings.rbac.authorization.k8s.io";

/// A binding that names the user, and the role it refers to.
pub struct Grant<'a> {
    /// The RoleBinding or ClusterRoleBinding.
    pub binding: &'a Object,
    /// Its first subject that is the user.
    pub subject: &'a Value,
    /// The role; or, if there is none, the sentence that says so.
    pub role: Result<Rc<Object>, String>,
}

impl Grant<'_> {
    /// `ClusterRoleBinding` or `RoleBinding`: objects in the store need not carry their kind.
    pub fn binding_kind(&self) -> &'static str {
        if namespace(self.binding).is_empty() { "ClusterRoleBinding" } else { "RoleBinding" }
    }

    /// `RoleBinding "rb/default" of Role "pod-reader" to ServiceAccount "data-sa/default"`.
    pub fn description(&self) -> String {
        let home = namespace(self.binding);
        let slashed = |name: &str, home: &str| {
            if home.is_empty() { quote(name) } else { quote(&format!("{name}/{home}")) }
        };
        let kind = text(self.subject, &["kind"]);
        let subject_home = match (kind, text(self.subject, &["namespace"])) {
            ("ServiceAccount", "") => home,
            ("ServiceAccount", own) => own,
            _ => "",
        };
        format!(
            "{} {} of {} {} to {kind} {}",
            self.binding_kind(),
            slashed(name(self.binding), home),
            text(self.binding, &["roleRef", "kind"]),
            quote(text(self.binding, &["roleRef", "name"])),
            slashed(text(self.subject, &["name"]), subject_home),
        )
    }

    /// The rules of the role; none if it is missing.
    pub fn rules(&self) -> &[Value] {
        self.role.as_ref().map(|role| list(role, &["rules"])).unwrap_or_default()
    }
}

/// Whether a subject of a binding in `home` (empty for a ClusterRoleBinding) is the user.
pub fn names(subject: &Value, user: &UserInfo, home: &str) -> bool {
    let subject_name = text(subject, &["name"]);
    match text(subject, &["kind"]) {
        "User" => user.username == subject_name,
        "Group" => user.in_group(subject_name),
        // The cheap comparison first: most bindings of a cluster name some other account.
        "ServiceAccount" if user.username.ends_with(subject_name) => {
            let own = text(subject, &["namespace"]);
            let account_home = if own.is_empty() { home } else { own };
            !account_home.is_empty() && user.username == service_account_username(account_home, subject_name)
        }
        _ => false,
    }
}

/// The role that a binding in `home` refers to.
///
/// # Errors
/// `role.rbac.authorization.k8s.io "x" not found`.
pub fn role_of(binding: &Object, home: &str, reader: &dyn Reader) -> Result<Rc<Object>, String> {
    let role_name = text(binding, &["roleRef", "name"]);
    let (resource, kind, home) = match text(binding, &["roleRef", "kind"]) {
        "Role" => ("roles.rbac.authorization.k8s.io", "role", home),
        _ => ("clusterroles.rbac.authorization.k8s.io", "clusterrole", ""),
    };
    reader.get(resource, home, role_name).ok_or_else(|| format!("{kind}.{GROUP} {} not found", quote(role_name)))
}

/// Shows every binding that names the user to `stop`, until it says yes: first the ClusterRoleBindings, then, if
/// there is a namespace, its RoleBindings.
pub fn walk(user: &UserInfo, home: &str, reader: &dyn Reader, stop: &mut dyn FnMut(&Grant<'_>) -> bool) -> bool {
    walk_bindings(CLUSTER_ROLE_BINDINGS, user, "", reader, stop)
        || (!home.is_empty() && walk_bindings(ROLE_BINDINGS, user, home, reader, stop))
}

/// The same for the RoleBindings of all namespaces: for near misses.
pub fn walk_role_bindings(user: &UserInfo, reader: &dyn Reader, stop: &mut dyn FnMut(&Grant<'_>) -> bool) -> bool {
    walk_bindings(ROLE_BINDINGS, user, "", reader, stop)
}

fn walk_bindings(
    resource: &str,
    user: &UserInfo,
    home: &str,
    reader: &dyn Reader,
    stop: &mut dyn FnMut(&Grant<'_>) -> bool,
) -> bool {
    reader.any(resource, home, &mut |binding| {
        let home = namespace(binding);
        let Some(subject) = list(binding, &["subjects"]).iter().find(|subject| names(subject, user, home)) else {
            return false;
        };
        stop(&Grant { binding, subject, role: role_of(binding, home, reader) })
    })
}

/// RBAC's answer. It allows or has no opinion; it never forbids.
pub fn authorize(attributes: &Attributes, reader: &dyn Reader) -> Verdict {
    let mut verdict = Verdict::default();
    let mut errors: Vec<String> = Vec::new();
    walk(&attributes.user, &attributes.namespace, reader, &mut |grant| {
        if let Err(error) = &grant.role {
            errors.push(error.clone());
            return false;
        }
        let Some(rule) = grant.rules().iter().map(Rule).find(|rule| rule.allows(attributes)) else { return false };
        let description = grant.description();
        verdict.allowed = true;
        verdict.checks = vec![
            Reason::looked(description.clone(), "names the user"),
            Reason::decided(
                format!(
                    "rule of {} {}",
                    text(grant.binding, &["roleRef", "kind"]),
                    quote(text(grant.binding, &["roleRef", "name"]))
                ),
                rule.sentence(),
            ),
        ];
        verdict.reason = format!("RBAC: allowed by {description}");
        true
    });
    if !verdict.allowed {
        verdict.reason = aggregate(&errors).map(|text| format!("RBAC: {text}")).unwrap_or_default();
        verdict.checks = explain::refusal(attributes, reader);
    }
    verdict
}

/// How Go prints several errors: one bare, more in brackets, each text once.
pub fn aggregate(errors: &[String]) -> Option<String> {
    let mut distinct: Vec<&str> = Vec::new();
    for error in errors {
        if !distinct.contains(&error.as_str()) {
            distinct.push(error);
        }
    }
    match distinct.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        many => Some(format!("[{}]", many.join(", "))),
    }
}
