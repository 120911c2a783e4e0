//! What the timeline shows: a scale on which seconds and a year are both seen, the lives of tokens in words, what
//! happened, and the instants that people type.

use crate::api::duration;
use crate::api::sorted;
use crate::api::time::Timestamp;
use crate::cluster::trace::Event;
use crate::cluster::{Home, TokenLife};
use crate::lab::Lab;
use crate::words::{mark, tr};
use std::time::Duration;

/// Where the instant shown stands on the scale.
const NOW: f64 = 0.3;
/// Below this the scale is even, above it goes by the logarithm.
const EVEN: f64 = 60.0;
/// The least that is shown of past and future.
const LEAST: [f64; 2] = [600.0, 7200.0];
/// How close two labels may stand.
const LABELS_APART: f64 = 0.085;
/// So close to an end a label stands to one side of its place, and needs more room.
const EDGES: [f64; 2] = [0.03, 0.96];
const EDGE_APART: f64 = 0.125;
/// What can be labelled.
const LABELS: [(f64, &str); 7] = [
    (60.0, mark("1 min")),
    (600.0, mark("10 min")),
    (3600.0, mark("1 h")),
    (86_400.0, mark("1 day")),
    (604_800.0, mark("7 days")),
    (2_592_000.0, mark("30 days")),
    (31_536_000.0, mark("1 year")),
];

/// A line with the instant shown in it: the past to the left, the future to the right, both by the logarithm of how
/// far away they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    now: Timestamp,
    spans: [f64; 2],
}

impl Scale {
    /// A scale around `now` that reaches from `first` to `last`.
    pub fn new(now: Timestamp, first: Timestamp, last: Timestamp) -> Self {
        let span = |index: usize, duration: Duration| duration.as_secs_f64().max(LEAST[index]);
        Scale { now, spans: [span(0, now.since(first)), span(1, last.since(now)) * 1.05] }
    }

    /// Where an instant stands: 0 is the left end, 1 the right one.
    pub fn place(&self, at: Timestamp) -> f64 {
        if at >= self.now {
            self.ahead(at.since(self.now).as_secs_f64())
        } else {
            self.behind(self.now.since(at).as_secs_f64())
        }
    }

    fn ahead(&self, seconds: f64) -> f64 {
        NOW + (1.0 - NOW) * part(seconds, self.spans[1])
    }

    fn behind(&self, seconds: f64) -> f64 {
        NOW - NOW * part(seconds, self.spans[0])
    }

    /// The instant that stands at a place, to the second.
    pub fn instant(&self, place: f64) -> Timestamp {
        let place = place.clamp(0.0, 1.0);
        let seconds = |part: f64, span: f64| (EVEN * (((1.0 + span / EVEN).ln() * part).exp() - 1.0)).round() as i64;
        let micros = if place >= NOW {
            seconds((place - NOW) / (1.0 - NOW), self.spans[1])
        } else {
            -seconds((NOW - place) / NOW, self.spans[0])
        };
        Timestamp::from_unix_micros(self.now.unix_micros().saturating_add(micros.saturating_mul(1_000_000)))
    }

    /// Labels for the scale: the place and the words, from left to right.
    pub fn labels(&self) -> Vec<(f64, String)> {
        let mut labels = vec![(NOW, tr("now").to_owned())];
        for (index, sign) in [(0, "−"), (1, "+")] {
            let mut last = NOW;
            for (seconds, words) in LABELS.iter().filter(|(seconds, _)| *seconds <= self.spans[index]) {
                let place = if index == 0 { self.behind(*seconds) } else { self.ahead(*seconds) };
                if (place - last).abs() >= LABELS_APART {
                    let at_edge = !(EDGES[0]..EDGES[1]).contains(&place);
                    if at_edge && (place - last).abs() < EDGE_APART {
                        labels.retain(|(other, _)| *other != last || *other == NOW);
                    }
                    labels.push((place, format!("{sign}{}", tr(words))));
                    last = place;
                }
            }
        }
        sorted::sort_by(&mut labels, |a, b| a.0.total_cmp(&b.0));
        labels
    }
}

