//! The control plane and its node: one deterministic value.
//!
//! Its state is a function of (seed, start, the requests it got and the time that passed). Everything that
//! happens to it is a request through [`apiserver::ApiServer::handle`]; controllers, scheduler and kubelet are
//! clients like any other.

pub mod actor;
pub mod admission;
pub mod agenda;
pub mod apiserver;
pub mod authn;
pub mod authz;
pub mod boot;
pub mod client;
pub mod clock;
pub mod controllers;
pub mod events;
pub mod facade;
pub mod kept;
pub mod keys;
pub mod kubelet;
pub mod ledger;
pub mod log;
pub mod packed;
pub mod pod_references;
pub mod random;
pub mod reader;
pub mod registry;
pub mod scheduler;
pub mod settings;
pub mod store;
pub mod token;
pub mod trace;
pub mod views;

pub use facade::{Advanced, Cluster};
pub use views::{Home, PodFiles, TokenLife, VolumeFiles};
