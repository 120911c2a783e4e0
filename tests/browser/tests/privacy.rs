//! What an embedded lab may not do, and what may not be done to it: nothing leaves the origin, hostile messages, links and
//! lessons do no harm, and the page around cannot be navigated.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use xtask::serve::POLICY;

const FRAME: &str = "document.getElementById('lab').shadowRoot.querySelector('iframe')";

#[track_caller]
fn wait_ready(page: &Page) {
    let script = "return document.getElementById('lab').classList.contains('is-ready')";
    page.wait("the lab", || page.script(script, &[]) == json!(true));
}

/// What the element's Lab answers to an expression, or why not.
#[track_caller]
fn call(page: &Page, expression: &str) -> Value {
    let script = format!(
        "return document.getElementById('lab').ready.then((lab) => {expression}).catch((error) => ({{ refused: error.message }}))"
    );
    page.script(&script, &[])
}

#[test]
fn no_request_leaves_the_origin() {
    let server = Site::new("requests")
        .page("<serviceaccount-lab id=\"lab\" view=\"full\" controls=\"full\" load=\"now\">text</serviceaccount-lab>")
        .serve();
    let page = Page::open_site(&server, &View::new(1200, 900));
    wait_ready(&page);
    let ids = serviceaccount_lab::lesson::COURSE.iter().map(|entry| entry.id());
    for id in ids {
        assert_eq!(call(&page, &format!("lab.goto('{id}')")), Value::Null, "{id}");
        page.in_frame(FRAME, |lab| {
            lab.script("for (const tab of document.querySelectorAll('[role=tab]')) tab.click()", &[]);
        });
    }
    call(
        &page,
        "lab.run('kubectl run web --image=nginx; kubectl exec web -- curl -s https://example.com; curl -s https://example.com/; kubectl create token default')",
    );
    page.in_frame(FRAME, |lab| {
        for name in ["History", "Share", "Course map"] {
            lab.button(name).click();
        }
        let asked = lab.script("return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin).filter((origin) => origin !== location.origin)", &[]);
        assert_eq!(asked, json!([]));
        assert_eq!(lab.script("return document.cookie", &[]), json!(""));
    });
    // The log of the browser itself, the host page's and the frame's requests.
    page.assert_clean();
}

#[test]
fn hostile_messages_do_no_harm() {
    let evil = "const lab = parent.document.getElementById('lab');\nconst { port1, port2 } = new MessageChannel();\nport1.onmessage = () => (parent.stolen = true);\n\
                lab.shadowRoot.querySelector('iframe').contentWindow.postMessage({ salab: 1, type: 'connect' }, '*', [port2]);\n\
                port1.postMessage({ id: 1, type: 'getState' });\nparent.postMessage({ salab: 1, type: 'failed', reason: '<b>no</b>' }, '*');\nparent.postMessage({ salab: 1, type: 'hello' }, '*');\nparent.sent = true;";
    let server = Site::new("hostile")
        .page("<serviceaccount-lab id=\"lab\" lesson=\"automount-off\" load=\"now\">text</serviceaccount-lab><iframe id=\"evil\" title=\"evil\"></iframe>")
        .file("evil.html", "<!DOCTYPE html><title>evil</title><script type=\"module\" src=\"evil.js\"></script>")
        .file("evil.js", evil)
        .serve();
    let page = Page::open_site(&server, &View::new(1200, 900));
    wait_ready(&page);
    // A window that does not hold the frame cannot connect, nor speak in the frame's name.
    page.script("document.getElementById('evil').src = 'evil.html'", &[]);
    page.wait("evil has spoken", || page.script("return window.sent ?? false", &[]) == json!(true));
    assert_eq!(call(&page, "lab.run('echo still here')")["stdout"], json!("still here\n"));
    assert_eq!(page.script("return window.stolen ?? false", &[]), json!(false));
    // Nor can the window that does, a second time.
    let again = format!(
        "const {{ port1, port2 }} = new MessageChannel(); window.second = 0; port1.onmessage = () => window.second++; {FRAME}.contentWindow.postMessage({{ salab: 1, type: 'connect' }}, '*', [port2]); port1.postMessage({{ id: 1, type: 'getState' }})"
    );
    page.script(&again, &[]);
    // Things that are no messages, over the port that holds.
    let odd = [
        "lab.run('x'.repeat(1 << 17))",
        "lab.setState('x'.repeat(3 << 20))",
        "lab.setState({ salab: 1 })",
        "lab.setState('{\"salab\":1,\"lines\":[]}')",
        "lab.setState('{\"salab\":1,\"lines\":[{\"log\":[[{\"Command\":\"ls\"},99999999999999999999]]}]}')",
        "lab.goto('../../secret')",
        "lab.goto('javascript:alert(1)')",
        "lab.goto('https://elsewhere.example/lesson.md')",
        "lab.goto('automount-off', 1e9)",
        "lab.seek('9'.repeat(1000))",
        "lab.setTheme('dark', { accent: 'red; } * { display: none' })",
        "lab.setTheme('dark', { 'accent': 'url(//elsewhere.example)' })",
        "lab.want('everything')",
        "lab.run({ toJSON: null, n: 10n })",
    ];
    for expression in odd {
        let said = call(&page, expression);
        assert!(said["refused"].is_string(), "{expression}: {said}");
    }
    let injected = call(
        &page,
        "lab.run('echo \"<img src=x onerror=top.hit=1><script>top.hit=2</script>\"; kubectl create sa \"<b>x\"')",
    );
    assert!(injected["stdout"].as_str().is_some_and(|text| text.contains("<img")), "{injected}");
    page.in_frame(FRAME, |lab| {
        lab.wait_for_text("<img src=x onerror=top.hit=1>");
        assert_eq!(
            lab.script("return document.querySelectorAll('#lab img, #lab script, #lab iframe, #lab b').length", &[]),
            json!(0)
        );
    });
    assert_eq!(page.script("return [window.hit ?? 0, window.second]", &[]), json!([0, 0]));
    assert_eq!(call(&page, "lab.run('echo alive')")["stdout"], json!("alive\n"));
    let expected =
        |problem: &String| problem.contains("elsewhere.example") || problem.contains("/secret - Failed to load");
    assert!(page.problems().iter().all(expected), "{:?}", page.problems());
}

