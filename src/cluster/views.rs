//! What an observer may look at besides objects: every credential with its life, and the files of pods.
//!
//! The Time and Files panes and the lessons read these; nothing in the cluster does.

use crate::api::container::Container;
use crate::api::files::FileTree;
use crate::api::time::Timestamp;
use crate::api::token::Token;
use serde_json::Value;
use std::rc::Rc;

/// Where a token lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// A file in a projected volume of a pod.
    Volume {
        /// The pod's namespace.
        namespace: String,
        /// The pod's name.
        pod: String,
        /// The pod's UID.
        pod_uid: String,
        /// The volume's name in the pod.
        volume: String,
        /// The file's path in the volume.
        path: String,
    },
    /// The `token` key of a `kubernetes.io/service-account-token` Secret.
    Secret {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
    },
    /// Handed to whoever asked for it (`kubectl create token`): the cluster keeps no copy.
    Requested {
        /// The client that asked, from its user agent: `kubectl`, `curl`.
        client: String,
    },
}

/// One token and its times. All instants are of the virtual clock.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenLife {
    /// `system:serviceaccount:NAMESPACE:NAME`.
    pub subject: String,
    /// Where it is.
    pub home: Home,
    /// The token; reading its text signs it. `None` for tokens that only their owner has.
    pub token: Option<Token>,
    /// The claims.
    pub claims: Rc<Value>,
    /// When it was issued (`iat`; for a Secret's token the time of the Secret).
    pub issued: Timestamp,
    /// When the kubelet will replace it; `None` if nobody does.
    pub refresh_due: Option<Timestamp>,
    /// After this its use is noted as stale (`warnafter`).
    pub warn_after: Option<Timestamp>,
    /// `exp`; `None` for a Secret's token.
    pub expires: Option<Timestamp>,
    /// What it is bound to: kind (`pod`, `secret`, `node`), name, UID.
    pub bound: Option<(String, String, String)>,
    /// Why it is no longer good, if it is not: `replaced by a newer one`, `its pod is gone`, …
    pub ended: Option<String>,
}

/// A volume of a pod as it is on the node.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeFiles {
    /// The volume's name in the pod.
    pub name: String,
    /// `projected`, `secret`, `configMap`, `downwardAPI`, `emptyDir`, `hostPath`, …
    pub kind: String,
    /// Where it is on the node: `/var/lib/kubelet/pods/UID/volumes/kubernetes.io~projected/NAME`.
    pub node_path: String,
    /// Its files, from the volume's root.
    pub tree: FileTree,
    /// Why there is nothing in it (yet): the kubelet's own words; empty when it is set up.
    pub absent: String,
}

/// The files of a pod: what its containers see and where that comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodFiles {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub name: String,
    /// The pod's UID.
    pub uid: String,
    /// Its containers, init containers first, running or not.
    pub containers: Vec<Container>,
    /// Its volumes in the order of the pod's spec.
    pub volumes: Vec<VolumeFiles>,
    /// What one might look for and why it is not there: no token volume because automount is off, …
    pub notes: Vec<String>,
}

/// What the claims of a token bind it to: kind, name, UID.
pub fn bound_to(claims: &Value) -> Option<(String, String, String)> {
    ["pod", "secret", "node"].into_iter().find_map(|kind| {
        let bound = claims.get("kubernetes.io")?.get(kind)?;
        let text = |key: &str| bound.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some((kind.to_owned(), text("name"), text("uid")))
    })
}
