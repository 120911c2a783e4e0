//! Label and field selectors: reading, printing and matching them.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/{labels,fields}/selector.go and pkg/apis/meta/v1/helpers.go.

mod field;
mod lexer;
mod parser;

pub use field::{FieldSelector, FieldTerm};

use crate::api::object;
use crate::api::sorted;
use serde_json::Value;
use std::collections::BTreeMap;

/// How a requirement compares a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// `key`
    Exists,
    /// `!key`
    DoesNotExist,
    /// `key=value`
    Equals,
    /// `key==value`
    DoubleEquals,
    /// `key!=value`
    NotEquals,
    /// `key in (a,b)`
    In,
    /// `key notin (a,b)`
    NotIn,
    /// `key>1`
    GreaterThan,
    /// `key<1`
    LessThan,
}

/// One part of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what; sorted.
    pub values: Vec<String>,
}

/// A label selector: all requirements must hold. The default selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// Sorted by key.
    pub requirements: Vec<Requirement>,
    /// Whether nothing matches, whatever the requirements (a `LabelSelector` object that is absent).
    pub nothing: bool,
}

impl LabelSelector {
    /// Reads `app=web,tier in (a,b),!old`.
    ///
    /// # Errors
    /// Kubernetes' own sentence, such as `unable to parse requirement: found '', expected: identifier`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = parser::parse(text)?;
        sorted::sort_by(&mut requirements, |a, b| a.key.cmp(&b.key));
        Ok(LabelSelector { requirements, nothing: false })
    }

    /// The selector of a `LabelSelector` object (`matchLabels`, `matchExpressions`): absent selects nothing, empty
    /// selects everything.
    ///
    /// # Errors
    /// An operator that does not exist.
    pub fn from_object(selector: &Value) -> Result<Self, String> {
        let Some(map) = selector.as_object() else {
            return Ok(LabelSelector { nothing: true, ..LabelSelector::default() });
        };
        let mut requirements = Vec::new();
        for (key, value) in map.get("matchLabels").and_then(Value::as_object).into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            requirements.push(Requirement { key: key.clone(), operator: Operator::Equals, values: vec![value] });
        }
        for expression in object::list(selector, &["matchExpressions"]) {
            let operator = match object::text(expression, &["operator"]) {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => return Err(format!("\"{other}\" is not a valid label selector operator")),
            };
            let mut values: Vec<String> =
                object::strings(expression, &["values"]).into_iter().map(str::to_owned).collect();
            sorted::sort(&mut values);
            requirements.push(Requirement { key: object::text(expression, &["key"]).to_owned(), operator, values });
        }
        sorted::sort_by(&mut requirements, |a, b| a.key.cmp(&b.key));
        Ok(LabelSelector { requirements, nothing: false })
    }

    /// The selector of a plain mapping, as a Service has one: every label must be equal.
    pub fn from_map(map: &Value) -> Self {
        let mut selector = LabelSelector::default();
        for (key, value) in map.as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            selector.requirements.push(Requirement {
                key: key.clone(),
                operator: Operator::Equals,
                values: vec![value],
            });
        }
        selector
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && !self.nothing
    }

    /// Whether an object with this value for a key (`None`: no such label) is selected.
    pub fn matches_with<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        !self.nothing && self.requirements.iter().all(|requirement| requirement.matches(label(&requirement.key)))
    }

    /// Whether an object is selected by its `metadata.labels`.
    pub fn matches(&self, object: &Value) -> bool {
        self.matches_with(|key| object::label(object, key))
    }

    /// Whether this set of labels is selected.
    pub fn matches_map(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches_with(|key| labels.get(key).map(String::as_str))
    }
}

