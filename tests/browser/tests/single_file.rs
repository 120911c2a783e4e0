//! The page in a single file: from the disk, in a sandbox, and as what an element frames. It asks nobody for anything and
//! keeps nothing where nothing may be kept.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use std::path::PathBuf;
use xtask::serve::POLICY;

/// The file, if it has been made: `cargo xtask single`.
fn file() -> PathBuf {
    let file = xtask::paths::artefacts().join("serviceaccount-lab.html");
    assert!(file.is_file(), "{} is not there: run `cargo xtask single`, or `cargo xtask test single`", file.display());
    file
}

/// A site whose lab is the single file alone.
fn site(name: &str, body: &str) -> Site {
    let head = "<!DOCTYPE html><html lang=\"en\"><title>A host</title><link rel=\"icon\" href=\"data:,\">";
    let site = Site::empty(name).file("index.html", &format!("{head}{body}"));
    std::fs::copy(file(), site.folder().join("lab.html")).unwrap_or_else(|error| panic!("{error}"));
    std::fs::copy(xtask::paths::dist().join("serviceaccount-lab.js"), site.folder().join("element.js"))
        .unwrap_or_else(|error| panic!("{error}"));
    site.file("host.js", "import { connect } from './element.js';\nfor (const frame of document.querySelectorAll('iframe')) frame.ready = connect(frame);")
}

/// What the host allows: the single file has a policy of its own inside, which holds too.
const HOST_POLICY: &str = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src data:; frame-src 'self'";

#[test]
#[ignore = "cargo xtask test artefacts"]
fn it_runs_from_the_disk_and_asks_nobody() {
    let server = Site::empty("nothing").serve();
    let page = Page::open_site(&server, &View::new(1200, 800));
    let _ = page.problems();
    page.visit(&format!("file://{}?lesson=token-time", file().display()));
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    page.wait_for_text("Token time");
    page.run("kubectl create token default > t && kubectl get sa", "default");
    // Another lesson is inside as well.
    page.script("location.hash = '#lesson=automount-off'", &[]);
    page.wait_for_text("Turning automount off");
    assert_eq!(page.script("return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !name.startsWith('data:'))", &[]), json!([]));
    let problems: Vec<String> = page.problems().into_iter().filter(|problem| !problem.contains("404")).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

/// In a sandbox every storage throws on access. Nothing is kept, everything works, forms included.
#[test]
#[ignore = "cargo xtask test artefacts"]
fn it_runs_in_a_sandbox_and_keeps_nothing() {
    let server = site(
        "sandbox",
        "<iframe id=\"f\" title=\"Lab\" width=\"1000\" height=\"700\" sandbox=\"allow-scripts\" src=\"lab.html?embed=1&amp;view=full&amp;lesson=first-five-minutes\"></iframe><script type=\"module\" src=\"host.js\"></script>",
    )
    .serve_under(HOST_POLICY);
    let page = Page::open_site(&server, &View::new(1100, 900));
    page.wait("connected", || {
        page.script("return document.getElementById('f').ready?.then(() => 'ready') ?? ''", &[]) == json!("ready")
    });
    page.in_frame("document.getElementById('f')", |lab| {
        assert_eq!(lab.script("return origin", &[]), json!("null"));
        let access = lab.script("return ['localStorage', 'sessionStorage', 'indexedDB', 'caches'].map((name) => { try { return String(window[name] && window[name].length); } catch (error) { return error.name; } })", &[]);
        assert!(access.as_array().is_some_and(|all| all.iter().take(2).all(|one| one == "SecurityError")), "{access}");
        // By selectors: chromedriver knows no roles in a frame of another process.
        lab.css("#terminal-command").type_text("kubectl create sa robot");
        lab.css("button.run").click();
        lab.css(".log").wait_for_text("serviceaccount/robot created");
    });
    let state = page.script("return document.getElementById('f').ready.then((lab) => lab.getState())", &[]);
    assert!(state.as_str().is_some_and(|state| state.starts_with("1.")), "{state}");
    assert_eq!(
        page.script("return [localStorage.length, sessionStorage.length, document.cookie]", &[]),
        json!([0, 0, ""])
    );
    page.assert_clean();
}

/// A sandboxed frame of the built page, of many files: hosts have to send `Access-Control-Allow-Origin` then.
#[test]
#[ignore = "cargo xtask test artefacts"]
fn the_element_takes_it_too() {
    let server = Site::empty("single-element")
        .file("index.html", "<!DOCTYPE html><title>t</title><link rel=\"icon\" href=\"data:,\"><script type=\"module\" src=\"element.js\"></script><serviceaccount-lab id=\"lab\" src=\"lab.html\" lesson=\"automount-off\" view=\"terminal\" load=\"now\">text</serviceaccount-lab>");
    for (from, to) in [(file(), "lab.html"), (xtask::paths::dist().join("serviceaccount-lab.js"), "element.js")] {
        std::fs::copy(from, server.folder().join(to)).unwrap_or_else(|error| panic!("{error}"));
    }
    let server = server.serve_under(HOST_POLICY);
    let page = Page::open_site(&server, &View::new(1000, 700));
    let printed = page.script("return customElements.whenDefined('serviceaccount-lab').then(() => document.getElementById('lab').ready).then((lab) => lab.run('kubectl get sa -o name'))", &[]);
    assert_eq!(printed["stdout"], json!("serviceaccount/default\n"));
    let frame = "document.getElementById('lab').shadowRoot.querySelector('iframe')";
    assert!(page.in_frame(frame, |lab| lab.maybe("link", "Open in full").is_none()));
    assert_ne!(page.script(&format!("return {frame}.style.height"), &[]), Value::Null);
    page.assert_clean();
    assert!(!POLICY.contains("unsafe-inline"));
}
