//! The page's wasm in two halves (tools/halves): what a first visit runs, and the rest.

use crate::{Failure, chromium, page, paths, run, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the page's script and wasm are called, before their hash.
const NAME: &str = "serviceaccount-lab-";
/// Where the script that wasm-bindgen writes hands over what the wasm imports, and with which name for it.
const IMPORTS: &str = "_bg.js\": import0,\n";

/// Makes the wasm in `dist` small, cuts it, and gives script and halves names by what is in them.
pub fn cut(dist: &Path) -> Result<(), Failure> {
    let old = built_name(dist)?;
    let (script, wasm) = (dist.join(format!("{old}.js")), dist.join(format!("{old}_bg.wasm")));
    fs::create_dir_all(folder()).map_err(|error| format!("{}: {error}", folder().display()))?;
    let whole = whole();
    match tools::wasm_opt() {
        // With the names, by which it is cut. For speed: what it puts in line a browser's first compiler does not, and it weighs the
        // same (docs/size.md).
        Some(wasm_opt) => run::run(Command::new(wasm_opt).args(["-O3", "-g"]).arg(&wasm).arg("-o").arg(&whole))?,
        None => copy(&wasm, &whole)?,
    }
    let (first, rest) = (folder().join("first.wasm"), folder().join("rest.wasm"));
    run::run(halves().arg("cut").arg(&whole).arg(list()).arg(&first).arg(&rest))?;

    let glue = read(&script)?;
    let link = format!("{IMPORTS}        \"halves\": {{ load: () => globalThis.salabRest.load(wasm) }},\n");
    let linked = glue.replacen(IMPORTS, &link, 1);
    if linked == glue {
        return Err(
            "wasm-bindgen's script is not what xtask/src/halves.rs knows: where does it hand over imports?".into()
        );
    }
    let bytes = |path: &PathBuf| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let hash = page::hash([linked.as_bytes(), &bytes(&first)?, &bytes(&rest)?]);
    let name = format!("{NAME}{hash}");
    let rest_name = format!("{NAME}rest-{hash}.wasm");
    for path in [&script, &wasm] {
        fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    write(&dist.join(format!("{name}.js")), &linked)?;
    copy(&first, &dist.join(format!("{name}_bg.wasm")))?;
    copy(&rest, &dist.join(&rest_name))?;
    let index = dist.join("index.html");
    let html = read(&index)?.replace(&old, &name).replacen(
        " data-wasm=",
        &format!(" data-rest=\"./{rest_name}\" data-wasm="),
        1,
    );
    write(&index, &html)
}

/// Watches a browser visit the page, and writes the list of what it does not run. Then the page is built with it.
pub fn learn() -> Result<(), Failure> {
    tools::set_up(chromium::job().into_iter().collect())?;
    page::build()?;
    let (marked, ran) = (folder().join("marked"), folder().join("ran.txt"));
    let _ = fs::remove_dir_all(&marked);
    copy_folder(&paths::dist(), &marked)?;
    let wasm = marked.join(format!("{}_bg.wasm", built_name(&marked)?));
    run::run(halves().arg("mark").arg(whole()).arg(&wasm))?;
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "browser-tests", "--example", "first_half", "--"]);
    run::run(cargo.arg(&marked).arg(&ran))?;
    run::run(halves().arg("learn").arg(whole()).arg(&ran).arg(list()))?;
    println!("Written: {}", paths::shown(&list()));
    page::build()
}

/// What the files are called: `serviceaccount-lab-0123456789abcdef`.
fn built_name(dist: &Path) -> Result<String, Failure> {
    let entries = dist.read_dir().map_err(|error| format!("{}: {error}", dist.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut scripts = names.filter_map(|name| name.strip_suffix("_bg.wasm").map(str::to_owned));
    scripts.find(|name| name.starts_with(NAME)).ok_or_else(|| format!("{} has no wasm", dist.display()))
}

fn halves() -> Command {
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "halves", "--"]);
    cargo
}

fn folder() -> PathBuf {
    paths::target().join("halves")
}

/// The wasm before it is cut, with names.
fn whole() -> PathBuf {
    folder().join("whole.wasm")
}

fn list() -> PathBuf {
    paths::root().join("tools/halves/later.txt")
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    let entries = from.read_dir().map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_folder(&path, &to)? } else { copy(&path, &to)? }
    }
    Ok(())
}
