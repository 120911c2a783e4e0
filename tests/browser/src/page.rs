//! The page, and what one does with it.

use crate::driver::Driver;
use crate::element::{Element, KEY};
use crate::keys;
use base64::Engine as _;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};
use xtask::serve::Server;

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_secs(15);

/// Writes the manifest of a pod that names no account, as beginners' notes have it.
pub const MY_POD: &str = "cat > my-pod.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata:
  name: my-pod
spec:
  containers:
  - name: ubuntu
    image: ubuntu
EOF";

/// How the page is looked at.
#[derive(Debug, Clone)]
pub struct View {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    pub(crate) still: bool,
    pub(crate) scrollbars: bool,
    pub(crate) traced: bool,
    path: String,
}

impl View {
    /// A window of that size in CSS pixels, light.
    #[must_use]
    pub fn new(width: u32, height: u32) -> View {
        View { width, height, dark: false, still: false, scrollbars: false, traced: false, path: String::new() }
    }

    /// For somebody who prefers dark.
    #[must_use]
    pub fn dark(self) -> View {
        View { dark: true, ..self }
    }

    /// For somebody who prefers reduced motion.
    #[must_use]
    pub fn still(self) -> View {
        View { still: true, ..self }
    }

    /// With scrollbars that take room, as a mouse's user has them; else there are none, as on a phone.
    #[must_use]
    pub fn with_scrollbars(self) -> View {
        View { scrollbars: true, ..self }
    }

    /// With a record of what the browser's threads do, for [`Page::key_times`]; Chromium alone has it.
    #[must_use]
    pub fn traced(self) -> View {
        View { traced: true, ..self }
    }

    /// At this path, query or fragment below the page's folder: `#lesson=tokens`, `?embed`.
    #[must_use]
    pub fn at(self, path: &str) -> View {
        View { path: path.to_string(), ..self }
    }
}

/// A browser with the page open.
pub struct Page {
    pub(crate) driver: Driver,
    base: String,
    problems: RefCell<Vec<String>>,
}

impl Page {
    /// Opens the page and waits until it has started. Serves `dist/` unless `SALAB_URL` names a server.
    #[track_caller]
    #[must_use]
    pub fn open(view: &View) -> Page {
        let base = base_url().unwrap_or_else(|failure| panic!("{failure}"));
        let driver = Driver::start(view.traced).unwrap_or_else(|failure| panic!("{failure}"));
        let page = Page { driver, base, problems: RefCell::default() };
        page.set_view(view);
        page.go(&view.path);
        page
    }

    /// Opens what `server` serves and waits until the page has started or failed; for pages that cannot start.
    #[track_caller]
    #[must_use]
    pub fn open_broken(server: &Server, view: &View) -> Page {
        let driver = Driver::start(view.traced).unwrap_or_else(|failure| panic!("{failure}"));
        let page = Page { driver, base: server.url(), problems: RefCell::default() };
        page.set_view(view);
        page.must(page.driver.post("/url", &json!({"url": format!("{}/{}", page.base, view.path)})));
        page
    }

    /// Opens a page of somebody's site; nothing waits for a lab in it.
    #[track_caller]
    #[must_use]
    pub fn open_site(server: &Server, view: &View) -> Page {
        Page::open_broken(server, view)
    }

    /// Goes into the frame that a JavaScript expression names, does something there, and comes back.
    #[track_caller]
    pub fn in_frame<T>(&self, frame: &str, act: impl FnOnce(&Page) -> T) -> T {
        let found = self.poll(|| Some(self.script(&format!("return {frame}"), &[])).filter(|frame| !frame.is_null()));
        let found = found.unwrap_or_else(|| self.fail(&format!("there is no frame {frame}")));
        self.must(self.driver.post("/frame", &json!({ "id": found })));
        let done = act(self);
        self.must(self.driver.post("/frame", &json!({ "id": null })));
        done
    }

    /// Loads an address as it is and waits for nothing.
    #[track_caller]
    pub fn visit(&self, address: &str) {
        self.must(self.driver.post("/url", &json!({ "url": address })));
    }

    /// For how long each key had the processor since the page was opened, in milliseconds: what the page did before the browser
    /// went on, and not what the machine did meanwhile. The driver hands it over once.
    #[must_use]
    pub fn key_times(&self) -> Vec<f64> {
        self.driver.key_times()
    }

