//! The thread that holds the cluster: work reaches it one piece after another, and time as it passes outside.

use crate::streams::Streams;
use crate::terminal::Terminal;
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::Cluster;
use serviceaccount_lab::cluster::settings::Settings;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The longest time between two looks at the clock.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// The shortest: work that is due every instant does not keep the thread from what is asked.
const PAUSE_MIN: Duration = Duration::from_millis(1);

type Job = Box<dyn FnOnce(&mut World) + Send>;

/// A handle on the thread that holds the cluster. It ends when the last handle is gone.
#[derive(Clone)]
pub struct Core {
    jobs: Sender<Job>,
}

/// What that thread holds.
pub struct World {
    /// The cluster.
    pub cluster: Cluster,
    /// The answers that go on: watches, followed logs.
    pub streams: Streams,
    /// The shells that somebody types into.
    pub terminals: BTreeMap<u64, Terminal>,
    start: Timestamp,
    began: Instant,
}

impl Core {
    /// Boots a cluster on a thread of its own; from now on its clock runs with the wall clock.
    ///
    /// # Errors
    /// No thread to be had.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        std::thread::Builder::new().name("cluster".to_owned()).spawn(move || run(settings, &queue))?;
        Ok(Core { jobs })
    }

    /// Lets the thread do something with the cluster; `None` if it is gone.
    pub async fn ask<T: Send + 'static>(&self, what: impl FnOnce(&mut World) -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let job = move |world: &mut World| {
            // Who asked may have hung up.
            let _ = reply.send(what(world));
        };
        self.jobs.send(Box::new(job)).ok()?;
        answer.await.ok()
    }
}

fn run(settings: Settings, queue: &Receiver<Job>) {
    let cluster = Cluster::new(settings);
    let start = cluster.now();
    let mut world =
        World { cluster, streams: Streams::default(), terminals: BTreeMap::new(), start, began: Instant::now() };
    loop {
        match queue.recv_timeout(world.pause()) {
            Ok(job) => {
                world.catch_up();
                job(&mut world);
            }
            Err(RecvTimeoutError::Timeout) => world.catch_up(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
        world.streams.pump(&mut world.cluster);
    }
}

impl World {
    /// What the cluster's clock would show if it had only run with the wall clock.
    fn wall(&self) -> Timestamp {
        self.start.after(self.began.elapsed())
    }

    /// Lets the time pass that has passed outside. Two pieces of work never see the same instant.
    fn catch_up(&mut self) {
        let until = self.wall().max(self.cluster.now().after(PAUSE_MIN));
        while !self.cluster.run_until(until).complete {}
    }

    /// Lets time pass that has not passed outside.
    pub fn skip(&mut self, duration: Duration) {
        self.start = self.start.after(duration);
        self.catch_up();
    }

    /// How far the cluster's clock has run ahead: a command that slept has moved it.
    pub fn ahead(&self) -> Duration {
        let (now, wall) = (self.cluster.now(), self.wall());
        if now > wall { now.since(wall) } else { Duration::ZERO }
    }

    fn pause(&self) -> Duration {
        let due = self.cluster.next_due().map_or(PAUSE_MAX, |due| due.since(self.wall()));
        due.clamp(PAUSE_MIN, PAUSE_MAX)
    }
}
