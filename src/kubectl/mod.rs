//! The command line, `kubectl` 1.36: one file a command. It knows the cluster only as a [`crate::api::client::Client`].

pub mod host;

pub use host::{Host, Outcome, Then};

/// Runs `kubectl ARGS…`.
pub fn run(_host: &mut dyn Host, _args: &[String], _stdin: &[u8]) -> Outcome {
    Outcome::fail(1, "not simulated: kubectl\n")
}
