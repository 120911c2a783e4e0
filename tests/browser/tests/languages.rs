//! The page in another language, and from right to left.

use browser_tests::{Page, View};
use serde_json::Value;
use serviceaccount_lab::lesson::{Lesson, parse};
use serviceaccount_lab::words;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::serve::Server;

fn project(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn german(file: &str) -> Lesson {
    parse(file, &project(&format!("languages/de/lessons/{file}"))).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Types an entry and waits until the prompt is back.
fn run(page: &Page, entry: &str) {
    let input = page.textbox("Terminal-Befehl");
    input.type_text(entry);
    input.type_text("\n");
    page.wait("it has run", || page.textbox("Terminal-Befehl").value().is_empty());
}

/// Every text and label that people meet, without what is typed, printed or a name: code and the terminal's lines.
fn texts(page: &Page) -> Vec<String> {
    let script = "const found = new Set();
        const walker = document.createTreeWalker(document.querySelector('#lab'), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (!node.parentElement.closest('code, pre, textarea, .machine, .typed, [lang]:not([lang=de])')) found.add(node.data);
        }
        for (const name of ['aria-label', 'title', 'placeholder']) {
            for (const one of document.querySelectorAll(`[${name}]`)) found.add(one.getAttribute(name));
        }
        return [...found];";
    let found = page.script(script, &[]);
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Fails if the page shows a sentence in English that its language has in its own.
fn assert_german(page: &Page, place: &str) {
    let table = project("languages/de/interface.json");
    words::read("de", &table, None).unwrap_or_else(|error| panic!("{error}"));
    let table: BTreeMap<String, String> = serde_json::from_str(&table).expect("it was read");
    let shown = texts(page);
    let is_german = |text: &str| table.values().any(|german| german.trim() == text);
    let english: Vec<&String> = shown
        .iter()
        .filter(|text| {
            let bare = text.trim();
            let has_own = |text: &str| words::told(text) != text;
            !is_german(bare) && (has_own(text) || has_own(bare))
        })
        .collect();
    assert!(english.is_empty(), "{place} shows English: {english:#?}");
    assert!(shown.len() > 20, "{place} shows {} texts", shown.len());
}

#[test]
fn the_page_is_german_in_every_pane() {
    let page = Page::open(&View::new(1440, 900).at("?lang=de#lesson=mounted-files"));
    assert_eq!(
        page.script("return [document.documentElement.lang, document.documentElement.dir]", &[]),
        serde_json::json!(["de", "ltr"])
    );
    assert!(page.title().contains("Schritt für Schritt"), "{}", page.title());
    page.region("Lektion").wait_for_text("Drei Dateien im Pod");
    assert_german(&page, "the lesson");
    for entry in [
        "kubectl create sa reader",
        "kubectl run box --image=busybox -- sleep infinity",
        "kubectl get pods --as=system:serviceaccount:default:reader",
        "kubectl create token reader",
        "kubectl create deployment web --image=nginx",
        "sleep 5",
    ] {
        run(&page, entry);
    }
    assert_german(&page, "the terminal");
    for tab in ["Schritte", "Objekte", "Dateien", "Token", "Zugriff", "Beziehungen", "Anfragen"] {
        page.tab(tab).click();
        assert_german(&page, tab);
    }
    page.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })", &[]);
    page.button("Störungen…").click();
    page.button("Gehe zu…").click();
    page.css("summary").click();
    assert_german(&page, "time and faults");
    for panel in ["Verlauf", "Teilen"] {
        page.button(panel).click();
        assert_german(&page, panel);
    }
    page.button("Rückgängig").click();
    page.wait_for_text("Zu sehen ist ein früherer Zeitpunkt");
    run(&page, "kubectl delete sa reader");
    page.button("Verlauf").click();
    page.wait_for_text("Das ist der jetzige.");
    assert_german(&page, "branches");
    page.css(".branch button:nth-of-type(2)").click();
    page.wait_for_text("Zwei Zweige nebeneinander");
    assert_german(&page, "the comparison");
    page.button("Zurück").click();
    page.button("Kursplan").click();
    page.wait_for_text("Der eigene Fortschritt");
    assert_german(&page, "the map");
    page.button("Urkunde").click();
    assert_german(&page, "the certificate");
    page.go("?lang=de#free-play");
    page.wait_for_text("Freies Spiel");
    assert_german(&page, "free play");
    page.assert_clean();
}

#[test]
fn a_lesson_is_done_in_german_by_keyboard() {
    let page = Page::open(&View::new(1440, 900).at("?lang=de#lesson=default-account"));
    let lesson = german("01-default-account.md");
    page.region("Lektion").wait_for_text(&lesson.title);
    page.region("Lektion").wait_for_text("Die Lösung ansehen");
    for prediction in lesson.predictions() {
        let right = prediction.options.iter().find(|option| option.right).expect("one is right");
        let mut radios = page.region("Lektion").all("radio").into_iter();
        let radio = radios.rfind(|radio| radio.name() == right.text && !radio.is_on());
        radio.unwrap_or_else(|| panic!("no answer {:?}", right.text)).focus();
        page.press("Space");
    }
    for command in &lesson.solution {
        run(&page, command);
    }
    page.region("Lektion").wait_for_text("Lektion geschafft.");
    // What was solved in German is solved: the proof is about the lesson, not about its words.
    let kept = page.script("return localStorage['serviceaccount-lab/progress']", &[]);
    let course = serviceaccount_lab::lesson::course::Course::read(kept.as_str().unwrap_or_default()).expect("it reads");
    let english = parse("01-default-account.md", &project("lessons/01-default-account.md")).expect("it reads");
    assert!(course.done["default-account"].is_proof_of(&english));
    page.assert_clean();
}

/// Waits for the lesson's title in another language: until then everything is being drawn anew, and what one finds goes.
fn drawn(page: &Page, title: &str) {
    let script = "return document.querySelector('.lesson h2')?.textContent";
    page.wait("the page is drawn in the other language", || page.script(script, &[]) == title);
}

#[test]
fn the_language_is_changed_by_keyboard_and_nothing_is_lost() {
    let page = Page::open(&View::new(1440, 900).at("#lesson=default-account"));
    page.run("kubectl create sa keeps", "serviceaccount/keeps created");
    page.find("combobox", "Language · Sprache").focus();
    page.press("d");
    drawn(&page, "Wer bin ich?");
    page.find("log", "Terminal-Ausgabe").wait_for_text("serviceaccount/keeps created");
    assert_eq!(page.focused().name(), "Language · Sprache");
    run(&page, "kubectl get sa keeps");
    page.reload();
    page.region("Lektion").wait_for_text("Wer bin ich?");
    page.find("log", "Terminal-Ausgabe").wait_for_text("kubectl get sa keeps");
    page.find("combobox", "Language · Sprache").focus();
    page.press("e");
    drawn(&page, "Who am I?");
    page.find("log", "Terminal output").wait_for_text("kubectl get sa keeps");
    page.assert_clean();
}

#[test]
fn the_browser_says_which_language_unless_somebody_chose() {
    let page = Page::open(&View::new(1440, 900).at("#free-play"));
    assert_eq!(page.script("return document.documentElement.lang", &[]), "en");
    page.prefer("fr-FR,de-AT,en");
    page.reload();
    page.wait_for_text("Freies Spiel");
    page.script("localStorage['serviceaccount-lab/language'] = 'en'", &[]);
    page.reload();
    page.wait_for_text("Free play");
    page.go("?lang=de-CH#free-play");
    page.wait_for_text("Freies Spiel");
    page.assert_clean();
}

/// `dist/` once more, with other languages in it.
fn with_language(name: &str, code: &str, table: &str) -> Server {
    let folder = xtask::paths::target().join("browser").join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&xtask::paths::dist(), &folder);
    let language = folder.join("languages").join(code);
    fs::create_dir_all(&language).expect("the folder can be made");
    fs::write(language.join("interface.json"), table).expect("the table can be written");
    Server::start(&folder, "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"))
}

