//! `tokenreviews`: is this token good, and whose is it? What a webhook or another server asks.
//!
//! Follows pkg/registry/authentication/tokenreview/storage.go.

use crate::api::object::{Object, set, strings, text};
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::cluster::authn::{Authenticator, Effect, api_audiences};
use crate::cluster::reader::Reader;
use crate::cluster::trace::Reason;
use serde_json::json;

/// A TokenReview's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The review with its status.
    pub object: Object,
    /// The checks, for the trace.
    pub checks: Vec<Reason>,
    /// What authentication wants written down.
    pub effects: Vec<Effect>,
}

/// Reviews a token. A bad token is an answer, not an error.
///
/// # Errors
/// 400 without a token.
pub fn create(
    body: &Object,
    authenticator: &mut Authenticator,
    reader: &dyn Reader,
    now: Timestamp,
) -> Result<Answer, Status> {
    let token = text(body, &["spec", "token"]);
    if token.is_empty() {
        return Err(Status::bad_request("token is required for TokenReview in authentication"));
    }
    let mut audiences: Vec<String> = strings(body, &["spec", "audiences"]).into_iter().map(str::to_owned).collect();
    if audiences.is_empty() {
        audiences = api_audiences();
    }
    let review = authenticator.review(token, &audiences, reader, now);
    let mut object = body.clone();
    crate::api::object::set_default(&mut object, &["metadata"], json!({}));
    let status = match &review.outcome {
        Ok((user, audiences)) => json!({"authenticated": true, "user": user.to_value(), "audiences": audiences}),
        Err(error) => json!({"user": {}, "error": error}),
    };
    set(&mut object, &["status"], status);
    Ok(Answer { object, checks: review.checks, effects: review.effects })
}
