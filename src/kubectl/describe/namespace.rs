//! The page about a Namespace. Quotas and limit ranges are not simulated: there can't be any.

use crate::api::object::{self, Object, at, list, text};
use crate::kubectl::describe::page::Page;

/// Writes it.
pub fn describe(page: &mut Page, namespace: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(namespace)));
    page.labels("Labels:", at(namespace, &["metadata", "labels"]));
    page.annotations("Annotations:", at(namespace, &["metadata", "annotations"]));
    page.line(0, &format!("Status:\t{}", text(namespace, &["status", "phase"])));
    let conditions = list(namespace, &["status", "conditions"]);
    if !conditions.is_empty() {
        page.line(0, "Conditions:");
        page.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage");
        page.line(1, "----\t------\t------------------\t------\t-------");
        for condition in conditions {
            page.line(
                1,
                &format!(
                    "{}\t{}\t{}\t{}\t{}",
                    text(condition, &["type"]),
                    text(condition, &["status"]),
                    crate::kubectl::describe::page::date(condition, &["lastTransitionTime"]),
                    text(condition, &["reason"]),
                    text(condition, &["message"])
                ),
            );
        }
    }
    page.raw("\nNo resource quota.\n\nNo LimitRange resource.\n");
}
