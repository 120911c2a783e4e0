//! What is particular about one resource, one file a resource.

pub mod access_review;
pub mod escalation;
pub mod rules_review;
pub mod self_subject_review;
pub mod token_request;
pub mod token_review;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
