//! `config get-contexts`, `use-context`, `current-context`, `rename-context`, and the lists of users and clusters.

use crate::api::go;
use crate::api::object::{set, text};
use crate::kubectl::command::Command;
use crate::kubectl::config::{load, one_argument, unexpected};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::printers::tabwriter;
use serde_json::{Value, json};

/// `kubectl config current-context`.
pub const CURRENT: Command = Command {
    name: "current-context",
    summary: "Show the name of the context in use",
    run: |context| {
        let config = load(context)?;
        if config.current_context().is_empty() {
            return Err(Failure::message("current-context is not set"));
        }
        context.print(format!("{}\n", config.current_context()));
        Ok(())
    },
    ..Command::EMPTY
};

/// `kubectl config get-contexts`.
pub const GET_CONTEXTS: Command = Command {
    name: "get-contexts",
    usage: "[NAME ...]",
    summary: "List contexts; the one in use has a star",
    flags: &[&[Flag::boolean("no-headers", "", "Without the header"), Flag::text("output", "o", "name: only names")]],
    run: get_contexts,
    ..Command::EMPTY
};

/// `kubectl config get-clusters`.
pub const GET_CLUSTERS: Command = Command {
    name: "get-clusters",
    summary: "List the names of clusters",
    run: |context| names(context, "clusters"),
    ..Command::EMPTY
};

/// `kubectl config get-users`.
pub const GET_USERS: Command = Command {
    name: "get-users",
    summary: "List the names of users",
    run: |context| names(context, "users"),
    ..Command::EMPTY
};

/// `kubectl config use-context`.
pub const USE: Command = Command {
    name: "use-context",
    aliases: &["use"],
    usage: "CONTEXT_NAME",
    summary: "Switch to a context",
    run: use_context,
    ..Command::EMPTY
};

/// `kubectl config rename-context`.
pub const RENAME: Command = Command {
    name: "rename-context",
    usage: "CONTEXT_NAME NEW_NAME",
    summary: "Give a context another name",
    run: rename,
    ..Command::EMPTY
};

fn names(context: &mut Context, section: &str) -> Result<(), Failure> {
    let config = load(context)?;
    let mut out = "NAME\n".to_owned();
    out.extend(config.names(section).iter().map(|name| format!("{name}\n")));
    context.print(out);
    Ok(())
}

fn get_contexts(context: &mut Context) -> Result<(), Failure> {
    let output = context.flags.text("output").to_owned();
    let elsewhere =
        ["json", "yaml", "wide", "custom-columns", "custom-columns-file", "go-template", "go-template-file"];
    if elsewhere.contains(&output.as_str()) || output.starts_with("jsonpath") {
        let text = "is not available in kubectl config get-contexts; resetting to default output format";
        return Err(Failure::message(format!("--output {output} {text}")));
    }
    if !output.is_empty() && output != "name" {
        return Err(Failure::usage("output must be one of '' or 'name': ".to_owned() + &output));
    }
    let config = load(context)?;
    let wanted = context.arguments().to_vec();
    let chosen = if context.flags.is_set("context") { context.flags.text("context") } else { config.current_context() };
    let only_names = output == "name";
    let mut table = String::new();
    if !only_names && !context.flags.boolean("no-headers") {
        table.push_str("CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n");
    }
    let mut missing = Vec::new();
    let all: Vec<String> = config.names("contexts").into_iter().map(str::to_owned).collect();
    for name in if wanted.is_empty() { &all } else { &wanted } {
        let Some(entry) = config.entry("contexts", name) else {
            missing.push(Failure::message(format!("context {name} not found")));
            continue;
        };
        if only_names {
            table.push_str(&format!("{name}\n"));
            continue;
        }
        let star = if name == chosen { "*" } else { "" };
        let part = |key: &str| text(entry, &[key]);
        table.push_str(&format!("{star}\t{name}\t{}\t{}\t{}\n", part("cluster"), part("user"), part("namespace")));
    }
    context.print(tabwriter::align(&table, tabwriter::GET));
    Failure::collect(missing)
}

fn use_context(context: &mut Context) -> Result<(), Failure> {
    let name = one_argument(context)?;
    let mut config = load(context)?;
    if config.entry("contexts", &name).is_none() {
        return Err(Failure::message(format!("no context exists with the name: {}", go::quote(&name))));
    }
    set(&mut config.document, &["current-context"], json!(name));
    config.save(context.host)?;
    context.print(format!("Switched to context {}.\n", go::quote(&name)));
    Ok(())
}

fn rename(context: &mut Context) -> Result<(), Failure> {
    let [old, new] = context.arguments() else { return Err(unexpected(context)) };
    let (old, new) = (old.clone(), new.clone());
    let mut config = load(context)?;
    let Some(entry) = config.entry("contexts", &old).cloned() else {
        let path = &config.path;
        return Err(Failure::message(format!("cannot rename the context {}, it's not in {path}", go::quote(&old))));
    };
    if config.entry("contexts", &new).is_some() {
        let path = &config.path;
        return Err(Failure::message(format!(
            "cannot rename the context {}, the context {} already exists in {path}",
            go::quote(&old),
            go::quote(&new)
        )));
    }
    config.remove("contexts", &old);
    if let Value::Object(entry) = entry {
        config.edit("contexts", &new, |slot| *slot = entry);
    }
    if config.current_context() == old {
        set(&mut config.document, &["current-context"], json!(new));
    }
    config.save(context.host)?;
    context.print(format!("Context {} renamed to {}.\n", go::quote(&old), go::quote(&new)));
    Ok(())
}
