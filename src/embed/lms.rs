//! What a learning platform is told, in the words of SCORM 1.2 and SCORM 2004, and what it gives back at the next visit.
//! Calling it is static/scorm.js; nothing here knows a browser.

use std::collections::BTreeSet;
use std::fmt::Write;

/// The standard that a package speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// SCORM 1.2.
    Scorm12,
    /// SCORM 2004, 4th edition.
    Scorm2004,
}

impl Standard {
    /// The longest suspend data that it keeps, in characters.
    pub fn suspend_length_max(self) -> usize {
        match self {
            Standard::Scorm12 => 4096,
            Standard::Scorm2004 => 64_000,
        }
    }
}

/// What is kept from visit to visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The lesson that was open.
    pub lesson: String,
    /// The solved lessons of the package.
    pub done: BTreeSet<String>,
    /// The best score so far, in percent.
    pub best: u32,
    /// The session, as in a link.
    pub state: String,
}

/// The version of suspend data.
const VERSION: &str = "1";

impl Kept {
    /// As suspend data: `1|lesson|solved, a hexadecimal digit for four lessons|best|state`. A state that is too long is left
    /// out; what is solved never is.
    pub fn write(&self, lessons: &[String], standard: Standard) -> String {
        let mut text = format!("{VERSION}|{}|", self.lesson);
        for four in lessons.chunks(4) {
            let bits = four.iter().enumerate().map(|(bit, id)| u32::from(self.done.contains(id)) << bit).sum::<u32>();
            let _ = write!(text, "{bits:x}");
        }
        let _ = write!(text, "|{}|", self.best);
        if text.len() + self.state.len() <= standard.suspend_length_max() {
            text.push_str(&self.state);
        }
        text
    }

