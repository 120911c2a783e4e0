//! `--sort-by`: objects, or the rows of a table, by the value of a field.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/get/sorter.go.

use crate::api::go;
use crate::api::sorted;
use crate::kubectl::errors::Failure;
use crate::kubectl::printers::jsonpath::{self, Template};
use serde_json::Value;
use std::cmp::Ordering;

/// Sorts `items` by the field that `path` finds in what `object` takes from them.
///
/// # Errors
/// A path that can't be read, or that no item has.
pub fn by(items: &mut Vec<Value>, path: &str, object: fn(&Value) -> &Value) -> Result<(), Failure> {
    let relaxed = jsonpath::relaxed(path)?;
    let template = Template::new(&relaxed, true)?;
    let mut keyed: Vec<(Option<Value>, Value)> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let found = template.find(object(item)).map_err(Failure::Message)?;
        keyed.push((found.into_iter().flatten().next(), item.clone()));
    }
    if !keyed.is_empty() && keyed.iter().all(|(key, _)| key.is_none()) {
        let text = format!("couldn't find any field with path {} in the list of objects", go::quote(&relaxed));
        return Err(Failure::message(text));
    }
    sorted::sort_by(&mut keyed, |(a, _), (b, _)| compare(a.as_ref(), b.as_ref()));
    *items = keyed.into_iter().map(|(_, item)| item).collect();
    Ok(())
}

/// What has no value comes first; numbers and quantities by size, texts with their digits read as numbers.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(Value::String(a)), Some(Value::String(b))) => natural(a, b),
        (Some(a), Some(b)) => a.to_string().cmp(&b.to_string()),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Text order in which `web-2` comes before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let digits = |from: &mut std::iter::Peekable<std::str::Chars>| {
                    let mut text = String::new();
                    while let Some(digit) = from.next_if(char::is_ascii_digit) {
                        text.push(digit);
                    }
                    text.trim_start_matches('0').to_owned()
                };
                let (x, y) = (digits(&mut left), digits(&mut right));
                match x.len().cmp(&y.len()).then_with(|| x.cmp(&y)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            (Some(x), Some(y)) => {
                if x != y {
                    return x.cmp(&y);
                }
                left.next();
                right.next();
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sorts_by_a_field() {
        let mut items = vec![json!({"n": "web-10"}), json!({"n": "web-9"}), json!({"m": 1}), json!({"n": "a"})];
        by(&mut items, ".n", |item| item).unwrap();
        assert_eq!(items, [json!({"m": 1}), json!({"n": "a"}), json!({"n": "web-9"}), json!({"n": "web-10"})]);
        assert_eq!(
            by(&mut items, "{.x}", |item| item).unwrap_err().text(),
            "error: couldn't find any field with path \"{.x}\" in the list of objects"
        );
    }
}
