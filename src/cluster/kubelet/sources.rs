//! What goes into a pod's volumes: tokens, ConfigMaps, Secrets and the downward API, collected into one payload.
//!
//! Follows pkg/volume/projected/projected.go and pkg/volume/{secret,configmap,downwardapi}. Sources are collected in
//! order, a later one overrides an equal path, and all errors are gathered.
//! Not simulated: clusterTrustBundle, podCertificate, resourceFieldRef.

use crate::api::files::Content;
use crate::api::object::{self, Object};
use crate::cluster::actor::Context;
use crate::cluster::kubelet::atomic_writer::{Payload, Projected};
use crate::cluster::kubelet::tokens::{MountedToken, Tokens};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The mode of files that nobody says anything about.
const DEFAULT_MODE: u32 = 0o644;

/// Who may read a pod's volumes besides root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// The one user that all containers run as, if they all name the same.
    pub user: Option<u32>,
    /// `securityContext.fsGroup`.
    pub group: Option<u32>,
}

impl Ownership {
    /// Reads it from a pod.
    pub fn of(pod: &Object) -> Self {
        let group = number(pod, &["spec", "securityContext", "fsGroup"]);
        let containers = ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(|kind| object::list(pod, &["spec", kind]));
        let mut users = containers.map(|container| user_of(pod, container));
        let first = users.next().flatten();
        let user = first.filter(|_| users.all(|user| user == first));
        Ownership { user, group }
    }
}

/// The user a container says it runs as, itself or by its pod.
pub fn user_of(pod: &Object, container: &Value) -> Option<u32> {
    number(container, &["securityContext", "runAsUser"])
        .or_else(|| number(pod, &["spec", "securityContext", "runAsUser"]))
}

