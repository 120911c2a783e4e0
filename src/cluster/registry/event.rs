//! Events.
//!
//! Follows pkg/registry/core/event/strategy.go and printEvent of pkg/printers/internalversion/printers.go.

use crate::api::duration;
use crate::api::object::{Object, at, integer, set_default, text};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{Column, Strategy, column, name, set_null, wide};
use serde_json::{Value, json};

/// `events`.
pub struct Events;

impl Strategy for Events {
    fn resource(&self) -> &'static str {
        "events"
    }

    fn default(&self, object: &mut Object) {
        set_null(object, &["eventTime", "firstTimestamp", "lastTimestamp"]);
        set_default(object, &["source"], json!({}));
        for field in ["reportingComponent", "reportingInstance"] {
            set_default(object, &[field], json!(""));
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let about = text(object, &["involvedObject", "namespace"]);
        let home = crate::api::object::namespace(object);
        // Events about cluster-scoped objects live in `default`.
        if about == home || about.is_empty() && home == "default" {
            return Vec::new();
        }
        let detail = "does not match event.namespace";
        vec![FieldError::invalid("involvedObject.namespace", &json!(about), detail)]
    }

    fn selectable_fields(&self) -> &'static [&'static str] {
        &[
            "metadata.name",
            "metadata.namespace",
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ]
    }

    fn field(&self, object: &Object, field: &str) -> Option<String> {
        Some(match field {
            "source" => source(object).to_owned(),
            other => text(object, &other.split('.').collect::<Vec<_>>()).to_owned(),
        })
    }

    fn unknown_field(&self, field: &str) -> String {
        format!("field label not supported: {field}")
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 10] = [
            column("Last Seen"),
            column("Type"),
            column("Reason"),
            column("Object"),
            wide("Subobject"),
            wide("Source"),
            column("Message"),
            wide("First Seen"),
            wide("Count"),
            Column { name: "Name", type_name: "string", format: "name", priority: 1 },
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        let event = Fields::of(object);
        let first = time(event.first).or_else(|| time(event.time));
        let last = time(at(event.series, &["lastObservedTime"])).or_else(|| time(event.last)).or(first);
        let about = Reference::of(event.about);
        let component = match text(event.source, &["component"]) {
            "" => event.reporter.as_str().unwrap_or_default(),
            component => component,
        };
        let origin = match text(event.source, &["host"]) {
            "" => component.to_owned(),
            host => format!("{component}, {host}"),
        };
        let count = integer(event.series, &["count"]).or_else(|| event.count.as_i64()).unwrap_or(1);
        vec![
            duration::age(now, last).into(),
            event.kind.clone(),
            event.reason.clone(),
            format!("{}/{}", about.kind.to_lowercase(), about.name).into(),
            about.field_path.into(),
            origin.into(),
            event.message.as_str().unwrap_or_default().trim().into(),
            duration::age(now, first).into(),
            count.into(),
            name(object),
        ]
    }
}

/// What a row shows. There may be thousands of rows, and looking for each field by itself takes most of their time.
struct Fields<'a> {
    about: &'a Value,
    count: &'a Value,
    first: &'a Value,
    kind: &'a Value,
    last: &'a Value,
    message: &'a Value,
    reason: &'a Value,
    reporter: &'a Value,
    series: &'a Value,
    source: &'a Value,
    time: &'a Value,
}

impl<'a> Fields<'a> {
    fn of(object: &'a Object) -> Self {
        const NULL: &Value = &Value::Null;
        let mut fields = Fields {
            about: NULL,
            count: NULL,
            first: NULL,
            kind: NULL,
            last: NULL,
            message: NULL,
            reason: NULL,
            reporter: NULL,
            series: NULL,
            source: NULL,
            time: NULL,
        };
        for (field, value) in object.as_object().into_iter().flatten() {
            match field.as_str() {
                "involvedObject" => fields.about = value,
                "count" => fields.count = value,
                "firstTimestamp" => fields.first = value,
                "type" => fields.kind = value,
                "lastTimestamp" => fields.last = value,
                "message" => fields.message = value,
                "reason" => fields.reason = value,
                "reportingComponent" => fields.reporter = value,
                "series" => fields.series = value,
                "source" => fields.source = value,
                "eventTime" => fields.time = value,
                _ => {}
            }
        }
        fields
    }
}

/// Which object an Event is about.
#[derive(Default)]
struct Reference<'a> {
    kind: &'a str,
    name: &'a str,
    field_path: &'a str,
}

impl<'a> Reference<'a> {
    fn of(about: &'a Value) -> Self {
        let mut reference = Reference::default();
        for (field, value) in about.as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            match field.as_str() {
                "kind" => reference.kind = value,
                "name" => reference.name = value,
                "fieldPath" => reference.field_path = value,
                _ => {}
            }
        }
        reference
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(value.as_str()?)
}

fn source(object: &Object) -> &str {
    match text(object, &["source", "component"]) {
        "" => text(object, &["reportingComponent"]),
        component => component,
    }
}
