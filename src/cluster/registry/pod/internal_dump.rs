//! A pod's spec as the API server holds it in memory: what the diff of a refused update shows.
//!
//! The real server compares its internal Go types (pkg/apis/core/types.go) and prints them as JSON: their fields have
//! Go's names and order, nothing is left out, and what is not there is null. Where they differ from v1, the use of the
//! host's namespaces is part of the security context and `serviceAccount` is gone. Left out: the inside of storage that
//! is not simulated, which is printed as it was given.

use crate::api::go_types;
use crate::api::schema::{self, Shape};
use crate::api::wire;
use serde_json::{Map, Value};

/// Deeper than any pod; nothing can lead further down.
const DEPTH_MAX: usize = 32;

/// The dump of a v1 `PodSpec`: lines of JSON, indented by one space, the last one with a newline too.
pub(super) fn dump(spec: &Value) -> String {
    let mut dump = Dump::default();
    dump.structure(&internal(spec), "PodSpec");
    dump.out.push('\n');
    dump.out
}

/// v1 as the internal types have it.
fn internal(spec: &Value) -> Value {
    let mut map = spec.as_object().cloned().unwrap_or_default();
    let mut context = match map.remove("securityContext") {
        Some(Value::Object(context)) => context,
        _ => Map::new(),
    };
    for field in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] {
        if let Some(value) = map.remove(field) {
            context.insert(field.to_owned(), value);
        }
    }
    map.insert("securityContext".to_owned(), Value::Object(context));
    Value::Object(map)
}

#[derive(Default)]
struct Dump {
    out: String,
    depth: usize,
}

impl Dump {
    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.depth));
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        self.line();
        self.out.push(bracket);
    }

    fn key(&mut self, index: usize, name: &str) {
        if index > 0 {
            self.out.push(',');
        }
        self.line();
        wire::string(&mut self.out, name);
        self.out.push_str(": ");
    }

    fn structure(&mut self, value: &Value, type_name: &str) {
        let Some(entries) = go_types::entries(type_name) else { return self.plain(value) };
        self.open('{');
        for (index, entry) in entries.filter(|entry| !entry.is('-')).enumerate() {
            self.key(index, entry.go);
            let field = schema::field(type_name, &entry.json);
            let child = field.filter(|field| field.is_object()).map(|field| field.type_name.as_str());
            match value.get(&entry.json).filter(|value| !is_empty(value)) {
                Some(value) if field.is_some_and(|field| field.shape == Shape::Single) => match child {
                    Some(child) => self.structure(value, child),
                    None => self.plain(value),
                },
                Some(Value::Array(items)) => self.list(items, child),
                Some(value) => self.plain(value),
                None => self.absent(field, &entry, child),
            }
        }
        self.close('}');
    }

    fn absent(&mut self, field: Option<&schema::Field>, entry: &go_types::Entry<'_>, child: Option<&str>) {
        let single = field.filter(|field| field.shape == Shape::Single).map(|field| field.type_name.as_str());
        match single {
            _ if entry.is('!') => self.structure(&Value::Null, child.unwrap_or_default()),
            _ if entry.is('?') => self.out.push_str("false"),
            _ if entry.is('*') => self.out.push_str("null"),
            Some("string") => self.out.push_str("\"\""),
            Some("bool") => self.out.push_str("false"),
            Some("quantity") => self.out.push_str("\"0\""),
            Some(kind) if kind.starts_with("int") => self.out.push('0'),
            _ => self.out.push_str("null"),
        }
    }

    fn list(&mut self, items: &[Value], child: Option<&str>) {
        self.open('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.line();
            match child {
                Some(child) => self.structure(item, child),
                None => self.plain(item),
            }
        }
        self.close(']');
    }

    /// A value without a type of the table: as it is, keys in byte order.
    fn plain(&mut self, value: &Value) {
        match value {
            Value::Object(map) if !map.is_empty() && self.depth < DEPTH_MAX => {
                self.open('{');
                for (index, (key, value)) in map.iter().enumerate() {
                    self.key(index, key);
                    self.plain(value);
                }
                self.close('}');
            }
            Value::Array(items) if !items.is_empty() && self.depth < DEPTH_MAX => self.list(items, None),
            Value::String(text) => wire::string(&mut self.out, text),
            other => self.out.push_str(&other.to_string()),
        }
    }
}

/// Whether a list or mapping of Go would be nil after it was stored. An object may be an empty struct: it counts.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shows_every_field_of_what_is_there() {
        let text = dump(
            &json!({"hostPID": true, "nodeSelector": {"b": "<1>", "a": "2"}, "imagePullSecrets": [{"name": "s"}]}),
        );
        let has = |part: &str| assert!(text.contains(part), "{part}\n{text}");
        has("{\n \"Volumes\": null,\n \"InitContainers\": null,\n \"Containers\": null,\n");
        has("\n \"NodeSelector\": {\n  \"a\": \"2\",\n  \"b\": \"\\u003c1\\u003e\"\n },\n");
        has(
            "\n \"SecurityContext\": {\n  \"HostNetwork\": false,\n  \"HostPID\": true,\n  \"HostIPC\": false,\n  \"ShareProcessNamespace\": null,\n",
        );
        has("\n \"ImagePullSecrets\": [\n  {\n   \"Name\": \"s\"\n  }\n ],\n");
    }
}
