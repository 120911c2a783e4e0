//! The node as its kubelet registers it.
//!
//! Left out: heartbeats (Leases, the status every five minutes): nothing here watches them, and a year of them is long.

use crate::api::object::Object;
use crate::api::release::Release;
use crate::api::time::Timestamp;
use crate::cluster::settings::NODE_NAME;
use serde_json::{Value, json};

/// The node's own address.
pub const ADDRESS: &str = crate::cluster::settings::NODE_ADDRESS;

/// The Node object.
pub fn node(now: Timestamp, release: Release) -> Object {
    let time = now.rfc3339();
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": status, "lastHeartbeatTime": time, "lastTransitionTime": time,
            "reason": reason, "message": message,
        })
    };
    let capacity = |cpu: &str, memory: &str| json!({"cpu": cpu, "ephemeral-storage": "61255492Ki", "hugepages-2Mi": "0", "memory": memory, "pods": "110"});
    json!({
        "kind": "Node", "apiVersion": "v1",
        "metadata": {
            "name": NODE_NAME,
            "labels": {
                "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux",
            },
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": {},
        "status": {
            "capacity": capacity("2", "4015704Ki"),
            "allocatable": capacity("2", "3913304Ki"),
            "conditions": Value::Array(vec![
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ]),
            "addresses": [{"type": "InternalIP", "address": ADDRESS}, {"type": "Hostname", "address": NODE_NAME}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": "7d5f1ca9b1e54d0a9f7a3a5f5d0c6a11", "systemUUID": "7d5f1ca9-b1e5-4d0a-9f7a-3a5f5d0c6a11",
                "bootID": "0f0e2f0c-5a43-4b67-9f0a-4f1d6cf0a6de", "kernelVersion": "6.12.0", "osImage": "Debian GNU/Linux 13 (trixie)",
                "containerRuntimeVersion": "containerd://2.1.4", "kubeletVersion": release.git_version(), "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": "amd64",
            },
            "images": [],
        },
    })
}
