//! `selfsubjectreviews`: who am I? What `kubectl auth whoami` asks.
//!
//! Follows pkg/registry/authentication/selfsubjectreview/rest.go.

use crate::api::object::Object;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use serde_json::json;

/// The caller, as authentication (and impersonation) left it.
pub fn create(user: &UserInfo, now: Timestamp) -> Object {
    json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "SelfSubjectReview",
        "metadata": {"creationTimestamp": now.rfc3339()},
        "status": {"userInfo": user.to_value()},
    })
}
