//! The harness sees what it is there to see.

use browser_tests::{Page, View};

/// One page's life for all of it: a browser costs a second.
#[test]
fn notices_what_a_page_does_wrong() {
    let page = Page::open(&View::new(800, 600));
    page.assert_clean();
    page.script("console.error('a complaint')", &[]);
    page.script("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')", &[]);
    page.script("new Image().src = 'http://127.0.0.1:9/elsewhere.png'", &[]);
    page.script("setTimeout(() => { throw new Error('uncaught') })", &[]);
    page.script("fetch('nothing-here.json')", &[]);
    for sign in ["a complaint", "inline style", "elsewhere.png", "uncaught", "404"] {
        page.wait(sign, || page.problems().iter().any(|problem| problem.contains(sign)));
    }
}

#[test]
fn finds_by_role_and_name_and_uses_the_keyboard() {
    let page = Page::open(&View::new(800, 600).dark().still());
    let media =
        "return matchMedia('(prefers-color-scheme: dark)').matches && matchMedia('(prefers-reduced-motion)').matches";
    assert_eq!(page.script(media, &[]), true);
    assert_eq!(page.script("return [innerWidth, innerHeight]", &[]), serde_json::json!([800, 600]));
    let body = "<section aria-label='Desk'><button>Ring</button><label>Note <textarea></textarea></label>\
                <div role='tab' tabindex='0' aria-selected='true'>First</div><output>silent</output></section>";
    page.script("document.body.innerHTML = arguments[0]", &[body.into()]);
    page.script(
        "const [button, output] = ['button', 'output'].map((name) => document.querySelector(name));
         button.onclick = () => setTimeout(() => { output.textContent = 'rang'; }, 100);",
        &[],
    );
    let desk = page.region("Desk");
    desk.find("button", "Ring").click();
    desk.wait_for_text("rang");
    page.textbox("Note").type_text("ab\ncd");
    page.press("Control+a").press("Backspace").type_text("é!\n");
    assert_eq!(page.textbox("Note").value(), "é!\n");
    assert!(page.tab("First").is_on());
    assert!(page.maybe("button", "Rin").is_none());
    let stops = [("button", "Ring"), ("textbox", "Note"), ("tab", "First")];
    assert_eq!(page.tab_order(9), stops.map(|(role, name)| (role.to_string(), name.to_string())));
    page.tab("First").focus();
    page.press("Shift+Tab");
    assert_eq!(page.focused().name(), "Note");
}