    /// As it would be printed (`print`), or as on a screen again (``).
    #[track_caller]
    pub fn set_media(&self, media: &str) {
        self.must(self.driver.set_media(media));
    }

    /// Another size or colour scheme, without loading again.
    #[track_caller]
    pub fn set_view(&self, view: &View) {
        self.must(self.driver.set_view(view));
    }

    /// Loads a path below the page's folder and waits until the page has started.
    #[track_caller]
    pub fn go(&self, path: &str) {
        self.must(self.driver.post("/url", &json!({"url": format!("{}/{path}", self.base)})));
        self.wait_until_started();
    }

    /// Loads it again.
    #[track_caller]
    pub fn reload(&self) {
        self.must(self.driver.reload());
        self.wait_until_started();
    }

    #[track_caller]
    fn wait_until_started(&self) {
        let state = || self.script("return document.documentElement.dataset.lab", &[]).as_str().map(str::to_string);
        let end = self.poll(|| state().filter(|state| state != "loading"));
        if end.as_deref() != Some("ready") {
            self.fail(&format!("the page did not start ({end:?}): {:?}", self.problems()));
        }
    }

    /// From the next load on, the browser prefers these languages: `de-AT,en`.
    #[track_caller]
    pub fn prefer(&self, languages: &str) {
        self.must(self.driver.prefer(languages));
    }

    /// The tab that is driven, for [`Page::switch_to`].
    #[track_caller]
    #[must_use]
    pub fn window(&self) -> Value {
        self.must(self.driver.get("/window"))
    }

    /// Opens another tab of the same browser, goes over to it and gives it.
    #[track_caller]
    pub fn new_tab(&self) -> Value {
        let made = self.must(self.driver.post("/window/new", &json!({"type": "tab"})));
        self.switch_to(&made["handle"]);
        made["handle"].clone()
    }

    /// Goes over to a tab.
    #[track_caller]
    pub fn switch_to(&self, tab: &Value) {
        self.must(self.driver.post("/window", &json!({ "handle": tab })));
    }

    /// The page's title.
    #[track_caller]
    #[must_use]
    pub fn title(&self) -> String {
        self.must(self.driver.get("/title")).as_str().unwrap_or_default().to_string()
    }

