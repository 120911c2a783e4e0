//! Opens a session that was kept as a link or a file: prepares what it began with, and plays what was done.

use crate::lab::link::{LINK_LENGTH_MAX, LinkError, SessionFile};
use crate::lab::{Lab, Settings, transcript};
use crate::lesson::{check, find};
use crate::words::{mark, tr};
use std::collections::BTreeMap;

/// A session at its start, with everything that was done lying ahead.
///
/// # Errors
/// If it begins in a lesson that is not there, or with settings that are none.
pub fn prepare(file: &SessionFile) -> Result<Lab, LinkError> {
    let lesson = match &file.lesson {
        Some(id) => Some(find(id).ok_or_else(|| LinkError::NoLesson(id.chars().take(60).collect()))?),
        None => None,
    };
    let mut lab = Lab::new(file.settings()?);
    if let Some(lesson) = &lesson {
        check::set_up(&mut lab, lesson);
    }
    lab.load(file.lines.clone(), file.line);
    Ok(lab)
}

/// How far the session had come: the position to go to in what [`prepare`] returns.
pub fn position(file: &SessionFile, lab: &Lab) -> usize {
    file.done.map_or(usize::MAX, |done| lab.floor().saturating_add(done)).min(lab.steps().len())
}

/// A session as far as it had come.
///
/// # Errors
/// As [`prepare`].
pub fn reopen(file: &SessionFile) -> Result<Lab, LinkError> {
    let mut lab = prepare(file)?;
    lab.go_to(position(file, &lab));
    Ok(lab)
}

/// The title of a session: its lesson's, or free play.
pub fn title(lesson: Option<&str>) -> String {
    lesson.and_then(find).map_or(tr("Free play").to_owned(), |lesson| lesson.title)
}

/// The transcript of the session in a link or a file, and a warning if it is not what its maker saw.
///
/// # Errors
/// In plain words.
pub fn transcript_of(text: &str) -> Result<(String, Option<&'static str>), String> {
    let file = SessionFile::read(text).map_err(|error| error.to_string())?;
    let lab = reopen(&file).map_err(|error| error.to_string())?;
    let title = title(file.lesson.as_deref());
    Ok((transcript::markdown(&lab, &title), differs(&file, &lab).then_some(DIFFERS)))
}

/// A script, or a session file, as the end of a link (with its `#`) or as a session file.
///
/// # Errors
/// In plain words; also if it is too long for a link.
pub fn link_of(text: &str, as_file: bool) -> Result<String, String> {
    let file = if text.trim_start().starts_with('{') {
        SessionFile::read(text).map_err(|error| error.to_string())?
    } else {
        let mut lab = Lab::new(Settings::default());
        for command in crate::lab::script::commands(text) {
            lab.run(&command);
        }
        SessionFile::of(&lab, None, &BTreeMap::new()).checked(&lab)
    };
    if as_file {
        return Ok(file.file());
    }
    let fragment = file.fragment();
    if fragment.len() > LINK_LENGTH_MAX {
        return Err(format!(
            "this makes a link of {} characters, and links longer than about {LINK_LENGTH_MAX} get cut; hand on a session file (--file) instead",
            fragment.len()
        ));
    }
    Ok(format!("#{fragment}"))
}

/// Said of a session that is not what its maker saw.
pub const DIFFERS: &str =
    mark("This session was made by another version of the lab: what it shows here may differ from what its maker saw.");

/// Whether the session does not come to what it came to when it was kept.
pub fn differs(file: &SessionFile, lab: &Lab) -> bool {
    !file.check.is_empty() && file.check != crate::lab::link::digest(lab)
}
