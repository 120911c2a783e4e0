//! The timeline as a picture, with a playhead to drag or to move by keyboard, and the same in words.

use crate::api::{Timestamp, sorted};
use crate::cluster::TokenLife;
use crate::lab::timeline::{self, Kind, Mark, Scale};
use crate::ui::act::Act;
use crate::ui::handle::Handle;
use crate::ui::seek::TimeAct;
use crate::ui::words;
use crate::words::{plural, told, tr};
use std::rc::Rc;
use std::time::Duration;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// How many lives are drawn; the newest.
const BARS_MAX: usize = 4;
/// The height of one bar's row, of the row of marks above them, and of the scale below, in pixels.
const ROW: f64 = 30.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 18.0;
/// How many rows the tables have at most.
const ROWS_MAX: usize = 60;
/// What the arrow keys and the page keys move the playhead by.
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What the timeline needs.
#[derive(Clone, PartialEq, Properties)]
pub struct TimelineProps {
    /// The session.
    pub session: Handle,
    /// The tokens to show.
    pub lives: Rc<Vec<TokenLife>>,
}

/// The timeline.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let dragged = use_state(|| None::<f64>);
    let session = props.session.get();
    let now = session.lab.now();
    let (first, latest) = session.reach();
    let spelled_out = use_state(|| false);
    let all = &props.lives;
    let mut alive: Vec<&TokenLife> = all.iter().filter(|life| life.ended.is_none()).collect();
    sorted::sort_by_key(&mut alive, |life| std::cmp::Reverse(life.issued));
    let hidden = alive.len().saturating_sub(BARS_MAX);
    alive.truncate(BARS_MAX);
    let last = alive.iter().filter_map(|life| life.expires).chain([latest]).max().unwrap_or(now);
    let scale = Scale::new(now, first, last);
    let marks = timeline::marks(&session.lab, session.attempt.floor());
    let height = TOP + ROW * alive.len() as f64 + BOTTOM;
    let place = dragged.unwrap_or_else(|| scale.place(now));
    let shown = dragged.map_or(now, |place| scale.instant(place));
    html! {
        <div class="timeline">
            <div class="tl">
                if alive.is_empty() {
                    <p class="tl-empty">{ tr("No token is alive yet. Each gets a bar here: issued, renewed, expired.") }</p>
                }
                <ul class="tl-names" aria-hidden="true">
                    { for alive.iter().map(|life| html! { <li title={timeline::name(life)}>{ timeline::name(life) }</li> }) }
                </ul>
                <div class="tl-plot" dir="ltr">
                    <svg width="100%" height={px(height)} aria-hidden="true">
                        { for marks_drawn(&marks, &scale) }
                        { for alive.iter().enumerate().map(|(index, life)| bar(life, index, &scale, (now, last))) }
                        { for axis(&scale.labels(), height) }
                        if latest > now {
                            <line class="tl-latest" x1={percent(scale.place(latest))} x2={percent(scale.place(latest))} y1="0" y2={px(height - BOTTOM)} />
                        }
                        { playhead(place, height, dragged.is_some().then(|| offset(shown, now))) }
                    </svg>
                    { slider(&props.session, &scale, place, shown, &dragged) }
                </div>
            </div>
            if hidden > 0 {
                <p class="quiet">{ tr!("and {0} more, in the table below", plural(hidden, "{0} token", "{0} tokens")) }</p>
            }
            { in_words(all, &marks, now, &spelled_out) }
        </div>
    }
}

/// The tokens that are worth a learner's look: not the controllers' own.
pub fn lives(lab: &crate::lab::Lab) -> Vec<TokenLife> {
    let own = |life: &TokenLife| !life.subject.starts_with("system:serviceaccount:kube-system:");
    lab.cluster().tokens().into_iter().filter(own).collect()
}

/// `in 48 min`, `3 min ago`.
fn offset(at: Timestamp, now: Timestamp) -> String {
    if at > now { tr!("in {0}", words::span(at.since(now))) } else { tr!("{0} ago", words::span(now.since(at))) }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place * 100.0)
}

