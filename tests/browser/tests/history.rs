//! Going back, branching off, comparing, and handing a session on: with the keyboard.

use browser_tests::{Page, View};
use serde_json::json;

fn open(path: &str) -> Page {
    Page::open(&View::new(1440, 900).at(path))
}

fn press_on(page: &Page, button: &str) {
    page.button(button).focus();
    page.press("Enter");
}

/// The terminal, and every object of the X-ray as YAML.
fn shown(page: &Page) -> String {
    page.find("log", "Terminal output").text()
}

#[test]
fn the_shortcut_undoes_and_leaves_text_fields_alone() {
    let page = open("#free-play");
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    // In the terminal's own field it is the browser's undo of typing.
    let input = page.textbox("Terminal command");
    input.type_text("kubectl");
    page.press("Control+z");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/data-sa created");
    page.find("log", "Terminal output").focus();
    page.press("Control+z");
    page.wait_for_text("You look at an earlier moment: the start. 1 step ahead");
    assert!(!shown(&page).contains("created"));
    page.press("Control+Shift+z");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/data-sa created");
    page.press("Control+z").press("Control+y");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/data-sa created");
    page.assert_clean();
}

#[test]
fn looking_back_branching_off_and_comparing() {
    let page = open("#free-play");
    page.button("Pause").click();
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    page.run("kubectl create secret generic s --from-literal=a=b", "secret/s created");
    press_on(&page, "History");
    let history = page.region("History");
    history.wait_for_text("2 steps done, 0 ahead.");
    // One stop of the Tab key for the list; the arrows move in it.
    history.find("button", "kubectl create secret generic s --from-literal=a=b").focus();
    page.press("ArrowUp").press("Enter");
    history.wait_for_text("1 step done, 1 ahead.");
    assert!(!shown(&page).contains("secret/s created"));
    page.wait_for_text("Doing something else here begins a branch");
    // What if it had been deleted?
    page.run("kubectl delete sa data-sa", "deleted");
    history.wait_for_text("Original");
    history.find("button", "Compare with Original").focus();
    page.press("Enter");
    let compared = page.find("main", "");
    compared.wait_for_text("1 step shared; then 1 step on the left and 1 step on the right.");
    compared.find("region", "Left: Original").wait_for_text("secret/s created");
    compared.find("region", "Right: kubectl delete sa data-sa").wait_for_text("serviceaccount \"data-sa\" deleted");
    compared.wait_for_text("serviceaccount/data-sa: only on the left");
    compared.wait_for_text("secret/s: only on the left");
    press_on(&page, "Back");
    page.region("History").find("button", "Go over to Original").focus();
    page.press("Enter");
    page.find("log", "Terminal output").wait_for_text("secret/s created");
    assert!(!shown(&page).contains("deleted"));
    // Branches outlive a reload.
    page.reload();
    page.find("log", "Terminal output").wait_for_text("secret/s created");
    press_on(&page, "History");
    page.region("History").wait_for_text("kubectl delete sa data-sa");
    // Escape gives the lesson's place back, and the focus to where it came from.
    page.press("Escape");
    page.wait("the focus is on History", || page.focused().name() == "History");
    page.assert_clean();
}

