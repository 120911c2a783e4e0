//! The page about a Role or ClusterRole: its rules broken down to one resource each.

use crate::api::object::{self, Object, at};
use crate::kubectl::auth::rules;
use crate::kubectl::describe::page::Page;
use serde_json::json;

/// Writes it.
pub fn describe(page: &mut Page, role: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(role)));
    page.labels("Labels:", at(role, &["metadata", "labels"]));
    page.annotations("Annotations:", at(role, &["metadata", "annotations"]));
    page.line(0, "PolicyRule:");
    page.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
    page.line(1, "---------\t-----------------\t--------------\t-----");
    // A role's rules say both kinds of things in one list.
    let all = at(role, &["rules"]);
    for rule in rules::rows(&json!({"resourceRules": all, "nonResourceRules": all})) {
        page.line(1, &rule.cells().join("\t"));
    }
}
