//! The Node authorizer: a kubelet may read what the pods on its node need, and nothing else.
//!
//! Follows plugin/pkg/auth/authorizer/node/node_authorizer.go. The real one keeps a graph of pods and what they
//! refer to; here the pods are asked. Its fixed list of other rules is the ClusterRole `system:node`, which the same
//! Kubernetes function makes. Left out: the field selector that list and watch of pods need, volumes,
//! ResourceClaims, CSI.

use crate::api::object::{Object, Pod};
use crate::api::user::UserInfo;
use crate::cluster::authz::rule::Rule;
use crate::cluster::authz::{Attributes, Verdict, rules_of};
use crate::cluster::pod_references;
use crate::cluster::reader::Reader;
use crate::cluster::trace::Reason;

/// The group of kubelets.
pub const NODES_GROUP: &str = "system:nodes";

/// The node whose kubelet the user is.
pub fn node_name(user: &UserInfo) -> Option<&str> {
    user.username.strip_prefix("system:node:").filter(|_| user.in_group(NODES_GROUP))
}

/// The Node authorizer's answer: yes, or no opinion with a reason.
pub fn authorize(attributes: &Attributes, reader: &dyn Reader) -> Verdict {
    let Some(node) = node_name(&attributes.user) else { return Verdict::default() };
    let question = match (attributes.group.as_str(), attributes.resource.as_str()) {
        ("", "secrets") => read_referred(attributes, reader, node, &|pod| pod_references::secrets(pod)),
        ("", "configmaps") => read_referred(attributes, reader, node, &|pod| pod_references::config_maps(pod)),
        ("", "serviceaccounts") => service_account(attributes, reader, node),
        ("", "nodes") => own_node(attributes, node),
        ("", "pods") => pods(attributes, reader, node),
        ("coordination.k8s.io", "leases") => lease(attributes, node),
        _ => Ok(None),
    };
    match question {
        Err(reason) => no_opinion(reason),
        Ok(Some(why)) => allow(why),
        Ok(None) => fixed_rules(attributes, reader),
    }
}

/// `Ok(Some(why))`: allowed; `Ok(None)`: the fixed rules decide; `Err`: no opinion, because.
type Answer = Result<Option<String>, String>;

fn allow(why: String) -> Verdict {
    Verdict { allowed: true, reason: String::new(), checks: vec![Reason::decided("Node authorizer", why)] }
}

fn no_opinion(reason: String) -> Verdict {
    let checks = vec![Reason::looked("Node authorizer", reason.clone())];
    Verdict { allowed: false, reason, checks }
}

fn unrelated(node: &str) -> String {
    format!("no relationship found between node '{node}' and this object")
}

fn on_node(reader: &dyn Reader, namespace: &str, node: &str, accept: &dyn Fn(&Object) -> bool) -> Option<String> {
    let mut name = None;
    reader.any("pods", namespace, &mut |pod| {
        let found = Pod(pod).node_name() == node && accept(pod);
        if found {
            name = Some(crate::api::object::name(pod).to_owned());
        }
        found
    });
    name
}

fn read_referred(
    attributes: &Attributes,
    reader: &dyn Reader,
    node: &str,
    references: &dyn Fn(&Object) -> Vec<&str>,
) -> Answer {
    if !matches!(attributes.verb.as_str(), "get" | "list" | "watch") {
        return Err("can only read resources of this type".to_owned());
    }
    if !attributes.subresource.is_empty() {
        return Err("cannot read subresource".to_owned());
    }
    if attributes.namespace.is_empty() {
        return Err("can only read namespaced object of this type".to_owned());
    }
    if attributes.name.is_empty() {
        return Err("No Object name found".to_owned());
    }
    let wants = |pod: &Object| references(pod).contains(&attributes.name.as_str());
    let pod = on_node(reader, &attributes.namespace, node, &wants).ok_or_else(|| unrelated(node))?;
    Ok(Some(format!("the pod {pod} on node {node} needs {}", attributes.name)))
}

fn service_account(attributes: &Attributes, reader: &dyn Reader, node: &str) -> Answer {
    if attributes.verb == "get" && attributes.subresource.is_empty() {
        return Ok(None);
    }
    if attributes.verb != "create" || attributes.name.is_empty() {
        return Err("can only create tokens for individual service accounts".to_owned());
    }
    if attributes.subresource != "token" {
        return Err("can only create token subresource of service account".to_owned());
    }
    let runs_as = |pod: &Object| Pod(pod).service_account_name() == attributes.name;
    let pod = on_node(reader, &attributes.namespace, node, &runs_as).ok_or_else(|| unrelated(node))?;
    Ok(Some(format!("the pod {pod} on node {node} runs as {}", attributes.name)))
}

fn own_node(attributes: &Attributes, node: &str) -> Answer {
    if !matches!(attributes.verb.as_str(), "get" | "list" | "watch") {
        return Ok(None);
    }
    match attributes.name.as_str() {
        name if name == node => Ok(Some("its own Node object".to_owned())),
        "" => Err(format!("node '{node}' cannot read all nodes, only its own Node object")),
        name => Err(format!("node '{node}' cannot read '{name}', only its own Node object")),
    }
}

fn pods(attributes: &Attributes, reader: &dyn Reader, node: &str) -> Answer {
    if attributes.verb != "get" || !attributes.subresource.is_empty() {
        return Ok(None);
    }
    let pod = reader.get("pods", &attributes.namespace, &attributes.name);
    match pod.is_some_and(|pod| Pod(&pod).node_name() == node) {
        true => Ok(Some(format!("the pod runs on node {node}"))),
        false => Err(unrelated(node)),
    }
}

fn lease(attributes: &Attributes, node: &str) -> Answer {
    if attributes.namespace != "kube-node-lease" {
        return Err("can only access leases in the \"kube-node-lease\" system namespace".to_owned());
    }
    if attributes.verb != "create" && attributes.name != node {
        return Err("can only access node lease with the same name as the requesting node".to_owned());
    }
    Ok(None)
}

fn fixed_rules(attributes: &Attributes, reader: &dyn Reader) -> Verdict {
    let role = reader.get("clusterroles.rbac.authorization.k8s.io", "", "system:node");
    let rule = role.as_ref().and_then(|role| rules_of(role).iter().map(Rule).find(|rule| rule.allows(attributes)));
    match rule {
        Some(rule) => allow(format!("a rule of every kubelet {}", rule.sentence())),
        None => Verdict::default(),
    }
}
