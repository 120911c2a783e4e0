//! Server-side tables as `kubectl get` prints them.
//!
//! Follows staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go and kubectl's get/table_printer.go.

use crate::api::kinds::Kind;
use crate::api::object::{Object, at, integer, list, text};
use serde_json::Value;

/// How a table is printed.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// Without its header.
    pub no_headers: bool,
    /// With the columns of `-o wide`.
    pub wide: bool,
    /// With a NAMESPACE column.
    pub with_namespace: bool,
    /// With names as `kind.group/name`.
    pub with_kind: bool,
    /// With a LABELS column.
    pub show_labels: bool,
    /// A column for each of these labels.
    pub label_columns: Vec<String>,
}

/// Prints tables of one type, one after the other; the header comes once.
#[derive(Clone, Debug, Default)]
pub struct TablePrinter {
    options: TableOptions,
    columns: Vec<Value>,
}

impl TablePrinter {
    /// A printer that has printed nothing yet.
    pub fn new(options: TableOptions) -> Self {
        TablePrinter { options, columns: Vec::new() }
    }

    /// The lines of a table, cells separated by tabs. `event` is the type of a watch event, for an EVENT column.
    pub fn lines(&mut self, table: &Object, kind: &Kind, event: Option<&str>) -> String {
        let mut out = String::new();
        let columns = list(table, &["columnDefinitions"]);
        if !columns.is_empty() && self.columns != columns {
            self.columns = columns.to_vec();
            if !self.options.no_headers {
                out.push_str(&self.header(event.is_some()));
            }
        }
        let shown: Vec<Option<&str>> =
            self.columns.iter().map(|column| self.shows(column).then(|| text(column, &["name"]))).collect();
        for row in list(table, &["rows"]) {
            out.push_str(&self.row(row, &shown, kind, event));
        }
        out
    }

    fn shows(&self, column: &Value) -> bool {
        self.options.wide || integer(column, &["priority"]).unwrap_or(0) == 0
    }

    fn header(&self, event: bool) -> String {
        let mut cells: Vec<String> = Vec::new();
        cells.extend(event.then(|| "EVENT".to_owned()));
        cells.extend(self.options.with_namespace.then(|| "NAMESPACE".to_owned()));
        let shown = self.columns.iter().filter(|column| self.shows(column));
        cells.extend(shown.map(|column| text(column, &["name"]).to_uppercase()));
        let labels = self.options.label_columns.iter();
        cells.extend(labels.map(|key| key.rsplit('/').next().unwrap_or_default().to_uppercase()));
        cells.extend(self.options.show_labels.then(|| "LABELS".to_owned()));
        cells.join("\t") + "\n"
    }

    /// A row; of the columns those are `shown` that have a name there.
    fn row(&self, row: &Value, shown: &[Option<&str>], kind: &Kind, event: Option<&str>) -> String {
        let object = at(row, &["object"]);
        let mut cells: Vec<String> = Vec::new();
        cells.extend(event.map(str::to_owned));
        cells.extend(self.options.with_namespace.then(|| text(object, &["metadata", "namespace"]).to_owned()));
        for (column, value) in shown.iter().zip(list(row, &["cells"])) {
            let Some(column) = column else { continue };
            let is_name = self.options.with_kind && *column == "Name";
            let shown = cell(value);
            cells.push(if is_name { format!("{}/{shown}", kind.qualified_singular()) } else { shown });
        }
        for key in &self.options.label_columns {
            cells.push(match at(object, &["metadata", "labels"]).get(key).and_then(Value::as_str) {
                Some(value) => value.to_owned(),
                None => "<none>".to_owned(),
            });
        }
        cells.extend(self.options.show_labels.then(|| labels(at(object, &["metadata", "labels"]))));
        cells.join("\t") + "\n"
    }
}

/// `k=v,k2=v2`, or `<none>`.
pub fn labels(map: &Value) -> String {
    let pairs: Vec<String> = map
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    if pairs.is_empty() { "<none>".to_owned() } else { pairs.join(",") }
}

/// A cell's text on one line.
pub fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        other => crate::api::go::print(other),
    }
}

/// Cut at the first line break; tabs and escapes can't disturb the terminal.
fn one_line(text: &str) -> String {
    if text.bytes().all(|byte| byte >= b' ') {
        return text.to_owned();
    }
    let end = text.find(['\n', '\r', '\u{c}']);
    let kept = end.and_then(|end| text.get(..end)).unwrap_or(text).replace('\u{1b}', "^[").replace('\t', " ");
    if end.is_some() { kept + "..." } else { kept }
}

/// A table for an answer that is none: names and nothing else would be known of it.
pub fn from_object(object: &Object) -> Object {
    let items = match object.get("items").and_then(Value::as_array) {
        Some(items) => items.clone(),
        None => vec![object.clone()],
    };
    let rows: Vec<Value> = items
        .iter()
        .map(|item| serde_json::json!({"cells": [text(item, &["metadata", "name"])], "object": item}))
        .collect();
    serde_json::json!({"kind": "Table", "columnDefinitions": [{"name": "Name", "priority": 0}], "rows": rows})
}
