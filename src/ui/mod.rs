//! The page: Yew components over a [`session::Session`]. No rules of Kubernetes in here.

mod app;
mod clipboard;
mod editor;
mod header;
mod lesson_pane;
mod map;
mod markdown;
pub mod session;
mod terminal;
mod time_pane;
mod words;
mod xray;
mod yaml;

pub use app::App;
