//! What is handed out besides the page, beside its budget: as it is downloaded, so compressed where servers compress.

use crate::{brotli, kb};
use std::path::PathBuf;
use std::{fs, io};
use xtask::paths;

/// An artefact: its file, whether a server compresses it, and the most it may weigh in KB.
struct Artefact {
    file: PathBuf,
    compressed: bool,
    budget_kb: f64,
}

fn all() -> Vec<Artefact> {
    let built = |name: &str, budget_kb| Artefact { file: paths::dist().join(name), compressed: true, budget_kb };
    let made = |name: &str, budget_kb| Artefact { file: paths::artefacts().join(name), compressed: false, budget_kb };
    vec![
        built("serviceaccount-lab.js", 6.0),
        built("embed.html", 3.0),
        built("sw.js", 2.0),
        made("serviceaccount-lab.html", 2100.0),
        made(concat!("serviceaccount-lab-", env!("CARGO_PKG_VERSION"), ".tgz"), 1700.0),
        made("serviceaccount-lab-scorm-1.2.zip", 1600.0),
        made("serviceaccount-lab-scorm-2004.zip", 1600.0),
        made("serviceaccount-lab-cmi5.zip", 1600.0),
    ]
}

/// Prints a line an artefact, and gives those that are over their budget.
pub fn weigh() -> io::Result<Vec<String>> {
    let mut too_large = Vec::new();
    println!("\n{:>10} {:>10}  handed out besides", "KB", "budget");
    for Artefact { file, compressed, budget_kb } in all() {
        let name = paths::shown(&file);
        if !file.is_file() {
            println!("{:>10} {budget_kb:>10.0}  {name} (not made: cargo xtask test artefacts)", "-");
            continue;
        }
        let raw = fs::read(&file)?;
        let weight = kb(if compressed { brotli(&raw)? } else { raw.len() });
        println!("{weight:>10.1} {budget_kb:>10.0}  {name}{}", if compressed { ", brotli" } else { "" });
        if weight > budget_kb {
            too_large.push(name);
        }
    }
    Ok(too_large)
}
