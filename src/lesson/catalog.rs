//! The course: its lessons in order, compiled in.

use crate::lesson::Lesson;

/// File name and text of every lesson, in the order of the course. A new lesson is one file and one line here.
pub const LESSONS: &[(&str, &str)] = &[
    ("01-what-is-a-service-account.md", include_str!("../../lessons/01-what-is-a-service-account.md")),
    ("02-default-account.md", include_str!("../../lessons/02-default-account.md")),
    ("03-mounted-files.md", include_str!("../../lessons/03-mounted-files.md")),
    ("04-automount-off.md", include_str!("../../lessons/04-automount-off.md")),
    ("05-create-accounts.md", include_str!("../../lessons/05-create-accounts.md")),
    ("06-tokens.md", include_str!("../../lessons/06-tokens.md")),
    ("07-calling-the-api.md", include_str!("../../lessons/07-calling-the-api.md")),
    ("08-change-the-account.md", include_str!("../../lessons/08-change-the-account.md")),
    ("09-long-lived-tokens.md", include_str!("../../lessons/09-long-lived-tokens.md")),
];

/// The lesson with that id, read.
pub fn find(id: &str) -> Option<Lesson> {
    LESSONS.iter().filter_map(|(file, text)| crate::lesson::parse(file, text).ok()).find(|lesson| lesson.id == id)
}
