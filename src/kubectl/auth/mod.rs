//! t
pub mod rules;
pub mod identity;
