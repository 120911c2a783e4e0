//! What a lab takes at most while its pods are made and a year passes. One line each: what, how many pods, and bytes;
//! nothing where the system does not say (it does on Linux).

use std::hint::black_box;
use std::process::Command;

mod pods;

fn main() {
    match std::env::args().nth(1).and_then(|pods| pods.parse().ok()) {
        Some(pods) => measure(pods),
        None => [10, 100, 1000, 10_000].into_iter().for_each(measure_apart),
    }
}

/// In a process of its own: a process knows only the most it ever took.
fn measure_apart(pods: usize) {
    let measured = std::env::current_exe().and_then(|this| Command::new(this).arg(pods.to_string()).status());
    assert!(measured.is_ok_and(|status| status.success()), "{pods} pods were not measured");
}

fn measure(pods: usize) {
    let mut lab = pods::lab_with(pods);
    pods::pass_a_year(&mut lab);
    black_box(&lab);
    if let Some(bytes) = peak() {
        println!("memory, at most\t{pods}\t{bytes}");
    }
}

/// The most memory that this process ever had.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
