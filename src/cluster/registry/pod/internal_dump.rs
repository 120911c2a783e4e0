//! A pod's spec as the API server holds it in memory: what the diff of a refused update shows.
//!
//! The real server compares its internal Go types (pkg/apis/core/types.go) and prints them as JSON: their fields have
//! Go's names and order, nothing is left out, and what is not there is null. Where they differ from v1, the use of the
//! host's namespaces is part of the security context and `serviceAccount` is gone. Left out: the inside of storage that
//! is not simulated, which is printed as it was given.

use crate::api::schema::{self, Shape};
use crate::api::wire;
use serde_json::{Map, Value};

/// One type a line: its name, then its fields. The value of a field that is absent follows from its type in the schema;
/// `*` marks pointers (null), `?` flags that the schema does not have there (false), `!` structs that are always there.
/// `=` gives the field's name in v1 where it is not simply the Go name.
const TYPES: &str = include_str!("internal_types.txt");

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

/// A field of the table.
struct Entry<'a> {
    go: &'a str,
    json: String,
    mark: Option<char>,
}

fn entry(text: &str) -> Entry<'_> {
    let (go, json) = text.split_once('=').unwrap_or((text, ""));
    let mark = go.chars().last().filter(|c| matches!(c, '*' | '?' | '!'));
    let go = go.trim_end_matches(['*', '?', '!']);
    let json = if json.is_empty() { camel(go) } else { json.to_owned() };
    Entry { go, json, mark }
}

/// `DNSPolicy` as v1 spells it: `dnsPolicy`.
fn camel(go: &str) -> String {
    let capitals = go.chars().take_while(char::is_ascii_uppercase).count();
    let lowered = if capitals == go.len() || capitals == 1 { capitals } else { capitals - 1 };
    go.char_indices().map(|(index, c)| if index < lowered { c.to_ascii_lowercase() } else { c }).collect()
}

fn entries(type_name: &str) -> Option<impl Iterator<Item = Entry<'static>>> {
    let line = TYPES.lines().find_map(|line| line.strip_prefix(type_name)?.strip_prefix(' '))?;
    Some(line.split_ascii_whitespace().map(entry))
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
        let Some(entries) = entries(type_name) else { return self.plain(value) };
        self.open('{');
        for (index, entry) in entries.enumerate() {
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
                None => self.absent(field, entry.mark, child),
            }
        }
        self.close('}');
    }

    fn absent(&mut self, field: Option<&schema::Field>, mark: Option<char>, child: Option<&str>) {
        let single = field.filter(|field| field.shape == Shape::Single).map(|field| field.type_name.as_str());
        match (mark, single) {
            (Some('!'), _) => self.structure(&Value::Null, child.unwrap_or_default()),
            (Some('?'), _) => self.out.push_str("false"),
            (Some(_), _) => self.out.push_str("null"),
            (None, Some("string")) => self.out.push_str("\"\""),
            (None, Some("bool")) => self.out.push_str("false"),
            (None, Some("quantity")) => self.out.push_str("\"0\""),
            (None, Some(kind)) if kind.starts_with("int") => self.out.push('0'),
            (None, _) => self.out.push_str("null"),
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
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn go_names_become_those_of_v1() {
        for (go, json) in [
            ("DNSPolicy", "dnsPolicy"),
            ("HTTPGet", "httpGet"),
            ("NFS", "nfs"),
            ("Name", "name"),
            ("SELinuxOptions", "seLinuxOptions"),
            ("HostPID", "hostPID"),
            ("APIVersion", "apiVersion"),
        ] {
            assert_eq!(camel(go), json);
        }
    }

    #[test]
    fn the_table_has_every_field_of_v1_and_no_other() {
        let moved = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"];
        for line in TYPES.lines() {
            let type_name = line.split(' ').next().unwrap_or_default();
            let Some(fields) = schema::fields(type_name) else { panic!("{type_name} is no type of v1") };
            let listed: Vec<String> = entries(type_name).into_iter().flatten().map(|entry| entry.json).collect();
            for name in fields.keys().filter(|name| type_name != "PodSpec" || !moved.contains(&name.as_str())) {
                assert!(listed.contains(name) || name == "serviceAccount", "{type_name}.{name} is missing");
            }
            for name in
                listed.iter().filter(|name| type_name != "PodSecurityContext" || !moved.contains(&name.as_str()))
            {
                assert!(fields.contains_key(name), "{type_name}.{name} is none of v1");
            }
        }
    }

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
