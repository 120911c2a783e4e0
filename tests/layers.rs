//! The house keeps its order: who may name whom, and a few things that nobody may write.
//!
//! Reads the text of `src/`. Comments and strings do not count; modules of tests may name anything.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands in `src/FOLDER` (or `src/FOLDER.rs`) may name these parts of our crate.
const MAY_NAME: [(&str, &[&str]); 7] = [
    ("api", &["api"]),
    // What is shown may be in another language; what is stored and printed never is, so nobody below `lab` has it.
    ("words", &["words"]),
    ("cluster", &["api", "cluster"]),
    ("kubectl", &["api", "kubectl"]),
    ("shell", &["api", "kubectl", "shell"]),
    ("lab", &["api", "words", "cluster", "kubectl", "shell", "lab"]),
    ("lesson", &["api", "words", "lab", "lesson"]),
];

/// What stands in the first place may not name the second. One door: who acts on the cluster is its client.
const MAY_NOT_NAME: [(&str, &[&str]); 3] = [
    ("cluster::controllers", BEHIND_THE_DOOR),
    ("cluster::scheduler", BEHIND_THE_DOOR),
    ("cluster::kubelet", BEHIND_THE_DOOR),
];
const BEHIND_THE_DOOR: &[&str] =
    &["cluster::apiserver", "cluster::registry", "cluster::admission", "cluster::authn", "cluster::authz"];

/// Only the door writes to the store, so it alone names this, or the module that would bring it along. What the store
/// tells (`Key`, `Change`, `ChangeKind`) anybody in the cluster may name.
const STORE: [&str; 3] = ["cluster::store", "cluster::store::*", "cluster::store::Store"];
const WRITES: [&str; 2] = ["cluster::apiserver", "cluster::store"];

/// Never in the core, which is deterministic and knows neither the web nor the machine.
const NOT_IN_THE_CORE: [&str; 17] = [
    "HashMap",
    "HashSet",
    "RandomState",
    "SystemTime",
    "Instant::now",
    "std::thread",
    "std::net",
    "std::process",
    "std::fs",
    "std::env",
    "thread_rng",
    "OsRng",
    "getrandom",
    "web_sys",
    "js_sys",
    "gloo",
    "yew",
];

/// Nowhere in `src/`.
const NOWHERE: [&str; 4] = ["todo!(", "unimplemented!(", "dbg!(", "FIXME"];

#[test]
fn the_house_keeps_its_order() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut complaints = Vec::new();
    let files = rust_files(&src);
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let name = file.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        complaints.extend(complaints_about(&name, &text));
    }
    assert!(files.len() > 30, "only {} files found in {}", files.len(), src.display());
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What is wrong with a file of `src/`, one line each.
fn complaints_about(name: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut complain = |words: String| complaints.push(format!("src/{name}: {words}"));
    if !text.starts_with("//!") {
        complain("begins without a `//!` header".into());
    }
    if text.contains("../shared") {
        complain("mentions ../shared, which is not part of the project".into());
    }
    for word in NOWHERE.iter().filter(|word| text.contains(**word)) {
        complain(format!("has {word}"));
    }
    let code = without_tests(&blanked(text));
    let here = module_of(name);
    let top = here.split("::").next().unwrap_or_default();
    let is_tests = here.split("::").any(|part| part == "tests" || part.ends_with("_tests"));
    let Some((_, allowed)) = MAY_NAME.iter().find(|(module, _)| *module == top) else {
        return complaints;
    };
    if is_tests {
        return complaints;
    }
    for word in NOT_IN_THE_CORE.iter().filter(|word| has_word(&code, word)) {
        complain(format!("names {word}, which the core does without"));
    }
    if code.contains("super::super") || (!here.contains("::") && code.contains("super::")) {
        complain("climbs by super::; write the path from crate:: on".into());
    }
    for path in crate_paths(&code) {
        let first = path.split("::").next().unwrap_or_default();
        if !allowed.contains(&first) {
            complain(format!("names crate::{path}; {top} may name {}", allowed.join(", ")));
        }
        if (STORE.contains(&path.as_str()) || is_below(&path, STORE[2]))
            && !WRITES.iter().any(|writer| is_below(&here, writer))
        {
            complain(format!("names crate::{path}; only the API server writes to the store"));
        }
        for (module, forbidden) in MAY_NOT_NAME {
            if is_below(&here, module) && forbidden.iter().any(|other| is_below(&path, other)) {
                complain(format!("names crate::{path}; {module} is a client of the API server"));
            }
        }
    }
    complaints
}

