//! `kubectl version` and `kubectl cluster-info`.

use crate::api::kinds;
use crate::api::object::{list, name, text};
use crate::api::request::Request;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use serde_json::{Value, json};

/// The version that is simulated.
const CLIENT: &str = "v1.36.2";
/// The kustomize inside it.
const KUSTOMIZE: &str = "v5.8.1";
/// In which order a version's fields are written.
const FIELDS: [&str; 13] = [
    "major",
    "minor",
    "emulationMajor",
    "emulationMinor",
    "minCompatibilityMajor",
    "minCompatibilityMinor",
    "gitVersion",
    "gitCommit",
    "gitTreeState",
    "buildDate",
    "goVersion",
    "compiler",
    "platform",
];

/// `kubectl version`.
pub const COMMAND: Command = Command {
    name: "version",
    summary: "Show the versions of kubectl and the server",
    flags: &[&[Flag::boolean("client", "", "Only kubectl's"), Flag::text("output", "o", "json or yaml")]],
    run: version,
    ..Command::EMPTY
};

/// `kubectl cluster-info`.
pub const CLUSTER_INFO: Command =
    Command { name: "cluster-info", summary: "Show where the control plane is", run: cluster_info, ..Command::EMPTY };

fn version(context: &mut Context) -> Result<(), Failure> {
    if !context.arguments().is_empty() {
        return Err(Failure::message(format!("extra arguments: [{}]", context.arguments().join(" "))));
    }
    let output = context.flags.text("output").to_owned();
    if !["", "json", "yaml"].contains(&output.as_str()) {
        return Err(Failure::message("--output must be 'yaml' or 'json'"));
    }
    let mut parts = vec![("clientVersion", client()), ("kustomizeVersion", json!(KUSTOMIZE))];
    let mut failure = None;
    if !context.flags.boolean("client") {
        match context.request(Request::get("/version").query("timeout", "32s")) {
            Ok(server) => parts.push(("serverVersion", server)),
            Err(error) => failure = Some(error),
        }
    }
    let text = match output.as_str() {
        "json" => as_json(&parts),
        "yaml" => crate::api::yaml::print(&parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        _ => {
            let server = parts.get(2).map(|(_, server)| format!("Server Version: {}\n", text(server, &["gitVersion"])));
            format!("Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}\n{}", server.unwrap_or_default())
        }
    };
    context.print(text);
    failure.map_or(Ok(()), Err)
}

/// kubectl's own version: built with the server, without the fields that only servers have.
fn client() -> Value {
    let mut version = kinds::document("/version").clone();
    if let Some(map) = version.as_object_mut() {
        map.retain(|key, _| !key.starts_with("emulation") && !key.starts_with("minCompatibility"));
    }
    version
}

/// JSON with two spaces, in the order of the structs.
fn as_json(parts: &[(&str, Value)]) -> String {
    let mut blocks = Vec::new();
    for (key, value) in parts {
        if !value.is_object() {
            blocks.push(format!("  \"{key}\": {value}"));
            continue;
        }
        let lines: Vec<String> = FIELDS
            .iter()
            .filter_map(|field| value.get(*field).map(|inner| format!("    \"{field}\": {inner}")))
            .collect();
        blocks.push(format!("  \"{key}\": {{\n{}\n  }}", lines.join(",\n")));
    }
    format!("{{\n{}\n}}\n", blocks.join(",\n"))
}

fn cluster_info(context: &mut Context) -> Result<(), Failure> {
    if context.arguments().first().is_some_and(|word| word == "dump") {
        return Err(Failure::message("not simulated: kubectl cluster-info dump; nearest: kubectl get all -A -o yaml"));
    }
    let Some(kind) = kinds::by_plural("", "services") else { return Ok(()) };
    let services = context.list(kind, "kube-system", "kubernetes.io/cluster-service=true", "")?;
    let server = context.session()?.server.clone();
    context.print(format!("Kubernetes control plane is running at {server}\n"));
    for service in list(&services, &["items"]) {
        let (name, path) = (name(service), kind.path("kube-system"));
        context.print(format!("{name} is running at {server}{path}/{name}/proxy\n"));
    }
    context.print("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::kubectl::testing::{FakeHost, json};

    #[test]
    fn tells_both_versions() {
        let server = crate::api::kinds::document("/version").clone();
        let mut host = FakeHost::new().with("GET /version?timeout=32s", json(200, server));
        let told = "Client Version: v1.36.2\nKustomize Version: v5.8.1\n";
        assert_eq!(host.run("version").0, format!("{told}Server Version: v1.36.2\n"));
        assert_eq!(host.run("version --client").0, told);
        assert!(host.run("version -o json").0.starts_with("{\n  \"clientVersion\": {\n    \"major\": \"1\",\n"));
        assert_eq!(host.run("version -o x").1, "error: --output must be 'yaml' or 'json'\n");
    }
}
