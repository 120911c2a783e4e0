//! The tools that make the page: found on the PATH, in our own folder, or installed there.

use crate::{Failure, paths, run};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

/// Bundles the page.
pub const TRUNK: &str = "0.21.14";
/// Binaryen's release, whose `wasm-opt` makes the wasm small (`tools/binaryen/package.json` names it too).
pub const BINARYEN: &str = "132";
/// Older ones do not read what wasm-bindgen writes.
const OLDEST_WASM_OPT: u32 = 123;
/// What the page is compiled to.
pub const WASM: &str = "wasm32-unknown-unknown";

/// One thing to install.
pub struct Job {
    /// Its name and version.
    pub what: String,
    /// Why it is needed, and where it goes.
    pub why: String,
    /// Whether one can do without it.
    pub optional: bool,
    /// Does it.
    pub work: Box<dyn FnOnce() -> Result<(), Failure> + Send>,
}

/// Installs what is missing for a build of the page (and `more`), all at once.
pub fn set_up(more: Vec<Job>) -> Result<(), Failure> {
    let wasm_is_new = !has_wasm_target();
    let mut jobs = more;
    if trunk().is_none() {
        jobs.push(trunk_job());
    }
    if wasm_bindgen().is_none() {
        jobs.push(wasm_bindgen_job()?);
    }
    if wasm_opt().is_none() {
        jobs.push(wasm_opt_job());
    }
    if !wasm_is_new && jobs.is_empty() {
        return Ok(());
    }
    println!("Installing what is missing, once. Tools go to {}", paths::shown(&paths::tools()));
    println!("(SALAB_TOOLS names another folder, which clones can share); their logs to its folder log/.");
    if wasm_is_new {
        println!("  - the Rust target {WASM}: what the page is compiled to; by rustup, beside the compiler");
        install_wasm_target()?;
    }
    // Compiling the page needs none of these: do it meanwhile.
    if jobs.iter().any(|job| job.what.starts_with("trunk")) {
        jobs.push(Job {
            what: "the page's own code".into(),
            why: "compiled meanwhile, to target/".into(),
            // If it does not compile, the build that follows says so at length.
            optional: true,
            work: Box::new(|| {
                let args = ["build", "--release", "--locked", "--target", WASM, "--bin", "serviceaccount-lab"];
                run::run_logged(run::cargo().args(args), &log("page"))
            }),
        });
    }
    for job in &jobs {
        println!("  - {}: {}", job.what, job.why);
    }
    in_parallel(jobs)
}

