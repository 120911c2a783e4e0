//! t
pub mod revisions;
pub mod sentence;
