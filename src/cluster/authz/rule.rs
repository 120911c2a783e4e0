//! One rule of a Role: what it allows, and what it takes to hold it.
//!
//! Follows pkg/apis/rbac/v1/evaluation_helpers.go and staging/src/k8s.io/component-helpers/auth/rbac/validation.

use crate::api::object::strings;
use crate::cluster::authz::Attributes;
use serde_json::Value;

/// A view of one entry of `rules`.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a>(pub &'a Value);

impl<'a> Rule<'a> {
    /// `verbs`.
    pub fn verbs(self) -> Vec<&'a str> {
        strings(self.0, &["verbs"])
    }

    /// `apiGroups`.
    pub fn groups(self) -> Vec<&'a str> {
        strings(self.0, &["apiGroups"])
    }

    /// `resources`.
    pub fn resources(self) -> Vec<&'a str> {
        strings(self.0, &["resources"])
    }

    /// `resourceNames`; empty is every name.
    pub fn names(self) -> Vec<&'a str> {
        strings(self.0, &["resourceNames"])
    }

    /// `nonResourceURLs`.
    pub fn paths(self) -> Vec<&'a str> {
        strings(self.0, &["nonResourceURLs"])
    }

    /// Whether this rule allows what is asked.
    pub fn allows(self, attributes: &Attributes) -> bool {
        self.speaks_of_verb(&attributes.verb) && self.speaks_of(attributes) && self.speaks_of_name(&attributes.name)
    }

    /// Whether the verb is in it.
    pub fn speaks_of_verb(self, verb: &str) -> bool {
        any(self.0, "verbs", |v| v == "*" || v == verb)
    }

    /// Whether it is about the resource (or the path) that is asked for, whatever the verb and the name.
    pub fn speaks_of(self, attributes: &Attributes) -> bool {
        if attributes.resource.is_empty() {
            return any(self.0, "nonResourceURLs", |rule| covers_path(rule, &attributes.path));
        }
        any(self.0, "apiGroups", |g| g == "*" || g == attributes.group)
            && any(self.0, "resources", |rule| covers_resource(rule, &attributes.resource, &attributes.subresource))
    }

    /// Whether it is not limited to other names. A request without a name never matches a limited rule.
    pub fn speaks_of_name(self, name: &str) -> bool {
        let unlimited = self.0.get("resourceNames").and_then(Value::as_array).is_none_or(Vec::is_empty);
        unlimited || any(self.0, "resourceNames", |n| n == name)
    }

    /// `allows get, list on pods, pods/log`: for people, behind what it is a rule of.
    pub fn sentence(self) -> String {
        let what = if self.paths().is_empty() { self.resources() } else { self.paths() };
        let (verbs, what, names) = (self.verbs().join(", "), what.join(", "), self.names().join(", "));
        match names.as_str() {
            "" => format!("allows {verbs} on {what}"),
            names => format!("allows {verbs} on {what}, only those named {names}"),
        }
    }
}

fn any(rule: &Value, field: &str, accept: impl Fn(&str) -> bool) -> bool {
    rule.get(field).and_then(Value::as_array).is_some_and(|list| list.iter().filter_map(Value::as_str).any(accept))
}

/// `pods` is not `pods/log`; `*` is everything; `*/scale` is that subresource of everything; `pods/*` is nothing.
fn covers_resource(rule: &str, resource: &str, subresource: &str) -> bool {
    if rule == "*" {
        return true;
    }
    match rule.split_once('/') {
        None => subresource.is_empty() && rule == resource,
        Some((parent, child)) => {
            !subresource.is_empty() && child == subresource && (parent == resource || parent == "*")
        }
    }
}

/// `*`, the path itself, or a beginning that ends in `*`.
pub fn covers_path(rule: &str, path: &str) -> bool {
    rule == path || rule.strip_suffix('*').is_some_and(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asks(verb: &str, resource: &str, subresource: &str, name: &str) -> Attributes {
        Attributes {
            verb: verb.into(),
            resource: resource.into(),
            subresource: subresource.into(),
            name: name.into(),
            ..Attributes::default()
        }
    }

    #[test]
    fn resources_and_subresources() {
        let allows = |resources: &[&str], resource: &str, subresource: &str| {
            let rule = json!({"verbs": ["get"], "apiGroups": [""], "resources": resources});
            Rule(&rule).allows(&asks("get", resource, subresource, "x"))
        };
        assert!(allows(&["pods"], "pods", ""));
        assert!(!allows(&["pods"], "pods", "log"));
        assert!(allows(&["pods/log"], "pods", "log"));
        assert!(!allows(&["pods/log"], "pods", ""));
        assert!(allows(&["*"], "pods", "log"));
        assert!(allows(&["*/log"], "pods", "log"));
        assert!(!allows(&["pods/*"], "pods", "log"));
    }

    #[test]
    fn names_limit_and_requests_without_a_name_never_match() {
        let rule = json!({"verbs": ["*"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["only-this"]});
        assert!(Rule(&rule).allows(&asks("get", "secrets", "", "only-this")));
        assert!(!Rule(&rule).allows(&asks("get", "secrets", "", "other")));
        assert!(!Rule(&rule).allows(&asks("list", "secrets", "", "")));
        assert!(Rule(&rule).allows(&asks("list", "secrets", "", "only-this")), "metadata.name=only-this");
        let wrong_group = Attributes { group: "apps".into(), ..asks("get", "secrets", "", "only-this") };
        assert!(!Rule(&rule).allows(&wrong_group));
    }

    #[test]
    fn paths() {
        let rule = json!({"verbs": ["get"], "nonResourceURLs": ["/api", "/api/*"]});
        let asks = |path: &str| Attributes { verb: "get".into(), path: path.into(), ..Attributes::default() };
        assert!(Rule(&rule).allows(&asks("/api")) && Rule(&rule).allows(&asks("/api/v1")));
        assert!(!Rule(&rule).allows(&asks("/apis")) && !Rule(&rule).allows(&asks("/metrics")));
    }
}
