//! The order of keys in Kubernetes' structs.

use crate::api::schema;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One type a line: its name, then its fields. `field:Type` names the type of a field that the schema does not know.
const TABLE: &str = include_str!("order.txt");

/// The fields of a struct, looked up once for all its keys.
pub(super) type Fields = Option<&'static [Field]>;

/// A field of a struct.
pub(super) struct Field {
    name: &'static str,
    held: Held,
}

/// What a field holds.
enum Held {
    /// Something whose keys come in this order.
    Keys(Order<'static>),
    /// An object of any kind.
    Object,
}

impl Field {
    fn of(type_name: &str, word: &'static str) -> Self {
        let (name, held) = match word.split_once(':') {
            Some((name, "Object")) => (name, Held::Object),
            Some((name, child)) => (name, Held::Keys(Order::Struct(child, false))),
            None => (word, Held::Keys(embedded(type_name, word))),
        };
        Field { name, held }
    }
}

/// The table, read once: every key that is written is looked up in it.
static STRUCTS: LazyLock<BTreeMap<&'static str, Vec<Field>>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| line.split_once(' '));
    lines
        .map(|(name, words)| (name, words.split_ascii_whitespace().map(|word| Field::of(name, word)).collect()))
        .collect()
});

/// The order of what a field holds, as the schema has it.
fn embedded(type_name: &str, field: &str) -> Order<'static> {
    let held = schema::field(type_name, field).filter(|field| field.is_object());
    held.map_or(Order::Sorted, |held| {
        Order::Struct(&held.type_name, schema::field(&held.type_name, "metadata").is_some())
    })
}

/// In what order the keys of a value come.
#[derive(Clone, Copy)]
pub(super) enum Order<'a> {
    /// In byte order: mappings of labels, data, and everything unknown.
    Sorted,
    /// In the order of a struct; with `true` the type is an API object and `kind`, `apiVersion`, `metadata` come first.
    Struct(&'a str, bool),
    /// A list of objects, each of the kind named (or of its own).
    List(&'a str),
}

const FIRST: [&str; 3] = ["kind", "apiVersion", "metadata"];

/// The order of a whole object, found by its kind.
pub(super) fn root(value: &Value) -> Order<'_> {
    let has = |key: &str| value.get(key).is_some();
    match value.get("kind").and_then(Value::as_str) {
        Some(kind) if has("items") => Order::List(kind.strip_suffix("List").unwrap_or(kind)),
        Some(kind) => Order::Struct(kind, true),
        // Documents without a kind, each known by a key.
        None if has("issuer") => Order::Struct("Discovery", false),
        None if has("keys") => Order::Struct("KeySet", false),
        None if has("gitVersion") => Order::Struct("Version", false),
        None if has("object") && has("type") => Order::Struct("WatchEvent", false),
        None => Order::Struct("", true),
    }
}

fn fields_of(type_name: &str) -> Fields {
    STRUCTS.get(type_name).map(Vec::as_slice)
}

/// The fields of a struct in Go's order, by their names in JSON; `None` for types that are not in the table.
pub fn struct_fields(type_name: &str) -> Option<impl Iterator<Item = &'static str>> {
    Some(fields_of(type_name)?.iter().map(|field| field.name))
}

impl<'a> Order<'a> {
    /// The fields of the struct, if it is one that the table has.
    pub(super) fn fields(self) -> Fields {
        match self {
            Order::Struct(type_name, _) => fields_of(type_name),
            _ => None,
        }
    }

    /// Where a key comes, and the field that it is; keys that are not listed come last.
    pub(super) fn place(self, fields: Fields, key: &str) -> (usize, Option<&'static Field>) {
        let first = || FIRST.iter().position(|first| *first == key);
        match self {
            Order::Sorted => (0, None),
            Order::List(_) => (first().unwrap_or(FIRST.len()), None),
            Order::Struct(_, is_object) => {
                if let Some(first) = first().filter(|_| is_object) {
                    return (first, None);
                }
                match fields.into_iter().flatten().enumerate().find(|(_, field)| field.name == key) {
                    Some((index, field)) => (FIRST.len() + index, Some(field)),
                    None => (usize::MAX, None),
                }
            }
        }
    }

    /// The order of a list's element.
    pub(super) fn of_item(self, item: &'a Value) -> Order<'a> {
        match self {
            Order::Struct("Object", _) => root(item),
            other => other,
        }
    }

    /// The order of the value of a field, which is the one that [`Self::place`] found.
    pub(super) fn of_field(self, field: Option<&Field>, key: &str, value: &'a Value) -> Order<'a> {
        match (self, field.map(|field| &field.held)) {
            (_, Some(Held::Keys(order))) => *order,
            (_, Some(Held::Object)) => root(value),
            (Order::Sorted, None) => Order::Sorted,
            (Order::List(_), None) if key == "metadata" => Order::Struct("ListMeta", false),
            (Order::List(kind), None) if key == "items" => {
                let own = value.as_array().and_then(|items| items.first()).and_then(|item| item.get("kind"));
                if own.is_some() { Order::Struct("Object", true) } else { Order::Struct(kind, true) }
            }
            (Order::List(_), None) => Order::Sorted,
            (Order::Struct(type_name, true), None) if key == "metadata" => {
                let list = matches!(type_name, "Status" | "Table");
                Order::Struct(if list { "ListMeta" } else { "ObjectMeta" }, false)
            }
            (Order::Struct(type_name, _), None) => embedded(type_name, key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_fields_that_exist() {
        for line in TABLE.lines() {
            let mut words = line.split_ascii_whitespace();
            let type_name = words.next().unwrap_or_default();
            let Some(fields) = schema::fields(type_name) else { continue };
            let listed: Vec<&str> = words.map(|word| word.split(':').next().unwrap_or(word)).collect();
            for field in fields.keys().filter(|field| !FIRST.contains(&field.as_str())) {
                assert!(listed.contains(&field.as_str()), "{type_name}.{field} has no place");
            }
        }
    }
}
