//! `static/licences.txt`: what is in the page's program, by crate, with each licence's text. It ships with the page.

use crate::{Failure, read, write};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The features of the page in all its forms.
const FEATURES: &str = "all-lessons lms";

const HEAD: &str = "What the program of ServiceAccount Lab is made of, and under which licences.\n\
    Made by `cargo xtask licences`.\n\n\
    ServiceAccount Lab itself: MIT OR Apache-2.0.\n\
    Rust's standard library: MIT OR Apache-2.0, (c) The Rust Project Contributors, https://github.com/rust-lang/rust.\n";

/// Writes the file.
pub fn write_file() -> Result<Vec<PathBuf>, Failure> {
    let file = xtask::paths::root().join("static/licences.txt");
    write(&file, text()?.as_bytes())?;
    Ok(vec![file])
}

/// A crate that is compiled into the page.
struct Part {
    name: String,
    version: String,
    licence: String,
    authors: String,
    folder: PathBuf,
}

fn text() -> Result<String, Failure> {
    let mut out = String::from(HEAD);
    // The same text, word for word, is printed once for all who use it.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in parts()? {
        let name = format!("{} {}", part.name, part.version);
        let _ = writeln!(out, "{name}: {}{}", part.licence, part.authors);
        for file in files(&part.folder) {
            let body: Vec<String> = read(&file)?.lines().map(|line| line.trim_end().to_owned()).collect();
            texts.entry(body.join("\n").trim().to_owned()).or_default().insert(name.clone());
        }
    }
    let mut texts: Vec<(String, Vec<String>)> =
        texts.into_iter().map(|(body, names)| (body, names.into_iter().collect())).collect();
    texts.sort_by(|left, right| left.1.cmp(&right.1));
    for (body, names) in texts {
        let _ = write!(out, "\n{}\n{}:\n\n{body}\n", "-".repeat(80), names.join(", "));
    }
    Ok(out)
}

/// `Ada <ada@example.org>` without the address.
fn name_of(author: &str) -> String {
    author.split(" <").next().unwrap_or_default().to_owned()
}

/// The licence that is chosen where there is a choice is MIT's: only its text, or whatever there is.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            path.is_file() && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|word| name.starts_with(word))
        })
        .collect();
    files.sort();
    let is_mit = |path: &PathBuf| path.to_string_lossy().to_uppercase().ends_with("MIT");
    if files.iter().any(is_mit) {
        files.retain(|path| is_mit(path) || path.to_string_lossy().to_uppercase().contains("NOTICE"));
    }
    files
}

/// What `cargo metadata` says is compiled into the page: no build scripts, no macros, no tests.
fn parts() -> Result<Vec<Part>, Failure> {
    let output = xtask::run::cargo()
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", xtask::tools::WASM, "--features"])
        .arg(FEATURES)
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|one| (one["id"].to_string(), one)).collect();
    let nodes: BTreeMap<String, Value> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|one| (one["id"].to_string(), one)).collect();
    let is_macro = |id: &str| {
        packages.get(id).is_some_and(|one| list(&one["targets"]).iter().any(|target| target["kind"][0] == "proc-macro"))
    };
    let mut waiting: Vec<String> =
        packages.iter().filter(|(_, one)| one["name"] == "serviceaccount-lab").map(|(id, _)| id.clone()).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !is_macro(&id) && seen.insert(id.clone()) {
            let used = nodes.get(&id).map(|node| list(&node["deps"])).unwrap_or_default();
            let compiled = |one: &&Value| list(&one["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            waiting.extend(used.iter().filter(compiled).map(|one| one["pkg"].to_string()));
        }
    }
    let mut parts: Vec<Part> = seen
        .iter()
        .filter_map(|id| packages.get(id))
        .filter(|one| !one["source"].is_null())
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            let authors: Vec<String> = list(&one["authors"]).iter().filter_map(Value::as_str).map(name_of).collect();
            Part {
                name: text("name"),
                version: text("version"),
                licence: text("license"),
                authors: if authors.is_empty() { String::new() } else { format!(", by {}", authors.join(", ")) },
                folder: Path::new(&text("manifest_path")).parent().unwrap_or(Path::new("/")).to_path_buf(),
            }
        })
        .collect();
    parts.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ships is listed, as Cargo.lock has it.
    #[test]
    fn the_file_is_what_the_lock_file_gives() {
        let kept = read(&xtask::paths::root().join("static/licences.txt")).unwrap();
        assert!(kept == text().unwrap(), "static/licences.txt is not up to date: run `cargo xtask licences`");
        for name in ["yew 0.", "rsa 0.", "serde_yaml 0.", "wasm-bindgen 0."] {
            assert!(kept.contains(&format!("\n{name}")), "{name}");
        }
        assert!(!kept.contains("\nsyn ") && !kept.contains("\ntokio "), "macros and servers do not ship");
    }

    /// Each crate has a text, or at least names a licence whose text is there.
    #[test]
    fn every_part_names_its_licence() {
        for part in parts().unwrap() {
            assert!(!part.licence.is_empty(), "{}", part.name);
        }
    }
}
