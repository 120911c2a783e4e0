//! Roles and ClusterRoles.
//!
//! Follows pkg/registry/rbac/{role,clusterrole}/strategy.go and pkg/apis/rbac/validation/validation.go.

use crate::api::names;
use crate::api::object::{Object, at, list, strings, text};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{Column, NAME, NameRule, Strategy, name};
use serde_json::Value;

/// `roles` and `clusterroles`.
pub struct Roles {
    /// The qualified plural.
    pub resource: &'static str,
    /// Whether they live in namespaces.
    pub namespaced: bool,
}

impl Strategy for Roles {
    fn resource(&self) -> &'static str {
        self.resource
    }

    fn name_rule(&self) -> NameRule {
        names::path_segment
    }

    fn default(&self, object: &mut Object) {
        // `rules` is no `omitempty` in Go: it is always there.
        if let Some(map) = object.as_object_mut() {
            map.entry("rules").or_insert(Value::Null);
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (index, rule) in list(object, &["rules"]).iter().enumerate() {
            errors.extend(rule_errors(rule, &format!("rules[{index}]"), self.namespaced));
        }
        let aggregation = at(object, &["aggregationRule"]);
        if !aggregation.is_null() && list(aggregation, &["clusterRoleSelectors"]).is_empty() {
            let detail = "at least one clusterRoleSelector required if aggregationRule is non-nil";
            errors.push(FieldError::required("aggregationRule.clusterRoleSelectors", detail));
        }
        errors
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 2] = [NAME, Column { name: "Created At", type_name: "date", format: "", priority: 0 }];
        &COLUMNS
    }

    fn cells(&self, object: &Object, _now: Timestamp) -> Vec<Value> {
        vec![name(object), text(object, &["metadata", "creationTimestamp"]).into()]
    }
}

fn rule_errors(rule: &Value, field: &str, namespaced: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let has = |key: &str| !strings(rule, &[key]).is_empty();
    if !has("verbs") {
        errors.push(FieldError::required(&format!("{field}.verbs"), "verbs must contain at least one value"));
    }
    if has("nonResourceURLs") {
        let urls = format!("{field}.nonResourceURLs");
        if namespaced {
            let detail = "namespaced rules cannot apply to non-resource URLs";
            errors.push(FieldError::invalid(&urls, at(rule, &["nonResourceURLs"]), detail));
        }
        if has("apiGroups") || has("resources") || has("resourceNames") {
            let detail = "rules cannot apply to both regular resources and non-resource URLs";
            errors.push(FieldError::invalid(&urls, at(rule, &["nonResourceURLs"]), detail));
        }
        return errors;
    }
    if !has("apiGroups") {
        let detail = "resource rules must supply at least one api group";
        errors.push(FieldError::required(&format!("{field}.apiGroups"), detail));
    }
    if !has("resources") {
        let detail = "resource rules must supply at least one resource";
        errors.push(FieldError::required(&format!("{field}.resources"), detail));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn explains_rules() {
        let roles = Roles { resource: "roles.rbac.authorization.k8s.io", namespaced: true };
        let role = json!({"rules": [
            {"apiGroups": [""], "resources": ["pods"]},
            {"verbs": ["get"], "resources": ["pods"]},
            {"verbs": ["get"], "apiGroups": [""]},
            {"verbs": ["get"], "nonResourceURLs": ["/x"]},
        ]});
        let words: Vec<String> = roles.validate(&role).iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                "rules[1].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[2].resources: Required value: resource rules must supply at least one resource",
                "rules[3].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs",
            ]
        );
    }
}
