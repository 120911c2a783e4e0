//! Waiting in virtual time for a watch to say something.
//!
//! A real kubectl blocks on the watch's connection. Here nobody else runs while a command does, so the clock is moved
//! to the next thing that is due until the watch has an event, or the time is up. A watch that fell too far behind
//! lists again: staging/src/k8s.io/client-go/tools/cache/reflector.go.

use crate::api::client::Client;
use crate::api::kinds;
use crate::api::object::{list, resource_version};
use crate::api::request::{Watch, WatchEvent};
use crate::api::time::Timestamp;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use serde_json::Value;
use std::rc::Rc;
use std::time::Duration;

/// What kubectl waits when it is told to wait for ever.
pub const WEEK: Duration = Duration::from_secs(168 * 60 * 60);
/// How many due things may pass while nothing happens to what is watched.
const STEPS_MAX: usize = 200_000;
/// The clock moves at least this much a step.
const STEP: Duration = Duration::from_millis(1);

/// The next events of a watch on one object; none when `deadline` has come first, or nothing will ever happen.
///
/// # Errors
/// What the server says to a list, where the watch has to begin anew.
pub fn next_events(
    context: &mut Context<'_>,
    watch: &mut Watch,
    deadline: Timestamp,
) -> Result<Vec<WatchEvent>, Failure> {
    let events = await_events(context.host.client(), watch, deadline);
    again_if_too_old(context, watch, events)
}

/// The events that a poll gave, or what a list says in their place if the server no longer knew them: the object is as
/// it is now, or gone.
///
/// # Errors
/// What the server says to the list.
pub fn again_if_too_old(
    context: &mut Context<'_>,
    watch: &mut Watch,
    events: Vec<WatchEvent>,
) -> Result<Vec<WatchEvent>, Failure> {
    let too_old = events.iter().any(|event| event.kind == "ERROR");
    let Some(kind) = kinds::by_resource(&watch.resource).filter(|_| too_old) else { return Ok(events) };
    let listed = context.list(kind, &watch.namespace, &watch.label_selector, &watch.field_selector)?;
    watch.resource_version = resource_version(&listed).parse().unwrap_or(watch.resource_version);
    let event = |kind, object: &Value| WatchEvent { kind, object: Rc::new(object.clone()) };
    Ok(match list(&listed, &["items"]) {
        [] => vec![event("DELETED", &Value::Null)],
        items => items.iter().map(|item| event("MODIFIED", item)).collect(),
    })
}

fn await_events(client: &mut dyn Client, watch: &mut Watch, deadline: Timestamp) -> Vec<WatchEvent> {
    for _ in 0..STEPS_MAX {
        let events = client.poll(watch);
        let now = client.now();
        if !events.is_empty() || now >= deadline {
            return events;
        }
        let target = client.next_due().map_or(deadline, |due| due.min(deadline));
        client.sleep(target.since(now).max(STEP));
    }
    Vec::new()
}

/// A fake client for tests of commands that wait: it answers requests in order and delivers events when they are due.
#[cfg(test)]
pub mod fake {
    use super::*;
    use crate::api::container::{Container, ContainerRef};
    use crate::api::files::FileError;
    use crate::api::request::{Request, Response};
    use crate::api::status::Status;
    use serde_json::Value;
    use std::collections::VecDeque;
    use std::rc::Rc;

    /// See the module.
    #[derive(Default)]
    pub struct FakeClient {
        /// What `send` answers, in order; then 404.
        pub answers: VecDeque<Response>,
        /// What was sent.
        pub sent: Vec<Request>,
        /// Events and when they happen.
        pub events: VecDeque<(Timestamp, WatchEvent)>,
        /// The clock.
        pub now: Timestamp,
    }

    impl FakeClient {
        /// Adds an answer.
        pub fn answer(&mut self, code: u16, value: Value) {
            self.answers.push_back(Response::json(code, Rc::new(value)));
        }

        /// Adds an event.
        pub fn event(&mut self, seconds: i64, kind: &'static str, object: Value) {
            self.events
                .push_back((Timestamp::from_unix_seconds(seconds), WatchEvent { kind, object: Rc::new(object) }));
        }
    }

    impl Client for FakeClient {
        fn send(&mut self, request: Request) -> Response {
            self.sent.push(request);
            self.answers.pop_front().unwrap_or_else(|| Response::status(&Status::no_such_path()))
        }

        fn poll(&mut self, _watch: &mut Watch) -> Vec<WatchEvent> {
            let mut due = Vec::new();
            while self.events.front().is_some_and(|(at, _)| *at <= self.now) {
                due.extend(self.events.pop_front().map(|(_, event)| event));
            }
            due
        }

        fn now(&self) -> Timestamp {
            self.now
        }

        fn sleep(&mut self, duration: Duration) {
            self.now = self.now.after(duration);
        }

        fn next_due(&self) -> Option<Timestamp> {
            self.events.front().map(|(at, _)| *at)
        }

        fn container(&self, _reference: &ContainerRef) -> Option<Container> {
            None
        }

        fn write_container_file(&mut self, _: &ContainerRef, _: &str, _: &[u8]) -> Result<(), FileError> {
            Err(FileError::ReadOnly)
        }

        fn server_authority(&self) -> &str {
            ""
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fake::FakeClient;
    use super::*;
    use serde_json::json;

    #[test]
    fn moves_the_clock_to_the_event_or_to_the_end() {
        let mut client = FakeClient::default();
        client.event(30, "DELETED", json!({}));
        let deadline = Timestamp::from_unix_seconds(60);
        let events = await_events(&mut client, &mut Watch::default(), deadline);
        assert_eq!((events.len(), client.now.unix_seconds()), (1, 30));
        assert!(await_events(&mut client, &mut Watch::default(), deadline).is_empty());
        assert_eq!(client.now, deadline);
    }
}
