//! An object as YAML, line by line, with what was added, changed or removed since another version of it, by whom
//! and why.

use crate::api::object::Object;
use similar::{ChangeTag, TextDiff};

/// What happened to a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// It was there before.
    #[default]
    Kept,
    /// It is new.
    Added,
    /// Its value is new.
    Changed,
    /// It is gone; shown where it was.
    Removed,
}

/// A line of YAML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The text, indented.
    pub text: String,
    /// What happened to it.
    pub mark: Mark,
    /// The path of the field it shows: `spec.volumes[1].name`.
    pub path: String,
    /// Notes that belong below it.
    pub notes: Vec<Note>,
}

/// Who set a field, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The path of the field or subtree.
    pub path: String,
    /// `ServiceAccount admission`.
    pub who: String,
    /// One sentence.
    pub why: String,
}

/// The lines of `after`, compared with `before` (nothing is marked without one), with each note below the last
/// line of what it is about.
pub fn lines(before: Option<&Object>, after: &Object, notes: &[Note]) -> Vec<Line> {
    let text = crate::api::yaml::print(after);
    let mut lines = match before {
        None => plain_lines(&text),
        Some(before) => compare(&crate::api::yaml::print(before), &text),
    };
    for note in notes {
        let covers = |line: &Line| line.mark != Mark::Removed && is_under(&line.path, &note.path);
        if let Some(last) = lines.iter().rposition(covers)
            && let Some(line) = lines.get_mut(last)
        {
            line.notes.push(note.clone());
        }
    }
    lines
}

fn plain_lines(text: &str) -> Vec<Line> {
    text.lines().zip(paths(text)).map(|(text, path)| Line { text: text.to_owned(), path, ..Line::default() }).collect()
}

fn compare(before: &str, after: &str) -> Vec<Line> {
    let (old_paths, new_paths) = (paths(before), paths(after));
    let path = |paths: &[String], index: Option<usize>| index.and_then(|i| paths.get(i)).cloned().unwrap_or_default();
    let mut lines: Vec<Line> = TextDiff::from_lines(before, after)
        .iter_all_changes()
        .map(|change| {
            let text = change.value().trim_end_matches('\n').to_owned();
            match change.tag() {
                ChangeTag::Equal => Line { text, path: path(&new_paths, change.new_index()), ..Line::default() },
                ChangeTag::Insert => {
                    Line { text, mark: Mark::Added, path: path(&new_paths, change.new_index()), ..Line::default() }
                }
                ChangeTag::Delete => {
                    Line { text, mark: Mark::Removed, path: path(&old_paths, change.old_index()), ..Line::default() }
                }
            }
        })
        .collect();
    // A removed line whose field has a new value right after it is one changed line.
    let removed: Vec<String> =
        lines.iter().filter(|line| line.mark == Mark::Removed).map(|line| line.path.clone()).collect();
    for line in &mut lines {
        if line.mark == Mark::Added && removed.contains(&line.path) {
            line.mark = Mark::Changed;
        }
    }
    lines
}

/// Whether `path` is `ancestor` or lies under it.
fn is_under(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

/// The field that each line of printed YAML shows. Lines of block scalars belong to the field that opened them.
pub fn paths(text: &str) -> Vec<String> {
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut items: Vec<(String, usize, usize)> = Vec::new();
    let mut block: Option<(usize, String)> = None;
    let mut out = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some((scalar_indent, path)) = &block {
            if indent > *scalar_indent || line.trim().is_empty() {
                out.push(path.clone());
                continue;
            }
            block = None;
        }
        let mut rest = line.trim_start_matches(' ');
        let mut at = indent;
        let mut path = String::new();
        let mut is_item = false;
        while let Some(after) = rest.strip_prefix("- ").or(if rest == "-" { Some("") } else { None }) {
            // A list stands at its key's own indentation, so its parent may have the same one.
            open.retain(|(depth, name)| *depth < at || (*depth == at && !is_item && !name.ends_with(']')));
            let parent = open.last().map(|(_, name)| name.clone()).unwrap_or_default();
            items.retain(|(list, depth, _)| *depth < at || (*depth == at && *list == parent));
            let index = match items.iter_mut().find(|(list, depth, _)| *list == parent && *depth == at) {
                Some((_, _, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    items.push((parent.clone(), at, 0));
                    0
                }
            };
            path = format!("{parent}[{index}]");
            open.push((at, path.clone()));
            is_item = true;
            at += 2;
            rest = after;
        }
        if let Some((key, value)) = split_key(rest) {
            open.retain(|(depth, name)| *depth < at || (is_item && *depth < at + 2 && name == &path));
            let parent = open.last().map(|(_, name)| name.clone()).unwrap_or_default();
            path = if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") };
            items.retain(|(_, depth, _)| *depth < at);
            open.push((at, path.clone()));
            if value.starts_with('|') || value.starts_with('>') {
                block = Some((at, path.clone()));
            }
        }
        out.push(path);
    }
    out
}

fn split_key(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find("\":")?;
        return Some((quoted.get(..end)?, quoted.get(end + 2..)?.trim_start()));
    }
    if text.starts_with(['{', '[', '\'']) {
        return None;
    }
    match text.split_once(": ") {
        Some((key, value)) if !key.contains(' ') => Some((key, value)),
        _ => text.strip_suffix(':').map(|key| (key, "")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_field_of_every_line() {
        let text = "\
metadata:
  annotations:
    note: |
      two: lines
      of text
  name: x
spec:
  containers:
  - args:
    - sleep
    - infinity
    name: c
  - name: d
    volumeMounts:
    - mountPath: /a
      name: v
  volumes:
  - name: v
";
        let wanted = [
            "metadata",
            "metadata.annotations",
            "metadata.annotations.note",
            "metadata.annotations.note",
            "metadata.annotations.note",
            "metadata.name",
            "spec",
            "spec.containers",
            "spec.containers[0].args",
            "spec.containers[0].args[0]",
            "spec.containers[0].args[1]",
            "spec.containers[0].name",
            "spec.containers[1].name",
            "spec.containers[1].volumeMounts",
            "spec.containers[1].volumeMounts[0].mountPath",
            "spec.containers[1].volumeMounts[0].name",
            "spec.volumes",
            "spec.volumes[0].name",
        ];
        assert_eq!(paths(text), wanted);
    }

    #[test]
    fn marks_what_admission_added_and_says_why_below_it() {
        let before = serde_json::json!({"spec": {"containers": [{"name": "c"}], "replicas": 1}});
        let after = serde_json::json!({"spec": {"containers": [{"name": "c"}], "replicas": 2, "serviceAccountName": "default"}});
        let note = Note { path: "spec.serviceAccountName".into(), who: "admission".into(), why: "none named".into() };
        let lines = lines(Some(&before), &after, &[note]);
        let marks: Vec<(&str, Mark)> =
            lines.iter().filter(|line| line.mark != Mark::Kept).map(|line| (line.text.as_str(), line.mark)).collect();
        assert_eq!(
            marks,
            [
                ("  replicas: 1", Mark::Removed),
                ("  replicas: 2", Mark::Changed),
                ("  serviceAccountName: default", Mark::Added),
            ]
        );
        assert_eq!(lines.last().unwrap().notes.len(), 1);
    }
}
