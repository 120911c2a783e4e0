//! Which Secrets and ConfigMaps a pod names, and where.
//!
//! Follows pkg/api/v1/pod/util.go (VisitPodSecretNames, VisitPodConfigmapNames) for what the lab's pods can carry;
//! volume drivers that need secrets (CSI, RBD, Flex, …) are left out.

use crate::api::object::{Object, list, text};
use serde_json::Value;

/// The lists of containers of a pod, with the words messages use for one of them.
pub const CONTAINER_LISTS: [(&str, &str); 3] =
    [("initContainers", "init container"), ("containers", "container"), ("ephemeralContainers", "ephemeral container")];

/// The names of the Secrets that a pod refers to: volumes, projected volumes, environment, image pull secrets.
pub fn secrets(pod: &Object) -> Vec<&str> {
    let mut names: Vec<&str> =
        list(pod, &["spec", "imagePullSecrets"]).iter().map(|reference| text(reference, &["name"])).collect();
    for volume in list(pod, &["spec", "volumes"]) {
        names.push(text(volume, &["secret", "secretName"]));
        names.extend(projected(volume, "secret"));
    }
    names.extend(environment(pod, "secretKeyRef", "secretRef"));
    names.retain(|name| !name.is_empty());
    names
}

/// The names of the ConfigMaps that a pod refers to.
pub fn config_maps(pod: &Object) -> Vec<&str> {
    let mut names = environment(pod, "configMapKeyRef", "configMapRef");
    for volume in list(pod, &["spec", "volumes"]) {
        names.push(text(volume, &["configMap", "name"]));
        names.extend(projected(volume, "configMap"));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The `serviceAccountToken` sources of a pod's projected volumes.
pub fn token_sources(pod: &Object) -> impl Iterator<Item = &Value> {
    list(pod, &["spec", "volumes"])
        .iter()
        .flat_map(|volume| list(volume, &["projected", "sources"]))
        .filter_map(|source| source.get("serviceAccountToken"))
}

fn projected<'a>(volume: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a str> {
    list(volume, &["projected", "sources"]).iter().map(move |source| text(source, &[kind, "name"]))
}

fn environment<'a>(pod: &'a Object, key_reference: &str, reference: &str) -> Vec<&'a str> {
    let containers = CONTAINER_LISTS.iter().flat_map(|(field, _)| list(pod, &["spec", field]));
    let mut names = Vec::new();
    for container in containers {
        names.extend(list(container, &["env"]).iter().map(|env| text(env, &["valueFrom", key_reference, "name"])));
        names.extend(list(container, &["envFrom"]).iter().map(|from| text(from, &[reference, "name"])));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_names_everywhere() {
        let pod = json!({"spec": {
            "imagePullSecrets": [{"name": "pull"}],
            "volumes": [
                {"name": "a", "secret": {"secretName": "mounted"}},
                {"name": "b", "projected": {"sources": [
                    {"secret": {"name": "projected"}},
                    {"configMap": {"name": "kube-root-ca.crt"}},
                    {"serviceAccountToken": {"path": "token", "audience": "vault"}},
                ]}},
                {"name": "c", "configMap": {"name": "mounted-map"}},
            ],
            "containers": [{"env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "from-env", "key": "k"}}},
                {"name": "B", "value": "plain"},
            ]}],
            "initContainers": [{"envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "all-map"}}]}],
        }});
        assert_eq!(secrets(&pod), ["pull", "mounted", "projected", "all", "from-env"]);
        assert_eq!(config_maps(&pod), ["all-map", "kube-root-ca.crt", "mounted-map"]);
        assert_eq!(token_sources(&pod).map(|source| text(source, &["audience"])).collect::<Vec<_>>(), ["vault"]);
    }
}