fn part(seconds: f64, span: f64) -> f64 {
    ((1.0 + seconds / EVEN).ln() / (1.0 + span / EVEN).ln()).clamp(0.0, 1.0)
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody did something.
    Done,
    /// The kubelet replaced files.
    Replaced,
    /// A token was refused.
    Refused,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub time: Timestamp,
    /// What kind of thing.
    pub kind: Kind,
    /// What, in words.
    pub words: String,
}

/// What happened since the lesson began (after the first `floor` records), oldest first.
pub fn marks(lab: &Lab, floor: usize) -> Vec<Mark> {
    let typed = lab.all_records().iter().skip(floor).filter_map(|record| {
        let entry = record.entry.as_deref()?.lines().next()?.to_owned();
        Some(Mark { time: record.started, kind: Kind::Done, words: entry })
    });
    let mut marks: Vec<Mark> = typed.collect();
    for entry in lab.cluster().trace().entries().iter() {
        let about = entry.object.as_ref().map(|object| object.name.as_str()).unwrap_or_default();
        let (kind, words) = match &entry.event {
            Event::FilesWritten { replaced: true, volume, .. } => {
                (Kind::Replaced, tr!("files of {0} replaced in {1}", about, volume))
            }
            Event::Unauthenticated { checks } => (
                Kind::Refused,
                format!("401: {}", checks.last().map(|check| check.finding.as_str()).unwrap_or_default()),
            ),
            _ => continue,
        };
        marks.push(Mark { time: entry.time, kind, words });
    }
    sorted::sort_by_key(&mut marks, |mark| mark.time);
    marks
}

/// A token's name for people: where it is.
pub fn name(life: &TokenLife) -> String {
    match &life.home {
        Home::Volume { pod, path, .. } if path == "token" => tr!("{0} token", pod),
        Home::Volume { pod, path, .. } => format!("{pod} {path}"),
        Home::Secret { name, .. } => tr!("secret {0}", name),
        Home::Requested { .. } => tr!("create token {0}", life.subject.rsplit(':').next().unwrap_or_default()),
    }
}

/// How an instant is shown, and typed: `2026-11-23 09:30:00`.
pub fn shown(at: Timestamp) -> String {
    at.rfc3339().replace('T', " ").trim_end_matches('Z').to_owned()
}

/// Reads an instant as people type it: a date with a time, a time alone, or a step from `now` such as `+2h` or `-1d`.
///
/// # Errors
/// What to write instead, in a sentence.
pub fn read_instant(text: &str, now: Timestamp, start: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    let found = match text.chars().next() {
        Some(sign @ ('+' | '-' | '−')) => step(text.trim_start_matches(sign).trim(), sign != '+', now),
        _ => date(text, now),
    };
    let Some(instant) = found else {
        return Err(tr!(
            "“{0}” is not a time that can be read. Write it as {1}; {2} alone is today, +2h is from now on, -1d back.",
            text,
            shown(now),
            shown(now).get(11..16).unwrap_or_default()
        ));
    };
    if instant < start {
        return Err(tr!("There is nothing before {0}: this is when it began.", shown(start)));
    }
    if instant.since(now) > Duration::from_secs(100 * 365 * 86_400) {
        return Err(tr("That is more than a hundred years on; go there in steps.").to_owned());
    }
    Ok(instant)
}

fn step(text: &str, back: bool, now: Timestamp) -> Option<Timestamp> {
    let text = text.replace(' ', "").replace("min", "m");
    let days = |unit: char, seconds: u64| {
        let number = text.strip_suffix(unit)?.parse::<u32>().ok()?;
        Some(Duration::from_secs(u64::from(number) * seconds))
    };
    let length = match days('d', 86_400).or_else(|| days('y', 365 * 86_400)) {
        Some(length) => length,
        None => duration::parse(&text).ok().filter(|(negative, _)| !negative)?.1,
    };
    let micros = i64::try_from(length.as_micros()).ok()?;
    let micros = now.unix_micros().checked_add(if back { -micros } else { micros })?;
    Some(Timestamp::from_unix_micros(micros.min(Timestamp::MAX.unix_micros())))
}

