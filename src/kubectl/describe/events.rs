//! The events at the end of a page.

use crate::api::kinds;
use crate::api::object::{self, Object, at, integer, list, text};
use crate::api::sorted;
use crate::kubectl::context::Context;
use crate::kubectl::describe::page::Page;
use serde_json::Value;

/// Writes the events about an object; nothing where they can't be read.
pub fn describe(context: &mut Context, page: &mut Page, about: &Object) {
    let Some(kind) = kinds::by_plural("", "events") else { return };
    let mut selector = format!("involvedObject.name={}", object::name(about));
    for (field, value) in
        [("namespace", object::namespace(about)), ("kind", object::kind(about)), ("uid", object::uid(about))]
    {
        if !value.is_empty() {
            selector.push_str(&format!(",involvedObject.{field}={value}"));
        }
    }
    let namespace = object::namespace(about).to_owned();
    let Ok(events) = context.list(kind, &namespace, "", &selector) else { return };
    let mut events: Vec<&Value> = list(&events, &["items"]).iter().collect();
    if events.is_empty() {
        page.line(0, "Events:\t<none>");
        return;
    }
    sorted::sort_by_key(&mut events, |event| text(event, &["lastTimestamp"]).to_owned());
    page.line(0, "Events:");
    page.line(1, "Type\tReason\tAge\tFrom\tMessage");
    page.line(1, "----\t------\t----\t----\t-------");
    for event in events {
        let line = row(page, event);
        page.line(1, &line);
    }
}

fn row(page: &Page, event: &Value) -> String {
    let first = if text(event, &["eventTime"]).is_empty() { "firstTimestamp" } else { "eventTime" };
    let first = page.age(event, &[first]);
    let series = at(event, &["series"]);
    let count = integer(event, &["count"]).unwrap_or(0);
    let age = if series.is_object() {
        let last = page.age(series, &["lastObservedTime"]);
        format!("{last} (x{} over {first})", integer(series, &["count"]).unwrap_or(0))
    } else if count > 1 {
        format!("{} (x{count} over {first})", page.age(event, &["lastTimestamp"]))
    } else {
        first
    };
    let source = match text(event, &["source", "component"]) {
        "" => text(event, &["reportingComponent"]),
        component => component,
    };
    let message = text(event, &["message"]).trim();
    let message = match text(event, &["involvedObject", "fieldPath"]) {
        "" => message.to_owned(),
        path => format!("{path}: {message}"),
    };
    format!("{}\t{}\t{age}\t{source}\t{message}", text(event, &["type"]), text(event, &["reason"]))
}
