//! When a mounted token is replaced.
//!
//! Follows pkg/kubelet/token/token_manager.go. The rule: a token is due when its age passes 80 % of the lifetime asked
//! for, or 24 hours, less a jitter of 0 to 9 seconds; it is looked at whenever its pod is synced, every 60 to 90 s.
//! Simplified: the kubelet draws the jitter at every look and the interval at every sync; here a pod's interval and a
//! token's jitter are drawn once. So the instants of a token's replacements lie on a grid, and the last one before
//! any instant can be computed instead of lived through: that is what makes a year of 10,000 pods affordable.

use crate::api::time::Timestamp;
use crate::cluster::random::Random;
use std::time::Duration;

/// A token is replaced after a day at the latest.
const AGE_MAX_SECONDS: u64 = 24 * 3600;

/// When a pod is looked at: its first sync, and the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncGrid {
    /// The instant of the first sync.
    pub start: Timestamp,
    /// Between 60 and 90 seconds.
    pub interval: Duration,
}

impl SyncGrid {
    /// The grid of a pod whose worker started at `start`.
    pub fn draw(seed: u64, pod_uid: &str, start: Timestamp) -> Self {
        let millis = 60_000 + Random::stream(seed, &format!("sync/{pod_uid}")).below(30_000);
        SyncGrid { start, interval: Duration::from_millis(millis) }
    }

    /// The first sync at or after `instant`.
    pub fn at_or_after(self, instant: Timestamp) -> Timestamp {
        let interval = self.interval.as_micros().max(1);
        let steps = instant.since(self.start).as_micros().div_ceil(interval);
        self.start.after(micros(steps.saturating_mul(interval)))
    }

    /// The first sync after `instant`.
    pub fn after(self, instant: Timestamp) -> Timestamp {
        self.at_or_after(instant.after(Duration::from_micros(1)))
    }

    /// The last sync at or before `instant`, but not before `floor` (itself a sync).
    pub fn last_until(self, floor: Timestamp, instant: Timestamp) -> Timestamp {
        let interval = self.interval.as_micros().max(1);
        let steps = instant.since(floor).as_micros() / interval;
        floor.after(micros(steps.saturating_mul(interval)))
    }
}

/// The age from which a token is due.
pub fn due_age(expiration_seconds: u64, jitter_seconds: u64) -> Duration {
    let fraction = expiration_seconds - expiration_seconds / 5;
    Duration::from_secs(fraction.min(AGE_MAX_SECONDS).saturating_sub(jitter_seconds))
}

/// The jitter of one token source of a pod, 0 to 9 seconds.
pub fn jitter_seconds(seed: u64, pod_uid: &str, volume: &str, path: &str) -> u64 {
    Random::stream(seed, &format!("jitter/{pod_uid}/{volume}/{path}")).below(10)
}

/// When a token issued at `issued` is replaced: at the first sync that finds it due.
pub fn next(grid: SyncGrid, issued: Timestamp, age: Duration) -> Timestamp {
    // The kubelet's `now > due`: strictly later.
    grid.after(issued.after(age))
}

/// The last of the replacements at `first`, and then again and again, that is not after `until`.
pub fn last_until(grid: SyncGrid, first: Timestamp, age: Duration, until: Timestamp) -> Timestamp {
    let period = next(grid, first, age).since(first).as_micros().max(1);
    let steps = until.since(first).as_micros() / period;
    first.after(micros(steps.saturating_mul(period)))
}

fn micros(value: u128) -> Duration {
    Duration::from_micros(u64::try_from(value).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_at_four_fifths_or_a_day() {
        let ages = [600, 3600, 3607, 7200, 108_000, 1_000_000].map(|e| due_age(e, 0).as_secs());
        assert_eq!(ages, [480, 2880, 2886, 5760, 86_400, 86_400]);
        assert_eq!(due_age(600, 9).as_secs(), 471);
    }

    #[test]
    fn a_long_stretch_is_the_same_as_many_short_ones() {
        let start = Timestamp::from_unix_seconds(1_000_000);
        let grid = SyncGrid::draw(7, "uid", start);
        assert!((60..90).contains(&grid.interval.as_secs()));
        let age = due_age(3607, 3);
        let first = next(grid, start.after(Duration::from_millis(40)), age);
        let mut lived = first;
        for _ in 0..500 {
            lived = next(grid, lived, age);
        }
        let between = lived.after(Duration::from_secs(100));
        assert_eq!(last_until(grid, first, age, between), lived);
        let halfway = last_until(grid, first, age, start.after(Duration::from_secs(500_000)));
        assert_eq!(last_until(grid, halfway, age, between), lived);
        assert_eq!(last_until(grid, first, age, first), first);
    }
}
