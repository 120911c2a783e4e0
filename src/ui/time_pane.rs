//! Below: time. The clock, the life of every token as a bar, and buttons that move the clock.

use crate::api::Timestamp;
use crate::api::sorted;
use crate::cluster::{Home, TokenLife};
use crate::ui::session::{Act, Props};
use crate::ui::words;
use std::time::Duration;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How many lives are drawn; the newest.
const BARS_MAX: usize = 5;
/// The width of the drawing, in its own units.
const WIDTH: f64 = 700.0;
/// Where bars begin, behind their names.
const LEFT: f64 = 150.0;
/// The height of one bar's row.
const ROW: f64 = 20.0;
/// Ten minutes, for the button.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// The clock and the timeline.
#[component]
pub fn TimePane(props: &Props) -> Html {
    let session = props.session.get();
    let now = session.lab.now();
    let lives: Vec<TokenLife> = session
        .lab
        .cluster()
        .tokens()
        .into_iter()
        .filter(|life| !life.subject.starts_with("system:serviceaccount:kube-system:"))
        .collect();
    let started = session.lab.settings().start;
    let rotation = lives
        .iter()
        .filter(|life| life.ended.is_none())
        .filter_map(|life| life.refresh_due)
        .filter(|at| *at > now)
        .min();
    let expiry =
        lives.iter().filter(|life| life.ended.is_none()).filter_map(|life| life.expires).filter(|at| *at > now).min();
    let to = |instant: Option<Timestamp>, label: &str| {
        // A second more, so that what is due then has happened.
        let target = instant.map(|at| at.after(Duration::from_secs(1)));
        let title = instant.map(|at| format!("in {}", words::span(at.since(now))));
        html! {
            <button type="button" disabled={target.is_none()} {title} onclick={props.session.on(Act::AdvanceTo(target.unwrap_or(now)))}>{ label }</button>
        }
    };
    let onchange = {
        let handle = props.session.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            let text = input.value();
            let full = if text.len() == 16 { format!("{text}:00Z") } else { format!("{text}Z") };
            if let Some(instant) = Timestamp::parse_rfc3339(&full) {
                if instant > handle.get().lab.now() {
                    handle.act(Act::AdvanceTo(instant));
                }
            }
        })
    };
    let clock = now.rfc3339();
    html! {
        <section class="time" aria-label="Time">
            <div class="clock">
                <p class="clock-time"><span class="visually-hidden">{ "The cluster's clock shows " }</span>{ clock.get(11..19).unwrap_or_default().to_owned() }</p>
                <p class="quiet">{ format!("{} · {} since the start{}", clock.get(..10).unwrap_or_default(), words::span(now.since(started)), if session.running { "" } else { " · paused" }) }</p>
            </div>
            { timeline(&lives, started, now) }
            <div class="time-actions">
                <button type="button" aria-pressed={(!session.running).to_string()} onclick={props.session.on(Act::Running(!session.running))}>
                    { if session.running { "Pause" } else { "Run" } }
                </button>
                <button type="button" onclick={props.session.on(Act::Advance(TEN_MINUTES))}>{ "+10 min" }</button>
                { to(rotation, "Next rotation") }
                { to(expiry, "Next expiry") }
                <label class="goto">{ "Go to" }
                    <input type="datetime-local" value={clock.get(..16).unwrap_or_default().to_owned()} min={clock.get(..16).unwrap_or_default().to_owned()} {onchange} />
                </label>
            </div>
        </section>
    }
}

/// Seconds and a year on one line: the logarithm of the minutes since the start.
struct Scale {
    started: Timestamp,
    span: f64,
}

impl Scale {
    fn new(started: Timestamp, end: Timestamp) -> Self {
        Scale { started, span: minutes(end.since(started)).max(90.0) }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let part = (1.0 + minutes(at.since(self.started))).ln() / (1.0 + self.span).ln();
        LEFT + part.clamp(0.0, 1.0) * (WIDTH - LEFT - 10.0)
    }
}

fn minutes(duration: Duration) -> f64 {
    duration.as_secs_f64() / 60.0
}

