//! The command line, `kubectl` 1.36: one file a command. It knows the cluster only as a [`crate::api::client::Client`].

pub mod host;

pub use host::{Host, Outcome, Then};
