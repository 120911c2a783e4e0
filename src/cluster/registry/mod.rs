//! What is particular about one resource, one file a resource.

pub mod access_review;
pub mod config_map;
pub mod escalation;
pub mod event;
pub mod metadata;
pub mod namespace;
pub mod node;
pub mod pod;
pub mod pods;
pub mod role_bindings;
pub mod roles;
pub mod rules_review;
pub mod secret;
pub mod self_subject_review;
pub mod service;
pub mod service_account;
pub mod strategy;
pub mod token_request;
pub mod token_review;
pub mod workload_strategies;
pub mod workloads;

pub use strategy::{Column, Strategy};

/// The resources that are stored, one line each.
static STRATEGIES: [&dyn Strategy; 14] = [
    &namespace::Namespaces,
    &service_account::ServiceAccounts,
    &secret::Secrets,
    &config_map::ConfigMaps,
    &pods::Pods,
    &node::Nodes,
    &event::Events,
    &service::Services,
    &workload_strategies::Deployments,
    &workload_strategies::ReplicaSets,
    &roles::Roles { resource: "roles.rbac.authorization.k8s.io", namespaced: true },
    &roles::Roles { resource: "clusterroles.rbac.authorization.k8s.io", namespaced: false },
    &role_bindings::RoleBindings { resource: "rolebindings.rbac.authorization.k8s.io", namespaced: true },
    &role_bindings::RoleBindings { resource: "clusterrolebindings.rbac.authorization.k8s.io", namespaced: false },
];

/// The rules of a stored resource (`pods`, `deployments.apps`).
pub fn strategy(resource: &str) -> Option<&'static dyn Strategy> {
    STRATEGIES.iter().copied().find(|strategy| strategy.resource() == resource)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
