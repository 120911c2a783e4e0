//! What there is, from the code's own tables.

use crate::root;
use serviceaccount_lab::api::kinds;
use serviceaccount_lab::cluster::{admission, controllers};
use serviceaccount_lab::kubectl::command::Command;
use serviceaccount_lab::kubectl::{ROOT, options};
use serviceaccount_lab::shell::programs;

/// Sections whose names the code has: title, names, and whether there may be rows besides.
pub fn derived() -> Vec<(&'static str, Vec<String>, bool)> {
    let owned = |names: &mut dyn Iterator<Item = &'static str>| names.map(str::to_owned).collect();
    let controllers = &mut controllers::CONTROLLERS.iter().map(|controller| controller.name());
    vec![
        ("resources", kinds::all().iter().filter(|kind| kind.simulated).map(kinds::Kind::resource).collect(), false),
        ("authentication", files("src/cluster/authn"), true),
        ("authorization", files("src/cluster/authz"), true),
        ("admission", owned(&mut admission::plugins()), true),
        ("controllers", owned(controllers), true),
        ("kubelet", files("src/cluster/kubelet"), true),
        ("commands", commands().into_iter().map(|(path, _)| path).collect(), false),
        ("global flags", options::GLOBAL.iter().map(|flag| format!("--{}", flag.name)).collect(), true),
        ("programs", programs::all().map(|program| program.name.to_owned()).collect(), false),
    ]
}

/// The resources that discovery lists and the lab does not have: version, kind, name.
pub fn absent_kinds() -> Vec<(String, String, String)> {
    let absent = kinds::all().iter().filter(|kind| !kind.simulated);
    absent.map(|kind| (kind.api_version(), kind.kind.clone(), kind.resource())).collect()
}

/// Every command with its path.
pub fn commands() -> Vec<(String, &'static Command)> {
    fn walk(path: &str, command: &'static Command, found: &mut Vec<(String, &'static Command)>) {
        found.push((path.to_owned(), command));
        for child in command.children {
            walk(&format!("{path} {}", child.name), child, found);
        }
    }
    let mut found = Vec::new();
    walk(ROOT.name, &ROOT, &mut found);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The flags of a command that are its own, by name.
pub fn flags_of(command: &Command) -> Vec<String> {
    let mut names: Vec<String> =
        command.flags.iter().flat_map(|group| group.iter()).map(|flag| format!("--{}", flag.name)).collect();
    names.sort();
    names.dedup();
    names
}

/// Every flag of every command.
pub fn flags() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, command) in commands() {
        found.extend(flags_of(command).into_iter().map(|flag| (path.clone(), flag)));
    }
    found
}

/// The parts of a module: one file each.
fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).expect(folder);
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| !["mod", "tests"].contains(&name.as_str()))
        .collect();
    names.sort();
    names
}
