//! The interface in other languages: every sentence of the source is a key of `languages/template.json`, and every
//! language that comes with the lab has them all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "languages/scan.rs"]
mod scan;

use serviceaccount_lab::lab::link::SessionFile;
use serviceaccount_lab::lab::story::Story;
use serviceaccount_lab::lab::{Lab, Settings};
use serviceaccount_lab::lesson::{COURSE, translation};
use serviceaccount_lab::words::{self, LANGUAGES, check};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Texts in the page that are no words: commands, file names.
const NO_WORDS: [&str; 18] = [
    "rtl",
    "ltr",
    "header",
    "claim",
    "start",
    "end",
    "is-done",
    "is-refused",
    "cat > name.yaml",
    "kubectl apply -f name.yaml",
    "kubectl create token default",
    "ServiceAccount Lab",
    "..data",
    "dark",
    "light",
    ".lesson .step:nth-child({})",
    // Told to the host's developer, not to a learner.
    "there is no lesson {:?}",
    "kubectl",
];

#[test]
fn every_sentence_of_the_page_can_be_translated() {
    let mut missed = Vec::new();
    for file in scan::rust_files(&root().join("src/ui")) {
        let found = scan::unmarked(&fs::read_to_string(&file).unwrap());
        let found = found.into_iter().filter(|text| !NO_WORDS.contains(&text.as_str()) && !text.contains("kubectl "));
        missed.extend(found.map(|text| format!("{}: {text:?}", file.strip_prefix(root()).unwrap().display())));
    }
    assert!(
        missed.is_empty(),
        "These texts are shown and cannot be translated. Write tr(\"…\") around each, tr!(\"… {{0}} …\", value) for a format \
         (docs/translating.md says how), or add it to NO_WORDS in tests/languages.rs if it is no sentence:\n{}",
        missed.join("\n")
    );
}

#[test]
fn the_template_is_what_the_source_says() {
    let keys = scan::keys(&root());
    assert!(keys.len() > 500, "only {} keys were found", keys.len());
    let wanted = serde_json::to_string_pretty(&keys).unwrap() + "\n";
    let path = root().join("languages/template.json");
    if std::env::var_os("SALAB_WRITE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept != wanted {
        let old: scan::Keys = serde_json::from_str(&kept).unwrap_or_default();
        let new: Vec<&String> = keys.keys().filter(|key| !old.contains_key(*key)).collect();
        let gone: Vec<&String> = old.keys().filter(|key| !keys.contains_key(*key)).collect();
        panic!(
            "The sentences of the interface have changed. Run\n\n    SALAB_WRITE=1 cargo test --test languages\n\nand then \
             translate the new ones in each languages/*/interface.json (and take out the old ones); salab check languages/de \
             names them.\nnew: {new:#?}\ngone: {gone:#?}"
        );
    }
}

#[test]
fn boot_js_knows_the_languages_that_come_with_the_lab() {
    let codes: Vec<String> = LANGUAGES.iter().map(|language| format!("\"{}\"", language.code)).collect();
    let boot = fs::read_to_string(root().join("static/boot.js")).unwrap();
    let wanted = format!("const shipped = [{}];", codes.join(", "));
    assert!(boot.contains(&wanted), "static/boot.js: write {wanted}");
}

