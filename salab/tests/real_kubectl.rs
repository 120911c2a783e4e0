//! The recorded scenarios once more, with the kubectl that is installed here and our server in front of it.
//!
//! Where no kubectl is installed this says so and passes. `SALAB_KUBECTL` names another one than that in `$PATH`.

#![allow(clippy::expect_used)]

mod door;
mod machine;
#[path = "../../tests/conformance/normalise.rs"]
mod normalise;
mod versions;

use machine::Machine;
use normalise::Normaliser;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use versions::Leveller;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance").join(name)
}

fn scenarios() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder("scenarios"))
        .expect("the scenarios are there")
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// `sleep 11`, which is skipped and not waited for.
fn slept(command: &str) -> Option<Duration> {
    command.strip_prefix("sleep ")?.trim().parse().ok().map(Duration::from_secs)
}

/// How a scenario went: a line for the table, and the steps that differ.
struct Played {
    line: String,
    wrong: String,
}

fn play(name: &str, leveller: &Leveller) -> Played {
    let text = std::fs::read_to_string(folder("recordings").join(format!("{name}.json"))).expect(name);
    let recording: Vec<Value> = serde_json::from_str(&text).expect(name);
    let command = |step: &Value| step["cmd"].as_str().unwrap_or_default().to_owned();
    // What will be skipped is taken off before, so that at the end the cluster's clock shows what ours does: kubectl
    // counts some ages by our clock.
    let ahead: Duration = recording.iter().filter_map(|step| slept(&command(step))).sum();
    let mut machine = Machine::start(name, ahead);
    let (mut left, mut right) = (Normaliser::new(), Normaliser::new());
    let (mut compared, mut matches, mut wrong) = (0, 0, String::new());
    for (index, step) in recording.iter().enumerate() {
        let command = command(step);
        if let Some(duration) = slept(&command) {
            machine.skip(duration);
            continue;
        }
        let text = |field: &str| step[field].as_str().unwrap_or_default();
        let (stdout, stderr, exit) = machine.run(&command);
        let recorded = shown(&mut left, text("stdout"), text("stderr"), step["exit"].as_i64().unwrap_or(-1));
        let here = shown(&mut right, &stdout, &stderr, i64::from(exit));
        let (recorded, here) = (leveller.apply(&recorded), leveller.apply(&here));
        if !command.contains("kubectl") {
            continue;
        }
        compared += 1;
        if recorded == here {
            matches += 1;
        } else if !known(name, &command) {
            let diff = similar::TextDiff::from_lines(&recorded, &here);
            let diff = diff.unified_diff().context_radius(1).header("recorded", "here").to_string();
            wrong.push_str(&format!("{name}, step {}: {command}\n{diff}\n", index + 1));
        }
    }
    Played { line: format!("{name:<42} {matches:>3} of {compared:>3} steps match\n"), wrong }
}

/// Everything that a step printed, and how it ended.
fn shown(normaliser: &mut Normaliser, stdout: &str, stderr: &str, exit: i64) -> String {
    format!("{}\n--- stderr\n{}\n--- exit {exit}", normaliser.apply(stdout), normaliser.apply(stderr))
}

/// Steps that differ for other reasons: (a part of the scenario's name, a part of the command, why).
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("", "describe secret", "older clients print a Secret's keys in no order"),
    ("13-", "kubectl describe sa", "older clients describe the events of each of several accounts"),
    ("15-", "-c nope", "older clients ask the server for a container that the pod does not have"),
    ("15-", "cut -d. -f1", "a token's header names the key, and ours is another one"),
];

fn known(scenario: &str, command: &str) -> bool {
    DIFFERENT.iter().any(|(name, part, _)| scenario.contains(name) && command.contains(part))
}

#[test]
fn the_installed_kubectl_says_what_was_recorded() {
    let Some(version) = machine::kubectl_version() else {
        eprintln!("NOT TRIED: no kubectl is installed here, so no real client was put in front of the server");
        return;
    };
    println!("kubectl {version}");
    let leveller = Leveller::new(&version);
    let left = Mutex::new(scenarios().into_iter().rev().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("the list").pop();
                    let Some(name) = next else { return };
                    let played = play(&name, &leveller);
                    done.lock().expect("the results").push(played);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("the results");
    done.sort_by(|a, b| a.line.cmp(&b.line));
    let table: String = done.iter().map(|played| played.line.as_str()).collect();
    let wrong: String = done.iter().map(|played| played.wrong.as_str()).collect();
    println!("{table}");
    assert!(wrong.is_empty(), "\n{table}\n{wrong}");
}
