//! RoleBindings and ClusterRoleBindings.
//!
//! Follows pkg/registry/rbac/{rolebinding,clusterrolebinding}/strategy.go, pkg/apis/rbac/v1/defaults.go and
//! pkg/apis/rbac/validation/validation.go.

use crate::api::names;
use crate::api::object::{Object, at, list, set_default, text};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, NameRule, Strategy, age, column, name, wide};
use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// `rolebindings` and `clusterrolebindings`.
pub struct RoleBindings {
    /// The qualified plural.
    pub resource: &'static str,
    /// Whether they live in namespaces.
    pub namespaced: bool,
}

impl Strategy for RoleBindings {
    fn resource(&self) -> &'static str {
        self.resource
    }

    fn name_rule(&self) -> NameRule {
        names::path_segment
    }

    fn default(&self, object: &mut Object) {
        set_default(object, &["roleRef", "apiGroup"], json!(GROUP));
        for subject in object.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten() {
            if matches!(text(subject, &["kind"]), "User" | "Group") {
                set_default(subject, &["apiGroup"], json!(GROUP));
            }
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = self.reference_errors(at(object, &["roleRef"]));
        for (index, subject) in list(object, &["subjects"]).iter().enumerate() {
            errors.extend(subject_errors(subject, &format!("subjects[{index}]"), self.namespaced));
        }
        errors
    }

    fn validate_update(&self, object: &Object, old: &Object) -> Vec<FieldError> {
        let mut errors = self.validate(object);
        let reference = at(object, &["roleRef"]);
        if reference != at(old, &["roleRef"]) {
            let field = |key: &str| text(reference, &[key]);
            let shown = json!({"APIGroup": field("apiGroup"), "Kind": field("kind"), "Name": field("name")});
            errors.push(FieldError::invalid("roleRef", &shown, "cannot change roleRef"));
        }
        errors
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 6] =
            [NAME, column("Role"), AGE, wide("Users"), wide("Groups"), wide("ServiceAccounts")];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        let role = format!("{}/{}", text(object, &["roleRef", "kind"]), text(object, &["roleRef", "name"]));
        let mut cells = vec![name(object), json!(role), age(object, now)];
        for kind in ["User", "Group", "ServiceAccount"] {
            let of_kind = list(object, &["subjects"]).iter().filter(|subject| text(subject, &["kind"]) == kind);
            let names: Vec<String> = of_kind
                .map(|subject| match (kind, text(subject, &["name"]), text(subject, &["namespace"])) {
                    ("ServiceAccount", name, namespace) => format!("{namespace}/{name}"),
                    (_, name, _) => name.to_owned(),
                })
                .collect();
            cells.push(json!(names.join(", ")));
        }
        cells
    }
}

impl RoleBindings {
    fn reference_errors(&self, reference: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if text(reference, &["apiGroup"]) != GROUP {
            errors.push(FieldError::not_supported(
                "roleRef.apiGroup",
                &json!(text(reference, &["apiGroup"])),
                &[GROUP],
            ));
        }
        let supported: &[&str] = if self.namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
        let kind = text(reference, &["kind"]);
        if !supported.contains(&kind) {
            errors.push(FieldError::not_supported("roleRef.kind", &json!(kind), supported));
        }
        let role = text(reference, &["name"]);
        if role.is_empty() {
            errors.push(FieldError::required("roleRef.name", ""));
        } else {
            for problem in names::path_segment(role) {
                errors.push(FieldError::invalid("roleRef.name", &json!(role), &problem));
            }
        }
        errors
    }
}

fn subject_errors(subject: &Value, field: &str, namespaced: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let (subject_name, group) = (text(subject, &["name"]), text(subject, &["apiGroup"]));
    if subject_name.is_empty() {
        errors.push(FieldError::required(&format!("{field}.name"), ""));
    }
    let group_field = format!("{field}.apiGroup");
    match text(subject, &["kind"]) {
        "ServiceAccount" => {
            if !subject_name.is_empty() {
                for problem in names::dns1123_subdomain(subject_name) {
                    errors.push(FieldError::invalid(&format!("{field}.name"), &json!(subject_name), &problem));
                }
            }
            if !group.is_empty() {
                errors.push(FieldError::not_supported(&group_field, &json!(group), &[""]));
            }
            if !namespaced && text(subject, &["namespace"]).is_empty() {
                errors.push(FieldError::required(&format!("{field}.namespace"), ""));
            }
        }
        "User" | "Group" => {
            if group != GROUP {
                errors.push(FieldError::not_supported(&group_field, &json!(group), &[GROUP]));
            }
        }
        other => {
            let kinds = ["ServiceAccount", "User", "Group"];
            errors.push(FieldError::not_supported(&format!("{field}.kind"), &json!(other), &kinds));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_references_and_subjects() {
        let bindings = RoleBindings { resource: "clusterrolebindings.rbac.authorization.k8s.io", namespaced: false };
        let mut binding = json!({
            "roleRef": {"kind": "Role", "name": ""},
            "subjects": [{"kind": "ServiceAccount", "name": "Bad_Name"}, {"kind": "Blah", "name": "x"}, {"kind": "User", "name": "u"}],
        });
        bindings.default(&mut binding);
        let words: Vec<String> = bindings.validate(&binding).iter().map(ToString::to_string).collect();
        assert_eq!(words.len(), 5, "{words:?}");
        assert!(
            words.contains(&"roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"".to_owned())
        );
        assert!(words.contains(&"subjects[0].namespace: Required value".to_owned()));
        let kind =
            "subjects[1].kind: Unsupported value: \"Blah\": supported values: \"ServiceAccount\", \"User\", \"Group\"";
        assert!(words.contains(&kind.to_owned()));
    }

    #[test]
    fn the_role_stays() {
        let bindings = RoleBindings { resource: "rolebindings.rbac.authorization.k8s.io", namespaced: true };
        let old = json!({"roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "pod-reader"}});
        let new = json!({"roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "other"}});
        let words: Vec<String> = bindings.validate_update(&new, &old).iter().map(ToString::to_string).collect();
        let expected = "roleRef: Invalid value: {\"APIGroup\":\"rbac.authorization.k8s.io\",\"Kind\":\"Role\",\"Name\":\"other\"}: cannot change roleRef";
        assert_eq!(words, [expected]);
    }
}
