//! What is wrong with a language's table, beside the list of all sentences (`languages/template.json`).

use crate::words::places;
use std::collections::BTreeMap;

/// Sentences by their English text.
pub type Table = BTreeMap<String, String>;

/// What is wrong with a table, one line each; `text` is the table's file, and `keys` the template's.
pub fn examine(text: &str, keys: &Table) -> Vec<(usize, String)> {
    let table: Table = match serde_json::from_str(text) {
        Ok(table) => table,
        Err(error) => return vec![(error.line().max(1), format!("this is no map from text to text: {error}"))],
    };
    let line = |key: &str| {
        let quoted = serde_json::to_string(key).unwrap_or_default();
        text.lines().position(|line| line.trim_start().starts_with(&quoted)).map_or(1, |index| index + 1)
    };
    let mut problems: Vec<(usize, String)> = Vec::new();
    for (key, translation) in &table {
        if let Some(about) = key.strip_prefix('@') {
            if !matches!((about, translation.as_str()), ("language", _) | ("direction", "ltr" | "rtl")) {
                problems
                    .push((line(key), format!("{key}: there is @language, its own name, and @direction, ltr or rtl")));
            }
            continue;
        }
        let source = key.split_once('|').map_or(key.as_str(), |(source, _)| source);
        if !keys.contains_key(source) {
            problems.push((line(key), format!("not used any more, take it out: {key:?}")));
        } else if let Some(what) = mismatch(source, translation) {
            problems.push((line(key), format!("{what}: {key:?}")));
        }
    }
    problems.sort();
    let missing = keys.iter().filter(|(key, _)| !table.contains_key(*key));
    problems.extend(missing.map(|(key, place)| (1, format!("missing, so English is shown: {key:?} ({place})"))));
    problems
}

/// How a translation does not fit its sentence.
fn mismatch(source: &str, translation: &str) -> Option<String> {
    let sorted = |text: &str| {
        let mut places = places(text);
        places.sort_unstable();
        places.dedup();
        places
    };
    // A plural form may leave out its number: “one step”.
    let (wanted, there) = (sorted(source), sorted(translation));
    if wanted != there && !(wanted == [0] && there.is_empty() && source.starts_with("{0} ")) {
        let shown = |places: &[usize]| places.iter().map(|place| format!("{{{place}}}")).collect::<Vec<_>>().join(" ");
        return Some(format!("its places are {}, and should be {}", shown(&there), shown(&wanted)));
    }
    let blanks = |text: &str| (text.starts_with(' '), text.ends_with(' '));
    if translation.trim().is_empty() {
        return Some("it is empty".to_owned());
    }
    (blanks(source) != blanks(translation))
        .then(|| "it begins or ends with a blank where the English does not, or the other way round".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_its_line() {
        let keys: Table = ["Steps", "{0} of {1}", "{0} step", " never", "Stop"]
            .map(|key| (key.to_owned(), "src/ui/x.rs".to_owned()))
            .into();
        let table = "{\n  \"@direction\": \"up\",\n  \"{0} of {1}\": \"{1}\",\n  \"{0} step\": \"ein Schritt\",\n  \"{0} step|few\": \"{0}\",\n  \" never\": \"nie\",\n  \"Stop\": \"Halt\",\n  \"Old\": \"Alt\"\n}";
        let found = examine(table, &keys);
        let said: Vec<(usize, &str)> =
            found.iter().map(|(line, what)| (*line, what.split(':').next().unwrap_or_default())).collect();
        let wanted = [
            (2, "@direction"),
            (3, "its places are {1}, and should be {0} {1}"),
            (6, "it begins or ends with a blank where the English does not, or the other way round"),
            (8, "not used any more, take it out"),
            (1, "missing, so English is shown"),
        ];
        assert_eq!(said, wanted);
        assert_eq!(examine("[]", &keys).len(), 1);
    }
}
