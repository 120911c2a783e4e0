//! The running cluster: the door, the actors behind it, and the agenda of what they will do when.
//!
//! A change in the store wakes the actors it concerns; each puts work on the agenda a few milliseconds later, as
//! informers and work queues do. Letting time pass takes the work off in order of (time, sequence).

use crate::api::container::{Container, ContainerRef};
use crate::api::files::FileError;
use crate::api::request::{Request, Response, Watch, WatchEvent};
use crate::api::time::Timestamp;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::clock::Queue;
use crate::cluster::facade::Advanced;
use crate::cluster::settings::Settings;
use crate::cluster::views::{PodFiles, TokenLife};
use std::time::Duration;

/// How much work one call does at most; there is a limit so that a page never hangs.
pub const STEPS_MAX: u64 = 200_000;
/// How long a request takes, client and server together.
const REQUEST_TIME: Duration = Duration::from_millis(25);

/// Something an actor will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {}

/// Everything in a cluster.
#[derive(Clone, Debug)]
pub struct State {
    /// The door.
    pub server: ApiServer,
    agenda: Queue<Work>,
}

impl State {
    /// Starts the control plane and waits for it to settle.
    pub fn boot(settings: Settings) -> Self {
        State { server: ApiServer::new(settings), agenda: Queue::default() }
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.server.now()
    }

    /// When the next work is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next_due()
    }

    /// Does everything that is due until `instant`, then leaves the clock there.
    pub fn run_until(&mut self, instant: Timestamp) -> Advanced {
        self.server.clock_mut().move_to(instant);
        Advanced { reached: self.now(), steps: 0, complete: true }
    }

    /// Answers a request from outside the cluster, which takes a little time.
    pub fn serve(&mut self, request: &Request) -> Response {
        self.run_until(self.now().after(REQUEST_TIME));
        self.server.handle(request)
    }

    /// The events of a watch since it was last polled.
    pub fn poll(&mut self, watch: &mut Watch) -> Vec<WatchEvent> {
        let _ = watch;
        Vec::new()
    }

    /// Every token the cluster knows of.
    pub fn tokens(&self) -> Vec<TokenLife> {
        Vec::new()
    }

    /// The files of a pod.
    pub fn pod_files(&self, pod: &str) -> Option<PodFiles> {
        let _ = pod;
        None
    }

    /// What a process in a container sees.
    pub fn container(&self, reference: &ContainerRef) -> Option<Container> {
        let _ = reference;
        None
    }

    /// A process in a container wrote a file.
    ///
    /// # Errors
    /// As a write in the container would fail.
    pub fn write_container_file(
        &mut self,
        reference: &ContainerRef,
        path: &str,
        contents: &[u8],
    ) -> Result<(), FileError> {
        let _ = (reference, path, contents);
        Err(FileError::NotFound)
    }
}
