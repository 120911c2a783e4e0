//! `-o go-template`: Go's text/template for the common cases.
//!
//! Fields, pipelines, variables, `if`, `range`, `with`, and the functions of [`functions`]. Everything else is told
//! to be not simulated.

pub mod functions;
pub mod parse;

use crate::kubectl::errors::Failure;
use crate::kubectl::printers::gofmt;
use parse::{Base, Node, Pipe, Term};
use serde_json::Value;

/// How much a template may print, so that one that grows its own output ends.
const OUTPUT_BYTES_MAX: usize = 4 << 20;

/// A template that has been read.
#[derive(Clone, Debug)]
pub struct Template {
    raw: String,
    nodes: Vec<Node>,
    allow_missing: bool,
}

/// Why a block ended early.
enum Stop {
    Error(String),
    Break,
    Continue,
}

struct Run<'a> {
    allow_missing: bool,
    root: &'a Value,
    variables: Vec<(String, Value)>,
    out: String,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `error parsing template {{.a, template: output:1: unclosed action`.
    pub fn new(raw: &str, allow_missing: bool) -> Result<Self, Failure> {
        match parse::parse(raw) {
            Ok(nodes) => Ok(Template { raw: raw.to_owned(), nodes, allow_missing }),
            Err(error) => Err(Failure::message(format!("error parsing template {raw}, {error}"))),
        }
    }

    /// The text for an object.
    ///
    /// # Errors
    /// `error executing template "…": template: output:1:2: executing "output" at <.a>: …`.
    pub fn execute(&self, object: &Value) -> Result<String, Failure> {
        let mut run =
            Run { allow_missing: self.allow_missing, root: object, variables: Vec::new(), out: String::new() };
        match run.block(&self.nodes, object) {
            Ok(()) | Err(Stop::Break | Stop::Continue) => Ok(run.out),
            Err(Stop::Error(error)) => {
                Err(Failure::message(format!("error executing template {}: {error}", crate::api::go::quote(&self.raw))))
            }
        }
    }
}

/// Whether `if` takes a value for true.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// A value as a template prints it.
pub fn shown(value: &Value) -> String {
    if value.is_null() { "<no value>".to_owned() } else { gofmt::print(value) }
}

