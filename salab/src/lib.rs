//! The simulated cluster for real clients: HTTPS, the wall clock, WebSockets around the one door.
//!
//! The core stays what it is: one value on one thread, told what was asked and how much time has passed. Everything
//! that needs sockets, threads or a clock is here, in a package of its own, so that neither the page nor the users of
//! the library ever build it.

pub mod arguments;
pub mod core;
pub mod door;
mod exec;
pub mod kubeconfig;
pub mod listen;
mod openapi_v2;
pub mod preview;
pub mod protobuf;
mod streams;
mod terminal;
mod tls;

pub use crate::core::Core;