    /// Reads suspend data; what cannot be read is a first visit.
    pub fn read(text: &str, lessons: &[String]) -> Option<Self> {
        let mut parts = text.splitn(5, '|');
        let (version, lesson, done, best, state) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != VERSION || text.len() > Standard::Scorm2004.suspend_length_max() {
            return None;
        }
        let mut solved = BTreeSet::new();
        for (four, digit) in lessons.chunks(4).zip(done.chars()) {
            let bits = digit.to_digit(16)?;
            solved.extend(four.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, id)| id.clone()));
        }
        Some(Kept { lesson: lesson.to_owned(), done: solved, best: best.parse().ok()?, state: state.to_owned() })
    }

    /// Counts what is reached now: solved lessons, and of the open one its goals. Never less than before.
    pub fn rate(&mut self, lessons: &[String], met: usize, goals: usize) {
        let open = !self.done.contains(&self.lesson) && lessons.contains(&self.lesson);
        let part = if open { (met * 100).checked_div(goals).unwrap_or(0).min(99) } else { 0 };
        let solved = lessons.iter().filter(|id| self.done.contains(*id)).count();
        let now = (solved * 100 + part).checked_div(lessons.len()).unwrap_or(0);
        self.best = self.best.max(u32::try_from(now).unwrap_or(100)).min(100);
    }

    /// Whether every lesson of the package is solved.
    pub fn is_passed(&self, lessons: &[String]) -> bool {
        !lessons.is_empty() && lessons.iter().all(|id| self.done.contains(id))
    }

    /// What to set, in order: names and values.
    pub fn values(&self, lessons: &[String], seconds: u64, standard: Standard) -> Vec<(&'static str, String)> {
        let passed = self.is_passed(lessons);
        let word = |yes: &str, no: &str| if passed { yes.to_owned() } else { no.to_owned() };
        let (percent, suspend) = (self.best.to_string(), self.write(lessons, standard));
        let bounds = ("0".to_owned(), "100".to_owned());
        match standard {
            Standard::Scorm12 => vec![
                ("cmi.core.lesson_status", word("passed", "incomplete")),
                ("cmi.core.score.min", bounds.0),
                ("cmi.core.score.max", bounds.1),
                ("cmi.core.score.raw", percent),
                ("cmi.core.lesson_location", self.lesson.clone()),
                ("cmi.suspend_data", suspend),
                ("cmi.core.exit", word("", "suspend")),
                (
                    "cmi.core.session_time",
                    format!("{:04}:{:02}:{:02}", (seconds / 3600).min(9999), seconds / 60 % 60, seconds % 60),
                ),
            ],
            Standard::Scorm2004 => {
                let measure = format!("{}", f64::from(self.best) / 100.0);
                vec![
                    ("cmi.completion_status", word("completed", "incomplete")),
                    ("cmi.success_status", word("passed", "unknown")),
                    ("cmi.score.min", bounds.0),
                    ("cmi.score.max", bounds.1),
                    ("cmi.score.raw", percent),
                    ("cmi.score.scaled", measure.clone()),
                    ("cmi.progress_measure", measure),
                    ("cmi.location", self.lesson.clone()),
                    ("cmi.suspend_data", suspend),
                    ("cmi.exit", word("normal", "suspend")),
                    ("cmi.session_time", format!("PT{}H{}M{}S", seconds / 3600, seconds / 60 % 60, seconds % 60)),
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("lesson-{number}")).collect()
    }

    fn kept(done: &[usize], state: &str) -> Kept {
        let done = done.iter().map(|number| format!("lesson-{number}")).collect();
        Kept { lesson: "lesson-2".into(), done, best: 40, state: state.into() }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let all = lessons(14);
        let before = kept(&[0, 5, 13], "1.eNp-_x");
        let text = before.write(&all, Standard::Scorm12);
        assert_eq!(text, "1|lesson-2|1202|40|1.eNp-_x");
        assert_eq!(Kept::read(&text, &all), Some(before));
    }

    #[test]
    fn suspend_data_stay_within_their_limits() {
        let all = lessons(14);
        for standard in [Standard::Scorm12, Standard::Scorm2004] {
            let max = standard.suspend_length_max();
            let fits = max - kept(&[1], "").write(&all, standard).len();
            assert_eq!(kept(&[1], &"x".repeat(fits)).write(&all, standard).len(), max);
            let text = kept(&[1], &"x".repeat(fits + 1)).write(&all, standard);
            assert_eq!(Kept::read(&text, &all), Some(kept(&[1], "")));
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_first_visit() {
        let all = lessons(3);
        for text in ["", "1|", "2|a|1|2|", "1|a|z|2|", "1|a|1|x|", "garbage", "1|a|1|-5|", &"1|a|1|2|".repeat(20_000)] {
            assert_eq!(Kept::read(text, &all), None, "{}", text.chars().take(30).collect::<String>());
        }
    }

    #[test]
    fn the_score_counts_lessons_and_goals_and_never_falls() {
        let all = lessons(4);
        let mut it = Kept { lesson: "lesson-1".into(), ..Kept::default() };
        it.rate(&all, 1, 2);
        assert_eq!(it.best, 12);
        it.done.insert("lesson-1".into());
        it.rate(&all, 2, 2);
        assert_eq!(it.best, 25);
        it.rate(&all, 0, 2);
        assert_eq!(it.best, 25);
        it.done.extend(all.iter().cloned());
        it.rate(&all, 0, 0);
        assert!(it.best == 100 && it.is_passed(&all) && !it.is_passed(&[]));
    }

    #[test]
    fn every_value_has_the_form_that_its_standard_wants() {
        let all = lessons(4);
        let of = |it: &Kept, standard, name: &str| {
            let values = it.values(&all, 3 * 3600 + 62, standard);
            values.into_iter().find(|(other, _)| *other == name).map(|(_, value)| value).unwrap_or_default()
        };
        let open = kept(&[0], "");
        assert_eq!(of(&open, Standard::Scorm12, "cmi.core.session_time"), "0003:01:02");
        assert_eq!(of(&open, Standard::Scorm12, "cmi.core.lesson_status"), "incomplete");
        assert_eq!(of(&open, Standard::Scorm2004, "cmi.session_time"), "PT3H1M2S");
        assert_eq!(of(&open, Standard::Scorm2004, "cmi.score.scaled"), "0.4");
        let passed = kept(&[0, 1, 2, 3], "");
        assert_eq!(of(&passed, Standard::Scorm12, "cmi.core.lesson_status"), "passed");
        assert_eq!(of(&passed, Standard::Scorm2004, "cmi.success_status"), "passed");
    }
}
