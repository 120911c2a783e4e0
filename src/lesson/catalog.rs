//! The course: its lessons in order. What the map shows is compiled in; the texts are too, except in the page, which
//! carries the first one and fetches the others when they are opened.

use crate::lesson::{Lesson, LessonError, Path, parse, translation};
use crate::words;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A lesson of the course, as the map shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its file in `lessons/`.
    pub file: &'static str,
    /// What its front matter says.
    pub title: &'static str,
    /// What its front matter says.
    pub goal: &'static str,
    /// What its front matter says.
    pub minutes: u32,
    /// What its front matter says.
    pub paths: &'static [Path],
    /// Its text, if it is compiled in.
    pub text: Option<&'static str>,
    /// Its text in other languages, by their codes, if they are compiled in.
    pub translated: &'static [(&'static str, &'static str)],
}

impl Entry {
    /// Its id: the file's name without number and ending.
    pub fn id(&self) -> &'static str {
        super::parse::id_of(self.file)
    }
}

macro_rules! lesson {
    ($file:literal, $title:literal, $goal:literal, $minutes:literal, [$($path:ident)*], $text:expr) => {
        Entry { file: $file, title: $title, goal: $goal, minutes: $minutes, paths: &[$(Path::$path),*], text: $text, translated: translated!($file) }
    };
    ($file:literal, $title:literal, $goal:literal, $minutes:literal, [$($path:ident)*]) => {
        lesson!($file, $title, $goal, $minutes, [$($path)*], inside!($file))
    };
}

#[cfg(any(not(target_arch = "wasm32"), feature = "all-lessons"))]
macro_rules! inside {
    ($file:literal) => {
        Some(include_str!(concat!("../../lessons/", $file)))
    };
}

#[cfg(not(any(not(target_arch = "wasm32"), feature = "all-lessons")))]
macro_rules! inside {
    ($file:literal) => {
        None
    };
}

#[cfg(feature = "all-lessons")]
macro_rules! translated {
    ($file:literal) => {
        &[("de", include_str!(concat!("../../languages/de/lessons/", $file)))]
    };
}

#[cfg(not(feature = "all-lessons"))]
macro_rules! translated {
    ($file:literal) => {
        &[]
    };
}

/// The course in its order. A new lesson is one file and one entry here.
#[rustfmt::skip]
pub const COURSE: &[Entry] = &[
    lesson!("00-first-five-minutes.md", "First five minutes",
        "Tell the identity of a person from the identity of a program, and find out that nothing here can break.", 5, [Beginner],
        Some(include_str!("../../lessons/00-first-five-minutes.md"))),
    lesson!("01-default-account.md", "Who am I?",
        "See which identity a pod gets when nobody names one, what arrives with it, and what it may do.", 6, [Beginner]),
    lesson!("02-mounted-files.md", "Three files in the pod",
        "Find the three files that arrive in a pod, know what each is for, and use them to call the API by hand.", 7, [Beginner]),
    lesson!("03-calling-the-api.md", "Known is not allowed",
        "Tell 401 from 403 from 200, and give an account the one right that it needs.", 8, [Beginner]),
    lesson!("04-your-own-account.md", "An account of your own",
        "Create accounts by command and by manifest, and move a pod and a Deployment to one.", 8, [Beginner]),
    lesson!("05-automount-off.md", "Turning automount off",
        "Run a pod without credentials, and know which of two switches wins.", 8, [Beginner]),
    lesson!("06-read-a-token.md", "Read a token",
        "Take a token apart, and see why reading it is not the same as believing it.", 7, [Operator Security]),
    lesson!("07-token-time.md", "Token time",
        "Watch a mounted token being renewed, and see what happens to a program that read it only once.", 8, [Operator]),
    lesson!("08-asking-for-a-token.md", "Ask for a token",
        "Issue tokens that live as long as you say, and for whose ears you say.", 7, [Operator Security]),
    lesson!("09-long-lived-tokens.md", "Long-lived tokens",
        "Make a token that does not expire, see what it costs, and move the program away from it.", 8, [Operator]),
    lesson!("10-ending-a-token.md", "Ending a token",
        "End a token before its time, and know what else ends with it.", 7, [Operator Security]),
    lesson!("11-stolen-token.md", "The stolen token",
        "Find out whose token was stolen, lock the thief out, and keep everybody else working.", 8, [Security]),
    lesson!("12-before-and-now.md", "Before and now",
        "Know what changed for accounts and their tokens since Kubernetes 1.23, and tell old advice from good advice.", 8, []),
    lesson!("13-pull-secrets.md", "Pull secrets and extras",
        "Let an account bring along the password for a registry, and learn three things about it that surprise.", 6, []),
    lesson!("14-review.md", "Review",
        "Answer ten questions from all of the course, eight of them rightly, and show each with a command.", 8, []),
];

