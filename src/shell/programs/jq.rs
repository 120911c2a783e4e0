//! `jq`: comes with its own reader, evaluator and writer.

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, _: &[String]) -> Step {
    runner.not_simulated("jq; use kubectl -o jsonpath='{…}'");
    Ok(2)
}