/// The groups of a container's processes: its own, which is root's unless it says otherwise, then those of the pod.
pub fn groups_of(pod: &Object, container: &Value) -> Vec<u32> {
    let context = &["spec", "securityContext"];
    let own = number(container, &["securityContext", "runAsGroup"])
        .or_else(|| number(pod, &["spec", "securityContext", "runAsGroup"]));
    let mut groups = vec![own.unwrap_or(0)];
    let more = object::list(pod, &["spec", "securityContext", "supplementalGroups"]).iter();
    let volumes = number(object::at(pod, context), &["fsGroup"]);
    for group in more.filter_map(|group| group.as_u64().and_then(|group| u32::try_from(group).ok())).chain(volumes) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// A whole number of 32 bits at a path.
pub fn number(value: &Value, path: &[&str]) -> Option<u32> {
    object::integer(value, path).and_then(|number| u32::try_from(number).ok())
}

/// Collects what a volume holds.
///
/// # Errors
/// The kubelet's words for what is missing.
pub fn collect(
    pod: &Object,
    volume: &Value,
    tokens: &mut Vec<MountedToken>,
    manager: &Tokens,
    context: &mut Context<'_>,
) -> Result<Payload, String> {
    let mut gathered = Gathered { payload: BTreeMap::new(), errors: Vec::new() };
    let mode_of = |source: &Value| number(source, &["defaultMode"]).unwrap_or(DEFAULT_MODE);
    if let Some(source) = volume.get("projected") {
        let ownership = Ownership::of(pod);
        for part in object::list(source, &["sources"]) {
            gathered.projected(pod, volume, part, (mode_of(source), ownership), (tokens, manager), context);
        }
    } else if let Some(source) = volume.get("configMap") {
        gathered.config_map(pod, source, mode_of(source), context);
    } else if let Some(source) = volume.get("secret") {
        gathered.secret(pod, source, object::text(source, &["secretName"]), mode_of(source), context);
    } else if let Some(source) = volume.get("downwardAPI") {
        gathered.downward(pod, source, mode_of(source));
    }
    match gathered.errors.as_slice() {
        [] => Ok(gathered.payload),
        [one] => Err(one.clone()),
        several => Err(format!("[{}]", several.join(", "))),
    }
}

/// How many contents are shared at most: all pods show the same certificate.
const SHARED_MAX: usize = 16;

thread_local! {
    static SHARED: RefCell<Vec<Rc<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// A file's content, shared with the files written before it that hold the same.
fn shared(bytes: &[u8]) -> Content {
    SHARED.with_borrow_mut(|known| {
        if let Some(same) = known.iter().find(|same| ***same == *bytes) {
            return Content::Bytes(Rc::clone(same));
        }
        let new: Rc<[u8]> = Rc::from(bytes);
        if known.len() >= SHARED_MAX {
            known.remove(0);
        }
        known.push(Rc::clone(&new));
        Content::Bytes(new)
    })
}

struct Gathered {
    payload: Payload,
    errors: Vec<String>,
}

impl Gathered {
    fn projected(
        &mut self,
        pod: &Object,
        volume: &Value,
        part: &Value,
        (mode, ownership): (u32, Ownership),
        (tokens, manager): (&mut Vec<MountedToken>, &Tokens),
        context: &mut Context<'_>,
    ) {
        if let Some(source) = part.get("serviceAccountToken") {
            let path = object::text(source, &["path"]).to_owned();
            let restricted = ownership.user.is_some() || ownership.group.is_some();
            match manager.token(pod, object::text(volume, &["name"]), source, tokens, context) {
                Ok(token) => {
                    let mode = if restricted { 0o600 } else { mode };
                    let file = Projected { content: Content::Token(token), mode, user: ownership.user.unwrap_or(0) };
                    self.payload.insert(path, file);
                }
                Err(error) => self.errors.push(error),
            }
        } else if let Some(source) = part.get("configMap") {
            self.config_map(pod, source, mode, context);
        } else if let Some(source) = part.get("secret") {
            self.secret(pod, source, object::text(source, &["name"]), mode, context);
        } else if let Some(source) = part.get("downwardAPI") {
            self.downward(pod, source, mode);
        } else if let Some(kind) = part.as_object().and_then(|part| part.keys().next()) {
            self.errors.push(format!("not simulated: a projected volume's {kind} source"));
        }
    }

    fn config_map(&mut self, pod: &Object, source: &Value, mode: u32, context: &Context<'_>) {
        let name = object::text(source, &["name"]);
        let Some(stored) = context.get("configmaps", object::namespace(pod), name) else {
            if object::boolean(source, &["optional"]) != Some(true) {
                self.errors.push(format!("configmap \"{name}\" not found"));
            }
            return;
        };
        let mut data = decoded(&stored, "binaryData");
        for (key, value) in object::at(&stored, &["data"]).as_object().into_iter().flatten() {
            data.insert(key.clone(), value.as_str().unwrap_or_default().as_bytes().to_vec());
        }
        self.keys(source, data, mode, "config");
    }

    fn secret(&mut self, pod: &Object, source: &Value, name: &str, mode: u32, context: &Context<'_>) {
        let Some(stored) = context.get("secrets", object::namespace(pod), name) else {
            if object::boolean(source, &["optional"]) != Some(true) {
                self.errors.push(format!("secret \"{name}\" not found"));
            }
            return;
        };
        self.keys(source, decoded(&stored, "data"), mode, "secret");
    }

    /// All keys, or those that `items` names under other paths.
    fn keys(&mut self, source: &Value, data: BTreeMap<String, Vec<u8>>, mode: u32, what: &str) {
        let items = object::list(source, &["items"]);
        let file = |bytes: &[u8], mode: u32| Projected { content: shared(bytes), mode, user: 0 };
        if items.is_empty() {
            for (key, bytes) in &data {
                self.payload.insert(key.clone(), file(bytes, mode));
            }
            return;
        }
        for item in items {
            let key = object::text(item, &["key"]);
            match data.get(key) {
                Some(bytes) => {
                    let mode = number(item, &["mode"]).unwrap_or(mode);
                    self.payload.insert(object::text(item, &["path"]).to_owned(), file(bytes, mode));
                }
                None if object::boolean(source, &["optional"]) == Some(true) => {}
                None => self.errors.push(format!("references non-existent {what} key: {key}")),
            }
        }
    }

    fn downward(&mut self, pod: &Object, source: &Value, mode: u32) {
        for item in object::list(source, &["items"]) {
            let field = object::text(item, &["fieldRef", "fieldPath"]);
            match field_value(pod, field) {
                Some(text) => {
                    let mode = number(item, &["mode"]).unwrap_or(mode);
                    let file = Projected { content: Content::from(text.as_str()), mode, user: 0 };
                    self.payload.insert(object::text(item, &["path"]).to_owned(), file);
                }
                None if field.is_empty() => self.errors.push("not simulated: resourceFieldRef".to_owned()),
                None => self.errors.push(format!("unsupported fieldPath: {field}")),
            }
        }
    }
}

fn decoded(stored: &Object, field: &str) -> BTreeMap<String, Vec<u8>> {
    let data = object::at(stored, &[field]).as_object();
    data.into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default()))
        .collect()
}

