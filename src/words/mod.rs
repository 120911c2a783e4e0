//! What the page says, in other languages. English is the source: a sentence stands in the code in English, and that
//! is its key; a language is a table from English sentences to its own (`languages/CODE/interface.json`).
//!
//! Only what is shown goes through here. The cluster, kubectl and the shell cannot name this module, so the language
//! never reaches what is stored, printed or put into a link; the sentences of the trace are translated when they are
//! shown ([`told`]).

pub mod check;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// The longest table that is read, in bytes.
pub const LENGTH_BYTES_MAX: usize = 512 * 1024;

/// A key with fewer letters between its places would be found in what it has nothing to do with.
const LETTERS_MIN: usize = 5;

/// A language that comes with the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// As in `<html lang>`: also its folder in `languages/`.
    pub code: &'static str,
    /// Its own name for itself.
    pub name: &'static str,
    /// Its own word for “language”.
    pub word: &'static str,
}

/// The languages that come with the lab. A new one is one folder, one line here, and its code in `static/boot.js`.
pub const LANGUAGES: &[Language] = &[
    Language { code: "en", name: "English", word: "Language" },
    Language { code: "de", name: "Deutsch", word: "Sprache" },
];

/// The number's plural category in a language, as `Intl.PluralRules` has it: `one`, `few`, …
pub type Category = fn(&str, usize) -> String;

/// A language's table.
struct Table {
    code: String,
    texts: BTreeMap<String, String>,
    /// The keys with places in them, for [`told`].
    patterns: Vec<String>,
    category: Option<Category>,
}

thread_local! {
    static TABLE: Cell<Option<&'static Table>> = const { Cell::new(None) };
    /// Tables live as long as the program, so that what they give is as handy as a literal; each is read once.
    static READ: RefCell<Vec<&'static Table>> = const { RefCell::new(Vec::new()) };
}

/// The code of the language that is spoken.
pub fn language() -> &'static str {
    TABLE.get().map_or("en", |table| &table.code)
}

/// What the table says of itself: `@direction`; empty if nothing.
pub fn about(key: &str) -> &'static str {
    TABLE.get().and_then(|table| table.texts.get(key)).map_or("", String::as_str)
}

/// Which way the language is written: `ltr` or `rtl`.
pub fn direction() -> &'static str {
    if about("@direction") == "rtl" { "rtl" } else { "ltr" }
}

/// Speaks a language that was read before, or English; `false` if it was not.
pub fn speak(code: &str) -> bool {
    let found = READ.with_borrow(|read| read.iter().find(|table| table.code == code).copied());
    if found.is_some() || code == "en" {
        TABLE.set(found);
    }
    found.is_some() || code == "en"
}

/// Reads a language's table, and speaks it.
///
/// # Errors
/// If it is too long, or no map from text to text; what was spoken before stays.
pub fn read(code: &str, text: &str, category: Option<Category>) -> Result<(), String> {
    if text.len() > LENGTH_BYTES_MAX {
        return Err(format!("it has more than {LENGTH_BYTES_MAX} bytes"));
    }
    let texts: BTreeMap<String, String> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let patterns = texts.keys().filter(|key| literals(key).len() > 1 && letters(key) >= LETTERS_MIN).cloned().collect();
    // A few languages at most, each once: see READ.
    let table: &'static Table = Box::leak(Box::new(Table { code: code.to_owned(), texts, patterns, category }));
    READ.with_borrow_mut(|read| {
        read.retain(|other| other.code != code);
        read.push(table);
    });
    TABLE.set(Some(table));
    Ok(())
}

