//! `kubectl create secret generic` and `kubectl create secret docker-registry`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_{secret,secret_docker}.go. Left out: `tls`.

use crate::api::object::set;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::create::{CREATE_FLAGS, finish, name_argument, sources};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, OUTPUT};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The group.
pub const COMMAND: Command = Command {
    name: "secret",
    usage: "(docker-registry | generic | tls)",
    summary: "Create a secret using a specified subcommand",
    children: &[&GENERIC, &DOCKER_REGISTRY, &TLS],
    ..Command::EMPTY
};

const GENERIC: Command = Command {
    name: "generic",
    usage: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
    summary: "Create a secret from a local file, directory, or literal value",
    examples: &[
        "kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret",
        "kubectl create secret generic my-secret --from-file=ssh-privatekey=path/to/id_rsa",
    ],
    flags: &[&[Flag::text("type", "", "The type of secret to create")], sources::FLAGS, OUTPUT, DRY_RUN, CREATE_FLAGS],
    run: run_generic,
    ..Command::EMPTY
};

const DOCKER_REGISTRY: Command = Command {
    name: "docker-registry",
    usage: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--dry-run=server|client|none]",
    summary: "Create a secret for use with a Docker registry",
    flags: &[
        &[
            Flag::text("docker-username", "", "Username for Docker registry authentication"),
            Flag::text("docker-password", "", "Password for Docker registry authentication"),
            Flag::text("docker-email", "", "Email for Docker registry"),
            Flag::text("docker-server", "", "Server location for Docker registry").or("https://index.docker.io/v1/"),
        ],
        OUTPUT,
        DRY_RUN,
        CREATE_FLAGS,
    ],
    run: run_docker_registry,
    ..Command::EMPTY
};

const TLS: Command = Command {
    name: "tls",
    summary: "Create a TLS secret (not simulated)",
    run: |_| {
        Err(Failure::message(
            "not simulated: kubectl create secret tls; nearest: kubectl create secret generic NAME \
             --type=kubernetes.io/tls --from-file=tls.crt=FILE --from-file=tls.key=FILE",
        ))
    },
    ..Command::EMPTY
};

fn run_generic(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    if context.flags.boolean("append-hash") {
        return Err(Failure::message("not simulated: --append-hash; nearest: a NAME that you choose"));
    }
    let mut data = Map::new();
    for (key, value) in sources::entries(context).map_err(Failure::message)? {
        let problems = crate::api::names::config_key(&key);
        if !problems.is_empty() {
            let key = crate::api::go::quote(&key);
            return Err(Failure::message(format!("{key} is not valid key name for a Secret {}", problems.join(";"))));
        }
        if data.contains_key(&key) {
            return Err(Failure::message(format!("cannot add key {key}, another key by that name already exists")));
        }
        data.insert(key, json!(STANDARD.encode(value)));
    }
    let object = secret(&name, data, context.flags.text("type"));
    finish(context, object, Some("failed to create secret "))
}

fn secret(name: &str, data: Map<String, Value>, kind: &str) -> Value {
    let mut object = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}});
    if !data.is_empty() {
        set(&mut object, &["data"], Value::Object(data));
    }
    if !kind.is_empty() {
        set(&mut object, &["type"], json!(kind));
    }
    object
}

fn run_docker_registry(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let flags = &context.flags;
    let [username, password, email, server] =
        ["username", "password", "email", "server"].map(|part| flags.text(&format!("docker-{part}")).to_owned());
    let missing: Vec<&str> = [("docker-username", &username), ("docker-password", &password)]
        .into_iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(flag, _)| flag)
        .collect();
    if !missing.is_empty() {
        let text = "either --from-file or the combination of --docker-username, --docker-password and \
                    --docker-server is required";
        return Err(Failure::message(text));
    }
    // In the order of Go's struct.
    let auth = STANDARD.encode(format!("{username}:{password}"));
    let parts = [("username", username), ("password", password), ("email", email), ("auth", auth)];
    let entry: Vec<String> = parts
        .iter()
        .filter(|(name, value)| *name != "email" || !value.is_empty())
        .map(|(name, value)| format!("\"{name}\":{}", json!(value)))
        .collect();
    let config = format!("{{\"auths\":{{{}:{{{}}}}}}}", json!(server), entry.join(","));
    let mut data = Map::new();
    data.insert(".dockerconfigjson".to_owned(), json!(STANDARD.encode(config)));
    let object = secret(&name, data, "kubernetes.io/dockerconfigjson");
    finish(context, object, Some("failed to create secret "))
}
