//! When things go wrong in the page: the learner is told in plain words, and goes on with everything up to the last command.
//! (What keeps the program from starting is in first_visit.rs.)

use browser_tests::{Page, Site, View, copy};
use serde_json::json;
use std::fs;
use xtask::serve::Server;

const NOT_KEPT: &str = "This browser does not keep what you do here";

fn started(page: &Page) {
    page.wait("started", || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
}

/// A site whose page runs `script` before anything of the lab.
fn site_with(name: &str, script: &str) -> (Site, Server) {
    let site = Site::new(name);
    let lab = site.folder().join("lab");
    let index = fs::read_to_string(lab.join("index.html")).unwrap_or_else(|error| panic!("{error}"));
    assert!(index.contains("<script defer"));
    let index = index.replacen("<script defer", "<script src=\"before.js\"></script><script defer", 1);
    fs::write(lab.join("index.html"), index).unwrap_or_else(|error| panic!("{error}"));
    fs::write(lab.join("before.js"), script).unwrap_or_else(|error| panic!("{error}"));
    let server = Server::start(&lab, "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"));
    (site, server)
}

fn output(page: &Page) -> String {
    page.find("log", "Terminal output").text()
}

/// The page of `cargo xtask breakable`, and a browser in it with a command done.
fn breakable(name: &str) -> (Server, Page) {
    let site = Site::empty(name);
    assert!(
        xtask::paths::breakable().join("index.html").is_file(),
        "build it first: `cargo xtask breakable` (`cargo xtask test browser` does)"
    );
    copy(&xtask::paths::breakable(), site.folder());
    let server = Server::start(site.folder(), "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_site(&server, &View::new(1200, 800).at("#free-play"));
    started(&page);
    page.run("kubectl create sa before", "serviceaccount/before created");
    (server, page)
}

/// Types something after which nothing answers.
fn enter(page: &Page, entry: &str) {
    page.textbox("Terminal command").type_text(&format!("{entry}\n"));
}

#[test]
fn a_failure_of_the_program_is_told_once_and_costs_one_command() {
    let (_server, page) = breakable("panic");
    enter(&page, "salab-panic");
    let alert = page.find("alertdialog", "The lab has failed");
    alert.wait_for_text("That is a mistake in the lab, not yours.");
    alert.wait_for_text("told to fail");
    assert_eq!(page.focused().name(), "Restore the session");
    // The clock goes on failing behind it; one is enough.
    page.script("return new Promise((done) => setTimeout(done, 2500))", &[]);
    assert_eq!(page.all("alertdialog").len(), 1);
    page.press("Enter");
    page.wait_for_text("The lab failed while it did this: salab-panic. Everything before it is restored.");
    assert!(output(&page).contains("serviceaccount/before created"));
    page.run("kubectl get sa -o name", "serviceaccount/before");
}

/// Without words of its own, as when its stack is used up: static/boot.js speaks.
#[test]
fn an_end_without_words_is_told_too() {
    let (_server, page) = breakable("abort");
    enter(&page, "salab-abort");
    page.find("alertdialog", "The lab has failed").wait_for_text("Nothing is lost");
    // Once the key that did it is up, or it would press the button.
    page.wait("the button to have the keyboard", || page.focused().name() == "Restore the session");
    page.press("Enter");
    page.wait_for_text("The lab failed while it did this: salab-abort. Everything before it is restored.");
    page.run("kubectl get sa -o name", "serviceaccount/before");
}

/// The session is kept when it has been drawn, or when the page goes before that.
#[test]
fn a_reload_on_the_heels_of_a_command_loses_nothing() {
    let page = Page::open(&View::new(1200, 800).at("#free-play"));
    page.run("kubectl create sa before", "serviceaccount/before created");
    page.script(
        "const area = document.getElementById('terminal-command'); \
         const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set; \
         set.call(area, 'kubectl create sa last'); area.dispatchEvent(new InputEvent('input', { bubbles: true })); \
         area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })); \
         location.reload()",
        &[],
    );
    page.wait_for_text("serviceaccount/last created");
    page.run("kubectl get sa -o name", "serviceaccount/before");
    page.assert_clean();
}

/// If even restoring fails, what was typed is there as a file.
#[test]
fn what_cannot_be_restored_is_a_file() {
    let page = Page::open(&View::new(1200, 800).at("#free-play"));
    page.run("kubectl create sa before", "serviceaccount/before created");
    page.wait("the session to be kept", || {
        page.script("return (sessionStorage['serviceaccount-lab/session'] ?? '').includes('create sa before')", &[])
            == true
    });
    page.script("sessionStorage['serviceaccount-lab/doing'] = 'restoring the session'", &[]);
    page.reload();
    page.wait_for_text("What you typed is in the file recovered.sh.");
    // It is not tried again until something was done.
    page.reload();
    page.wait_for_text("What you typed is in the file recovered.sh.");
    page.run("cat recovered.sh", "kubectl create sa before");
    page.run("sh recovered.sh", "serviceaccount/before created");
    page.assert_clean();
}

/// What ships has no such hook.
#[test]
fn what_ships_cannot_be_told_to_fail() {
    let page = Page::open(&View::new(1200, 800).at("#free-play"));
    page.run("salab-panic", "command not found");
    page.assert_clean();
    for file in xtask::paths::dist().read_dir().unwrap_or_else(|error| panic!("{error}")).flatten() {
        let bytes = fs::read(file.path()).unwrap_or_default();
        assert!(!bytes.windows(11).any(|part| part == b"salab-panic"), "{}", file.path().display());
    }
}

/// Access alone throws, as where cookies are blocked.
#[test]
fn without_storage_everything_works_and_the_loss_is_told() {
    let (_site, server) = site_with(
        "no-storage",
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });",
    );
    let page = Page::open_site(&server, &View::new(1200, 800).at("#free-play"));
    started(&page);
    page.run("kubectl create sa robot", "serviceaccount/robot created");
    page.wait_for_text(NOT_KEPT);
    // Once told is enough.
    page.button("Put away").click();
    page.run("kubectl get sa -o name", "serviceaccount/robot");
    assert!(!page.css("body").text().contains(NOT_KEPT));
    page.button("Share").click();
    assert!(page.region("Share").find("textbox", "Link to this session").value().contains("#session="));
    page.assert_clean();
}

