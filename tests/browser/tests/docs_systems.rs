//! The sites in `examples/`, built by the real documentation systems, opened and used. `cargo xtask test examples` runs these; what a
//! system needs and this machine has not (a registry, a program) is said, and that site is not tried.

use browser_tests::{Page, View};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::serve::Server;

/// Such sites have scripts and styles in their pages; nothing comes from elsewhere all the same.
const POLICY: &str = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'";

fn run(folder: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    // Docusaurus would ask whether there is a newer one, and tell how it is used.
    command.args(args).current_dir(folder).env("NO_UPDATE_NOTIFIER", "1").env("DO_NOT_TRACK", "1").env("CI", "true");
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(format!("{program} {args:?}:\n{text}")) }
}

/// What a tool gives, or says that it is not tried.
fn or_not_tried<T>(system: &str, found: Result<T, String>) -> Option<T> {
    found.map_err(|failure| println!("NOT TRIED: {system}: {failure}")).ok()
}

fn work() -> PathBuf {
    xtask::paths::target().join("browser/docs")
}

/// A copy of an example, so that nothing is built into the tree.
fn example(name: &str) -> PathBuf {
    let to = work().join(name);
    // What a package manager put there is kept.
    for entry in std::fs::read_dir(&to).into_iter().flatten().flatten() {
        if entry.file_name() != "node_modules" && entry.file_name() != "package-lock.json" {
            let _ = std::fs::remove_dir_all(entry.path()).or_else(|_| std::fs::remove_file(entry.path()));
        }
    }
    browser_tests::copy(&xtask::paths::root().join("examples").join(name), &to);
    to
}

/// A Python environment with these packages.
fn python(packages: &[&str]) -> Result<PathBuf, String> {
    let folder = work().join("python");
    let made = folder.join("bin/pip");
    if !made.is_file() {
        std::fs::create_dir_all(work()).map_err(|error| error.to_string())?;
        run(Path::new("."), "python3", &["-m", "venv", &folder.display().to_string()])?;
    }
    let args: Vec<&str> =
        ["install", "--quiet", "--disable-pip-version-check"].into_iter().chain(packages.iter().copied()).collect();
    run(Path::new("."), &made.display().to_string(), &args)?;
    Ok(folder.join("bin"))
}

fn is_ready(page: &Page) -> bool {
    page.script("return document.querySelector('serviceaccount-lab')?.classList.contains('is-ready') ?? false", &[])
        == json!(true)
}

fn serve(site: &Path) -> Server {
    std::fs::create_dir_all(site).unwrap_or_else(|error| panic!("{error}"));
    Server::start_under(POLICY, site, "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Puts the lab into the built site, opens it, and uses it: the transcript in the page is what the lab has printed.
#[track_caller]
fn use_it(site: &Path, path: &str) -> (Server, Page) {
    let server = serve(site);
    let page = use_at(&server, site, path);
    (server, page)
}

#[track_caller]
fn use_at(server: &Server, site: &Path, path: &str) -> Page {
    browser_tests::copy(&xtask::paths::dist(), &site.join("lab"));
    let page = Page::open_site(server, &View::new(1200, 900).at(path));
    page.wait("the lab", || is_ready(&page));
    check(&page);
    page
}

#[track_caller]
fn check(page: &Page) {
    let text = page.script("return document.querySelector('serviceaccount-lab').textContent", &[]);
    let text = text.as_str().unwrap_or_default().to_owned();
    for line in ["$ kubectl run web --image=nginx", "pod/web created", "ca.crt", "namespace", "token"] {
        assert!(text.contains(line), "{line} is not in the page's text: {text}");
    }
    page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
        lab.find("log", "Terminal output").wait_for_text("ca.crt\nnamespace\ntoken");
        lab.run("kubectl create sa robot", "serviceaccount/robot created");
    });
    let height = page.script("return document.querySelector('serviceaccount-lab').offsetHeight", &[]);
    assert!(height.as_u64().unwrap_or(0) > 200, "{height}");
}

/// Goes to another page and back without loading, as the site's own links do.
#[track_caller]
fn goes_and_comes_back(page: &Page) {
    page.script("window.sameDocument = true", &[]);
    for (words, is_there) in [("Another page", false), ("Back", true)] {
        let click = "[...document.querySelectorAll('article a, main a')].find((link) => link.textContent.trim() === arguments[0]).click()";
        page.script(click, &[json!(words)]);
        page.wait(words, || {
            (page.script("return document.querySelectorAll('serviceaccount-lab').length", &[]) != json!(0)) == is_there
        });
    }
    page.wait("the lab again", || is_ready(page));
    assert_eq!(page.script("return window.sameDocument ?? false", &[]), json!(true), "the site has loaded anew");
    page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
        lab.find("log", "Terminal output").wait_for_text("ca.crt\nnamespace\ntoken");
    });
}

#[test]
#[ignore = "cargo xtask test examples"]
fn plain_html() {
    let (_server, page) = use_it(&example("plain"), "");
    page.assert_clean();
}

