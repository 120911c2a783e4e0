//! What somebody sees whose browser, connection or site keeps the program from starting: text, and what to do.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use serviceaccount_lab::lesson::COURSE;
use std::fs;
use std::path::PathBuf;
use xtask::serve::{POLICY, Server};

/// A copy of `dist/` whose wasm went through `change`; none leaves it out.
fn copy(name: &str, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> PathBuf {
    let folder = xtask::paths::root().join("target/browser").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(xtask::paths::dist()).unwrap() {
        let path = entry.unwrap().path();
        let (Some(file), Ok(bytes)) = (path.file_name(), fs::read(&path)) else { continue };
        let bytes = if path.extension().is_some_and(|kind| kind == "wasm") { change(bytes) } else { Some(bytes) };
        if let Some(bytes) = bytes {
            fs::write(folder.join(file), bytes).unwrap();
        }
    }
    folder
}

/// The alert of a page that cannot start says `part`, and the text that needs no program is still there.
fn assert_told(server: &Server, part: &str) {
    let page = Page::open_broken(server, &View::new(1024, 768));
    page.css("[role=alert]").wait_for_text(part);
    page.wait_for_text("What a ServiceAccount is, and the one every namespace has");
}

#[test]
fn a_program_that_arrives_in_part_is_told() {
    let folder = copy("truncated", |bytes| Some(bytes[..bytes.len() / 2].to_vec()));
    assert_told(&Server::start(&folder, "127.0.0.1", 0).unwrap(), "arrived damaged or in parts");
}

#[test]
fn a_program_that_does_not_arrive_is_told() {
    let folder = copy("missing", |_| None);
    assert_told(&Server::start(&folder, "127.0.0.1", 0).unwrap(), "could not be downloaded");
}

#[test]
fn a_site_that_forbids_webassembly_is_told_which_header_to_send() {
    let folder = copy("forbidden", Some);
    let strict = POLICY.replace(" 'wasm-unsafe-eval'", "");
    let server = Server::start_under(&strict, &folder, "127.0.0.1", 0).unwrap();
    assert_told(&server, "script-src needs 'wasm-unsafe-eval'");
}

/// How the second half of the program was asked for, each time: by `fetch`, or at once (`xmlhttprequest`).
fn asked_for_the_rest(page: &Page) -> Value {
    page.script("return performance.getEntriesByType('resource').filter((it) => it.name.includes('-rest-')).map((it) => it.initiatorType)", &[])
}

#[test]
fn a_look_takes_the_first_half_of_the_program_and_a_key_the_rest() {
    let page = Page::open(&View::new(1440, 900));
    page.region("Terminal").wait_for_text("$");
    std::thread::sleep(std::time::Duration::from_secs(2));
    // Nor does it take the rest to go away.
    page.script("dispatchEvent(new PageTransitionEvent('pagehide'))", &[]);
    assert_eq!(asked_for_the_rest(&page), json!([]));
    page.run("kubectl get sa", "default");
    // The service worker's own requests are not among them.
    assert_eq!(asked_for_the_rest(&page), json!(["fetch"]));
    page.assert_clean();
}

#[test]
fn no_page_begins_with_a_wait_for_the_rest() {
    let page = Page::open(&View::new(1000, 800));
    let mut places: Vec<String> =
        ["#free-play", "embed.html?view=full", "embed.html?view=time"].map(str::to_owned).to_vec();
    places.extend(COURSE.iter().map(|entry| format!("#lesson={}", entry.id())));
    places.extend(COURSE.iter().map(|entry| format!("embed.html?lesson={}&view=lesson+terminal+files", entry.id())));
    let mut whole = Vec::new();
    for place in places {
        page.script("sessionStorage.clear()", &[]);
        // Out of the document, or another fragment would not load anything.
        page.visit("about:blank");
        page.go(&place);
        let asked = asked_for_the_rest(&page);
        assert!(asked == json!([]) || asked == json!(["fetch"]), "{place}: {asked}");
        whole.extend(asked.as_array().filter(|asked| !asked.is_empty()).map(|_| place));
    }
    for light in ["#lesson=automount-off", "embed.html?lesson=mounted-files&view=lesson+terminal+files", "#free-play"] {
        assert!(!whole.iter().any(|place| place == light), "{light} took the whole program");
    }
}

#[test]
fn what_is_done_before_the_rest_comes_waits_for_it() {
    let page = Page::open(&View::new(1024, 768));
    page.script(
        "const real = window.fetch; window.away = true;
         window.fetch = (url, ...more) => window.away && String(url).includes('-rest-') ? Promise.reject(new TypeError('away')) : real.call(window, url, ...more)",
        &[],
    );
    page.textbox("Terminal command").type_text("kubectl get sa");
    page.press("Enter");
    page.css("[role=status].update").wait_for_text("cannot be downloaded");
    page.press("Enter");
    assert_eq!(page.textbox("Terminal command").value(), "kubectl get sa");
    page.script("window.away = false", &[]);
    page.region("Terminal").wait_for_text("AGE");
    page.wait("the note to go", || {
        page.script("return document.querySelector('.update') === null", &[]) == json!(true)
    });
    // Asked for twice, done once.
    assert_eq!(page.region("Terminal").text().matches("AGE").count(), 1);
    assert_eq!(page.textbox("Terminal command").value(), "");
    page.assert_clean();
}

/// Another version was put on the server while the page was open, and its files have other names.
#[test]
fn a_rest_that_is_gone_is_a_newer_version() {
    let site = Site::new("gone-rest");
    let lab = site.folder().join("lab");
    let files = fs::read_dir(&lab).unwrap().flatten().map(|entry| entry.path());
    let rest = files.into_iter().find(|path| path.to_string_lossy().contains("-rest-")).unwrap();
    let server = Server::start(&lab, "127.0.0.1", 0).unwrap();
    let page = Page::open_broken(&server, &View::new(1024, 768));
    page.wait("the page", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    let away = rest.with_extension("away");
    fs::rename(&rest, &away).unwrap();
    page.textbox("Terminal command").type_text("kubectl get sa\n");
    page.css("[role=status].update").wait_for_text("A newer version of the lab is ready");
    fs::rename(&away, &rest).unwrap();
    page.button("Load it").click();
    page.wait("the page anew", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
    page.run("kubectl get sa", "default");
}

#[test]
fn the_rest_comes_at_once_where_the_program_calls_into_it() {
    let page = Page::open(&View::new(1440, 900));
    // So the program warms up before it is whole. Meanwhile the page stands still, and Firefox throws away what is typed then.
    page.script(
        "salabRest.isHere = () => true; salabRest.bring = () => Promise.resolve(); dispatchEvent(new PointerEvent('pointermove'))",
        &[],
    );
    page.wait("the rest", || asked_for_the_rest(&page) == json!(["xmlhttprequest"]));
    page.run("kubectl run web --image=nginx", "pod/web created");
    page.run("kubectl get pods -o json | jq -r '.items[].metadata.name'", "web");
    // Firefox has a word to say about that on the console.
    assert_eq!(asked_for_the_rest(&page), json!(["xmlhttprequest"]));
}

#[test]
fn what_a_host_asks_for_waits_for_the_rest_and_the_page_goes_on() {
    let server = Site::new("asks").page("<serviceaccount-lab view=\"terminal\">text</serviceaccount-lab>").serve();
    let page = Page::open_site(&server, &View::new(1100, 800));
    let asked = "return document.querySelector('serviceaccount-lab').ready.then((lab) => Promise.all([lab.run('kubectl create sa robot'), lab.run('kubectl get sa -o name')])).then((done) => done.map(({ stdout }) => stdout))";
    assert_eq!(
        page.script(asked, &[]),
        json!(["serviceaccount/robot created\n", "serviceaccount/default\nserviceaccount/robot\n"])
    );
    let frame = "document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')";
    assert_eq!(page.in_frame(frame, asked_for_the_rest), json!(["fetch"]));
    page.assert_clean();
}
