//! Chromium, by chromedriver; what WebDriver lacks by the browser's debugging protocol.

use super::{Browser, Session, Started};
use crate::page::View;
use serde_json::{Value, json};
use std::path::Path;

struct Chromium;

/// Starts chromedriver.
pub fn start(profile: &Path, traced: bool) -> Result<Started, String> {
    let found = xtask::chromium::find()?;
    let program = super::start(&found.driver, &["--port=0"], "successfully on port ")?;
    // Somebody must go on reading, or a full pipe would stop it.
    std::thread::spawn(move || program.printed.map_while(Result::ok).for_each(drop));
    let mut wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": found.browser, "args": browser_args(profile) },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    if traced {
        wanted["goog:chromeOptions"]["perfLoggingPrefs"] = json!({"traceCategories": "devtools.timeline"});
    }
    Ok(Started { process: program.process, port: program.port, wanted, browser: Box::new(Chromium) })
}

fn browser_args(profile: &Path) -> Vec<String> {
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
    ]
    .map(String::from)
    .to_vec();
    args.push(format!("--user-data-dir={}", profile.display()));
    // Chromium refuses its sandbox to root; everybody else keeps it.
    if xtask::run::output("id", &["-u"]).as_deref() == Some("0") {
        args.push("--no-sandbox".into());
    }
    args
}

/// A command of the browser's own debugging protocol.
fn devtools(session: &Session, command: &str, params: &Value) -> Result<Value, String> {
    session.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
}

/// What was logged since the last call.
fn log(session: &Session, kind: &str) -> Vec<Value> {
    let entries = session.post("/se/log", &json!({"type": kind}));
    entries.ok().and_then(|entries| entries.as_array().cloned()).unwrap_or_default()
}

/// The debugging protocol's messages since the last call.
fn protocol(session: &Session) -> impl Iterator<Item = Value> {
    let read = |entry: Value| serde_json::from_str(entry["message"].as_str()?).ok();
    let messages = log(session, "performance").into_iter().filter_map(read);
    messages.map(|mut message: Value| message["message"].take())
}

impl Browser for Chromium {
    fn set_view(&self, session: &Session, view: &View) -> Result<(), String> {
        let metrics = json!({"width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false});
        devtools(session, "Emulation.setDeviceMetricsOverride", &metrics)?;
        devtools(session, "Emulation.setScrollbarsHidden", &json!({ "hidden": !view.scrollbars }))?;
        let scheme = if view.dark { "dark" } else { "light" };
        let motion = if view.still { "reduce" } else { "no-preference" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]);
        devtools(session, "Emulation.setEmulatedMedia", &json!({ "features": features })).map(drop)
    }

    fn set_media(&self, session: &Session, media: &str) -> Result<(), String> {
        devtools(session, "Emulation.setEmulatedMedia", &json!({ "media": media })).map(drop)
    }

    fn reload(&self, session: &Session) -> Result<(), String> {
        session.post("/refresh", &json!({})).map(drop)
    }

    fn prefer(&self, session: &Session, languages: &str) -> Result<(), String> {
        let script = json!({"script": "return navigator.userAgent", "args": []});
        let agent = session.post("/execute/sync", &script)?;
        let wish = json!({"userAgent": agent, "acceptLanguage": languages});
        devtools(session, "Emulation.setUserAgentOverride", &wish).map(drop)
    }

    fn key_times(&self, session: &Session) -> Vec<f64> {
        let events = protocol(session).filter(|message| message["method"] == "Tracing.dataCollected");
        let mut keys: Vec<(f64, f64)> = events
            .filter_map(|event| {
                let event = &event["params"];
                let is_key = event["name"] == "EventDispatch" && event.pointer("/args/data/type")? == "keydown";
                is_key.then(|| Some((event["ts"].as_f64()?, event["tdur"].as_f64()? / 1000.0)))?
            })
            .collect();
        keys.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        keys.into_iter().map(|(_, time)| time).collect()
    }

    fn picture(&self, session: &Session, whole: bool) -> Result<String, String> {
        let params = json!({"format": "png", "captureBeyondViewport": whole});
        let value = devtools(session, "Page.captureScreenshot", &params)?;
        value["data"].as_str().map(str::to_string).ok_or_else(|| "no picture".into())
    }

    fn problems(&self, session: &Session, base: &str) -> Vec<String> {
        let mut problems = Vec::new();
        for entry in log(session, "browser") {
            if matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")) {
                problems.push(format!("console: {}", entry["message"].as_str().unwrap_or_default()));
            }
        }
        for message in protocol(session) {
            let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let url = text("/params/request/url");
            // The browser's own first page is not ours; what a page makes itself (data:, blob:) is no request.
            let asked = text("/method") == "Network.requestWillBeSent" && text("/params/documentURL").starts_with(base);
            if asked && (url.starts_with("http") || url.starts_with("ws")) && !url.starts_with(&format!("{base}/")) {
                problems.push(format!("request to another origin: {url}"));
            }
        }
        problems
    }
}
