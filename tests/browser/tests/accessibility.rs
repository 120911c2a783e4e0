//! axe finds nothing on any screen, light and dark, wide and on a phone.

use browser_tests::{Axe, MY_POD, Page, Site, View};
use serde_json::json;

#[track_caller]
fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

fn press(page: &Page, button: &str) {
    page.button(button).focus();
    page.press("Enter");
}

fn choose(page: &Page, tab: &str) {
    page.tab(tab).focus();
    page.press("Enter");
    page.wait("the tab is chosen", || page.tab(tab).is_on());
}

fn open(path: &str) -> Page {
    let page = Page::open(&View::new(1440, 900).still().at(path));
    press(&page, "Pause");
    page
}

/// A session with something in every tab: a pod with its files, a token, a refusal, rights.
fn played() -> Page {
    let page = open("#free-play");
    page.run(MY_POD, "EOF");
    page.run("kubectl apply -f my-pod.yaml", "pod/my-pod created");
    page.run("kubectl wait --for=condition=Ready pod/my-pod", "condition met");
    page.run("kubectl create token default", "eyJ");
    page.run("kubectl --as=system:serviceaccount:default:default get pods", "Forbidden");
    page.run("kubectl create rolebinding sees --clusterrole=view --serviceaccount=default:default", "created");
    page
}

#[test]
fn terminal_and_every_tab_of_the_x_ray() {
    let Some(axe) = Axe::get() else { return };
    let page = played();
    let mut found = Vec::new();
    for tab in ["Steps", "Objects", "Files", "Token", "Access", "Relations", "Requests"] {
        choose(&page, tab);
        found.extend(axe.violations_in_all_views(&page, tab));
    }
    choose(&page, "Objects");
    page.region("X-ray").find("button", "my-pod").focus();
    page.press("Enter");
    page.region("X-ray").wait_for_text("phase: ");
    found.extend(axe.violations_in_all_views(&page, "an object's YAML"));
    press(&page, "Why?");
    found.extend(axe.violations_in_all_views(&page, "a refusal explained"));
    assert_none(&found);
}

#[test]
fn history_share_compare_and_the_past() {
    let Some(axe) = Axe::get() else { return };
    let page = open("#free-play");
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    page.run("kubectl create secret generic s --from-literal=a=b", "secret/s created");
    press(&page, "Undo");
    page.wait_for_text("You look at an earlier moment");
    let mut found = axe.violations_in_all_views(&page, "an earlier moment");
    page.run("kubectl delete sa data-sa", "deleted");
    press(&page, "History");
    page.region("History").wait_for_text("Original");
    found.extend(axe.violations_in_all_views(&page, "History"));
    press(&page, "Compare with Original");
    page.wait_for_text("Two branches side by side");
    found.extend(axe.violations_in_all_views(&page, "two branches"));
    press(&page, "Back");
    press(&page, "Share");
    page.region("Share").wait_for_text("Link");
    found.extend(axe.violations_in_all_views(&page, "Share"));
    assert_none(&found);
}

#[test]
fn time_faults_and_the_editor() {
    let Some(axe) = Axe::get() else { return };
    let page = played();
    press(&page, "Next rotation");
    press(&page, "Go to…");
    let mut found = axe.violations_in_all_views(&page, "Go to");
    press(&page, "Faults…");
    page.region("Faults").wait_for_text("Switches are part of the session");
    found.extend(axe.violations_in_all_views(&page, "Faults"));
    press(&page, "Faults…");
    page.css(".tl-words summary").focus();
    page.press("Enter");
    found.extend(axe.violations_in_all_views(&page, "the timeline in words"));
    press(&page, "New file");
    page.css(".editor-text").type_text("apiVersion: v1");
    page.wait_for_text("Not saved yet");
    found.extend(axe.violations_in_all_views(&page, "the editor"));
    assert_none(&found);
}

