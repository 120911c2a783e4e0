//! Authorization: may this user do that? `--authorization-mode=Node,RBAC`.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/authorization and the texts of
//! staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go.

pub mod explain;
pub mod node;
pub mod rbac;
pub mod rule;

use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::status::Status;
use crate::api::user::{SYSTEM_MASTERS, UserInfo};
use crate::cluster::reader::Reader;
use crate::cluster::trace::Reason;
use serde_json::Value;

/// What is asked: one action of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Who asks.
    pub user: UserInfo,
    /// `get`, `list`, `watch`, `create`, …; for paths the HTTP method in lower case.
    pub verb: String,
    /// The API group of a resource request.
    pub group: String,
    /// The plural resource of a resource request; empty for a path.
    pub resource: String,
    /// `token`, `log`, `exec`, …; empty for the resource itself.
    pub subresource: String,
    /// Empty for cluster-scoped resources and all namespaces.
    pub namespace: String,
    /// Empty for collections and creations.
    pub name: String,
    /// The path of a request that is about no resource; empty otherwise.
    pub path: String,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub allowed: bool,
    /// `RBAC: allowed by …`, errors that RBAC met, or nothing.
    pub reason: String,
    /// What was looked at: bindings, rules; for a refusal, what came close and what would have allowed it.
    pub checks: Vec<Reason>,
}

impl Attributes {
    /// `pods`, `pods/log`.
    pub fn full_resource(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.clone()
        } else {
            format!("{}/{}", self.resource, self.subresource)
        }
    }
}

/// Asks the authorizers in order; the first that has an opinion decides, and if none has, the answer is no.
pub fn authorize(attributes: &Attributes, reader: &dyn Reader) -> Verdict {
    if attributes.user.in_group(SYSTEM_MASTERS) {
        let finding = "the user is in it: everything is allowed, no rule is looked at";
        let checks = vec![Reason::decided(format!("group {SYSTEM_MASTERS}"), finding)];
        return Verdict { allowed: true, reason: String::new(), checks };
    }
    let node = node::authorize(attributes, reader);
    if node.allowed {
        return node;
    }
    let mut verdict = rbac::authorize(attributes, reader);
    if !verdict.allowed && !node.reason.is_empty() {
        let reasons: Vec<String> =
            [node.reason, verdict.reason].into_iter().filter(|reason| !reason.is_empty()).collect();
        verdict.reason = reasons.join("\n");
        verdict.checks.splice(0..0, node.checks);
    }
    verdict
}

/// The 403 that answers a refused request, in the API server's words.
pub fn refusal(attributes: &Attributes, verdict: &Verdict) -> Status {
    let user = quote(&attributes.user.username);
    let verb = &attributes.verb;
    let sentence = if attributes.resource.is_empty() {
        format!("User {user} cannot {verb} path {}", quote(&attributes.path))
    } else {
        let place = match attributes.namespace.as_str() {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace {}", quote(namespace)),
        };
        let (resource, group) = (quote(&attributes.full_resource()), quote(&attributes.group));
        format!("User {user} cannot {verb} resource {resource} in API group {group} {place}")
    };
    let mut cause = sentence.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if !verdict.reason.is_empty() {
        cause.push_str(": ");
        cause.push_str(&verdict.reason);
    }
    if attributes.resource.is_empty() {
        Status::forbidden_path(&cause)
    } else {
        Status::forbidden(&attributes.group, &attributes.resource, &attributes.name, &cause)
    }
}

/// The rules a user has in a namespace, and everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Every rule of every role the user is bound to, one after another, unmerged.
    pub rules: Vec<Value>,
    /// Roles that bindings name and that do not exist.
    pub errors: Vec<String>,
    /// Whether an authorizer could not list its rules, with its words.
    pub incomplete: Option<String>,
}

/// Collects the rules that RBAC gives a user in a namespace (empty: only those of ClusterRoleBindings).
pub fn rules_for(user: &UserInfo, namespace: &str, reader: &dyn Reader) -> Rules {
    let mut found = Rules::default();
    rbac::walk(user, namespace, reader, &mut |grant| {
        match &grant.role {
            Ok(role) => found.rules.extend(rules_of(role).iter().cloned()),
            Err(error) => found.errors.push(error.clone()),
        }
        false
    });
    if node::node_name(user).is_some() {
        found.incomplete = Some("node authorizer does not support user rule resolution".to_owned());
    }
    found
}

/// The rules of a Role or ClusterRole.
pub fn rules_of(role: &Object) -> &[Value] {
    crate::api::object::list(role, &["rules"])
}

#[cfg(test)]
pub(crate) mod tests;
