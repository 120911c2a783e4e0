//! Below: time. The clock, the timeline, what moves the clock, and the faults of the world.

use crate::api::Timestamp;
use crate::lab::timeline::{read_instant, shown};
use crate::ui::act::Act;
use crate::ui::faults::Faults;
use crate::ui::handle::{Handle, Props};
use crate::ui::seek::TimeAct;
use crate::ui::session::Session;
use crate::ui::timeline::{Timeline, lives};
use crate::ui::words;
use crate::words::tr;
use std::rc::Rc;
use std::time::Duration;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Ten minutes, for the button.
const TEN_MINUTES: Duration = Duration::from_secs(600);
/// How many times as fast the clock can run.
const SPEEDS: [u32; 5] = [1, 10, 60, 600, 3600];

/// Which part of the pane is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    GoTo,
    Faults,
}

/// The clock and the timeline.
#[component]
pub fn TimePane(props: &Props) -> Html {
    let open = use_state(|| Open::Nothing);
    let session = props.session.get();
    let now = session.lab.now();
    let toggle = |what: Open| {
        let (open, next) = (open.clone(), if *open == what { Open::Nothing } else { what });
        Callback::from(move |_: MouseEvent| open.set(next))
    };
    let all = Rc::new(lives(&session.lab));
    let next = |pick: fn(&crate::cluster::TokenLife) -> Option<Timestamp>| {
        all.iter().filter(|life| life.ended.is_none()).filter_map(pick).filter(|at| *at > now).min()
    };
    let to = |instant: Option<Timestamp>, label: &str| {
        // A second more, so that what is due then has happened.
        let target = instant.map(|at| at.after(Duration::from_secs(1)));
        let title = instant.map(|at| tr!("in {0}", words::span(at.since(now))));
        html! {
            <button type="button" disabled={target.is_none()} {title} onclick={props.session.on(Act::AdvanceTo(target.unwrap_or(now)))}>{ label }</button>
        }
    };
    html! {
        <section class="time" aria-label={tr("Time")}>
            { clock(&session) }
            <Timeline session={props.session.clone()} lives={Rc::clone(&all)} />
            <div class="time-actions">
                <button type="button" aria-pressed={(!session.running).to_string()} onclick={props.session.on(Act::Running(!session.running))}>
                    { if session.running { tr("Pause") } else { tr("Resume") } }
                </button>
                { speed(&session, &props.session) }
                <button type="button" onclick={props.session.on(Act::Advance(TEN_MINUTES))}>{ tr("+10 min") }</button>
                { to(next(|life| life.refresh_due), tr("Next rotation")) }
                { to(next(|life| life.expires), tr("Next expiry")) }
                <button type="button" aria-expanded={(*open == Open::GoTo).to_string()} onclick={toggle(Open::GoTo)}>{ tr("Go to…") }</button>
                <button type="button" aria-expanded={(*open == Open::Faults).to_string()} onclick={toggle(Open::Faults)}>{ tr("Faults…") }</button>
                if *open == Open::GoTo {
                    <GoTo session={props.session.clone()} />
                }
                <p class="visually-hidden" id="playhead-keys">{ tr("Arrow keys move it by a minute, Page Up and Page Down by an hour, Home goes to the beginning, End to the latest moment.") }</p>
            </div>
            if *open == Open::Faults {
                <Faults session={props.session.clone()} />
            }
        </section>
    }
}

fn clock(session: &Session) -> Html {
    let now = session.lab.now();
    let text = shown(now);
    let state = if session.looks_back() {
        tr("looking back").to_owned()
    } else if session.running {
        tr!("running, {0}×", session.speed)
    } else {
        tr("paused").to_owned()
    };
    let since = words::span(now.since(session.reach().0));
    html! {
        <div class="clock">
            <p class="clock-time"><span class="visually-hidden">{ tr("The cluster's clock shows ") }</span>{ text.get(11..).unwrap_or_default().to_owned() }</p>
            <p class="quiet">{ text.get(..10).unwrap_or_default().to_owned() }</p>
            <p class="quiet">{ tr!("{0} · {1} in", state, since) }</p>
        </div>
    }
}

fn speed(session: &Session, handle: &Handle) -> Html {
    let onchange = {
        let handle = handle.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<HtmlSelectElement>().and_then(|select| select.value().parse().ok());
            if let Some(speed) = chosen {
                handle.act(Act::Time(TimeAct::Speed(speed)));
            }
        })
    };
    html! {
        <select aria-label={tr("Speed of the clock")} {onchange}>
            { for SPEEDS.iter().map(|speed| html! {
                <option value={speed.to_string()} selected={*speed == session.speed}>{ format!("{speed}×") }</option>
            }) }
        </select>
    }
}

/// A date to type.
#[component]
fn GoTo(props: &Props) -> Html {
    let typed = use_state(|| None::<String>);
    let wrong = use_state(|| None::<String>);
    let session = props.session.get();
    let text = (*typed).clone().unwrap_or_else(|| shown(session.lab.now()));
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()));
        })
    };
    let onsubmit = {
        let (handle, typed, wrong, text) = (props.session.clone(), typed.clone(), wrong.clone(), text.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let found = {
                let session = handle.get();
                read_instant(&text, session.lab.now(), session.reach().0)
            };
            match found {
                Ok(instant) => {
                    typed.set(None);
                    wrong.set(None);
                    handle.act(Act::Time(TimeAct::Seek(instant)));
                }
                Err(sentence) => wrong.set(Some(sentence)),
            }
        })
    };
    html! {
        <form class="goto" {onsubmit}>
            <label for="goto">{ tr("Date and time") }</label>
            <input id="goto" type="text" dir="ltr" autocomplete="off" spellcheck="false" value={text} {oninput}
                aria-invalid={wrong.is_some().to_string()} aria-describedby="goto-wrong" />
            <button type="submit">{ tr("Go") }</button>
            <p id="goto-wrong" class="wrong" role="alert">{ (*wrong).clone().unwrap_or_default() }</p>
        </form>
    }
}