#[test]
fn lessons_map_and_certificate() {
    let Some(axe) = Axe::get() else { return };
    let page = open("#lesson=automount-off");
    page.region("Lesson").wait_for_text("Turning automount off");
    page.script("for (const part of document.querySelectorAll('.lesson details')) part.open = true", &[]);
    let mut found = axe.violations_in_all_views(&page, "a lesson");
    page.region("Lesson").all("radio").into_iter().for_each(|radio| {
        radio.focus();
        page.press("Space");
    });
    found.extend(axe.violations_in_all_views(&page, "answered questions"));
    press(&page, "Course map");
    page.wait_for_text("The course");
    found.extend(axe.violations_in_all_views(&page, "the map"));
    press(&page, "Certificate");
    page.wait_for_text("Proof");
    found.extend(axe.violations_in_all_views(&page, "the certificate"));
    assert_none(&found);
}

#[test]
fn a_finished_lesson_and_german() {
    let Some(axe) = Axe::get() else { return };
    let page = open("#lesson=default-account");
    page.region("Lesson").wait_for_text("Watch the solution");
    page.script("for (const part of document.querySelectorAll('.lesson details')) part.open = true", &[]);
    for _ in 0..30 {
        let steps = page.region("Lesson").all("button");
        let Some(next) = steps.into_iter().find(|button| button.name().starts_with("Run step")) else { break };
        next.focus();
        page.press("Enter");
    }
    let mut found = axe.violations_in_all_views(&page, "a lesson whose solution was shown");
    page.go("?lang=de#lesson=default-account");
    page.wait_for_text("Kursplan");
    found.extend(axe.violations_in_all_views(&page, "German"));
    assert_none(&found);
}

#[test]
fn embedded_and_beside_the_lab() {
    let Some(axe) = Axe::get() else { return };
    let page = Page::open(&View::new(1440, 900).still().at("embed.html?lesson=automount-off&step=2"));
    page.run("kubectl get sa", "default");
    let mut found = axe.violations_in_all_views(&page, "embed.html");
    page.go("embed.html?view=terminal+steps&controls=full");
    page.run("kubectl get sa", "default");
    found.extend(axe.violations_in_all_views(&page, "embed.html with all controls"));
    let base = page.script("return new URL('.', location.href).href", &[]);
    page.visit(&format!("{}fidelity.html", base.as_str().unwrap_or_default()));
    page.wait_for_text("What is simulated, and how truly");
    found.extend(axe.violations_in_all_views(&page, "fidelity.html"));
    assert_none(&found);
}

/// What stands there before the program, or where it cannot come.
#[test]
fn without_the_program() {
    let Some(axe) = Axe::get() else { return };
    let site = Site::new("accessible");
    for file in site.folder().join("lab").read_dir().unwrap_or_else(|error| panic!("{error}")).flatten() {
        if file.path().extension().is_some_and(|kind| kind == "wasm") {
            std::fs::remove_file(file.path()).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    let server = xtask::serve::Server::start(&site.folder().join("lab"), "127.0.0.1", 0)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_broken(&server, &View::new(1440, 900).still());
    page.css("[role=alert]").wait_for_text("could not be downloaded");
    let mut found = axe.violations_in_all_views(&page, "a page without its program");
    // The same without scripts' help: only what the file says.
    page.script("document.querySelector('[role=alert]').remove()", &[]);
    found.extend(axe.violations_in_all_views(&page, "the text before the program"));
    assert_none(&found);
}

/// It can fail: a picture without words, and grey on grey.
#[test]
fn axe_finds_what_is_wrong() {
    let Some(axe) = Axe::get() else { return };
    let page = open("#free-play");
    page.script("const image = new Image(); image.src = 'data:,'; document.querySelector('.lab').append(image)", &[]);
    page.script("document.querySelector('.lab h1').style.color = '#ddd'", &[json!(null)]);
    page.set_view(&View::new(1440, 900).still());
    let found = axe.violations(&page).join("\n");
    assert!(found.contains("image-alt: ") && found.contains("color-contrast: "), "{found}");
}
