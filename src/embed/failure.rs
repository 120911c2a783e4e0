//! If the program itself fails, the learner is told in plain words and can go on from the command before.

use crate::words::tr;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Shows what happened, above everything. Called from the panic hook: the program does nothing after it, so the
/// button is served by static/boot.js.
pub fn show(detail: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(body) = document.body() else { return };
    // What still ticks fails again each time; it is said once.
    if document.query_selector(".failure").ok().flatten().is_some() {
        return;
    }
    let element = |tag: &str, text: &str| {
        document.create_element(tag).ok().inspect(|element| element.set_text_content(Some(text)))
    };
    let Some(alert) = element("div", "") else { return };
    let _ = alert.set_attribute("role", "alertdialog");
    let _ = alert.set_attribute("aria-label", tr("The lab has failed"));
    alert.set_class_name("failure");
    let texts = [
        ("h2", tr("The lab has failed")),
        (
            "p",
            tr(
                "That is a mistake in the lab, not yours. Nothing is lost: the session can be restored up to the command before.",
            ),
        ),
    ];
    for (tag, text) in texts {
        let _ = element(tag, text).map(|child| alert.append_child(&child));
    }
    let button = element("button", tr("Restore the session"));
    if let Some(button) = &button {
        let _ = button.set_attribute("data-lab-restore", "");
        button.set_class_name("primary");
        let _ = alert.append_child(button);
    }
    let _ = element("pre", detail).map(|child| alert.append_child(&child));
    let _ = body.append_child(&alert);
    let _ = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).map(|button| button.focus());
}

/// Fails in two ways, for tests/browser/tests/trouble.rs: with words, and without as when the stack is used up.
#[cfg(feature = "breakable")]
#[allow(clippy::panic, reason = "that is what it is for")]
pub fn break_if_told(entry: &str) {
    match entry {
        "salab-panic" => panic!("told to fail"),
        "salab-abort" => std::process::abort(),
        _ => {}
    }
}
