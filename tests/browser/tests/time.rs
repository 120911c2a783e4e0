//! Time and faults in the page, by keyboard: the playhead, the way back, a date to type, an app that reads its token once.

use browser_tests::{Page, View};

fn open() -> Page {
    let page = Page::open(&View::new(1440, 900).at("#free-play"));
    page.button("Pause").focus();
    page.press("Enter");
    page
}

/// What the clock shows, in seconds of the day.
fn clock(page: &Page) -> i64 {
    let text = page.css(".clock-time").text();
    let time: String = text.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
    time.split(':').filter_map(|part| part.parse::<i64>().ok()).fold(0, |sum, part| sum * 60 + part)
}

/// Presses a button by keyboard.
fn press(page: &Page, name: &str) {
    page.button(name).focus();
    page.press("Enter");
}

#[test]
fn the_playhead_moves_by_keyboard_and_looking_back_loses_nothing() {
    let page = open();
    page.run("kubectl create sa early", "serviceaccount/early created");
    let began = clock(&page);
    page.find("slider", "Playhead").focus();
    page.press("ArrowRight").press("ArrowRight").press("PageUp");
    page.wait("an hour and two minutes on", || clock(&page) == began + 3720);
    let spoken = page.find("slider", "Playhead").attribute("aria-valuetext").unwrap_or_default();
    assert!(spoken.contains("62 min since the beginning"), "{spoken}");
    page.run("kubectl create sa late", "serviceaccount/late created");
    let latest = clock(&page);

    // Back: the later account is not there yet, and the page says that what is ahead is kept.
    page.find("slider", "Playhead").focus();
    page.press("PageDown");
    page.wait_for_text("what is ahead is kept");
    page.wait("an hour back", || clock(&page) == latest - 3600);
    assert!(!page.find("log", "Terminal output").text().contains("late created"));
    page.press("Home");
    page.wait_for_text("5 steps ahead");
    page.press("End");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/late created");
    assert_eq!(clock(&page), latest);

    // Going on from the past keeps what was done later.
    page.find("slider", "Playhead").focus();
    page.press("PageDown");
    page.wait_for_text("what is ahead is kept");
    page.run("kubectl create sa other", "serviceaccount/other created");
    page.run("kubectl get sa -o name", "serviceaccount/other");
    assert!(!page.find("log", "Terminal output").text().contains("serviceaccount/late"));
    press(&page, "History");
    page.region("History").find("button", "Go over to Original").focus();
    page.press("Enter");
    page.find("log", "Terminal output").wait_for_text("serviceaccount/late created");
    page.assert_clean();
}

#[test]
fn a_date_is_typed_and_a_wrong_one_is_kept_and_explained() {
    let page = open();
    press(&page, "Go to…");
    let field = page.textbox("Date and time");
    assert!(field.value().starts_with("2026-11-23 09:0"), "{}", field.value());
    field.focus();
    page.press("Control+a");
    page.type_text("next tuesday").press("Enter");
    page.find("alert", "").wait_for_text("“next tuesday” is not a time that can be read");
    assert_eq!(page.textbox("Date and time").value(), "next tuesday");
    page.textbox("Date and time").focus();
    page.press("Control+a");
    page.type_text("2026-12-24 18:30").press("Enter");
    page.region("Time").wait_for_text("18:30:00");
    page.region("Time").wait_for_text("2026-12-24");
    page.textbox("Date and time").focus();
    page.press("Control+a");
    page.type_text("-1d").press("Enter");
    page.region("Time").wait_for_text("2026-12-23");
    page.wait_for_text("what is ahead is kept");
    page.assert_clean();
}

#[test]
fn an_app_that_reads_its_token_once_meets_401() {
    let page = open();
    press(&page, "Faults…");
    page.find("checkbox", "Extension off").focus();
    page.press("Space");
    press(&page, "Write apps.yaml");
    page.textbox("Terminal command").focus();
    page.press("Enter");
    page.find("log", "Terminal output").wait_for_text("pod/reads-again created");
    press(&page, "+10 min");
    page.find("table", "Tokens in use").wait_for_text("default/reads-once");
    press(&page, "Next expiry");
    press(&page, "+10 min");
    page.textbox("Terminal command").focus();
    page.run("kubectl logs reads-once --tail=1; echo once", "401\nonce");
    page.run("kubectl logs reads-again --tail=1; echo again", "200\nagain");
    press(&page, "Faults…");
    page.css(".tl-words summary").focus();
    page.press("Enter");
    page.find("table", "Tokens").wait_for_text("reads-again token");
    assert!(page.region("Time").text().contains("401: service account token has expired"));

    // A stolen token shows by where it comes from.
    page.run(
        "STOLEN=$(kubectl exec reads-again -- cat /var/run/secrets/kubernetes.io/serviceaccount/token); echo got",
        "got",
    );
    page.run(
        "curl -sk $APISERVER/api -o /dev/null -w '%{http_code} stolen' -H \"Authorization: Bearer $STOLEN\"",
        "200 stolen",
    );
    press(&page, "Faults…");
    page.find("table", "Tokens in use").wait_for_text("203.0.113.7, curl ! not its pod");

    // A cap shortens, and warns.
    page.find("combobox", "Longest lifetime").focus();
    page.press("ArrowDown");
    page.run(
        "kubectl create token reader --duration=100h",
        "requested expiration of 360000 seconds shortened to 86400 seconds",
    );
    page.assert_clean();
}

#[test]
fn time_has_room_on_a_phone() {
    let page = Page::open(&View::new(360, 740).dark().at("#free-play"));
    page.run("kubectl run box --image=ubuntu", "pod/box created");
    press(&page, "+10 min");
    press(&page, "Faults…");
    page.region("Faults").wait_for_text("A stolen token, used from outside");
    assert_eq!(page.overflow_px(), 0);
    page.assert_clean();
}

#[test]
fn a_year_with_a_hundred_pods_is_felt_as_instant() {
    let page = open();
    page.run("kubectl create deployment web --image=nginx --replicas=100", "deployment.apps/web created");
    page.run("kubectl rollout status deployment/web", "successfully rolled out");
    let took = page.script(
        "const button = [...document.querySelectorAll('button')].find(b => b.textContent === 'Go to…'); button.click();
         return new Promise(done => requestAnimationFrame(() => {
           const input = document.querySelector('#goto');
           Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, '+365d');
           input.dispatchEvent(new InputEvent('input', {bubbles: true}));
           requestAnimationFrame(() => requestAnimationFrame(() => {
             const start = performance.now();
             input.form.requestSubmit();
             requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
           }));
         }));",
        &[],
    );
    println!("a year with a hundred pods: {took} ms");
    page.region("Time").wait_for_text("2027-11-23");
    page.assert_clean();
}
