//! Volumes and tolerations on the pages of pods and of what makes pods.

use crate::api::object::{at, boolean, integer, list, text};
use crate::kubectl::describe::page::Page;
use serde_json::Value;

/// Writes the volumes. `indent` is `"  "` in a pod template.
pub fn describe(page: &mut Page, volumes: &[Value], indent: &str) {
    if volumes.is_empty() {
        page.line(0, &format!("{indent}Volumes:\t<none>"));
        return;
    }
    page.line(0, &format!("{indent}Volumes:"));
    for volume in volumes {
        let inner = if indent.is_empty() { "" } else { " " };
        page.line(1, &format!("{inner}{}:", text(volume, &["name"])));
        one(page, volume);
    }
}

fn one(page: &mut Page, volume: &Value) {
    let optional = |key: &str| boolean(volume, &[key, "optional"]).unwrap_or(false);
    if let Some(projected) = volume.get("projected") {
        page.line(2, "Type:\tProjected (a volume that contains injected data from multiple sources)");
        for source in list(projected, &["sources"]) {
            projection(page, source);
        }
    } else if volume.get("emptyDir").is_some() {
        page.line(2, "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)");
        page.line(2, &format!("Medium:\t{}", text(volume, &["emptyDir", "medium"])));
        let limit = text(volume, &["emptyDir", "sizeLimit"]);
        page.line(2, &format!("SizeLimit:\t{}", if limit.is_empty() { "<unset>" } else { limit }));
    } else if volume.get("secret").is_some() {
        page.line(2, "Type:\tSecret (a volume populated by a Secret)");
        page.line(2, &format!("SecretName:\t{}", text(volume, &["secret", "secretName"])));
        page.line(2, &format!("Optional:\t{}", optional("secret")));
    } else if volume.get("configMap").is_some() {
        page.line(2, "Type:\tConfigMap (a volume populated by a ConfigMap)");
        page.line(2, &format!("Name:\t{}", text(volume, &["configMap", "name"])));
        page.line(2, &format!("Optional:\t{}", optional("configMap")));
    } else if volume.get("hostPath").is_some() {
        page.line(2, "Type:\tHostPath (bare host directory volume)");
        page.line(2, &format!("Path:\t{}", text(volume, &["hostPath", "path"])));
        page.line(2, &format!("HostPathType:\t{}", text(volume, &["hostPath", "type"])));
    } else if volume.get("downwardAPI").is_some() {
        page.line(2, "Type:\tDownwardAPI (a volume populated by information about the pod)");
        page.line(2, "Items:");
        for item in list(volume, &["downwardAPI", "items"]) {
            page.line(3, &format!("{} -> {}", text(item, &["fieldRef", "fieldPath"]), text(item, &["path"])));
        }
    } else {
        page.line(2, "<unknown>");
    }
}

fn projection(page: &mut Page, source: &Value) {
    if source.get("secret").is_some() {
        page.line(2, &format!("SecretName:\t{}", text(source, &["secret", "name"])));
        page.line(2, &format!("Optional:\t{}", boolean(source, &["secret", "optional"]).unwrap_or(false)));
    } else if source.get("downwardAPI").is_some() {
        page.line(2, "DownwardAPI:\ttrue");
    } else if source.get("configMap").is_some() {
        page.line(2, &format!("ConfigMapName:\t{}", text(source, &["configMap", "name"])));
        page.line(2, &format!("Optional:\t{}", boolean(source, &["configMap", "optional"]).unwrap_or(false)));
    } else if let Some(token) = source.get("serviceAccountToken") {
        page.line(2, &format!("TokenExpirationSeconds:\t{}", integer(token, &["expirationSeconds"]).unwrap_or(0)));
    }
}

/// Writes tolerations, `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`.
pub fn tolerations(page: &mut Page, title: &str, tolerations: &[Value]) {
    let entries: Vec<String> = tolerations.iter().map(toleration).collect();
    page.list(title, &entries);
}

fn toleration(toleration: &Value) -> String {
    let part = |key: &str| text(toleration, &[key]);
    let mut out = part("key").to_owned();
    if !part("value").is_empty() {
        out.push_str(&format!("={}", part("value")));
    }
    if !part("effect").is_empty() {
        out.push_str(&format!(":{}", part("effect")));
    }
    if part("operator") == "Exists" && part("value").is_empty() {
        out.push_str(if out.is_empty() { "op=Exists" } else { " op=Exists" });
    }
    if let Some(seconds) = at(toleration, &["tolerationSeconds"]).as_i64() {
        out.push_str(&format!(" for {seconds}s"));
    }
    out
}
