//! Every word of the address, every call and every event of docs/embedding.md that tests/embed.rs does not already meet.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use xtask::serve::Server;

const FRAME: &str = "document.getElementById('lab').shadowRoot.querySelector('iframe')";

fn open(name: &str, body: &str) -> (Server, Page) {
    let server = Site::new(name).page(body).serve();
    let page = Page::open_site(&server, &View::new(1100, 800));
    (server, page)
}

#[track_caller]
fn wait_ready(page: &Page) {
    let script = "return document.getElementById('lab')?.classList.contains('is-ready') ?? false";
    page.wait("the lab", || page.script(script, &[]) == json!(true));
}

/// What the element's Lab answers to an expression.
#[track_caller]
fn call(page: &Page, expression: &str) -> Value {
    page.script(&format!("return document.getElementById('lab').ready.then((lab) => {expression})"), &[])
}

#[track_caller]
fn printed(page: &Page, command: &str) -> String {
    call(page, &format!("lab.run({})", json!(command)))["stdout"].as_str().unwrap_or_default().to_owned()
}

/// Each pane alone, by its word in a frame's address.
#[test]
fn each_pane_can_be_had_alone() {
    let (server, page) = open("panes", "");
    let tabs = ["Steps", "Objects", "Files", "Token", "Access", "Relations", "Requests"];
    let shown = |page: &Page| -> Vec<String> { page.all("tab").iter().map(|tab| tab.name()).collect() };
    let visit = |view: &str| {
        page.visit(&format!("{}/lab/embed.html?lesson=automount-off&view={view}", server.url()));
        page.wait(view, || page.script("return document.documentElement.dataset.lab", &[]) == json!("ready"));
        page.wait("the panes", || {
            page.script("return document.querySelectorAll('#lab section').length", &[]) != json!(0)
        });
    };
    let has = |page: &Page, role: &str, name: &str| page.maybe(role, name).is_some();
    for tab in tabs {
        visit(&tab.to_lowercase());
        page.wait(&format!("{tab} alone"), || shown(&page) == [tab]);
        assert!(
            !has(&page, "region", "Lesson") && !has(&page, "region", "Terminal") && !has(&page, "region", "Time"),
            "{tab}"
        );
    }
    visit("xray");
    assert_eq!(shown(&page), tabs);
    for (word, region) in [("lesson", "Lesson"), ("terminal", "Terminal"), ("time", "Time")] {
        visit(word);
        for other in ["Lesson", "Terminal", "Time"] {
            assert_eq!(has(&page, "region", other), other == region, "{other} in view={word}");
        }
        assert!(shown(&page).is_empty(), "{word}");
    }
    page.assert_clean();
}

/// A phone, or a column of text: the window scrolls, and the terminal is no longer than its frame, however long the lesson is.
#[test]
fn in_a_narrow_frame_a_long_lesson_makes_nothing_else_long() {
    let (server, page) = open("narrow", "");
    for (width, height) in [(390, 800), (640, 500), (740, 500)] {
        page.set_view(&View::new(width, height));
        page.visit(&format!("{}/lab/embed.html?lesson=automount-off&view=full", server.url()));
        let height_of = |pane: &str| {
            page.script(&format!("return document.querySelector('{pane}')?.getBoundingClientRect().height"), &[])
                .as_f64()
        };
        page.wait("a long lesson", || height_of(".lesson").is_some_and(|lesson| lesson > 2.0 * f64::from(height)));
        for pane in [".terminal-pane", ".xray"] {
            let high = height_of(pane);
            assert!(high.is_some_and(|high| high < f64::from(height)), "{pane} is {high:?} high at {width}x{height}");
        }
    }
    // And a step that the lesson begins at is in sight.
    page.set_view(&View::new(390, 800));
    page.visit(&format!("{}/lab/embed.html?lesson=automount-off&view=full&step=2", server.url()));
    let top = "return document.querySelector('.lesson .step:nth-child(3)')?.getBoundingClientRect().top";
    page.wait("the step", || page.script(top, &[]).as_f64().is_some_and(|top| (-1.0..400.0).contains(&top)));

    // Where two are beside each other, the third has the second row, and no place is left empty.
    page.set_view(&View::new(900, 600));
    let wide = "const box = document.querySelector('.xray').getBoundingClientRect(); return Math.round(box.width)";
    page.wait("the whole row", || page.script(wide, &[]) == json!(900));
    page.assert_clean();
}