/// `api/yaml.rs` is `api::yaml`; `api/mod.rs` is `api`.
fn module_of(name: &str) -> String {
    let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
    path.replace('/', "::")
}

fn is_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).map(|at| code.as_bytes()[at]);
        let after = code.as_bytes().get(at + word.len()).copied();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

/// The text with the contents of comments, strings and character literals made blank.
fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = end_of_blank(bytes, at);
        if end == at {
            at += 1;
            continue;
        }
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).unwrap()
}

/// Where the comment or literal that begins here ends; here itself if none begins.
fn end_of_blank(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let found = |needle: &[u8], from: usize| {
        let place = rest[from..].windows(needle.len()).position(|part| part == needle);
        place.map_or(bytes.len(), |place| at + from + place + needle.len())
    };
    let in_a_word = at > 0 && is_letter(bytes[at - 1]);
    match rest {
        [b'/', b'/', ..] => found(b"\n", 2),
        [b'/', b'*', ..] => end_of_block(bytes, at),
        [b'"', ..] => end_of_quoted(bytes, at, b'"'),
        [b'r', b'"' | b'#', ..] if !in_a_word => {
            let marks = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            if rest.get(1 + marks) != Some(&b'"') {
                return at; // a raw identifier
            }
            found(format!("\"{}", "#".repeat(marks)).as_bytes(), 2 + marks)
        }
        // A character; a lifetime has no second quote there.
        [b'\'', b'\\', ..] => end_of_quoted(bytes, at, b'\''),
        [b'\'', ..] => {
            let close = rest.iter().skip(1).take(5).position(|byte| *byte == b'\'');
            let one = close.and_then(|length| std::str::from_utf8(&rest[1..=length]).ok());
            one.filter(|text| text.chars().count() == 1).map_or(at, |text| at + 2 + text.len())
        }
        _ => at,
    }
}

fn end_of_quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != quote {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end + 1).min(bytes.len())
}

fn end_of_block(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end < bytes.len() {
        match &bytes[end..] {
            [b'/', b'*', ..] => (depth, end) = (depth + 1, end + 2),
            [b'*', b'/', ..] => (depth, end) = (depth - 1, end + 2),
            _ => end += 1,
        }
        if depth == 0 {
            break;
        }
    }
    end
}

/// The code without the blocks behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        let block = after.find(['{', ';']).unwrap_or(after.len());
        rest = if after[block..].starts_with('{') {
            &after[block + end_of_braces(&after[block..])..]
        } else {
            &after[block..]
        };
    }
    kept + rest
}

/// Behind the brace that closes the one at the beginning.
fn end_of_braces(code: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// Every path after `crate::`, groups taken apart: `crate::{api::{a, b as c}, lab}` is `api::a`, `api::b`, `lab`.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        if at == 0 || !is_letter(code.as_bytes()[at - 1]) {
            tree("", &code[at + word.len()..], &mut paths);
        }
    }
    paths
}

/// Reads one path or group; gives what follows it.
fn tree<'code>(prefix: &str, code: &'code str, paths: &mut BTreeSet<String>) -> &'code str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            if rest.is_empty() {
                return rest;
            }
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let before = rest.len();
            rest = tree(prefix, rest, paths);
            // `as name` and whatever else this does not read.
            rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
            assert!(rest.len() < before, "cannot read a use: {code:.80}");
        }
    }
    let length = code
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '*')
        .unwrap_or(code.len());
    let path = if prefix.is_empty() { code[..length].to_string() } else { format!("{prefix}::{}", &code[..length]) };
    match code[length..].trim_start().strip_prefix("::") {
        Some(rest) => tree(&path, rest, paths),
        None => {
            paths.insert(path.trim_end_matches("::self").to_string());
            &code[length..]
        }
    }
}

/// That the checks can fail: each of these is a violation, and its innocent twin is none.
mod proof {
    use super::complaints_about;

    fn about(file: &str, code: &str) -> String {
        complaints_about(file, &format!("//! Header.\n{code}\n")).join("\n")
    }

