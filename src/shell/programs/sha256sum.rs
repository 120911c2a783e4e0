//! `sha256sum [FILE…]`

use crate::shell::runner::{Runner, Step};
use sha2::{Digest, Sha256};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("sha256sum", arguments, "", &[]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (inputs, exit) = runner.inputs("sha256sum", &options.operands);
    for (name, bytes) in inputs {
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        runner.out(format!("{digest}  {name}\n"));
    }
    Ok(exit)
}
