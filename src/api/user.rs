//! Who a request comes from, once authenticated.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/authentication/{user,serviceaccount}.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The group of every cluster administrator; authorization is skipped for its members.
pub const SYSTEM_MASTERS: &str = "system:masters";
/// The group of everybody whom some authenticator knew.
pub const SYSTEM_AUTHENTICATED: &str = "system:authenticated";
/// The group of nobody in particular.
pub const SYSTEM_UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user name of requests without credentials.
pub const SYSTEM_ANONYMOUS: &str = "system:anonymous";

/// The identity that authentication found: what RBAC decides about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// `kubernetes-admin`, `system:serviceaccount:NS:NAME`, `system:node:NAME`, `system:anonymous`.
    pub username: String,
    /// The account's UID; empty for certificate users.
    pub uid: String,
    /// In the order the authenticator gives them.
    pub groups: Vec<String>,
    /// `authentication.kubernetes.io/credential-id` and its kin.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// Nobody: a request without credentials.
    pub fn anonymous() -> Self {
        UserInfo {
            username: SYSTEM_ANONYMOUS.to_owned(),
            groups: vec![SYSTEM_UNAUTHENTICATED.to_owned()],
            ..UserInfo::default()
        }
    }

    /// A ServiceAccount, with the three groups every account has.
    pub fn service_account(namespace: &str, name: &str, uid: &str) -> Self {
        UserInfo {
            username: service_account_username(namespace, name),
            uid: uid.to_owned(),
            groups: vec![
                "system:serviceaccounts".to_owned(),
                format!("system:serviceaccounts:{namespace}"),
                SYSTEM_AUTHENTICATED.to_owned(),
            ],
            extra: BTreeMap::new(),
        }
    }

    /// Whether the user is in `group`.
    pub fn in_group(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g == group)
    }

    /// As the `userInfo`/`user` field of reviews carries it; empty parts are left out.
    pub fn to_value(&self) -> Value {
        let mut value = json!({});
        if let Some(map) = value.as_object_mut() {
            if !self.username.is_empty() {
                map.insert("username".into(), json!(self.username));
            }
            if !self.uid.is_empty() {
                map.insert("uid".into(), json!(self.uid));
            }
            if !self.groups.is_empty() {
                map.insert("groups".into(), json!(self.groups));
            }
            if !self.extra.is_empty() {
                map.insert("extra".into(), json!(self.extra));
            }
        }
        value
    }
}

/// `system:serviceaccount:NS:NAME`; nothing else builds this string.
pub fn service_account_username(namespace: &str, name: &str) -> String {
    format!("system:serviceaccount:{namespace}:{name}")
}

/// Namespace and name of a ServiceAccount user name; `None` for ordinary users, also for near misses
/// such as `system:serviceaccount:only-one-part`.
pub fn split_service_account_username(username: &str) -> Option<(&str, &str)> {
    let rest = username.strip_prefix("system:serviceaccount:")?;
    let (namespace, name) = rest.split_once(':')?;
    (crate::api::names::is_dns1123_label(namespace) && crate::api::names::is_dns1123_subdomain(name))
        .then_some((namespace, name))
}
