//! Answers that go on: a watch sends its events as they happen, a followed log its new lines.

use hyper::body::Bytes;
use serviceaccount_lab::api::client::Client;
use serviceaccount_lab::api::object::text;
use serviceaccount_lab::api::request::{Body, Request, Watch, WatchEvent};
use serviceaccount_lab::cluster::Cluster;
use serviceaccount_lab::shell::programs::curl::event_line;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many pieces a client may be behind before its answer ends; it then asks again.
const BACKLOG: usize = 4096;
/// How long a watch lasts whose client names no time (`--min-request-timeout`).
const WATCH_TIME: Duration = Duration::from_secs(1800);

/// Every answer that goes on.
#[derive(Default)]
pub struct Streams {
    open: Vec<Stream>,
}

struct Stream {
    watch: Watch,
    log: Option<Log>,
    sender: Sender<Bytes>,
    until: Option<Instant>,
}

/// A log that is followed: what is asked again whenever its pod changes, and how much of it has been sent.
struct Log {
    request: Request,
    sent: usize,
}

impl Streams {
    /// Opens a watch and returns its events, line by line.
    pub fn watch(&mut self, watch: Watch, timeout: Option<Duration>) -> Receiver<Bytes> {
        self.open(watch, None, Some(Instant::now() + timeout.unwrap_or(WATCH_TIME)))
    }

    /// Sends `shown`, then what is added to the log that `request` reads and that is `sent` bytes long now.
    pub fn follow(&mut self, request: Request, shown: String, sent: usize, pod: Watch) -> Receiver<Bytes> {
        let receiver = self.open(pod, Some(Log { request, sent }), None);
        if let Some(stream) = self.open.last().filter(|_| !shown.is_empty()) {
            // The queue is empty: there is room.
            let _ = stream.sender.try_send(Bytes::from(shown));
        }
        receiver
    }

    fn open(&mut self, watch: Watch, log: Option<Log>, until: Option<Instant>) -> Receiver<Bytes> {
        let (sender, receiver) = channel(BACKLOG);
        self.open.push(Stream { watch, log, sender, until });
        receiver
    }

    /// Sends what has happened since, and closes what is over.
    pub fn pump(&mut self, cluster: &mut Cluster) {
        self.open.retain_mut(|stream| stream.pump(cluster));
    }
}

impl Stream {
    /// Whether it goes on.
    fn pump(&mut self, cluster: &mut Cluster) -> bool {
        if self.sender.is_closed() {
            return false;
        }
        let events = cluster.poll(&mut self.watch);
        let goes_on = match &mut self.log {
            Some(log) => log.pump(cluster, &events, &self.sender),
            None => events
                .iter()
                .all(|event| self.sender.try_send(Bytes::from(event_line(event))).is_ok() && event.kind != "ERROR"),
        };
        goes_on && self.until.is_none_or(|until| Instant::now() < until)
    }
}

impl Log {
    fn pump(&mut self, cluster: &mut Cluster, events: &[WatchEvent], sender: &Sender<Bytes>) -> bool {
        let Some(last) = events.last() else { return true };
        if last.kind == "DELETED" || last.kind == "ERROR" {
            return false;
        }
        if let Body::Text(log) = cluster.answer(&self.request).body {
            let rest = log.get(self.sent..).unwrap_or_default().to_owned();
            self.sent = log.len();
            if !rest.is_empty() && sender.try_send(Bytes::from(rest)).is_err() {
                return false;
            }
        }
        !is_over(&last.object)
    }
}

/// Whether nothing more is written to the logs of this pod.
pub fn is_over(pod: &serviceaccount_lab::api::Object) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}
