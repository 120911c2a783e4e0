//! docs/dependencies.md names every crate that a Cargo.toml names, and no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The project's own packages.
const OWN: [&str; 3] = ["serviceaccount-lab", "salab", "xtask"];

/// Every `Cargo.toml` of the project.
fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "node_modules", "dist", "src"].contains(&&*name) {
            manifests(&path, found);
        } else if name == "Cargo.toml" {
            found.push(path);
        }
    }
}

/// The crates below `[dependencies]` and its like.
fn named(manifest: &str) -> BTreeSet<String> {
    let mut is_dependencies = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            is_dependencies = line.ends_with("dependencies]");
        } else if is_dependencies
            && !line.starts_with('#')
            && let Some((name, _)) = line.split_once('=')
        {
            names.insert(name.trim().trim_matches('"').to_owned());
        }
    }
    names
}

#[test]
fn every_dependency_has_a_line_that_says_why() {
    let root = xtask::paths::root();
    let mut files = Vec::new();
    manifests(&root, &mut files);
    assert!(files.len() >= 7, "{files:?}");
    let mut wanted: BTreeSet<String> =
        files.iter().flat_map(|file| named(&crate::read(file).unwrap_or_default())).collect();
    wanted.retain(|name| !OWN.contains(&name.as_str()));
    let text = crate::read(&root.join("docs/dependencies.md")).unwrap();
    let mut told = BTreeSet::new();
    for row in text.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (name, rest) = row.split_once("` | ").unwrap_or((row, ""));
        assert!(rest.len() > 4, "no reason for {name}");
        told.insert(name.to_owned());
    }
    assert_eq!(told, wanted, "docs/dependencies.md (left) and the Cargo.toml files (right)");
}

#[test]
fn reads_a_manifest() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# why = \"\"\nserde = \"1\"\n[target.'cfg(x)'.dependencies]\nyew = { version = \"1\" }\n[lints.rust]\nunsafe_code = \"forbid\"\n";
    assert_eq!(named(manifest), ["serde", "yew"].map(String::from).into());
}