fn date(text: &str, now: Timestamp) -> Option<Timestamp> {
    let today = shown(now);
    let text = text.trim_end_matches(['Z', 'z']).trim();
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, time.trim()),
        None if text.contains(':') => (today.get(..10)?, text),
        None => (text, "00:00:00"),
    };
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    let hour = if time.find(':') == Some(1) { "0" } else { "" };
    Timestamp::parse_rfc3339(&format!("{day}T{hour}{time}{seconds}Z"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn seconds_and_a_year_have_room_on_one_scale() {
        let now = at("2026-11-23T09:10:00Z");
        let later = |seconds| now.after(Duration::from_secs(seconds));
        let scale = Scale::new(now, at("2026-11-23T09:00:00Z"), later(365 * 86_400));
        let places: Vec<f64> = [0, 30, 600, 3607, 86_400, 365 * 86_400].map(|s| scale.place(later(s))).to_vec();
        assert!(places.windows(2).all(|pair| pair[1] > pair[0] + 0.015), "{places:?}");
        assert_eq!(places[0], NOW);
        assert!(places[5] < 1.0 && places[5] > 0.97);
        assert!(scale.place(at("2026-11-23T09:00:00Z")).abs() < 1e-9);
        for place in [0.0, 0.11, 0.29, 0.3, 0.4, 0.77, 1.0] {
            let back = scale.place(scale.instant(place));
            assert!((back - place).abs() < 0.01, "{place} {back}");
        }
        let labels = scale.labels();
        assert!(labels.windows(2).all(|pair| pair[1].0 - pair[0].0 >= LABELS_APART), "{labels:?}");
        let words: Vec<&str> = labels.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["−10 min", "−1 min", "now", "+10 min", "+1 h", "+1 day", "+7 days", "+1 year"]);
        // Nor do those at the ends run into their neighbours, which stand in the middle of their places.
        let (now, year) = (scale.now, Duration::from_secs(365 * 86_400));
        for back in [year, year + Duration::from_secs(700), year * 2] {
            let then = Timestamp::from_unix_micros(now.unix_micros() - i64::try_from(back.as_micros()).unwrap());
            let labels = Scale::new(now, then, now.after(year)).labels();
            let apart = |pair: &[(f64, String)]| pair[1].0 - pair[0].0;
            assert!(labels[0].0 >= EDGES[0] || apart(&labels[..2]) >= EDGE_APART, "{labels:?}");
            let last = &labels[labels.len() - 2..];
            assert!(last[1].0 < EDGES[1] || apart(last) >= EDGE_APART, "{labels:?}");
        }
    }

    #[test]
    fn reads_times_as_people_write_them() {
        let (now, start) = (at("2026-11-23T09:02:17Z"), at("2026-11-23T09:00:00Z"));
        let read = |text: &str| read_instant(text, now, start).map(shown);
        for (text, wanted) in [
            ("2026-11-24 10:00:00", "2026-11-24 10:00:00"),
            ("2026-11-24T10:00:00Z", "2026-11-24 10:00:00"),
            (" 2026-11-24 10:00 ", "2026-11-24 10:00:00"),
            ("2027-01-01", "2027-01-01 00:00:00"),
            ("9:30", "2026-11-23 09:30:00"),
            ("+2h", "2026-11-23 11:02:17"),
            ("+ 10 min", "2026-11-23 09:12:17"),
            ("-1m", "2026-11-23 09:01:17"),
            ("+365d", "2027-11-23 09:02:17"),
            ("+1y", "2027-11-23 09:02:17"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(wanted), "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01", "25:00", "+", "+-2h", "+2 weeks", "99:99:99"] {
            let error = read(text).unwrap_err();
            assert!(error.contains("Write it as 2026-11-23 09:02:17"), "{text}: {error}");
        }
        assert!(read("-1d").unwrap_err().starts_with("There is nothing before 2026-11-23 09:00:00"));
        assert!(read("+200y").unwrap_err().contains("hundred years"));
    }

    #[test]
    fn tells_what_was_typed_and_what_was_refused() {
        let mut lab = Lab::new(crate::lab::Settings::default());
        lab.run("kubectl get sa");
        lab.run("curl -sk $APISERVER/api -H 'Authorization: Bearer nonsense'");
        let marks = marks(&lab, 1);
        let kinds: Vec<Kind> = marks.iter().map(|mark| mark.kind).collect();
        assert_eq!(kinds, [Kind::Done, Kind::Refused]);
        assert!(marks[1].words.starts_with("401: "), "{}", marks[1].words);
    }
}
