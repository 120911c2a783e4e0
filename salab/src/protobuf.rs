//! Objects that a client sends as Protobuf, as Go clients do: read into the JSON that the door takes.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf for the envelope. `protobuf-fields.txt` has
//! the numbers of the fields, from the `generated.proto` files of k8s.io/api and k8s.io/apimachinery; the types are those
//! of the schema. Answers are JSON: every client that sends Protobuf reads that too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::api::schema::{self, Shape};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";
const MAGIC: &[u8] = b"k8s\0";

/// Numbers and booleans that are pointers in Go: 0 and false are something else than nothing. Of all others Protobuf
/// sends the zero where JSON would leave it out.
const POINTERS: [&str; 36] = [
    "activeDeadlineSeconds",
    "allocateLoadBalancerNodePorts",
    "allowPrivilegeEscalation",
    "automountServiceAccountToken",
    "blockOwnerDeletion",
    "collisionCount",
    "controller",
    "defaultMode",
    "deletionGracePeriodSeconds",
    "enableServiceLinks",
    "expirationSeconds",
    "fsGroup",
    "gracePeriodSeconds",
    "hostProcess",
    "hostUsers",
    "immutable",
    "lun",
    "minDomains",
    "mode",
    "optional",
    "orphanDependents",
    "partition",
    "priority",
    "privileged",
    "progressDeadlineSeconds",
    "readOnlyRootFilesystem",
    "replicas",
    "revisionHistoryLimit",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "started",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
];

/// Options are no objects, and in no schema.
const OPTIONS: [(&str, &str, Shape, &str); 7] = [
    ("DeleteOptions", "gracePeriodSeconds", Shape::Single, "int64"),
    ("DeleteOptions", "preconditions", Shape::Single, "Preconditions"),
    ("DeleteOptions", "orphanDependents", Shape::Single, "bool"),
    ("DeleteOptions", "propagationPolicy", Shape::Single, "string"),
    ("DeleteOptions", "dryRun", Shape::List, "string"),
    ("Preconditions", "uid", Shape::Single, "string"),
    ("Preconditions", "resourceVersion", Shape::Single, "string"),
];

type Numbers = BTreeMap<&'static str, BTreeMap<u64, &'static str>>;

/// The name of a field by its message and number; `*Message` for one whose fields JSON has among the others.
fn numbers() -> &'static Numbers {
    static NUMBERS: OnceLock<Numbers> = OnceLock::new();
    NUMBERS.get_or_init(|| {
        let mut numbers = Numbers::new();
        for line in include_str!("protobuf-fields.txt").lines() {
            let mut words = line.split(' ');
            let message = words.next().unwrap_or_default();
            let fields = words.filter_map(|word| word.split_once('='));
            let fields = fields.filter_map(|(number, name)| Some((number.parse().ok()?, name)));
            numbers.insert(message, fields.collect());
        }
        numbers
    })
}

fn field(type_name: &str, name: &str) -> Option<(Shape, String)> {
    if let Some(field) = schema::field(type_name, name) {
        return Some((field.shape, field.type_name.clone()));
    }
    let known = OPTIONS.iter().find(|(owner, field, ..)| *owner == type_name && *field == name)?;
    Some((known.2, known.3.to_owned()))
}

