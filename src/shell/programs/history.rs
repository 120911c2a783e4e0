//! `history [N]`, `history -c`

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.first().is_some_and(|first| first == "-c") {
        runner.state.history.clear();
        return Ok(0);
    }
    let all = runner.state.history.len();
    let count = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(all);
    let lines: Vec<String> = runner
        .state
        .history
        .iter()
        .enumerate()
        .skip(all.saturating_sub(count))
        .map(|(index, entry)| format!("{:>5}  {entry}\n", index + 1))
        .collect();
    runner.out(lines.concat());
    Ok(0)
}
