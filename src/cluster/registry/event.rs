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
        let seen = |field: &str| Timestamp::parse_rfc3339(text(object, &[field]));
        let first = seen("firstTimestamp").or_else(|| seen("eventTime"));
        let series = Timestamp::parse_rfc3339(text(object, &["series", "lastObservedTime"]));
        let last = series.or_else(|| seen("lastTimestamp")).or(first);
        let object_name = format!(
            "{}/{}",
            text(object, &["involvedObject", "kind"]).to_lowercase(),
            text(object, &["involvedObject", "name"])
        );
        let host = text(object, &["source", "host"]);
        let origin = match (source(object), host) {
            (component, "") => component.to_owned(),
            (component, host) => format!("{component}, {host}"),
        };
        let count = integer(object, &["series", "count"]).or_else(|| integer(object, &["count"])).unwrap_or(1);
        vec![
            json!(duration::age(now, last)),
            at(object, &["type"]).clone(),
            at(object, &["reason"]).clone(),
            json!(object_name),
            json!(text(object, &["involvedObject", "fieldPath"])),
            json!(origin),
            json!(text(object, &["message"]).trim()),
            json!(duration::age(now, first)),
            json!(count),
            name(object),
        ]
    }
}

fn source(object: &Object) -> &str {
    match text(object, &["source", "component"]) {
        "" => text(object, &["reportingComponent"]),
        component => component,
    }
}
