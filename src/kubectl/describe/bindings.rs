//! The page about a RoleBinding or ClusterRoleBinding.

use crate::api::object::{self, Object, at, list, text};
use crate::kubectl::describe::page::Page;

/// Writes it.
pub fn describe(page: &mut Page, binding: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(binding)));
    page.labels("Labels:", at(binding, &["metadata", "labels"]));
    page.annotations("Annotations:", at(binding, &["metadata", "annotations"]));
    page.line(0, "Role:");
    page.line(1, &format!("Kind:\t{}", text(binding, &["roleRef", "kind"])));
    page.line(1, &format!("Name:\t{}", text(binding, &["roleRef", "name"])));
    page.line(0, "Subjects:");
    page.line(1, "Kind\tName\tNamespace");
    page.line(1, "----\t----\t---------");
    for subject in list(binding, &["subjects"]) {
        let part = |key: &str| text(subject, &[key]);
        page.line(1, &format!("{}\t{}\t{}", part("kind"), part("name"), part("namespace")));
    }
}