impl Requirement {
    fn matches(&self, label: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|v| v == value);
        match self.operator {
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Equals | Operator::DoubleEquals | Operator::In => label.is_some_and(listed),
            Operator::NotEquals | Operator::NotIn => !label.is_some_and(listed),
            Operator::GreaterThan | Operator::LessThan => {
                let wanted = self.values.first().and_then(|value| value.parse::<i64>().ok());
                match (label.and_then(|value| value.parse::<i64>().ok()), wanted) {
                    (Some(is), Some(wanted)) if self.operator == Operator::GreaterThan => is > wanted,
                    (Some(is), Some(wanted)) => is < wanted,
                    _ => false,
                }
            }
        }
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = self.values.join(",");
        match self.operator {
            Operator::Exists => write!(f, "{}", self.key),
            Operator::DoesNotExist => write!(f, "!{}", self.key),
            Operator::Equals => write!(f, "{}={values}", self.key),
            Operator::DoubleEquals => write!(f, "{}=={values}", self.key),
            Operator::NotEquals => write!(f, "{}!={values}", self.key),
            Operator::In => write!(f, "{} in ({values})", self.key),
            Operator::NotIn => write!(f, "{} notin ({values})", self.key),
            Operator::GreaterThan => write!(f, "{}>{values}", self.key),
            Operator::LessThan => write!(f, "{}<{values}", self.key),
        }
    }
}

impl std::fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.requirements.iter().map(Requirement::to_string).collect();
        f.write_str(&parts.join(","))
    }
}

/// A `LabelSelector` object as one line, as `kubectl describe` and tables print it: `a=b,c in (d,e)`; `<none>` for an
/// empty one.
pub fn print_object(selector: &Value) -> String {
    match LabelSelector::from_object(selector) {
        Ok(selector) if selector.requirements.is_empty() => "<none>".to_owned(),
        Ok(selector) => selector.to_string(),
        Err(_) => "<error>".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selects(selector: &str, object: &Value) -> bool {
        LabelSelector::parse(selector).unwrap().matches(object)
    }

    #[test]
    fn matches_labels() {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "a", "size": "3"}}});
        for selector in
            ["", "app=web", "app==web,tier in (b, a)", "app", "!old", "old!=x", "old notin (x)", "size>2", "size<4,app"]
        {
            assert!(selects(selector, &object), "{selector}");
        }
        for selector in ["app=db", "!app", "app!=web", "tier notin (a)", "size>3", "old in (x)", "app="] {
            assert!(!selects(selector, &object), "{selector}");
        }
    }

    #[test]
    fn prints_what_it_read() {
        let selector = LabelSelector::parse("b!=c, a in (z,y),!d , e,f=,g==h").unwrap();
        assert_eq!(selector.to_string(), "a in (y,z),b!=c,!d,e,f=,g==h");
    }

    #[test]
    fn names_mistakes() {
        let error = |text: &str| LabelSelector::parse(text).unwrap_err();
        assert_eq!(error("a=b c"), "found 'c', expected: ',' or 'end of string'");
        assert_eq!(error("a,"), "found '', expected: identifier after ','");
        assert_eq!(error("=a"), "found '=', expected: !, identifier, or 'end of string'");
        assert_eq!(error("a b"), "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
        assert_eq!(error("a in b"), "unable to parse requirement: found 'b' expected: '('");
        assert_eq!(error("a in (b"), "unable to parse requirement: found '', expected: ',' or ')'");
        assert!(error("-a=b").starts_with("unable to parse requirement: <nil>: Invalid value: \"-a\": name part must"));
        assert!(
            error("a=-b")
                .starts_with("unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label")
        );
    }

    #[test]
    fn reads_selector_objects() {
        let selector = json!({"matchLabels": {"app": "x"}, "matchExpressions": [{"key": "t", "operator": "Exists"}]});
        let parsed = LabelSelector::from_object(&selector).unwrap();
        assert!(parsed.matches(&json!({"metadata": {"labels": {"app": "x", "t": ""}}})));
        assert!(!LabelSelector::from_object(&Value::Null).unwrap().matches(&json!({})));
        assert!(LabelSelector::from_object(&json!({})).unwrap().matches(&json!({})));
        assert_eq!(print_object(&selector), "app=x,t");
        assert_eq!(print_object(&json!({})), "<none>");
    }
}