/// The marks of what happened; of several at one place and of one kind, one.
fn marks_drawn(marks: &[Mark], scale: &Scale) -> Vec<Html> {
    let mut drawn: Vec<(i64, Kind)> = Vec::new();
    let mut shown = Vec::new();
    for mark in marks.iter().rev() {
        let place = scale.place(mark.time);
        let key = ((place * 250.0) as i64, mark.kind);
        if drawn.contains(&key) {
            continue;
        }
        drawn.push(key);
        let class = match mark.kind {
            Kind::Done => "tl-mark is-plain",
            Kind::Replaced => "tl-mark is-injected",
            Kind::Refused => "tl-mark is-refused",
        };
        let (x, end) = (percent(place), if mark.kind == Kind::Refused { "13" } else { "10" });
        shown.push(html! { <line {class} x1={x.clone()} x2={x} y1="3" y2={end} /> });
    }
    shown
}

/// The labels of the scale. Where there is little room, every other one is left out; never the one of now.
fn axis(labels: &[(f64, String)], height: f64) -> Vec<Html> {
    let now = labels.iter().position(|(_, label)| label == tr("now")).unwrap_or(0);
    let one = |(index, (place, label)): (usize, &(f64, String))| {
        let anchor = match place {
            0.96.. => "end",
            ..0.03 => "start",
            _ => "middle",
        };
        let spare = index.abs_diff(now) % 2 == 1;
        html! {
            <text class={classes!("axis", spare.then_some("is-spare"))} x={percent(*place)} y={px(height - 4.0)} text-anchor={anchor}>{ label }</text>
        }
    };
    labels.iter().enumerate().map(one).collect()
}

fn playhead(place: f64, height: f64, words: Option<String>) -> Html {
    let x = percent(place);
    html! {
        <>
            <line class="playhead" x1={x.clone()} x2={x.clone()} y1="4" y2={px(height - BOTTOM + 3.0)} />
            <circle class="playhead-knob" cx={x.clone()} cy="6" r="5" />
            if let Some(words) = words {
                <text class="playhead-words" {x} y={px(height - BOTTOM - 3.0)} dx={if place > 0.8 { "-8" } else { "8" }}
                    text-anchor={if place > 0.8 { "end" } else { "start" }}>{ words }</text>
            }
        </>
    }
}

fn bar(life: &TokenLife, index: usize, scale: &Scale, (now, end): (Timestamp, Timestamp)) -> Html {
    let y = TOP + ROW * index as f64 + 2.0;
    let expiry = life.expires.unwrap_or(end);
    let (from, to) = (scale.place(life.issued), scale.place(expiry));
    let reliable = scale.place(life.warn_after.unwrap_or(expiry)).clamp(from, to);
    let width = |a: f64, b: f64| percent((b - a).max(0.004));
    let renewed = life.refresh_due.filter(|due| *due > now);
    let words_y = px(y + 21.0);
    let ends = life.expires.map_or(tr("never expires").to_owned(), |at| tr!("expires {0}", offset(at, now)));
    html! {
        <>
            <rect class="bar-rest" x={percent(from)} y={px(y)} width={width(from, to)} height="9" rx="3" />
            <rect class="bar-life" x={percent(from)} y={px(y)} width={width(from, reliable)} height="9" rx="3" />
            if let Some(due) = renewed {
                <line class="bar-refresh" x1={percent(scale.place(due))} x2={percent(scale.place(due))} y1={px(y - 4.0)} y2={px(y + 13.0)} />
                if to - scale.place(due) > 0.2 {
                    <text class="bar-words" x={percent(scale.place(due))} y={words_y.clone()} text-anchor="middle">{ tr!("renewed {0}", offset(due, now)) }</text>
                }
            }
            <text class="bar-words" x={percent(to)} y={words_y} text-anchor={if to > 0.5 { "end" } else { "start" }}>{ ends }</text>
        </>
    }
}

