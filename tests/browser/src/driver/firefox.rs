//! Firefox, by geckodriver; what WebDriver lacks by scripts in the browser's own window (`--allow-system-access`).

use super::{Browser, Session, Started};
use crate::page::View;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the browser's parts may take to agree.
const PATIENCE: Duration = Duration::from_secs(15);

struct Firefox {
    /// What pages have said to their console, as the browser prints it.
    complaints: Arc<Mutex<Vec<String>>>,
}

/// Starts geckodriver.
pub fn start(profile: &Path) -> Result<Started, String> {
    let found = xtask::firefox::find()?;
    let root = profile.display().to_string();
    let args = ["--port", "0", "--allow-system-access", "--profile-root", &root];
    let program = super::start(&found.driver, &args, "Listening on 127.0.0.1:")?;
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&complaints);
    // The browser prints to where its driver does.
    std::thread::spawn(move || {
        for line in program.printed.map_while(Result::ok) {
            if is_a_page_s(&line) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        }
    });
    let wanted = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": found.browser,
            "args": ["-headless"],
            // No view is larger than its window.
            "env": { "MOZ_HEADLESS_WIDTH": "1600", "MOZ_HEADLESS_HEIGHT": "1400" },
            "prefs": {
                "devtools.console.stdout.content": true,
                "devtools.console.stdout.chrome": false,
                "layout.css.devPixelsPerPx": "1.0",
                // As Chromium's are hidden: WebDriver's pictures leave a blank where one takes place.
                "ui.useOverlayScrollbars": 1,
                "intl.accept_languages": "en-US, en",
                // The downloads of a scenario go with its profile.
                "browser.download.folderList": 2,
                "browser.download.dir": root,
            },
        },
    });
    let browser = Box::new(Firefox { complaints });
    Ok(Started { process: program.process, port: program.port, wanted, browser })
}

/// Whether a line is what a page has said: `console.error: "a text"`. The browser's own have a name: `console.error: RSLoader: …`.
fn is_a_page_s(line: &str) -> bool {
    let said = line.strip_prefix("console.error: ").or_else(|| line.strip_prefix("console.warn: "));
    said.is_some_and(|said| !said.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

/// Runs a script in the browser's own window.
fn in_browser(session: &Session, script: &str, args: &[Value]) -> Result<Value, String> {
    session.post("/moz/context", &json!({ "context": "chrome" }))?;
    let done = session.post("/execute/sync", &json!({ "script": script, "args": args }));
    session.post("/moz/context", &json!({ "context": "content" }))?;
    done
}

/// Waits until the page has heard of it: the browser's parts are processes of their own.
fn wait_until(session: &Session, condition: &str, args: &[Value]) -> Result<(), String> {
    let script = json!({ "script": format!("return {condition}"), "args": args });
    let begin = Instant::now();
    loop {
        // Between two documents there is none to ask.
        let answer = session.post("/execute/sync", &script);
        if answer == Ok(json!(true)) {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            return Err(format!("Firefox does not get to: {condition} {args:?}; {answer:?}"));
        }
        sleep(Duration::from_millis(25));
    }
}

/// Sees every request of every page from now on, and what came of it.
const WATCH: &str = "
if (window.salabSeen) return;
window.salabSeen = [];
window.salabObserver = {
  observe(subject, topic) {
    const channel = subject.QueryInterface(Ci.nsIHttpChannel);
    const { loadingPrincipal, externalContentPolicyType } = channel.loadInfo;
    // The browser asks for it of its own accord when it goes back to a page; no page names it.
    if (channel.URI.filePath === '/favicon.ico') return;
    // A frame's document is its own, as Chromium has it; what that asks for is seen.
    if (externalContentPolicyType === Ci.nsIContentPolicy.TYPE_SUBDOCUMENT) return;
    const by = loadingPrincipal?.originNoSuffix ?? '';
    const status = topic === 'http-on-examine-response' ? channel.responseStatus : 0;
    window.salabSeen.push({ url: channel.URI.spec, by, status });
  },
};
for (const topic of ['http-on-opening-request', 'http-on-examine-response']) Services.obs.addObserver(window.salabObserver, topic);
";

/// A view of that width and height, whatever the window's.
const SIZE: &str = "
const { style } = gBrowser.selectedBrowser;
['width', 'height'].forEach((name, at) => style.setProperty(name, `${arguments[at]}px`, 'important'));
";

/// Dark or not, without motion or not.
const LIGHT: &str = "
Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0] ? 0 : 1);
Services.prefs.setIntPref('ui.prefersReducedMotion', arguments[1] ? 1 : 0);
";

