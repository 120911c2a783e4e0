//! Feeds strangers' bytes to one parser: the one that `SALAB_TARGET` names. `cargo xtask fuzz` compiles and runs it.
#![no_main]

mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<targets::Target> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("SALAB_TARGET").unwrap_or_default();
        let found = targets::ALL.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("SALAB_TARGET is one of {:?}", targets::ALL.map(|(name, _)| name))).1
    });
    target(bytes);
});
