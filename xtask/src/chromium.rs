//! Chromium and its driver, for the browser tests and the screenshots: found, or installed where that is possible.

use crate::tools::{Job, apt_install, on_path};
use crate::{Failure, run};
use std::env;
use std::path::PathBuf;

/// A browser and the driver made for it.
#[derive(Debug, Clone)]
pub struct Chromium {
    /// The browser.
    pub browser: PathBuf,
    /// Its driver.
    pub driver: PathBuf,
}

const BROWSERS: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
const BROWSERS_ELSEWHERE: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const DRIVERS_ELSEWHERE: [&str; 2] = ["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"];

/// `SALAB_CHROMIUM` and `SALAB_CHROMEDRIVER`, or what is on the PATH and in the usual places.
pub fn find() -> Result<Chromium, Failure> {
    let browser = named("SALAB_CHROMIUM")?
        .or_else(|| first(&BROWSERS, &BROWSERS_ELSEWHERE))
        .ok_or_else(|| missing("Chromium"))?;
    let driver = named("SALAB_CHROMEDRIVER")?
        .or_else(|| first(&["chromedriver"], &DRIVERS_ELSEWHERE))
        .ok_or_else(|| missing("chromedriver"))?;
    if let (Some(ours), Some(its)) = (major(&browser), major(&driver))
        && ours != its
    {
        return Err(format!(
            "{} is version {ours} and {} is version {its}: they must be of one version",
            browser.display(),
            driver.display()
        ));
    }
    Ok(Chromium { browser, driver })
}

/// The program that a variable names.
pub(crate) fn named(variable: &str) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = env::var_os(variable).map(PathBuf::from) else {
        return Ok(None);
    };
    if path.is_file() { Ok(Some(path)) } else { Err(format!("{variable} names {}, which is no file", path.display())) }
}

/// The first of these that is on the PATH or in one of these places.
pub(crate) fn first(names: &[&str], elsewhere: &[&str]) -> Option<PathBuf> {
    let there = elsewhere.iter().map(PathBuf::from).find(|path| path.is_file());
    names.iter().find_map(|name| on_path(name)).or(there)
}

fn major(program: &PathBuf) -> Option<String> {
    let text = run::output(program, &["--version"])?;
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next().map(str::to_string)
}

fn missing(what: &str) -> Failure {
    format!(
        "no {what} found (looked at SALAB_CHROMIUM, SALAB_CHROMEDRIVER and the PATH). The browser tests need Chromium or Chrome, and the \
         chromedriver of the same version:\n  \
         Debian    apt-get install chromium chromium-driver\n  \
         Fedora    dnf install chromium chromedriver\n  \
         Arch      pacman -S chromium\n  \
         macOS     brew install --cask google-chrome chromedriver\n  \
         others    https://googlechromelabs.github.io/chrome-for-testing/ (both), then set the two variables"
    )
}

/// What installs them, if they are missing and this is a Debian or Ubuntu where we may.
#[must_use]
pub fn job() -> Option<Job> {
    if find().is_ok() {
        return None;
    }
    apt_install("Chromium and chromedriver", "for the browser tests", &["chromium", "chromium-driver"])
}
