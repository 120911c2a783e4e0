//! What travels between the parts: objects, errors, requests, the table of kinds, time, and how they are written.
//!
//! Objects are JSON values (see [`object`]): real manifests carry fields that nothing here simulates, and they
//! must be kept. Code reads them through small typed helpers instead of indexing strings.

pub mod client;
pub mod container;
pub mod duration;
pub mod files;
pub mod go;
pub mod go_types;
pub mod kinds;
pub mod lines;
pub mod names;
pub mod object;
pub mod patch;
pub mod quantity;
pub mod release;
pub mod request;
pub mod schema;
pub mod selector;
pub mod sorted;
pub mod status;
pub mod time;
pub mod token;
pub mod user;
pub mod wire;
pub mod yaml;

pub use object::Object;
pub use request::{Method, Request, Response};
pub use status::Status;
pub use time::Timestamp;
