//! What the lab promises, tried on sessions that nobody has thought of: random moves, and after each of them everything
//! that must be true. A failure prints the seed and the shortest log that still fails; kept in `simulation/logs/`, it is
//! tried for ever.
//!
//! `SALAB_SEEDS=1000-9999 cargo test --release --test simulation` tries others than the usual ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "simulation/generator.rs"]
mod generator;
#[path = "simulation/invariants.rs"]
mod invariants;
#[path = "simulation/naive.rs"]
mod naive;
mod sessions;

use generator::Move;
use invariants::{Counts, Watcher};
use serviceaccount_lab::lab::link::{SessionFile, digest};
use serviceaccount_lab::lab::{Lab, Settings};
use serviceaccount_lab::lesson::reopen;
use sessions::{bytes, first_difference};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// What is tried where nobody asks for others.
const USUAL: std::ops::Range<u64> = 0..30;
/// So often undo and redo are tried.
const BACK_AND_FORTH: usize = 6;

type Failure = (&'static str, String);

/// Plays a session and looks at it after each move.
fn play(moves: &[Move], seed: u64) -> Result<Counts, Failure> {
    let outcome = catch_unwind(AssertUnwindSafe(|| play_on(moves, seed)));
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(("panic", text.unwrap_or_default()))
    })
}

fn play_on(moves: &[Move], seed: u64) -> Result<Counts, Failure> {
    let mut lab = Lab::new(Settings { seed: seed + 1, ..Settings::default() });
    let mut watcher = Watcher::new(&lab, seed);
    for (index, next) in moves.iter().enumerate() {
        match next {
            Move::Do(pause, action) => {
                lab.tick(*pause);
                lab.act(action.clone());
            }
            Move::Undo => {
                lab.undo();
                watcher.begin_again(&lab);
            }
            Move::Redo => {
                lab.redo();
                watcher.begin_again(&lab);
            }
        }
        watcher.look(&lab)?;
        if index % BACK_AND_FORTH == 0 && matches!(next, Move::Do(..)) {
            let mut other = lab.clone();
            let there = other.undo() && other.redo();
            if there && bytes(&other) != bytes(&lab) {
                return Err(("undo", first_difference(&bytes(&lab), &bytes(&other))));
            }
        }
    }
    let file = SessionFile::of(&lab, None, &BTreeMap::new());
    let opened = SessionFile::read_link(&file.fragment()).and_then(|file| reopen::reopen(&file));
    match opened {
        Ok(opened) if digest(&opened) == digest(&lab) && bytes(&opened) == bytes(&lab) => Ok(watcher.counts),
        Ok(opened) => Err(("link", first_difference(&bytes(&lab), &bytes(&opened)))),
        Err(error) => Err(("link", error.to_string())),
    }
}

/// The shortest log that fails in the same way, found by leaving out ever smaller pieces.
fn shortest(mut moves: Vec<Move>, seed: u64, what: &str) -> Vec<Move> {
    let mut piece = moves.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < moves.len() {
            let mut fewer = moves.clone();
            fewer.drain(at..(at + piece).min(moves.len()));
            match play(&fewer, seed) {
                Err((same, _)) if same == what => moves = fewer,
                _ => at += piece,
            }
        }
        piece /= 2;
    }
    moves
}

fn written(moves: &[Move]) -> String {
    moves.iter().map(|next| serde_json::to_string(next).unwrap() + "\n").collect()
}

/// `FROM-TO` (both included), from `SALAB_SEEDS`.
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("SALAB_SEEDS") else { return USUAL };
    let (from, to) = text.split_once('-').unwrap_or((&text, &text));
    from.parse().unwrap()..to.parse::<u64>().unwrap() + 1
}

#[test]
fn what_must_be_true_is_true_after_every_move() {
    let (began, mut moved, mut met) = (Instant::now(), 0, Counts::default());
    for seed in seeds() {
        let moves = generator::session(seed);
        moved += moves.len();
        let outcome = play(&moves, seed);
        if let Ok(counts) = outcome {
            met.add(counts);
        }
        if let Err((what, why)) = outcome {
            let moves = shortest(moves, seed, what);
            let (_, shortly) = play(&moves, seed).unwrap_err();
            panic!(
                "seed {seed}, {what}: {why:.2000}\n\nKeep this as tests/simulation/logs/{seed}-{what}.log:\n{}\n{shortly:.2000}",
                written(&moves)
            );
        }
    }
    println!("{} sessions, {moved} moves, in {:?}: {met:?}", seeds().count(), began.elapsed());
    if seeds() == USUAL {
        let all = [met.tokens_good, met.tokens_bad, met.allowed, met.denied, met.mounted, met.replayed];
        assert!(all.iter().all(|count| *count > 20), "hardly tried: {met:?}");
    }
}

/// What once failed.
#[test]
fn logs_that_failed_once_fail_no_more() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/logs");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with(".log") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let moves: Vec<Move> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let seed = name.split('-').next().unwrap().parse().unwrap();
        let outcome = play(&moves, seed);
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
}

/// The checks themselves: they see what is wrong.
#[test]
fn a_broken_promise_is_seen() {
    let mut lab = Lab::new(Settings::default());
    lab.run("kubectl create sa reader");
    lab.run("kubectl run box --image=busybox -- sleep 100000");
    lab.advance(std::time::Duration::from_secs(60));
    // Something has vanished that nobody took away.
    let mut watcher = Watcher::new(&lab, 1);
    assert_eq!(watcher.look(&Lab::new(Settings::default())).unwrap_err().0, "trace");
    // A token that was to be renewed an hour ago.
    let life = lab.cluster().tokens().into_iter().find(|life| life.refresh_due.is_some()).unwrap();
    let hour = std::time::Duration::from_secs(3600);
    assert_eq!(invariants::is_fresh(&life.claims, lab.now()), Ok(()));
    assert!(invariants::is_fresh(&life.claims, life.refresh_due.unwrap().after(hour)).is_err());
    // Rights that the rules do not give.
    let question = naive::Question {
        user: "jane".to_owned(),
        groups: Vec::new(),
        verb: "list",
        group: "",
        resource: "pods",
        namespace: "default",
        name: "",
    };
    assert!(!naive::may(&question, lab.cluster().reader()));
    lab.run("kubectl create rolebinding b --clusterrole=view --user=jane");
    assert!(naive::may(&question, lab.cluster().reader()));
}