#[test]
fn a_link_opens_to_the_same_and_carries_no_pasted_token() {
    let page = open("#free-play");
    page.button("Pause").click();
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    page.run("kubectl create token data-sa", "eyJ");
    page.run("kubectl get sa data-sa -o yaml", "resourceVersion");
    page.tab("Token").click();
    let token = "The token itself";
    page.region("X-ray").find("textbox", token).type_text("eyJhbGciOiJub25lIn0.eyJzdWIiOiJwYXN0ZWQtc2VjcmV0In0.x");
    press_on(&page, "Share");
    let link = page.region("Share").find("textbox", "Link to this session").value();
    assert!(link.contains("#session=1."), "{link}");
    let text = shown(&page);

    // Somebody else, in another browser.
    let path = &link[link.find('#').expect("a fragment")..];
    let other = open(path);
    other.wait_for_text("Opened a session of 3 steps.");
    let wanted = text.trim().to_string();
    other.wait("the same terminal", || shown(&other).trim() == wanted);
    let address = other.script("return location.hash", &[]);
    assert_eq!(address, json!("#free-play"), "a reload goes on with the session");
    let kept = other.script("return JSON.stringify(sessionStorage)", &[]);
    assert!(!kept.to_string().contains("pasted-secret"));
    let here = page.script("return JSON.stringify(sessionStorage) + JSON.stringify(localStorage)", &[]);
    assert!(!here.to_string().contains("eyJzdWIiOiJwYXN0ZWQtc2VjcmV0In0"), "a pasted token is not kept");
    // The same objects, to the byte.
    for page in [&page, &other] {
        page.textbox("Terminal command").type_text("kubectl get sa,secrets,events -A -o yaml | sha256sum\n");
    }
    page.wait("both answer", || shown(&page).contains("  -") && shown(&other).contains("  -"));
    let last = |page: &Page| shown(page).lines().rev().find(|line| line.ends_with("  -")).map(str::to_string);
    assert_eq!(last(&page), last(&other));
    // The native command plays it as well.
    let native = serviceaccount_lab::lesson::reopen::transcript_of(&link).expect("a session").0;
    assert!(native.contains("serviceaccount/data-sa created"), "{native}");
    page.assert_clean();
    other.assert_clean();
}

#[test]
fn a_damaged_link_leaves_the_own_session_alone_and_a_good_one_sets_it_aside() {
    let page = open("#free-play");
    page.button("Pause").click();
    page.run("kubectl create sa mine", "serviceaccount/mine created");
    page.script("location.hash = '#session=1.AAAA'", &[]);
    page.wait_for_text(
        "This session is damaged: a part is missing, or was changed on the way. Your own session is as it was.",
    );
    page.find("log", "Terminal output").wait_for_text("serviceaccount/mine created");
    page.script("location.hash = '#session=9.AAAA'", &[]);
    page.wait_for_text("This session was kept in form 9; this lab reads form 1.");
    // A good one, opened from the panel.
    let mut lab = serviceaccount_lab::lab::Lab::new(serviceaccount_lab::lab::Settings::default());
    lab.run("kubectl create sa theirs");
    let file = serviceaccount_lab::lab::link::SessionFile::of(&lab, None, &std::collections::BTreeMap::new());
    press_on(&page, "Share");
    page.region("Share").find("textbox", "Link").type_text(&file.fragment());
    page.press("Enter");
    page.wait_for_text("Your own session is set aside: History brings it back.");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/theirs created");
    assert!(!shown(&page).contains("mine"));
    press_on(&page, "History");
    press_on(&page, "Back to it");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/mine created");
    page.assert_clean();
}

#[test]
fn what_is_too_long_for_a_link_is_a_file() {
    let page = open("#free-play");
    page.button("Pause").click();
    // Text that does not pack well.
    let noise: Vec<String> =
        (0u64..1000).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n.pow(5))).collect();
    page.script(
        "const area = document.getElementById('terminal-command'); area.value = arguments[0]; \
         area.dispatchEvent(new InputEvent('input', {bubbles: true}))",
        &[json!(format!("echo {} | wc -c", noise.join("")))],
    );
    page.textbox("Terminal command").type_text("\n");
    page.find("log", "Terminal output").wait_for_text("wc -c");
    press_on(&page, "Share");
    let share = page.region("Share");
    share.wait_for_text("so hand on the file instead");
    assert!(share.all("textbox").iter().all(|field| field.name() != "Link to this session"));
    press_on(&page, "Download session");
    share.wait_for_text("File handed to the browser.");
    page.assert_clean();
}

#[test]
fn the_panels_fit_a_phone() {
    let page = Page::open(&View::new(360, 740).dark().at("#free-play"));
    page.run("kubectl create sa data-sa", "created");
    for panel in ["History", "Share"] {
        page.button(panel).focus();
        page.press("Enter");
        page.region(panel).wait_for_text("Close");
        assert_eq!(page.overflow_px(), 0, "{panel}");
    }
    page.assert_clean();
}
