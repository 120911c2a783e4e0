//! `cargo xtask test`: every test, one step after another, and a summary at the end.

use crate::{Failure, chromium, firefox, page, run, tools};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A step: its name, what it shows, and what does it.
struct Step {
    name: &'static str,
    shows: &'static str,
    work: fn() -> Result<Note, Failure>,
}

/// What the summary says of a step besides its time.
type Note = String;

const STEPS: [Step; 11] = [
    Step { name: "setup", shows: "the tools are there", work: set_up },
    Step { name: "format", shows: "cargo fmt changes nothing", work: format },
    Step { name: "clippy", shows: "no warning, natively", work: clippy },
    Step { name: "wasm", shows: "no warning in what only the page has", work: wasm },
    Step { name: "native", shows: "unit tests and tests/", work: native },
    Step { name: "page", shows: "trunk builds dist/", work: build },
    Step { name: "size", shows: "what a first visit downloads does not grow unseen", work: measure },
    Step { name: "browser", shows: "the page in Chromium", work: browser },
    Step {
        name: "artefacts",
        shows: "the single file, the npm package and the packages for learning platforms, used",
        work: artefacts,
    },
    Step { name: FIREFOX, shows: "the page in Firefox, alone and in other pages", work: in_firefox },
    Step { name: EXAMPLES, shows: "examples/, built by their documentation systems and used", work: examples },
];

const EXAMPLES: &str = "examples";
const FIREFOX: &str = "firefox";

/// Only run when they are named: they install what they need, which takes minutes.
const ONLY_WHEN_NAMED: [&str; 2] = [FIREFOX, EXAMPLES];

/// The mdBook that builds its example.
pub const MDBOOK: &str = "0.4.52";

/// Runs all steps, or the named ones.
pub fn test(only: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("no step {unknown:?}; there are: {}", names.join(", ")));
    }
    let start = Instant::now();
    let mut results: Vec<(&Step, Duration, Result<Note, Failure>)> = Vec::new();
    for step in STEPS.iter().filter(|step| {
        if only.is_empty() { !ONLY_WHEN_NAMED.contains(&step.name) } else { only.iter().any(|name| name == step.name) }
    }) {
        println!("\n=== {}: {}", step.name, step.shows);
        let began = Instant::now();
        let needs_page = matches!(step.name, "size" | "browser" | "artefacts" | FIREFOX | EXAMPLES);
        let no_page = needs_page && results.iter().any(|(step, _, result)| step.name == "page" && result.is_err());
        let result = if no_page { Err("not run: there is no page".into()) } else { (step.work)() };
        if let Err(failure) = &result {
            eprintln!("{failure}");
        }
        results.push((step, began.elapsed(), result));
    }
    println!("\n=== summary");
    for (step, time, result) in &results {
        let (state, note) = match result {
            Ok(note) => ("ok", note.as_str()),
            Err(failure) => ("FAILED", failure.lines().next().unwrap_or_default()),
        };
        println!("{state:<7} {:<8} {:>6.1} s  {note}", step.name, time.as_secs_f32());
    }
    let failed = results.iter().filter(|(_, _, result)| result.is_err()).count();
    let total = start.elapsed().as_secs_f32();
    println!("{} steps, {failed} failed, {total:.1} s", results.len());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} steps failed", results.len())) }
}

fn set_up() -> Result<Note, Failure> {
    tools::set_up_components()?;
    tools::set_up(chromium::job().into_iter().collect())?;
    Ok("trunk, wasm-bindgen, wasm-opt, Chromium".into())
}

fn format() -> Result<Note, Failure> {
    let args = ["fmt", "--all", "--check", "--", "--files-with-diff"];
    run::run(run::cargo().args(args)).map_err(|_| "not formatted: run `cargo fmt --all`")?;
    Ok(String::new())
}

