//! The door: everything that happens to the cluster is a request through [`ApiServer::handle`].
//!
//! Alone in the project it writes to the [`crate::cluster::store`].

use crate::api::request::{Request, Response};
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::cluster::authn::Authenticator;
use crate::cluster::clock::Clock;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::settings::Settings;
use crate::cluster::store::Store;
use crate::cluster::trace::Trace;
use std::rc::Rc;

/// The API server with all it holds: the store, the clock it reads, the trace it writes.
#[derive(Clone, Debug)]
pub struct ApiServer {
    store: Store,
    clock: Clock,
    random: Random,
    trace: Trace,
    settings: Rc<Settings>,
    authenticator: Authenticator,
    requests: u64,
}

impl ApiServer {
    /// A server over an empty store, with the bootstrap policy.
    pub fn new(settings: Settings) -> Self {
        ApiServer {
            store: Store::default(),
            clock: Clock::new(settings.start),
            random: Random::stream(settings.seed, "apiserver"),
            trace: Trace::default(),
            settings: Rc::new(settings),
            authenticator: Authenticator::default(),
            requests: 0,
        }
    }

    /// Answers one request: authentication, authorization, admission, storage.
    pub fn handle(&mut self, request: &Request) -> Response {
        self.requests += 1;
        let _ = (&mut self.random, &mut self.authenticator, request);
        Response::status(&Status::no_such_path())
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock, for whoever lets time pass (the cluster).
    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// What is stored, for reading.
    pub fn reader(&self) -> &dyn Reader {
        &self.store
    }

    /// The store, for watchers.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The trace, for actors that are not requests (scheduler, kubelet, controllers).
    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// The cluster's flags.
    pub fn settings(&self) -> &Rc<Settings> {
        &self.settings
    }
}