    #[test]
    fn a_layer_that_names_a_higher_one_is_caught() {
        let complaint = about("kubectl/get.rs", "use crate::api::object::Object;\nuse crate::cluster::Cluster;");
        assert_eq!(complaint, "src/kubectl/get.rs: names crate::cluster::Cluster; kubectl may name api, kubectl");
        assert!(about("api/yaml.rs", "fn f() { crate::shell::run() }").contains("crate::shell::run"));
        assert!(about("shell/mod.rs", "use crate::cluster;").contains("crate::cluster;"));
        assert!(about("lab/history.rs", "use crate::ui::app;").contains("crate::ui::app"));
        assert!(about("lesson/mod.rs", "use crate::cluster::Cluster;").contains("crate::cluster::Cluster"));
        assert_eq!(about("ui/app.rs", "use crate::{lab, cluster::store::Store};"), "");
    }

    #[test]
    fn groups_are_taken_apart() {
        let complaint = about(
            "kubectl/get.rs",
            "use crate::{\n  api::{a::{self, B as C}, d},\n  cluster::{e, f::*},\n  kubectl::g,\n};",
        );
        assert_eq!(complaint.lines().count(), 2, "{complaint}");
        assert!(complaint.contains("crate::cluster::e;") && complaint.contains("crate::cluster::f::*;"), "{complaint}");
    }

    #[test]
    fn only_the_door_names_the_store() {
        assert!(
            about("cluster/registry/pods.rs", "use crate::cluster::store::{Key, Store};")
                .contains("writes to the store")
        );
        assert_eq!(about("cluster/apiserver/mod.rs", "use crate::cluster::store::{Key, Store};"), "");
        assert!(about("cluster/kubelet/mod.rs", "use crate::cluster::store;").contains("writes to the store"));
        assert!(
            about("cluster/scheduler.rs", "use crate::cluster::store::{self, Key};").contains("writes to the store")
        );
        assert!(about("cluster/scheduler.rs", "use crate::cluster::store::*;").contains("writes to the store"));
        assert!(about("cluster/scheduler.rs", "crate::cluster::store::Store::new()").contains("writes to the store"));
        assert_eq!(about("cluster/trace.rs", "use crate::cluster::store::ChangeKind;"), "");
        assert!(about("cluster/kubelet/mod.rs", "use crate::cluster::apiserver::ApiServer;").contains("is a client"));
        assert!(
            about("cluster/controllers/tokens.rs", "use crate::cluster::{client, registry};")
                .contains("crate::cluster::registry;")
        );
        assert_eq!(about("cluster/controllers/tokens.rs", "use crate::cluster::{client, trace};"), "");
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        let innocent = r##"
/// See [`crate::cluster::Cluster`], not a HashMap. /* crate::lab */
/* crate::lab /* crate::lab */ crate::lab */
const A: &str = "crate::cluster \" crate::lab";
const B: &str = r#"crate::cluster " HashMap"#;
const C: (char, char, char) = ('"', '\'', 'é'); // crate::lab
fn f<'a>(x: &'a str) -> &'a str { x }
#[cfg(test)]
#[allow(clippy::panic)]
mod tests { use crate::lab::Lab; fn g() { std::collections::HashMap::new(); } }
"##;
        assert_eq!(about("api/yaml.rs", innocent), "");
        assert!(about("api/yaml.rs", &format!("{innocent}\nuse crate::lab::Lab;")).contains("crate::lab::Lab"));
        assert_eq!(about("cluster/authz/tests.rs", "use crate::cluster::store::Store;"), "");
        assert!(
            about("cluster/authz/contests.rs", "use crate::cluster::store::Store;").contains("writes to the store")
        );
    }

    #[test]
    fn the_core_is_deterministic_and_knows_no_machine() {
        for code in [
            "use std::collections::HashMap;",
            "let now = std::time::SystemTime::now();",
            "let now = Instant::now();",
            "let x = std::env::var(\"X\");",
            "use web_sys::window;",
        ] {
            assert!(about("cluster/clock.rs", code).contains("the core does without"), "{code}");
            assert_eq!(about("ui/app.rs", code), "", "{code}");
        }
        assert_eq!(about("api/time.rs", "struct MyHashMap; struct Instant;"), "");
    }

    #[test]
    fn loose_ends_are_caught_everywhere() {
        for code in ["fn f() { todo!() }", "fn f() { unimplemented!() }", "dbg!(1);", "// FIXME", "// ../shared/notes"]
        {
            assert_ne!(about("ui/app.rs", code), "", "{code}");
        }
        assert!(complaints_about("main.rs", "fn main() {}").join("").contains("header"));
        assert!(about("api/mod.rs", "use super::lab;").contains("super::"));
        assert!(about("cluster/authn/mod.rs", "use super::super::lab;").contains("super::"));
    }
}
