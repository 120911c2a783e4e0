//! What an administrator decides before the cluster starts: seed, start, flags and names.

use crate::api::release::{Release, Version};
use crate::api::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The token issuer, and the default audience.
pub const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
/// Where the API server is reached from outside the cluster.
pub const SERVER_URL: &str = "https://kube-apiserver:6443";
/// The API server's own address, as discovery documents name it.
pub const SERVER_ADDRESS: &str = "172.30.1.2:6443";
/// The address of the control plane's machine, where controllers and scheduler run.
pub const CONTROL_PLANE_ADDRESS: &str = "172.30.1.2";
/// The address of the learner's machine, as the API server sees it: one of those kept for documentation.
pub const OUTSIDE_ADDRESS: &str = "203.0.113.7";
/// The node's address.
pub const NODE_ADDRESS: &str = "172.30.2.2";
/// The one node's name.
pub const NODE_NAME: &str = "node01";
/// The cluster IP of the Service `default/kubernetes`.
pub const SERVICE_IP: &str = "10.96.0.1";

/// The flags of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Decides every name, UID and jitter.
    pub seed: u64,
    /// What the clock shows when the cluster is seconds old and the first command is typed.
    pub start: Timestamp,
    /// `--anonymous-auth`.
    pub anonymous_auth: bool,
    /// Flags that may be changed while the cluster runs.
    pub flags: Flags,
    /// The version of Kubernetes that it is, its kubectl too.
    pub kubernetes: Version,
}

impl Settings {
    /// The usual settings, of another version of Kubernetes.
    pub fn of(release: Release) -> Self {
        Settings { kubernetes: release.into(), ..Settings::default() }
    }
}

/// The flags of kube-apiserver that a session can change: it starts again with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// `--service-account-extend-token-expiration`: mounted tokens of 3607 s really live a year.
    pub extend_token_expiration: bool,
    /// `--service-account-max-token-expiration` in seconds; 0 is no cap.
    pub max_token_expiration_seconds: u64,
}

impl Default for Flags {
    fn default() -> Self {
        Flags { extend_token_expiration: true, max_token_expiration_seconds: 0 }
    }
}

impl Flags {
    /// As they are written on the command line, those that differ from `before`.
    pub fn changes(self, before: Flags) -> Vec<String> {
        let mut changed = Vec::new();
        if self.extend_token_expiration != before.extend_token_expiration {
            changed.push(format!("--service-account-extend-token-expiration={}", self.extend_token_expiration));
        }
        if self.max_token_expiration_seconds != before.max_token_expiration_seconds {
            let limit = match self.max_token_expiration_seconds {
                0 => "0".to_owned(),
                seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
                seconds => format!("{seconds}s"),
            };
            changed.push(format!("--service-account-max-token-expiration={limit}"));
        }
        changed
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            seed: 1,
            // 2026-11-23T09:00:00Z: the day of the recordings in tests/conformance, since a day shows in some labels.
            start: Timestamp::from_unix_seconds(1_795_424_400),
            anonymous_auth: true,
            flags: Flags::default(),
            kubernetes: Version::default(),
        }
    }
}
