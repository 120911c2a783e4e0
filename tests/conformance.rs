//! The recorded scenarios of a real cluster: they run to their end, and say what the real one said.

#![allow(clippy::expect_used)]

#[path = "conformance/normalise.rs"]
mod normalise;

use normalise::Normaliser;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::script;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(name)
}

fn scenarios() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::fs::read_dir(folder("scenarios"))
        .expect("the scenarios are there")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_stem()?.to_str()?.to_owned(), std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    found.sort();
    found
}

/// Each command of a scenario is one step of its recording, so a heredoc that is split wrongly shows here.
#[test]
fn every_scenario_runs_to_its_end() {
    let all = scenarios();
    assert!(all.len() >= 16, "only {} scenarios", all.len());
    for (name, text) in all {
        let recording = std::fs::read_to_string(folder("recordings").join(format!("{name}.json"))).expect(&name);
        let recording: Vec<serde_json::Value> = serde_json::from_str(&recording).expect(&name);
        let played = script::play(Settings::default(), &text);
        let commands: Vec<&str> = played.iter().map(|step| step.cmd.as_str()).collect();
        let recorded: Vec<&str> = recording.iter().filter_map(|step| step["cmd"].as_str()).collect();
        assert_eq!(commands, recorded, "{name}");
        let invented = played.iter().filter(|step| step.stderr.contains("not simulated")).map(|step| &step.cmd);
        assert_eq!(invented.collect::<Vec<_>>(), Vec::<&String>::new(), "{name}: everything in it is simulated");
    }
}

/// The same script gives the same bytes.
#[test]
fn every_scenario_repeats_itself() {
    for (name, text) in scenarios() {
        let play = || script::play(Settings::default(), &text);
        assert_eq!(play(), play(), "{name}");
    }
}

/// Steps that cannot match, each with its reason.
const DIFFERENT: &[(&str, &str, &str)] = &[(
    "15-mounted-files",
    "kubectl exec box -- cut -d. -f1 /var/run/secrets/kubernetes.io/serviceaccount/token",
    "the header names the signing key by the hash of its public half, and nobody has the recorded cluster's private one",
)];

/// Everything that a step printed, and how it ended.
fn shown(normaliser: &mut Normaliser, stdout: &str, stderr: &str, exit: i64) -> String {
    format!("{}\n--- stderr\n{}\n--- exit {exit}", normaliser.apply(stdout), normaliser.apply(stderr))
}

fn difference(real: &str, simulated: &str) -> String {
    let diff = similar::TextDiff::from_lines(real, simulated);
    diff.unified_diff().context_radius(1).header("real", "simulated").to_string()
}

#[test]
fn every_step_says_what_the_real_cluster_said() {
    let (mut table, mut wrong) =
        ("scenario                                   matching steps\n".to_owned(), String::new());
    let (mut matching, mut all) = (0, 0);
    for (name, text) in scenarios() {
        let recording = std::fs::read_to_string(folder("recordings").join(format!("{name}.json"))).expect(&name);
        let recording: Vec<serde_json::Value> = serde_json::from_str(&recording).expect(&name);
        let played = script::play(Settings::default(), &text);
        let (mut left, mut right) = (Normaliser::new(), Normaliser::new());
        let (mut matches, mut known) = (0, String::new());
        for (index, (want, got)) in recording.iter().zip(&played).enumerate() {
            let text = |field: &str| want[field].as_str().unwrap_or_default();
            let real = shown(&mut left, text("stdout"), text("stderr"), want["exit"].as_i64().unwrap_or(-1));
            let simulated = shown(&mut right, &got.stdout, &got.stderr, i64::from(got.exit));
            let step = index + 1;
            let reason = DIFFERENT.iter().find(|(scenario, command, _)| *scenario == name && *command == got.cmd);
            match reason {
                _ if real == simulated => matches += 1,
                Some((_, command, reason)) => {
                    known.push_str(&format!("    step {step}: {command}\n        {reason}\n"))
                }
                None => {
                    wrong.push_str(&format!("{name}, step {step}: {}\n{}\n", got.cmd, difference(&real, &simulated)))
                }
            }
        }
        table.push_str(&format!("{name:<42} {matches:>3} of {:>3}\n{known}", recording.len()));
        matching += matches;
        all += recording.len();
    }
    table.push_str(&format!("{:<42} {matching:>3} of {all:>3}\n", "all"));
    println!("{table}");
    assert!(wrong.is_empty(), "\n{table}\n{wrong}");
}

/// The comparison sees what it is there to see.
#[test]
fn the_comparison_is_strict() {
    let apply = |text: &str| Normaliser::new().apply(text);
    assert_eq!(apply("a   5s\nb   3m5s\n"), apply("a   7m\nb   2d\n"));
    assert_ne!(apply("a   5s\n"), apply("a  5s\n"), "a space more is a difference");
    assert_ne!(apply("lasts 3600 seconds"), apply("lasts 3607 seconds"));
    let uid = |last: char| format!("0fd1cefe-522c-4c89-a36c-cc66f490035{last}");
    assert_eq!(apply(&format!("{} {}", uid('a'), uid('b'))), "<uuid1> <uuid2>");
    assert_ne!(apply(&format!("{} {}", uid('a'), uid('a'))), apply(&format!("{} {}", uid('a'), uid('b'))));
    assert_eq!(apply("  creationTimestamp: \"2026-11-23T23:22:42Z\""), "  creationTimestamp: \"<time>\"");
}
