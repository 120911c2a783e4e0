//! What the page remembers between visits. In a sandboxed frame every access to storage throws; then it is kept
//! in memory until the page goes.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Keys are kept apart from those of other pages on the same origin.
const PREFIX: &str = "serviceaccount-lab/";

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// How long something is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until the learner clears it: progress.
    Always,
    /// As long as this tab: the session.
    Tab,
}

/// The browser's storage, if reading the property itself is allowed.
fn storage(keep: Keep) -> Option<web_sys::Storage> {
    let window = web_sys::window()?;
    let found = match keep {
        Keep::Always => window.local_storage(),
        Keep::Tab => window.session_storage(),
    };
    found.ok().flatten()
}

/// The text kept under that name.
pub fn load(keep: Keep, name: &str) -> Option<String> {
    let key = format!("{PREFIX}{name}");
    let stored = storage(keep).and_then(|storage| storage.get_item(&key).ok().flatten());
    stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(&key).cloned()))
}

/// Keeps a text under that name; `false` if it will be forgotten with the page.
pub fn save(keep: Keep, name: &str, text: &str) -> bool {
    let key = format!("{PREFIX}{name}");
    MEMORY.with_borrow_mut(|memory| memory.insert(key.clone(), text.to_owned()));
    storage(keep).is_some_and(|storage| storage.set_item(&key, text).is_ok())
}

/// Forgets what is kept under that name.
pub fn forget(keep: Keep, name: &str) {
    let key = format!("{PREFIX}{name}");
    MEMORY.with_borrow_mut(|memory| memory.remove(&key));
    if let Some(storage) = storage(keep) {
        let _ = storage.remove_item(&key);
    }
}
