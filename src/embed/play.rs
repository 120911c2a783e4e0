//! A script played without the page: what `salab run --json` prints, for whoever imports the module.

use crate::api::Timestamp;
use crate::api::release::Release;
use crate::cluster::settings::Settings;
use crate::lab::script;
use wasm_bindgen::prelude::wasm_bindgen;

/// Plays a shell script against a fresh cluster and gives a JSON list of `{"cmd","stdout","stderr","exit"}`, byte for
/// byte what `salab run --json` prints. `seed`, `start` (RFC 3339) and `kubernetes` (`1.23`) are its flags, with the
/// same defaults.
///
/// # Errors
/// A start that is no instant, a version that is not simulated.
#[wasm_bindgen]
pub fn play(
    script: &str,
    seed: Option<f64>,
    start: Option<String>,
    kubernetes: Option<String>,
) -> Result<String, String> {
    let mut settings = Settings::default();
    if let Some(seed) = seed {
        // JavaScript's numbers are exact up to 2^53; what is no whole number is cut off.
        settings.seed = seed as u64;
    }
    if let Some(start) = start {
        settings.start = Timestamp::parse_rfc3339(&start).ok_or("start is no instant like 2026-11-23T09:00:00Z")?;
    }
    if let Some(name) = kubernetes {
        let release = Release::parse(&name).ok_or_else(|| format!("no version of: {}", Release::names()))?;
        settings.kubernetes = release.into();
    }
    Ok(script::json(&script::play(settings, script)))
}
