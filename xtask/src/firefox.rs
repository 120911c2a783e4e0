//! Firefox and its driver, for the browser tests in a second engine: found, or installed where that is possible.

use crate::Failure;
use crate::chromium::{first, named};
use crate::tools::{Job, apt_install, cargo_install, on_path, own};
use std::path::PathBuf;

/// The driver that is compiled where there is none.
pub const GECKODRIVER: &str = "0.37.1";

/// A browser and its driver.
#[derive(Debug, Clone)]
pub struct Firefox {
    /// The browser.
    pub browser: PathBuf,
    /// Its driver.
    pub driver: PathBuf,
}

const BROWSERS_ELSEWHERE: [&str; 1] = ["/Applications/Firefox.app/Contents/MacOS/firefox"];

fn browser() -> Result<Option<PathBuf>, Failure> {
    Ok(named("SALAB_FIREFOX")?.or_else(|| first(&["firefox-esr", "firefox"], &BROWSERS_ELSEWHERE)))
}

fn driver() -> Result<Option<PathBuf>, Failure> {
    let ours = || Some(own(&format!("geckodriver-{GECKODRIVER}"), "geckodriver")).filter(|file| file.is_file());
    Ok(named("SALAB_GECKODRIVER")?.or_else(|| on_path("geckodriver")).or_else(ours))
}

/// `SALAB_FIREFOX` and `SALAB_GECKODRIVER`, or what is on the PATH, in the usual places and in our own folder.
pub fn find() -> Result<Firefox, Failure> {
    let browser = browser()?.ok_or_else(|| missing("Firefox"))?;
    let driver = driver()?.ok_or_else(|| missing("geckodriver"))?;
    Ok(Firefox { browser, driver })
}

fn missing(what: &str) -> Failure {
    format!(
        "no {what} found (looked at SALAB_FIREFOX, SALAB_GECKODRIVER and the PATH). The tests in Firefox need Firefox 138 or newer, and \
         geckodriver 0.36 or newer:\n  \
         Debian    apt-get install firefox-esr; cargo install geckodriver\n  \
         Fedora    dnf install firefox; cargo install geckodriver\n  \
         Arch      pacman -S firefox geckodriver\n  \
         macOS     brew install --cask firefox; brew install geckodriver\n  \
         others    https://www.mozilla.org/firefox/ and https://github.com/mozilla/geckodriver/releases, then set the two variables"
    )
}

/// What installs those that are missing: the browser on a Debian where we may, the driver from crates.io.
#[must_use]
pub fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    if browser().is_ok_and(|found| found.is_none()) {
        jobs.extend(apt_install("Firefox", "for the tests in a second engine", &["firefox-esr"]));
    }
    if driver().is_ok_and(|found| found.is_none()) {
        jobs.push(cargo_install("geckodriver", GECKODRIVER, &[], "drives Firefox in its tests"));
    }
    jobs
}
