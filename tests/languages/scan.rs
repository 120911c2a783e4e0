//! Finds the sentences of the interface in the source: what stands in `tr(…)`, `tr!(…)`, `mark(…)` and `plural(…)`, in
//! `say(…)` of boot.js, in index.html, and what the trace says of why something happened.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every key with the file that it stands in (the first one).
pub type Keys = BTreeMap<String, String>;

/// The folders whose sentences are marked one by one.
const MARKED: [&str; 4] = ["src/embed", "src/lab", "src/lesson", "src/ui"];
/// What marks one, as a call or a macro.
const MARKS: [&str; 4] = ["tr", "tr!", "mark", "plural"];

/// The trace's sentences are not marked, because the cluster does not know of languages. They are the texts in these
/// calls, fields and variables …
const TOLD: [&str; 16] = [
    "Reason::looked(",
    "Reason::decided(",
    ".looked(",
    ".decided(",
    "notes.set(",
    ".pass(",
    ".acted(",
    "delete_secret(",
    "delete_pod(",
    "fill_in(",
    ".set_up(",
    "view::token_life(",
    "why:",
    "let what =",
    "let why =",
    "let finding =",
];
/// … and in these functions and constants, whose texts are all told.
const TOLD_WHOLE: &[(&str, &str)] = &[
    ("src/cluster/admission/default_toleration_seconds.rs", "const "),
    ("src/cluster/admission/service_account.rs", "fn automount("),
    ("src/cluster/admission/service_account.rs", "const VOLUME_PARTS"),
    ("src/cluster/authn/bound.rs", "let subject ="),
    ("src/cluster/authn/service_account.rs", "examiner.fail("),
    ("src/cluster/authz/explain.rs", "fn near_miss("),
    ("src/cluster/authz/explain.rs", "fn target("),
    ("src/cluster/authz/explain.rs", "fn remedy("),
    ("src/cluster/authz/node.rs", "Ok(Some("),
    ("src/cluster/authz/node.rs", "=> allow("),
    ("src/cluster/authz/rule.rs", "fn sentence("),
    ("src/cluster/ledger.rs", "fn ended("),
    ("src/cluster/kubelet/tokens.rs", "let missed ="),
];

/// Words that are names there, not sentences.
const NAMES: [&str; 8] = ["found", "namespaces", "node", "nodes", "pods", "priority", "secrets", "serviceaccounts"];

/// Every key of the project in `root`.
pub fn keys(root: &Path) -> Keys {
    let mut keys = Keys::new();
    for folder in MARKED {
        for file in rust_files(&root.join(folder)) {
            let (name, text) = read(root, &file);
            for key in marked(&text) {
                keys.entry(key).or_insert(name.clone());
            }
        }
    }
    for file in rust_files(&root.join("src/cluster")) {
        let (name, text) = read(root, &file);
        // Kubernetes' own messages.
        let told = if name.ends_with("mountable_secrets.rs") { Vec::new() } else { told(&name, &text) };
        for key in told {
            keys.entry(key).or_insert(name.clone());
        }
    }
    let boot = fs::read_to_string(root.join("static/boot.js")).expect("boot.js is there");
    for key in calls(&Source::read(&boot), &["say"]) {
        keys.entry(key).or_insert("static/boot.js".to_owned());
    }
    for page in ["index.html", "static/embed-before.html"] {
        for key in of_page(&fs::read_to_string(root.join(page)).expect("the page is there")) {
            keys.entry(key).or_insert(page.to_owned());
        }
    }
    for entry in serviceaccount_lab::lesson::COURSE {
        for key in [entry.title, entry.goal] {
            keys.entry(key.to_owned()).or_insert(format!("lessons/{}", entry.file));
        }
    }
    keys
}

fn read(root: &Path, file: &Path) -> (String, String) {
    let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
    (name, fs::read_to_string(file).expect("the file can be read"))
}

/// The Rust files of a folder, those that hold nothing but tests left out.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A source with its texts taken out: in `code` a text is `"NUMBER"`, and comments are gone. What stands behind
/// `#[cfg(test)]` is left out.
pub struct Source {
    pub code: String,
    pub texts: Vec<String>,
}

impl Source {
    pub fn read(text: &str) -> Source {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let (mut code, mut texts) = (String::new(), Vec::new());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if first == '"' {
                let end = end_of_text(rest);
                code.push_str(&format!("\"{}\"", texts.len()));
                texts.push(unescaped(&rest[1..end - 1]));
                end
            } else if first == '\'' && character(rest) > 0 {
                code.push_str("' '");
                character(rest)
            } else {
                code.push(first);
                first.len_utf8()
            };
            rest = &rest[length..];
        }
        Source { code, texts }
    }

    /// The texts in a piece of the code, those in brackets (field paths) left out.
    pub fn texts_in(&self, code: &str) -> Vec<&String> {
        let (mut found, mut brackets) = (Vec::new(), 0);
        let mut parts = code.split('"');
        loop {
            let Some(plain) = parts.next() else { return found };
            brackets += plain.matches("&[").count();
            brackets -= plain.matches(']').count().min(brackets);
            let Some(number) = parts.next() else { return found };
            if brackets == 0 {
                found.extend(number.parse::<usize>().ok().and_then(|number| self.texts.get(number)));
            }
        }
    }
}

