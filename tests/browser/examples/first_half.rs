//! Visits the page as somebody does who only has a look, and writes which functions of its wasm have run: arguments are the
//! folder of a page whose wasm is marked (`halves mark`), and the file to write. For `cargo xtask halves`.

#![allow(clippy::unwrap_used, reason = "without a whole visit there is nothing to say")]

use browser_tests::{Page, View};
use serviceaccount_lab::lesson::COURSE;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;
use xtask::serve::{POLICY, Server};

/// How long somebody looks: the page does something every second.
const LOOK: Duration = Duration::from_millis(2500);

/// The positions of the functions that have run in this document.
const RAN: &str = "return import(new URL(document.querySelector('script[data-js]').dataset.js, document.baseURI)).then((lab) => lab.default())
    .then((all) => Object.entries(all).filter(([name, ran]) => name.startsWith('ran_') && ran.value).map(([name]) => Number(name.slice(4))))";

/// Whether the rest was asked for.
const BROUGHT: &str = "return performance.getEntriesByType('resource').some((it) => it.name.includes('-rest-'))";

/// The rest does not come, so that what is done waits.
const NEVER: &str = "salabRest.isHere = () => false; salabRest.wait = () => new Promise(() => {})";

/// What stands in a host.
const HOSTED: [&str; 4] = [
    "lesson=\"automount-off\" view=\"lesson terminal files\"",
    "lesson=\"first-five-minutes\" view=\"full\" height=\"600\"",
    "view=\"terminal\"",
    "view=\"xray time\" theme=\"dark\"",
];

/// Everything that a host can ask for.
const ASK: &str = "for (const element of document.querySelectorAll('serviceaccount-lab')) element.ready.then((lab) => {
    const asked = [lab.run('ls'), lab.goto('automount', 2), lab.reset(), lab.undo(), lab.redo(), lab.seek('+10m'), lab.seek('2026-11-23T10:00:00Z'),
        lab.getState(), lab.setState(''), lab.getTranscript(), lab.setTheme('dark', { accent: '#b5179e' })];
    for (const one of asked) one.catch(() => {});
})";

/// Everything that can be pressed.
const CLICK: &str =
    "for (const it of document.querySelectorAll('button, input[type=radio], input[type=checkbox]')) it.click()";

fn main() {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, out] = args.as_slice() else { panic!("a folder and a file") };
    std::fs::write(folder.join("host.html"), host()).unwrap();
    let policy: &'static str = Box::leak(format!("{POLICY}; frame-src 'self'").into_boxed_str());
    let server = Server::start_under(policy, folder, "127.0.0.1", 0).unwrap();
    let page = Page::open_site(&server, &View::new(1440, 900));
    let mut ran = BTreeSet::new();
    let mut note = |what: &str, functions: Vec<u64>| {
        let before = ran.len();
        ran.extend(functions);
        println!("{:>6} functions more: {what}", ran.len() - before);
    };
    let visit = |path: &str| {
        page.script("try { sessionStorage.clear() } catch {}", &[]);
        page.visit(&format!("{}/{path}", server.url()));
        page.wait("the page", || page.script("return document.documentElement.dataset.lab", &[]) == "ready");
    };

    visit("");
    sleep(LOOK);
    note("the page", functions(&page));
    page.script(NEVER, &[]);
    page.textbox("Terminal command").type_text("kubectl get sa");
    page.press("Enter");
    page.press("ArrowUp");
    page.script(CLICK, &[]);
    note("what is done, and waits", functions(&page));
    page.set_view(&View::new(360, 740).dark());
    visit("#free-play");
    note("free play on a phone", functions(&page));
    page.set_view(&View::new(1440, 900));
    for entry in COURSE {
        visit(&format!("embed.html?lesson={}&view=lesson+terminal+files", entry.id()));
        // Some lessons take the whole program (static/boot.js).
        if page.script(BROUGHT, &[]) == false {
            note(entry.id(), functions(&page));
        }
    }
    for view in ["full", "xray", "time", "terminal"] {
        visit(&format!("embed.html?view={view}"));
        note(view, functions(&page));
    }
    page.visit(&format!("{}/host.html", server.url()));
    let all_ready = "return document.querySelectorAll('serviceaccount-lab:not(.is-ready)').length";
    page.wait("the labs in their host", || page.script(all_ready, &[]) == 0);
    let frames = (0..HOSTED.len()).map(|index| {
        format!("document.querySelectorAll('serviceaccount-lab')[{index}].shadowRoot.querySelector('iframe')")
    });
    let frames: Vec<String> = frames.collect();
    frames.iter().for_each(|frame| page.in_frame(frame, |lab| drop(lab.script(NEVER, &[]))));
    page.script(ASK, &[]);
    sleep(LOOK);
    for (frame, words) in frames.iter().zip(HOSTED) {
        note(&format!("in a host: {words}"), page.in_frame(frame, functions));
    }

    let lines: Vec<String> = ran.iter().map(u64::to_string).collect();
    std::fs::write(out, lines.join("\n")).unwrap();
    println!("{} functions have run", ran.len());
}

fn functions(page: &Page) -> Vec<u64> {
    page.script(RAN, &[]).as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).collect()
}

fn host() -> String {
    let labs = HOSTED.map(|words| format!("<serviceaccount-lab load=\"now\" {words}>Text</serviceaccount-lab>"));
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A host</title><link rel=\"icon\" href=\"data:,\">
         <script type=\"module\" src=\"serviceaccount-lab.js\"></script></head><body>{}</body></html>",
        labs.concat()
    )
}
