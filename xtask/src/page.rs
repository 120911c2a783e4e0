//! Building the page into `dist/`, with trunk.

use crate::{Failure, embed, halves, paths, run, tools};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// What the page is made of.
const INPUTS: [&str; 10] = [
    "src",
    "static",
    "lessons",
    "languages",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "tools/halves",
];

/// Builds `dist/` unless it is newer than everything it is made of.
pub fn build() -> Result<(), Failure> {
    if is_fresh() {
        println!("dist/ is up to date.");
        return Ok(());
    }
    tools::set_up(Vec::new())?;
    println!("Building the page (release) into dist/ ...");
    let mut trunk = Command::new(tools::trunk().ok_or("trunk was installed and is gone")?);
    // Trunk would run wasm-opt if it were told --release; the names of the functions are still wanted.
    trunk.args(["build", "--locked", "--cargo-profile", "release"]).current_dir(paths::root());
    if tools::wasm_opt().is_none() {
        println!("Without wasm-opt: the page will be larger.");
    }
    // A backtrace of the tool says nothing about the page. Trunk takes NO_COLOR=1 for a wrong value of an option of its own.
    trunk
        .env("PATH", tools::search_path())
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        .env("RUST_BACKTRACE", "0")
        .env_remove("NO_COLOR");
    run::run(&mut trunk)?;
    halves::cut(&paths::dist())?;
    embed::write()?;
    strip_comments(&paths::dist().join("boot.js"))?;
    write_worker()
}

/// Takes the lines that are only comments out of a script: a quarter of what it weighs, and to be read in `static/`.
fn strip_comments(script: &Path) -> Result<(), Failure> {
    let name = paths::shown(script);
    let text = std::fs::read_to_string(script).map_err(|error| format!("{name}: {error}"))?;
    std::fs::write(script, code_of(&text)).map_err(|error| format!("{name}: {error}"))
}

fn code_of(script: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim().is_empty();
    script.lines().filter(is_code).fold(String::new(), |code, line| code + line + "\n")
}

/// Builds the page with the hook that makes it fail (`--features breakable`), quickly and large, for
/// tests/browser/tests/trouble.rs.
pub fn build_breakable() -> Result<(), Failure> {
    let folder = paths::breakable();
    if is_newer_than_its_sources(&folder.join("index.html")) {
        return Ok(());
    }
    tools::set_up(Vec::new())?;
    println!("Building the page that can be made to fail into {} ...", paths::shown(&folder));
    let mut trunk = Command::new(tools::trunk().ok_or("trunk was installed and is gone")?);
    trunk
        .args(["build", "--locked", "--features", "breakable", "--dist"])
        .arg(&folder)
        .current_dir(paths::root())
        .env("PATH", tools::search_path())
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        .env("RUST_BACKTRACE", "0")
        .env_remove("NO_COLOR");
    run::run(&mut trunk)
}

/// What is kept for when there is no connection: all but what only servers read or nobody needs then.
const NOT_KEPT: [&str; 5] = ["_headers", "licences.txt", "sw.js", "manifest.webmanifest", "serviceaccount-lab.d.ts"];

/// Writes the list of files into `sw.js`, and `manifest.webmanifest` with the icon's name.
fn write_worker() -> Result<(), Failure> {
    let dist = paths::dist();
    let mut files = Vec::new();
    list(&dist, "", &mut files).map_err(|error| format!("dist: {error}"))?;
    files.retain(|file| !NOT_KEPT.contains(&file.as_str()));
    files.sort();
    let mut all = Vec::new();
    for file in &files {
        all.extend(file.bytes());
        all.extend(std::fs::read(dist.join(file)).map_err(|error| format!("{file}: {error}"))?);
    }
    // Any change of any file is another version.
    let version = hash([&*all]);
    let worker =
        std::fs::read_to_string(paths::root().join("static/sw.js")).map_err(|error| format!("sw.js: {error}"))?;
    let worker = code_of(&worker)
        .replace("\"unbuilt\"", &format!("\"{version}\""))
        .replace("FILES = []", &format!("FILES = [\"{}\"]", files.join("\", \"")));
    let icon = files.iter().find(|file| file.starts_with("icon-")).map(String::as_str).unwrap_or_default();
    let manifest = format!(
        "{{\n  \"name\": \"ServiceAccount Lab\",\n  \"short_name\": \"SA Lab\",\n  \"start_url\": \"./\",\n  \"display\": \"standalone\",\n  \
         \"background_color\": \"#fbfaf7\",\n  \"theme_color\": \"#2f5bd8\",\n  \
         \"icons\": [{{ \"src\": \"{icon}\", \"sizes\": \"any\", \"type\": \"image/svg+xml\" }}]\n}}\n"
    );
    let write =
        |name: &str, text: &str| std::fs::write(dist.join(name), text).map_err(|error| format!("{name}: {error}"));
    write("sw.js", &worker)?;
    write("manifest.webmanifest", &manifest)
}

/// FNV-1a, as names of files have it.
pub(crate) fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let fold = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, fold))
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { list(&entry.path(), &format!("{name}/"), files)? } else { files.push(name) }
    }
    Ok(())
}

/// Whether `dist/` was built after the last change.
#[must_use]
pub fn is_fresh() -> bool {
    is_newer_than_its_sources(&paths::dist().join("sw.js"))
}

/// Whether a file is newer than everything that the page is made of.
#[must_use]
pub fn is_newer_than_its_sources(file: &Path) -> bool {
    let Ok(built) = file.metadata().and_then(|file| file.modified()) else {
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
    fn takes_out_comments_and_nothing_else() {
        let script = "// Why.\nconst a = \"https://x\"; // stays\n\n  // More.\n  b();\n";
        assert_eq!(code_of(script), "const a = \"https://x\"; // stays\n  b();\n");
    }
}