fn end_of_text(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(0, |end| end + 3).max(4).min(text.len()),
        Some((at, letter)) if text[at + letter.len_utf8()..].starts_with('\'') => at + letter.len_utf8() + 1,
        _ => 0,
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some('\n')) => while letters.next_if(|next| next.is_whitespace()).is_some() {},
            ('\\', Some('n')) => {
                letters.next();
                out.push('\n');
            }
            ('\\', Some(_)) => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    out
}

/// Up to the end of what begins here: the bracket that closes the first one, or, with `stop`, the letter that ends it.
fn extent<'a>(code: &'a str, stop: &[char]) -> &'a str {
    let mut depth = 0_i32;
    for (at, letter) in code.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth < 0 || (depth == 0 && stop.is_empty()) {
                    return &code[..at];
                }
            }
            _ if depth == 0 && stop.contains(&letter) => return &code[..at],
            _ => {}
        }
    }
    code
}

/// The texts that stand first in calls of these names (in `plural`, both).
fn calls(source: &Source, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        for (at, head) in source.code.match_indices(&format!("{name}(")) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.') {
                continue;
            }
            let arguments = extent(&source.code[at + head.len() - 1..], &[]);
            let texts = source.texts_in(arguments);
            if *name == "plural" {
                found.extend(texts.into_iter().rev().take(2).cloned());
            } else if arguments[1..].trim_start().starts_with('"') {
                found.extend(texts.first().map(|text| (*text).clone()));
            }
        }
    }
    found
}

fn marked(text: &str) -> Vec<String> {
    calls(&Source::read(text), &MARKS)
}

/// The trace's sentences in a file of `src/cluster`, the places numbered.
fn told(name: &str, text: &str) -> Vec<String> {
    let source = Source::read(text);
    let mut found = Vec::new();
    let mut take = |piece: &str| found.extend(source.texts_in(piece).into_iter().filter_map(|text| sentence(text)));
    for head in TOLD {
        for (at, _) in source.code.match_indices(head) {
            let begin = at + head.len();
            match head.chars().next_back() {
                Some('(') => take(extent(&source.code[begin - 1..], &[])),
                Some('=') => take(extent(&source.code[begin..], &[';'])),
                _ => take(extent(&source.code[begin..], &[',', ';'])),
            }
        }
    }
    for (_, head) in TOLD_WHOLE.iter().filter(|(file, _)| *file == name) {
        let plain = head.split('"').next().unwrap_or_default();
        for (at, _) in source.code.match_indices(plain) {
            let rest = &source.code[at..];
            let body =
                if head.starts_with("fn ") { &rest[rest.find('{').unwrap_or(0)..] } else { &rest[plain.len()..] };
            take(extent(body, if head.starts_with("fn ") { &[] } else { &[';'] }));
        }
    }
    found
}

/// A format as a key, if it says something: `{name}` becomes `{0}`.
fn sentence(format: &str) -> Option<String> {
    let (mut key, mut number, mut rest) = (String::new(), 0, format);
    while let Some((before, after)) = rest.split_once('{') {
        key.push_str(before);
        let (_, after) = after.split_once('}')?;
        key.push_str(&format!("{{{number}}}"));
        number += 1;
        rest = after;
    }
    key.push_str(rest);
    if NAMES.contains(&format) {
        return None;
    }
    let plain: String = key.chars().filter(|letter| !letter.is_ascii_digit() && !"{}".contains(*letter)).collect();
    let word = plain.chars().all(|letter| letter.is_ascii_lowercase()) && plain.len() > 3;
    let letters = plain.chars().filter(|letter| letter.is_alphabetic()).count();
    (word || format == "bound {kind}" || (key.contains(' ') && letters > 5)).then_some(key)
}

/// The texts of the page before the program: the title, and what boot.js looks up.
fn of_page(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in ["title", "h1", "p", "li"] {
        for part in page.split(&format!("<{tag}>")).skip(1) {
            let text = part.split(&format!("</{tag}>")).next().unwrap_or_default();
            assert!(!text.contains('<'), "boot.js translates whole texts: take the tags out of <{tag}>{text}");
            found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

/// What is shown and not marked in a file of `src/ui`: a text between braces in `html!`, a label, a format with words.
pub fn unmarked(text: &str) -> Vec<String> {
    let source = Source::read(text);
    let mut found = Vec::new();
    for (number, text) in source.texts.iter().enumerate() {
        let quoted = format!("\"{number}\"");
        let at = source.code.find(&quoted).unwrap_or(0);
        let (before, after) = (source.code[..at].trim_end(), source.code[at + quoted.len()..].trim_start());
        let shown = before.ends_with('{') && after.starts_with('}') && !before.ends_with("={");
        let label = ["aria-label=", "title=", "placeholder=", "label="].iter().any(|name| before.ends_with(name));
        let format = before.ends_with("format!(");
        let plain: String = outside_places(text);
        let words = plain.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.len() > 1).count();
        if (words > 0 && (shown || label)) || (format && words > 1 && plain.contains(' ')) {
            found.push(text.clone());
        }
    }
    found
}

fn outside_places(format: &str) -> String {
    let mut parts = format.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "\u{1}" + part.split_once('}').map_or(part, |(_, after)| after))
}
