//! The subjects and the role of a new binding.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_{rolebinding,clusterrolebinding}.go.

use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The role that a binding refers to.
pub fn role_ref(kind: &str, name: &str) -> Value {
    json!({"apiGroup": GROUP, "kind": kind, "name": name})
}

/// Users first, then groups, then ServiceAccounts.
///
/// # Errors
/// A ServiceAccount that is not written `NAMESPACE:NAME`.
pub fn subjects(users: &[String], groups: &[String], accounts: &[String]) -> Result<Vec<Value>, String> {
    let mut subjects: Vec<Value> = Vec::new();
    subjects.extend(users.iter().map(|name| json!({"kind": "User", "apiGroup": GROUP, "name": name})));
    subjects.extend(groups.iter().map(|name| json!({"kind": "Group", "apiGroup": GROUP, "name": name})));
    for account in accounts {
        match account.split(':').collect::<Vec<_>>().as_slice() {
            [namespace, name] if !name.is_empty() => {
                subjects.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
            }
            _ => return Err("serviceaccount must be <namespace>:<name>".to_owned()),
        }
    }
    Ok(subjects)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn puts_users_before_groups_before_accounts() {
        let made = subjects(&["jane".into()], &["devs".into()], &["default:data-sa".into()]).unwrap();
        assert_eq!(
            made,
            vec![
                json!({"kind": "User", "apiGroup": GROUP, "name": "jane"}),
                json!({"kind": "Group", "apiGroup": GROUP, "name": "devs"}),
                json!({"kind": "ServiceAccount", "name": "data-sa", "namespace": "default"}),
            ]
        );
    }

    #[test]
    fn wants_the_namespace_of_an_account() {
        for wrong in ["data-sa", "a:b:c", "default:"] {
            assert_eq!(
                subjects(&[], &[], &[wrong.to_owned()]).unwrap_err(),
                "serviceaccount must be <namespace>:<name>"
            );
        }
    }
}
