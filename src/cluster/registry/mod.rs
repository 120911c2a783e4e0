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

use crate::api::release::{Change, Version};
pub use strategy::{Column, Strategy};

/// The resources that are stored, one line each.
static STRATEGIES: [&dyn Strategy; 14] = [
    &namespace::Namespaces,
    &service_account::SERVICE_ACCOUNTS[1],
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

/// The rules of a stored resource in another version.
pub fn strategy_in(version: Version, resource: &str) -> Option<&'static dyn Strategy> {
    if resource != "serviceaccounts" {
        return strategy(resource);
    }
    let counts = usize::from(!version.has(Change::NoSecretsColumn));
    let warns = usize::from(version.has(Change::MountableSecretsWarning));
    service_account::SERVICE_ACCOUNTS.get(2 * counts + warns).map(|strategy| strategy as &dyn Strategy)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