/// What was seen, and what the browser says of pages: errors that nobody caught, broken policy.
const SEEN: &str = "
const ours = (message) => message instanceof Ci.nsIScriptError && /^(http|file)/.test(message.sourceName)
  && !['CSS Parser', 'Layout'].some((kind) => message.category.startsWith(kind))
  // `allow=clipboard-write` is for the browsers that ask for it.
  && !message.errorMessage.startsWith('Feature Policy: Skipping unsupported feature name');
// Firefox advises against what boot.js does where the program calls into its other half before that is there.
const advice = ({ errorMessage }) => errorMessage.startsWith('Synchronous XMLHttpRequest on the main thread is deprecated');
const said = Services.console.getMessageArray().filter(ours).filter((message) => !advice(message)).map((message) => `${message.errorMessage} (${message.sourceName})`);
Services.console.reset();
return { requests: window.salabSeen?.splice(0) ?? [], said };
";

impl Browser for Firefox {
    fn set_view(&self, session: &Session, view: &View) -> Result<(), String> {
        let size = [json!(view.width), json!(view.height)];
        in_browser(session, WATCH, &[])?;
        in_browser(session, SIZE, &size)?;
        let wishes = [json!(view.dark), json!(view.still)];
        in_browser(session, LIGHT, &wishes)?;
        wait_until(session, "innerWidth === arguments[0] && innerHeight === arguments[1]", &size)?;
        let heard = "matchMedia('(prefers-color-scheme: dark)').matches === arguments[0] && matchMedia('(prefers-reduced-motion)').matches === arguments[1]";
        wait_until(session, heard, &wishes)
    }

    fn set_media(&self, session: &Session, media: &str) -> Result<(), String> {
        let script = "gBrowser.selectedBrowser.browsingContext.mediumOverride = arguments[0]";
        in_browser(session, script, &[json!(media)]).map(drop)
    }

    fn reload(&self, session: &Session) -> Result<(), String> {
        // WebDriver's own goes past a service worker here.
        let script = "window.salabIsOld = true; location.reload()";
        session.post("/execute/sync", &json!({ "script": script, "args": [] }))?;
        wait_until(session, "window.salabIsOld === undefined && document.readyState === 'complete'", &[])
    }

    fn prefer(&self, session: &Session, languages: &str) -> Result<(), String> {
        let script = "Services.prefs.setStringPref('intl.accept_languages', arguments[0])";
        in_browser(session, script, &[json!(languages)]).map(drop)
    }

    fn picture(&self, session: &Session, whole: bool) -> Result<String, String> {
        let picture = session.get(if whole { "/moz/screenshot/full" } else { "/screenshot" })?;
        picture.as_str().map(str::to_string).ok_or_else(|| "no picture".into())
    }

    fn problems(&self, session: &Session, base: &str) -> Vec<String> {
        let mut problems: Vec<String> =
            self.complaints.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        let seen = match in_browser(session, SEEN, &[]) {
            Ok(seen) => seen,
            Err(failure) => return vec![failure],
        };
        let list = |name: &str| seen[name].as_array().cloned().unwrap_or_default();
        problems.extend(list("said").iter().filter_map(Value::as_str).map(|text| format!("console: {text}")));
        for request in list("requests") {
            let (url, by) = (request["url"].as_str().unwrap_or_default(), request["by"].as_str().unwrap_or_default());
            if !by.starts_with(base) {
                continue;
            }
            match request["status"].as_u64() {
                Some(status) if status >= 400 => {
                    problems.push(format!("console: {url} - Failed to load resource: {status}"));
                }
                Some(0) if !url.starts_with(&format!("{base}/")) => {
                    problems.push(format!("request to another origin: {url}"));
                }
                _ => {}
            }
        }
        problems
    }
}