#[test]
#[ignore = "cargo xtask test examples"]
fn mdbook() {
    let ours = xtask::paths::tools().join(format!("mdbook-{}/bin/mdbook", xtask::suite::MDBOOK));
    let Some(program) = or_not_tried(
        "mdbook",
        xtask::tools::on_path("mdbook")
            .or(Some(ours))
            .filter(|file| file.is_file())
            .ok_or("there is none; cargo xtask test examples installs it".to_owned()),
    ) else {
        return;
    };
    let folder = example("mdbook");
    run(&folder, &program.display().to_string(), &["build"]).unwrap_or_else(|failure| panic!("{failure}"));
    let (_server, page) = use_it(&folder.join("book"), "pod.html");
    // The book's own dark theme is a class of the page.
    page.script("document.documentElement.className = 'coal js'; document.documentElement.style.background = 'hsl(200, 7%, 8%)'", &[]);
    let dark = || {
        page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
            lab.script("return document.documentElement.dataset.theme ?? ''", &[])
        })
    };
    page.wait("dark", || dark() == json!("dark"));
}

#[test]
#[ignore = "cargo xtask test examples"]
fn mkdocs_material() {
    let Some(bin) = or_not_tried("mkdocs-material", python(&["mkdocs-material<10", "sphinx"])) else { return };
    let folder = example("mkdocs-material");
    // Instant loading follows the links that the site's map has, which says where the site is.
    let server = serve(&folder.join("site"));
    let config = folder.join("mkdocs.yml");
    let text = std::fs::read_to_string(&config).unwrap_or_default().replace("https://docs.example", &server.url());
    std::fs::write(&config, text).unwrap_or_else(|error| panic!("{error}"));
    run(&folder, &bin.join("mkdocs").display().to_string(), &["build", "--quiet"])
        .unwrap_or_else(|failure| panic!("{failure}"));
    let page = use_at(&server, &folder.join("site"), "");
    let has_map = "return performance.getEntriesByType('resource').some((entry) => entry.name.includes('sitemap.xml') && entry.responseEnd > 0)";
    page.wait("the site's map", || page.script(has_map, &[]) == json!(true));
    goes_and_comes_back(&page);
    // Material's dark scheme is an attribute of the body.
    page.script("document.body.setAttribute('data-md-color-scheme', 'slate')", &[]);
    let dark = || {
        page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
            lab.script("return document.documentElement.dataset.theme ?? ''", &[])
        })
    };
    page.wait("dark", || dark() == json!("dark"));
}

#[test]
#[ignore = "cargo xtask test examples"]
fn sphinx() {
    let Some(bin) = or_not_tried("sphinx", python(&["mkdocs-material<10", "sphinx"])) else { return };
    let folder = example("sphinx");
    let build = |kind: &str| {
        run(
            &folder,
            &bin.join("sphinx-build").display().to_string(),
            &["-q", "-W", "-b", kind, ".", &format!("out/{kind}")],
        )
        .unwrap_or_else(|failure| panic!("{failure}"))
    };
    build("html");
    build("text");
    let text = std::fs::read_to_string(folder.join("out/text/index.txt")).unwrap_or_default();
    assert!(text.contains("pod/web created"), "{text}");
    let _ = use_it(&folder.join("out/html"), "");
}

#[test]
#[ignore = "cargo xtask test examples"]
fn hugo() {
    let Some(program) = or_not_tried(
        "hugo",
        xtask::tools::on_path("hugo").ok_or("there is none (Debian: apt-get install hugo)".to_owned()),
    ) else {
        return;
    };
    let folder = example("hugo");
    run(&folder, &program.display().to_string(), &["--quiet"]).unwrap_or_else(|failure| panic!("{failure}"));
    let (_server, page) = use_it(&folder.join("public"), "");
    page.assert_clean();
}

#[test]
#[ignore = "cargo xtask test examples"]
fn docusaurus() {
    let folder = example("docusaurus");
    if !folder.join("node_modules/@docusaurus/core").is_dir() {
        let installed = run(&folder, "npm", &["install", "--no-audit", "--no-fund", "--prefer-offline"]);
        if or_not_tried("docusaurus", installed).is_none() {
            return;
        }
    }
    run(&folder, "npm", &["run", "build"]).unwrap_or_else(|failure| panic!("{failure}"));
    let built = std::fs::read_to_string(folder.join("build/index.html")).unwrap_or_default();
    assert!(
        built.contains("<serviceaccount-lab") && built.contains("pod/web created"),
        "the text is not in the page as it is served"
    );
    let (_server, page) = use_it(&folder.join("build"), "");
    goes_and_comes_back(&page);
    page.script("document.documentElement.setAttribute('data-theme', 'dark')", &[]);
    let dark = || {
        page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
            lab.script("return document.documentElement.dataset.theme ?? ''", &[])
        })
    };
    page.wait("dark", || dark() == json!("dark"));
}
