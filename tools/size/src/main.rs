//! Weighs what ships: every file of `dist/` raw and as brotli, the sum beside the goal and the ceiling, and where the
//! wasm's code comes from.
//!
//! The goal is DESIGN's budget. The ceiling is what the page weighs today, rounded up: the check fails when a change
//! makes the page heavier than that, so growth is a decision that shows in a diff of this file. It only moves down,
//! or up with the reason in the commit.

mod artefacts;
mod origins;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// All that a first visit should download, brotli.
const GOAL_KB: f64 = 350.0;

/// All that a first visit may download, brotli. docs/size.md says where the bytes go.
const CEILING_KB: f64 = 510.0;

fn main() -> ExitCode {
    let total = match weigh(&xtask::paths::dist()) {
        Ok(total) => total,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let too_large = match artefacts::weigh() {
        Ok(too_large) => too_large,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = origins::print() {
        println!("\nwhere the code comes from: not known ({error})");
    }
    if total > CEILING_KB {
        eprintln!(
            "error: the page is {:.1} KB over its ceiling of {CEILING_KB:.0} KB (tools/size/src/main.rs)",
            total - CEILING_KB
        );
        return ExitCode::FAILURE;
    }
    if too_large.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("error: over budget (tools/size/src/artefacts.rs): {}", too_large.join(", "));
    ExitCode::FAILURE
}

/// What `dist/` holds beside the page: fetched when somebody asks for it, or read by the server only.
const LATER: [&str; 9] = [
    "lessons/",
    "languages/",
    "licences.txt",
    "fidelity.",
    "_headers",
    "embed.html",
    "serviceaccount-lab.js",
    "serviceaccount-lab.d.ts",
    "manifest.webmanifest",
];

/// The half of the wasm that comes when somebody does something.
const REST: &str = "serviceaccount-lab-rest-";

/// Prints a line a file, heaviest first, and the sum; the sum of what a first visit downloads, brotli, in KB.
fn weigh(dist: &Path) -> io::Result<f64> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    let (mut rows, mut rest, mut later) = (Vec::new(), (0, 0), (0, 0, 0));
    for file in files {
        let raw = fs::read(&file)?;
        let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
        let small = brotli(&raw)?;
        if name.starts_with(REST) {
            rest = (raw.len(), small);
        } else if LATER.iter().any(|prefix| name.starts_with(prefix)) {
            later = (later.0 + raw.len(), later.1 + small, later.2 + 1);
        } else {
            rows.push((small, raw.len(), name));
        }
    }
    rows.sort();
    println!("{:>10} {:>10}", "raw KB", "brotli KB");
    for (small, raw, name) in rows.iter().rev() {
        println!("{:>10.1} {:>10.1}  {name}", kb(*raw), kb(*small));
    }
    let (small, raw) = rows.iter().fold((0, 0), |(small, raw), row| (small + row.0, raw + row.1));
    println!(
        "{:>10.1} {:>10.1}  a first visit (goal {GOAL_KB:.0} KB: {:.1} times that; ceiling {CEILING_KB:.0} KB)",
        kb(raw),
        kb(small),
        kb(small) / GOAL_KB
    );
    println!("{:>10.1} {:>10.1}  the rest of the wasm, at the first key, click or movement", kb(rest.0), kb(rest.1));
    println!("{:>10.1} {:>10.1}  {} files more, when they are asked for", kb(later.0), kb(later.1), later.2);
    Ok(kb(small))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn brotli(raw: &[u8]) -> io::Result<usize> {
    let mut small = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &*raw, &mut small, &best)?;
    Ok(small.len())
}

#[allow(clippy::cast_precision_loss, reason = "a file here is far from 2^52 bytes")]
fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}
