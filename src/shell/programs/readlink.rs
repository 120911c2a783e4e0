//! `readlink [-f] PATH…`, `realpath PATH…`

use crate::api::files::Entry;
use crate::shell::runner::{Runner, Step};

/// Runs `readlink`.
pub fn readlink(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("readlink", arguments, "fen", &[("canonicalize", 'f')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if options.operands.is_empty() {
        runner.err("readlink: missing operand\nTry 'readlink --help' for more information.\n");
        return Ok(1);
    }
    let mut exit = 0;
    for path in &options.operands {
        let path = runner.path(path);
        let tree = runner.tree();
        let found = match options.has('f') || options.has('e') {
            true => tree.resolve(&path).ok(),
            false => match tree.entry(&path) {
                Ok(Entry::Link(_, target)) => Some(target.clone()),
                _ => None,
            },
        };
        match found {
            Some(target) => runner.out(target + if options.has('n') { "" } else { "\n" }),
            None => exit = 1,
        }
    }
    Ok(exit)
}

/// Runs `realpath`.
pub fn realpath(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut exit = 0;
    for path in arguments {
        let absolute = runner.path(path);
        match runner.tree().resolve(&absolute) {
            Ok(found) => runner.out(found + "\n"),
            Err(error) => {
                runner.err(format!("realpath: {path}: {error}\n"));
                exit = 1;
            }
        }
    }
    Ok(exit)
}
