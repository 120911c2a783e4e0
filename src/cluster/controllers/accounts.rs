//! The ServiceAccounts that a controller manager with `--use-service-account-credentials` makes as it starts.
//!
//! One a controller that runs by default in 1.36 with kubeadm's `--controllers=*,bootstrapsigner,tokencleaner` and
//! without a cloud. Names are those of plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go.

use crate::api::release::{Change, Version};

/// Those of controllers that came after 1.24, by the gates in pkg/features/kube_features.go.
const LATER: [&str; 5] = [
    "device-taint-eviction-controller",
    "resource-claim-controller",
    "service-cidrs-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
];

/// Whether a controller's account is made in that version.
pub fn is_in(version: Version, controller: &str) -> bool {
    match controller {
        "legacy-service-account-token-cleaner" => version.has(Change::TokenCleaner),
        later if LATER.contains(&later) => version.has(Change::ControllerAccounts),
        _ => true,
    }
}

/// The accounts, all in `kube-system`.
pub const NAMES: [&str; 37] = [
    "attachdetach-controller",
    "bootstrap-signer",
    "certificate-controller",
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemon-set-controller",
    "deployment-controller",
    "device-taint-eviction-controller",
    "disruption-controller",
    "endpoint-controller",
    "endpointslice-controller",
    "endpointslicemirroring-controller",
    "ephemeral-volume-controller",
    "expand-controller",
    "generic-garbage-collector",
    "horizontal-pod-autoscaler",
    "job-controller",
    "legacy-service-account-token-cleaner",
    "namespace-controller",
    "node-controller",
    "persistent-volume-binder",
    "pod-garbage-collector",
    "pv-protection-controller",
    "pvc-protection-controller",
    "replicaset-controller",
    "replication-controller",
    "resource-claim-controller",
    "resourcequota-controller",
    "root-ca-cert-publisher",
    "service-account-controller",
    "service-cidrs-controller",
    "statefulset-controller",
    "token-cleaner",
    "ttl-after-finished-controller",
    "ttl-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
];