#[test]
fn hostile_lessons_do_no_harm() {
    let lesson = "---\ntitle: \"<img src=x onerror=top.hit=1>\"\ngoal: Do <b>no</b> harm.\nminutes: 1\npath: [beginner]\nconfronts: [M1]\n---\n# Evil\n\n\
                  A [link](javascript:top.hit=3), [another](data:text/html,hi) and `<script>top.hit = 2</script>`.\n\n\
                  ## A step\n\n```console\n$ kubectl get sa\n```\n\n```yaml goals\n- goal: An <i>account</i>\n  field: {of: serviceaccount/evil, path: metadata.name, equals: evil}\n```\n\n## Solution\n\n```console\n$ kubectl create sa evil\n```\n";
    let raw = lesson.replace("# Evil\n", "# Evil\n\n<iframe src=\"https://elsewhere.example\"></iframe><script>top.hit = 2</script>\n\n![one](https://elsewhere.example/a.png)\n");
    let server = Site::new("lesson")
        .page("<serviceaccount-lab id=\"lab\" lesson=\"evil.md\" view=\"lesson terminal\" load=\"now\">text</serviceaccount-lab>")
        .file("evil.md", lesson)
        .file("raw.md", &raw)
        .serve();
    let page = Page::open_site(&server, &View::new(1200, 900));
    wait_ready(&page);
    let odd = "return document.querySelectorAll(\"#lab img, #lab iframe, #lab script, #lab b, #lab i, a[href^='javascript'], a[href^='data']\").length";
    page.in_frame(FRAME, |lab| {
        lab.region("Lesson").wait_for_text("Do <b>no</b> harm.");
        lab.region("Lesson").wait_for_text("An <i>account</i>");
        assert_eq!(lab.script(odd, &[]), json!(0), "{}", lab.css("body").text());
    });
    // Raw HTML is no part of a lesson: nothing comes of it.
    page.script("document.getElementById('lab').setAttribute('lesson', 'raw.md')", &[]);
    page.wait("the other lesson", || {
        page.script(&format!("return {FRAME}?.src ?? ''"), &[]).as_str().is_some_and(|src| src.contains("raw.md"))
    });
    wait_ready(&page);
    page.in_frame(FRAME, |lab| {
        assert!(lab.css(".lesson, .notice").is_visible());
        assert_eq!(lab.script(odd, &[]), json!(0));
    });
    assert_eq!(page.script("return window.hit ?? 0", &[]), json!(0));
    page.assert_clean();
}

/// The lab on another origin than the page: it works, and cannot take the page elsewhere.
#[test]
fn the_page_around_cannot_be_navigated() {
    let lab = xtask::serve::Server::start(&xtask::paths::dist(), "127.0.0.1", 0)
        .unwrap_or_else(|failure| panic!("{failure}"));
    // Another name of the same machine is another site.
    let elsewhere = lab.url().replace("127.0.0.1", "localhost");
    let body = format!(
        "<!DOCTYPE html><title>A host</title><link rel=\"icon\" href=\"data:,\"><script type=\"module\" src=\"element.js\"></script><serviceaccount-lab id=\"lab\" src=\"{elsewhere}/embed.html\" view=\"terminal\" load=\"now\">text</serviceaccount-lab>"
    );
    let site = Site::empty("elsewhere").file("index.html", &body);
    std::fs::copy(xtask::paths::dist().join("serviceaccount-lab.js"), site.folder().join("element.js"))
        .unwrap_or_else(|error| panic!("{error}"));
    let server = site.serve_under(&format!("{POLICY}; frame-src {elsewhere}"));
    let page = Page::open_site(&server, &View::new(1000, 700));
    wait_ready(&page);
    assert_eq!(call(&page, "lab.run('kubectl get sa -o name')")["stdout"], json!("serviceaccount/default\n"));
    let before = page.script("return location.href", &[]);
    page.in_frame(FRAME, |lab| {
        let said = lab
            .script("try { top.location = 'about:blank'; return 'went'; } catch (error) { return error.name; }", &[]);
        assert_eq!(said, json!("SecurityError"));
        assert_eq!(
            lab.script("try { return parent.document.title; } catch (error) { return error.name; }", &[]),
            json!("SecurityError")
        );
    });
    assert_eq!(page.script("return location.href", &[]), before);
}
