//! The lab in other people's pages: one tag or one frame, several times, quiet, themed, and gone without a trace.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use xtask::serve::{POLICY, Server};

/// The frame inside the element with that id.
fn frame_of(id: &str) -> String {
    format!("document.getElementById('{id}').shadowRoot.querySelector('iframe')")
}

/// Waits until the element's lab is there.
#[track_caller]
fn wait_ready(page: &Page, id: &str) {
    page.wait(&format!("the lab of {id}"), || {
        page.script("return document.getElementById(arguments[0])?.classList.contains('is-ready')", &[id.into()])
            == json!(true)
    });
}

/// Calls the Lab of an element: `lab` is in scope; gives what the expression resolves to, or `{"refused": …}`.
#[track_caller]
fn call(page: &Page, id: &str, expression: &str) -> Value {
    let script = format!(
        "return document.getElementById('{id}').ready.then((lab) => {expression}).catch((error) => ({{ refused: error.message }}))"
    );
    page.script(&script, &[])
}

fn open(name: &str, body: &str) -> (Server, Page) {
    let server = Site::new(name).page(body).serve();
    let page = Page::open_site(&server, &View::new(1100, 800));
    (server, page)
}

#[test]
fn two_labs_on_a_page_are_quiet_and_apart() {
    let (_server, page) = open(
        "two",
        "<p>Before</p><input id=\"own\"><serviceaccount-lab id=\"one\" view=\"terminal files\">The first one's text</serviceaccount-lab>
         <div class=\"gap\"></div><serviceaccount-lab id=\"two\" lesson=\"automount\" view=\"lesson terminal\">The second one's text</serviceaccount-lab>",
    );
    page.script("document.getElementById('own').focus()", &[]);
    let entries = page.script("return history.length", &[]);
    wait_ready(&page, "one");
    // The second is far below: its text is there, and no frame.
    page.wait_for_text("The second one's text");
    assert_eq!(page.script(&format!("return {}", frame_of("two")), &[]), Value::Null);
    assert_eq!(page.script("return document.activeElement.id", &[]), json!("own"));
    assert_eq!(page.script("return document.getElementById('one').textContent", &[]), json!("The first one's text"));
    assert_eq!(
        page.script(
            "return getComputedStyle(document.getElementById('one').shadowRoot.querySelector('slot')).display",
            &[]
        ),
        json!("none")
    );
    page.in_frame(&frame_of("one"), |lab| {
        lab.run("kubectl create sa robot", "serviceaccount/robot created");
        assert_eq!(lab.all("tab").iter().map(|tab| tab.name()).collect::<Vec<_>>(), ["Files"]);
        assert!(lab.maybe("region", "Lesson").is_none() && lab.maybe("region", "Time").is_none());
    });
    page.script("document.getElementById('two').scrollIntoView()", &[]);
    wait_ready(&page, "two");
    page.in_frame(&frame_of("two"), |lab| {
        lab.wait_for_text("Turning automount off");
        lab.run("kubectl get sa", "default");
        assert!(!lab.find("log", "Terminal output").text().contains("robot"));
        assert!(lab.maybe("region", "X-ray").is_none());
    });
    // Nothing has become an entry of the way back.
    assert_eq!(page.script("return history.length", &[]), entries);
    page.assert_clean();
}

