//! `-v`: what kubectl logs about its requests. Levels 8 and up (headers, bodies) are not simulated.
//!
//! Follows staging/src/k8s.io/client-go/transport/round_trippers.go and klog's header.

use crate::api::time::Timestamp;
use crate::kubectl::errors::Failure;

/// Refuses the levels that print more than is simulated.
///
/// # Errors
/// `not simulated: …`.
pub fn check(level: i64) -> Result<(), Failure> {
    if level >= 7 {
        return Err(Failure::message(format!(
            "not simulated: -v={level}; -v=6 shows every request with its answer's status"
        )));
    }
    Ok(())
}

/// klog's header: `W1123 22:49:00.985363       1 helpers.go:719]`.
pub fn stamp(severity: char, now: Timestamp, place: &str) -> String {
    let at = now.calendar();
    format!(
        "{severity}{:02}{:02} {:02}:{:02}:{:02}.{:06}       1 {place}]",
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.microsecond(),
    )
}

/// `-v=6`: one line a request.
pub fn response_line(now: Timestamp, method: &str, url: &str, code: u16) -> String {
    let stamp = stamp('I', now, "round_trippers.go:632");
    let status = phrase(code);
    format!("{stamp} \"Response\" verb=\"{method}\" url=\"{url}\" status=\"{code} {status}\" milliseconds=1\n")
}

fn phrase(code: u16) -> &'static str {
    match code {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        500 => "Internal Server Error",
        _ => "",
    }
}
