//! RBAC once more, as slowly and as plainly as the rules can be written down: it shares nothing with the lab's own.

use serde_json::Value;
use serviceaccount_lab::cluster::reader::Reader;

/// A question: may somebody do that?
#[derive(Clone, Debug)]
pub struct Question {
    pub user: String,
    pub groups: Vec<String>,
    pub verb: &'static str,
    pub group: &'static str,
    /// `pods`, or with its subresource `pods/log`.
    pub resource: &'static str,
    pub namespace: &'static str,
    pub name: &'static str,
}

fn strings<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value[key].as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// Whether any rule of any binding that speaks of the user says yes.
pub fn may(question: &Question, reader: &dyn Reader) -> bool {
    if question.groups.iter().any(|group| group == "system:masters") {
        return true;
    }
    let mut roles = Vec::new();
    for binding in reader.list("clusterrolebindings.rbac.authorization.k8s.io", "") {
        if binds(&binding, question, "") {
            roles.push(("", binding["roleRef"].clone()));
        }
    }
    if !question.namespace.is_empty() {
        for binding in reader.list("rolebindings.rbac.authorization.k8s.io", question.namespace) {
            if binds(&binding, question, question.namespace) {
                roles.push((question.namespace, binding["roleRef"].clone()));
            }
        }
    }
    roles.iter().any(|(namespace, reference)| {
        let name = reference["name"].as_str().unwrap_or_default();
        let role = match reference["kind"].as_str() {
            Some("ClusterRole") => reader.get("clusterroles.rbac.authorization.k8s.io", "", name),
            _ => reader.get("roles.rbac.authorization.k8s.io", namespace, name),
        };
        let rules = role.map(|role| role["rules"].clone()).unwrap_or_default();
        rules.as_array().is_some_and(|rules| rules.iter().any(|rule| allows(rule, question)))
    })
}

fn binds(binding: &Value, question: &Question, home: &str) -> bool {
    binding["subjects"].as_array().is_some_and(|subjects| {
        subjects.iter().any(|subject| {
            let name = subject["name"].as_str().unwrap_or_default();
            match subject["kind"].as_str().unwrap_or_default() {
                "User" => name == question.user,
                "Group" => question.groups.iter().any(|group| group == name),
                "ServiceAccount" => {
                    let namespace = subject["namespace"].as_str().unwrap_or(home);
                    !namespace.is_empty() && question.user == format!("system:serviceaccount:{namespace}:{name}")
                }
                _ => false,
            }
        })
    })
}

fn allows(rule: &Value, question: &Question) -> bool {
    let says = |key: &str, wanted: &str| strings(rule, key).iter().any(|text| *text == "*" || *text == wanted);
    let subresource = question.resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
    let resource = strings(rule, "resources")
        .iter()
        .any(|text| *text == "*" || *text == question.resource || subresource.as_deref() == Some(*text));
    let names = strings(rule, "resourceNames");
    says("verbs", question.verb)
        && says("apiGroups", question.group)
        && resource
        && (names.is_empty() || names.contains(&question.name))
}