#[test]
fn a_full_storage_is_told_and_what_was_kept_stays() {
    let (_site, server) = site_with("full-storage", "");
    let page = Page::open_site(&server, &View::new(1200, 800).at("#free-play"));
    started(&page);
    page.run("kubectl create sa first", "serviceaccount/first created");
    // To the last byte.
    page.script(
        "let part = 'x'.repeat(1 << 20); for (let number = 0; part; number++) { try { sessionStorage[`full/${number}`] = part; } catch { part = part.slice(0, part.length / 2); } }",
        &[],
    );
    page.run("kubectl create sa second", "serviceaccount/second created");
    page.wait_for_text(NOT_KEPT);
    page.run("kubectl get sa -o name", "serviceaccount/second");
    page.reload();
    page.find("log", "Terminal output").wait_for_text("serviceaccount/first created");
    page.assert_clean();
}

/// Two tabs have a session each; what one learns, the other does not unlearn.
#[test]
fn two_tabs_at_once() {
    let page = Page::open(&View::new(1200, 800).at("#lesson=automount-off"));
    page.run("kubectl create sa here", "serviceaccount/here created");
    let here = page.window();
    let there = page.new_tab();
    page.go("#lesson=mounted-files");
    assert!(!output(&page).contains("here"), "a new tab begins anew");
    page.run("kubectl create sa there", "serviceaccount/there created");
    // A wrong answer in each is noted for another day; neither tab writes over what the other has noted.
    let noted = |page: &Page| {
        page.script(
            "return Object.keys(JSON.parse(localStorage['serviceaccount-lab/progress']).again).map((one) => one.split('/')[0]).sort()",
            &[],
        )
    };
    page.region("Lesson").find("radio", "one file, the token").focus();
    page.press("Space");
    page.wait("its note", || noted(&page) == json!(["mounted-files"]));
    page.switch_to(&here);
    page.run("kubectl get sa -o name", "serviceaccount/here");
    assert!(!output(&page).contains("there"));
    page.region("Lesson").find("radio", "an empty token").focus();
    page.press("Space");
    page.wait("both notes", || noted(&page) == json!(["automount-off", "mounted-files"]));
    page.reload();
    page.find("log", "Terminal output").wait_for_text("serviceaccount/here created");
    page.switch_to(&there);
    page.reload();
    page.find("log", "Terminal output").wait_for_text("serviceaccount/there created");
    page.assert_clean();
}

/// Away to another page and back, whether the browser kept this one alive or loads it again.
#[test]
fn back_and_forward() {
    let page = Page::open(&View::new(1200, 800).at("#free-play"));
    page.run("kubectl create sa robot", "serviceaccount/robot created");
    let address = page.script("return new URL('fidelity.html', location.href).href", &[]);
    page.visit(address.as_str().unwrap_or_default());
    page.wait_for_text("What is simulated, and how truly");
    page.script("history.back()", &[]);
    page.wait("the lab is back", || {
        page.script("return document.documentElement.dataset.lab ?? ''", &[]) == json!("ready")
    });
    page.find("log", "Terminal output").wait_for_text("serviceaccount/robot created");
    page.run("kubectl get sa -o name", "serviceaccount/robot");
    page.script("history.forward()", &[]);
    page.wait_for_text("What is simulated, and how truly");
    page.script("history.back()", &[]);
    page.wait("the lab is back again", || {
        page.script("return document.documentElement.dataset.lab ?? ''", &[]) == json!("ready")
    });
    page.run("kubectl create sa another", "serviceaccount/another created");
    page.assert_clean();
}

/// The connection goes before the browser has kept the page: what is open goes on, and what cannot be fetched is told.
#[test]
fn offline_in_the_middle() {
    let (_site, server) = site_with(
        "gone",
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: { register: () => Promise.reject(new Error('none')) } });",
    );
    let page = Page::open_site(&server, &View::new(1200, 800).at("#free-play"));
    started(&page);
    page.run("kubectl create sa robot", "serviceaccount/robot created");
    server.go_away();
    page.run("kubectl get sa -o name", "serviceaccount/robot");
    page.button("Course map").click();
    page.wait_for_text("The course");
    page.script("location.hash = '#lesson=automount-off'", &[]);
    page.wait_for_text("could not be fetched");
    page.button("Back").click();
    page.find("log", "Terminal output").wait_for_text("serviceaccount/robot created");
    page.run("kubectl create sa another", "serviceaccount/another created");
}
