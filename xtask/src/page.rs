//! Building the page into `dist/`, with trunk.

use crate::{Failure, paths, run, tools};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// What the page is made of.
const INPUTS: [&str; 8] =
    ["src", "static", "lessons", "index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock", ".cargo"];

/// Builds `dist/` unless it is newer than everything it is made of.
pub fn build() -> Result<(), Failure> {
    if is_fresh() {
        println!("dist/ is up to date.");
        return Ok(());
    }
    tools::set_up(Vec::new())?;
    println!("Building the page (release) into dist/ ...");
    let mut trunk = Command::new(tools::trunk().ok_or("trunk was installed and is gone")?);
    trunk.arg("build").arg("--locked").current_dir(paths::root());
    if tools::wasm_opt().is_some() {
        trunk.arg("--release");
    } else {
        // Trunk runs wasm-opt exactly when it is told --release; cargo's profile is the same.
        println!("Without wasm-opt: the page will be larger.");
        trunk.args(["--cargo-profile", "release"]);
    }
    // A backtrace of the tool says nothing about the page. Trunk takes NO_COLOR=1 for a wrong value of an option of its own.
    trunk
        .env("PATH", tools::search_path())
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        .env("RUST_BACKTRACE", "0")
        .env_remove("NO_COLOR");
    run::run(&mut trunk)?;
    write_embed()
}

/// What stands in the embedded page before the program does. The page around has the lesson's text.
const EMBED_BEFORE: &str = "<main class=\"before\">\n      <p>A simulated Kubernetes cluster with <code>kubectl</code>. It is loading, and needs JavaScript and \
     WebAssembly.</p>\n    </main>";

/// `embed.html` is `index.html` that says of itself that it is inside another page.
fn write_embed() -> Result<(), Failure> {
    let read =
        |name: &str| std::fs::read_to_string(paths::dist().join(name)).map_err(|error| format!("{name}: {error}"));
    let page = embed(&read("index.html")?).ok_or("index.html is not what embed.html is made from")?;
    std::fs::write(paths::dist().join("embed.html"), page).map_err(|error| format!("embed.html: {error}"))
}

fn embed(index: &str) -> Option<String> {
    let (head, rest) = index.split_once("<main class=\"before\">")?;
    let (_, tail) = rest.split_once("</main>")?;
    let (start, head) = head.split_once("<html lang=\"en\"")?;
    Some(format!("{start}<html lang=\"en\" data-embed{head}{EMBED_BEFORE}{tail}"))
}

/// Whether `dist/` was built after the last change.
#[must_use]
pub fn is_fresh() -> bool {
    let Ok(built) = paths::dist().join("embed.html").metadata().and_then(|file| file.modified()) else {
        return false;
    };
    INPUTS.iter().all(|input| newest(&paths::root().join(input)).is_none_or(|changed| changed < built))
}

/// When something in there changed last; a folder changes when a file in it goes.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = path.metadata().ok()?.modified().ok()?;
    let Ok(entries) = path.read_dir() else {
        return Some(own);
    };
    entries.flatten().filter_map(|entry| newest(&entry.path())).chain([own]).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_page_is_made_from_the_page() {
        let index = std::fs::read_to_string(paths::root().join("index.html")).unwrap();
        let page = embed(&index).unwrap();
        assert!(page.contains("<html lang=\"en\" data-embed>") && page.contains(EMBED_BEFORE), "{page}");
        assert!(!page.contains("What a ServiceAccount is") && page.contains("id=\"lab\""), "{page}");
    }
}