/// The longest name of a lesson that is no part of the course.
pub const ID_LENGTH_MAX: usize = 500;

thread_local! {
    /// Texts that came after the start, by language and id: lessons that were fetched, and lessons that somebody
    /// brought, which are of no language.
    static ADDED: RefCell<BTreeMap<(String, String), Added>> = const { RefCell::new(BTreeMap::new()) };
}

/// A text with the language that it is in.
#[derive(Clone)]
struct Added {
    text: String,
    language: &'static str,
}

/// Takes in the text of a lesson: of the course, by its id, or of one's own, by the address it came from.
///
/// # Errors
/// What is wrong with it.
pub fn add(id: &str, text: &str) -> Result<(), LessonError> {
    parse(id, text)?;
    let of_course = COURSE.iter().any(|entry| entry.id() == id);
    let slot = if of_course { ENGLISH } else { OWN };
    insert(slot, id, text, slot);
    Ok(())
}

/// Takes in the translation of a lesson of the course into the language that is spoken, once the English one is there.
/// One that would not come to the same session stays away: then the English text stands for it.
pub fn add_translated(id: &str, text: Option<&str>) {
    let language = words::language();
    let Some(english) = text_in(ENGLISH, id).map(|found| found.text) else { return };
    let fits = |text: &&str| match (parse(id, &english), parse(id, text)) {
        (Ok(english), Ok(other)) => translation::differences(&english, &other).is_empty(),
        _ => false,
    };
    match text.filter(fits) {
        Some(text) => insert(language, id, text, language),
        None => insert(language, id, &english, ENGLISH),
    }
}

const ENGLISH: &str = "en";
const OWN: &str = "";

fn insert(slot: &str, id: &str, text: &str, language: &'static str) {
    let added = Added { text: text.to_owned(), language };
    ADDED.with_borrow_mut(|all| all.insert((slot.to_owned(), id.to_owned()), added));
}

fn text_in(slot: &str, id: &str) -> Option<Added> {
    let inside = COURSE.iter().find(|entry| entry.id() == id).and_then(|entry| entry.text);
    if slot == ENGLISH && inside.is_some() {
        return inside.map(|text| Added { text: text.to_owned(), language: ENGLISH });
    }
    ADDED.with_borrow(|added| added.get(&(slot.to_owned(), id.to_owned())).cloned())
}

/// Whether there is nothing left to fetch for a lesson: it is there in the language that is spoken, or will not be.
pub fn is_there(id: &str) -> bool {
    text_in(words::language(), id).or_else(|| text_in(OWN, id)).is_some()
}

fn text(id: &str) -> Option<Added> {
    text_in(words::language(), id).or_else(|| text_in(ENGLISH, id)).or_else(|| text_in(OWN, id))
}

/// The language that the text of a lesson is in; empty if it is one's own, and nobody knows.
pub fn language_of(id: &str) -> &'static str {
    text(id).map_or(ENGLISH, |found| found.language)
}

/// The lesson with that id, read, if its text is there; in the language that is spoken, if it is there in it.
pub fn find(id: &str) -> Option<Lesson> {
    let lesson = parse(id, &text(id)?.text);
    lesson.ok().map(|lesson| Lesson { id: id.to_owned(), ..lesson })
}
