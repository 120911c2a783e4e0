//! The page about a ReplicaSet.

use crate::api::kinds;
use crate::api::object::{self, Object, Pod, at, integer, list, text};
use crate::kubectl::context::Context;
use crate::kubectl::describe::page::Page;
use crate::kubectl::describe::{deployment, pod};

/// Writes it; asks for the pods.
pub fn describe(context: &mut Context, page: &mut Page, set: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(set)));
    page.line(0, &format!("Namespace:\t{}", object::namespace(set)));
    page.line(0, &format!("Selector:\t{}", deployment::selector(set)));
    page.labels("Labels:", at(set, &["metadata", "labels"]));
    page.annotations("Annotations:", at(set, &["metadata", "annotations"]));
    pod::controlled_by(page, set);
    let current = integer(set, &["status", "replicas"]).unwrap_or(0);
    let desired = integer(set, &["spec", "replicas"]).unwrap_or(1);
    page.line(0, &format!("Replicas:\t{current} current / {desired} desired"));
    page.line(0, &format!("Pods Status:\t{}", pods(context, set)));
    pod::template(page, at(set, &["spec", "template"]));
    deployment::conditions(page, set);
}

fn pods(context: &mut Context, set: &Object) -> String {
    let listed = kinds::by_plural("", "pods")
        .map(|kind| context.list(kind, object::namespace(set), &deployment::selector(set), ""));
    match listed {
        Some(Ok(found)) => {
            let count = |phase: &str| {
                let own = list(&found, &["items"]).iter().filter(|pod| {
                    list(pod, &["metadata", "ownerReferences"])
                        .iter()
                        .any(|owner| text(owner, &["uid"]) == object::uid(set))
                });
                own.filter(|pod| Pod(pod).phase() == phase).count()
            };
            format!(
                "{} Running / {} Waiting / {} Succeeded / {} Failed",
                count("Running"),
                count("Pending"),
                count("Succeeded"),
                count("Failed")
            )
        }
        Some(Err(failure)) => format!("error in fetching pods: {}", failure.text()),
        None => String::new(),
    }
}
