//! What is left of finished lessons: kept in the browser between visits, taken along as a file. A file may come from
//! anywhere, so it is bounded and checked, and a solved lesson carries the session that proves it.

use crate::lab::link::SessionFile;
use crate::lesson::progress::Attempt;
use crate::lesson::{Lesson, reopen};
use crate::words::tr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What another version of the program kept is not understood.
const VERSION: u32 = 1;
/// The longest file of progress that is read, in bytes.
pub const LENGTH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A session of more steps is not kept as a proof.
const STEPS_MAX: usize = 1_000;
/// How many lessons and questions a file may name.
const ENTRIES_MAX: usize = 1_000;
/// Days until a question that was answered wrongly comes again, by how often it was right since.
const PAUSES_DAYS: [u64; 4] = [1, 3, 7, 21];

/// Progress through the course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    version: u32,
    /// The lessons that were solved.
    #[serde(default)]
    pub done: BTreeMap<String, Done>,
    /// Questions that were answered wrongly and have not been right often enough since: `LESSON/NUMBER`.
    #[serde(default)]
    pub again: BTreeMap<String, Again>,
}

impl Default for Course {
    fn default() -> Self {
        Course { version: VERSION, done: BTreeMap::new(), again: BTreeMap::new() }
    }
}

/// A solved lesson, with its proof: the same session on the same lesson solves it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The day by the learner's clock, `2026-11-23`.
    pub day: String,
    /// How many hints were opened.
    pub hints: usize,
    /// Whether something was undone on the way, which a session does not show.
    #[serde(default)]
    pub undone: bool,
    /// What was done, from the start of the lesson.
    pub proof: SessionFile,
}

/// A question to ask again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// How often it was right since it was wrong.
    pub right: usize,
    /// The day it is due, counted from 1970-01-01.
    pub due: u64,
}

impl Course {
    /// Reads a file of progress.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LENGTH_BYTES_MAX {
            return Err(tr!(
                "a file of progress has {0} bytes at most; this one has {1}",
                LENGTH_BYTES_MAX,
                text.len()
            ));
        }
        let course: Course =
            serde_json::from_str(text).map_err(|error| tr!("this is no file of progress: {0}", error))?;
        if course.version != VERSION {
            return Err(tr!(
                "this file of progress is of version {0}; this lab reads version {1}",
                course.version,
                VERSION
            ));
        }
        let too_long = course.done.values().any(|done| done.proof.len() > STEPS_MAX || done.day.len() > 10);
        if too_long || course.done.len() > ENTRIES_MAX || course.again.len() > ENTRIES_MAX {
            return Err(tr("this file of progress holds more than a course can have").to_owned());
        }
        Ok(course)
    }

    /// The file's text.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Takes over what another file knows; what is there already stays.
    pub fn merge(&mut self, other: Course) {
        for (lesson, done) in other.done {
            self.done.entry(lesson).or_insert(done);
        }
        for (question, again) in other.again {
            self.again.entry(question).or_insert(again);
        }
    }

    /// Takes over what a learning platform says was solved; it keeps no proofs.
    pub fn take_over<'a>(&mut self, lessons: impl IntoIterator<Item = &'a String>) {
        for lesson in lessons {
            self.done.entry(lesson.clone()).or_default();
        }
    }

    /// Notes a solved lesson; `false` if it was solved before.
    pub fn solve(&mut self, lesson: &str, attempt: &Attempt, proof: SessionFile, day: String) -> bool {
        if self.done.contains_key(lesson) || proof.len() > STEPS_MAX {
            return false;
        }
        let done = Done { day, hints: attempt.hint_count(), undone: attempt.has_undone(), proof };
        self.done.insert(lesson.to_owned(), done);
        true
    }

    /// Notes an answer. A wrong one comes again tomorrow; a right one after a longer pause each time, until it is known.
    pub fn answer(&mut self, lesson: &str, question: usize, right: bool, today: u64) {
        let key = format!("{lesson}/{question}");
        if !right {
            self.again.insert(key, Again { right: 0, due: today + PAUSES_DAYS[0] });
        } else if let Some(again) = self.again.get_mut(&key) {
            again.right += 1;
            match PAUSES_DAYS.get(again.right) {
                Some(pause) => again.due = today + pause,
                None => {
                    self.again.remove(&key);
                }
            }
        }
    }

    /// The questions that are due, as lesson and number.
    pub fn due(&self, today: u64) -> Vec<(String, usize)> {
        let due = self.again.iter().filter(|(_, again)| again.due <= today);
        due.filter_map(|(key, _)| {
            let (lesson, question) = key.rsplit_once('/')?;
            Some((lesson.to_owned(), question.parse().ok()?))
        })
        .collect()
    }
}

impl Done {
    /// Whether the session, played again, solves the lesson. It is looked at after every step, as it was then.
    pub fn is_proof_of(&self, lesson: &Lesson) -> bool {
        let read = SessionFile::read_file(&self.proof.file());
        let Ok(file) = read.and_then(|file| {
            if file.lesson.as_ref() == Some(&lesson.id) { Ok(file) } else { Err(crate::lab::link::LinkError::NotOurs) }
        }) else {
            return false;
        };
        let Ok(mut lab) = reopen::prepare(&file) else { return false };
        let mut attempt = Attempt::new(&lab);
        attempt.set_floor(lab.floor());
        attempt.set_undone(self.undone);
        for (question, option) in &file.answers {
            attempt.answer(*question, *option);
        }
        attempt.update(lesson, &lab);
        let target = reopen::position(&file, &lab);
        while lab.position() < target && lab.redo() {
            attempt.update(lesson, &lab);
        }
        attempt.is_done(lesson)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_answer_comes_again_after_longer_pauses() {
        let mut course = Course::default();
        course.answer("tokens", 0, true, 100);
        assert!(course.again.is_empty(), "what was right at once does not come again");
        course.answer("tokens", 0, false, 100);
        assert!(course.due(100).is_empty());
        for day in [101, 104, 111] {
            assert_eq!(course.due(day), [("tokens".to_owned(), 0)], "day {day}");
            course.answer("tokens", 0, true, day);
            assert!(course.due(day).is_empty());
        }
        assert_eq!(course.due(132), [("tokens".to_owned(), 0)]);
        course.answer("tokens", 0, true, 132);
        assert!(course.again.is_empty());
    }

    #[test]
    fn a_file_of_progress_is_checked() {
        let mut course = Course::default();
        course.done.insert("tokens".to_owned(), Done { day: "2026-11-23".to_owned(), ..Done::default() });
        assert_eq!(Course::read(&course.write()), Ok(course));
        for bad in
            ["", "[]", "{\"version\":2}", "{\"version\":1,\"more\":1}", "{\"version\":1,\"done\":{\"a\":{\"day\":7}}}"]
        {
            assert!(Course::read(bad).is_err(), "{bad}");
        }
        assert!(Course::read(&" ".repeat(LENGTH_BYTES_MAX + 1)).is_err());
    }
}
