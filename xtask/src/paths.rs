//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The built page.
#[must_use]
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// What is handed out besides the page: the single file and the packages.
#[must_use]
pub fn artefacts() -> PathBuf {
    target().join("artefacts")
}

/// The page with the hook that makes it fail.
#[must_use]
pub fn breakable() -> PathBuf {
    target().join("breakable")
}

/// Cargo's target folder.
#[must_use]
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Where tools go that are not on the PATH. `SALAB_TOOLS` names another place, which several clones may share.
#[must_use]
pub fn tools() -> PathBuf {
    match env::var_os("SALAB_TOOLS") {
        Some(folder) => root().join(folder),
        None => target().join("tools"),
    }
}

/// The path as somebody in the repository's folder would write it.
#[must_use]
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
