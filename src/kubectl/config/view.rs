//! `config view`.

use crate::api::object::{at, list, set, text};
use crate::kubectl::command::Command;
use crate::kubectl::config::load;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::OUTPUT;
use crate::kubectl::printers::{Order, Printer};
use base64::Engine;
use serde_json::{Value, json};

/// `kubectl config view`.
pub const COMMAND: Command = Command {
    name: "view",
    summary: "Show the kubeconfig, secrets left out",
    examples: &["kubectl config view --minify", "kubectl config view --raw -o jsonpath='{.users[0].user.token}'"],
    flags: &[
        &[
            Flag::boolean("flatten", "", "With the content of the files it names"),
            Flag::boolean("merge", "", "Several kubeconfigs as one").or("true"),
            Flag::boolean("minify", "", "Only what the context in use needs"),
            Flag::boolean("raw", "", "With certificates, keys and tokens"),
        ],
        OUTPUT,
    ],
    run,
    ..Command::EMPTY
};

/// What certificates and keys are shown as.
const OMITTED: &str = "DATA+OMITTED";

fn run(context: &mut Context) -> Result<(), Failure> {
    if !context.arguments().is_empty() {
        return Err(Failure::usage(format!("unexpected arguments: [{}]", context.arguments().join(" "))));
    }
    let config = load(context)?;
    let chosen = match context.flags.text("context") {
        "" => config.current_context().to_owned(),
        chosen => chosen.to_owned(),
    };
    let mut document = config.normalized();
    if context.flags.boolean("minify") {
        minify(&mut document, &chosen)?;
    }
    if context.flags.boolean("flatten") {
        flatten(context, &mut document)?;
    }
    if !context.flags.boolean("raw") {
        redact(&mut document);
    }
    let text = match Printer::from(context, Order::Sorted, false)? {
        Some(mut printer) => printer.print(&document)?,
        None => crate::api::yaml::print(&document),
    };
    context.print(text);
    Ok(())
}

/// Keeps the context in use, its cluster and its user.
fn minify(document: &mut Value, chosen: &str) -> Result<(), Failure> {
    if chosen.is_empty() {
        return Err(Failure::message("current-context must exist in order to minify"));
    }
    let contexts = list(document, &["contexts"]);
    let Some(entry) = contexts.iter().find(|entry| text(entry, &["name"]) == chosen).cloned() else {
        return Err(Failure::message(format!("cannot locate context {chosen}")));
    };
    let keep = |section: &str, name: &str| -> Value {
        let entries: Vec<Value> =
            list(document, &[section]).iter().filter(|entry| text(entry, &["name"]) == name).cloned().collect();
        if entries.is_empty() { Value::Null } else { Value::Array(entries) }
    };
    let clusters = keep("clusters", text(&entry, &["context", "cluster"]));
    let users = keep("users", text(&entry, &["context", "user"]));
    set(document, &["clusters"], clusters);
    set(document, &["users"], users);
    set(document, &["contexts"], json!([entry]));
    set(document, &["current-context"], json!(chosen));
    Ok(())
}

fn each(document: &mut Value, section: &str, key: &str, mut change: impl FnMut(&mut Value)) {
    for entry in document.get_mut(section).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(content) = entry.get_mut(key) {
            change(content);
        }
    }
}

fn redact(document: &mut Value) {
    let hide = |content: &mut Value, key: &str, shown: &str| {
        if !text(content, &[key]).is_empty() {
            set(content, &[key], json!(shown));
        }
    };
    each(document, "clusters", "cluster", |cluster| hide(cluster, "certificate-authority-data", OMITTED));
    each(document, "users", "user", |user| {
        hide(user, "client-certificate-data", OMITTED);
        hide(user, "client-key-data", OMITTED);
        hide(user, "token", "REDACTED");
        hide(user, "password", "REDACTED");
    });
}

/// Files named in the kubeconfig become their content.
fn flatten(context: &Context, document: &mut Value) -> Result<(), Failure> {
    let mut problem = None;
    for (section, key, files) in [
        ("clusters", "cluster", &["certificate-authority"][..]),
        ("users", "user", &["client-certificate", "client-key"][..]),
    ] {
        each(document, section, key, |content| {
            for file in files {
                let Some(path) = at(content, &[file]).as_str().map(str::to_owned) else { continue };
                match context.host.read_file(&path) {
                    Ok(bytes) => {
                        crate::api::object::remove(content, &[file]);
                        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
                        set(content, &[&format!("{file}-data")], json!(encoded));
                    }
                    Err(error) => problem = Some(Failure::message(format!("open {path}: {error}"))),
                }
            }
        });
    }
    problem.map_or(Ok(()), Err)
}
