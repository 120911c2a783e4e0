//! What builds, serves and tests the page. `cargo xtask help` says how to use it.
//!
//! Only the standard library: whoever starts this project for the first time waits for every crate named here.

pub mod bench;
pub mod chromium;
mod embed;
pub mod firefox;
pub mod fuzz;
pub mod halves;
pub mod lighthouse;
pub mod page;
pub mod paths;
pub mod run;
pub mod serve;
pub mod suite;
pub mod tools;

/// What went wrong, in words for the person at the terminal.
pub type Failure = String;