fn copy(from: &Path, to: &PathBuf) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("dist/ is built") {
        let path = entry.expect("it can be read").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("it can be copied");
        }
    }
}

#[test]
fn a_damaged_language_is_told_and_the_page_is_english() {
    let server = with_language("damaged", "de", "{\"Steps\": \"Schritte\", \"Files\"");
    let page = Page::open_broken(&server, &View::new(1440, 900).at("?lang=de#free-play"));
    page.wait_for_text("The language de cannot be had");
    page.run("kubectl get sa", "default");
    assert_eq!(page.script("return document.documentElement.lang", &[]), "en");
    page.go("?lang=fr#free-play");
    page.wait_for_text("there is no file languages/fr/interface.json");
    // A table that lacks nearly everything: the rest is English.
    let server = with_language("short", "de", "{\"Steps\": \"Schritte\", \"{0} lines\": 1}");
    let page = Page::open_broken(&server, &View::new(1440, 900).at("?lang=de#free-play"));
    page.wait_for_text("The language de cannot be had");
    let server = with_language("short", "de", "{\"Steps\": \"Schritte\"}");
    let page = Page::open_broken(&server, &View::new(1440, 900).at("?lang=de#free-play"));
    page.tab("Schritte").click();
    page.tab("Objects").click();
    page.assert_clean();
}

