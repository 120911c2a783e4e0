//! The page in a headless browser, for scenarios that read like what a person does.
//!
//! ```no_run
//! use browser_tests::{Page, View};
//! let page = Page::open(&View::new(1440, 900));
//! page.textbox("Terminal command").type_text("kubectl get sa\n");
//! page.region("Terminal").wait_for_text("default");
//! page.assert_clean();
//! ```
//!
//! Things are found as people and screen readers find them: by role and name, which the browser computes. What is not
//! there yet is waited for. A scenario that finds something else than it expects panics at its own line, and leaves a
//! picture in `target/browser/`. Each [`Page`] has a browser and a profile of its own.
//!
//! The client speaks WebDriver itself: the protocol is JSON over local HTTP, a few requests are all we use,
//! and the usual crate brings 120 others and async. Chromium is driven, or Firefox with `SALAB_BROWSER=firefox`.

mod axe;
mod driver;
mod element;
mod keys;
mod page;
mod site;
mod wire;

pub use axe::Axe;
pub use driver::is_firefox;
pub use element::Element;
pub use page::{MY_POD, Page, View};
pub use site::{Site, copy};