fn in_parallel(jobs: Vec<Job>) -> Result<(), Failure> {
    let start = Instant::now();
    let workers: Vec<_> = jobs
        .into_iter()
        .map(|job| {
            thread::spawn(move || {
                let result = (job.work)();
                let (seconds, what) = (start.elapsed().as_secs(), job.what);
                match result {
                    Ok(()) => println!("    {seconds:>4} s  {what}: ready"),
                    Err(failure) if job.optional => {
                        println!("    {seconds:>4} s  {what}: left out: {failure}");
                    }
                    Err(failure) => {
                        println!("    {seconds:>4} s  {what}: FAILED");
                        return Err(failure);
                    }
                }
                Ok(())
            })
        })
        .collect();
    let mut failures = Vec::new();
    for worker in workers {
        match worker.join() {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => failures.push(failure),
            Err(_) => failures.push("an installer panicked".into()),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// The PATH with our own tools in front, for the ones that were not on it already.
#[must_use]
pub fn search_path() -> OsString {
    let mut folders: Vec<PathBuf> = [trunk(), wasm_bindgen(), wasm_opt()]
        .into_iter()
        .flatten()
        .filter_map(|tool| tool.parent().map(Path::to_path_buf))
        .collect();
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).unwrap_or_default()
}

/// The first file of that name on the PATH.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

fn log(name: &str) -> PathBuf {
    paths::tools().join("log").join(format!("{name}.log"))
}

/// Where a tool of our own is.
pub(crate) fn own(folder: &str, tool: &str) -> PathBuf {
    paths::tools().join(folder).join("bin").join(format!("{tool}{}", env::consts::EXE_SUFFIX))
}

/// The one on the PATH or our own, whichever says `version` first.
fn with_version(tool: &str, folder: &str, version: &str) -> Option<PathBuf> {
    let says = |file: &PathBuf| {
        run::output(file, &["--version"]).is_some_and(|text| text.split_whitespace().nth(1) == Some(version))
    };
    on_path(tool).into_iter().chain([own(folder, tool)]).find(says)
}

/// trunk, if there is one of the right version.
#[must_use]
pub fn trunk() -> Option<PathBuf> {
    with_version("trunk", &format!("trunk-{TRUNK}"), TRUNK)
}

fn trunk_job() -> Job {
    // Without TLS, since it has nothing to download.
    cargo_install("trunk", TRUNK, &["--no-default-features"], "bundles the page")
}

/// Compiles a tool from crates.io into our own folder.
#[must_use]
pub fn cargo_install(tool: &'static str, version: &str, args: &'static [&str], why: &str) -> Job {
    let folder = paths::tools().join(format!("{tool}-{version}"));
    let version = version.to_string();
    Job {
        what: format!("{tool} {version}"),
        why: format!("{why}; cargo install, to {} (some minutes)", paths::shown(&folder)),
        optional: false,
        work: Box::new(move || {
            let mut cargo = run::cargo();
            // A debug build does the same and takes half the time.
            cargo.args(["install", "--debug", "--locked", tool, "--version", &version]).args(args);
            cargo.arg("--root").arg(&folder).env("CARGO_PROFILE_DEV_DEBUG", "false").env_remove("CARGO_TARGET_DIR");
            run::run_logged(&mut cargo, &log(tool))
        }),
    }
}

/// Installs packages of the system, where this is a Debian or Ubuntu and we may. One at a time: apt holds a lock.
#[must_use]
pub fn apt_install(what: &'static str, why: &str, packages: &'static [&'static str]) -> Option<Job> {
    let may = on_path("apt-get").is_some() && run::output("id", &["-u"]).as_deref() == Some("0");
    may.then(|| Job {
        what: what.into(),
        why: format!("{why}; by apt-get, into the system (this is root)"),
        optional: false,
        work: Box::new(move || {
            let apt = |args: &[&str]| {
                let mut command = Command::new("apt-get");
                run::run_logged(command.args(args).env("DEBIAN_FRONTEND", "noninteractive"), &log(packages[0]))
            };
            apt(&["update"])?;
            apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
        }),
    })
}

/// wasm-bindgen's command, if there is one of the version that Cargo.lock names.
#[must_use]
pub fn wasm_bindgen() -> Option<PathBuf> {
    let version = wasm_bindgen_version().ok()?;
    with_version("wasm-bindgen", &format!("wasm-bindgen-{version}"), &version)
}

/// The library and the command must be of one version.
fn wasm_bindgen_version() -> Result<String, Failure> {
    let lock =
        std::fs::read_to_string(paths::root().join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    locked_version(&lock, "wasm-bindgen").ok_or_else(|| "Cargo.lock does not name wasm-bindgen".into())
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let line = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(line.strip_prefix("version = \"")?.strip_suffix('"')?.to_string())
}

fn wasm_bindgen_job() -> Result<Job, Failure> {
    let version = wasm_bindgen_version()?;
    let manifest = paths::root().join("tools/wasm-bindgen/Cargo.toml");
    let pinned = std::fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    if !pinned.contains(&format!("version = \"={version}\"")) {
        return Err(format!(
            "Cargo.lock has wasm-bindgen {version}, tools/wasm-bindgen/Cargo.toml another one. The two must agree: \
             name {version} there (package and dependency) and run `cargo update` in tools/wasm-bindgen"
        ));
    }
    let to = own(&format!("wasm-bindgen-{version}"), "wasm-bindgen");
    Ok(Job {
        what: format!("wasm-bindgen {version}"),
        why: format!("joins the wasm to the browser; compiled from tools/wasm-bindgen, to {}", paths::shown(&to)),
        optional: false,
        work: Box::new(move || {
            let build = paths::tools().join("build/wasm-bindgen");
            let mut cargo = run::cargo();
            cargo.args(["build", "--locked", "--manifest-path"]).arg(&manifest).arg("--target-dir").arg(&build);
            run::run_logged(&mut cargo, &log("wasm-bindgen"))?;
            let built = build.join("debug").join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX));
            install_file(&built, &to)
        }),
    })
}

/// Copies in two steps, so that nobody ever runs half a file.
fn install_file(from: &Path, to: &Path) -> Result<(), Failure> {
    let part = to.with_extension(format!("part{}", std::process::id()));
    let copy = || -> std::io::Result<()> {
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(from, &part)?;
        std::fs::rename(&part, to)
    };
    copy().map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

/// A wasm-opt that is new enough, if there is one.
#[must_use]
pub fn wasm_opt() -> Option<PathBuf> {
    let new_enough = |file: &PathBuf| {
        let text = run::output(file, &["--version"]).unwrap_or_default();
        text.split_whitespace()
            .nth(2)
            .and_then(|number| number.parse().ok())
            .is_some_and(|number: u32| number >= OLDEST_WASM_OPT)
    };
    let ours = [
        paths::tools().join(format!("binaryen-{BINARYEN}.0.0/node_modules/.bin/wasm-opt")),
        own(&format!("binaryen-version_{BINARYEN}"), "wasm-opt"),
    ];
    ours.into_iter().chain(on_path("wasm-opt")).filter(|file| file.is_file()).find(new_enough)
}

fn wasm_opt_job() -> Job {
    Job {
        what: format!("wasm-opt (binaryen {BINARYEN})"),
        why: "makes the page smaller; by npm, else from binaryen's releases on GitHub".into(),
        optional: true,
        work: Box::new(|| {
            let npm = match on_path("npm") {
                Some(_) => wasm_opt_by_npm(),
                None => Err("there is no npm".into()),
            };
            npm.or_else(|npm| wasm_opt_from_github().map_err(|github| format!("{npm}; {github}")))
        }),
    }
}

fn wasm_opt_by_npm() -> Result<(), Failure> {
    let folder = paths::tools().join(format!("binaryen-{BINARYEN}.0.0"));
    for file in ["package.json", "package-lock.json"] {
        install_file(&paths::root().join("tools/binaryen").join(file), &folder.join(file))?;
    }
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    run::run_logged(&mut npm, &log("wasm-opt"))?;
    wasm_opt().map(|_| ()).ok_or_else(|| "npm's wasm-opt does not run".into())
}

fn wasm_opt_from_github() -> Result<(), Failure> {
    let system = match env::consts::OS {
        "macos" => "macos",
        "linux" => "linux",
        other => return Err(format!("no binaryen release known for {other}")),
    };
    let machine = if system == "macos" && env::consts::ARCH == "aarch64" { "arm64" } else { env::consts::ARCH };
    let release = format!("version_{BINARYEN}");
    let url = format!(
        "https://github.com/WebAssembly/binaryen/releases/download/{release}/binaryen-{release}-{machine}-{system}.tar.gz"
    );
    let archive = paths::tools().join("binaryen.tar.gz");
    let mut curl = Command::new("curl");
    curl.args(["-fsSL", "--connect-timeout", "20", "--max-time", "300", "-o"]).arg(&archive).arg(&url);
    run::run_logged(&mut curl, &log("wasm-opt"))?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(paths::tools());
    run::run_logged(&mut tar, &log("wasm-opt"))?;
    let _ = std::fs::remove_file(&archive);
    wasm_opt().map(|_| ()).ok_or_else(|| "binaryen's wasm-opt does not run".into())
}

/// The library that speaks cmi5; `tools/pack` has npm fetch it as `tools/cmi5` pins it.
#[must_use]
pub fn cmi5_library() -> PathBuf {
    paths::tools().join("cmi5/node_modules/@rusticisoftware/cmi5")
}

fn has_wasm_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    run::output(rustc, &["--print", "sysroot"])
        .is_some_and(|root| Path::new(&root).join("lib/rustlib").join(WASM).is_dir())
}

fn install_wasm_target() -> Result<(), Failure> {
    let by_rustup = run::run(Command::new("rustup").args(["target", "add", WASM]));
    by_rustup.map_err(|error| {
        format!("{error}\nThe page needs Rust's {WASM} target. With rustup: `rustup target add {WASM}`. Without rustup: your system's package for it.")
    })
}

/// Installs rustfmt and clippy where they are missing.
pub fn set_up_components() -> Result<(), Failure> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let there = run::output(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), &[subcommand, "--version"]);
        if there.is_none() {
            println!("Installing {component}, which the tests use (rustup component add {component})");
            run::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_version_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(locked_version(lock, "trunk"), None);
    }

    #[test]
    fn the_command_and_the_library_are_of_one_version() {
        let ours = std::fs::read_to_string(paths::root().join("tools/wasm-bindgen/Cargo.lock")).unwrap();
        assert_eq!(locked_version(&ours, "wasm-bindgen-cli"), wasm_bindgen_version().ok());
    }
}
