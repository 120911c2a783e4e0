//! A running container as a process in it sees it: environment, user, files.

use crate::api::files::FileTree;

/// Names a container of a running pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContainerRef {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's UID: a pod of the same name made later is another one.
    pub pod_uid: String,
    /// The container's name.
    pub container: String,
}

/// What the kubelet gave a container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Which one it is.
    pub reference: ContainerRef,
    /// The image as the pod names it (`busybox`, `ubuntu:24.04`): decides which programs there are.
    pub image: String,
    /// The environment, in the order the kubelet sets it.
    pub environment: Vec<(String, String)>,
    /// The user id that processes run as.
    pub user: u32,
    /// The groups that processes are in, their own first.
    pub groups: Vec<u32>,
    /// The files, mounts laid over the image's own.
    pub files: FileTree,
    /// The mounts of volumes, for `mount` and for read-only checks.
    pub mounts: Vec<Mount>,
}

/// One volume mounted in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// The volume's name in the pod.
    pub volume: String,
    /// Where it is mounted.
    pub path: String,
    /// Whether writes fail with `Read-only file system`.
    pub read_only: bool,
    /// The file system as `mount` prints it: `tmpfs` for projected volumes and Secrets.
    pub file_system: String,
}
