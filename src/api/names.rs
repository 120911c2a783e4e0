//! The rules for names, labels and keys, and the sentences that explain them.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content.
//! Every rule returns its complaints in the order Kubernetes makes them; none means the text is well formed.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const KEY_NAME: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

/// Whether a namespace, container or volume name is well formed (RFC 1123 label, at most 63 characters).
pub fn is_dns1123_label(name: &str) -> bool {
    name.len() <= 63 && is_label_shape(name)
}

/// Whether an object's name is well formed (RFC 1123 subdomain, at most 253 characters).
pub fn is_dns1123_subdomain(name: &str) -> bool {
    name.len() <= 253 && is_subdomain_shape(name)
}

fn is_label_shape(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn is_subdomain_shape(name: &str) -> bool {
    name.split('.').all(is_label_shape)
}

fn is_key_name_shape(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
}

fn regex_error(message: &str, pattern: &str, examples: &[&str]) -> String {
    let mut text = format!("{message} (e.g. ");
    for (index, example) in examples.iter().enumerate() {
        if index > 0 {
            text.push_str(" or ");
        }
        text.push_str(&format!("'{example}', "));
    }
    format!("{text}regex used for validation is '{pattern}')")
}

fn too_long(length_max: usize, unit: &str) -> String {
    format!("must be no more than {length_max} {unit}")
}

/// A namespace, container or volume name: RFC 1123 label.
pub fn dns1123_label(name: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if name.len() > 63 {
        errors.push(too_long(63, "characters"));
    }
    if !is_label_shape(name) {
        errors.push(if is_subdomain_shape(name) {
            "must not contain dots".to_owned()
        } else {
            let message = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                           start and end with an alphanumeric character";
            regex_error(message, LABEL, &["my-name", "123-abc"])
        });
    }
    errors
}

/// An object's name: RFC 1123 subdomain.
pub fn dns1123_subdomain(name: &str) -> Vec<String> {
    subdomain(name, "characters")
}

fn subdomain(name: &str, unit: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if name.len() > 253 {
        errors.push(too_long(253, unit));
    }
    if !is_subdomain_shape(name) {
        let message = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
                       must start and end with an alphanumeric character";
        errors.push(regex_error(message, SUBDOMAIN, &["example.com"]));
    }
    errors
}

/// A name made by the server from a prefix: the prefix may end with a dash.
pub fn generate_name(prefix: &str, rule: fn(&str) -> Vec<String>) -> Vec<String> {
    match prefix.strip_suffix('-') {
        Some(cut) => rule(&format!("{cut}a")),
        None => rule(prefix),
    }
}

/// A Service's name: RFC 1035 label, which starts with a letter.
pub fn dns1035_label(name: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if name.len() > 63 {
        errors.push(too_long(63, "characters"));
    }
    if !is_label_shape(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        let message = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
                       alphabetic character, and end with an alphanumeric character";
        errors.push(regex_error(message, "[a-z]([-a-z0-9]*[a-z0-9])?", &["my-name", "abc-123"]));
    }
    errors
}

const KEY_CHARACTERS: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// A label's key (also an annotation's, lower-cased by the caller): `name` or `prefix/name`.
pub fn label_key(key: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let parts: Vec<&str> = key.split('/').collect();
    let examples = ["MyName", "my.name", "123-abc"];
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".to_owned());
            } else {
                errors.extend(subdomain(prefix, "bytes").into_iter().map(|error| format!("prefix part {error}")));
            }
            *name
        }
        _ => {
            let message = regex_error(&format!("a valid label key {KEY_CHARACTERS}"), KEY_NAME, &examples);
            return vec![format!(
                "{message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        errors.push(format!("name part {}", too_long(63, "bytes")));
    }
    if !is_key_name_shape(name) {
        errors.push(format!("name part {}", regex_error(KEY_CHARACTERS, KEY_NAME, &examples)));
    }
    errors
}

/// A label's value; may be empty.
pub fn label_value(value: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if value.len() > 63 {
        errors.push(too_long(63, "bytes"));
    }
    if !value.is_empty() && !is_key_name_shape(value) {
        let message = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                       must start and end with an alphanumeric character";
        let pattern = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
        errors.push(regex_error(message, pattern, &["MyValue", "my_value", "12345"]));
    }
    errors
}

/// A key of a Secret's or ConfigMap's data.
pub fn config_key(key: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if key.len() > 253 {
        errors.push(too_long(253, "characters"));
    }
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        let message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
        errors.push(regex_error(message, "[-._a-zA-Z0-9]+", &["key.name", "KEY_NAME", "key-name"]));
    }
    if key == "." {
        errors.push("must not be '.'".to_owned());
    } else if key == ".." {
        errors.push("must not be '..'".to_owned());
    } else if key.starts_with("..") {
        errors.push("must not start with '..'".to_owned());
    }
    errors
}

/// A name used as one part of a URL: what RBAC objects must keep to.
pub fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    ["/", "%"]
        .into_iter()
        .filter(|character| name.contains(character))
        .map(|character| format!("may not contain '{character}'"))
        .collect()
}

/// An environment variable's name in a pod: anything printable except `=`.
pub fn environment_variable(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if name.chars().all(|c| (' '..='~').contains(&c) && c != '=') {
        return Vec::new();
    }
    vec!["a valid environment variable name must consist only of printable ASCII characters other than '='".to_owned()]
}

/// A container port's name.
pub fn port_name(name: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if name.len() > 15 {
        errors.push(too_long(15, "characters"));
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !name.bytes().any(|b| b.is_ascii_lowercase()) {
        errors.push("must contain at least one letter (a-z)".to_owned());
    }
    if name.contains("--") {
        errors.push("must not contain consecutive hyphens".to_owned());
    }
    if name.starts_with('-') || name.ends_with('-') {
        errors.push("must not begin or end with a hyphen".to_owned());
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_names() {
        assert!(dns1123_subdomain("my-robot.v1").is_empty());
        assert_eq!(
            dns1123_subdomain("My_Robot"),
            [
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
              and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
              '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            ]
        );
        assert_eq!(dns1123_label("a.b"), ["must not contain dots"]);
        assert_eq!(dns1123_label(&"a".repeat(64)), ["must be no more than 63 characters"]);
        assert_eq!(
            dns1123_label("A"),
            [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end \
              with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
              '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
        assert!(generate_name("app-", dns1123_subdomain).is_empty());
    }

    #[test]
    fn explains_labels_and_keys() {
        assert!(label_key("app.kubernetes.io/name").is_empty());
        assert_eq!(label_key("a/b/c").len(), 1);
        assert!(label_key("a/b/c")[0].starts_with("a valid label key must consist of"));
        assert_eq!(label_key("/x"), ["prefix part must be non-empty"]);
        assert_eq!(label_key(&"a".repeat(64)), ["name part must be no more than 63 bytes"]);
        assert_eq!(label_key("").len(), 2);
        assert!(label_value("").is_empty());
        assert!(label_value("_x")[0].ends_with("'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"));
        assert_eq!(config_key(".."), ["must not be '..'"]);
        assert_eq!(config_key("..a"), ["must not start with '..'"]);
        assert!(config_key("ca.crt").is_empty());
        assert_eq!(path_segment("a/b%"), ["may not contain '/'", "may not contain '%'"]);
        assert!(path_segment("system:basic-user").is_empty());
        assert_eq!(port_name("80"), ["must contain at least one letter (a-z)"]);
    }
}
