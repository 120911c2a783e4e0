//! Versions of Kubernetes: the panel, a fresh session of another one, and one command on two side by side; by keyboard.

use browser_tests::{Page, View};

fn open(path: &str) -> Page {
    Page::open(&View::new(1440, 900).at(path))
}

fn press_on(page: &Page, button: &str) {
    page.button(button).focus();
    page.press("Enter");
}

#[test]
fn another_version_is_a_fresh_session_and_the_old_one_is_kept() {
    let page = open("#free-play");
    page.run("kubectl create sa build", "serviceaccount/build created");
    press_on(&page, "Kubernetes 1.36");
    let panel = page.region("Versions");
    panel.wait_for_text("This session is Kubernetes 1.36");
    // A native select: the letters choose.
    panel.find("combobox", "Another session, of Kubernetes").focus();
    page.press("Home");
    press_on(&page, "Start with Kubernetes 1.23");
    let _ = page.button("Kubernetes 1.23");
    page.run("kubectl get sa", "SECRETS");
    page.run("kubectl create token default", "unknown command \"token default\"");
    page.region("Versions").find("combobox", "Another session, of Kubernetes").focus();
    page.press("End");
    press_on(&page, "Go on in 1.36 (1 step)");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/build created");
    let _ = page.button("Kubernetes 1.36");
    page.assert_clean();
}

#[test]
fn a_reload_stays_in_the_version_and_an_address_can_ask_for_it() {
    let page = open("?version=1.24#free-play");
    let _ = page.button("Kubernetes 1.24");
    page.run("kubectl create sa build", "serviceaccount/build created");
    page.run("kubectl get sa build", "build   0");
    page.reload();
    let _ = page.button("Kubernetes 1.24");
    page.find("log", "Terminal output").wait_for_text("build   0");
    page.assert_clean();
}

#[test]
fn one_command_on_two_versions_with_the_reasons() {
    for (width, height) in [(1440, 900), (360, 740)] {
        let page = Page::open(&View::new(width, height).at("#free-play"));
        page.run("kubectl create sa build", "serviceaccount/build created");
        press_on(&page, "Kubernetes 1.36");
        press_on(&page, "Compare two versions");
        let both = page.find("main", "");
        both.wait_for_text("What was done in it is done in both: 1 step");
        both.find("textbox", "Command for both").type_text("kubectl get sa\n");
        both.wait_for_text("differing");
        both.wait_for_text("2 causes found.");
        both.wait_for_text("A token Secret for every ServiceAccount");
        both.wait_for_text("No SECRETS column, no Tokens in describe");
        both.find("textbox", "Command for both").type_text("kubectl get namespaces\n");
        both.wait_for_text("kubectl get namespaces: 1.23 and 1.36 say the same.");
        assert_eq!(page.overflow_px(), 0);
        press_on(&page, "Back");
        page.find("log", "Terminal output").wait_for_text("serviceaccount/build created");
        page.assert_clean();
    }
}
