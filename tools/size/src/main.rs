//! Weighs `dist/`: what a first visit downloads, file by file, raw and as brotli, against the budget.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// DESIGN: all that a first visit downloads, brotli.
const BUDGET_BYTES: usize = 350 * 1024;

fn main() -> ExitCode {
    match weigh(&xtask::paths::dist()) {
        Ok(total) if total <= BUDGET_BYTES => ExitCode::SUCCESS,
        Ok(total) => {
            eprintln!("error: the page is {:.1} KB over its budget", kb(total - BUDGET_BYTES));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn weigh(dist: &Path) -> io::Result<usize> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    let mut rows = Vec::new();
    for file in files {
        let raw = fs::read(&file)?;
        rows.push((brotli(&raw)?, raw.len(), file));
    }
    rows.sort();
    println!("{:>10} {:>10}", "raw KB", "brotli KB");
    for (small, raw, file) in rows.iter().rev() {
        println!("{:>10.1} {:>10.1}  {}", kb(*raw), kb(*small), file.strip_prefix(dist).unwrap_or(file).display());
    }
    let (small, raw) = rows.iter().fold((0, 0), |(small, raw), row| (small + row.0, raw + row.1));
    println!(
        "{:>10.1} {:>10.1}  all of dist/ (budget {:.0} KB brotli, {:.0} % used)",
        kb(raw),
        kb(small),
        kb(BUDGET_BYTES),
        100.0 * kb(small) / kb(BUDGET_BYTES)
    );
    Ok(small)
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
