//! JSONPath templates: `-o jsonpath`, custom columns, `--sort-by`.
//!
//! Follows staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go and cli-runtime's jsonpath printer. Mappings are
//! walked in key order, where Go's order is random.

pub mod parse;

use crate::kubectl::errors::Failure;
use crate::kubectl::printers::gofmt;
use parse::{Node, Slice};
use serde_json::Value;
use std::cell::Cell;
use std::cmp::Ordering;

/// How many values a template may look at, each field and item counted; and how many of them it may find. Ranges in ranges
/// multiply.
const LOOKED_AT_MAX: usize = 20_000_000;
const FOUND_MAX: usize = 2_000_000;

/// A template that has been read.
#[derive(Clone, Debug)]
pub struct Template {
    raw: String,
    nodes: Vec<Node>,
    allow_missing: bool,
    as_json: bool,
    looked_at: Cell<usize>,
    found: Cell<usize>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `error parsing jsonpath {.a[, unterminated array`.
    pub fn new(raw: &str, allow_missing: bool) -> Result<Self, Failure> {
        match parse::template(raw) {
            Ok(nodes) => {
                let raw = raw.to_owned();
                Ok(Template { raw, nodes, allow_missing, as_json: false, looked_at: Cell::new(0), found: Cell::new(0) })
            }
            Err(error) => Err(Failure::message(format!("error parsing jsonpath {raw}, {error}"))),
        }
    }

    /// The same, printing everything it finds as JSON lists (`-o jsonpath-as-json`).
    #[must_use]
    pub fn into_json(self) -> Self {
        Template { as_json: true, ..self }
    }

    /// The text for an object.
    ///
    /// # Errors
    /// `error executing jsonpath …`, with the object.
    pub fn execute(&self, object: &Value) -> Result<String, Failure> {
        let results = self.find(object).map_err(|error| self.explain(&error, object))?;
        Ok(results.iter().map(|group| self.print(group)).collect())
    }

    /// What each part of the template finds.
    ///
    /// # Errors
    /// client-go's sentence.
    pub fn find(&self, object: &Value) -> Result<Vec<Vec<Value>>, String> {
        let mut results = Vec::new();
        self.looked_at.set(0);
        self.found.set(0);
        self.run(0, Some(object), 0, &mut results)?;
        Ok(results)
    }

    fn explain(&self, error: &str, object: &Value) -> Failure {
        if error.starts_with("not simulated: ") {
            return Failure::message(error);
        }
        Failure::message(format!(
            "error executing jsonpath {}: Error executing template: {error}. Printing more information for \
             debugging the template:\n\ttemplate was:\n\t\t{}\n\tobject given to jsonpath engine was:\n\t\t{}\n\n\n",
            crate::api::go::quote(&self.raw),
            self.raw,
            gofmt::sharp(object)
        ))
    }

    fn print(&self, group: &[Value]) -> String {
        if self.as_json {
            return gofmt::json_indented(&Value::Array(group.to_vec())) + "\n";
        }
        let texts: Vec<String> = group
            .iter()
            .map(|value| match value {
                Value::Object(_) | Value::Array(_) => gofmt::json(value),
                Value::Null => "null".to_owned(),
                other => gofmt::print(other),
            })
            .collect();
        texts.join(" ")
    }

    /// Runs the nodes from `start` over `value` up to the `end` of the range they are in, and says where that is.
    fn run(
        &self,
        start: usize,
        value: Option<&Value>,
        depth: usize,
        results: &mut Vec<Vec<Value>>,
    ) -> Result<Option<usize>, String> {
        let mut index = start;
        while let Some(node) = self.nodes.get(index) {
            let input: Vec<Value> = value.into_iter().cloned().collect();
            spend(&self.looked_at, 1 + weight(&input), LOOKED_AT_MAX)?;
            match keyword(node) {
                Some(("range", rest)) => {
                    let found = self.steps(input, rest)?;
                    let mut end = None;
                    for item in &found {
                        end = self.run(index + 1, Some(item), depth + 1, results)?;
                    }
                    if found.is_empty() {
                        end = self.run(index + 1, None, depth + 1, &mut Vec::new())?;
                    }
                    index = end.unwrap_or(index);
                }
                Some(("end", _)) if depth > 0 => return Ok(Some(index)),
                Some(("end", _)) => return Err("not in range, nothing to end".to_owned()),
                _ => {
                    let found = self.step(input, node)?;
                    spend(&self.found, 1 + weight(&found), FOUND_MAX)?;
                    results.push(found);
                }
            }
            index += 1;
        }
        Ok(None)
    }

    fn steps(&self, mut values: Vec<Value>, nodes: &[Node]) -> Result<Vec<Value>, String> {
        for node in nodes {
            values = self.step(values, node)?;
            spend(&self.looked_at, 1 + weight(&values), LOOKED_AT_MAX)?;
        }
        Ok(values)
    }

