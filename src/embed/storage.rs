//! What the page remembers between visits. In a sandboxed frame every access to storage throws; then it is kept
//! in memory until the page goes.

use crate::embed::page;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Keys are kept apart from those of other pages on the same origin.
const PREFIX: &str = "serviceaccount-lab/";

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
    static LOSS: Cell<Loss> = const { Cell::new(Loss::None) };
}

/// Whether something that was to be kept is not, and whether that was told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    None,
    Untold,
    Told,
}

/// How long something is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until the learner clears it: progress.
    Always,
    /// As long as this tab: the session.
    Tab,
}

/// The browser's storage and the key in it, if there is one for this page and reading the property itself is allowed.
fn place(keep: Keep, name: &str) -> Option<(web_sys::Storage, String)> {
    let window = web_sys::window()?;
    // A learning platform keeps what is to be kept; the next learner may sit at the same machine.
    if page::is_marked("data-lms") {
        return None;
    }
    let (found, name) = match keep {
        Keep::Always => (window.local_storage(), name.to_owned()),
        Keep::Tab => (window.session_storage(), page::name_in_tab(name)?),
    };
    Some((found.ok().flatten()?, format!("{PREFIX}{name}")))
}

/// The text kept under that name.
pub fn load(keep: Keep, name: &str) -> Option<String> {
    let stored = place(keep, name).and_then(|(storage, key)| storage.get_item(&key).ok().flatten());
    stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(name).cloned()))
}

/// Keeps a text under that name; `false` if it will be forgotten with the page.
pub fn save(keep: Keep, name: &str, text: &str) -> bool {
    MEMORY.with_borrow_mut(|memory| memory.insert(name.to_owned(), text.to_owned()));
    let kept = place(keep, name).is_some_and(|(storage, key)| storage.set_item(&key, text).is_ok());
    if !kept {
        note_loss();
    }
    kept
}

/// Something could not be kept. Inside other pages that is how it should be.
pub fn note_loss() {
    if LOSS.get() == Loss::None && !page::options().embedded && !page::is_marked("data-lms") {
        LOSS.set(Loss::Untold);
    }
}

/// Whether the learner has to be told that not everything is kept: once.
pub fn take_loss() -> bool {
    let untold = LOSS.get() == Loss::Untold;
    if untold {
        LOSS.set(Loss::Told);
    }
    untold
}

/// Forgets what is kept under that name.
pub fn forget(keep: Keep, name: &str) {
    MEMORY.with_borrow_mut(|memory| memory.remove(name));
    if let Some((storage, key)) = place(keep, name) {
        let _ = storage.remove_item(&key);
    }
}
