//! Values as Go's `fmt` and `encoding/json` write them.

use crate::api::go;
use serde_json::Value;

/// `%v`: strings bare, floats as Go shortens them (`3.1536e+07`), mappings as `map[a:b]`.
pub fn print(value: &Value) -> String {
    match value {
        Value::Number(number) if !number.is_i64() && !number.is_u64() => float(number.as_f64().unwrap_or(0.0)),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(print).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", print(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
        other => go::print(other),
    }
}

/// `%v` of a float64: with an exponent from 1e+06 on, and below 1e-04.
fn float(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{number}")
}

/// All numbers as Go's float64: what a typed object's numbers become on their way through JSON.
pub fn as_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            number.as_f64().and_then(serde_json::Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Value::Array(items) => items.iter().map(as_floats).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), as_floats(value))).collect(),
        other => other.clone(),
    }
}

/// The Go type that decoded JSON has.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() || number.is_u64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// `%#v`.
pub fn sharp(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::String(text) => go::quote(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sharp).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}:{}", go::quote(key), sharp(value))).collect();
            format!("map[string]interface {{}}{{{}}}", entries.join(", "))
        }
        other => print(other),
    }
}

/// Compact JSON with `<`, `>` and `&` escaped, as `encoding/json` does.
pub fn json(value: &Value) -> String {
    escape(&whole(value).to_string())
}

/// Go's JSON shows a float64 that is whole without a fraction, up to 1e21.
fn whole(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(whole).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), whole(value))).collect(),
        other => other.clone(),
    }
}

/// JSON indented by four.
pub fn json_indented(value: &Value) -> String {
    widen(&escape(&serde_json::to_string_pretty(&whole(value)).unwrap_or_default()))
}

/// Twice the indentation: two spaces become four. JSON strings hold no line breaks.
pub fn widen(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let depth = line.len() - line.trim_start_matches(' ').len();
        out.extend(std::iter::repeat_n(' ', depth));
        out.push_str(line);
    }
    out
}

/// Escapes what `encoding/json` escapes for HTML's sake; only strings can hold these characters.
pub fn escape(json: &str) -> String {
    if !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return json.to_owned();
    }
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn floats_are_shortened_like_go() {
        let cases = [
            (3600.0, "3600"),
            (999_999.0, "999999"),
            (1_000_000.0, "1e+06"),
            (31_536_000.0, "3.1536e+07"),
            (4_294_967_296.0, "4.294967296e+09"),
            (0.5, "0.5"),
            (0.00001, "1e-05"),
            (-12.25, "-12.25"),
        ];
        for (number, expected) in cases {
            assert_eq!(print(&json!(number)), expected);
        }
        assert_eq!(print(&as_floats(&json!({"a": [31_536_000]}))), "map[a:[3.1536e+07]]");
    }

    #[test]
    fn json_is_escaped_and_indented_by_four() {
        assert_eq!(json(&json!({"a": "<&"})), "{\"a\":\"\\u003c\\u0026\"}");
        assert_eq!(json_indented(&json!({"a": {"b": []}})), "{\n    \"a\": {\n        \"b\": []\n    }\n}");
        assert_eq!(sharp(&json!([null, true])), "[]interface {}{interface {}(nil), true}");
    }
}