fn clippy() -> Result<Note, Failure> {
    run::run(run::cargo().args([
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    Ok(String::new())
}

fn wasm() -> Result<Note, Failure> {
    // As a release, so that it shares the macros and build scripts that the page's build compiles.
    let mut cargo = run::cargo();
    cargo.args([
        "clippy",
        "--quiet",
        "--locked",
        "--release",
        "--target",
        tools::WASM,
        "--package",
        "serviceaccount-lab",
    ]);
    run::run(cargo.args(["--lib", "--bin", "serviceaccount-lab", "--", "--deny", "warnings"]))?;
    Ok(String::new())
}

fn native() -> Result<Note, Failure> {
    counted(run::cargo().args([
        "test",
        "--quiet",
        "--locked",
        "--workspace",
        "--no-fail-fast",
        "--exclude",
        "browser-tests",
    ]))
}

fn build() -> Result<Note, Failure> {
    page::build()?;
    Ok(if tools::wasm_opt().is_some() { String::new() } else { "without wasm-opt".into() })
}

/// What weighs `dist/`.
#[must_use]
pub fn size() -> Command {
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "page-size"]);
    cargo
}

fn measure() -> Result<Note, Failure> {
    run::run(&mut size())?;
    Ok(String::new())
}

fn browser() -> Result<Note, Failure> {
    chromium::find()?;
    page::build_breakable()?;
    tried_twice(&|| browser_tests(&[]))
}

/// The browser tests of these files, or of all.
fn browser_tests(files: &[&str]) -> Command {
    let mut cargo = run::cargo();
    cargo.args(["test", "--quiet", "--locked", "--package", "browser-tests"]);
    for file in files {
        cargo.args(["--test", file]);
    }
    cargo
}

fn tried_twice(test: &dyn Fn() -> Command) -> Result<Note, Failure> {
    let (outcome, failed) = told(test().arg("--no-fail-fast"))?;
    if failed.is_empty() {
        return outcome;
    }
    // A browser is driven from outside, by the wall clock: on a busy machine it can be late once. What is wrong is
    // wrong again.
    println!("\nOnce more, because they failed: {}", failed.join(", "));
    counted(test().args(["--", "--exact"]).args(&failed))?;
    Ok(format!("all passed, only the second time: {}", failed.join(", ")))
}

/// The same scenarios in Firefox, and those that are ignored elsewhere since other steps make what they use.
fn in_firefox() -> Result<Note, Failure> {
    tools::set_up(firefox::jobs())?;
    firefox::find()?;
    page::build()?;
    page::build_breakable()?;
    let firefox = |mut cargo: Command| {
        cargo.env("SALAB_BROWSER", FIREFOX);
        cargo
    };
    let note = tried_twice(&|| firefox(browser_tests(&[])))?;
    make(&["single"])?;
    let alone = counted(firefox(browser_tests(&["single_file"])).args(["--", "--ignored"]))?;
    let plain = counted(firefox(browser_tests(&["docs_systems"])).args(["--", "--ignored", "plain_html"]))?;
    // Its two scenarios say why, where nobody hears a test that passes.
    Ok(format!("{note}; the single file: {alone}; plain HTML: {plain}; NOT TRIED: same_bytes"))
}

/// Makes something of the page that is built (tools/pack).
fn make(what: &[&str]) -> Result<(), Failure> {
    let mut cargo = run::cargo();
    run::run(cargo.args(["run", "--quiet", "--locked", "--package", "pack", "--"]).args(what))
}

/// What is handed out besides the page.
fn artefacts() -> Result<Note, Failure> {
    chromium::find()?;
    page::build()?;
    for what in [&["single"][..], &["package"], &["scorm"], &["scorm", "automount-off"]] {
        make(what)?;
    }
    match make(&["cmi5"]).and_then(|()| make(&["cmi5", "automount-off"])) {
        Err(failure) if !tools::cmi5_library().is_dir() => {
            println!("NOT TRIED: cmi5: npm has no library for it here.\n{failure}")
        }
        made => made?,
    }
    run::run(&mut size())?;
    let mut cargo = browser_tests(&["single_file", "npm_package", "scorm", "cmi5"]);
    counted(cargo.args(["--", "--ignored", "--nocapture"]))
}

/// The documentation systems. Those that cannot be had here are said not to be tried.
fn examples() -> Result<Note, Failure> {
    chromium::find()?;
    page::build()?;
    if tools::on_path("mdbook").is_none() && !tools::own(&format!("mdbook-{MDBOOK}"), "mdbook").is_file() {
        let job = tools::cargo_install("mdbook", MDBOOK, &["--no-default-features"], "builds its example");
        println!("Installing {}: {} ...", job.what, job.why);
        // Its test says that it is not there.
        (job.work)().unwrap_or_else(|failure| println!("{failure}"));
    }
    counted(browser_tests(&["docs_systems"]).args(["--", "--ignored", "--nocapture"]))
}

/// Runs tests, passing on what they print, and counts them.
fn counted(cargo: &mut Command) -> Result<Note, Failure> {
    told(cargo)?.0
}

/// The same, and the names of those that failed.
fn told(cargo: &mut Command) -> Result<(Result<Note, Failure>, Vec<String>), Failure> {
    let shown = run::shown(cargo);
    let mut child =
        cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| format!("{shown}: {error}"))?;
    let (mut passed, mut failed, mut listing) = (0, Vec::new(), false);
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            passed += passed_in(&line).unwrap_or(0);
            listing = line == "failures:" || listing && (line.is_empty() || line.starts_with("    "));
            failed.extend(failed_in(&line).filter(|_| listing).map(str::to_string));
            println!("{line}");
        }
    }
    let status = child.wait().map_err(|error| format!("{shown}: {error}"))?;
    let outcome = match passed {
        _ if !status.success() => Err(format!("`{shown}` failed ({status})")),
        0 => Err(format!("`{shown}` ran no test")),
        passed => Ok(format!("{passed} tests passed")),
    };
    if status.success() || !failed.is_empty() {
        return Ok((outcome, failed));
    }
    // Not even compiled, say.
    outcome.map(|note| (Ok(note), failed))
}

/// The name in a line of the list of failures, `    a_test`.
fn failed_in(line: &str) -> Option<&str> {
    let name = line.strip_prefix("    ")?;
    (!name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_:".contains(letter)))
        .then_some(name)
}

/// The count in `test result: ok. 12 passed; …`.
fn passed_in(line: &str) -> Option<u32> {
    line.strip_prefix("test result: ")?.split_once(". ")?.1.split_once(" passed")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_passed() {
        assert_eq!(passed_in("test result: ok. 12 passed; 0 failed; 0 ignored; finished in 0.01s"), Some(12));
        assert_eq!(passed_in("test result: FAILED. 3 passed; 1 failed"), Some(3));
        assert_eq!(passed_in("running 3 tests"), None);
        assert_eq!(failed_in("    a::b_2"), Some("a::b_2"));
        assert_eq!(failed_in("    (a picture)"), None);
        assert_eq!(failed_in("a_test"), None);
    }

    #[test]
    fn an_unknown_step_is_refused() {
        assert!(test(&["brwoser".to_string()]).unwrap_err().contains("brwoser"));
    }
}
