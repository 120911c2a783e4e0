//! The table of kinds: names, short names, scope and verbs, from the discovery documents of Kubernetes 1.36.

use serde_json::Value;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// One resource, as discovery lists it. Subresources (`pods/log`) are listed too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The API group; empty for the core.
    pub group: String,
    /// The version, always `v1` for what is simulated.
    pub version: String,
    /// `ServiceAccount`.
    pub kind: String,
    /// `serviceaccounts`, `serviceaccounts/token`.
    pub plural: String,
    /// `serviceaccount`; empty for subresources.
    pub singular: String,
    /// `sa`.
    pub short_names: Vec<String>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// `create`, `delete`, …, in byte order.
    pub verbs: Vec<String>,
    /// `all`.
    pub categories: Vec<String>,
    /// Whether the lab simulates it; the others are only listed.
    pub simulated: bool,
}

/// The resources that the lab stores or answers; everything else is `not simulated`.
const SIMULATED: [&str; 21] = [
    "namespaces",
    "serviceaccounts",
    "secrets",
    "configmaps",
    "pods",
    "nodes",
    "events",
    "services",
    "bindings",
    "deployments.apps",
    "replicasets.apps",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
    "tokenreviews.authentication.k8s.io",
    "selfsubjectreviews.authentication.k8s.io",
    "subjectaccessreviews.authorization.k8s.io",
    "localsubjectaccessreviews.authorization.k8s.io",
    "selfsubjectaccessreviews.authorization.k8s.io",
    "selfsubjectrulesreviews.authorization.k8s.io",
];

impl Kind {
    /// `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods`, `deployments.apps`: the name that is unique.
    pub fn resource(&self) -> String {
        crate::api::status::qualified(&self.plural, &self.group)
    }

    /// `pod`, `deployment.apps`: how kubectl names an object's kind.
    pub fn qualified_singular(&self) -> String {
        crate::api::status::qualified(&self.kind.to_lowercase(), &self.group)
    }

    /// The path of the collection, or of one object with `/NAME` added by the caller.
    pub fn path(&self, namespace: &str) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        if self.namespaced && !namespace.is_empty() {
            format!("{root}/namespaces/{namespace}/{}", self.plural)
        } else {
            format!("{root}/{}", self.plural)
        }
    }

    /// Whether `verb` is served.
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|v| v == verb)
    }
}

thread_local! {
    static TABLE: OnceCell<&'static Tables> = const { OnceCell::new() };
}

struct Tables {
    documents: Value,
    kinds: &'static [Kind],
    /// By group and plural name: every request looks a kind up.
    by_plural: BTreeMap<(&'static str, &'static str), &'static Kind>,
}

fn tables() -> &'static Tables {
    TABLE.with(|table| *table.get_or_init(|| Box::leak(Box::new(load()))))
}

fn load() -> Tables {
    let documents: Value = serde_json::from_str(include_str!("data/discovery-1.36.json")).unwrap_or_default();
    let mut kinds = Vec::new();
    for (path, document) in documents.as_object().into_iter().flatten() {
        let Some(group_version) = document.get("groupVersion").and_then(Value::as_str) else { continue };
        debug_assert!(path.ends_with(group_version), "discovery documents are keyed by their path");
        let (group, version) = group_version.split_once('/').unwrap_or(("", group_version));
        for resource in crate::api::object::list(document, &["resources"]) {
            kinds.push(kind(group, version, resource));
        }
    }
    let kinds: &'static [Kind] = Box::leak(kinds.into_boxed_slice());
    let by_plural = kinds.iter().map(|kind| ((kind.group.as_str(), kind.plural.as_str()), kind)).collect();
    Tables { documents, kinds, by_plural }
}

fn kind(group: &str, version: &str, resource: &Value) -> Kind {
    let text = |key: &str| crate::api::object::text(resource, &[key]).to_owned();
    let owned = |key: &str| crate::api::object::strings(resource, &[key]).into_iter().map(str::to_owned).collect();
    let plural = text("name");
    let parent = plural.split('/').next().unwrap_or_default();
    let simulated = SIMULATED.contains(&crate::api::status::qualified(parent, group).as_str());
    Kind {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: text("kind"),
        singular: text("singularName"),
        short_names: owned("shortNames"),
        namespaced: crate::api::object::boolean(resource, &["namespaced"]).unwrap_or(false),
        verbs: owned("verbs"),
        categories: owned("categories"),
        simulated,
        plural,
    }
}

/// A discovery document (`/api`, `/apis`, `/api/v1`, `/apis/apps/v1`, `/version`, …) as recorded; null if unknown.
pub fn document(path: &str) -> &'static Value {
    static NULL: Value = Value::Null;
    tables().documents.get(path).unwrap_or(&NULL)
}

/// Every resource of the documents, subresources included, core group first.
pub fn all() -> &'static [Kind] {
    tables().kinds
}

/// The resource with that group and plural name (`pods`, `serviceaccounts/token`).
pub fn by_plural(group: &str, plural: &str) -> Option<&'static Kind> {
    tables().by_plural.get(&(group, plural)).copied()
}

/// The resource whose qualified name is `pods` or `deployments.apps`.
pub fn by_resource(resource: &str) -> Option<&'static Kind> {
    let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
    by_plural(group, plural)
}

/// The resource (not a subresource) of an object's `apiVersion` and `kind`.
pub fn by_kind(api_version: &str, kind: &str) -> Option<&'static Kind> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    all().iter().find(|k| k.kind == kind && k.group == group && k.version == version && !k.plural.contains('/'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn knows_service_accounts() {
        let kind = by_kind("v1", "ServiceAccount").unwrap();
        assert_eq!((kind.plural.as_str(), kind.short_names.as_slice()), ("serviceaccounts", &["sa".to_owned()][..]));
        assert_eq!(kind.path("default"), "/api/v1/namespaces/default/serviceaccounts");
        let deployment = by_resource("deployments.apps").unwrap();
        assert_eq!(deployment.qualified_singular(), "deployment.apps");
        assert!(deployment.simulated && !by_resource("daemonsets.apps").unwrap().simulated);
        assert!(by_plural("", "serviceaccounts/token").unwrap().simulated);
    }

    #[test]
    fn every_simulated_resource_is_in_the_documents() {
        for name in SIMULATED {
            assert!(by_resource(name).is_some(), "{name}");
        }
    }
}
