//! `kubectl version` and `kubectl cluster-info`.

use crate::api::kinds;
use crate::api::object::{list, name, text};
use crate::api::release::{Change, Version};
use crate::api::request::Request;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use serde_json::{Value, json};

/// The kustomize inside it.
const KUSTOMIZE: &str = "v5.8.1";
/// The lines, with the parts that they tell.
const TITLES: [(&str, &str); 3] = [
    ("clientVersion", "Client Version"),
    ("kustomizeVersion", "Kustomize Version"),
    ("serverVersion", "Server Version"),
];
const LONG_DEPRECATED: &str = "WARNING: This version information is deprecated and will be replaced with the output from kubectl version --short.  Use --output=yaml|json to get the full version.\n";
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
    let version = context.host.version();
    let mut parts = vec![("clientVersion", client(version))];
    if version.has(Change::KustomizeVersion) {
        parts.push(("kustomizeVersion", json!(kustomize(version))));
    }
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
            if version.has(Change::KustomizeVersion) && !version.has(Change::ShortVersion) {
                context.complain(LONG_DEPRECATED);
            }
            parts.iter().map(|(part, value)| line(part, value, version.has(Change::ShortVersion))).collect()
        }
    };
    context.print(text);
    failure.map_or(Ok(()), Err)
}

/// One line of the output for people: the number alone, or until 1.27 all there is, as Go writes a struct.
fn line(part: &str, value: &Value, short: bool) -> String {
    let Some(title) = TITLES.iter().find(|(name, _)| *name == part).map(|(_, title)| title) else {
        return String::new();
    };
    let told = match value.as_str() {
        Some(number) => number.to_owned(),
        None if short => text(value, &["gitVersion"]).to_owned(),
        None => {
            let fields = FIELDS.iter().filter_map(|field| {
                let (first, rest) = field.split_at(1);
                value.get(*field).map(|inner| format!("{}{rest}:{inner}", first.to_uppercase()))
            });
            format!("version.Info{{{}}}", fields.collect::<Vec<String>>().join(", "))
        }
    };
    format!("{title}: {told}\n")
}

fn kustomize(version: Version) -> &'static str {
    version.release.build().map_or(KUSTOMIZE, |build| build.kustomize)
}

/// kubectl's own version: built with the server, without the fields that only servers have.
fn client(version: Version) -> Value {
    if let Some(build) = version.release.build() {
        return build.info(version.release, build.client_date);
    }
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
