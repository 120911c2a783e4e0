//! The rules that `create role` and `create clusterrole` write, and what those commands refuse.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole}.go.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The verbs that raise no warning in a role.
const STANDARD_VERBS: [&str; 14] = [
    "*",
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
];

/// The verbs that a rule for URLs may have.
const URL_VERBS: [&str; 8] = ["*", "get", "post", "put", "delete", "patch", "head", "options"];

/// The verbs that only make sense for some resources, and those resources as (group, resource).
const SPECIAL_VERBS: [(&str, &[(&str, &str)]); 4] = [
    ("use", &[("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")]),
    ("bind", &[("rbac.authorization.k8s.io", "roles"), ("rbac.authorization.k8s.io", "clusterroles")]),
    ("escalate", &[("rbac.authorization.k8s.io", "roles"), ("rbac.authorization.k8s.io", "clusterroles")]),
    ("impersonate", &[("", "users"), ("", "serviceaccounts"), ("", "groups"), ("authentication.k8s.io", "userextras")]),
];

/// One `--resource`: `pods`, `deployments.apps`, `pods/log`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceArgument {
    /// What stands before the first dot and slash.
    pub resource: String,
    /// What stands after the first dot.
    pub group: String,
    /// What stands after the slash.
    pub subresource: String,
}

/// Finds a resource by any of its names: (name, group or empty) to (plural, group).
pub type Resolve<'a> = &'a dyn Fn(&str, &str) -> Option<(String, String)>;

/// What a new role is made of.
#[derive(Clone, Debug, Default)]
pub struct RoleArguments {
    /// `--verb`, without duplicates.
    pub verbs: Vec<String>,
    /// `--resource`.
    pub resources: Vec<ResourceArgument>,
    /// `--resource-name`, without duplicates.
    pub resource_names: Vec<String>,
    /// `--non-resource-url`, without duplicates.
    pub urls: Vec<String>,
}

/// Why a role cannot be made; the two are printed differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleError {
    /// `error: TEXT`.
    Text(String),
    /// `the server doesn't have a resource type "RESOURCE"`: there is no such resource.
    NoSuchResource(String, String),
}

fn refuse<T>(text: impl Into<String>) -> Result<T, RoleError> {
    Err(RoleError::Text(text.into()))
}

/// The values without repetitions; `*` among them stands for all.
pub fn unique_or_all(values: &[String]) -> Vec<String> {
    if values.iter().any(|value| value == "*") { vec!["*".to_owned()] } else { unique(values) }
}

/// The values without repetitions, in order.
pub fn unique(values: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in values {
        if !kept.contains(value) {
            kept.push(value.clone());
        }
    }
    kept
}

/// Reads the `--resource` values; a bare `*` stands for all.
pub fn resources(values: &[String]) -> Vec<ResourceArgument> {
    let mut read = Vec::new();
    for value in values {
        let (name, subresource) = value.split_once('/').unwrap_or((value, ""));
        let (resource, group) = name.split_once('.').unwrap_or((name, ""));
        let argument = ResourceArgument {
            resource: resource.to_owned(),
            group: group.to_owned(),
            subresource: subresource.to_owned(),
        };
        if value == "*" {
            return vec![argument];
        }
        read.push(argument);
    }
    read
}

impl RoleArguments {
    /// Checks what `create role` needs; the answer are its warnings.
    ///
    /// # Errors
    /// The first thing that is missing or unknown.
    pub fn check_role(&self, resolve: Resolve<'_>, warnings: &mut Vec<String>) -> Result<(), RoleError> {
        if self.verbs.is_empty() {
            return refuse("at least one verb must be specified");
        }
        self.warn_about_verbs(warnings);
        if self.resources.is_empty() {
            return refuse("at least one resource must be specified");
        }
        self.check_resources(resolve)
    }

    /// Checks what `create clusterrole` needs.
    ///
    /// # Errors
    /// The first thing that is missing or unknown.
    pub fn check_cluster_role(&self, resolve: Resolve<'_>, warnings: &mut Vec<String>) -> Result<(), RoleError> {
        if self.verbs.is_empty() {
            return refuse("at least one verb must be specified");
        }
        if self.resources.is_empty() && self.urls.is_empty() {
            return refuse("one of resource or nonResourceURL must be specified");
        }
        if !self.resources.is_empty() {
            self.warn_about_verbs(warnings);
            self.check_resources(resolve)?;
        }
        if self.urls.is_empty() { Ok(()) } else { self.check_urls() }
    }

    fn warn_about_verbs(&self, warnings: &mut Vec<String>) {
        for verb in self.verbs.iter().filter(|verb| !STANDARD_VERBS.contains(&verb.as_str())) {
            warnings.push(format!("Warning: '{verb}' is not a standard resource verb\n"));
        }
    }

    fn check_resources(&self, resolve: Resolve<'_>) -> Result<(), RoleError> {
        for argument in &self.resources {
            if argument.resource.is_empty() {
                return refuse("resource must be specified if apiGroup/subresource specified");
            }
            if argument.resource == "*" {
                return Ok(());
            }
            let found = resolve(&argument.resource, &argument.group);
            let (resource, group) =
                found.clone().unwrap_or_else(|| (argument.resource.clone(), argument.group.clone()));
            let mut known = found.is_some();
            for verb in &self.verbs {
                let Some((_, allowed)) = SPECIAL_VERBS.iter().find(|(special, _)| special == verb) else { continue };
                if !allowed.contains(&(group.as_str(), resource.as_str())) {
                    return refuse(format!("can not perform '{verb}' on '{resource}' in group '{group}'"));
                }
                known = true;
            }
            if !known {
                return Err(RoleError::NoSuchResource(argument.resource.clone(), argument.group.clone()));
            }
        }
        Ok(())
    }

