//! `tee [-a] FILE…`

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("tee", arguments, "ai", &[("append", 'a')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (inputs, mut exit) = runner.inputs("tee", &[]);
    let bytes = inputs.into_iter().next().map(|(_, bytes)| bytes).unwrap_or_default();
    runner.out(&bytes);
    for path in &options.operands {
        let mut all = match options.has('a') {
            true => runner.read(path).map(|old| old.to_vec()).unwrap_or_default(),
            false => Vec::new(),
        };
        all.extend_from_slice(&bytes);
        if let Err(error) = runner.write(path, &all) {
            runner.err(format!("tee: {path}: {error}\n"));
            exit = 1;
        }
    }
    Ok(exit)
}