#[test]
fn every_language_that_comes_with_the_lab_is_complete() {
    let keys = scan::keys(&root());
    let mut problems = Vec::new();
    for language in &LANGUAGES[1..] {
        let file = format!("languages/{}/interface.json", language.code);
        let table = fs::read_to_string(root().join(&file)).unwrap_or_default();
        problems.extend(check::examine(&table, &keys).into_iter().map(|(line, what)| format!("{file}:{line}: {what}")));
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_lesson_in_another_language_is_the_same_lesson() {
    let is_lesson = |file: &str| COURSE.iter().any(|entry| entry.file == file);
    let mut problems = Vec::new();
    for language in &LANGUAGES[1..] {
        let folder = root().join("languages").join(language.code);
        let table = serde_json::from_str(&fs::read_to_string(folder.join("interface.json")).unwrap()).unwrap();
        for entry in COURSE {
            let english = entry.text.unwrap();
            let Ok(text) = fs::read_to_string(folder.join("lessons").join(entry.file)) else {
                problems.push(format!("{}: there is no {}", language.code, entry.file));
                continue;
            };
            let found = translation::examine(entry.file, english, &text, &is_lesson);
            let found = found.into_iter().chain(translation::titles(entry.file, english, &text, &table));
            problems.extend(found.map(|problem| format!("{}/{}: {problem}", language.code, entry.file)));
        }
    }
    assert!(problems.is_empty(), "salab check languages/CODE says:\n{}", problems.join("\n"));
}

/// Whoever reads which language: a session comes to the same link, and its proof holds.
#[test]
fn the_language_is_in_no_session() {
    let run = || {
        let mut lab = Lab::new(Settings::default());
        for command in ["kubectl run box --image=busybox", "kubectl get pods --as=nobody", "sleep 5"] {
            lab.run(command);
        }
        let trace: Vec<String> = lab.cluster().trace().entries().iter().map(|entry| format!("{entry:?}")).collect();
        let told = Story::of(&lab.all_records()[0], lab.cluster().trace()).steps.remove(0).what;
        (SessionFile::of(&lab, None, &BTreeMap::new()).checked(&lab).fragment(), trace, told)
    };
    let (link, trace, told) = run();
    words::read("de", &fs::read_to_string(root().join("languages/de/interface.json")).unwrap(), None).unwrap();
    let (german_link, german_trace, german_told) = run();
    assert_eq!((link, trace), (german_link, german_trace));
    assert_eq!((told.as_str(), german_told.as_str()), ("kubectl submitted pod/box", "kubectl reichte ein: pod/box"));
}

/// The trace's sentences are made in the cluster; that its templates find them is seen by telling a busy session.
#[test]
fn what_the_trace_tells_is_german_too() {
    words::read("de", &fs::read_to_string(root().join("languages/de/interface.json")).unwrap(), None).unwrap();
    let mut lab = Lab::new(Settings::default());
    for command in [
        "kubectl create sa reader",
        "kubectl create deployment web --image=nginx",
        "kubectl run box --image=busybox",
        "kubectl get pods --as=system:serviceaccount:default:reader",
        "kubectl create token reader",
        "kubectl delete deployment web",
        "sleep 20",
    ] {
        lab.run(command);
    }
    let (mut english, mut told) = (Vec::new(), 0);
    for record in lab.all_records() {
        for step in Story::of(record, lab.cluster().trace()).steps {
            told += 1;
            english.extend([step.what, step.why].into_iter().filter(|text| sounds_english(text)));
            for check in &step.checks {
                english.extend(
                    [words::told(&check.subject), words::told(&check.finding)]
                        .into_iter()
                        .filter(|text| sounds_english(text)),
                );
            }
        }
    }
    assert!(told > 60, "only {told} steps are told");
    english.sort();
    english.dedup();
    assert!(english.is_empty(), "{english:#?}");
}

/// Whether a text has words that German has not; Kubernetes' own reasons and messages are left out.
fn sounds_english(text: &str) -> bool {
    let own = text.contains("RBAC: ") || text.contains("Binding \"") || text.contains(" not found");
    let words =
        [" the ", " is ", " and ", " with ", " of ", " that ", " for ", " its ", "The ", " deleted ", " created "];
    !own && words.iter().any(|word| format!(" {text} ").contains(word))
}

/// That the checks can fail.
#[test]
fn the_scan_sees_what_it_should() {
    let unmarked = |code: &str| scan::unmarked(code);
    assert_eq!(unmarked(r#"html! { <p>{ "Some words" }</p> }"#), ["Some words"]);
    assert_eq!(unmarked(r#"html! { <p aria-label="Steps" class="steps">{ tr("Some words") }</p> }"#), ["Steps"]);
    assert_eq!(unmarked(r#"format!("{} lines of {name}", 1); format!("{a}-{b}")"#), ["{} lines of {name}"]);
    assert_eq!(unmarked("// { \"Some words\" }\nlet x = '\"'; tr!(\"Some {0}\", x)"), Vec::<String>::new());
}
