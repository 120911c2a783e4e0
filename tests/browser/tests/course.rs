//! The course in the page: every lesson done by keyboard, a solution watched, progress taken along, lessons from elsewhere.

use browser_tests::{Page, View};
use serviceaccount_lab::lesson::{COURSE, Lesson, parse};

fn open(path: &str) -> Page {
    Page::open(&View::new(1440, 900).at(path))
}

fn lessons() -> Vec<Lesson> {
    let read = |entry: &serviceaccount_lab::lesson::Entry| parse(entry.file, entry.text.unwrap_or_default());
    COURSE.iter().map(|entry| read(entry).unwrap_or_else(|error| panic!("{}: {error}", entry.file))).collect()
}

/// Types an entry and waits until the prompt is back.
fn run(page: &Page, entry: &str) {
    let input = page.textbox("Terminal command");
    input.type_text(entry);
    input.type_text("\n");
    page.wait("it has run", || page.textbox("Terminal command").value().is_empty());
}

/// Chooses the right answers with the keyboard: to the radio button, then Space.
fn answer(page: &Page, lesson: &Lesson) {
    for prediction in lesson.predictions() {
        let right = prediction.options.iter().find(|option| option.right).expect("one is right");
        // The lesson may have been drawn a moment ago only, and two questions may have an answer of the same words.
        let open = || {
            let radios = page.region("Lesson").all("radio");
            radios.into_iter().find(|radio| radio.name() == right.text && !radio.is_on())
        };
        page.wait(&format!("{}: the answer {:?}", lesson.id, right.text), || open().is_some());
        open().expect("it was there").focus();
        page.press("Space");
    }
}

/// Chooses an answer with the keyboard. (A click of the driver does not scroll away what the goal covers.)
fn choose(page: &Page, text: &str) {
    page.region("Lesson").find("radio", text).focus();
    page.press("Space");
}

/// The page may be drawn between a change of its address and the event that tells of it.
#[test]
fn an_address_is_followed_whatever_else_goes_on() {
    let page = open("#free-play");
    for lesson in lessons() {
        page.script(
            "const time = [...document.querySelectorAll('button')].find((it) => /^(Pause|Resume)$/.test(it.textContent));
             location.hash = arguments[0]; time.click();",
            &[format!("#lesson={}", lesson.id).into()],
        );
        let _ = page.region("Lesson").find("heading", &lesson.title);
    }
}

/// One page for all of them: from one lesson to the next by its address.
#[test]
fn every_lesson_is_done_by_keyboard() {
    let page = open("#free-play");
    for lesson in lessons() {
        page.script("location.hash = arguments[0]", &[format!("#lesson={}", lesson.id).into()]);
        page.region("Lesson").wait_for_text(&lesson.title);
        page.region("Lesson").wait_for_text("Watch the solution");
        answer(&page, &lesson);
        for command in &lesson.solution {
            run(&page, command);
        }
        page.region("Lesson").wait_for_text("Lesson done.");
    }
    page.button("Course map").click();
    page.wait_for_text(&format!("{} of {} lessons done", COURSE.len(), COURSE.len()));
    page.button("Certificate").click();
    page.wait_for_text("Proof");
    page.textbox("Name to print").type_text("Ada");
    page.wait_for_text(&format!("has solved {} of {} lessons", COURSE.len(), COURSE.len()));
    // What the certificate carries proves every lesson, natively.
    let proof = page.script("return document.querySelector('.proof').textContent", &[]);
    let course =
        serviceaccount_lab::lesson::course::Course::read(proof.as_str().unwrap_or_default()).expect("it reads");
    for lesson in lessons() {
        assert!(course.done[&lesson.id].is_proof_of(&lesson), "the proof of {} does not solve it", lesson.id);
    }
    page.assert_clean();
}

