//! A driver of our own and one session with it; both end when it is dropped. Chromium, or what `SALAB_BROWSER` names.

mod chromium;
mod firefox;

use crate::page::View;
use crate::wire;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// What WebDriver has no word for, so that every browser does it in its own way.
pub trait Browser {
    /// Another size or colour scheme, without loading again.
    fn set_view(&self, session: &Session, view: &View) -> Result<(), String>;
    /// As it would be printed (`print`), or as on a screen again (``).
    fn set_media(&self, session: &Session, media: &str) -> Result<(), String>;
    /// Loads the page again, as a person does.
    fn reload(&self, session: &Session) -> Result<(), String>;
    /// From the next load on, these languages are preferred.
    fn prefer(&self, session: &Session, languages: &str) -> Result<(), String>;
    /// See [`crate::Page::key_times`].
    fn key_times(&self, _: &Session) -> Vec<f64> {
        Vec::new()
    }
    /// A picture as base64, of the window or of all the page.
    fn picture(&self, session: &Session, whole: bool) -> Result<String, String>;
    /// What went wrong since the last call: complaints, broken policy, failed loads, requests to another origin than `base`.
    fn problems(&self, session: &Session, base: &str) -> Vec<String>;
}

/// A driver that runs, before there is a session.
struct Started {
    process: Child,
    port: u16,
    wanted: Value,
    browser: Box<dyn Browser>,
}

/// The driver's program that has been started, and the port that it listens at.
struct Program {
    process: Child,
    port: u16,
    /// What it prints after that.
    printed: std::io::Lines<BufReader<ChildStdout>>,
}

/// A session with a driver.
pub struct Session {
    port: u16,
    id: String,
}

/// A browser that is driven.
pub struct Driver {
    process: Child,
    session: Session,
    browser: Box<dyn Browser>,
    profile: PathBuf,
}

/// Whether the scenarios run in Firefox.
#[must_use]
pub fn is_firefox() -> bool {
    std::env::var("SALAB_BROWSER").is_ok_and(|name| name == "firefox")
}

impl Driver {
    /// Starts a driver and a browser with an empty profile; `traced` as [`View::traced`].
    pub fn start(traced: bool) -> Result<Driver, String> {
        let profile = fresh_profile()?;
        let started = match std::env::var("SALAB_BROWSER").as_deref() {
            Err(_) | Ok("chromium" | "") => chromium::start(&profile, traced),
            Ok("firefox") => firefox::start(&profile),
            Ok(other) => Err(format!("SALAB_BROWSER names {other:?}; there are chromium and firefox")),
        };
        let Started { process, port, wanted, browser } = started?;
        let mut driver = Driver { process, session: Session { port, id: String::new() }, browser, profile };
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let session = wire::request(port, "POST", "/session", Some(&wanted))?;
        driver.session.id = session["sessionId"].as_str().ok_or("the driver gave no session")?.to_string();
        Ok(driver)
    }

    /// `POST /session/…/path`.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.session.post(path, body)
    }

    /// `GET /session/…/path`.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        self.session.get(path)
    }

    /// See [`Browser::set_view`].
    pub fn set_view(&self, view: &View) -> Result<(), String> {
        self.browser.set_view(&self.session, view)
    }

    /// See [`Browser::set_media`].
    pub fn set_media(&self, media: &str) -> Result<(), String> {
        self.browser.set_media(&self.session, media)
    }

    /// See [`Browser::reload`].
    pub fn reload(&self) -> Result<(), String> {
        self.browser.reload(&self.session)
    }

    /// See [`Browser::prefer`].
    pub fn prefer(&self, languages: &str) -> Result<(), String> {
        self.browser.prefer(&self.session, languages)
    }

    /// See [`crate::Page::key_times`].
    pub fn key_times(&self) -> Vec<f64> {
        self.browser.key_times(&self.session)
    }

    /// See [`Browser::picture`].
    pub fn picture(&self, whole: bool) -> Result<String, String> {
        self.browser.picture(&self.session, whole)
    }

    /// See [`Browser::problems`].
    pub fn problems(&self, base: &str) -> Vec<String> {
        self.browser.problems(&self.session, base)
    }
}

impl Session {
    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        wire::request(self.port, "POST", &format!("/session/{}{path}", self.id), Some(body))
    }

    fn get(&self, path: &str) -> Result<Value, String> {
        wire::request(self.port, "GET", &format!("/session/{}{path}", self.id), None)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.id.is_empty() {
            let _ = wire::request(self.session.port, "DELETE", &format!("/session/{}", self.session.id), None);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Starts a driver's program and waits until it has said its port behind `sign`.
fn start(program: &Path, args: &[&str], sign: &str) -> Result<Program, String> {
    let mut process = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let printed = process.stdout.take().map(|stdout| BufReader::new(stdout).lines());
    let mut printed = printed.ok_or("a driver without an output")?;
    let port = printed.by_ref().map_while(Result::ok).find_map(|line| {
        let port = line.split_once(sign)?.1.trim().trim_end_matches('.');
        port.parse().ok()
    });
    let Some(port) = port else {
        let _ = process.kill();
        let _ = process.wait();
        return Err(format!("{} did not say its port", program.display()));
    };
    Ok(Program { process, port, printed })
}

fn fresh_profile() -> Result<PathBuf, String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("salab-browser-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