#[test]
fn a_lesson_of_ones_own_by_its_address() {
    let lesson = "---\ntitle: Our own\ngoal: Make an account.\nminutes: 1\npath: [beginner]\nconfronts: [M1]\n---\n# Our own\n\nText of ours.\n\n\
                  ## Look\n\n```console\n$ kubectl create sa ours\n```\n\n```yaml goals\n- goal: The account is there\n  field: {of: serviceaccount/ours, path: metadata.name, equals: ours}\n```\n\n## Solution\n\n```console\n$ kubectl create sa ours\n```\n";
    let server = Site::new("own-lesson")
        .page("<serviceaccount-lab id=\"lab\" lesson=\"course/ours.md\" load=\"now\" autorun>text</serviceaccount-lab>")
        .file("course/ours.md", lesson)
        .serve();
    let page = Page::open_site(&server, &View::new(1100, 800));
    page.script(
        "window.heard = []; document.addEventListener('lab-progress', ({ detail }) => heard.push(detail))",
        &[],
    );
    wait_ready(&page);
    page.in_frame(FRAME, |lab| {
        lab.css(".lesson").wait_for_text("Text of ours.");
        // `autorun` without a value: the commands of the step.
        lab.find("log", "Terminal output").wait_for_text("serviceaccount/ours created");
    });
    page.visit(&format!("{}/lab/embed.html?lesson={}/course/ours.md&view=lesson", server.url(), server.url()));
    page.css(".lesson").wait_for_text("Text of ours.");
    page.assert_clean();
}

#[test]
fn the_buttons_are_as_many_as_are_wanted() {
    let (server, page) = open("controls", "");
    for (controls, undo, whole) in [("full", true, true), ("min", true, false), ("none", false, false)] {
        page.visit(&format!("{}/lab/embed.html?view=terminal&controls={controls}", server.url()));
        let _ = page.textbox("Terminal command");
        assert_eq!(page.maybe("button", "Undo").is_some(), undo, "{controls}");
        assert_eq!(page.maybe("button", "Course map").is_some(), whole, "{controls}");
    }
    page.assert_clean();
}

#[test]
fn an_element_keeps_its_session_over_a_reload_and_a_frame_under_a_name() {
    let (server, page) =
        open("kept", "<serviceaccount-lab id=\"lab\" view=\"terminal\" load=\"now\">text</serviceaccount-lab>");
    wait_ready(&page);
    call(&page, "lab.run('kubectl create sa mine')");
    page.script("document.getElementById('lab').classList.remove('is-ready'); location.reload()", &[]);
    wait_ready(&page);
    assert!(printed(&page, "kubectl get sa -o name").contains("serviceaccount/mine"));
    for (name, is_kept) in [("", false), ("&name=here", true)] {
        let address = format!("{}/lab/embed.html?view=terminal{name}", server.url());
        page.visit(&address);
        page.run("kubectl create sa framed", "serviceaccount/framed created");
        page.visit("about:blank");
        page.visit(&address);
        page.run("kubectl get sa -o name", "serviceaccount/default");
        let text = page.find("log", "Terminal output").text();
        assert_eq!(text.contains("serviceaccount/framed created"), is_kept, "{address}: {text}");
    }
    page.assert_clean();
}

