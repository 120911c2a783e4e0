//! Which crate, and which of our modules, the wasm's code comes from: the sizes of its functions by their names,
//! before wasm-opt (which drops the names and takes about a fifth off).

use std::collections::BTreeMap;
use std::fs;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// How many rows are worth reading.
const ROWS: usize = 28;

type Failure = Box<dyn std::error::Error>;

/// Prints raw KB by origin, heaviest first.
pub fn print() -> Result<(), Failure> {
    let path = xtask::paths::root().join("target/wasm32-unknown-unknown/release/serviceaccount-lab.wasm");
    let wasm = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut rows: Vec<(usize, usize, String)> =
        sum(&wasm)?.into_iter().map(|(origin, (bytes, functions))| (bytes, functions, origin)).collect();
    rows.sort();
    println!("\n{:>10} {:>10}  code by origin, before wasm-opt", "raw KB", "functions");
    for (bytes, functions, origin) in rows.iter().rev().take(ROWS) {
        println!("{:>10.1} {functions:>10}  {origin}", crate::kb(*bytes));
    }
    Ok(())
}

/// Bytes and functions by origin.
fn sum(wasm: &[u8]) -> Result<BTreeMap<String, (usize, usize)>, Failure> {
    let (mut imported, mut sizes, mut names) = (0_u32, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(section) = custom.as_known() else { continue };
                for part in section {
                    if let Name::Function(map) = part? {
                        for name in map {
                            let name = name?;
                            names.insert(name.index, name.name);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut origins = BTreeMap::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        let row: &mut (usize, usize) = origins.entry(origin(name)).or_default();
        row.0 += size;
        row.1 += 1;
    }
    Ok(origins)
}

/// Our module, two deep, if the name holds one; else the crate of the first path in it.
fn origin(mangled: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(mangled));
    let is_path = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut paths = name.split(|c| !is_path(c)).map(|path| path.trim_matches(':')).filter(|path| path.contains("::"));
    let first = paths.clone().next().unwrap_or("(no name)");
    match paths.find(|path| path.starts_with("serviceaccount_lab::")) {
        Some(ours) => ours.split("::").skip(1).take(2).collect::<Vec<_>>().join("::"),
        None => first.split("::").next().unwrap_or(first).to_owned() + " (crate)",
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn finds_our_module_behind_a_generic_name() {
        assert_eq!(origin("_ZN18serviceaccount_lab7kubectl3get3run17haaaaaaaaaaaaaaaaE"), "kubectl::get");
        assert_eq!(
            origin("_ZN4core3ptr53drop_in_place$LT$serviceaccount_lab..shell..Shell$GT$17haaaaaaaaaaaaaaaaE"),
            "shell::Shell"
        );
        assert_eq!(origin("_ZN10regex_lite3hir5parse17haaaaaaaaaaaaaaaaE"), "regex_lite (crate)");
        assert_eq!(origin("memcpy"), "(no name) (crate)");
    }
}
