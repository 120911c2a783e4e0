//! [`Cluster`]: the control plane, its node and its clock as one value that can be copied, asked and left to run.

use crate::api::client::Client;
use crate::api::container::{Container, ContainerRef};
use crate::api::files::FileError;
use crate::api::request::{Request, Response, Watch, WatchEvent};
use crate::api::time::Timestamp;
use crate::cluster::agenda::{STEPS_MAX, State};
use crate::cluster::keys;
use crate::cluster::reader::Reader;
use crate::cluster::settings::{Flags, Settings};
use crate::cluster::trace::Trace;
use crate::cluster::views::{PodFiles, TokenLife};
use std::rc::Rc;
use std::time::Duration;

/// A stretch of time that is longer leaves out what nobody can see until its end (refreshes, calls). In a shorter one it takes
/// thousands of pods being made to stop on the way, and that need not be done twice.
const LONG: Duration = Duration::from_secs(300);

/// A cluster. Copying it shares everything until one of the copies changes.
#[derive(Clone, Debug)]
pub struct Cluster {
    state: Rc<State>,
}

/// How far an advance came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advanced {
    /// What the clock shows now.
    pub reached: Timestamp,
    /// How many pieces of work were done on the way.
    pub steps: u64,
    /// False if there was more to do than one call does ([`crate::cluster::agenda::STEPS_MAX`]): ask again to go on.
    pub complete: bool,
}

impl Cluster {
    /// Boots a cluster, lets it settle, and leaves its clock at `settings.start` with everything seconds old.
    pub fn new(settings: Settings) -> Self {
        Cluster { state: Rc::new(State::boot(settings)) }
    }

    /// Lets time pass; everything that falls due happens in order.
    pub fn advance(&mut self, duration: Duration) -> Advanced {
        let until = self.state.now().after(duration);
        self.run_until(until)
    }

    /// Lets time pass until `instant` (never back); everything that falls due happens in order. A long stretch that has
    /// more in it than one call does costs up to twice that.
    pub fn run_until(&mut self, instant: Timestamp) -> Advanced {
        self.run_within(instant, STEPS_MAX)
    }

    fn run_within(&mut self, instant: Timestamp, steps_max: u64) -> Advanced {
        let before = (instant.since(self.now()) > LONG).then(|| Rc::clone(&self.state));
        let done = Rc::make_mut(&mut self.state).run_until(instant, steps_max);
        if let Some(before) = before.filter(|_| !done.complete) {
            // What was left out until `instant` had not happened yet where it stopped: once more, only to there.
            self.state = before;
            let state = Rc::make_mut(&mut self.state);
            state.run_within(done.reached, u64::MAX);
            state.note_stop(done.steps);
        }
        done
    }

    /// The API server starts again with other flags.
    pub fn restart(&mut self, flags: Flags) {
        Rc::make_mut(&mut self.state).restart(flags);
    }

    /// Answers a request without letting time pass for it: for who has a clock of its own and lets it pass by
    /// [`Cluster::run_until`].
    pub fn answer(&mut self, request: &Request) -> Response {
        Rc::make_mut(&mut self.state).answer(request)
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.state.now()
    }

    /// When the next thing happens by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state.next_due()
    }

    /// What happened, in order.
    pub fn trace(&self) -> &Trace {
        self.state.server.trace()
    }

    /// What is stored, for looking only.
    pub fn reader(&self) -> &dyn Reader {
        self.state.server.reader()
    }

    /// About how many bytes this cluster takes that a copy with another state does not share.
    pub fn size(&self) -> usize {
        self.state.server.store().size() + self.trace().size()
    }

    /// The flags it was started with.
    pub fn settings(&self) -> &Settings {
        self.state.server.settings()
    }

    /// Every token the cluster knows of with its life: mounted ones, those in Secrets, those asked for.
    /// Ended ones stay in the list for a while, oldest first.
    pub fn tokens(&self) -> Vec<TokenLife> {
        self.state.tokens()
    }

    /// The files of a pod, named by its UID or by `NAMESPACE/NAME`; `None` if the node does not run it.
    pub fn pod_files(&self, pod: &str) -> Option<PodFiles> {
        self.state.pod_files(pod)
    }
}

impl Client for Cluster {
    fn send(&mut self, request: Request) -> Response {
        Rc::make_mut(&mut self.state).serve(&request)
    }

    fn poll(&mut self, watch: &mut Watch) -> Vec<WatchEvent> {
        Rc::make_mut(&mut self.state).poll(watch)
    }

    fn now(&self) -> Timestamp {
        self.state.now()
    }

    fn sleep(&mut self, duration: Duration) {
        self.advance(duration);
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.state.next_due()
    }

    fn container(&self, reference: &ContainerRef) -> Option<Container> {
        self.state.container(reference)
    }

    fn write_container_file(&mut self, reference: &ContainerRef, path: &str, contents: &[u8]) -> Result<(), FileError> {
        Rc::make_mut(&mut self.state).write_container_file(reference, path, contents)
    }

    fn server_authority(&self) -> &str {
        keys::CERTIFICATE_AUTHORITY
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
