//! The same command lines through the kubectl that is installed and through ours, each in front of a cluster of its own
//! that began alike: what they print and how they end is the same.
//!
//! `lines/*.sh` are the sessions, one command a line. A line that follows a comment `# differs: WHY` may differ. Where no
//! kubectl is installed this says so and passes. `SALAB_LINES=FILE` plays another file.

#![allow(clippy::expect_used)]

mod door;
mod machine;
#[path = "../../tests/conformance/normalise.rs"]
mod normalise;
mod versions;

use machine::Machine;
use normalise::Normaliser;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::Lab;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use versions::Leveller;

fn sessions() -> Vec<PathBuf> {
    if let Some(file) = std::env::var_os("SALAB_LINES") {
        return vec![file.into()];
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lines");
    let entries = std::fs::read_dir(folder).expect("the sessions are there");
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
}

fn shown(normaliser: &mut Normaliser, stdout: &str, stderr: &str, exit: i32) -> String {
    format!("{}\n--- stderr\n{}\n--- exit {exit}", normaliser.apply(stdout), normaliser.apply(stderr))
}

/// The text with our workstation's home in place of the folder that the installed kubectl ran in.
fn home(machine: &Machine, text: &str) -> String {
    text.replace(&machine.home(), "/home/lab")
}

/// How many lines a session has, and those that differ.
fn play(file: &Path, leveller: &Leveller) -> (usize, String) {
    let text = std::fs::read_to_string(file).expect("a session");
    let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
    let mut machine = Machine::start(name, Duration::ZERO);
    let mut lab = Lab::new(Settings { start: door::now(), ..Settings::default() });
    lab.set_interactive(false);
    let (mut left, mut right) = (Normaliser::new(), Normaliser::new());
    let (mut lines, mut wrong, mut may_differ) = (0, String::new(), false);
    for command in text.lines().filter(|line| !line.is_empty()) {
        if command.starts_with('#') {
            may_differ = command.starts_with("# differs: ");
            continue;
        }
        lines += 1;
        let (stdout, stderr, exit) = machine.run(command);
        // Both are at home, wherever that is.
        let (stdout, stderr) = (home(&machine, &stdout), home(&machine, &stderr));
        let real = leveller.apply(&shown(&mut left, &stdout, &stderr, exit));
        let record = lab.run(command);
        let ours = leveller.apply(&shown(&mut right, &record.stdout(), &record.stderr(), record.exit));
        if !std::mem::take(&mut may_differ) && real != ours {
            let diff = similar::TextDiff::from_lines(&real, &ours);
            let diff = diff.unified_diff().context_radius(1).header("installed", "ours").to_string();
            wrong.push_str(&format!("{name}: {command}\n{diff}\n"));
        }
    }
    (lines, wrong)
}

#[test]
fn the_installed_kubectl_and_ours_say_the_same() {
    let Some(version) = machine::kubectl_version() else {
        eprintln!("NOT TRIED: no kubectl is installed here, so ours was compared with none");
        return;
    };
    let leveller = Leveller::new(&version);
    let left = Mutex::new(sessions());
    let done = Mutex::new((0, String::new()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("the list").pop();
                    let Some(file) = next else { return };
                    let (lines, wrong) = play(&file, &leveller);
                    if wrong.is_empty() {
                        done.lock().expect("the results").0 += lines;
                        continue;
                    }
                    // One of the two lives by the real clock: a busy machine can make a pod older than the other's.
                    // What truly differs, differs again.
                    println!("played again, because it differed:\n{wrong}");
                    let (lines, wrong) = play(&file, &leveller);
                    let mut done = done.lock().expect("the results");
                    done.0 += lines;
                    done.1.push_str(&wrong);
                }
            });
        }
    });
    let (lines, wrong) = done.into_inner().expect("the results");
    println!("{lines} lines through kubectl {version} and through ours");
    assert!(wrong.is_empty(), "\n{wrong}");
}
