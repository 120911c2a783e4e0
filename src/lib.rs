//! ServiceAccount Lab: a deterministic Kubernetes control plane small enough to live in a web page.
//!
//! Read the modules in this order: [`api`] is what travels; [`cluster`] is the control plane and its node;
//! [`kubectl`] and [`shell`] are what a learner types into; [`lab`] is one learner's session; [`lesson`] reads
//! the course and checks it; [`embed`] and `ui` (wasm only) show it all, in the language of [`words`].

#[macro_use]
pub mod words;

pub mod api;
pub mod cluster;
pub mod embed;
pub mod kubectl;
pub mod lab;
pub mod lesson;
pub mod shell;
#[cfg(target_arch = "wasm32")]
pub mod ui;
