//! `config set-context`, `set-credentials`, `set-cluster`.

use crate::api::go;
use crate::kubectl::command::Command;
use crate::kubectl::config::{load, unexpected};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::kubeconfig::Kubeconfig;
use base64::Engine;
use serde_json::{Map, Value, json};

/// `kubectl config set-context`. `--cluster`, `--user` and `--namespace` are flags that every command has.
pub const CONTEXT: Command = Command {
    name: "set-context",
    usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
    summary: "Make or change a context",
    flags: &[&[Flag::boolean("current", "", "Change the context in use")]],
    run: set_context,
    ..Command::EMPTY
};

/// `kubectl config set-credentials`.
pub const CREDENTIALS: Command = Command {
    name: "set-credentials",
    usage: "NAME [--token=bearer_token] [--client-certificate=path] [--client-key=path]",
    summary: "Make or change a user",
    flags: &[&[
        Flag::boolean("embed-certs", "", "Store the certificate files' content"),
        Flag::text("username", "", "User name for basic authentication (not simulated)"),
        Flag::text("password", "", "Password for basic authentication (not simulated)"),
        Flag::text("exec-command", "", "Credential plugin (not simulated)"),
        Flag::text("auth-provider", "", "Credential plugin (not simulated)"),
    ]],
    run: set_credentials,
    ..Command::EMPTY
};

/// `kubectl config set-cluster`.
pub const CLUSTER: Command = Command {
    name: "set-cluster",
    usage: "NAME [--server=server] [--certificate-authority=path] [--insecure-skip-tls-verify=true]",
    summary: "Make or change a cluster",
    flags: &[&[
        Flag::boolean("embed-certs", "", "Store the certificate file's content"),
        Flag::text("proxy-url", "", "Proxy to the cluster (not simulated)"),
    ]],
    run: set_cluster,
    ..Command::EMPTY
};

fn name_of(context: &Context) -> Result<String, Failure> {
    match context.arguments() {
        [name] if !name.is_empty() => Ok(name.clone()),
        [_] => Err(Failure::message("you must specify a non-empty name")),
        _ => Err(unexpected(context)),
    }
}

/// Puts the value of a flag at a key, if the flag was given; an empty one removes the key.
fn put(context: &Context, entry: &mut Map<String, Value>, flag: &str, key: &str) {
    if !context.flags.is_set(flag) {
        return;
    }
    match context.flags.text(flag) {
        "" => {
            entry.remove(key);
        }
        value => {
            entry.insert(key.to_owned(), json!(value));
        }
    }
}

fn set_context(context: &mut Context) -> Result<(), Failure> {
    let mut config = load(context)?;
    let current = context.flags.boolean("current");
    let name = match (context.arguments(), current) {
        ([], true) if config.current_context().is_empty() => {
            return Err(Failure::message("no current context is set"));
        }
        ([], true) => config.current_context().to_owned(),
        ([_], true) => return Err(Failure::message("you cannot specify both a context name and --current")),
        ([], false) => return Err(Failure::message("you must specify a non-empty context name or --current")),
        (_, true) => return Err(unexpected(context)),
        _ => name_of(context)?,
    };
    let existed = config.entry("contexts", &name).is_some();
    config.edit("contexts", &name, |entry| {
        for (flag, key) in [("cluster", "cluster"), ("user", "user"), ("namespace", "namespace")] {
            put(context, entry, flag, key);
        }
        for key in ["cluster", "user"] {
            entry.entry(key).or_insert_with(|| json!(""));
        }
    });
    config.save(context.host)?;
    let done = if existed { "modified" } else { "created" };
    context.print(format!("Context {} {done}.\n", go::quote(&name)));
    Ok(())
}

fn set_credentials(context: &mut Context) -> Result<(), Failure> {
    for flag in ["username", "password", "exec-command", "auth-provider"] {
        if context.flags.is_set(flag) {
            return Err(Failure::message(format!(
                "not simulated: --{flag}; use --token or --client-certificate and --client-key"
            )));
        }
    }
    let name = name_of(context)?;
    let mut config = load(context)?;
    change_with_files(context, &mut config, "users", &name, &["client-certificate", "client-key"], |entry| {
        put(context, entry, "token", "token");
        if context.flags.is_set("token") {
            entry.remove("tokenFile");
        }
    })?;
    config.save(context.host)?;
    context.print(format!("User {} set.\n", go::quote(&name)));
    Ok(())
}

fn set_cluster(context: &mut Context) -> Result<(), Failure> {
    if context.flags.is_set("proxy-url") {
        return Err(Failure::message("not simulated: --proxy-url; name the server with --server"));
    }
    let name = name_of(context)?;
    let mut config = load(context)?;
    change_with_files(context, &mut config, "clusters", &name, &["certificate-authority"], |entry| {
        put(context, entry, "server", "server");
        put(context, entry, "tls-server-name", "tls-server-name");
        if context.flags.is_set("insecure-skip-tls-verify") {
            let skip = context.flags.boolean("insecure-skip-tls-verify");
            entry.remove("insecure-skip-tls-verify");
            if skip {
                entry.insert("insecure-skip-tls-verify".to_owned(), json!(true));
                entry.remove("certificate-authority");
                entry.remove("certificate-authority-data");
            }
        }
    })?;
    config.save(context.host)?;
    context.print(format!("Cluster {} set.\n", go::quote(&name)));
    Ok(())
}

/// Changes an entry; flags that name files put their path, or with `--embed-certs` their content.
fn change_with_files(
    context: &Context,
    config: &mut Kubeconfig,
    section: &str,
    name: &str,
    files: &[&str],
    change: impl FnOnce(&mut Map<String, Value>),
) -> Result<(), Failure> {
    let mut contents = Vec::new();
    for key in files.iter().filter(|key| context.flags.is_set(key)) {
        let path = context.flags.text(key).to_owned();
        if !context.flags.boolean("embed-certs") {
            contents.push(((*key).to_owned(), format!("{key}-data"), path));
            continue;
        }
        let bytes = context
            .host
            .read_file(&path)
            .map_err(|error| Failure::message(format!("could not stat {key} file {path}: stat {path}: {error}")))?;
        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
        contents.push((format!("{key}-data"), (*key).to_owned(), encoded));
    }
    config.edit(section, name, |entry| {
        change(entry);
        for (key, other, value) in contents {
            entry.remove(&other);
            entry.insert(key, json!(value));
        }
    });
    Ok(())
}
