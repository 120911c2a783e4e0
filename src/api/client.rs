//! What a client of the cluster can do: send requests through the door, wait, and talk to a running container.
//!
//! `kubectl` and the shell know the cluster only as this.

use crate::api::container::{Container, ContainerRef};
use crate::api::files::FileError;
use crate::api::request::{Request, Response, Watch, WatchEvent};
use crate::api::time::Timestamp;
use std::time::Duration;

/// A connection to the cluster, from anywhere: a learner's machine, a pod, a controller.
pub trait Client {
    /// Sends a request through the API server's door and returns its answer. A little virtual time passes.
    fn send(&mut self, request: Request) -> Response;

    /// The events of a watch since it was last polled. No time passes.
    fn poll(&mut self, watch: &mut Watch) -> Vec<WatchEvent>;

    /// What the virtual clock says.
    fn now(&self) -> Timestamp;

    /// Lets virtual time pass; everything that falls due happens.
    fn sleep(&mut self, duration: Duration);

    /// When the next thing happens by itself, if anything will.
    fn next_due(&self) -> Option<Timestamp>;

    /// What a process in that container sees now; `None` once it no longer runs.
    fn container(&self, reference: &ContainerRef) -> Option<Container>;

    /// Replaces a file in that container (a process in it wrote it).
    ///
    /// # Errors
    /// As a write in the container would fail: read-only mounts, missing folders, a container that is gone.
    fn write_container_file(&mut self, reference: &ContainerRef, path: &str, contents: &[u8]) -> Result<(), FileError>;

    /// The PEM certificate of the authority that signed the API server's serving certificate.
    fn server_authority(&self) -> &str;
}
