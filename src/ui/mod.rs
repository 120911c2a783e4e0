//! The page: Yew components over a [`session::Session`]. No rules of Kubernetes in here.

pub mod act;
mod app;
mod certificate;
mod clipboard;
mod compare;
mod editor;
mod embedded;
mod faults;
pub mod handle;
mod header;
mod history_pane;
mod keeping;
pub mod language;
mod learning;
mod lesson_pane;
mod library;
#[cfg(feature = "lms")]
mod lms;
mod looking;
mod map;
mod markdown;
mod moments;
mod seek;
pub mod session;
mod share;
mod shortcuts;
mod side_by_side;
mod terminal;
mod time_pane;
mod timeline;
mod versions;
mod words;
mod xray;
mod yaml;

pub use app::App;
