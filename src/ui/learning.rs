//! What the page does about learning: the solution played step by step, progress in and out, questions that come again.

use crate::embed::storage::{self, Keep};
use crate::lesson::course::Course;
use crate::lesson::{Block, COURSE, Lesson, Step, find};
use crate::ui::library;
use crate::ui::session::Session;
use crate::words::tr;
use std::rc::Rc;

/// How many questions come again at a time.
const AGAIN_MAX: usize = 10;

/// What a learner can do about learning.
#[derive(Clone, Debug, PartialEq)]
pub enum Learn {
    /// Play the next command of the solution.
    ShowNext,
    /// Take over progress from the text of a file.
    Import(String),
    /// Open a lesson that was dropped: its file's name and text.
    Bring(String, String),
    /// Show the certificate, or the map again.
    Certificate(bool),
    /// Forget all progress.
    Forget,
    /// Say something above everything else.
    Tell(String),
}

/// The day by the learner's clock, counted from 1970-01-01.
fn today() -> u64 {
    (js_sys::Date::now() / 86_400_000.0) as u64
}

/// The day by the learner's clock, `2026-11-23`.
fn day() -> String {
    let text = js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default();
    text.chars().take(10).collect()
}

impl Session {
    pub(super) fn learn(&mut self, learn: Learn) {
        match learn {
            Learn::ShowNext => self.show_next(),
            Learn::Import(text) => {
                self.notice = Some(match Course::read(&text) {
                    Ok(course) => {
                        self.course.merge(course);
                        self.save_progress();
                        tr!("Progress taken over: {0} of {1} lessons done.", self.done_count(), COURSE.len())
                    }
                    Err(words) => tr!("Nothing was taken over: {0}.", words),
                });
            }
            Learn::Bring(name, text) => match library::take_dropped(&name, &text) {
                Ok(id) => {
                    self.set_aside();
                    self.open(Some(&id));
                }
                Err(words) => self.notice = Some(words),
            },
            Learn::Certificate(shown) => self.certificate = shown,
            Learn::Forget => {
                self.course = Course::default();
                self.save_progress();
            }
            Learn::Tell(words) => self.notice = Some(words),
        }
    }

    /// How many lessons of the course are done.
    pub fn done_count(&self) -> usize {
        COURSE.iter().filter(|entry| self.course.done.contains_key(entry.id())).count()
    }

    fn show_next(&mut self) {
        let Some(lesson) = self.lesson.clone() else { return };
        // A command that is still waiting ends first.
        if self.lab.foreground().is_some() {
            return;
        }
        if let Some(command) = lesson.solution.get(self.attempt.shown()) {
            self.attempt.show(self.attempt.shown() + 1);
            self.run(command);
        }
    }

    /// Notes a lesson as done, if it is: solved by the learner, not watched, and not somebody else's session.
    pub(super) fn note_solved(&mut self, lesson: &Lesson) {
        let counts = !self.adopting && self.attempt.is_solved(lesson) && !library::is_own(&lesson.id);
        if counts && !self.course.done.contains_key(&lesson.id) {
            let proof = self.file();
            self.course.merge(Session::load_progress());
            if self.course.solve(&lesson.id, &self.attempt, proof, day()) {
                self.save_progress();
            }
        }
    }

    /// Notes the answer to a question: a wrong one comes again.
    pub(super) fn note_answer(&mut self, lesson: &Lesson, question: usize, option: usize) {
        let chosen = lesson.predictions().nth(question).and_then(|prediction| prediction.options.get(option));
        let right = chosen.is_some_and(|option| option.right);
        let own = lesson.predictions().count() - self.again.len();
        let (id, number) = match question.checked_sub(own).and_then(|index| self.again.get(index)) {
            Some((id, number)) => (id.clone(), *number),
            None => (lesson.id.clone(), question),
        };
        if !library::is_own(&id) {
            // Another tab may have noted something since.
            self.course.merge(Session::load_progress());
            self.course.answer(&id, number, right, today());
            self.save_progress();
        }
    }

    /// The questions that are due.
    pub fn due(&self) -> Vec<(String, usize)> {
        self.course.due(today())
    }

    /// The lesson with that id; the review has the questions that are due behind its own.
    pub(super) fn lesson_to_open(&mut self, id: &str) -> Option<Lesson> {
        let is_review = id == "review";
        let known = |(from, number): &(String, usize)| {
            from != "review" && find(from).is_some_and(|lesson| lesson.predictions().nth(*number).is_some())
        };
        self.again = self.due().into_iter().filter(|due| is_review && known(due)).take(AGAIN_MAX).collect();
        self.lesson_in_words(id)
    }

    /// The lesson with that id as it is in the language that is spoken; the review with the questions that it has.
    pub(super) fn lesson_in_words(&self, id: &str) -> Option<Lesson> {
        let mut lesson = find(id)?;
        let asked = self.again.iter();
        let questions = asked.filter_map(|(from, number)| find(from)?.predictions().nth(*number).cloned());
        let blocks: Vec<Block> = questions.map(Block::Predict).collect();
        if id == "review" && !blocks.is_empty() {
            // Behind all the lesson's own questions, whose numbers stay what they are, and before the recap.
            let place = lesson.steps.len().saturating_sub(1);
            lesson.steps.insert(place, Step { title: tr("Once more").to_owned(), blocks, ..Step::default() });
        }
        Some(lesson)
    }

    /// The language has changed: the open lesson goes on in it.
    pub(super) fn speak(&mut self, problem: Option<String>) {
        self.notice = problem;
        let lesson = self.lesson.as_ref().and_then(|lesson| self.lesson_in_words(&lesson.id));
        if let Some(lesson) = lesson {
            self.lesson = Some(Rc::new(lesson));
        }
    }

    pub(super) fn save_progress(&self) {
        storage::save(Keep::Always, "progress", &self.course.write());
    }

    /// What earlier visits left.
    pub(super) fn load_progress() -> Course {
        storage::load(Keep::Always, "progress").and_then(|text| Course::read(&text).ok()).unwrap_or_default()
    }
}