/// A session by attribute, by parameter and behind `#`.
#[test]
fn a_session_comes_by_its_address() {
    let mut native = serviceaccount_lab::lab::Lab::new(serviceaccount_lab::lab::Settings::default());
    native.run("kubectl create sa theirs");
    let file = serviceaccount_lab::lab::link::SessionFile::of(&native, None, &std::collections::BTreeMap::new());
    let fragment = file.fragment();
    let state = fragment.split_once("session=").map_or(fragment.as_str(), |(_, state)| state);
    let (server, page) = open(
        "state",
        &format!(
            "<serviceaccount-lab id=\"lab\" state=\"{state}\" view=\"terminal\" load=\"now\">text</serviceaccount-lab>"
        ),
    );
    wait_ready(&page);
    assert!(printed(&page, "kubectl get sa -o name").contains("serviceaccount/theirs"));
    for address in
        [format!("embed.html?view=terminal&state={state}"), format!("embed.html?view=terminal#session={state}")]
    {
        page.visit("about:blank");
        page.visit(&format!("{}/lab/{address}", server.url()));
        page.run("kubectl get sa -o name", "serviceaccount/theirs");
        assert!(!page.find("log", "Terminal output").text().contains("mine"));
    }
}

/// The calls and events that the other scenarios do not look at closely.
#[test]
fn ready_seek_step_themes_and_closing() {
    let (_server, page) =
        open("calls", "<serviceaccount-lab id=\"lab\" view=\"lesson terminal\">text</serviceaccount-lab>");
    page.script("window.heard = {}; for (const type of ['ready', 'state', 'check']) document.addEventListener(`lab-${type}`, ({ detail }) => (heard[type] = detail))", &[]);
    page.script("document.getElementById('lab').load()", &[]);
    wait_ready(&page);
    assert_eq!(call(&page, "lab === (window.heard.ready?.lab ?? lab)"), json!(true));
    // What a frame says of itself when it is connected to.
    let ready = page.script(
        "return import('./lab/serviceaccount-lab.js').then(({ connect }) => new Promise((done) => {
           const frame = document.createElement('iframe');
           frame.title = 'Another'; frame.src = 'lab/embed.html?view=terminal';
           document.body.append(frame);
           connect(frame).then((lab) => { window.another = lab; lab.addEventListener('resize', () => {}); done(Object.keys(lab).length); }, (error) => done(error.message));
         }))",
        &[],
    );
    assert!(ready.is_number(), "{ready}");
    // A lesson's step: the commands before it have been played.
    assert_eq!(call(&page, "lab.goto('automount-off', 2)"), Value::Null);
    assert!(call(&page, "lab.getTranscript()").as_str().is_some_and(|text| text.contains("$ kubectl")));
    assert_eq!(call(&page, "lab.goto(null)"), Value::Null);
    // An instant that has been is looked at; one that has not come is not.
    call(&page, "lab.run('kubectl create sa early')");
    call(&page, "lab.seek('+1m')");
    let instant = printed(&page, "date -u +%Y-%m-%dT%H:%M:%SZ");
    call(&page, "lab.seek('+10m')");
    call(&page, "lab.run('kubectl create sa late')");
    assert_eq!(call(&page, &format!("lab.seek({})", json!(instant.trim()))), Value::Null);
    page.in_frame(FRAME, |lab| {
        lab.wait("an earlier moment", || !lab.find("log", "Terminal output").text().contains("late"));
        assert!(lab.find("log", "Terminal output").text().contains("early"));
    });
    page.wait("the state is told", || {
        page.script("return heard.state?.state ?? ''", &[]).as_str().is_some_and(|state| state.starts_with("1."))
    });
    let background = |page: &Page| {
        page.in_frame(FRAME, |lab| lab.script("return getComputedStyle(document.body).backgroundColor", &[]))
    };
    assert_eq!(call(&page, "lab.setTheme('dark', { paper: 'rgb(1, 2, 3)' })"), Value::Null);
    assert_eq!(background(&page), json!("rgb(1, 2, 3)"));
    assert_eq!(call(&page, "lab.setTheme('light')"), Value::Null);
    // After it has let go, it answers nothing.
    let after =
        page.script("window.another.close(); return window.another.run('ls').catch((error) => error.message)", &[]);
    assert_eq!(after, json!("The lab is closed."));
    page.assert_clean();
}
