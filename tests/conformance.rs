//! The recorded scenarios of a real cluster run to their end.

#![allow(clippy::expect_used)]

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
