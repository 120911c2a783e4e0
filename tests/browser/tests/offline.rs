//! The page is kept for when there is no connection, and nothing stale is shown when there is one.

use browser_tests::{Page, Site, View};
use serde_json::json;
use std::fs;

/// The page's worker is at work and has everything.
#[track_caller]
fn wait_kept(page: &Page) {
    // Whoever only looks keeps nothing.
    page.press("Tab");
    page.wait("the page is kept", || {
        page.script("return navigator.serviceWorker.ready.then((it) => it.active?.state)", &[]) == json!("activated")
    });
    page.reload();
    page.wait("the worker is in charge", || {
        page.script("return !!navigator.serviceWorker.controller", &[]) == json!(true)
    });
}

#[test]
fn it_works_without_a_connection_and_can_be_installed() {
    let site = Site::new("offline");
    let server = xtask::serve::Server::start(&site.folder().join("lab"), "127.0.0.1", 0)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_site(&server, &View::new(1200, 800));
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    wait_kept(&page);
    page.wait("its manifest", || {
        page.script("return document.querySelector('link[rel=manifest]')?.href ?? ''", &[])
            .as_str()
            .is_some_and(|href| href.ends_with("/manifest.webmanifest"))
    });
    page.assert_clean();
    server.go_away();
    page.go("#lesson=automount-off");
    page.reload();
    page.wait_for_text("Turning automount off");
    page.run("kubectl get sa", "default");
    page.go("embed.html?view=terminal");
    page.run("kubectl get sa", "default");
}

/// A site that has no word on manifests in its policy gets no violation, and a page that cannot be installed.
#[test]
fn a_policy_without_manifests_is_kept() {
    let site = Site::new("no-manifest");
    let strict = xtask::serve::POLICY.replace("manifest-src 'self'; ", "");
    let server = xtask::serve::Server::start_under(&strict, &site.folder().join("lab"), "127.0.0.1", 0)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_site(&server, &View::new(1200, 800));
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    wait_kept(&page);
    assert_eq!(page.script("return document.querySelectorAll('link[rel=manifest]').length", &[]), json!(0));
    page.assert_clean();
}

#[test]
fn a_newer_version_is_told_and_taken() {
    let site = Site::new("update");
    let lab = site.folder().join("lab");
    let server = xtask::serve::Server::start(&lab, "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_site(&server, &View::new(1200, 800));
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    wait_kept(&page);
    page.run("kubectl create sa robot", "created");
    assert!(page.maybe("button", "Load it").is_none());
    let change = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(lab.join(name)).unwrap_or_else(|error| panic!("{error}"));
        assert!(text.contains(from), "{name}");
        fs::write(lab.join(name), text.replace(from, to)).unwrap_or_else(|error| panic!("{error}"));
    };
    change("sw.js", "const VERSION = \"", "const VERSION = \"2");
    change("index.html", "<title>", "<title>Newer: ");
    page.script("return navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => 0)", &[]);
    page.button("Load it").click();
    page.wait("the newer page", || page.title().starts_with("Newer: "));
    // The session is still there.
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    page.wait_for_text("serviceaccount/robot created");
    assert_eq!(page.script("return caches.keys().then((all) => all.length)", &[]), json!(1));
    page.assert_clean();
}
