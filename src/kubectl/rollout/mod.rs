//! t
pub mod sentence;