    fn step(&self, input: Vec<Value>, node: &Node) -> Result<Vec<Value>, String> {
        match node {
            Node::Text(text) => Ok(vec![Value::from(text.as_str())]),
            Node::Integer(number) => Ok(input.iter().map(|_| Value::from(*number)).collect()),
            Node::Float(number) => Ok(input.iter().map(|_| Value::from(*number)).collect()),
            Node::Boolean(value) => Ok(input.iter().map(|_| Value::from(*value)).collect()),
            Node::Identifier(word) => Err(format!("unrecognized identifier {word}")),
            Node::List(nodes) => self.steps(input, nodes),
            Node::Field(name) => self.field(&input, name),
            Node::Slice(bounds) => {
                let mut found = Vec::new();
                for value in input.iter().filter(|value| !value.is_null()) {
                    found.extend(slice(value, bounds)?);
                }
                Ok(found)
            }
            Node::Wildcard => Ok(input.iter().flat_map(children).collect()),
            Node::Recursive => Ok(input.iter().flat_map(descend).collect()),
            Node::Union(lists) => {
                let mut found = Vec::new();
                for nodes in lists {
                    found.extend(self.steps(input.clone(), nodes)?);
                }
                Ok(found)
            }
            Node::Filter(left, operator, right) => {
                let mut found = Vec::new();
                for value in &input {
                    let Some(items) = value.as_array() else {
                        let shown = gofmt::print(value);
                        return Err(format!("{shown} is not array or slice and cannot be filtered"));
                    };
                    for item in items {
                        if self.passes(item, left, operator, right)? {
                            found.push(item.clone());
                        }
                    }
                }
                Ok(found)
            }
        }
    }

    fn field(&self, input: &[Value], name: &str) -> Result<Vec<Value>, String> {
        let found: Vec<Value> = input.iter().filter_map(|value| value.as_object()?.get(name)).cloned().collect();
        if found.is_empty() && !input.is_empty() && !self.allow_missing {
            return Err(format!("{name} is not found"));
        }
        Ok(found)
    }

    fn passes(&self, item: &Value, left: &[Node], operator: &str, right: &[Node]) -> Result<bool, String> {
        let lefts = self.steps(vec![item.clone()], left);
        if operator == "exists" {
            return Ok(lefts.is_ok_and(|found| !found.is_empty()));
        }
        let lefts = lefts?;
        let one = |values: &[Value]| match values {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            _ => Err("can only compare one element at a time".to_owned()),
        };
        let Some(a) = one(&lefts)? else { return Ok(false) };
        let Some(b) = one(&self.steps(vec![item.clone()], right)?)? else { return Ok(false) };
        let order = compare(&a, &b)?;
        Ok(match operator {
            "<" => order == Ordering::Less,
            ">" => order == Ordering::Greater,
            "==" => order == Ordering::Equal,
            "!=" => order != Ordering::Equal,
            "<=" => order != Ordering::Greater,
            ">=" => order != Ordering::Less,
            other => return Err(format!("unrecognized filter operator {other}")),
        })
    }
}

fn spend(spent: &Cell<usize>, more: usize, max: usize) -> Result<(), String> {
    spent.set(spent.get().saturating_add(more));
    if spent.get() > max {
        return Err(format!("not simulated: a template that goes through more than {max} values"));
    }
    Ok(())
}

/// How many values these are, each field and item counted.
fn weight(values: &[Value]) -> usize {
    let one = |value: &Value| match value {
        Value::Array(items) => 1 + weight(items),
        Value::Object(map) => 1 + map.values().map(|value| weight(std::slice::from_ref(value))).sum::<usize>(),
        _ => 1,
    };
    values.iter().map(one).sum()
}

/// The word that a part of the template begins with (`range`, `end`), and the rest of that part.
fn keyword(node: &Node) -> Option<(&str, &[Node])> {
    let Node::List(nodes) = node else { return None };
    match nodes.split_first() {
        Some((Node::Identifier(word), rest)) => Some((word, rest)),
        _ => None,
    }
}

fn compare(a: &Value, b: &Value) -> Result<Ordering, String> {
    let incompatible = || "incompatible types for comparison".to_owned();
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Ok(a.cmp(&b)),
            (None, None) => a.as_f64().partial_cmp(&b.as_f64()).ok_or_else(incompatible),
            _ => Err(incompatible()),
        },
        _ => Err(incompatible()),
    }
}

fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Object(map) => map.values().cloned().collect(),
        _ => Vec::new(),
    }
}

fn descend(value: &Value) -> Vec<Value> {
    let inner = children(value);
    if inner.is_empty() {
        return Vec::new();
    }
    std::iter::once(value.clone()).chain(inner.iter().flat_map(descend)).collect()
}

