//! YAML as kubectl reads it and prints it.
//!
//! Follows sigs.k8s.io/yaml: YAML becomes JSON first, errors included; output is block style, lists not indented.

mod print;
mod read;
mod resolve;

pub use print::print;
pub use read::{Document, Documents, parse, read};
