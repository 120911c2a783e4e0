//! The list of functions that can wait: a number for each name, so that it stays small and its diffs say how much changed.
//!
//! A name is what the compiler calls a function (`-C symbol-mangling-version=v0`, in .cargo/config.toml, so that it holds the
//! types it is made for), without what another compiler would say differently.

use crate::Failure;
use std::collections::{BTreeMap, BTreeSet};
use walrus::{Function, FunctionKind, Module};

/// Functions by the numbers of their names.
pub struct Later(BTreeSet<u32>);

/// Reads a list: a number a line, hexadecimal; `#` begins a comment.
pub fn read(text: &str) -> Result<Later, Failure> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let number = |line| u32::from_str_radix(line, 16).map_err(|_| format!("{line:?} is no number of a name"));
    lines.map(number).collect::<Result<_, _>>().map(Later)
}

impl Later {
    /// Where those functions are in the module.
    pub fn positions(&self, module: &Module) -> BTreeSet<usize> {
        let named =
            module.funcs.iter().enumerate().filter_map(|(position, function)| Some((position, name(function)?)));
        named.filter(|(_, name)| self.0.contains(&number(name))).map(|(position, _)| position).collect()
    }
}

/// Writes the list of all functions but those that ran. Where several have one name, all wait or none.
pub fn write(module: &Module, ran: &BTreeSet<usize>) -> String {
    let mut by_name: BTreeMap<u32, bool> = BTreeMap::new();
    for (position, function) in module.funcs.iter().enumerate() {
        if let Some(name) = name(function) {
            *by_name.entry(number(&name)).or_default() |= ran.contains(&position);
        }
    }
    let waiting = by_name.iter().filter(|(_, ran)| !**ran).map(|(number, _)| format!("{number:08x}\n"));
    format!(
        "# What a first visit does not run (`cargo xtask halves`): the FNV-1a of each function's name.\n{}",
        waiting.collect::<String>()
    )
}

/// The name of a function that is not imported.
fn name(function: &Function) -> Option<String> {
    let name = function.name.as_ref().filter(|_| matches!(function.kind, FunctionKind::Local(_)))?;
    Some(plain(&format!("{:#}", rustc_demangle::demangle(name))))
}

/// A name without the hash at its end and those of the crates in it (`core[5c2a…]::…`).
fn plain(name: &str) -> String {
    let name = match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && is_hash(hash) => path,
        _ => name,
    };
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() > 8 && is_hash(hash) => plain.push_str(rest),
            _ => plain.extend(["[", part]),
        }
    }
    plain
}

fn is_hash(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// FNV-1a.
fn number(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_for_another_compiler() {
        assert_eq!(plain("<core[5c2a93b7e8842aa]::fmt::Formatter>::pad"), "<core::fmt::Formatter>::pad");
        assert_eq!(plain("core::fmt::Formatter::pad::h0123456789abcdef"), "core::fmt::Formatter::pad");
        assert_eq!(
            plain("<[u8; 32] as lab[e0cbc525e3355ccc]::Text>::of::<[&str]>"),
            "<[u8; 32] as lab::Text>::of::<[&str]>"
        );
    }

    #[test]
    fn a_list_is_read_as_it_is_written() {
        let text = format!("# why\n{:08x}\n\n{:08x}\n", number("a"), number("b"));
        assert_eq!(read(&text).unwrap().0, BTreeSet::from([number("a"), number("b")]));
        assert!(read("a name").is_err());
    }
}
