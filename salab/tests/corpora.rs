//! What fuzzing has found worth keeping, for every parser that meets strangers' bytes (`cargo xtask fuzz` finds more).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

#[test]
fn every_parser_comes_back_from_what_was_kept() {
    for (name, target) in targets::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
        let inputs: Vec<_> = fs::read_dir(&folder).expect(name).map(|entry| entry.unwrap().path()).collect();
        assert!(!inputs.is_empty(), "nothing is kept for {name}");
        for input in inputs {
            println!("{}", input.display());
            target(&fs::read(&input).unwrap());
        }
    }
}
