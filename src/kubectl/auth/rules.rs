//! What `auth can-i --list` prints: rules broken into single ones, verbs of the same resource gathered, sorted.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{cmd/auth/cani.go,util/rbac/rbac.go}.

use crate::api::object::{list, strings};
use crate::api::sorted;
use serde_json::Value;

/// One rule; it orders and compares as Go prints it: verbs first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    verbs: Vec<String>,
    group: Option<String>,
    resource: Option<String>,
    names: Vec<String>,
    urls: Vec<String>,
}

impl Rule {
    /// The four cells of its row.
    pub fn cells(&self) -> [String; 4] {
        let bracketed = |items: &[String]| format!("[{}]", items.join(" "));
        [self.qualified(), bracketed(&self.urls), bracketed(&self.names), bracketed(&self.verbs)]
    }

    fn qualified(&self) -> String {
        let Some(resource) = &self.resource else { return String::new() };
        let (name, subresource) = match resource.split_once('/') {
            Some((name, subresource)) => (name, format!("/{subresource}")),
            None => (resource.as_str(), String::new()),
        };
        match self.group.as_deref() {
            None | Some("") => format!("{name}{subresource}"),
            Some(group) => format!("{name}.{group}{subresource}"),
        }
    }

    /// What the real command sorts by: the rule as Go's generated code prints it.
    fn sort_key(&self) -> String {
        let one = |item: &Option<String>| item.clone().unwrap_or_default();
        format!(
            "&PolicyRule{{Verbs:[{}],APIGroups:[{}],Resources:[{}],ResourceNames:[{}],NonResourceURLs:[{}],}}",
            self.verbs.join(" "),
            one(&self.group),
            one(&self.resource),
            self.names.join(" "),
            self.urls.join(" ")
        )
    }
}

/// The rows for the `status` of a SelfSubjectRulesReview.
pub fn rows(status: &Value) -> Vec<Rule> {
    let mut simple: Vec<Rule> = Vec::new();
    for rule in list(status, &["resourceRules"]) {
        for single in break_down(rule) {
            gather(&mut simple, single);
        }
    }
    let mut rows: Vec<Rule> = Vec::new();
    for rule in list(status, &["nonResourceRules"]) {
        for url in strings(rule, &["nonResourceURLs"]) {
            for verb in strings(rule, &["verbs"]) {
                rows.push(Rule { verbs: vec![verb.to_owned()], urls: vec![url.to_owned()], ..Rule::default() });
            }
        }
    }
    rows.append(&mut simple);
    sorted::sort_by_key(&mut rows, Rule::sort_key);
    rows
}

fn break_down(rule: &Value) -> Vec<Rule> {
    let names = strings(rule, &["resourceNames"]);
    let mut single = Vec::new();
    for group in strings(rule, &["apiGroups"]) {
        for resource in strings(rule, &["resources"]) {
            for verb in strings(rule, &["verbs"]) {
                let one = Rule {
                    verbs: vec![verb.to_owned()],
                    group: Some(group.to_owned()),
                    resource: Some(resource.to_owned()),
                    ..Rule::default()
                };
                if names.is_empty() {
                    single.push(one);
                } else {
                    single.extend(names.iter().map(|name| Rule { names: vec![(*name).to_owned()], ..one.clone() }));
                }
            }
        }
    }
    single
}

fn gather(rules: &mut Vec<Rule>, new: Rule) {
    let same = rules
        .iter_mut()
        .find(|rule| rule.group == new.group && rule.resource == new.resource && rule.names == new.names);
    match same {
        None => rules.push(new),
        Some(rule) => {
            for verb in new.verbs {
                if !rule.verbs.contains(&verb) {
                    rule.verbs.push(verb);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cells(status: Value) -> Vec<String> {
        rows(&status).iter().map(|rule| rule.cells().join("|")).collect()
    }

    #[test]
    fn gathers_verbs_and_keeps_duplicates_of_urls() {
        let status = json!({
            "resourceRules": [
                {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
                {"verbs": ["list", "watch"], "apiGroups": [""], "resources": ["pods"]},
                {"verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectrulesreviews"]},
                {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["only-this"]},
                {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
                {"verbs": ["patch"], "apiGroups": ["apps"], "resources": ["deployments/scale"]},
            ],
            "nonResourceRules": [
                {"verbs": ["get"], "nonResourceURLs": ["/version", "/healthz"]},
                {"verbs": ["get"], "nonResourceURLs": ["/healthz"]},
            ],
        });
        assert_eq!(
            cells(status),
            vec![
                "*.*|[]|[]|[*]",
                "selfsubjectrulesreviews.authorization.k8s.io|[]|[]|[create]",
                "pods|[]|[]|[get list watch]",
                "pods/log|[]|[]|[get list]",
                "|[/healthz]|[]|[get]",
                "|[/healthz]|[]|[get]",
                "|[/version]|[]|[get]",
                "secrets|[]|[only-this]|[get]",
                "deployments.apps/scale|[]|[]|[patch]",
            ]
        );
    }
}