#[test]
fn the_same_words_work_in_a_frame_and_unknown_ones_are_ignored() {
    let (_server, page) = open(
        "frame",
        "<iframe id=\"f\" title=\"Lab\" width=\"900\" height=\"600\" src=\"lab/embed.html?lesson=automount-off&amp;step=2&amp;view=lesson+terminal+steps&amp;controls=none&amp;theme=dark&amp;colour=pink\"></iframe>",
    );
    page.in_frame("document.getElementById('f')", |lab| {
        lab.region("Lesson").wait_for_text("Turning automount off");
        assert_eq!(lab.script("return getComputedStyle(document.body).backgroundColor", &[]), json!("rgb(15, 18, 24)"));
        assert!(lab.maybe("button", "Undo").is_none());
        assert_eq!(lab.script("return location.hash", &[]), json!(""));
        // The commands of the first step have been played.
        assert!(lab.script("return document.querySelectorAll('.typed').length", &[]).as_u64().unwrap_or(0) > 0);
        assert!(lab.script("return document.querySelector('.lesson').scrollTop", &[]).as_f64().unwrap_or(0.0) > 50.0);
        let below_top = "const step = document.querySelector('.lesson .step:nth-child(3)').getBoundingClientRect();
            const top = document.querySelector('.lesson-top')?.getBoundingClientRect().bottom ?? document.querySelector('.lesson').getBoundingClientRect().top;
            return Math.abs(step.top - top)";
        let distance = lab.script(below_top, &[]).as_f64();
        assert!(distance.is_some_and(|distance| distance < 40.0), "{distance:?}");
    });
    page.assert_clean();
}

#[test]
fn taken_out_and_put_back_it_goes_on() {
    let (_server, page) = open(
        "back",
        "<main><serviceaccount-lab id=\"lab\" view=\"terminal\" load=\"now\">text</serviceaccount-lab></main>",
    );
    wait_ready(&page, "lab");
    page.in_frame(&frame_of("lab"), |lab| lab.run("kubectl create sa robot", "serviceaccount/robot created"));
    for _ in 0..2 {
        page.script("const lab = document.getElementById('lab'); lab.remove(); window.kept = lab", &[]);
        assert_eq!(page.script("return document.querySelectorAll('iframe').length", &[]), json!(0));
        page.script("document.querySelector('main').append(window.kept)", &[]);
        wait_ready(&page, "lab");
        page.in_frame(&frame_of("lab"), |lab| {
            lab.wait_for_text("serviceaccount/robot created");
        });
    }
    // A site that changes its content without loading: the tag comes back as new text, and the script does not run again.
    for word in ["first", "second"] {
        page.script(&format!("document.querySelector('main').innerHTML = '<serviceaccount-lab id=\"{word}\" view=\"terminal\" autorun=\"echo {word}\">text</serviceaccount-lab>'"), &[]);
        wait_ready(&page, word);
        page.in_frame(&frame_of(word), |lab| lab.wait_for_text(word));
    }
    page.assert_clean();
}

#[test]
fn it_follows_the_light_the_dark_and_the_colours_of_the_page() {
    let (_server, page) =
        open("theme", "<serviceaccount-lab id=\"lab\" view=\"terminal steps\">text</serviceaccount-lab>");
    wait_ready(&page, "lab");
    let paper = "rgb(15, 18, 24)";
    let background = |page: &Page| {
        page.in_frame(&frame_of("lab"), |lab| lab.script("return getComputedStyle(document.body).backgroundColor", &[]))
    };
    assert_eq!(background(&page), json!("rgb(251, 250, 247)"));
    page.script("document.documentElement.dataset.theme = 'dark'; document.body.style.background = '#111'", &[]);
    page.wait("dark", || background(&page) == json!(paper));
    page.script("document.body.style.background = '#fff'; document.getElementById('lab').style.setProperty('--salab-accent', 'rgb(200, 0, 100)'); document.body.classList.add('x')", &[]);
    page.wait("light again", || background(&page) == json!("rgb(251, 250, 247)"));
    page.in_frame(&frame_of("lab"), |lab| {
        let accent = lab.script("return getComputedStyle(document.documentElement).getPropertyValue('--accent')", &[]);
        assert_eq!(accent, json!("rgb(200, 0, 100)"));
    });
    page.script("document.getElementById('lab').setAttribute('theme', 'dark')", &[]);
    page.wait("dark by attribute", || background(&page) == json!(paper));
    page.assert_clean();
}

