//! t
pub mod rules;
pub mod sources;
pub mod subjects;
pub mod workload;
