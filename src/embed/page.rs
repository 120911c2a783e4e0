//! What this page was asked to be.

use crate::embed::options::Options;
use std::rc::Rc;

thread_local! {
    static OPTIONS: Rc<Options> = Rc::new(read());
}

/// The options in the page's address.
pub fn options() -> Rc<Options> {
    OPTIONS.with(Rc::clone)
}

/// Whether the document says that of itself: `<html data-NAME>`.
pub fn is_marked(name: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.and_then(|document| document.document_element()).is_some_and(|html| html.has_attribute(name))
}

fn read() -> Options {
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    Options::read(&query, is_marked("data-embed"))
}

/// The name that the tab keeps a session under; `None` if it keeps none, since several labs may be in one page.
pub fn name_in_tab(name: &str) -> Option<String> {
    let options = options();
    match (&options.name, options.embedded) {
        (Some(own), _) => Some(format!("{own}/{name}")),
        (None, false) => Some(name.to_owned()),
        (None, true) => None,
    }
}
