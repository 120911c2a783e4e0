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
    /// Who added or changed it, as far as somebody said so.
    pub by: String,
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
    /// Whether it only says who did it, at the line itself: told at another step already.
    pub aside: bool,
}

/// How many lines of each mark there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that were there before.
    pub kept: usize,
    /// Added lines, by who added them (nobody's name where nobody said so), in the order in which they appear.
    pub added: Vec<(String, usize)>,
    /// Lines with a new value.
    pub changed: usize,
    /// Lines that are gone.
    pub removed: usize,
}

/// The lines of `after`, compared with `before` (nothing is marked without one), with each note below the last
/// line of what it is about; the same sentence of the same actor once.
pub fn lines(before: Option<&Object>, after: &Object, notes: &[Note]) -> Vec<Line> {
    let text = crate::api::yaml::print(after);
    let mut lines = match before {
        None => plain_lines(&text),
        Some(before) => compare(&crate::api::yaml::print(before), &text),
    };
    for line in lines.iter_mut().filter(|line| matches!(line.mark, Mark::Added | Mark::Changed)) {
        let closest = notes.iter().filter(|note| is_under(&line.path, &note.path)).max_by_key(|note| note.path.len());
        line.by = closest.map(|note| note.who.clone()).unwrap_or_default();
    }
    // A key that only holds what somebody added is theirs as well.
    for at in (0..lines.len()).rev() {
        let below = lines.get(at + 1).map(|next| (next.path.clone(), next.by.clone()));
        if let (Some(line), Some((path, by))) = (lines.get_mut(at), below)
            && line.mark == Mark::Added
            && line.by.is_empty()
            && is_inside(&path, &line.path)
        {
            line.by = by;
        }
    }
    let mut said: Vec<(&str, &str)> = Vec::new();
    for note in notes.iter().filter(|note| !note.aside) {
        let covers = |line: &Line| line.mark != Mark::Removed && is_under(&line.path, &note.path);
        if let Some(last) = lines.iter().rposition(covers)
            && !said.contains(&(&note.who, &note.why))
            && let Some(line) = lines.get_mut(last)
        {
            said.push((&note.who, &note.why));
            line.notes.push(note.clone());
        }
    }
    lines
}

/// Counts the lines by their marks.
pub fn tally(lines: &[Line]) -> Tally {
    let mut tally = Tally::default();
    for line in lines {
        match line.mark {
            Mark::Kept => tally.kept += 1,
            Mark::Changed => tally.changed += 1,
            Mark::Removed => tally.removed += 1,
            Mark::Added => match tally.added.iter_mut().find(|(by, _)| *by == line.by) {
                Some((_, count)) => *count += 1,
                None => tally.added.push((line.by.clone(), 1)),
            },
        }
    }
    tally
}

/// Whether anything lies under the line, so that it can be folded.
pub fn is_parent(lines: &[Line], at: usize) -> bool {
    match (lines.get(at), lines.get(at + 1)) {
        (Some(line), Some(next)) => is_inside(&next.path, &line.path),
        _ => false,
    }
}

/// Whether `path` lies under `ancestor` and is not it.
pub fn is_inside(path: &str, ancestor: &str) -> bool {
    !ancestor.is_empty() && path != ancestor && is_under(path, ancestor)
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
        let note = Note {
            path: "spec.serviceAccountName".into(),
            who: "admission".into(),
            why: "none named".into(),
            aside: false,
        };
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
        let tally = tally(&lines);
        assert_eq!((tally.kept, tally.added, tally.changed), (3, vec![("admission".to_owned(), 1)], 1));
    }

    #[test]
    fn says_a_sentence_once_and_who_did_it_at_every_line() {
        let before = serde_json::json!({"spec": {}});
        let after = serde_json::json!({"spec": {"a": "x", "b": {"c": "y"}, "d": "z"}});
        let note = |path: &str, why: &str, aside: bool| Note {
            path: path.into(),
            who: "defaults".into(),
            why: why.into(),
            aside,
        };
        let notes = [note("spec.a", "same", false), note("spec.b", "same", false), note("spec.d", "other", true)];
        let lines = lines(Some(&before), &after, &notes);
        let said: usize = lines.iter().map(|line| line.notes.len()).sum();
        assert_eq!(said, 1, "{lines:#?}");
        let by: Vec<&str> = lines.iter().filter(|line| line.mark == Mark::Added).map(|line| line.by.as_str()).collect();
        assert_eq!(by, ["defaults"; 4], "the key b too");
    }

    #[test]
    fn knows_what_can_be_folded() {
        let object =
            serde_json::json!({"metadata": {"name": "x"}, "spec": {"containers": [{"args": ["a"], "name": "c"}]}});
        let lines = lines(None, &object, &[]);
        let parents: Vec<&str> =
            (0..lines.len()).filter(|at| is_parent(&lines, *at)).map(|at| lines[at].text.trim()).collect();
        assert_eq!(parents, ["metadata:", "spec:", "containers:", "- args:"]);
        assert!(is_inside("spec.containers[0].name", "spec.containers") && !is_inside("spec", "spec"));
    }
}
