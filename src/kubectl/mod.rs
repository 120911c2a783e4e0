//! The command line, `kubectl` 1.36: one file a command. It knows the cluster only as a [`crate::api::client::Client`].
//!
//! A command is a constant [`command::Command`] and a function over a [`context::Context`]; [`ROOT`] lists them all.

pub mod annotate;
pub mod apply;
pub mod auth;
pub mod command;
pub mod config;
pub mod containers;
pub mod context;
pub mod create;
pub mod delete;
pub mod deletion;
pub mod describe;
pub mod diff;
pub mod discovery;
pub mod edit;
pub mod edit_text;
pub mod errors;
pub mod exec;
pub mod explain;
pub mod flags;
pub mod get;
pub mod help;
pub mod host;
pub mod image;
pub mod kubeconfig;
pub mod label;
pub mod last_applied;
pub mod logs;
pub mod manifests;
pub mod mask;
pub mod metadata;
pub mod options;
pub mod pairs;
pub mod patch;
pub mod patience;
pub mod pods;
pub mod printers;
pub mod replace;
pub mod resources;
pub mod rollout;
pub mod run;
pub mod run_pod;
pub mod scale;
pub mod session;
pub mod set;
#[cfg(test)]
pub mod testing;
pub mod unknown;
pub mod verbosity;
pub mod version;
pub mod wait;
pub mod wait_for;
pub mod watch;
pub mod writing;
#[cfg(test)]
mod writing_tests;

use command::Command;
use context::Context;
use errors::Failure;
use flags::Flags;
pub use host::{Host, Outcome, Then};

/// `kubectl` itself: every command is registered here.
pub static ROOT: Command = Command {
    name: "kubectl",
    summary: "kubectl controls the (simulated) Kubernetes cluster.",
    children: &[
        &annotate::COMMAND,
        &discovery::RESOURCES,
        &discovery::VERSIONS,
        &apply::COMMAND,
        &auth::COMMAND,
        &version::CLUSTER_INFO,
        &config::COMMAND,
        &create::COMMAND,
        &delete::COMMAND,
        &diff::COMMAND,
        &edit::COMMAND,
        &exec::COMMAND,
        &describe::COMMAND,
        &explain::COMMAND,
        &get::COMMAND,
        &help::COMMAND,
        &label::COMMAND,
        &logs::COMMAND,
        &options::COMMAND,
        &patch::COMMAND,
        &replace::COMMAND,
        &rollout::COMMAND,
        &run::COMMAND,
        &scale::COMMAND,
        &set::COMMAND,
        &wait::COMMAND,
        &version::COMMAND,
    ],
    ..Command::EMPTY
};

/// Runs `kubectl ARGS…`.
pub fn run(host: &mut dyn Host, args: &[String], stdin: &[u8]) -> Outcome {
    let found = command::find(&ROOT, args, host.version());
    // A command that is not simulated says so whatever its flags are.
    let words = if found.command.summary.ends_with("(not simulated)") { &[][..] } else { &found.words };
    if let Some(failure) = unknown::flags_first(&found, args) {
        let mut outcome = Outcome::default();
        failure.report(&found.path, &mut outcome);
        return outcome;
    }
    let flags = match Flags::parse(found.command.all_flags(), words) {
        Ok(flags) => flags,
        Err(error) => {
            let mut outcome = Outcome::default();
            match unknown::before_flags(&found) {
                Some(failure) => failure.report(&found.path, &mut outcome),
                None => Failure::Flag(error).report(&found.path, &mut outcome),
            }
            return outcome;
        }
    };
    if flags.boolean("help") {
        return Outcome::out(help::text(found.command, &found.path, host.version()));
    }
    let mut context = Context::new(host, found.command, found.path, flags, args, stdin);
    let result = check(&context).and_then(|()| (found.command.run)(&mut context));
    let Context { path, mut outcome, .. } = context;
    if let Err(failure) = result {
        failure.report(&path, &mut outcome);
    }
    outcome
}

fn check(context: &Context) -> Result<(), Failure> {
    options::check(&context.flags)?;
    match context.arguments().first() {
        Some(word) if context.command.name == ROOT.name => Err(unknown::command(word)),
        _ => Ok(()),
    }
}
