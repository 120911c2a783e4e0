//! A page of `describe` in the making: indented lines with tabs, aligned at the end.

use crate::api::object::Object;
use crate::api::time::Timestamp;
use crate::kubectl::printers::tabwriter;
use serde_json::Value;

/// Annotations longer than this go on lines of their own.
const ANNOTATION_LENGTH_MAX: usize = 140;

/// What `kubectl apply` notes down for itself; not shown.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The text so far, and the time it is told at.
#[derive(Debug)]
pub struct Page {
    text: String,
    now: Timestamp,
}

impl Page {
    /// An empty page.
    pub fn new(now: Timestamp) -> Self {
        Page { text: String::new(), now }
    }

    /// One line, indented by two spaces a level; cells are separated by tabs.
    pub fn line(&mut self, level: usize, line: &str) {
        self.text.push_str(&"  ".repeat(level));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Text as it is.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// `TITLE<tab>first`, and the others below it; `<none>` without any.
    pub fn list(&mut self, title: &str, entries: &[String]) {
        let Some((first, rest)) = entries.split_first() else { return self.line(0, &format!("{title}\t<none>")) };
        self.line(0, &format!("{title}\t{first}"));
        for entry in rest {
            self.line(0, &format!("\t{entry}"));
        }
    }

    /// Labels as `k=v`, one a line.
    pub fn labels(&mut self, title: &str, labels: &Value) {
        let entries: Vec<String> = labels
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        self.list(title, &entries);
    }

    /// Annotations as `k: v`, long ones on lines of their own and cut.
    pub fn annotations(&mut self, title: &str, annotations: &Value) {
        let mut entries = Vec::new();
        for (key, value) in annotations.as_object().into_iter().flatten() {
            if key == LAST_APPLIED {
                continue;
            }
            let value = value.as_str().unwrap_or_default();
            let value = value.strip_suffix('\n').unwrap_or(value);
            if key.len() + value.len() + 2 <= ANNOTATION_LENGTH_MAX && !value.contains('\n') {
                entries.push(format!("{key}: {value}"));
                continue;
            }
            entries.push(format!("{key}:"));
            entries.extend(value.split('\n').map(|line| format!("  {}", shorten(line, ANNOTATION_LENGTH_MAX - 2))));
        }
        self.list(title, &entries);
    }

    /// How long ago an instant of the object was, `<unknown>` without one.
    pub fn age(&self, object: &Object, path: &[&str]) -> String {
        let then = Timestamp::parse_rfc3339(crate::api::object::text(object, path));
        crate::api::duration::age(self.now, then)
    }

    /// The aligned text.
    pub fn finish(self) -> String {
        tabwriter::align(&self.text, tabwriter::DESCRIBE)
    }
}

fn shorten(text: &str, length: usize) -> String {
    if text.len() <= length {
        return text.to_owned();
    }
    let end = (0..=length).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}...", text.get(..end).unwrap_or_default())
}

/// An instant as `describe` prints it, `Mon, 23 Nov 2026 22:46:15 +0000`.
pub fn date(object: &Object, path: &[&str]) -> String {
    let text = crate::api::object::text(object, path);
    Timestamp::parse_rfc3339(text).map_or_else(|| text.to_owned(), Timestamp::rfc1123z)
}

/// `<none>` for an empty text.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}
