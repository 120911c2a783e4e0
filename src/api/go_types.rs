//! The fields of a pod template's types as Go has them: their names there, and which of them are pointers.
//!
//! Follows staging/src/k8s.io/api/core/v1/types.go and, for what differs from it, pkg/apis/core/types.go. The kind of each
//! field is in [`crate::api::schema`], their order in v1 in [`crate::api::wire`]. Storage that is not simulated has no line.

use crate::api::lines::Lines;

/// One type a line: its name, then its fields in the order of the API server's internal types.
const TYPES: &str = include_str!("go_types.txt");
static BY_NAME: Lines = Lines::of(TYPES);

/// A field: `Name`, its marks, and `=name` where its name in JSON does not follow from the one in Go.
pub struct Entry<'a> {
    /// The name in Go.
    pub go: &'a str,
    /// The name in JSON.
    pub json: String,
    marks: &'a str,
}

impl Entry<'_> {
    /// Whether it bears a mark: `*` a pointer to a plain value, `+` one in v1 only, `!` a struct that is always there,
    /// `?` a flag that only the internal type has, `-` a field that only v1 has.
    pub fn is(&self, mark: char) -> bool {
        self.marks.contains(mark)
    }
}

fn entry(text: &str) -> Entry<'_> {
    let (name, json) = text.split_once('=').unwrap_or((text, ""));
    let go = name.trim_end_matches(['*', '+', '!', '?', '-']);
    let marks = name.get(go.len()..).unwrap_or_default();
    let json = if json.is_empty() { camel(go) } else { json.to_owned() };
    Entry { go, json, marks }
}

/// `DNSPolicy` as v1 spells it: `dnsPolicy`.
fn camel(go: &str) -> String {
    let capitals = go.chars().take_while(char::is_ascii_uppercase).count();
    let lowered = if capitals == go.len() || capitals == 1 { capitals } else { capitals - 1 };
    go.char_indices().map(|(index, c)| if index < lowered { c.to_ascii_lowercase() } else { c }).collect()
}

/// The fields of a type; `None` for one without a line.
pub fn entries(type_name: &str) -> Option<impl Iterator<Item = Entry<'static>>> {
    Some(BY_NAME.get(type_name)?.split_ascii_whitespace().map(entry))
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use crate::api::schema;

    #[test]
    fn go_names_become_those_of_v1() {
        for (go, json) in [
            ("DNSPolicy", "dnsPolicy"),
            ("HTTPGet", "httpGet"),
            ("NFS", "nfs"),
            ("Name", "name"),
            ("SELinuxOptions", "seLinuxOptions"),
            ("HostPID", "hostPID"),
            ("APIVersion", "apiVersion"),
            ("UID", "uid"),
        ] {
            assert_eq!(camel(go), json);
        }
    }

    #[test]
    fn the_table_has_every_field_of_v1_and_no_other() {
        let moved = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"];
        for line in TYPES.lines() {
            let type_name = line.split(' ').next().unwrap_or_default();
            let Some(fields) = schema::fields(type_name) else { panic!("{type_name} is no type of v1") };
            let listed: Vec<String> = entries(type_name).into_iter().flatten().map(|entry| entry.json).collect();
            for name in fields.keys() {
                assert!(listed.contains(name), "{type_name}.{name} is missing");
            }
            for name in
                listed.iter().filter(|name| type_name != "PodSecurityContext" || !moved.contains(&name.as_str()))
            {
                assert!(fields.contains_key(name), "{type_name}.{name} is none of v1");
            }
        }
    }
}
