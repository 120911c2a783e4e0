//! The lab in the browser and the native one are the same program: every scenario gives the same bytes.

use browser_tests::{Page, View, is_firefox};
use serde_json::Value;
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::script;
use std::path::Path;

/// Plays a script in the module that the page has loaded.
fn play(page: &Page, script: &str, more: &[Value]) -> String {
    let call = "const [script, ...more] = arguments;
        const names = document.querySelector('script[data-wasm]').dataset;
        return import(new URL(names.js, document.baseURI)).then((lab) => lab.play(script, ...more));";
    let arguments: Vec<Value> = std::iter::once(script.into()).chain(more.iter().cloned()).collect();
    page.script(call, &arguments).as_str().unwrap_or_default().to_owned()
}

/// In Firefox WebDriver's scripts have modules of their own, in which the program has not started.
fn is_tried() -> bool {
    if is_firefox() {
        println!("NOT TRIED in Firefox: the page's module cannot be reached from WebDriver there.");
    }
    !is_firefox()
}

fn scenarios() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/scenarios");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_stem()?.to_str()?.to_owned(), std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn every_scenario_gives_the_same_bytes_in_the_browser() {
    if !is_tried() {
        return;
    }
    let page = Page::open(&View::new(800, 600));
    let all = scenarios();
    assert!(all.len() >= 16, "only {} scenarios", all.len());
    for (name, text) in all {
        let native = script::json(&script::play(Settings::default(), &text));
        let browser = play(&page, &text, &[]);
        let differs = native.lines().zip(browser.lines()).find(|(native, browser)| native != browser);
        assert!(native == browser, "{name}: {differs:?} ({} and {} bytes)", native.len(), browser.len());
    }
    page.assert_clean();
}

#[test]
fn seed_and_start_are_those_of_the_command() {
    if !is_tried() {
        return;
    }
    let page = Page::open(&View::new(800, 600));
    let text = "kubectl create sa robot -o yaml\nkubectl create token robot\n";
    let start = "2031-02-03T04:05:06Z";
    let settings =
        Settings { seed: 42, start: Timestamp::parse_rfc3339(start).expect("an instant"), ..Settings::default() };
    let native = script::json(&script::play(settings, text));
    assert_eq!(play(&page, text, &[42.into(), start.into()]), native);
    assert_ne!(play(&page, text, &[43.into(), start.into()]), native);
}