fn slice(value: &Value, bounds: &Slice) -> Result<Vec<Value>, String> {
    let Some(items) = value.as_array() else {
        return Err(format!("{} is not array or slice", gofmt::type_name(value)));
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut start = bounds.start.unwrap_or(0);
    if start < 0 {
        start += length;
    }
    let mut end = bounds.end.unwrap_or(length);
    if end < 0 || (end == 0 && bounds.end_derived) {
        end += length;
    }
    if start == end {
        return Ok(Vec::new());
    }
    let outside = |index: i64| Err(format!("array index out of bounds: index {index}, length {length}"));
    if start >= length || start < 0 {
        return outside(start);
    }
    if end > length || end < 0 {
        return outside(end - 1);
    }
    if start > end {
        return Err(format!("starting index {start} is greater than ending index {end}"));
    }
    let step = bounds.step.unwrap_or(1);
    let Some(step) = usize::try_from(step).ok().filter(|step| *step > 0) else {
        return Err("step must be > 0".to_owned());
    };
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    Ok(items.get(range).unwrap_or_default().iter().step_by(step).cloned().collect())
}

/// `name`, `.name`, `{name}` or `{.name}` as a template: what `--sort-by` and custom columns take.
///
/// # Errors
/// Anything else.
pub fn relaxed(text: &str) -> Result<String, Failure> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let field = inner.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(inner);
    if field.is_empty() || field.contains(['{', '}']) {
        return Err(Failure::message(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or \
             '{.name1.name2}'",
        ));
    }
    Ok(format!("{{.{field}}}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(template: &str, object: &Value) -> String {
        Template::new(template, true).unwrap().execute(object).unwrap()
    }

    fn pods() -> Value {
        json!({"items": [
            {"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "x"}}, "n": 1, "c": [{"t": "Ready", "s": "True"}]},
            {"metadata": {"name": "b"}, "n": 20, "c": [{"t": "Other"}]},
            {"metadata": {"name": "c"}, "n": 3}
        ], "data": {"ca.crt": "<x>"}})
    }

    #[test]
    fn ranges_that_multiply_come_to_an_end() {
        let many = json!({"items": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]});
        let unended = "{range .items[*]}{$}".repeat(30);
        let error = Template::new(&unended, true).unwrap().execute(&many).unwrap_err();
        assert_eq!(error, Failure::message("not simulated: a template that goes through more than 2000000 values"));
    }

    #[test]
    fn walks_paths() {
        let pods = pods();
        let cases = [
            ("{.items[*].metadata.name}", "a b c"),
            ("{.items[0].metadata.name}{.items[-1].metadata.name}", "ac"),
            ("{.items[0:2].n}", "1 20"),
            ("{.items[::2].n}", "1 3"),
            ("{.items[0,2].n}", "1 3"),
            ("{..name}", "a b c"),
            ("{.data.ca\\.crt}", "<x>"),
            ("{.data['ca\\.crt']}", "<x>"),
            ("{.data}", "{\"ca.crt\":\"\\u003cx\\u003e\"}"),
            ("{.items[0].metadata.labels.app\\.kubernetes\\.io/name}", "x"),
            ("{.items[?(@.n>2)].metadata.name}", "b c"),
            ("{.items[?(@.metadata.name==\"b\")].n}", "20"),
            ("{.items[?(@.metadata.labels)].n}", "1"),
            ("{.items[*].c[?(@.t=='Ready')].s}", "True"),
            ("{.missing}x{.missing.more[0]}", "x"),
            ("{range .items[*]}{.metadata.name}{\"=\"}{.n}{'\\n'}{end}!", "a=1\nb=20\nc=3\n!"),
            ("{range .none[*]}{.x}{end}done", "done"),
            ("{range .items[0:1]}{range .c[*]}{.t}{\";\"}{end}{.n}{end}", "Ready;1"),
            (".items", ".items"),
            ("{$.items[0].n} and {@.items[1].n}", "1 and 20"),
        ];
        for (template, expected) in cases {
            assert_eq!(told(template, &pods), expected, "{template}");
        }
    }

    #[test]
    fn refuses_in_client_go_words() {
        let cases = [
            ("{.metadata[", "unterminated array"),
            ("{.foo", "unclosed action"),
            ("{.a[x]}", "invalid array index x"),
            ("{.a[?(@.b==\"c\"]}", "unterminated filter"),
            ("{\"x}", "unterminated quoted string"),
            ("{.a & .b}", "unrecognized character in action: U+0026 '&'"),
            ("{....a}", "invalid multiple recursive descent"),
        ];
        for (template, why) in cases {
            let text = Template::new(template, true).unwrap_err().text();
            assert_eq!(text, format!("error: error parsing jsonpath {template}, {why}"));
        }
    }

    #[test]
    fn explains_failures_with_the_object() {
        let template = Template::new("{.a[2]}", true).unwrap();
        let text = template.execute(&json!({"a": [1, "x"]})).unwrap_err().text();
        assert_eq!(
            text,
            "error: error executing jsonpath \"{.a[2]}\": Error executing template: array index out of bounds: index 2, \
             length 2. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.a[2]}\n\tobject given \
             to jsonpath engine was:\n\t\tmap[string]interface {}{\"a\":[]interface {}{1, \"x\"}}\n\n\n"
        );
        let strict = Template::new("{.b}", false).unwrap();
        assert!(strict.execute(&json!({})).unwrap_err().text().contains("b is not found"));
    }
}
