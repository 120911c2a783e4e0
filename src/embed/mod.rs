//! How the page lives in its host: what the address and the host ask of it, storage that may be missing, the session
//! that outlives a reload, what happens if the program itself fails, and the lab as a function for whoever imports the
//! module. What needs no browser is built and tested without one.

#[cfg(target_arch = "wasm32")]
pub mod failure;
#[cfg(target_arch = "wasm32")]
pub mod fetch;
#[cfg(target_arch = "wasm32")]
pub mod hand_over;
#[cfg(target_arch = "wasm32")]
pub mod host;
pub mod lms;
pub mod message;
pub mod options;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod play;
#[cfg(target_arch = "wasm32")]
pub mod rest;
#[cfg(target_arch = "wasm32")]
pub mod saved;
#[cfg(target_arch = "wasm32")]
pub mod storage;
pub mod warm;
