//! The page about a Pod, and the part about pod templates that Deployments and ReplicaSets share.

use crate::api::object::{self, Object, Pod, at, boolean, integer, list, text};
use crate::kubectl::describe::page::{Page, date};
use crate::kubectl::describe::{containers, volumes};

/// Writes it.
pub fn describe(page: &mut Page, pod: &Object) {
    identity(page, pod);
    status(page, pod);
    let view = Pod(pod);
    let statuses = |key: &str| list(pod, &["status", key]);
    if !view.init_containers().is_empty() {
        containers::describe(
            page,
            "Init Containers",
            view.init_containers(),
            pod,
            statuses("initContainerStatuses"),
            "",
        );
    }
    containers::describe(page, "Containers", view.containers(), pod, statuses("containerStatuses"), "");
    let conditions = list(pod, &["status", "conditions"]);
    if !conditions.is_empty() {
        page.line(0, "Conditions:");
        page.line(1, "Type\tStatus");
        for condition in conditions {
            page.line(1, &format!("{} \t{} ", text(condition, &["type"]), text(condition, &["status"])));
        }
    }
    volumes::describe(page, view.volumes(), "");
    page.line(0, &format!("QoS Class:\t{}", text(pod, &["status", "qosClass"])));
    page.labels("Node-Selectors:", at(pod, &["spec", "nodeSelector"]));
    volumes::tolerations(page, "Tolerations:", list(pod, &["spec", "tolerations"]));
}

fn identity(page: &mut Page, pod: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(pod)));
    page.line(0, &format!("Namespace:\t{}", object::namespace(pod)));
    if let Some(priority) = integer(pod, &["spec", "priority"]) {
        page.line(0, &format!("Priority:\t{priority}"));
    }
    for (title, key) in [
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ] {
        if !text(pod, &["spec", key]).is_empty() {
            page.line(0, &format!("{title}:\t{}", text(pod, &["spec", key])));
        }
    }
    match Pod(pod).node_name() {
        "" => page.line(0, "Node:\t<none>"),
        node => page.line(0, &format!("Node:\t{node}/{}", text(pod, &["status", "hostIP"]))),
    }
    if !text(pod, &["status", "startTime"]).is_empty() {
        page.line(0, &format!("Start Time:\t{}", date(pod, &["status", "startTime"])));
    }
    page.labels("Labels:", at(pod, &["metadata", "labels"]));
    page.annotations("Annotations:", at(pod, &["metadata", "annotations"]));
}

fn status(page: &mut Page, pod: &Object) {
    let phase = Pod(pod).phase();
    if object::deletion_timestamp(pod).is_some() && phase != "Failed" && phase != "Succeeded" {
        let lasts = page.age(pod, &["metadata", "deletionTimestamp"]);
        page.line(0, &format!("Status:\tTerminating (lasts {lasts})"));
        let grace = integer(pod, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or(0);
        page.line(0, &format!("Termination Grace Period:\t{grace}s"));
    } else {
        page.line(0, &format!("Status:\t{phase}"));
    }
    for (title, key) in [("Reason", "reason"), ("Message", "message")] {
        if !text(pod, &["status", key]).is_empty() {
            page.line(0, &format!("{title}:\t{}", text(pod, &["status", key])));
        }
    }
    let seccomp = text(pod, &["spec", "securityContext", "seccompProfile", "type"]);
    if !seccomp.is_empty() {
        page.line(0, &format!("SeccompProfile:\t{seccomp}"));
    }
    page.line(0, &format!("IP:\t{}", text(pod, &["status", "podIP"])));
    let addresses = list(pod, &["status", "podIPs"]);
    page.line(0, if addresses.is_empty() { "IPs:\t<none>" } else { "IPs:" });
    for address in addresses {
        page.line(1, &format!("IP:\t{}", text(address, &["ip"])));
    }
    controlled_by(page, pod);
    if !text(pod, &["status", "nominatedNodeName"]).is_empty() {
        page.line(0, &format!("NominatedNodeName:\t{}", text(pod, &["status", "nominatedNodeName"])));
    }
}

/// `Controlled By:  ReplicaSet/web-7887448d46`, if anything controls the object.
pub fn controlled_by(page: &mut Page, object: &Object) {
    let owners = list(object, &["metadata", "ownerReferences"]);
    if let Some(owner) = owners.iter().find(|owner| boolean(owner, &["controller"]).unwrap_or(false)) {
        page.line(0, &format!("Controlled By:\t{}/{}", text(owner, &["kind"]), text(owner, &["name"])));
    }
}

/// Writes a pod template.
pub fn template(page: &mut Page, template: &Object) {
    page.line(0, "Pod Template:");
    page.labels("  Labels:", at(template, &["metadata", "labels"]));
    let annotations = at(template, &["metadata", "annotations"]);
    if annotations.as_object().is_some_and(|map| !map.is_empty()) {
        page.annotations("  Annotations:", annotations);
    }
    let view = Pod(template);
    if !view.service_account_name().is_empty() {
        page.line(0, &format!("  Service Account:\t{}", view.service_account_name()));
    }
    if !view.init_containers().is_empty() {
        containers::describe(page, "Init Containers", view.init_containers(), template, &[], "  ");
    }
    containers::describe(page, "Containers", view.containers(), template, &[], "  ");
    volumes::describe(page, view.volumes(), "  ");
    page.labels("  Node-Selectors:", at(template, &["spec", "nodeSelector"]));
    volumes::tolerations(page, "  Tolerations:", list(template, &["spec", "tolerations"]));
}