    /// Waits for the first element with this role and this name; fails if none comes.
    #[track_caller]
    #[must_use]
    pub fn find(&self, role: &str, name: &str) -> Element<'_> {
        self.wait_for_element(None, role, name)
    }

    /// The element with this role and name, if it is there now.
    #[track_caller]
    #[must_use]
    pub fn maybe(&self, role: &str, name: &str) -> Option<Element<'_>> {
        self.by_role(None, role).into_iter().find(|element| element.name() == name)
    }

    /// Everything with this role.
    #[track_caller]
    #[must_use]
    pub fn all(&self, role: &str) -> Vec<Element<'_>> {
        self.by_role(None, role)
    }

    /// A region, by its name.
    #[track_caller]
    #[must_use]
    pub fn region(&self, name: &str) -> Element<'_> {
        self.find("region", name)
    }

    /// A tab, by its name.
    #[track_caller]
    #[must_use]
    pub fn tab(&self, name: &str) -> Element<'_> {
        self.find("tab", name)
    }

    /// A button, by its words.
    #[track_caller]
    #[must_use]
    pub fn button(&self, name: &str) -> Element<'_> {
        self.find("button", name)
    }

    /// A text field, by its label.
    #[track_caller]
    #[must_use]
    pub fn textbox(&self, name: &str) -> Element<'_> {
        self.find("textbox", name)
    }

    /// The first element that a CSS selector finds; for what has no role.
    #[track_caller]
    #[must_use]
    pub fn css(&self, selector: &str) -> Element<'_> {
        let found = self.poll(|| self.candidates(None, selector).into_iter().next());
        found.unwrap_or_else(|| self.fail(&format!("nothing matches {selector:?}")))
    }

    /// What has the keyboard.
    #[track_caller]
    #[must_use]
    pub fn focused(&self) -> Element<'_> {
        let active = self.must(self.driver.get("/element/active"));
        Element { page: self, id: active[KEY].as_str().unwrap_or_default().to_string(), found: None }
    }

    /// Presses `Enter`, `Tab`, `Shift+Tab`, `Control+c`, ...
    #[track_caller]
    pub fn press(&self, keys: &str) -> &Self {
        let actions = self.must(keys::chord(keys));
        self.must(self.driver.post("/actions", &actions));
        self
    }

    /// Types an entry into the terminal, presses Enter, and waits until the terminal shows `part`.
    #[track_caller]
    pub fn run(&self, entry: &str, part: &str) {
        self.textbox("Terminal command").type_text(entry);
        self.textbox("Terminal command").type_text("\n");
        self.find("log", "Terminal output").wait_for_text(part);
    }

    /// Types where the keyboard is, key by key; `\n` is Enter.
    #[track_caller]
    pub fn type_text(&self, text: &str) -> &Self {
        self.must(self.driver.post("/actions", &keys::text(text)));
        self
    }

    /// The role and name of each stop that Tab makes, from the top until it comes round (or `most` stops).
    #[track_caller]
    #[must_use]
    pub fn tab_order(&self, most: usize) -> Vec<(String, String)> {
        // Tab goes on from where the keyboard last was, even if that is gone: so be at the top, and go.
        let to_top = "const top = document.createElement('span'); top.tabIndex = -1; \
                      document.body.prepend(top); top.focus(); top.remove(); scrollTo(0, 0)";
        self.script(to_top, &[]);
        let mut seen = Vec::new();
        let mut stops = Vec::new();
        while stops.len() < most {
            self.press("Tab");
            let stop = self.focused();
            let left = self.script("return document.activeElement === document.body", &[]) == json!(true);
            if left || seen.contains(&stop.id) {
                break;
            }
            stops.push((stop.role(), stop.name()));
            seen.push(stop.id);
        }
        stops
    }

    /// Waits until something holds; fails with `what` if it never does.
    #[track_caller]
    pub fn wait(&self, what: &str, mut holds: impl FnMut() -> bool) {
        if self.poll(|| holds().then_some(())).is_none() {
            self.fail(&format!("waited in vain: {what}"));
        }
    }

    /// Waits until the page's text has this in it.
    #[track_caller]
    pub fn wait_for_text(&self, part: &str) {
        let mut text = String::new();
        // Each time anew, since the page may be loaded anew meanwhile.
        let found = self.poll(|| {
            let body = self.candidates(None, "body").into_iter().next()?;
            text = self.driver.get(&format!("/element/{}/text", body.id)).ok()?.as_str()?.to_string();
            text.contains(part).then_some(())
        });
        if found.is_none() {
            self.fail(&format!("the page never said {part:?}; it says:\n{text}"));
        }
    }

    pub(crate) fn poll<T>(&self, mut found: impl FnMut() -> Option<T>) -> Option<T> {
        let start = Instant::now();
        loop {
            if let Some(value) = found() {
                return Some(value);
            }
            if start.elapsed() > PATIENCE {
                return None;
            }
            sleep(Duration::from_millis(25));
        }
    }

    /// Runs JavaScript in the page: `return arguments[0] + 1`.
    #[track_caller]
    pub fn script(&self, script: &str, args: &[Value]) -> Value {
        self.must(self.driver.post("/execute/sync", &json!({"script": script, "args": args})))
    }

    /// Every error in the console, broken policy, failed load and request to another origin so far.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.problems.borrow_mut();
        problems.extend(self.driver.problems(&self.base));
        problems.clone()
    }

    /// Fails if there was any problem.
    #[track_caller]
    pub fn assert_clean(&self) {
        let problems = self.problems();
        if !problems.is_empty() {
            self.fail(&format!("the page is not clean:\n{}", problems.join("\n")));
        }
    }

    /// How many pixels the page is wider than its window; 0 is right.
    #[track_caller]
    #[must_use]
    pub fn overflow_px(&self) -> i64 {
        self.script("return document.documentElement.scrollWidth - innerWidth", &[]).as_i64().unwrap_or_default().max(0)
    }

    /// A picture of the window (of all the page, with `whole`).
    #[track_caller]
    pub fn screenshot(&self, file: &Path, whole: bool) {
        let png = self.must(self.picture(whole));
        if let Some(folder) = file.parent() {
            self.must(std::fs::create_dir_all(folder).map_err(|error| error.to_string()));
        }
        self.must(std::fs::write(file, png).map_err(|error| format!("{}: {error}", file.display())));
    }

    fn picture(&self, whole: bool) -> Result<Vec<u8>, String> {
        let text = self.driver.picture(whole)?;
        base64::engine::general_purpose::STANDARD.decode(text).map_err(|error| error.to_string())
    }

    #[track_caller]
    pub(crate) fn wait_for_element<'page>(
        &'page self,
        within: Option<&Element<'page>>,
        role: &str,
        name: &str,
    ) -> Element<'page> {
        let is_named = |element: &Element<'_>| {
            self.driver.get(&format!("/element/{}/computedlabel", element.id)).is_ok_and(|label| label == name)
        };
        let found = self.poll(|| self.by_role(within, role).into_iter().find(is_named));
        let found = found.map(|element| {
            let found = within.is_none().then(|| (role.to_string(), name.to_string()));
            Element { found, ..element }
        });
        found.unwrap_or_else(|| {
            let names: Vec<_> = self.by_role(within, role).iter().map(Element::name).collect();
            self.fail(&format!("no {role} {name:?}; there are {names:?}"))
        })
    }

    #[track_caller]
    pub(crate) fn by_role<'page>(&'page self, within: Option<&Element<'page>>, role: &str) -> Vec<Element<'page>> {
        let own = selector(role);
        let candidates = self.candidates(within, &own);
        // Between finding it and asking for its role, an element may go.
        let has_role = |element: &Element<'_>| {
            self.driver.get(&format!("/element/{}/computedrole", element.id)).is_ok_and(|value| value == role)
        };
        candidates.into_iter().filter(has_role).collect()
    }

    #[track_caller]
    fn candidates<'page>(&'page self, within: Option<&Element<'page>>, selector: &str) -> Vec<Element<'page>> {
        let ask = |path: &str| self.driver.post(path, &json!({"using": "css selector", "value": selector}));
        let found = match within {
            None => ask("/elements"),
            Some(element) => ask(&format!("/element/{}/elements", element.id)).or_else(|failure| {
                element.again(failure).and_then(|anew| ask(&format!("/element/{}/elements", anew.id)))
            }),
        };
        let found = self.must(found);
        let ids = found.as_array().into_iter().flatten().filter_map(|one| one[KEY].as_str());
        ids.map(|id| Element { page: self, id: id.to_string(), found: None }).collect()
    }

    #[track_caller]
    pub(crate) fn must<T>(&self, result: Result<T, String>) -> T {
        result.unwrap_or_else(|failure| self.fail(&failure))
    }

    /// Ends the scenario, leaving a picture.
    #[track_caller]
    pub(crate) fn fail(&self, failure: &str) -> ! {
        let place = Location::caller();
        let name = format!("{}-{}.png", place.file().replace(['/', '\\'], "-"), place.line());
        let file: PathBuf = xtask::paths::target().join("browser").join(name);
        let kept = std::fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).is_ok()
            && self.picture(false).is_ok_and(|png| std::fs::write(&file, png).is_ok());
        let picture = if kept { format!("\n(a picture: {})", xtask::paths::shown(&file)) } else { String::new() };
        panic!("{failure}{picture}");
    }
}

