//! `cargo xtask fuzz`: strangers' bytes for every parser that meets them (fuzz/), by libFuzzer, on stable Rust.

use crate::{Failure, paths, run};
use std::fs;
use std::process::Command;

/// What tells libFuzzer where the code has been. Flags of LLVM, so that no nightly compiler is needed.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";
const PLATFORM: &str = "x86_64-unknown-linux-gnu";
/// How long one target is tried where nobody says otherwise.
const SECONDS: &str = "60";

/// Tries the targets that are named, or all, each for some seconds (`--seconds N`) or so many runs (`--runs N`).
///
/// # Errors
/// What does not compile, and the first target that fails, with the input that it fails on.
pub fn fuzz(args: &[String]) -> Result<(), Failure> {
    let (mut named, mut limit) = (Vec::new(), format!("-max_total_time={SECONDS}"));
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut number =
            || words.next().filter(|text| text.parse::<u64>().is_ok()).ok_or(format!("{word} wants a number"));
        match word.as_str() {
            "--seconds" => limit = format!("-max_total_time={}", number()?),
            "--runs" => limit = format!("-runs={}", number()?),
            name => named.push(name),
        }
    }
    let all = targets()?;
    if let Some(unknown) = named.iter().find(|name| !all.iter().any(|known| known == *name)) {
        return Err(format!("no target {unknown:?}; there are: {}", all.join(", ")));
    }
    let folder = paths::target().join("fuzz");
    let mut cargo = run::cargo();
    cargo.args(["build", "--release", "--locked", "--target", PLATFORM]).current_dir(paths::root().join("fuzz"));
    run::run(cargo.env("RUSTFLAGS", INSTRUMENTATION).env("CARGO_TARGET_DIR", &folder))?;
    for target in all.iter().filter(|name| named.is_empty() || named.contains(&name.as_str())) {
        println!("\n=== {target}");
        let (found, kept) = (folder.join("corpus").join(target), paths::root().join("fuzz/corpus").join(target));
        for folder in [&found, &kept] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let mut fuzzer = Command::new(folder.join(PLATFORM).join("release/fuzz"));
        fuzzer.env("SALAB_TARGET", target).args([&found, &kept]).args([&limit, "-max_len=4096", "-timeout=20"]);
        fuzzer.args(["-rss_limit_mb=3000", "-print_final_stats=1", "-verbosity=0"]);
        fuzzer.arg(format!("-artifact_prefix={}/{target}-", folder.display()));
        run::run(&mut fuzzer).map_err(|failure| {
            format!("{failure}\nmend it, and keep the input that is named above in {}", paths::shown(&kept))
        })?;
    }
    Ok(())
}

/// The names in fuzz/src/targets.rs.
fn targets() -> Result<Vec<String>, Failure> {
    let file = paths::root().join("fuzz/src/targets.rs");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split_once("\", "));
    Ok(names.map(|(name, _)| name.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_targets() {
        let all = targets().unwrap();
        assert!(all.contains(&"manifests".to_string()) && all.contains(&"protobuf".to_string()), "{all:?}");
    }

    #[test]
    fn an_unknown_target_is_refused() {
        assert!(fuzz(&["manifest".to_string()]).unwrap_err().contains("manifests"));
    }
}
