//! Instants of the simulated clock, and how Kubernetes writes them.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// An instant of the virtual clock, in microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp {
    micros: i64,
}

impl Timestamp {
    /// The last instant that can be written with a four-digit year (9999-12-31T23:59:59Z).
    pub const MAX: Timestamp = Timestamp { micros: 253_402_300_799_000_000 };

    /// From whole seconds since the Unix epoch.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Timestamp { micros: seconds.saturating_mul(1_000_000) }
    }

    /// From microseconds since the Unix epoch.
    pub const fn from_unix_micros(micros: i64) -> Self {
        Timestamp { micros }
    }

    /// Whole seconds since the Unix epoch, rounded down: what a JWT's `iat` holds.
    pub const fn unix_seconds(self) -> i64 {
        self.micros.div_euclid(1_000_000)
    }

    /// Microseconds since the Unix epoch.
    pub const fn unix_micros(self) -> i64 {
        self.micros
    }

    /// This instant and `duration` more; stops at [`Timestamp::MAX`].
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Timestamp { micros: self.micros.saturating_add(micros).min(Self::MAX.micros) }
    }

    /// How long ago `earlier` was; zero if it lies in the future.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.micros.saturating_sub(earlier.micros)).unwrap_or(0))
    }

    /// Reads an RFC 3339 instant such as `2026-11-23T22:45:46Z`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let micros = i64::try_from(parsed.unix_timestamp_nanos() / 1000).ok()?;
        (-62_135_596_800_000_000..=Self::MAX.micros).contains(&micros).then_some(Timestamp { micros })
    }

    /// As API objects carry it: UTC, whole seconds, `Z` (`2026-11-23T22:45:46Z`).
    pub fn rfc3339(self) -> String {
        self.with(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
    }

    /// With microseconds, as Events' `eventTime` and Leases carry it (`2026-11-23T22:45:46.000000Z`).
    pub fn rfc3339_micros(self) -> String {
        self.with(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"))
    }

    /// As `kubectl describe` prints it: `Mon, 23 Nov 2026 22:46:15 +0000`.
    pub fn rfc1123z(self) -> String {
        self.with(format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] +0000"
        ))
    }

    /// As an HTTP `Date` header carries it: `Mon, 23 Nov 2026 22:46:15 GMT`.
    pub fn http_date(self) -> String {
        self.with(format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        ))
    }

    /// Just the UTC day, `2026-11-23`: labels and ConfigMaps of the legacy token tracking.
    pub fn date(self) -> String {
        self.with(format_description!("[year]-[month]-[day]"))
    }

    /// The calendar view, for formats of one caller only (the atomic writer's folder names, `date +FORMAT`).
    pub fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.micros) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn with(self, format: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
        self.calendar().format(format).unwrap_or_default()
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> String {
        at.rfc3339_micros()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Timestamp::parse_rfc3339(&text).ok_or("no instant as RFC 3339 writes it")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_it_reads() {
        let at = Timestamp::parse_rfc3339("2026-11-23T22:46:15Z").unwrap();
        assert_eq!(at.rfc3339(), "2026-11-23T22:46:15Z");
        assert_eq!(at.rfc1123z(), "Mon, 23 Nov 2026 22:46:15 +0000");
        assert_eq!(at.date(), "2026-11-23");
        assert_eq!(at.after(Duration::from_millis(1500)).since(at), Duration::from_millis(1500));
        assert_eq!(Timestamp::parse_rfc3339("2026-11-23T22:46:15+01:00").unwrap().rfc3339(), "2026-11-23T21:46:15Z");
        assert!(Timestamp::parse_rfc3339("yesterday").is_none());
    }

    #[test]
    fn stops_at_the_end_of_the_calendar() {
        let far = Timestamp::from_unix_seconds(0).after(Duration::from_secs(u64::MAX));
        assert_eq!(far.rfc3339(), "9999-12-31T23:59:59Z");
    }
}