impl Run<'_> {
    fn block(&mut self, nodes: &[Node], dot: &Value) -> Result<(), Stop> {
        let scope = self.variables.len();
        let result = nodes.iter().try_for_each(|node| self.node(node, dot));
        self.variables.truncate(scope);
        result
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<(), Stop> {
        if self.out.len() > OUTPUT_BYTES_MAX {
            return Err(Stop::Error("not simulated: a template that prints more than 4 MiB".to_owned()));
        }
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Pipeline(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    self.out.push_str(&shown(&value));
                } else {
                    self.bind(pipe, &[value]);
                }
            }
            Node::If(arms, otherwise) => {
                for (condition, body) in arms {
                    if truth(&self.pipe(condition, dot)?) {
                        return self.block(body, dot);
                    }
                }
                return self.block(otherwise, dot);
            }
            Node::With(pipe, body, otherwise) => {
                let value = self.pipe(pipe, dot)?;
                if !truth(&value) {
                    return self.block(otherwise, dot);
                }
                let scope = self.variables.len();
                self.bind(pipe, std::slice::from_ref(&value));
                let result = self.block(body, &value);
                self.variables.truncate(scope);
                return result;
            }
            Node::Range(pipe, body, otherwise) => return self.range(pipe, body, otherwise, dot),
            Node::Break => return Err(Stop::Break),
            Node::Continue => return Err(Stop::Continue),
        }
        Ok(())
    }

    fn range(&mut self, pipe: &Pipe, body: &[Node], otherwise: &[Node], dot: &Value) -> Result<(), Stop> {
        let items: Vec<(Value, Value)> = match self.pipe(pipe, dot)? {
            Value::Array(items) => {
                items.into_iter().enumerate().map(|(index, item)| (Value::from(index), item)).collect()
            }
            Value::Object(map) => map.into_iter().map(|(key, item)| (Value::from(key), item)).collect(),
            Value::Null => Vec::new(),
            Value::Number(count) => {
                (0..count.as_i64().unwrap_or(0).min(100_000)).map(|n| (Value::from(n), Value::from(n))).collect()
            }
            other => {
                let text = format!("range can't iterate over {}", gofmt::print(&other));
                return Err(Stop::Error(format!("template: output: executing \"output\": {text}")));
            }
        };
        if items.is_empty() {
            return self.block(otherwise, dot);
        }
        for (key, item) in items {
            let scope = self.variables.len();
            if pipe.variables.len() > 1 {
                self.bind(pipe, &[key, item.clone()]);
            } else {
                self.bind(pipe, std::slice::from_ref(&item));
            }
            let result = self.block(body, &item);
            self.variables.truncate(scope);
            match result {
                Err(Stop::Break) => break,
                Err(Stop::Continue) | Ok(()) => {}
                error => return error,
            }
        }
        Ok(())
    }

    fn bind(&mut self, pipe: &Pipe, values: &[Value]) {
        for (name, value) in pipe.variables.iter().zip(values) {
            let known = self.variables.iter_mut().rev().find(|(known, _)| known == name);
            match known {
                Some(slot) if !pipe.declares => slot.1 = value.clone(),
                _ => self.variables.push((name.clone(), value.clone())),
            }
        }
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Stop> {
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(command, dot, last)?);
        }
        Ok(last.unwrap_or(Value::Null))
    }

    fn command(&mut self, command: &[Term], dot: &Value, piped: Option<Value>) -> Result<Value, Stop> {
        let Some((first, rest)) = command.split_first() else { return Ok(Value::Null) };
        let Base::Function(name) = &first.base else {
            if !rest.is_empty() || piped.is_some() {
                let text = format!("can't give argument to non-function {}", first.text);
                return Err(self.error(first, &text));
            }
            return self.term(first, dot);
        };
        let mut arguments = Vec::new();
        for term in rest {
            let value = self.term(term, dot)?;
            // `and` and `or` stop at the argument that decides.
            let decided = (name == "and" && !truth(&value)) || (name == "or" && truth(&value));
            if decided {
                return Ok(value);
            }
            arguments.push(value);
        }
        arguments.extend(piped);
        let result = functions::call(name, &arguments).map_err(|why| self.error(first, &why))?;
        self.fields(first, result)
    }

    fn term(&mut self, term: &Term, dot: &Value) -> Result<Value, Stop> {
        let base = match &term.base {
            Base::Dot => dot.clone(),
            Base::Variable(name) if name == "$" => self.root.clone(),
            Base::Variable(name) => match self.variables.iter().rev().find(|(known, _)| known == name) {
                Some((_, value)) => value.clone(),
                None => return Err(self.error(term, &format!("undefined variable {}", crate::api::go::quote(name)))),
            },
            Base::Literal(value) => value.clone(),
            Base::Function(_) => return self.command(std::slice::from_ref(term), dot, None),
            Base::Group(pipe) => self.pipe(pipe, dot)?,
        };
        self.fields(term, base)
    }

    fn fields(&self, term: &Term, mut value: Value) -> Result<Value, Stop> {
        for field in &term.fields {
            value = match value {
                Value::Object(mut map) => match map.remove(field) {
                    Some(found) => found,
                    None if self.allow_missing => Value::Null,
                    None => {
                        let key = crate::api::go::quote(field);
                        return Err(self.error(term, &format!("map has no entry for key {key}")));
                    }
                },
                Value::Null => return Err(self.error(term, &format!("nil pointer evaluating interface {{}}.{field}"))),
                other => {
                    let kind = gofmt::type_name(&other);
                    return Err(self.error(term, &format!("can't evaluate field {field} in type {kind}")));
                }
            };
        }
        Ok(value)
    }

    fn error(&self, term: &Term, why: &str) -> Stop {
        let (line, column) = term.at;
        Stop::Error(format!("template: output:{line}:{column}: executing \"output\" at <{}>: {why}", term.text))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn runs_the_common_cases() {
        let object = json!({"metadata": {"name": "a", "labels": {"x": "1", "y": "2"}}, "items": [{"n": 1}, {"n": 2}],
            "data": {"token": "aGk="}});
        let cases = [
            ("{{.metadata.name}}{{\"\\n\"}}", "a\n"),
            ("{{range .items}}{{.n}},{{end}}", "1,2,"),
            ("{{range $k, $v := .metadata.labels}}{{$k}}={{$v}} {{end}}", "x=1 y=2 "),
            ("{{if eq .metadata.name \"b\"}}b{{else if .none}}n{{else}}other{{end}}", "other"),
            ("{{with .metadata}}{{.name}}/{{$.data.token | base64decode}}{{end}}", "a/hi"),
            ("{{printf \"%-4s|%03d|%q\" .metadata.name 7 \"z\"}}", "a   |007|\"z\""),
            ("{{len .items}} {{index .items 1 \"n\"}} {{index .metadata.labels \"x\"}}", "2 2 1"),
            ("{{.missing}}", "<no value>"),
            ("a {{- /* no */ -}} b {{- .metadata.name -}} c", "abac"),
            ("{{range .none}}x{{else}}none{{end}}", "none"),
            ("{{$n := 0}}{{range .items}}{{$n = .n}}{{end}}{{$n}}", "2"),
            ("{{and .metadata.name (not .none)}} {{or .none \"d\"}}", "true d"),
            ("{{.metadata.labels}}", "map[x:1 y:2]"),
        ];
        for (template, expected) in cases {
            assert_eq!(Template::new(template, true).unwrap().execute(&object).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn tells_what_is_wrong() {
        let text = |template: &str| match Template::new(template, true) {
            Ok(template) => template.execute(&json!({"a": {}})).unwrap_err().text(),
            Err(failure) => failure.text(),
        };
        assert_eq!(text("{{.a"), "error: error parsing template {{.a, template: output:1: unclosed action");
        assert_eq!(
            text("{{.a.b.c}}"),
            "error: error executing template \"{{.a.b.c}}\": template: output:1:2: executing \"output\" at <.a.b.c>: nil \
             pointer evaluating interface {}.c"
        );
        assert!(text("{{frob .a}}").contains("not simulated: template function \"frob\""));
    }
}
