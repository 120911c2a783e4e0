//! JSON as Kubernetes writes it: keys in the order of its structs, strings escaped as Go escapes them.
//!
//! The API server and kubectl's typed objects write keys in struct order; objects that kubectl fetched without knowing
//! their type come out in byte order. Follows staging/src/k8s.io/api/*/v1/types.go for the orders.

mod order;

pub use order::struct_fields;

use crate::api::sorted;
use order::Order;
use serde_json::{Map, Value};

/// Encodes a value with the server's key order: compact with a last newline, or indented by two and without.
pub fn encode(value: &Value, pretty: bool) -> String {
    if pretty { encode_indented(value, 2) } else { write(value, None, true) + "\n" }
}

/// Struct order, indented by `spaces`, no newline at the end: `kubectl -o json` of objects it knows the type of uses 4.
pub fn encode_indented(value: &Value, spaces: usize) -> String {
    write(value, Some(spaces), true)
}

/// Keys in byte order, compact or indented, no newline at the end: `kubectl -o json` of fetched objects uses 4.
pub fn sorted(value: &Value, spaces: Option<usize>) -> String {
    write(value, spaces, false)
}

fn write(value: &Value, spaces: Option<usize>, ordered: bool) -> String {
    let mut writer = Writer { out: String::new(), spaces, depth: 0, ordered };
    writer.value(value, if ordered { order::root(value) } else { Order::Sorted });
    writer.out
}

struct Writer {
    out: String,
    spaces: Option<usize>,
    depth: usize,
    ordered: bool,
}

impl Writer {
    fn value(&mut self, value: &Value, order: Order<'_>) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Number(number) => self.out.push_str(&number.to_string()),
            Value::String(text) => string(&mut self.out, text),
            Value::Array(items) => self.array(items, order),
            Value::Object(map) => self.object(map, order),
        }
    }

    fn array(&mut self, items: &[Value], order: Order<'_>) {
        if items.is_empty() {
            self.out.push_str("[]");
            return;
        }
        self.open('[');
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.value(item, order.of_item(item));
        }
        self.close(']');
    }

    fn object(&mut self, map: &Map<String, Value>, order: Order<'_>) {
        if map.is_empty() {
            self.out.push_str("{}");
            return;
        }
        self.open('{');
        let fields = order.fields();
        let mut entries: Vec<_> = map.iter().map(|(key, value)| (order.place(fields, key), key, value)).collect();
        if self.ordered {
            // Stable: keys without a place of their own stay in byte order.
            sorted::sort_by(&mut entries, |((a, _), ..), ((b, _), ..)| a.cmp(b));
        }
        for (index, ((_, field), key, value)) in entries.into_iter().enumerate() {
            self.separate(index);
            string(&mut self.out, key);
            self.out.push_str(if self.spaces.is_some() { ": " } else { ":" });
            self.value(value, order.of_field(field, key, value));
        }
        self.close('}');
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.line();
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        self.line();
        self.out.push(bracket);
    }

    fn line(&mut self) {
        if let Some(spaces) = self.spaces {
            self.out.push('\n');
            const BLANKS: &str = "                                ";
            let mut width = spaces * self.depth;
            while width > 0 {
                let some = width.min(BLANKS.len());
                self.out.push_str(BLANKS.get(..some).unwrap_or_default());
                width -= some;
            }
        }
    }
}

/// A JSON string as Go's encoder writes it: `<`, `>`, `&` and the line separators are escaped too.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some((before, c, after)) = next_escaped(rest) {
        out.push_str(before);
        rest = after;
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push_str(rest);
    out.push('"');
}

/// The next character that is not written as it is, with what stands before and behind it.
fn next_escaped(text: &str) -> Option<(&str, char, &str)> {
    // Of the bytes of all other characters none is one of these; 0xe2 begins the line separators, and more.
    let begins = |at: usize, byte: &u8| match byte {
        b'"' | b'\\' | b'<' | b'>' | b'&' | 0..=0x1f => true,
        0xe2 => text.get(at..).is_some_and(|rest| rest.starts_with(['\u{2028}', '\u{2029}'])),
        _ => false,
    };
    let (at, _) = text.as_bytes().iter().enumerate().find(|(at, byte)| begins(*at, byte))?;
    let (before, rest) = text.split_at_checked(at)?;
    let c = rest.chars().next()?;
    Some((before, c, rest.get(c.len_utf8()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn orders_keys_like_the_server() {
        let status = crate::api::Status::not_found("", "serviceaccounts", "nope").to_value();
        assert_eq!(
            encode(&status, false),
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\
             \"message\":\"serviceaccounts \\\"nope\\\" not found\",\"reason\":\"NotFound\",\
             \"details\":{\"name\":\"nope\",\"kind\":\"serviceaccounts\"},\"code\":404}\n"
        );
        let list = json!({"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "5"}, "items": [
            {"metadata": {"uid": "u", "name": "p", "labels": {"b": "1", "a": "2"}},
             "spec": {"containers": [{"image": "i", "name": "c"}], "volumes": [{"projected": {"defaultMode": 420, "sources": []}, "name": "v"}]}}]});
        assert_eq!(
            encode(&list, false),
            "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[\
             {\"metadata\":{\"name\":\"p\",\"uid\":\"u\",\"labels\":{\"a\":\"2\",\"b\":\"1\"}},\
             \"spec\":{\"volumes\":[{\"name\":\"v\",\"projected\":{\"sources\":[],\"defaultMode\":420}}],\
             \"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}]}\n"
        );
    }

    #[test]
    fn orders_a_token_request() {
        let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "metadata": {"creationTimestamp": "t", "name": "data-sa"},
            "spec": {"audiences": ["a"], "boundObjectRef": null, "expirationSeconds": 3600},
            "status": {"expirationTimestamp": "t", "token": "x"}});
        assert_eq!(
            encode_indented(&request, 4),
            "{\n    \"kind\": \"TokenRequest\",\n    \"apiVersion\": \"authentication.k8s.io/v1\",\n    \"metadata\": {\n        \
             \"name\": \"data-sa\",\n        \"creationTimestamp\": \"t\"\n    },\n    \"spec\": {\n        \"audiences\": [\n            \
             \"a\"\n        ],\n        \"expirationSeconds\": 3600,\n        \"boundObjectRef\": null\n    },\n    \"status\": {\n        \
             \"token\": \"x\",\n        \"expirationTimestamp\": \"t\"\n    }\n}"
        );
    }

    #[test]
    fn escapes_like_go_and_sorts_for_kubectl() {
        assert_eq!(
            sorted(&json!({"kind": "a<b>&", "apiVersion": "\u{1}\u{2028}\u{7f}é\u{2027}\u{2029}"}), None),
            "{\"apiVersion\":\"\\u0001\\u2028\u{7f}é\u{2027}\\u2029\",\"kind\":\"a\\u003cb\\u003e\\u0026\"}"
        );
        assert_eq!(encode(&json!({}), true), "{}");
        assert_eq!(encode(&json!({"jwks_uri": "u", "issuer": "i"}), false), "{\"issuer\":\"i\",\"jwks_uri\":\"u\"}\n");
    }
}