#[test]
fn what_is_read_only_runs_by_itself_and_cannot_be_typed_into() {
    let (_server, page) = open(
        "readonly",
        "<serviceaccount-lab id=\"lab\" lesson=\"automount-off\" view=\"lesson terminal steps\" readonly autorun=\"kubectl create sa robot\nkubectl get sa\">text</serviceaccount-lab>",
    );
    wait_ready(&page, "lab");
    page.in_frame(&frame_of("lab"), |lab| {
        lab.find("log", "Terminal output").wait_for_text("serviceaccount/robot created");
        assert!(!lab.css("#terminal-command").is_visible());
        lab.css(".command").click();
        lab.button("Undo").click();
        lab.wait("undone", || !lab.find("log", "Terminal output").text().contains("kubectl get sa"));
        lab.button("Start over").click();
        lab.find("log", "Terminal output").wait_for_text("serviceaccount/robot created");
    });
    // The page's author may still run something.
    assert_eq!(call(&page, "lab", "lab.run('echo hi')")["stdout"], json!("hi\n"));
    page.assert_clean();
}

#[test]
fn the_frame_is_as_high_as_its_content() {
    let (_server, page) = open(
        "height",
        "<serviceaccount-lab id=\"lab\" view=\"terminal\">text</serviceaccount-lab><serviceaccount-lab id=\"set\" height=\"300\" view=\"terminal\">text</serviceaccount-lab>",
    );
    wait_ready(&page, "lab");
    wait_ready(&page, "set");
    let height = |id: &str| page.script(&format!("return {}.offsetHeight", frame_of(id)), &[]).as_u64().unwrap_or(0);
    let before = height("lab");
    assert!((150..600).contains(&before), "{before}");
    assert_eq!(height("set"), 300);
    page.in_frame(&frame_of("lab"), |lab| lab.run("seq 1 18", "18"));
    page.wait("it grows", || height("lab") > before);
    page.in_frame(&frame_of("lab"), |lab| lab.run("seq 1 400", "400"));
    page.wait("it stays within its bound", || height("lab") > 400);
    let grown = height("lab");
    page.in_frame(&frame_of("lab"), |lab| {
        assert_eq!(lab.script("return document.documentElement.scrollHeight <= innerHeight + 1", &[]), json!(true));
        lab.run("echo once more", "once more");
    });
    assert_eq!((height("lab"), grown < 700), (grown, true));
    page.assert_clean();
}

/// A busy page hears a frame's second call before its answer to the first has come: both are answered, and one port counts.
#[test]
fn a_frame_that_calls_twice_is_connected_once() {
    let (_server, page) = open("twice", "<serviceaccount-lab id=\"lab\" view=\"terminal\">text</serviceaccount-lab>");
    wait_ready(&page, "lab");
    page.script(
        &format!(
            "dispatchEvent(new MessageEvent('message', {{ data: {{ salab: 1, type: 'hello' }}, source: {}.contentWindow, origin: location.origin }}))",
            frame_of("lab")
        ),
        &[],
    );
    assert_eq!(call(&page, "lab", "lab.run('echo heard').then((done) => done.stdout)"), json!("heard\n"));
    page.assert_clean();
}

#[test]
fn twenty_labs_on_a_page_all_come() {
    let lab = "<serviceaccount-lab load=\"now\" view=\"terminal\" height=\"200\">text</serviceaccount-lab>";
    let (_server, page) = open("twenty", &lab.repeat(20));
    page.wait("all of them", || {
        page.script("return document.querySelectorAll('serviceaccount-lab.is-ready').length", &[]) == json!(20)
    });
    page.assert_clean();
}

#[test]
fn its_text_is_there_before_the_click_in_print_and_where_it_cannot_start() {
    let (_server, page) = open(
        "click",
        "<serviceaccount-lab id=\"lab\" load=\"click\"><p>kubectl get sa prints default</p></serviceaccount-lab>",
    );
    page.wait_for_text("kubectl get sa prints default");
    assert_eq!(page.script(&format!("return {}", frame_of("lab")), &[]), Value::Null);
    page.script("document.getElementById('lab').shadowRoot.querySelector('button').click()", &[]);
    wait_ready(&page, "lab");
    let shown = |page: &Page| {
        page.script(&format!("return [getComputedStyle(document.querySelector('#lab p')).display, document.querySelector('#lab p').getClientRects().length > 0, getComputedStyle({}).display]", frame_of("lab")), &[])
    };
    assert_eq!(shown(&page), json!(["block", false, "block"]));
    page.set_media("print");
    assert_eq!(shown(&page), json!(["block", true, "none"]));
    page.assert_clean();
}

