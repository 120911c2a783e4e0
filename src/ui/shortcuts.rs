//! Keys for the whole page: undo and redo. In a text field they keep the meaning they have there.

use crate::ui::act::Act;
use crate::ui::handle::Handle;
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Listens as long as the listener is kept.
pub fn listen(handle: Handle) -> Option<EventListener> {
    let window = web_sys::window()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&window, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if event.default_prevented() || event.alt_key() || !(event.ctrl_key() || event.meta_key()) || is_typing(event) {
            return;
        }
        let act = match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
            ("z", false) => Act::Undo,
            ("z", true) | ("y", false) => Act::Redo,
            _ => return,
        };
        event.prevent_default();
        handle.act(act);
    }))
}

/// Whether the key goes to something that one types into.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea, select, [contenteditable]").unwrap_or(false))
}
