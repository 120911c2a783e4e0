//! The Go types of fields, as its decoder's errors and its dumps name them.

use crate::api::lines::Lines;
use crate::api::schema::{Field, Shape};

/// Strings with a type of their own in Go, by field, one a line.
const NAMED: &str = include_str!("named.txt");
static BY_FIELD: Lines = Lines::of(NAMED);

/// The Go type of a field's single value; `name` is `Type.field`.
pub(super) fn go_scalar(name: &str, field: &Field) -> String {
    match field.type_name.as_str() {
        "base64" => "[]uint8".to_owned(),
        "string" if field.shape != Shape::Map => {
            // An ephemeral container's fields are those of a container.
            let name = name.strip_prefix("Ephemeral").unwrap_or(name);
            BY_FIELD.get(name).unwrap_or("string").to_owned()
        }
        other => other.to_owned(),
    }
}

/// The Go type of a field, without the star of a pointer; `name` is `Type.field`.
pub(super) fn go_type(name: &str, field: &Field) -> String {
    let element = if field.is_object() { format!("v1.{}", field.type_name) } else { go_scalar(name, field) };
    match field.shape {
        Shape::Single => element,
        Shape::List => format!("[]{element}"),
        Shape::Map if field.type_name == "quantity" => "v1.ResourceList".to_owned(),
        Shape::Map => format!("map[string]{element}"),
        Shape::MapOfLists => "map[string]v1.ExtraValue".to_owned(),
    }
}

impl Field {
    /// The Go type of the field with this name of a type: `v1.PullPolicy`, `[]v1.Container`, `int64`.
    pub fn go_type(&self, type_name: &str, name: &str) -> String {
        go_type(&format!("{type_name}.{name}"), self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::schema;

    #[test]
    fn the_named_strings_are_fields() {
        for line in NAMED.lines() {
            let (path, _) = line.split_once(' ').unwrap_or_default();
            let (type_name, field) = path.split_once('.').unwrap_or_default();
            assert!(schema::field(type_name, field).is_some_and(|field| field.type_name == "string"), "{path}");
        }
    }
}
