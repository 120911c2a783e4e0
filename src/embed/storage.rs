//! What the page remembers between visits. In a sandboxed frame every access to storage throws; then it is kept
//! in memory until the page goes.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Keys are kept apart from those of other pages on the same origin.
const PREFIX: &str = "serviceaccount-lab/";

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// `window.localStorage`, if reading the property itself is allowed.
fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The text kept under that name.
pub fn load(name: &str) -> Option<String> {
    let key = format!("{PREFIX}{name}");
    let stored = local().and_then(|storage| storage.get_item(&key).ok().flatten());
    stored.or_else(|| MEMORY.with_borrow(|memory| memory.get(&key).cloned()))
}

/// Keeps a text under that name; `false` if it will be forgotten with the page.
pub fn save(name: &str, text: &str) -> bool {
    let key = format!("{PREFIX}{name}");
    MEMORY.with_borrow_mut(|memory| memory.insert(key.clone(), text.to_owned()));
    local().is_some_and(|storage| storage.set_item(&key, text).is_ok())
}