/// The playhead's native slider, laid over the picture.
fn slider(handle: &Handle, scale: &Scale, place: f64, shown: Timestamp, dragged: &UseStateHandle<Option<f64>>) -> Html {
    let read =
        |event: &Event| event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.value().parse::<f64>().ok());
    let oninput = {
        let dragged = dragged.clone();
        Callback::from(move |event: InputEvent| dragged.set(read(&event).map(|value| value / 1000.0)))
    };
    let onchange = {
        let (handle, dragged, scale) = (handle.clone(), dragged.clone(), *scale);
        Callback::from(move |event: Event| {
            if let Some(value) = read(&event) {
                dragged.set(None);
                handle.act(Act::Time(TimeAct::Seek(scale.instant(value / 1000.0))));
            }
        })
    };
    let onkeydown = {
        let handle = handle.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (now, (first, latest)) = {
                let session = handle.get();
                (session.lab.now(), session.reach())
            };
            let back = |by: Duration| {
                let micros = now.unix_micros() - i64::try_from(by.as_micros()).unwrap_or(0);
                Timestamp::from_unix_micros(micros).max(first)
            };
            let target = match event.key().as_str() {
                "ArrowRight" | "ArrowUp" => now.after(MINUTE),
                "ArrowLeft" | "ArrowDown" => back(MINUTE),
                "PageUp" => now.after(HOUR),
                "PageDown" => back(HOUR),
                "Home" => first,
                "End" => latest,
                _ => return,
            };
            event.prevent_default();
            handle.act(Act::Time(TimeAct::Seek(target)));
        })
    };
    let spoken =
        tr!("{0}, {1} since the beginning", timeline::shown(shown), words::span(shown.since(handle.get().reach().0)));
    html! {
        <input class="tl-range" type="range" min="0" max="1000" step="1" value={format!("{:.0}", place * 1000.0)}
            aria-label={tr("Playhead")} aria-valuetext={spoken} aria-describedby="playhead-keys" {oninput} {onchange} {onkeydown} />
    }
}

/// The same as the picture, as tables; they are made only while they are open.
fn in_words(all: &[TokenLife], marks: &[Mark], now: Timestamp, open: &UseStateHandle<bool>) -> Html {
    let onclick = {
        let open = open.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            open.set(!*open);
        })
    };
    html! {
        <details class="tl-words" open={**open}>
            <summary {onclick}>{ tr("The same in words") }</summary>
            if **open {
                { tables(all, marks, now) }
            }
        </details>
    }
}

fn tables(all: &[TokenLife], marks: &[Mark], now: Timestamp) -> Html {
    let when = |at: Option<Timestamp>, otherwise: &str| at.map_or(otherwise.to_owned(), |at| offset(at, now));
    html! {
        <>
            <p class="quiet">{ tr("Solid: as long as the token should be used. Pale: still accepted, but nobody should rely on it. Violet tick: the kubelet puts a new one in its place.") }</p>
            <div class="scroll-x" tabindex="0" role="group" aria-label={tr("Table")}>
                <table class="rules" aria-label={tr("Tokens")}>
                    <thead><tr><th>{ tr("Token") }</th><th>{ tr("Issued") }</th><th>{ tr("Renewed") }</th><th>{ tr("Meant to be gone") }</th><th>{ tr("Expires") }</th><th>{ tr("State") }</th></tr></thead>
                    <tbody>
                        { for all.iter().rev().take(ROWS_MAX).map(|life| html! {
                            <tr>
                                <th scope="row">{ timeline::name(life) }</th>
                                <td>{ offset(life.issued, now) }</td>
                                <td>{ when(life.refresh_due, tr("by nobody")) }</td>
                                <td>{ when(life.warn_after.or(life.expires), tr("never")) }</td>
                                <td>{ when(life.expires, tr("never")) }</td>
                                <td>{ state(life, now) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
            if all.len() > ROWS_MAX {
                <p class="quiet">{ tr!("The newest {0} of {1}.", ROWS_MAX, all.len()) }</p>
            }
            <h3>{ tr("What happened") }</h3>
            <ol class="tl-events">
                { for marks.iter().rev().take(ROWS_MAX).map(|mark| html! {
                    <li><time>{ timeline::shown(mark.time) }</time><code>{ &mark.words }</code></li>
                }) }
            </ol>
        </>
    }
}

fn state(life: &TokenLife, now: Timestamp) -> String {
    match (&life.ended, life.warn_after) {
        (Some(why), _) => tr!("ended: {0}", told(why)),
        (None, Some(warn)) if warn < now => tr("stale, and still accepted").to_owned(),
        (None, _) => tr("good").to_owned(),
    }
}