/// The object in a body; `None` for what is none, or of a kind that is not known here.
pub fn read(body: &[u8]) -> Option<Value> {
    let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    for (number, piece) in Pieces(body.strip_prefix(MAGIC)?) {
        match (number, piece?) {
            (1, Piece::Bytes(types)) => {
                for (number, piece) in Pieces(types) {
                    match (number, piece?) {
                        (1, Piece::Bytes(text)) => api_version = String::from_utf8(text.to_vec()).ok()?,
                        (2, Piece::Bytes(text)) => kind = String::from_utf8(text.to_vec()).ok()?,
                        _ => {}
                    }
                }
            }
            (2, Piece::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let type_name = match kind.as_str() {
        "DeleteOptions" => "DeleteOptions",
        kind => schema::type_of(&api_version, kind)?,
    };
    let mut object = Map::new();
    object.insert("kind".to_owned(), kind.into());
    object.insert("apiVersion".to_owned(), api_version.into());
    message(type_name, type_name, raw, &mut object)?;
    Some(Value::Object(object))
}

/// Reads the fields of `message` into an object of the schema's `type_name`.
fn message(type_name: &str, message_name: &str, bytes: &[u8], into: &mut Map<String, Value>) -> Option<()> {
    for (number, piece) in Pieces(bytes) {
        let piece = piece?;
        let Some(name) = numbers().get(message_name).and_then(|names| names.get(&number)) else { continue };
        if let (Some(inner), Piece::Bytes(bytes)) = (name.strip_prefix('*'), &piece) {
            message(type_name, inner, bytes, into)?;
            continue;
        }
        let Some((shape, element)) = field(type_name, name) else { continue };
        match shape {
            Shape::Single => {
                let value = value(&element, &piece)?;
                let zero = value == json!("") || value == json!(0) || value == json!(false);
                if !value.is_null() && (!zero || POINTERS.contains(name) && !value.is_string()) {
                    into.insert((*name).to_owned(), value);
                }
            }
            Shape::List => {
                let list = into.entry((*name).to_owned()).or_insert_with(|| json!([]));
                list.as_array_mut()?.extend(items(&element, &piece)?);
            }
            Shape::Map | Shape::MapOfLists => {
                let (key, value) = entry(&element, shape, &piece)?;
                let map = into.entry((*name).to_owned()).or_insert_with(|| json!({}));
                map.as_object_mut()?.insert(key, value);
            }
        }
    }
    Some(())
}

/// One element of a list, or several numbers packed into one.
fn items(element: &str, piece: &Piece<'_>) -> Option<Vec<Value>> {
    let (Piece::Bytes(packed), "int32" | "int64" | "bool") = (piece, element) else {
        return Some(vec![value(element, piece)?]);
    };
    let (mut rest, mut all) = (*packed, Vec::new());
    while !rest.is_empty() {
        all.push(value(element, &Piece::Number(varint(&mut rest)?))?);
    }
    Some(all)
}

fn entry(element: &str, shape: Shape, piece: &Piece<'_>) -> Option<(String, Value)> {
    let Piece::Bytes(bytes) = piece else { return None };
    let (mut key, mut found) = (String::new(), if shape == Shape::Map { json!("") } else { json!([]) });
    for (number, piece) in Pieces(bytes) {
        match (number, piece?, shape) {
            (1, Piece::Bytes(text), _) => key = String::from_utf8(text.to_vec()).ok()?,
            (2, piece, Shape::Map) => found = value(element, &piece)?,
            (2, Piece::Bytes(list), _) => {
                let items: Option<Vec<Value>> = Pieces(list).map(|(_, item)| value(element, &item?)).collect();
                found = Value::Array(items?);
            }
            _ => {}
        }
    }
    Some((key, found))
}

/// A value of a type; null where Go has nothing.
fn value(type_name: &str, piece: &Piece<'_>) -> Option<Value> {
    let bytes = match piece {
        Piece::Number(number) => {
            return Some(match type_name {
                "bool" => json!(*number != 0),
                // Negative numbers come as their two's complement.
                _ => json!(i64::from_le_bytes(number.to_le_bytes())),
            });
        }
        Piece::Bytes(bytes) => *bytes,
        Piece::Other => return None,
    };
    let number = |wanted: u64| {
        Pieces(bytes).find_map(|(number, piece)| match piece {
            Some(Piece::Number(value)) if number == wanted => Some(i64::from_le_bytes(value.to_le_bytes())),
            _ => None,
        })
    };
    let text = |wanted: u64| {
        Pieces(bytes).find_map(|(number, piece)| match piece {
            Some(Piece::Bytes(text)) if number == wanted => String::from_utf8(text.to_vec()).ok(),
            _ => None,
        })
    };
    Some(match type_name {
        "string" => json!(String::from_utf8(bytes.to_vec()).ok()?),
        "base64" => json!(STANDARD.encode(bytes)),
        "quantity" => json!(text(1).unwrap_or_default()),
        "int-or-string" if number(1) == Some(1) => json!(text(3).unwrap_or_default()),
        "int-or-string" => json!(number(2).unwrap_or_default()),
        "time" | "microtime" => match number(1) {
            None => Value::Null,
            Some(seconds) => {
                let micros = seconds.checked_mul(1_000_000)?.checked_add(number(2).unwrap_or_default() / 1000)?;
                let time = Timestamp::from_unix_micros(micros);
                json!(if type_name == "time" { time.rfc3339() } else { time.rfc3339_micros() })
            }
        },
        "any" => serde_json::from_str(&text(1)?).ok()?,
        other => {
            let mut object = Map::new();
            message(other, other, bytes, &mut object)?;
            Value::Object(object)
        }
    })
}

/// What stands behind a field's number.
enum Piece<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Fixed-width numbers, which no field here has.
    Other,
}

/// The fields of a message in their order; `None` in place of one that is broken off.
struct Pieces<'a>(&'a [u8]);

impl<'a> Iterator for Pieces<'a> {
    type Item = (u64, Option<Piece<'a>>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (number, piece) = self.read().map_or((0, None), |(number, piece)| (number, Some(piece)));
        if piece.is_none() {
            self.0 = &[];
        }
        Some((number, piece))
    }
}

impl<'a> Pieces<'a> {
    fn read(&mut self) -> Option<(u64, Piece<'a>)> {
        let key = varint(&mut self.0)?;
        let piece = match key & 7 {
            0 => Piece::Number(varint(&mut self.0)?),
            1 => self.take(8).map(|_| Piece::Other)?,
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).ok()?;
                Piece::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Piece::Other)?,
            _ => return None,
        };
        Some((key >> 3, piece))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn envelope(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
        let types = [bytes(1, api_version.as_bytes()), bytes(2, kind.as_bytes())].concat();
        [MAGIC, &bytes(1, &types), &bytes(2, raw)].concat()
    }

    #[test]
    fn reads_a_token_request() {
        let spec = [bytes(1, b"vault"), vec![4 << 3, 0xd8, 0x04]].concat();
        let raw = [bytes(1, &bytes(1, b"")), bytes(2, &spec), bytes(3, &bytes(2, b""))].concat();
        let object = read(&envelope("authentication.k8s.io/v1", "TokenRequest", &raw)).unwrap();
        assert_eq!(object["spec"], json!({"audiences": ["vault"], "expirationSeconds": 600}));
        assert_eq!((&object["metadata"], &object["status"]), (&json!({}), &json!({})));
    }

    #[test]
    fn reads_fields_that_json_has_among_the_others() {
        let volume = [bytes(1, b"v"), bytes(2, &bytes(6, &bytes(1, b"s")))].concat();
        let pod = bytes(2, &[bytes(1, &volume), vec![21 << 3 & 0x7f | 0x80, 1, 0]].concat());
        let object = read(&envelope("v1", "Pod", &pod)).unwrap();
        assert_eq!(object["spec"]["volumes"], json!([{"name": "v", "secret": {"secretName": "s"}}]));
        assert_eq!(object["spec"]["automountServiceAccountToken"], json!(false));
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let good = envelope("v1", "ConfigMap", &bytes(2, &[bytes(1, b"k"), bytes(2, b"v")].concat()));
        assert_eq!(read(&good).unwrap()["data"], json!({"k": "v"}));
        for length in 0..good.len() {
            let _ = read(good.get(..length).unwrap());
        }
        assert!(read(b"{}").is_none() && read(&envelope("batch/v1", "Job", &[])).is_none());
    }

    #[test]
    fn every_numbered_field_has_a_type() {
        assert!(numbers().len() > 200);
        for (message, names) in numbers() {
            let inlined = ["VolumeSource", "ProbeHandler", "EphemeralContainerCommon"].contains(message);
            for name in names.values() {
                assert!(inlined || name.starts_with('*') || field(message, name).is_some(), "{message}.{name}");
            }
        }
    }
}
