//! What a lab takes at most while its pods are made and a year passes. One line each: what, how many pods, and bytes;
//! nothing where the system does not say (it does on Linux).

use std::hint::black_box;

mod pods;
mod process;

fn main() {
    match std::env::args().nth(1).and_then(|pods| pods.parse().ok()) {
        Some(pods) => measure(pods),
        None => [10, 100, 1000, 10_000].into_iter().for_each(|pods: usize| process::again(&[pods.to_string()])),
    }
}

fn measure(pods: usize) {
    let mut lab = pods::lab_with(pods);
    pods::pass_a_year(&mut lab);
    black_box(&lab);
    if let Some(bytes) = process::peak() {
        println!("memory, at most\t{pods}\t{bytes}");
    }
}