fn name(life: &TokenLife) -> String {
    match &life.home {
        Home::Volume { pod, path, .. } => {
            if path == "token" {
                format!("{pod} token")
            } else {
                format!("{pod} {path}")
            }
        }
        Home::Secret { name, .. } => name.clone(),
        Home::Requested { .. } => {
            let account = life.subject.rsplit(':').next().unwrap_or_default();
            format!("create token {account}")
        }
    }
}

fn timeline(lives: &[TokenLife], started: Timestamp, now: Timestamp) -> Html {
    let mut shown: Vec<&TokenLife> = lives.iter().filter(|life| life.ended.is_none()).collect();
    sorted::sort_by_key(&mut shown, |life| std::cmp::Reverse(life.issued));
    let hidden = shown.len().saturating_sub(BARS_MAX);
    shown.truncate(BARS_MAX);
    if shown.is_empty() {
        return html! { <p class="timeline empty">{ "No token is alive. Every token appears here as a bar: issued, renewed, expired." }</p> };
    }
    let end = shown.iter().filter_map(|life| life.expires).chain([now]).max().unwrap_or(now);
    let scale = Scale::new(started, end.after(Duration::from_secs(60)));
    let height = ROW * shown.len() as f64 + 18.0;
    let rows = shown.iter().enumerate().map(|(index, life)| bar(life, index, &scale, end));
    let marks = [(600, "10 min"), (3600, "1 h"), (86_400, "1 day"), (2_592_000, "30 days"), (31_536_000, "1 year")];
    let axis = marks.iter().filter(|(seconds, _)| (*seconds as f64) / 60.0 <= scale.span).map(|(seconds, label)| {
        let x = scale.x(started.after(Duration::from_secs(*seconds)));
        html! { <text class="axis" x={px(x)} y={px(height - 4.0)} text-anchor="middle">{ *label }</text> }
    });
    let playhead = scale.x(now);
    html! {
        <div class="timeline">
            <svg viewBox={format!("0 0 {WIDTH} {height}")} aria-hidden="true">
                { for rows }
                { for axis }
                <line class="playhead" x1={px(playhead)} x2={px(playhead)} y1="0" y2={px(height - 14.0)} />
                <circle class="playhead-knob" cx={px(playhead)} cy="4" r="3.5" />
            </svg>
            <ul class="visually-hidden" aria-label="Tokens that are alive">
                { for shown.iter().map(|life| html! { <li>{ in_words(life, now) }</li> }) }
            </ul>
            if hidden > 0 {
                <p class="quiet">{ format!("and {hidden} more") }</p>
            }
        </div>
    }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn bar(life: &TokenLife, index: usize, scale: &Scale, end: Timestamp) -> Html {
    let y = ROW * index as f64 + 8.0;
    let (from, to) = (scale.x(life.issued), scale.x(life.expires.unwrap_or(end)));
    let reliable = scale.x(life.warn_after.or(life.expires).unwrap_or(end));
    let width = |a: f64, b: f64| px((b - a).max(2.0));
    html! {
        <>
            <text class="bar-name" x="0" y={px(y + 8.0)}>{ name(life) }</text>
            <rect class="bar-rest" x={px(from)} y={px(y)} width={width(from, to)} height="9" rx="3" />
            <rect class="bar-life" x={px(from)} y={px(y)} width={width(from, reliable)} height="9" rx="3" />
            if let Some(due) = life.refresh_due {
                <line class="bar-refresh" x1={px(scale.x(due))} x2={px(scale.x(due))} y1={px(y - 3.0)} y2={px(y + 12.0)} />
            }
        </>
    }
}

fn in_words(life: &TokenLife, now: Timestamp) -> String {
    let left = |at: Timestamp| {
        if at > now {
            format!("in {}", words::span(at.since(now)))
        } else {
            format!("{} ago", words::span(now.since(at)))
        }
    };
    let mut text = format!("{}: issued {} ago", name(life), words::span(now.since(life.issued)));
    if let Some(due) = life.refresh_due {
        text.push_str(&format!(", the kubelet renews it {}", left(due)));
    }
    if let Some(warn) = life.warn_after {
        text.push_str(&format!(", meant to be replaced {}", left(warn)));
    }
    match life.expires {
        Some(at) => text.push_str(&format!(", expires {}", left(at))),
        None => text.push_str(", never expires"),
    }
    text
}
