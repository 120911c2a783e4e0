//! The npm package: the element with its types, the built page for it, and the simulator for Node.

use crate::{Failure, artefact, read, write};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::{paths, run};

/// The version of the package is the crate's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes `target/artefacts/serviceaccount-lab-VERSION.tgz`.
pub fn write_package() -> Result<PathBuf, Failure> {
    let folder = paths::target().join("npm-package");
    let _ = fs::remove_dir_all(&folder);
    let names = copy(&paths::dist(), &folder.join("lab"))?;
    let find = |begin: &str, end: &str| {
        let hashed = |name: &&String| name.strip_prefix(begin).is_some_and(|name| name.ends_with(end));
        names.iter().find(hashed).cloned().ok_or_else(|| format!("dist/ has no {begin}…{end}"))
    };
    let source = paths::root().join("tools/pack/npm");
    let node = read(&source.join("node.js"))?
        .replace("SCRIPT", &find("serviceaccount-lab-", ".js")?)
        .replace("WASM", &find("serviceaccount-lab-", "_bg.wasm")?)
        .replace("REST", &find("serviceaccount-lab-rest-", ".wasm")?);
    write(&folder.join("node.js"), node.as_bytes())?;
    for name in ["copy.js", "node.d.ts", "README.md"] {
        write(&folder.join(name), read(&source.join(name))?.as_bytes())?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        write(&folder.join(name), read(&paths::root().join(name))?.as_bytes())?;
    }
    let package = json!({
        "name": "serviceaccount-lab",
        "version": VERSION,
        "description": "A simulated Kubernetes cluster in a page: ServiceAccounts, tokens and RBAC, to be embedded",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "exports": {
            ".": { "types": "./lab/serviceaccount-lab.d.ts", "default": "./lab/serviceaccount-lab.js" },
            "./node": { "types": "./node.d.ts", "node": "./node.js" },
            "./lab/*": "./lab/*",
            "./package.json": "./package.json",
        },
        "types": "./lab/serviceaccount-lab.d.ts",
        "bin": { "serviceaccount-lab": "./copy.js" },
        "sideEffects": true,
        "files": ["lab", "copy.js", "node.js", "node.d.ts"],
    });
    let text = serde_json::to_string_pretty(&package).map_err(|error| error.to_string())?;
    write(&folder.join("package.json"), (text + "\n").as_bytes())?;
    fs::create_dir_all(paths::artefacts()).map_err(|error| error.to_string())?;
    let npm = xtask::tools::on_path("npm").ok_or("there is no npm, which makes the package")?;
    let mut pack = Command::new(npm);
    pack.args(["pack", "--ignore-scripts", "--pack-destination"]).arg(paths::artefacts()).current_dir(&folder);
    run::run_logged(&mut pack, &paths::target().join("npm-package.log"))?;
    Ok(artefact(&format!("serviceaccount-lab-{VERSION}.tgz")))
}

/// Copies a folder, and gives the names at its top.
fn copy(from: &Path, to: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(&name))?;
        } else {
            let bytes = fs::read(entry.path()).map_err(|error| format!("{name}: {error}"))?;
            write(&to.join(&name), &bytes)?;
        }
        names.push(name);
    }
    Ok(names)
}
