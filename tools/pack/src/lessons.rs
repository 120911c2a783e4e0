//! The lessons that a package for a learning platform is made of: those that are named, or all.

use crate::Failure;
use serviceaccount_lab::lesson::COURSE;

/// Refuses what is no lesson.
pub fn must_be_known(named: &[String]) -> Result<(), Failure> {
    let known = || COURSE.iter().map(|entry| entry.id());
    match named.iter().find(|id| !known().any(|other| other == *id)) {
        Some(unknown) => Err(format!("no lesson {unknown:?}; there are: {}", known().collect::<Vec<_>>().join(", "))),
        None => Ok(()),
    }
}

/// What follows the file's name: nothing for the whole course.
pub fn name_end(named: &[String]) -> String {
    if named.is_empty() { String::new() } else { format!("-{}", named.join("-")) }
}

/// A name for what is in the package.
pub fn name(named: &[String]) -> String {
    if named.is_empty() { "course".to_owned() } else { named.join(".") }
}

/// What people read.
pub fn title(named: &[String]) -> String {
    let titles: Vec<&str> =
        COURSE.iter().filter(|entry| named.iter().any(|id| id == entry.id())).map(|entry| entry.title).collect();
    if titles.is_empty() { "Kubernetes ServiceAccounts".to_owned() } else { titles.join(", ") }
}

/// A text between tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_lesson_is_refused() {
        assert!(must_be_known(&["automuont".to_owned()]).is_err_and(|words| words.contains("automount-off")));
    }
}
