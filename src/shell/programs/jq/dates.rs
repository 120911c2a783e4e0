//! jq's dates: seconds since 1970 and RFC 3339.

use crate::api::time::Timestamp;
use crate::shell::programs::jq::evaluate::{Stop, fail, shown};
use crate::shell::programs::jq::value::Json;

fn moment(input: &Json) -> Result<Timestamp, Stop> {
    match input {
        Json::Number(seconds) if seconds.abs() < 250_000_000_000.0 => Ok(Timestamp::from_unix_seconds(seconds.floor() as i64)),
        other => fail(format!("{} is no date", shown(other))),
    }
}

/// `todate`, `fromdate`
///
/// # Errors
/// The input is no date.
pub fn convert(name: &str, input: &Json) -> Result<Json, Stop> {
    if name.starts_with("todate") {
        return Ok(Json::text(moment(input)?.rfc3339()));
    }
    let Json::Text(text) = input else { return fail(format!("{} is no date", shown(input))) };
    match Timestamp::parse_rfc3339(text) {
        Some(when) => Ok(Json::Number(when.unix_seconds() as f64)),
        None => fail(format!("date \"{text}\" does not match format \"%Y-%m-%dT%H:%M:%SZ\"")),
    }
}

/// `strftime(FORMAT)`
///
/// # Errors
/// The input is no date.
pub fn format(input: &Json, format: &Json) -> Result<Json, Stop> {
    let Json::Text(format) = format else { return fail("strftime/1 requires a string format") };
    Ok(Json::text(crate::shell::programs::date::print(moment(input)?, format)))
}
