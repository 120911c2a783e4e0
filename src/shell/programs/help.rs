//! `help`: what this terminal knows.

use crate::shell::programs;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, _: &[String]) -> Step {
    let mut text = String::from("Commands of this terminal (it is simulated, and says so when something is not there):\n");
    for program in programs::all().filter(|program| !program.summary.is_empty() && program.is_on(runner.frame())) {
        text.push_str(&format!("  {:<10} {}\n", program.name, program.summary));
    }
    text.push_str("\nAlso: cd pwd export unset set read test [ alias type history exit, pipes, && || ;, $(…), $((…)), > >> < 2>&1,\n");
    text.push_str("heredocs (<<EOF), if, for, while, case, functions. Tab completes, arrows go through the history.\n");
    runner.out(text);
    Ok(0)
}
