//! Why RBAC said no: which bindings came close, and what would have allowed it. The real API server does not tell.

use crate::api::go::quote;
use crate::api::object::{label, namespace};
use crate::api::user::split_service_account_username;
use crate::cluster::authz::Attributes;
use crate::cluster::authz::rbac::{Grant, walk, walk_role_bindings};
use crate::cluster::authz::rule::Rule;
use crate::cluster::reader::Reader;
use crate::cluster::trace::Reason;

/// How many near misses are told.
const NEAR_MISSES_MAX: usize = 8;

/// The near misses of a refused request, and last the sentence that says what would allow it.
pub fn refusal(attributes: &Attributes, reader: &dyn Reader) -> Vec<Reason> {
    let mut checks = Vec::new();
    let mut bound = false;
    walk(&attributes.user, &attributes.namespace, reader, &mut |grant| {
        bound |= !is_bootstrap(grant);
        if let Some(finding) = near_miss(grant, attributes) {
            checks.push(Reason::looked(grant.description(), finding));
        }
        checks.len() >= NEAR_MISSES_MAX
    });
    if !attributes.resource.is_empty() {
        walk_role_bindings(&attributes.user, reader, &mut |grant| {
            let home = namespace(grant.binding);
            if home != attributes.namespace && grant.rules().iter().any(|rule| Rule(rule).allows(attributes)) {
                bound = true;
                let finding = format!("would allow it, but only in the namespace {}", quote(home));
                checks.push(Reason::looked(grant.description(), finding));
            }
            checks.len() >= NEAR_MISSES_MAX
        });
    }
    if !bound {
        let finding = "names this user or one of its groups, except those that everybody has by default";
        checks.push(Reason::looked("no binding", finding));
    }
    checks.push(Reason::decided("what would allow it", remedy(attributes)));
    checks
}

fn is_bootstrap(grant: &Grant<'_>) -> bool {
    label(grant.binding, "kubernetes.io/bootstrapping").is_some()
}

/// How a binding that names the user falls short; nothing for a default one that is about something else.
fn near_miss(grant: &Grant<'_>, attributes: &Attributes) -> Option<String> {
    if let Err(error) = &grant.role {
        return Some(format!("its role does not exist: {error}"));
    }
    let related: Vec<Rule<'_>> = grant.rules().iter().map(Rule).filter(|rule| rule.speaks_of(attributes)).collect();
    let target = target(attributes);
    if let Some(rule) = related.iter().find(|rule| rule.speaks_of_verb(&attributes.verb)) {
        let which = rule.names().join(", ");
        return Some(match attributes.name.as_str() {
            "" => format!("allows {} of {target} only by name ({which}), and this request names none", attributes.verb),
            _ => format!("allows {} of {target} only for {which}", attributes.verb),
        });
    }
    if !related.is_empty() {
        let verbs: Vec<&str> = related.iter().flat_map(|rule| rule.verbs()).collect();
        return Some(format!("allows {} of {target}, but not {}", verbs.join(", "), attributes.verb));
    }
    (!is_bootstrap(grant)).then(|| format!("says nothing about {target}"))
}

fn target(attributes: &Attributes) -> String {
    if attributes.resource.is_empty() {
        return format!("the path {}", attributes.path);
    }
    let resource = attributes.full_resource();
    crate::api::status::qualified(&resource, &attributes.group)
}

/// One sentence: the smallest role and binding that would turn this refusal into a yes.
fn remedy(attributes: &Attributes) -> String {
    let subject = match split_service_account_username(&attributes.user.username) {
        Some((namespace, name)) => format!("the ServiceAccount {name} of namespace {namespace}"),
        None => format!("the user {}", attributes.user.username),
    };
    let verb = &attributes.verb;
    if attributes.resource.is_empty() {
        return format!(
            "a ClusterRole that allows {verb} on the path {}, bound to {subject} by a ClusterRoleBinding",
            attributes.path
        );
    }
    let resource = attributes.full_resource();
    let group = match attributes.group.as_str() {
        "" => "the core API group".to_owned(),
        group => format!("the API group {group}"),
    };
    if attributes.namespace.is_empty() {
        return format!(
            "a ClusterRole that allows {verb} on {resource} in {group}, bound to {subject} by a ClusterRoleBinding"
        );
    }
    let home = &attributes.namespace;
    format!(
        "a Role in namespace {home} that allows {verb} on {resource} in {group}, bound to {subject} by a RoleBinding in namespace {home}"
    )
}