    fn check_urls(&self) -> Result<(), RoleError> {
        if let Some(verb) = self.verbs.iter().find(|verb| !URL_VERBS.contains(&verb.as_str())) {
            return refuse(format!("invalid verb: '{verb}' for nonResourceURL"));
        }
        for url in self.urls.iter().filter(|url| *url != "*") {
            if !url.starts_with('/') {
                return refuse("nonResourceURL should start with /");
            }
            if url.trim_end_matches('*').len() + 1 < url.len() || url.trim_end_matches('*').contains('*') {
                return refuse("nonResourceURL only supports wildcard matches when '*' is at the end");
            }
        }
        Ok(())
    }

    /// One rule for each API group, and one for the URLs.
    pub fn rules(&self, resolve: Resolve<'_>) -> Vec<Value> {
        let mut by_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for argument in &self.resources {
            let (mut resource, group) = resolve(&argument.resource, &argument.group)
                .unwrap_or_else(|| (argument.resource.clone(), argument.group.clone()));
            if !argument.subresource.is_empty() {
                resource = format!("{resource}/{}", argument.subresource);
            }
            let list = by_group.entry(group).or_default();
            if !list.contains(&resource) {
                list.push(resource);
            }
        }
        let mut rules = Vec::new();
        for (group, resources) in by_group {
            let mut rule = json!({"apiGroups": [group], "resources": resources, "verbs": self.verbs});
            if let (false, Some(map)) = (self.resource_names.is_empty(), rule.as_object_mut()) {
                map.insert("resourceNames".to_owned(), json!(self.resource_names));
            }
            rules.push(rule);
        }
        if !self.urls.is_empty() {
            rules.push(json!({"nonResourceURLs": self.urls, "verbs": self.verbs}));
        }
        rules
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn known(name: &str, group: &str) -> Option<(String, String)> {
        let found = match (name, group) {
            ("pods" | "po" | "pod", "") => ("pods", ""),
            ("secrets", "") => ("secrets", ""),
            ("deploy" | "deployments", "" | "apps") => ("deployments", "apps"),
            _ => return None,
        };
        Some((found.0.to_owned(), found.1.to_owned()))
    }

    fn arguments(verbs: &[&str], of: &[&str]) -> RoleArguments {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        RoleArguments {
            verbs: unique_or_all(&owned(verbs)),
            resources: resources(&owned(of)),
            ..RoleArguments::default()
        }
    }

    #[test]
    fn makes_one_rule_a_group_with_full_names() {
        let role = arguments(&["get", "list", "get"], &["po", "deploy", "pods/log", "pods"]);
        assert_eq!(
            role.rules(&known),
            vec![
                json!({"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}),
                json!({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]}),
            ]
        );
    }

    #[test]
    fn refuses_in_the_order_of_the_real_command() {
        let check = |role: &RoleArguments| role.check_role(&known, &mut Vec::new());
        assert_eq!(check(&arguments(&[], &["pods"])), refuse("at least one verb must be specified"));
        assert_eq!(check(&arguments(&["get"], &[])), refuse("at least one resource must be specified"));
        assert_eq!(
            check(&arguments(&["get"], &["frobs"])),
            Err(RoleError::NoSuchResource("frobs".into(), String::new()))
        );
        assert_eq!(
            check(&arguments(&["get"], &["/x"])),
            refuse("resource must be specified if apiGroup/subresource specified")
        );
        assert_eq!(check(&arguments(&["bind"], &["pods"])), refuse("can not perform 'bind' on 'pods' in group ''"));
        assert_eq!(check(&arguments(&["impersonate"], &["users"])), Ok(()));
        assert_eq!(check(&arguments(&["*"], &["*"])), Ok(()));
    }

    #[test]
    fn warns_about_verbs_nobody_knows() {
        let mut warnings = Vec::new();
        arguments(&["get", "foo"], &["pods"]).check_role(&known, &mut warnings).unwrap();
        assert_eq!(warnings, vec!["Warning: 'foo' is not a standard resource verb\n"]);
    }

    #[test]
    fn checks_urls() {
        let check = |verb: &str, url: &str| {
            let mut role = arguments(&[verb], &[]);
            role.urls = vec![url.to_owned()];
            role.check_cluster_role(&known, &mut Vec::new())
        };
        assert_eq!(check("get", "/api/*"), Ok(()));
        assert_eq!(check("get", "*"), Ok(()));
        assert_eq!(check("get", "api"), refuse("nonResourceURL should start with /"));
        assert_eq!(
            check("get", "/a*/b"),
            refuse("nonResourceURL only supports wildcard matches when '*' is at the end")
        );
        assert_eq!(check("watch", "/api"), refuse("invalid verb: 'watch' for nonResourceURL"));
        assert_eq!(
            arguments(&["get"], &[]).check_cluster_role(&known, &mut Vec::new()),
            refuse("one of resource or nonResourceURL must be specified")
        );
    }
}
