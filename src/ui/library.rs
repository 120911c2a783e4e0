//! The lessons' texts: the page carries the first one and fetches the others when they are wanted. A lesson of one's own
//! comes from an address, or is dropped onto the page.

use crate::embed::fetch;
use crate::embed::saved::Saved;
use crate::embed::storage::{self, Keep};
use crate::lab::link::SessionFile;
use crate::lesson::{COURSE, ID_LENGTH_MAX, LENGTH_BYTES_MAX, add, add_translated, find, is_there};
use crate::ui::act::Act;
use crate::ui::moments::Go;
use crate::ui::session::Session;
use crate::ui::versions::VersionAct;
use crate::words;
use wasm_bindgen_futures::spawn_local;

/// What the id of a dropped lesson begins with.
const DROPPED: &str = "dropped:";

/// Whether an id is that of a lesson of one's own: the address of a Markdown file, or a dropped one.
pub fn is_own(id: &str) -> bool {
    id.len() <= ID_LENGTH_MAX && (id.starts_with(DROPPED) || id.contains('/') || id.ends_with(".md"))
}

/// Whether there can be such a lesson.
pub fn is_known(id: &str) -> bool {
    is_own(id) || COURSE.iter().any(|entry| entry.id() == id)
}

/// The lessons that are needed before this can be done, and are not there.
pub fn missing(session: &Session, act: &Act) -> Vec<String> {
    let mut wanted = Vec::new();
    match act {
        Act::Open(id) => wanted.extend(id.clone()),
        Act::Go(Go::Open(text)) => wanted.extend(lesson_of_session(text)),
        Act::Version(VersionAct::GoOn(release)) => {
            wanted.extend(Saved::kept_as(release.name()).and_then(|saved| saved.session.lesson));
        }
        Act::Go(Go::Aside) => wanted.extend(Saved::aside().and_then(|saved| saved.session.lesson)),
        _ => return wanted,
    }
    if wanted.iter().any(|id| id == "review") {
        wanted.extend(session.due().into_iter().map(|(lesson, _)| lesson));
    }
    absent(wanted)
}

/// Those that are not there.
pub fn absent(mut wanted: Vec<String>) -> Vec<String> {
    wanted.sort();
    wanted.dedup();
    wanted.retain(|id| is_known(id) && !is_there(id));
    wanted
}

/// The lesson that a link or a session file begins in.
pub fn lesson_of_session(text: &str) -> Option<String> {
    let read =
        if text.trim_start().starts_with('{') { SessionFile::read_file(text) } else { SessionFile::read_link(text) };
    read.ok()?.lesson
}

/// Brings lessons, and tells what went wrong.
pub fn bring(ids: Vec<String>, done: impl FnOnce(Option<String>) + 'static) {
    spawn_local(async move {
        let mut problem = None;
        for id in ids {
            if let Err(words) = bring_one(&id).await {
                problem = Some(words);
            }
        }
        done(problem);
    });
}

async fn bring_one(id: &str) -> Result<(), String> {
    if let Some(name) = id.strip_prefix(DROPPED) {
        let kept = storage::load(Keep::Tab, &format!("lesson/{id}"));
        let text = kept.ok_or_else(|| tr!("The lesson {0} is not there any more; drop the file once more.", name))?;
        return take_in(id, &text);
    }
    let Some(entry) = COURSE.iter().find(|entry| entry.id() == id) else {
        return take_in(id, &fetch::text(id, LENGTH_BYTES_MAX).await?);
    };
    let beside = |address: String| async move { fetch::text(&address, LENGTH_BYTES_MAX).await };
    if find(id).is_none() {
        take_in(id, &beside(format!("lessons/{}", entry.file)).await?)?;
    }
    let language = words::language();
    if language != "en" {
        let text = match entry.translated.iter().find(|(code, _)| *code == language) {
            Some((_, text)) => Some((*text).to_owned()),
            None => beside(format!("languages/{language}/lessons/{}", entry.file)).await.ok(),
        };
        add_translated(id, text.as_deref());
    }
    Ok(())
}

fn take_in(id: &str, text: &str) -> Result<(), String> {
    add(id, text).map_err(|error| tr!("{0} is no lesson that can be read. {1}.", id, error))
}

/// Takes in a lesson that was dropped, and gives its id.
///
/// # Errors
/// What is wrong with it.
pub fn take_dropped(name: &str, text: &str) -> Result<String, String> {
    let name: String = name.chars().take(80).collect();
    let id = format!("{DROPPED}{name}");
    take_in(&id, text)?;
    storage::save(Keep::Tab, &format!("lesson/{id}"), text);
    Ok(id)
}
