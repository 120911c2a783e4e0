//! The page about a Node. Left out: the sums of requested resources, which nothing here uses.

use crate::api::kinds;
use crate::api::object::{self, Object, at, boolean, list, text};
use crate::kubectl::context::Context;
use crate::kubectl::describe::page::{Page, date};
use crate::kubectl::printers::gofmt;

/// Writes it; asks for the pods on it.
pub fn describe(context: &mut Context, page: &mut Page, node: &Object) {
    page.line(0, &format!("Name:\t{}", object::name(node)));
    page.line(0, &format!("Roles:\t{}", roles(node)));
    page.labels("Labels:", at(node, &["metadata", "labels"]));
    page.annotations("Annotations:", at(node, &["metadata", "annotations"]));
    page.line(0, &format!("CreationTimestamp:\t{}", date(node, &["metadata", "creationTimestamp"])));
    let taints: Vec<String> = list(node, &["spec", "taints"])
        .iter()
        .map(|taint| {
            let value = match text(taint, &["value"]) {
                "" => String::new(),
                value => format!("={value}"),
            };
            format!("{}{value}:{}", text(taint, &["key"]), text(taint, &["effect"]))
        })
        .collect();
    page.list("Taints:", &taints);
    page.line(0, &format!("Unschedulable:\t{}", boolean(node, &["spec", "unschedulable"]).unwrap_or(false)));
    conditions(page, node);
    page.line(0, "Addresses:");
    for address in list(node, &["status", "addresses"]) {
        page.line(1, &format!("{}:\t{}", text(address, &["type"]), text(address, &["address"])));
    }
    for (title, key) in [("Capacity:", "capacity"), ("Allocatable:", "allocatable")] {
        let quantities = at(node, &["status", key]).as_object();
        if quantities.is_some_and(|map| !map.is_empty()) {
            page.line(0, title);
        }
        for (name, quantity) in quantities.into_iter().flatten() {
            page.line(1, &format!("{name}:\t{}", gofmt::print(quantity)));
        }
    }
    system(page, node);
    pods(context, page, node);
}

fn roles(node: &Object) -> String {
    let labels = at(node, &["metadata", "labels"]).as_object();
    let found: Vec<&str> = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .filter(|role| !role.is_empty())
        .collect();
    if found.is_empty() { "<none>".to_owned() } else { found.join(",") }
}

fn conditions(page: &mut Page, node: &Object) {
    let conditions = list(node, &["status", "conditions"]);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for condition in conditions {
        let part = |key: &str| text(condition, &[key]);
        page.line(
            1,
            &format!(
                "{} \t{} \t{} \t{} \t{} \t{} ",
                part("type"),
                part("status"),
                date(condition, &["lastHeartbeatTime"]),
                date(condition, &["lastTransitionTime"]),
                part("reason"),
                part("message")
            ),
        );
    }
}

fn system(page: &mut Page, node: &Object) {
    page.line(0, "System Info:");
    for (title, key) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        page.line(1, &format!("{title}:\t{}", text(node, &["status", "nodeInfo", key])));
    }
    for (title, path) in [("PodCIDR:", "podCIDR"), ("ProviderID:", "providerID")] {
        if !text(node, &["spec", path]).is_empty() {
            page.line(0, &format!("{title}\t{}", text(node, &["spec", path])));
        }
    }
}

fn pods(context: &mut Context, page: &mut Page, node: &Object) {
    let Some(kind) = kinds::by_plural("", "pods") else { return };
    let selector = format!("spec.nodeName={},status.phase!=Failed,status.phase!=Succeeded", object::name(node));
    let Ok(found) = context.list(kind, "", "", &selector) else { return };
    let pods = list(&found, &["items"]);
    page.line(0, &format!("Non-terminated Pods:\t({} in total)", pods.len()));
    page.line(1, "Namespace\tName\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
    page.line(1, "---------\t----\t------------\t----------\t---------------\t-------------\t---");
    for pod in pods {
        let age = page.age(pod, &["metadata", "creationTimestamp"]);
        let (namespace, name) = (object::namespace(pod), object::name(pod));
        page.line(1, &format!("{namespace}\t{name}\t0 (0%)\t0 (0%)\t0 (0%)\t0 (0%)\t{age}"));
    }
    page.line(0, "Allocated resources:\tnot simulated");
}
