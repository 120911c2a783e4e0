//! The headers that every answer carries.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/{audit,endpoints/handlers/responsewriters,server/filters/priority-and-fairness.go}.

use crate::api::request::{Body, Response};
use crate::api::sorted;
use crate::api::time::Timestamp;
use crate::cluster::apiserver::call::Call;
use crate::cluster::random::Random;

/// Adds the headers, in the order of their names as Go sends them.
pub fn add_headers(response: &mut Response, call: &Call<'_>, seed: u64, now: Timestamp) {
    // A stream of its own: an answer nobody looks at must not change the names of objects made later.
    let mut random = Random::stream(seed, &format!("answer/{}/{}", now.unix_micros(), call.number));
    let mut add = |name: &str, value: String| {
        if response.headers.iter().all(|(known, _)| !known.eq_ignore_ascii_case(name)) {
            response.headers.push((name.to_owned(), value));
        }
    };
    add("Audit-Id", random.uuid());
    add("Cache-Control", "no-cache, private".to_owned());
    let text = matches!(response.body, Body::Text(_));
    add("Content-Type", if text { "text/plain; charset=utf-8" } else { "application/json" }.to_owned());
    if call.forbidden {
        add("X-Content-Type-Options", "nosniff".to_owned());
    }
    if response.code != 401 {
        let mut stable = Random::stream(seed, "flow control");
        add("X-Kubernetes-Pf-Flowschema-Uid", stable.uuid());
        add("X-Kubernetes-Pf-Prioritylevel-Uid", stable.uuid());
    }
    add("Date", now.http_date());
    for warning in &call.warnings {
        let escaped = warning.replace('\\', "\\\\").replace('"', "\\\"");
        let value = format!("299 - \"{escaped}\"");
        if !response.headers.iter().any(|(_, known)| *known == value) {
            response.headers.push(("Warning".to_owned(), value));
        }
    }
    sorted::sort_by(&mut response.headers, |a, b| a.0.cmp(&b.0));
}
