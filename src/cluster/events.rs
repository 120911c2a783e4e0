//! Events as controllers, scheduler and kubelet record them: one object for the same thing again, counted.
//!
//! Follows staging/src/k8s.io/client-go/tools/record/{event,events_cache}.go.
//! Left out: the events.k8s.io series of the scheduler (it writes each event once).

use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// More different messages than this for one object and reason are combined into one event.
const SIMILAR_MAX: usize = 10;
/// How many events a source may write about one object at once; then one in five minutes.
const BURST: f64 = 25.0;
const REFILL_SECONDS: u64 = 300;
/// How long a similar event is remembered for combining.
const SIMILAR_INTERVAL: Duration = Duration::from_secs(600);
/// How many different events are remembered for counting.
const REMEMBERED_MAX: usize = 4096;
/// `--event-ttl`: how long after it was last written an Event is kept.
pub const LIFETIME: Duration = Duration::from_secs(3600);

/// Who reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// `kubelet`, `deployment-controller`, `default-scheduler`.
    pub component: &'static str,
    /// The node, for the kubelet; empty otherwise.
    pub host: &'static str,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// `Normal` or `Warning`.
    pub kind: &'a str,
    /// `Scheduled`, `FailedMount`, …
    pub reason: &'a str,
    /// The sentence.
    pub message: &'a str,
    /// `spec.containers{NAME}` for events about a container; empty otherwise.
    pub field_path: &'a str,
}

/// Something that happened again and again.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// How often.
    pub times: u64,
    /// How far apart.
    pub each: Duration,
}

/// What is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A new Event.
    New(Object),
    /// The same again: namespace and name of the Event, and the patch.
    Again(String, String, Value),
    /// Too many about this object: nothing.
    Dropped,
}

/// The memory of one or more recorders.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    // Shared, as a snapshot copies the lists and little changes in them.
    seen: BTreeMap<Rc<str>, Rc<Seen>>,
    similar: BTreeMap<Rc<str>, Rc<Similar>>,
    budget: BTreeMap<Rc<str>, Budget>,
    /// Events that would have been written until then, had anybody been able to see it.
    kept: Vec<(String, Timestamp)>,
    last_nanos: i64,
}