/// Watching is not doing.
#[test]
fn a_watched_solution_does_not_count() {
    let page = open("#lesson=automount-off");
    let lesson = page.region("Lesson");
    lesson.wait_for_text("Turning automount off");
    page.script("document.querySelector('details.solution').open = true", &[]);
    let count = lessons().into_iter().find(|lesson| lesson.id == "automount-off").map_or(0, |it| it.solution.len());
    for step in 1..=count {
        lesson.find("button", &format!("Run step {step} of {count}")).click();
    }
    lesson.wait_for_text("That was all of it.");
    for right in ["nothing, not even the folder", "yes, the pod wins"] {
        choose(&page, right);
    }
    lesson.wait_for_text("It does not count as solved");
    page.reload();
    page.region("Lesson").wait_for_text("It does not count as solved");
    page.button("Course map").click();
    page.wait_for_text(&format!("0 of {} lessons done", COURSE.len()));
    page.assert_clean();
}

/// A wrong answer comes again in the review; progress goes out and comes in as a file.
#[test]
fn progress_is_taken_along() {
    let page = open("#lesson=mounted-files");
    choose(&page, "one file, the token");
    page.region("Lesson").wait_for_text("A token alone would not do.");
    // The day after.
    let kept = "serviceaccount-lab/progress";
    let due = "const kept = JSON.parse(localStorage[arguments[0]]); kept.again['mounted-files/0'].due = 1; \
               localStorage[arguments[0]] = JSON.stringify(kept); return kept";
    let before = page.script(due, &[kept.into()]);
    assert_eq!(before["again"]["mounted-files/0"]["right"], 0);
    page.reload();
    page.button("Course map").click();
    page.wait_for_text("1 question that you answered wrongly");
    page.button("Open the review").click();
    page.region("Lesson").wait_for_text("Once more");
    page.wait("the address is the review's", || page.script("return location.hash", &[]) == "#lesson=review");
    choose(&page, "token, ca.crt and namespace");
    page.wait("the pause is longer", || {
        let right =
            page.script("return JSON.parse(localStorage[arguments[0]]).again['mounted-files/0'].right", &[kept.into()]);
        right == 1
    });
    // Dropped onto the page: progress, a lesson, and what is neither.
    drop_file(
        &page,
        "progress.json",
        r#"{"version":1,"done":{"default-account":{"day":"2026-11-23","hints":0,"proof":{"salab":1,"lines":[{"log":[]}]}}}}"#,
    );
    page.wait_for_text("Progress taken over: 1 of");
    drop_file(&page, "progress.json", r#"{"version":1,"done":[]}"#);
    page.wait_for_text("Nothing was taken over");
    drop_file(&page, "broken.md", "# no front matter");
    page.wait_for_text("is no lesson that can be read");
    drop_file(&page, "mine.md", include_str!("../../../salab/src/template.md"));
    page.region("Lesson").wait_for_text("A lesson from elsewhere");
    run(&page, "kubectl create serviceaccount data-sa");
    choose(&page, "nothing else");
    page.region("Lesson").wait_for_text("Lesson done.");
    page.reload();
    page.region("Lesson").wait_for_text("A lesson from elsewhere");
    page.assert_clean();
}

fn drop_file(page: &Page, name: &str, text: &str) {
    let script = "const data = new DataTransfer(); data.items.add(new File([arguments[1]], arguments[0])); \
                  document.querySelector('.lab').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}))";
    page.script(script, &[name.into(), text.into()]);
}

/// A lesson by its address: beside the page it opens, and what cannot be had is told.
#[test]
fn a_lesson_is_opened_by_its_address() {
    let page = open("?lesson=lessons/06-read-a-token.md");
    page.region("Lesson").wait_for_text("Read a token");
    page.region("Lesson").wait_for_text("A lesson from elsewhere");
    page.assert_clean();
    let page = open("?lesson=tokens-of-tomorrow.md");
    page.wait_for_text("the server answers 404");
    let page = open("?lesson=https://example.com/mine.md");
    page.wait_for_text("this page may only read from its own");
}

#[test]
fn narrow_and_dark_it_fits() {
    let page = Page::open(&View::new(360, 740).dark().at("#lesson=stolen-token"));
    page.region("Lesson").wait_for_text("The stolen token");
    assert_eq!(page.overflow_px(), 0);
    page.button("Course map").click();
    page.wait_for_text("Your progress");
    assert_eq!(page.overflow_px(), 0);
    page.button("Certificate").click();
    page.wait_for_text("Proof");
    assert_eq!(page.overflow_px(), 0);
    page.assert_clean();
}
