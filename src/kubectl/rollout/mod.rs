//! `kubectl rollout`.

pub mod revisions;
pub mod sentence;