/// The messages of what is alike.
#[derive(Clone, Debug)]
struct Similar {
    last: Timestamp,
    messages: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Seen {
    name: String,
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

/// What may still be written about something.
#[derive(Clone, Copy, Debug)]
struct Budget {
    left: f64,
    last: Timestamp,
    /// Whether the last report was too much.
    dropped: bool,
}

impl Recorder {
    /// Decides what to send for `report` about `subject`, which happened `times` times up to `now`.
    pub fn record(
        &mut self,
        source: Source,
        subject: &Object,
        report: Report<'_>,
        times: u64,
        now: Timestamp,
    ) -> Record {
        let about = about(source, subject, report.field_path);
        if !self.affordable(&about, now) {
            return Record::Dropped;
        }
        let aggregate = format!("{about}/{}/{}", report.kind, report.reason);
        let (exact, message) = self.combine(aggregate, report.message, now);
        let namespace = match object::namespace(subject) {
            "" => "default",
            other => other,
        };
        if let Some(seen) = self.seen.get_mut(&*exact).map(Rc::make_mut) {
            (seen.count, seen.last) = (seen.count + times, now);
            let patch = json!({"count": seen.count, "lastTimestamp": now.rfc3339(), "message": message});
            return Record::Again(namespace.to_owned(), seen.name.clone(), patch);
        }
        // Names sort by time: two of the same instant keep their order.
        let nanos = now.unix_micros().saturating_mul(1000).max(self.last_nanos.saturating_add(1));
        self.last_nanos = nanos;
        let name = format!("{}.{nanos:x}", object::name(subject));
        if self.seen.len() >= REMEMBERED_MAX {
            self.seen.clear();
        }
        let seen = Seen { name, count: times, first: now, last: now };
        let event = compose(source, subject, report, &message, &seen);
        self.seen.insert(exact.into(), Rc::new(seen));
        Record::New(event)
    }

    /// An Event that was to be written again, but that the server does not have any more (an hour has passed): the same
    /// once more, counted on.
    #[inline(never)]
    pub fn recreated(
        &self,
        source: Source,
        subject: &Object,
        report: Report<'_>,
        name: &str,
        patch: &Value,
    ) -> Option<Object> {
        let seen = self.seen.values().find(|seen| seen.name == name)?;
        Some(compose(source, subject, report, object::text(patch, &["message"]), seen))
    }

    /// That Event was written so many times more, which nobody saw.
    pub fn count_up(&mut self, name: &str, times: u64) {
        let named = self.seen.values_mut().filter(|seen| seen.name == name);
        named.for_each(|seen| Rc::make_mut(seen).count += times);
    }

    /// Whether what is reported about `subject` so far apart has come to be always the same: either there is always room, or the
    /// first flood is over, of which more is written than later.
    pub fn is_steady(&self, source: Source, subject: &Object, field_path: &str, each: Duration) -> bool {
        let budget = self.budget.get(&*about(source, subject, field_path));
        each > SIMILAR_INTERVAL || budget.is_some_and(|budget| budget.dropped)
    }

    /// What happened about `subject` goes on happening so many times, and nobody sees it: its Events are counted up,
    /// as often as they may be written, and kept.
    #[inline(never)] // It is not in the half of the program that a first visit takes (tools/halves).
    pub fn leave_out(&mut self, source: Source, subject: &Object, field_path: &str, left_out: Times, now: Timestamp) {
        let Times { times, each } = left_out;
        if times == 0 {
            return;
        }
        let about = about(source, subject, field_path);
        let prefix = format!("{about}/");
        let micros = u64::try_from(each.as_micros()).unwrap_or(u64::MAX).saturating_mul(times);
        let by = Duration::from_micros(micros);
        let range = (std::ops::Bound::Included(&*prefix), std::ops::Bound::Unbounded);
        let seen = self.seen.range_mut::<str, _>(range).take_while(|(key, _)| key.starts_with(&prefix));
        let mut seen: Vec<&mut Rc<Seen>> = seen.map(|(_, seen)| seen).collect();
        let newest = seen.iter().map(|seen| (seen.last, seen.count)).max();
        // Where there is room for all of them, all go on; else that which has come to be the one.
        let all = each > SIMILAR_INTERVAL;
        seen.retain(|seen| if all { now.since(seen.last) < each } else { Some((seen.last, seen.count)) == newest });
        for seen in seen.into_iter().map(Rc::make_mut) {
            seen.count += times.min(by.as_secs() / REFILL_SECONDS);
            seen.last = seen.last.after(by);
            if each < LIFETIME {
                self.kept.retain(|(name, _)| *name != seen.name);
                self.kept.push((seen.name.clone(), seen.last));
            }
        }
        if let Some(budget) = self.budget.get_mut(&*about) {
            budget.last = budget.last.after(by);
            // The one that happens next is written, so that the Event says when it last happened.
            if each.as_secs() < REFILL_SECONDS {
                budget.left = budget.left.max(1.0);
            }
        }
        let similar = self.similar.range_mut::<str, _>(range).take_while(|(key, _)| key.starts_with(&prefix));
        for similar in similar.map(|(_, similar)| Rc::make_mut(similar)) {
            similar.last = similar.last.after(by);
        }
    }

    /// Until when an Event is kept that would have been written on and on; `None` if that is over, or was not so.
    pub fn kept_until(&mut self, name: &str, now: Timestamp) -> Option<Timestamp> {
        let index = self.kept.iter().position(|(kept, _)| kept == name)?;
        let until = self.kept.swap_remove(index).1.after(LIFETIME);
        (until > now).then_some(until)
    }

    fn combine(&mut self, aggregate: String, message: &str, now: Timestamp) -> (String, String) {
        if self.similar.len() >= REMEMBERED_MAX {
            self.similar.clear();
        }
        let new = || Rc::new(Similar { last: now, messages: BTreeSet::new() });
        let similar = Rc::make_mut(self.similar.entry(Rc::from(&*aggregate)).or_insert_with(new));
        if now.since(similar.last) > SIMILAR_INTERVAL {
            similar.messages.clear();
        }
        similar.last = now;
        similar.messages.insert(message.to_owned());
        if similar.messages.len() < SIMILAR_MAX {
            return (format!("{aggregate}/{message}"), message.to_owned());
        }
        similar.messages.pop_first();
        (aggregate, format!("(combined from similar events): {message}"))
    }

    fn affordable(&mut self, about: &str, now: Timestamp) -> bool {
        if self.budget.len() >= REMEMBERED_MAX {
            self.budget.clear();
        }
        let budget = self.budget.entry(about.into()).or_insert(Budget { left: BURST, last: now, dropped: false });
        let refill = now.since(budget.last).as_secs_f64() / REFILL_SECONDS as f64;
        budget.left = (budget.left + refill).min(BURST);
        budget.last = now;
        budget.dropped = budget.left < 1.0;
        if !budget.dropped {
            budget.left -= 1.0;
        }
        !budget.dropped
    }
}

fn compose(source: Source, subject: &Object, report: Report<'_>, message: &str, seen: &Seen) -> Object {
    let namespace = match object::namespace(subject) {
        "" => "default",
        other => other,
    };
    let mut event = json!({
        "kind": "Event", "apiVersion": "v1",
        "metadata": {"name": seen.name, "namespace": namespace},
        "involvedObject": reference(subject, report.field_path),
        "reason": report.reason, "message": message, "type": report.kind,
        "source": {"component": source.component},
        "firstTimestamp": seen.first.rfc3339(), "lastTimestamp": seen.last.rfc3339(), "count": seen.count, "eventTime": null,
        "reportingComponent": source.component, "reportingInstance": source.host,
    });
    if !source.host.is_empty() {
        object::set(&mut event, &["source", "host"], json!(source.host));
    }
    event
}

/// What similar Events have in common, and share what may be written.
fn about(source: Source, subject: &Object, field_path: &str) -> String {
    format!("{}/{}/{}/{field_path}", source.component, object::kind(subject), object::uid(subject))
}

/// The scheduler's way of writing an event (events.k8s.io): `eventTime` and `action`, no count.
pub fn scheduled(subject: &Object, report: Report<'_>, action: &str, now: Timestamp) -> Object {
    let nanos = now.unix_micros().saturating_mul(1000);
    let name = format!("{}.{nanos:x}", object::name(subject));
    json!({
        "kind": "Event", "apiVersion": "v1",
        "metadata": {"name": name, "namespace": object::namespace(subject)},
        "involvedObject": reference(subject, ""),
        "reason": report.reason, "message": report.message, "type": report.kind, "source": {},
        "firstTimestamp": null, "lastTimestamp": null, "eventTime": now.rfc3339_micros(), "action": action,
        "reportingComponent": "default-scheduler", "reportingInstance": "default-scheduler-controlplane",
    })
}

fn reference(subject: &Object, field_path: &str) -> Value {
    let mut reference = json!({
        "kind": object::kind(subject), "apiVersion": object::api_version(subject),
        "name": object::name(subject), "uid": object::uid(subject),
        "resourceVersion": object::resource_version(subject),
    });
    if !object::namespace(subject).is_empty() {
        object::set(&mut reference, &["namespace"], json!(object::namespace(subject)));
    }
    if !field_path.is_empty() {
        object::set(&mut reference, &["fieldPath"], json!(field_path));
    }
    reference
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const SOURCE: Source = Source { component: "kubelet", host: "node01" };

    fn report(message: &str) -> Report<'_> {
        Report { kind: "Warning", reason: "FailedMount", message, field_path: "" }
    }

    #[test]
    fn counts_what_happens_again_and_combines_what_is_similar() {
        let pod = json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p", "namespace": "x", "uid": "u"}});
        let mut recorder = Recorder::default();
        let now = Timestamp::from_unix_seconds(1000);
        let Record::New(event) = recorder.record(SOURCE, &pod, report("m0"), 1, now) else { panic!("not new") };
        assert_eq!(event["source"]["host"], "node01");
        let Record::Again(namespace, name, patch) = recorder.record(SOURCE, &pod, report("m0"), 2, now) else {
            panic!("not counted")
        };
        assert_eq!((namespace.as_str(), name.as_str()), ("x", event["metadata"]["name"].as_str().unwrap()));
        assert_eq!(patch["count"], 3);
        for index in 1..9 {
            assert!(matches!(recorder.record(SOURCE, &pod, report(&format!("m{index}")), 1, now), Record::New(_)));
        }
        let Record::New(combined) = recorder.record(SOURCE, &pod, report("m9"), 1, now) else { panic!("not new") };
        assert_eq!(combined["message"], "(combined from similar events): m9");
        assert!(matches!(recorder.record(SOURCE, &pod, report("m10"), 1, now), Record::Again(..)));
        let flood: Vec<Record> = (0..30).map(|_| recorder.record(SOURCE, &pod, report("m0"), 1, now)).collect();
        assert_eq!(flood.last(), Some(&Record::Dropped), "a flood is cut off");
    }
}
