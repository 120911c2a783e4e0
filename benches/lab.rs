//! How long things take: `cargo xtask bench` writes the medians into docs/performance.md.

use divan::{Bencher, black_box};
use serviceaccount_lab::lab::link::SessionFile;
use serviceaccount_lab::lab::{Action, Lab, Settings};
use serviceaccount_lab::lesson::reopen;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

mod pods;
mod session;

fn main() {
    divan::main();
}

/// A fresh cluster, and `kubectl get sa` answered.
#[divan::bench(sample_count = 40)]
fn boot() -> i32 {
    Lab::new(Settings::default()).run("kubectl get sa").exit
}

/// A session of that many commands, made once.
fn lab_of(commands: usize) -> Lab {
    thread_local!(static MADE: RefCell<BTreeMap<usize, Lab>> = const { RefCell::new(BTreeMap::new()) });
    MADE.with_borrow_mut(|made| made.entry(commands).or_insert_with(|| session::play(commands)).clone())
}

/// A cluster with that many pods, made once.
fn lab_with(pods: usize) -> Lab {
    thread_local!(static MADE: RefCell<BTreeMap<usize, Lab>> = const { RefCell::new(BTreeMap::new()) });
    MADE.with_borrow_mut(|made| made.entry(pods).or_insert_with(|| pods::lab_with(pods)).clone())
}

/// Undo: back to the snapshot before the last command.
#[divan::bench(args = [20, 200], sample_count = 40)]
fn undo(bencher: Bencher, commands: usize) {
    let lab = lab_of(commands);
    bencher.with_inputs(|| lab.clone()).bench_local_refs(|lab| black_box(lab.undo()));
}

/// Redo of it.
#[divan::bench(args = [20, 200], sample_count = 40)]
fn redo(bencher: Bencher, commands: usize) {
    let mut lab = lab_of(commands);
    lab.undo();
    bencher.with_inputs(|| lab.clone()).bench_local_refs(|lab| black_box(lab.redo()));
}

/// The first change after a snapshot, which copies what the two do not share: a file of one byte, and a second.
#[divan::bench(args = [10, 100, 1000, 10_000], sample_count = 10)]
fn snapshot(bencher: Bencher, pods: usize) {
    let lab = lab_with(pods);
    let action = Action::Advance(Duration::from_secs(1));
    bencher.with_inputs(|| lab.clone()).bench_local_refs(|lab| black_box(lab.act(action.clone())));
}

/// A session as the fragment of a link.
#[divan::bench(args = [20, 200], sample_count = 40)]
fn link_encode(bencher: Bencher, commands: usize) {
    let lab = lab_of(commands);
    bencher.bench_local(|| SessionFile::of(&lab, None, &BTreeMap::new()).checked(&lab).fragment());
}

/// A link read, before it is played.
#[divan::bench(args = [20, 200], sample_count = 40)]
fn link_decode(bencher: Bencher, commands: usize) {
    let lab = lab_of(commands);
    let fragment = SessionFile::of(&lab, None, &BTreeMap::new()).fragment();
    bencher.bench_local(|| SessionFile::read_link(&fragment).is_ok());
}

/// A link read and played.
#[divan::bench(args = [20, 200], sample_count = 5)]
fn link_open(bencher: Bencher, commands: usize) {
    let lab = lab_of(commands);
    let fragment = SessionFile::of(&lab, None, &BTreeMap::new()).fragment();
    bencher.bench_local(|| SessionFile::read_link(&fragment).and_then(|file| reopen::reopen(&file)).is_ok());
}

/// The clock moved on by a year, to the end of all that happens in it.
#[divan::bench(args = [10, 100, 1000, 10_000], sample_count = 1, sample_size = 1)]
fn year(bencher: Bencher, pods: usize) {
    let lab = lab_with(pods);
    bencher.with_inputs(|| lab.clone()).bench_local_refs(pods::pass_a_year);
}