#[test]
fn a_site_that_forbids_webassembly_or_frames_keeps_its_text_and_is_told() {
    let site = Site::new("forbidden").page("<serviceaccount-lab id=\"lab\"><p>The text</p></serviceaccount-lab>");
    for (policy, part) in [
        (
            format!("{}; frame-src 'self'", POLICY.replace(" 'wasm-unsafe-eval'", "")),
            "script-src needs 'wasm-unsafe-eval'",
        ),
        (POLICY.to_owned(), "frame-src http://127.0.0.1"),
    ] {
        let server = site.serve_under(&policy);
        let page = Page::open_site(&server, &View::new(1000, 700));
        page.wait(part, || {
            let note = page.script(
                "return document.getElementById('lab').shadowRoot.querySelector('[part=note]')?.textContent ?? ''",
                &[],
            );
            note.as_str().is_some_and(|note| note.contains(part))
        });
        assert!(page.css("#lab p").is_visible());
        assert_eq!(
            page.script("return document.getElementById('lab').ready.then(() => 'ready', () => 'refused')", &[]),
            json!("refused")
        );
    }
}

/// Every method, through the element and through a frame of one's own: the same answers.
#[test]
fn the_api_is_the_same_for_the_element_and_the_frame() {
    let site = Site::new("api")
        .page("<serviceaccount-lab id=\"lab\" view=\"full\">text</serviceaccount-lab><iframe id=\"frame\" title=\"Lab\" width=\"900\" height=\"500\" src=\"lab/embed.html?view=full\"></iframe><script type=\"module\" src=\"host.js\"></script>")
        .file("host.js", "import { connect } from './lab/serviceaccount-lab.js';\nconst frame = document.getElementById('frame');\nframe.ready = connect(frame);");
    let server = site.serve();
    let page = Page::open_site(&server, &View::new(1100, 800));
    wait_ready(&page, "lab");
    for id in ["lab", "frame"] {
        page.wait("connected", || {
            page.script(&format!("return !!document.getElementById('{id}').ready"), &[]) == json!(true)
        });
        page.script(&format!("return document.getElementById('{id}').ready.then((lab) => {{ window.heard = []; for (const type of ['progress', 'check', 'command', 'state']) lab.addEventListener(type, (event) => heard.push(event.detail)); return lab.want(['command', 'state']); }})"), &[]);
        assert_eq!(call(&page, id, "lab.goto('default-account')"), Value::Null);
        let printed = call(&page, id, "lab.run('kubectl create sa robot')");
        assert_eq!(printed, json!({ "stdout": "serviceaccount/robot created\n", "stderr": "", "exit": 0 }));
        assert_eq!(call(&page, id, "lab.run('kubectl get pod none')")["exit"], json!(1));
        assert_eq!(call(&page, id, "lab.undo()"), Value::Null);
        assert_eq!(call(&page, id, "lab.redo()"), Value::Null);
        assert_eq!(call(&page, id, "lab.seek('+10m')"), Value::Null);
        let transcript = call(&page, id, "lab.getTranscript()");
        let transcript = transcript.as_str().unwrap_or_default();
        assert!(
            transcript.contains("kubectl create sa robot\nserviceaccount/robot created\n")
                && transcript.contains("*clock moved on by 10m.*"),
            "{transcript}"
        );
        let state = call(&page, id, "lab.getState()");
        assert!(state.as_str().is_some_and(|state| state.starts_with("1.")), "{state}");
        assert_eq!(call(&page, id, "lab.reset()"), Value::Null);
        assert!(!call(&page, id, "lab.getTranscript()").to_string().contains("robot"));
        assert_eq!(call(&page, id, &format!("lab.setState({state})")), Value::Null);
        assert!(call(&page, id, "lab.getTranscript()").to_string().contains("robot"));
        let errors = [
            ("lab.goto('no-such-lesson')", "there is no lesson"),
            ("lab.setState('1.broken')", "damaged"),
            ("lab.seek('tomorrow')", "an instant"),
            ("lab.run(7)", "command: a text"),
            ("lab.setTheme('pink')", "auto, light or dark"),
        ];
        for (expression, part) in errors {
            let said = call(&page, id, expression);
            assert!(said["refused"].as_str().is_some_and(|words| words.contains(part)), "{expression}: {said}");
        }
        let heard = page.script("return heard", &[]);
        let types: Vec<&str> =
            heard.as_array().into_iter().flatten().filter_map(|event| event["type"].as_str()).collect();
        for wanted in ["progress", "command", "state"] {
            assert!(types.contains(&wanted), "{wanted}: {heard}");
        }
        assert!(
            heard.to_string().contains(r#"{"command":"kubectl create sa robot","exit":0,"type":"command"}"#),
            "{heard}"
        );
    }
    page.assert_clean();
}

/// A lesson that is solved is told goal by goal, and commands are not told to who does not ask.
#[test]
fn progress_is_told_and_commands_are_not() {
    let (_server, page) = open(
        "progress",
        "<serviceaccount-lab id=\"lab\" lesson=\"automount-off\" load=\"now\">text</serviceaccount-lab>",
    );
    page.script("window.heard = []; for (const type of ['progress', 'check', 'command']) document.addEventListener(`lab-${type}`, (event) => heard.push(event.detail))", &[]);
    wait_ready(&page, "lab");
    let lesson = serviceaccount_lab::lesson::find("automount-off").unwrap_or_else(|| panic!("no lesson"));
    for command in &lesson.solution {
        call(&page, "lab", &format!("lab.run({})", json!(command)));
    }
    let heard = page.script("return heard", &[]);
    let of = |kind: &str| {
        heard.as_array().into_iter().flatten().filter(|event| event["type"] == kind).cloned().collect::<Vec<_>>()
    };
    assert!(of("command").is_empty());
    let passed: Vec<Value> = of("check").into_iter().filter(|check| check["passed"] == true).collect();
    let last = of("progress").pop().unwrap_or_default();
    assert_eq!(passed.len() as u64, last["done"].as_u64().unwrap_or(0), "{heard}");
    assert!(passed.len() > 1, "{heard}");
}

/// Words that the rest of the page reads reach it through the element too.
#[test]
fn the_version_and_the_language_are_handed_on() {
    let (_server, page) = open(
        "handed-on",
        "<serviceaccount-lab id=\"lab\" version=\"1.23\" lang=\"de\" view=\"terminal\" load=\"now\">text</serviceaccount-lab>",
    );
    wait_ready(&page, "lab");
    let version = call(&page, "lab", "lab.run('kubectl version')");
    assert!(version["stdout"].as_str().is_some_and(|text| text.contains("v1.23")), "{version}");
    page.in_frame(&frame_of("lab"), |lab| {
        lab.css(".place").wait_for_text("Simuliertes Kubernetes");
    });
    page.assert_clean();
}

/// A sandboxed frame of the many files, from another origin: it has none itself, so their server has to let anybody read them.
#[test]
fn a_sandboxed_frame_works_with_one_header_and_says_which_without() {
    let headers = format!("Content-Security-Policy: {POLICY}\r\n");
    for (more, works) in [("Access-Control-Allow-Origin: *\r\n", true), ("", false)] {
        let lab = Server::start_with(&format!("{headers}{more}"), &xtask::paths::dist(), "127.0.0.1", 0)
            .unwrap_or_else(|failure| panic!("{failure}"));
        let elsewhere = lab.url().replace("127.0.0.1", "localhost");
        let body = format!(
            "<iframe id=\"f\" title=\"Lab\" width=\"900\" height=\"600\" sandbox=\"allow-scripts\" src=\"{elsewhere}/embed.html?lesson=automount-off&amp;view=lesson+terminal\"></iframe><script type=\"module\" src=\"host.js\"></script>"
        );
        let host = "import { connect } from './lab/serviceaccount-lab.js';\nconst frame = document.getElementById('f');\nwindow.answer = '';\nconnect(frame).then((lab) => lab.run('kubectl get sa -o name')).then(({ stdout }) => (window.answer = stdout), (error) => (window.answer = error.message));";
        let server = Site::new("sandboxed")
            .page(&body)
            .file("host.js", host)
            .serve_under(&format!("{POLICY}; frame-src {elsewhere}"));
        let page = Page::open_site(&server, &View::new(1000, 700));
        let part = if works { "serviceaccount/default" } else { "Access-Control-Allow-Origin: *" };
        page.wait(part, || page.script("return window.answer ?? ''", &[]).as_str().is_some_and(|it| it.contains(part)));
        page.in_frame("document.getElementById('f')", |lab| {
            assert_eq!(lab.script("return origin", &[]), json!("null"));
            if works {
                lab.css(".lesson").wait_for_text("Turning automount off");
                lab.css("#terminal-command").type_text("kubectl create sa robot");
                lab.css("button.run").click();
                lab.css(".log").wait_for_text("serviceaccount/robot created");
            } else {
                // What is wrong, and the text all the same.
                lab.css("[role=alert]").wait_for_text("Access-Control-Allow-Origin: *");
                lab.css(".before").wait_for_text("Turning automount off");
                assert!(lab.css(".before .instead").is_visible());
            }
        });
        if works {
            page.assert_clean();
        }
    }
}

/// The frame says what it is before there is a program: here that never comes.
#[test]
fn a_frame_has_text_before_the_program() {
    let site = Site::new("before");
    let lab = site.folder().join("lab");
    let read = |file: &std::path::Path| std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{error}"));
    // As it is served: without JavaScript, and to a crawler.
    let served = read(&lab.join("embed.html"));
    for part in ["<h1>ServiceAccount Lab</h1>", "A simulated Kubernetes cluster", ">Turning automount off</a>"] {
        assert!(served.contains(part), "{part}: {served}");
    }
    let (_, rest) = served.split_once("data-js=\"./").unwrap_or_default();
    let (program, _) = rest.split_once('"').unwrap_or_default();
    std::fs::write(lab.join(program), "await new Promise(() => {});").unwrap_or_else(|error| panic!("{error}"));
    let server = site.serve();
    let page = Page::open_site(&server, &View::new(360, 400).at("lab/embed.html?lesson=automount-off"));
    let text = |query: &str| {
        page.visit(&format!("{}/lab/embed.html?{query}", server.url()));
        page.script("return document.querySelector('.before').innerText", &[]).as_str().unwrap_or_default().to_owned()
    };
    let begins = |query: &str, text_begin: &str| page.wait(text_begin, || text(query).starts_with(text_begin));
    for shown in ["", "&view=lesson+terminal", "&view=files,full"] {
        begins(
            &format!("lesson=automount-off{shown}"),
            "Turning automount off\n\nRun a pod without credentials, and know which of two switches wins.\n\nMost programs never",
        );
    }
    // Where the lesson is not shown, its opening is not either; and it is listed in English only.
    begins(
        "lesson=automount-off&view=terminal",
        "Turning automount off\n\nRun a pod without credentials, and know which of two switches wins.\n\nA simulated",
    );
    begins("lesson=automount&lang=de", "Automount abschalten\n\nLass einen Pod ohne Zugangsdaten laufen");
    for nothing_of_ours in
        ["", "lesson=", "lesson=a", "lesson=https://elsewhere.example/a.md", "lesson=%3Cimg%20src=x%3E"]
    {
        begins(nothing_of_ours, "ServiceAccount Lab\n\nA simulated Kubernetes cluster with kubectl");
    }
    assert_eq!(page.script("return document.documentElement.dataset.lab", &[]), json!("loading"));
    assert!(!page.css(".before .instead").is_visible(), "the list is for who has no JavaScript");
    assert_eq!(
        (page.script("return document.querySelectorAll('.before img').length", &[]), page.overflow_px()),
        (json!(0), 0)
    );
    page.assert_clean();
}
