//! A chromedriver of our own and one session with it; both end when it is dropped.

use crate::wire;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A browser that is driven.
pub struct Driver {
    process: Child,
    port: u16,
    session: String,
    profile: PathBuf,
}

impl Driver {
    /// Starts chromedriver and a browser with an empty profile.
    pub fn start() -> Result<Driver, String> {
        let found = xtask::chromium::find()?;
        let mut process = Command::new(&found.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", found.driver.display()))?;
        let port = port_of(&mut process);
        let mut driver = Driver { process, port: 0, session: String::new(), profile: fresh_profile() };
        driver.port = port.ok_or("chromedriver did not say its port")?;
        let options = json!({"binary": found.browser, "args": driver.browser_args()});
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let session = wire::request(driver.port, "POST", "/session", Some(&wanted))?;
        driver.session = session["sessionId"].as_str().ok_or("chromedriver gave no session")?.to_string();
        Ok(driver)
    }

    fn browser_args(&self) -> Vec<String> {
        let mut args: Vec<String> = [
            "--headless=new",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
        ]
        .map(String::from)
        .to_vec();
        args.push(format!("--user-data-dir={}", self.profile.display()));
        // Chromium refuses its sandbox to root; everybody else keeps it.
        if xtask::run::output("id", &["-u"]).as_deref() == Some("0") {
            args.push("--no-sandbox".into());
        }
        args
    }

    /// `POST /session/…/path`.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        wire::request(self.port, "POST", &format!("/session/{}{path}", self.session), Some(body))
    }

    /// `GET /session/…/path`.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        wire::request(self.port, "GET", &format!("/session/{}{path}", self.session), None)
    }

    /// A command of the browser's own debugging protocol.
    pub fn devtools(&self, command: &str, params: &Value) -> Result<Value, String> {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    /// What was logged since the last call.
    pub fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.post("/se/log", &json!({"type": kind}));
        entries.ok().and_then(|entries| entries.as_array().cloned()).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = wire::request(self.port, "DELETE", &format!("/session/{}", self.session), None);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// chromedriver picks a free port and prints it.
fn port_of(process: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(process.stdout.take()?).lines().map_while(Result::ok);
    let port =
        lines.find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').trim().parse().ok());
    // Somebody must go on reading, or a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

fn fresh_profile() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("salab-browser-{}-{number}", std::process::id()))
}
