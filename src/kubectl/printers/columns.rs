//! `-o custom-columns`: a table of one's own.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go.

use crate::api::object::Object;
use crate::kubectl::errors::Failure;
use crate::kubectl::printers::jsonpath::{self, Template};
use crate::kubectl::printers::{gofmt, tabwriter};
use serde_json::Value;

/// One column: what stands above it, and where its values are.
#[derive(Clone, Debug)]
pub struct Column {
    header: String,
    path: Template,
}

/// Reads `NAME:.metadata.name,SA:.spec.serviceAccountName`.
///
/// # Errors
/// A part without a colon, a path that can't be read.
pub fn parse(spec: &str) -> Result<Vec<Column>, Failure> {
    if spec.is_empty() {
        return Err(Failure::message("custom-columns format specified but no custom columns given"));
    }
    spec.split(',')
        .map(|part| match part.split_once(':') {
            Some((header, path)) => column(header, path),
            None => Err(Failure::message(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            ))),
        })
        .collect()
}

/// Reads a template file: headers on its first line, paths on its second.
///
/// # Errors
/// Two lines that don't fit each other.
pub fn parse_file(text: &str) -> Result<Vec<Column>, Failure> {
    let mut lines = text.lines();
    let headers: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let paths: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    if headers.len() != paths.len() {
        let (headers, paths) = (headers.len(), paths.len());
        return Err(Failure::message(format!(
            "number of headers ({headers}) and field specifications ({paths}) don't match"
        )));
    }
    headers.iter().zip(paths).map(|(header, path)| column(header, path)).collect()
}

fn column(header: &str, path: &str) -> Result<Column, Failure> {
    Ok(Column { header: header.to_owned(), path: Template::new(&jsonpath::relaxed(path)?, true)? })
}

/// The table for an object or the items of a list.
///
/// # Errors
/// A path that does not fit an object.
pub fn print(columns: &[Column], object: &Object, headers: bool) -> Result<String, Failure> {
    let mut text = String::new();
    if headers {
        let names: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
        text.push_str(&(names.join("\t") + "\n"));
    }
    match object.get("items").and_then(Value::as_array) {
        Some(items) => {
            for item in items {
                text.push_str(&row(columns, item)?);
            }
        }
        None => text.push_str(&row(columns, object)?),
    }
    Ok(tabwriter::align(&text, tabwriter::GET))
}

fn row(columns: &[Column], object: &Object) -> Result<String, Failure> {
    let mut cells = Vec::new();
    for column in columns {
        let found = column.path.find(object).map_err(Failure::Message)?;
        let values: Vec<String> = found.iter().flatten().map(gofmt::print).collect();
        let empty = found.first().is_none_or(Vec::is_empty);
        cells.push(if empty { "<none>".to_owned() } else { values.join(",") });
    }
    Ok(cells.join("\t") + "\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prints_a_table_of_ones_own() {
        let list = json!({"items": [
            {"metadata": {"name": "data-sa"}},
            {"metadata": {"name": "from-stdin", "labels": {"app": "demo", "tier": "backend"}}}
        ]});
        let columns = parse("NAME:.metadata.name,LABELS:.metadata.labels").unwrap();
        let told = "NAME         LABELS\ndata-sa      <none>\nfrom-stdin   map[app:demo tier:backend]\n";
        assert_eq!(print(&columns, &list, true).unwrap(), told);
        assert_eq!(
            parse("A").unwrap_err().text(),
            "error: unexpected custom-columns spec: A, expected <header>:<json-path-expr>"
        );
    }
}
