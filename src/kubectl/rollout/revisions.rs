//! A Deployment's revisions: the ReplicaSets it owns, by the number each carries.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/polymorphichelpers/{history,rollback}.go.

use crate::api::object::{annotation, at, list, name, remove, text, uid};
use crate::kubectl::last_applied::LAST_APPLIED;
use crate::kubectl::rollout::sentence::REVISION;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const HASH: &str = "pod-template-hash";

/// Annotations that stay with the Deployment when it is rolled back.
const KEPT: [&str; 6] = [
    LAST_APPLIED,
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

/// The ReplicaSets of a Deployment by revision.
pub fn revisions<'a>(deployment: &Value, replica_sets: &'a [Value]) -> BTreeMap<i64, &'a Value> {
    let owned = |set: &&Value| {
        list(set, &["metadata", "ownerReferences"])
            .iter()
            .any(|owner| owner["controller"] == true && text(owner, &["uid"]) == uid(deployment))
    };
    replica_sets.iter().filter(owned).filter_map(|set| Some((revision(set)?, set))).collect()
}

fn revision(object: &Value) -> Option<i64> {
    annotation(object, REVISION)?.parse().ok()
}

/// The pod template as a ReplicaSet keeps it, without the hash that tells it from others.
pub fn template(replica_set: &Value) -> Value {
    let mut template = at(replica_set, &["spec", "template"]).clone();
    remove(&mut template, &["metadata", "labels", HASH]);
    template
}

/// The table of `rollout history`, with the blank line that ends it.
pub fn table(revisions: &BTreeMap<i64, &Value>) -> String {
    let mut text = String::from("REVISION  CHANGE-CAUSE\n");
    for (number, set) in revisions {
        let cause = annotation(set, "kubernetes.io/change-cause").filter(|cause| !cause.is_empty()).unwrap_or("<none>");
        text.push_str(&format!("{number:<8}  {cause}\n"));
    }
    text + "\n"
}

/// A pod template as `rollout history --revision` shows it.
pub fn describe_template(template: &Value) -> String {
    let mut text = String::from("Pod Template:\n");
    let labels = at(template, &["metadata", "labels"]).as_object().cloned().unwrap_or_default();
    let mut lines: Vec<String> =
        labels.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    if lines.is_empty() {
        lines.push("<none>".to_owned());
    }
    text.push_str(&format!("  Labels:\t{}\n", lines.join("\n\t")));
    for (key, value) in at(template, &["metadata", "annotations"]).as_object().into_iter().flatten() {
        text.push_str(&format!("  Annotations:\t{key}: {}\n", value.as_str().unwrap_or_default()));
    }
    let account = crate::api::object::text(template, &["spec", "serviceAccountName"]);
    if !account.is_empty() {
        text.push_str(&format!("  Service Account:\t{account}\n"));
    }
    text.push_str("  Containers:\n");
    for container in list(template, &["spec", "containers"]) {
        describe_container(container, &mut text);
    }
    text.push_str("  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n");
    text
}

fn describe_container(container: &Value, text: &mut String) {
    let ports: Vec<String> = list(container, &["ports"])
        .iter()
        .map(|port| {
            let protocol = crate::api::object::text(port, &["protocol"]);
            format!("{}/{}", at(port, &["containerPort"]), if protocol.is_empty() { "TCP" } else { protocol })
        })
        .collect();
    let host: Vec<String> = ports.iter().map(|_| "0/TCP".to_owned()).collect();
    let joined = |list: &[String]| if list.is_empty() { "<none>".to_owned() } else { list.join(", ") };
    text.push_str(&format!("   {}:\n", crate::api::object::text(container, &["name"])));
    text.push_str(&format!("    Image:\t{}\n", crate::api::object::text(container, &["image"])));
    text.push_str(&format!("    Port:\t{}\n    Host Port:\t{}\n", joined(&ports), joined(&host)));
    for (field, label) in [("command", "Command"), ("args", "Args")] {
        let words = crate::api::object::strings(container, &[field]);
        if !words.is_empty() {
            text.push_str(&format!("    {label}:\n      {}\n", words.join("\n      ")));
        }
    }
    text.push_str("    Environment:\t<none>\n    Mounts:\t<none>\n");
}

