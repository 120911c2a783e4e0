//! The page in a single file: style, script, wasm and all lessons inside. It runs from `file://`, in a sandbox, and as a file
//! of a learning platform; its own policy allows no request at all.

use crate::{Failure, artefact, read, write};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use xtask::{paths, run, tools};

/// The program for the single file, joined to the browser and made small.
struct Program {
    script: String,
    wasm: Vec<u8>,
}

/// Writes `serviceaccount-lab.html`.
pub fn write_file() -> Result<PathBuf, Failure> {
    let file = artefact("serviceaccount-lab.html");
    write(&file, text("")?.as_bytes())?;
    Ok(file)
}

/// The page as text; `marks` are more attributes of `<html>`.
pub fn text(marks: &str) -> Result<String, Failure> {
    page(&program()?, marks, "", "")
}

/// The same with a script that runs before everything; `policy` is what that needs beside the page's own policy.
pub fn text_with(marks: &str, before: &str, policy: &str) -> Result<String, Failure> {
    page(&program()?, marks, before, policy)
}

/// Compiles the page with all lessons in it. The same wasm serves every file until a source changes.
fn program() -> Result<Program, Failure> {
    let folder = paths::target().join("single");
    let (script, wasm) = (folder.join("lab.js"), folder.join("lab_small.wasm"));
    if !xtask::page::is_newer_than_its_sources(&wasm) {
        compile(&folder, &wasm)?;
    }
    let wasm = fs::read(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    Ok(Program { script: read(&script)?, wasm })
}

fn compile(folder: &std::path::Path, small: &std::path::Path) -> Result<(), Failure> {
    println!("Compiling the page for a single file ...");
    let mut cargo = run::cargo();
    cargo.args(["build", "--release", "--locked", "--package", "serviceaccount-lab", "--target", tools::WASM]);
    run::run(cargo.args(["--bin", "serviceaccount-lab", "--features", "all-lessons,lms"]))?;
    let built = paths::target().join(tools::WASM).join("release/serviceaccount-lab.wasm");
    let mut bindgen = Command::new(tools::wasm_bindgen().ok_or("there is no wasm-bindgen: cargo xtask setup")?);
    bindgen
        .args(["--target", "no-modules", "--no-typescript", "--out-name", "lab", "--out-dir"])
        .arg(folder)
        .arg(&built);
    run::run(&mut bindgen)?;
    let joined = folder.join("lab_bg.wasm");
    match tools::wasm_opt() {
        Some(wasm_opt) => run::run(Command::new(wasm_opt).arg("-Oz").arg(&joined).arg("-o").arg(small)),
        None => fs::copy(&joined, small).map(|_| ()).map_err(|error| error.to_string()),
    }
}

fn page(program: &Program, marks: &str, before: &str, policy: &str) -> Result<String, Failure> {
    let root = paths::root();
    let index = read(&root.join("index.html"))?;
    let (style, boot) = (read(&root.join("static/style.css"))?, read(&root.join("static/boot.js"))?);
    let icon = STANDARD.encode(read(&root.join("static/icon.svg"))?);
    let between = |from: &str, to: &str| {
        let part = index.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(part, _)| part);
        part.ok_or_else(|| format!("index.html has no {from}"))
    };
    let (title, body) = (between("<title>", "</title>")?, between("<body>", "</body>")?);
    for (name, text) in [
        ("the wasm's script", &program.script),
        ("boot.js", &boot),
        ("the script before", &before.to_owned()),
        ("style.css", &style),
    ] {
        if text.contains("</script") || text.contains("</style") || text.contains("<!--") {
            return Err(format!("{name} cannot stand inside a page"));
        }
    }
    let packed = STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(&program.wasm, 10));
    let (before, before_hash) = if before.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("<script>{before}</script>\n"), format!("'{}' ", hash(before)))
    };
    let (script_hash, boot_hash, style_hash) = (hash(&program.script), hash(&boot), hash(&style));
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\" data-single{marks}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {before_hash}'{script_hash}' '{boot_hash}' 'wasm-unsafe-eval'; \
         style-src '{style_hash}'; {policy}img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\">\n<style>{style}</style>\n</head>\n<body>{body}\
         <script id=\"wasm\" type=\"text/plain\">{packed}</script>\n{before}<script>{}</script>\n<script>{boot}</script>\n</body>\n</html>\n",
        program.script
    ))
}

/// As a policy names a script that stands inside a page.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