/// A field of a pod as the downward API gives it; `None` for fields it does not give.
pub fn field_value(pod: &Object, field: &str) -> Option<String> {
    let map = |key: &str| {
        let mut text = String::new();
        for (key, value) in object::at(pod, &["metadata", key]).as_object().into_iter().flatten() {
            let value = crate::api::go::quote(value.as_str().unwrap_or_default());
            text.push_str(&format!("{}{key}={value}", if text.is_empty() { "" } else { "\n" }));
        }
        text
    };
    let owned = |path: &[&str]| Some(object::text(pod, path).to_owned());
    let part = |map: &str| field.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']");
    if let Some(key) = part("metadata.labels") {
        return owned(&["metadata", "labels", key]);
    }
    if let Some(key) = part("metadata.annotations") {
        return owned(&["metadata", "annotations", key]);
    }
    match field {
        "metadata.name" => owned(&["metadata", "name"]),
        "metadata.namespace" => owned(&["metadata", "namespace"]),
        "metadata.uid" => owned(&["metadata", "uid"]),
        "metadata.labels" => Some(map("labels")),
        "metadata.annotations" => Some(map("annotations")),
        "spec.nodeName" => owned(&["spec", "nodeName"]),
        "spec.serviceAccountName" => owned(&["spec", "serviceAccountName"]),
        "status.hostIP" => Some(crate::cluster::kubelet::node::ADDRESS.to_owned()),
        "status.podIP" | "status.podIPs" => owned(&["status", "podIP"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_user_for_all_or_none() {
        let user = |containers: Value, pod: Value| {
            Ownership::of(&json!({"spec": {"securityContext": pod, "containers": containers}})).user
        };
        let same = json!([{"securityContext": {"runAsUser": 7}}, {"securityContext": {"runAsUser": 7}}]);
        assert_eq!(user(same.clone(), json!({})), Some(7));
        assert_eq!(user(json!([{"securityContext": {"runAsUser": 7}}, {}]), json!({})), None);
        assert_eq!(user(json!([{"securityContext": {"runAsUser": 7}}, {}]), json!({"runAsUser": 7})), Some(7));
        assert_eq!(user(json!([{}, {}]), json!({"fsGroup": 3})), None);
    }

    #[test]
    fn labels_are_written_one_a_line() {
        let pod = json!({"metadata": {"labels": {"b": "2", "a": "1"}, "annotations": {"k/x": "v"}}});
        assert_eq!(field_value(&pod, "metadata.labels").as_deref(), Some("a=\"1\"\nb=\"2\""));
        assert_eq!(field_value(&pod, "metadata.annotations['k/x']").as_deref(), Some("v"));
        assert_eq!(field_value(&pod, "spec.volumes"), None);
    }
}