/// English written from right to left, as the platforms' pseudo-language `ar-XB` has it: every word is turned round, the
/// places stay.
fn pseudo() -> String {
    let keys: BTreeMap<String, String> =
        serde_json::from_str(&project("languages/template.json")).expect("it is a map");
    let turned = |key: &str| -> String {
        let parts = key.split_inclusive(' ').map(|part| {
            let word = part.trim_end();
            let plain = word.is_empty() || word.contains('{') || !word.chars().any(char::is_alphabetic);
            if plain { part.to_owned() } else { part.replace(word, &format!("\u{200f}\u{202e}{word}\u{202c}\u{200f}")) }
        });
        parts.collect()
    };
    let mut table: BTreeMap<String, String> = keys.keys().map(|key| (key.clone(), turned(key))).collect();
    table.insert("@direction".to_owned(), "rtl".to_owned());
    table.insert(" → ".to_owned(), " ← ".to_owned());
    serde_json::to_string(&table).expect("it is JSON")
}

#[test]
fn from_right_to_left_it_fits_and_code_stays() {
    let server = with_language("rtl", "ar-XB", &pseudo());
    let lessons = xtask::paths::target().join("browser/rtl/languages/ar-XB/lessons");
    fs::create_dir_all(&lessons).expect("the folder can be made");
    fs::write(lessons.join("01-default-account.md"), project("lessons/01-default-account.md"))
        .expect("it can be written");
    let view = View::new(1440, 900).at("?lang=ar-XB#lesson=default-account");
    let page = Page::open_broken(&server, &view);
    page.wait("it has started", || page.script("return !!document.querySelector('.xray')", &[]) == true);
    let place = |selector: &str| {
        let script =
            "const box = document.querySelector(arguments[0]).getBoundingClientRect(); return [box.left, box.right]";
        let found = page.script(script, &[selector.into()]);
        (found[0].as_f64().unwrap_or(-1.0), found[1].as_f64().unwrap_or(-1.0))
    };
    assert!(place(".lesson").0 > place(".terminal").0, "the lesson is where one begins to read");
    assert!(place(".xray").1 <= place(".terminal").0 + 1.0);
    let direction = |selector: &str| {
        page.script("return getComputedStyle(document.querySelector(arguments[0])).direction", &[selector.into()])
    };
    assert_eq!(
        (direction("body"), direction(".terminal"), direction("code")),
        ("rtl".into(), "ltr".into(), "ltr".into())
    );
    let pictures = xtask::paths::target().join("browser");
    let type_in = |entry: &str| {
        page.css("#terminal-command").type_text(entry);
        page.css("#terminal-command").type_text("\n");
        page.wait("it has run", || page.css("#terminal-command").value().is_empty());
    };
    type_in("kubectl run box --image=busybox -- sleep infinity");
    type_in("kubectl get pods --as=nobody");
    type_in("kubectl create token default");
    assert_eq!(page.overflow_px(), 0);
    page.screenshot(&pictures.join("rtl-wide.png"), false);
    page.css("[role=tab]:nth-child(1)").focus();
    page.press("ArrowLeft");
    page.wait("left is forward", || {
        page.script("return document.querySelector('[aria-selected=true]').id", &[]) == "tab-Objects"
    });
    for tab in ["Files", "Token", "Access", "Relations", "Requests"] {
        page.css(&format!("#tab-{tab}")).click();
        assert_eq!(page.overflow_px(), 0, "{tab}");
        page.screenshot(&pictures.join(format!("rtl-{tab}.png")), false);
    }
    page.set_view(&View::new(360, 740).dark());
    assert_eq!(page.overflow_px(), 0);
    page.screenshot(&pictures.join("rtl-narrow.png"), true);
    page.assert_clean();
}