/// What a rollback does.
#[derive(Clone, Debug, PartialEq)]
pub enum Rollback {
    /// The Deployment has that template already.
    Skip(i64),
    /// The JSON patch that brings it back.
    Patch(Value),
}

/// Goes back to a revision; 0 is the one before the last.
///
/// # Errors
/// There is no such revision, or the Deployment is paused.
pub fn rollback(deployment: &Value, revisions: &BTreeMap<i64, &Value>, wanted: i64) -> Result<Rollback, String> {
    let called = name(deployment);
    let found = if wanted == 0 { revisions.iter().rev().nth(1) } else { revisions.get_key_value(&wanted) };
    let Some((number, set)) = found else {
        return Err(if wanted == 0 {
            format!("no rollout history found for deployment \"{called}\"")
        } else {
            format!("unable to find specified revision {wanted} in history")
        });
    };
    if at(deployment, &["spec", "paused"]) == true {
        let text =
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again";
        return Err(text.to_owned());
    }
    let template = template(set);
    if template == *at(deployment, &["spec", "template"]) {
        return Ok(Rollback::Skip(*number));
    }
    Ok(Rollback::Patch(json!([
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "replace", "path": "/metadata/annotations", "value": annotations(deployment, set)},
    ])))
}

fn annotations(deployment: &Value, set: &Value) -> Map<String, Value> {
    let of = |object: &Value, kept: bool| -> Map<String, Value> {
        let all = at(object, &["metadata", "annotations"]).as_object().cloned().unwrap_or_default();
        all.into_iter().filter(|(key, _)| KEPT.contains(&key.as_str()) == kept).collect()
    };
    let mut annotations = of(deployment, true);
    annotations.extend(of(set, false));
    annotations
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn deployment(image: &str) -> Value {
        json!({
            "metadata": {"name": "web", "uid": "d", "annotations": {REVISION: "2", "own": "x"}},
            "spec": {"template": {"metadata": {"labels": {"app": "web"}}, "spec": {"image": image}}},
        })
    }

    fn set(number: i64, image: &str, owner: &str) -> Value {
        json!({
            "metadata": {
                "name": format!("web-{number}"),
                "annotations": {REVISION: number.to_string(), "note": image},
                "ownerReferences": [{"uid": owner, "controller": true}],
            },
            "spec": {"template": {"metadata": {"labels": {"app": "web", HASH: "abc"}}, "spec": {"image": image}}},
        })
    }

    #[test]
    fn knows_the_revisions_it_owns() {
        let sets = [set(2, "b", "d"), set(1, "a", "d"), set(7, "z", "other")];
        let found = revisions(&deployment("b"), &sets);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), vec![1, 2]);
        assert_eq!(table(&found), "REVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n");
    }

    #[test]
    fn goes_back_one_or_to_a_number() {
        let sets = [set(1, "a", "d"), set(2, "b", "d")];
        let current = deployment("b");
        let found = revisions(&current, &sets);
        let Rollback::Patch(patch) = rollback(&current, &found, 0).unwrap() else { unreachable!("templates differ") };
        assert_eq!(patch[0]["value"], json!({"metadata": {"labels": {"app": "web"}}, "spec": {"image": "a"}}));
        assert_eq!(patch[1]["value"], json!({REVISION: "2", "note": "a"}));
        assert_eq!(rollback(&current, &found, 2).unwrap(), Rollback::Skip(2));
        assert_eq!(rollback(&current, &found, 99).unwrap_err(), "unable to find specified revision 99 in history");
        let one = revisions(&current, &sets[1..]);
        assert_eq!(rollback(&current, &one, 0).unwrap_err(), "no rollout history found for deployment \"web\"");
    }
}
