//! YAML as kubectl reads it and prints it.
//!
//! Follows sigs.k8s.io/yaml: YAML becomes JSON first, errors included; output is block style, lists not indented.

mod parser;
mod print;
mod read;
mod resolve;
mod scan;

pub use print::print;
pub use read::{Document, Documents, parse, read};
