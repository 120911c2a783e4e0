//! `config set` and `config unset`: one property by its path, `users.robot.token`.

use crate::api::go;
use crate::api::object::{remove, set};
use crate::kubectl::command::Command;
use crate::kubectl::config::{load, one_argument, unexpected};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::kubeconfig::SECTIONS;
use serde_json::json;

/// `kubectl config set`.
pub const SET: Command = Command {
    name: "set",
    usage: "PROPERTY_NAME PROPERTY_VALUE",
    summary: "Set one property, such as contexts.dev.namespace",
    run: set_property,
    ..Command::EMPTY
};

/// `kubectl config unset`.
pub const UNSET: Command = Command {
    name: "unset",
    usage: "PROPERTY_NAME",
    summary: "Remove one property, such as users.robot",
    run: unset_property,
    ..Command::EMPTY
};

/// What stands in a kubeconfig itself.
const TOP: [&str; 7] = ["apiVersion", "clusters", "contexts", "current-context", "kind", "preferences", "users"];

/// A property's place: the section, the entry's name (which may hold dots), and the key inside.
enum Place {
    Top(String),
    Entry(&'static str, String),
    Key(&'static str, String, String),
}

/// Reads a path; the longest entry name that exists wins, and else everything up to the last dot.
fn place(path: &str, names: &dyn Fn(&str) -> Vec<String>) -> Result<Place, Failure> {
    let Some((first, rest)) = path.split_once('.') else { return Ok(Place::Top(path.to_owned())) };
    let Some((section, _)) = SECTIONS.iter().find(|(section, _)| *section == first) else {
        return Err(Failure::message(format!("unable to parse path {}", go::quote(path))));
    };
    let known = names(section).into_iter().filter(|name| rest == name || rest.starts_with(&format!("{name}.")));
    if let Some(name) = known.max_by_key(String::len) {
        return Ok(match rest.get(name.len() + 1..) {
            Some(key) => Place::Key(section, name.clone(), key.to_owned()),
            None => Place::Entry(section, name),
        });
    }
    Ok(match rest.rsplit_once('.') {
        Some((name, key)) => Place::Key(section, name.to_owned(), key.to_owned()),
        None => Place::Entry(section, rest.to_owned()),
    })
}

fn unparsed(key: &str) -> Failure {
    Failure::message(format!("unable to parse {key} after [] at api.Config"))
}

fn set_property(context: &mut Context) -> Result<(), Failure> {
    let [path, value] = context.arguments() else { return Err(unexpected(context)) };
    let (path, value) = (path.clone(), value.clone());
    let mut config = load(context)?;
    let place = place(&path, &|section| config.names(section).into_iter().map(str::to_owned).collect())?;
    match place {
        Place::Top(key) if key == "current-context" => set(&mut config.document, &["current-context"], json!(value)),
        Place::Key(section, name, key) => config.edit(section, &name, |entry| {
            let value = crate::kubectl::flags::parse_boolean(&value)
                .filter(|_| key == "insecure-skip-tls-verify")
                .map_or_else(|| json!(value), |boolean| json!(boolean));
            entry.insert(key, value);
        }),
        Place::Top(key) if !TOP.contains(&key.as_str()) => return Err(unparsed(&key)),
        _ => return Err(Failure::message(format!("unable to parse path {}", go::quote(&path)))),
    }
    config.save(context.host)?;
    context.print(format!("Property {} set.\n", go::quote(&path)));
    Ok(())
}

fn unset_property(context: &mut Context) -> Result<(), Failure> {
    let path = one_argument(context)?;
    let mut config = load(context)?;
    let place = place(&path, &|section| config.names(section).into_iter().map(str::to_owned).collect())?;
    let missing = |name: &str| Failure::message(format!("current map key `{name}` is invalid"));
    match place {
        Place::Top(key) if !TOP.contains(&key.as_str()) => {
            return Err(unparsed(&key));
        }
        Place::Top(key) => {
            remove(&mut config.document, &[&key]);
        }
        Place::Entry(section, name) => {
            // What was not there is not there now.
            config.remove(section, &name);
        }
        Place::Key(section, name, key) => {
            if config.entry(section, &name).is_none() {
                return Err(missing(&name));
            }
            config.edit(section, &name, |entry| {
                entry.remove(&key);
            });
        }
    }
    config.save(context.host)?;
    context.print(format!("Property {} unset.\n", go::quote(&path)));
    Ok(())
}