/// What may have a role without saying so.
fn selector(role: &str) -> String {
    let native = match role {
        "region" => "section",
        "button" => "button, summary, input[type=button], input[type=submit]",
        "textbox" => "textarea, input",
        "heading" => "h1, h2, h3, h4, h5, h6",
        "link" => "a[href]",
        "list" => "ul, ol",
        "listitem" => "li",
        "checkbox" | "radio" | "slider" => "input",
        "combobox" | "listbox" => "select",
        "navigation" => "nav",
        "main" => "main",
        "complementary" => "aside",
        "table" => "table",
        "row" => "tr",
        "image" | "img" => "img, svg",
        "group" => "fieldset, details",
        "dialog" => "dialog",
        "progressbar" => "progress",
        _ => "",
    };
    if native.is_empty() { format!("[role={role}]") } else { format!("{native}, [role={role}]") }
}

/// The server under test: the one that `SALAB_URL` names, or our own of `dist/`, one a process.
fn base_url() -> Result<String, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    if let Ok(url) = std::env::var("SALAB_URL") {
        return Ok(url.trim_end_matches('/').to_string());
    }
    let server = SERVER.get_or_init(|| {
        let started = Server::start(&xtask::paths::dist(), "127.0.0.1", 0);
        started.map_err(|error| {
            format!("{error}\nThe page is not built: `cargo xtask build`, or run everything by `cargo xtask test`")
        })
    });
    server.as_ref().map(Server::url).map_err(Clone::clone)
}
