//! `kubectl create configmap`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_configmap.go.

use crate::api::object::set;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument, sources};
use crate::kubectl::errors::Failure;
use crate::kubectl::options::{DRY_RUN, OUTPUT};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The command.
pub const COMMAND: Command = Command {
    name: "configmap",
    aliases: &["cm"],
    usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
    summary: "Create a config map from a local file, directory or literal value",
    examples: &[
        "kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2",
        "kubectl create configmap my-config --from-file=path/to/bar",
    ],
    flags: &[sources::FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    if context.flags.boolean("append-hash") {
        return Err(Failure::message("not simulated: --append-hash; nearest: a NAME that you choose"));
    }
    let object = config_map(&name, sources::entries(context).map_err(Failure::message)?).map_err(Failure::message)?;
    finish(context, object, Some("failed to create configmap"))
}

/// Text goes to `data`, anything else to `binaryData`.
fn config_map(name: &str, entries: Vec<(String, Vec<u8>)>) -> Result<Value, String> {
    let (mut data, mut binary) = (Map::new(), Map::new());
    for (key, value) in entries {
        let problems = crate::api::names::config_key(&key);
        if !problems.is_empty() {
            let key = crate::api::go::quote(&key);
            return Err(format!("{key} is not a valid key name for a ConfigMap: {}", problems.join(",")));
        }
        if data.contains_key(&key) || binary.contains_key(&key) {
            return Err(format!(
                "cannot add key \"{key}\", another key by that name already exists in Data for ConfigMap \"{name}\""
            ));
        }
        match String::from_utf8(value) {
            Ok(text) => data.insert(key, json!(text)),
            Err(error) => binary.insert(key, json!(STANDARD.encode(error.as_bytes()))),
        };
    }
    let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}});
    for (field, map) in [("data", data), ("binaryData", binary)] {
        if !map.is_empty() {
            set(&mut object, &[field], Value::Object(map));
        }
    }
    Ok(object)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keeps_bytes_that_are_no_text_apart() {
        let made = config_map("c", vec![("a".into(), b"x".to_vec()), ("b".into(), vec![0xff])]).unwrap();
        assert_eq!(made["data"], json!({"a": "x"}));
        assert_eq!(made["binaryData"], json!({"b": "/w=="}));
    }

    #[test]
    fn refuses_bad_and_double_keys() {
        let entry = |key: &str| (key.to_owned(), Vec::new());
        assert_eq!(
            config_map("c", vec![entry("a"), entry("a")]).unwrap_err(),
            "cannot add key \"a\", another key by that name already exists in Data for ConfigMap \"c\""
        );
        let problem = config_map("c", vec![entry("a b")]).unwrap_err();
        assert!(problem.starts_with("\"a b\" is not a valid key name for a ConfigMap: a valid config key must"));
    }
}