/// The sentence in the language that is spoken; in English if that lacks it.
pub fn tr(english: &'static str) -> &'static str {
    TABLE.get().and_then(|table| table.texts.get(english)).map_or(english, String::as_str)
}

/// A sentence that is translated elsewhere, where it is shown: makes it a key.
pub const fn mark(english: &'static str) -> &'static str {
    english
}

/// [`tr`] with values for its places `{0}`, `{1}`, …; see the macro of the same name.
pub fn fill(english: &'static str, values: &[&dyn Display]) -> String {
    put(tr(english), values)
}

fn put(template: &str, values: &[&dyn Display]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, place, after)) = next_place(rest) {
        out.push_str(before);
        if let Some(value) = values.get(place) {
            let _ = write!(out, "{value}");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A sentence with places for values, as `format!`, but with the places numbered: a language may put them elsewhere.
macro_rules! tr {
    ($english:literal $(, $value:expr)+ $(,)?) => {
        $crate::words::fill($english, &[$(&$value),+])
    };
}

/// `1 step`, `3 steps`: one of two sentences, with the number at `{0}`. A language with more forms than two has them
/// under the second key with the category behind it: `{0} steps|few`.
pub fn plural(number: usize, one: &'static str, many: &'static str) -> String {
    if let Some(table) = TABLE.get()
        && let Some(category) = table.category
        && let Some(text) = table.texts.get(&format!("{many}|{}", category(&table.code, number)))
    {
        return put(text, &[&number]);
    }
    fill(if number == 1 { one } else { many }, &[&number])
}

/// A sentence that was made elsewhere, with its values in it already (the trace's): looked up as it is, then as one of
/// the keys with places. What stands in a place and is a sentence itself is translated too.
pub fn told(english: &str) -> String {
    let Some(table) = TABLE.get() else { return english.to_owned() };
    if let Some(text) = table.texts.get(english) {
        return text.clone();
    }
    let fits = table.patterns.iter().filter_map(|key| Some((letters(key), key, values_in(key, english)?)));
    let Some((_, key, values)) = fits.max_by_key(|(letters, ..)| *letters) else { return english.to_owned() };
    let values: Vec<String> = values
        .into_iter()
        // Names have no blanks, so none is taken for a sentence.
        .map(|value| if value.contains(' ') && value.len() < english.len() { told(value) } else { value.to_owned() })
        .collect();
    let values: Vec<&dyn Display> = values.iter().map(|value| value as &dyn Display).collect();
    put(table.texts.get(key).map_or(key, String::as_str), &values)
}

/// The first place of a template, with what is before and behind it.
fn next_place(template: &str) -> Option<(&str, usize, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    Some((before, place.parse().ok()?, after))
}

/// What stands between the places of a template.
fn literals(template: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), template);
    while let Some((before, _, after)) = next_place(rest) {
        found.push(before);
        rest = after;
    }
    found.push(rest);
    found
}

/// The numbers of the places of a template, in its order.
pub fn places(template: &str) -> Vec<usize> {
    let (mut found, mut rest) = (Vec::new(), template);
    while let Some((_, place, after)) = next_place(rest) {
        found.push(place);
        rest = after;
    }
    found
}

fn letters(template: &str) -> usize {
    literals(template).iter().flat_map(|part| part.chars()).filter(|letter| letter.is_alphabetic()).count()
}

/// What stands at the places of a template in a sentence that was made from it.
fn values_in<'a>(template: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let parts = literals(template);
    let (first, rest) = parts.split_first()?;
    let mut left = sentence.strip_prefix(first)?;
    let (last, middle) = rest.split_last()?;
    let mut found = Vec::new();
    for part in middle {
        let (value, after) = left.split_once(part)?;
        found.push(value);
        left = after;
    }
    found.push(left.strip_suffix(last)?);
    let mut values = vec![""; found.len()];
    for (place, value) in places(template).into_iter().zip(found) {
        *values.get_mut(place)? = value;
    }
    Some(values)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn german() {
        let table = r#"{
            "@direction": "ltr",
            "Next hint": "Nächster Hinweis",
            "{0} of {1} goals": "von {1} Zielen {0}",
            "{0} step": "{0} Schritt", "{0} steps": "{0} Schritte", "{0} steps|few": "{0} Schritterl",
            "its owner {0} is gone": "sein Besitzer {0} ist weg",
            "looked at {0}: {1}": "angesehen {0}: {1}"
        }"#;
        read("de", table, Some(|_, number| if number == 3 { "few".to_owned() } else { "other".to_owned() })).unwrap();
    }

    #[test]
    fn english_without_a_table_and_where_it_lacks_something() {
        assert_eq!((language(), tr("Next hint")), ("en", "Next hint"));
        assert_eq!(tr!("{0} of {1} goals", 1, 2), "1 of 2 goals");
        assert_eq!(told("its owner web is gone"), "its owner web is gone");
        german();
        assert_eq!((language(), tr("Next hint"), tr("Stop")), ("de", "Nächster Hinweis", "Stop"));
        assert_eq!(tr!("{0} of {1} goals", 1, 2), "von 2 Zielen 1");
        assert_eq!(about("@direction"), "ltr");
        assert!(!speak("fr") && language() == "de");
        assert!(speak("en") && tr("Next hint") == "Next hint");
        assert!(speak("de") && tr("Next hint") == "Nächster Hinweis");
    }

    #[test]
    fn numbers_have_their_form() {
        assert_eq!([1, 2].map(|number| plural(number, "{0} step", "{0} steps")), ["1 step", "2 steps"]);
        german();
        let said = [0, 1, 2, 3].map(|number| plural(number, "{0} step", "{0} steps"));
        assert_eq!(said, ["0 Schritte", "1 Schritt", "2 Schritte", "3 Schritterl"]);
    }

    #[test]
    fn sentences_of_the_trace_are_recognised() {
        german();
        assert_eq!(told("its owner web-7d is gone"), "sein Besitzer web-7d ist weg");
        assert_eq!(told("looked at x: its owner a is gone"), "angesehen x: sein Besitzer a ist weg");
        assert_eq!(told("pods \"x\" not found"), "pods \"x\" not found");
        assert_eq!(values_in("{1} a {0}.", "x a y."), Some(vec!["y", "x"]));
        assert_eq!(values_in("{0} a", "x b"), None);
    }

    #[test]
    fn a_damaged_table_changes_nothing() {
        for bad in ["", "[]", "{\"a\": 1}", "{\"a\": \"b\"", &format!("{{\"a\": {:?}}}", "x".repeat(LENGTH_BYTES_MAX))]
        {
            assert!(read("de", bad, None).is_err());
        }
        assert_eq!(language(), "en");
    }
}
