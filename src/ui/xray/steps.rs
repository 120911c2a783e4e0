//! What followed a command, one event after another: forward, back, by itself, or straight to one.

use crate::cluster::trace::{Entry, Event, Reason};
use crate::lab::story::{self, Step, Story, Tone};
use crate::lab::{Record, diff};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::session::Session;
use crate::ui::words;
use crate::ui::yaml::Yaml;
use crate::words::{plural, told, tr};
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::prelude::*;

/// How long a step stands while they are played.
const PLAY_MILLIS: u32 = 1_200;

/// The steps of a command.
#[component]
pub fn Steps(props: &Props) -> Html {
    let session = props.session.get();
    let record = session.explained_record().cloned();
    let story = record.as_ref().map(|record| Story::of(record, session.lab.cluster().trace())).unwrap_or_default();
    let selected = session.step.and_then(|wanted| story.steps.iter().position(|step| step.entry.sequence == wanted));
    let here = selected.unwrap_or_else(|| story.most_telling());
    let number = record.as_ref().map_or(0, |record| record.number);
    // The command whose steps are played; another command is not.
    let playing = use_state(|| None::<usize>);
    let is_playing = number > 0 && *playing == Some(number);
    let next = story.steps.get(here + 1).map(|step| step.entry.sequence);
    {
        let (handle, playing) = (props.session.clone(), playing.clone());
        use_effect_with((is_playing, next), move |(is_playing, next)| {
            let timer = match (is_playing, *next) {
                (true, Some(next)) => Some(Timeout::new(PLAY_MILLIS, move || handle.act(Act::Step(next)))),
                (true, None) => {
                    playing.set(None);
                    None
                }
                _ => None,
            };
            move || drop(timer)
        });
    }
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with((number, here), move |(_, here)| keep_in_sight(&list, *here));
    }
    let Some(record) = record else {
        return html! {
            <p class="empty">{ tr("Run a command, and what the cluster does about it appears here, step by step.") }</p>
        };
    };
    html! {
        <div class="steps">
            { head(&session, &record, &props.session) }
            if story.steps.is_empty() {
                <p class="empty">{ tr("The cluster was not asked anything: this command ran on your side alone.") }</p>
            } else {
                { walk(&story.steps, here, &playing, number, &props.session) }
                <ol class="step-list" ref={list} aria-label={tr("Steps")}>
                    { for story.steps.iter().enumerate().map(|(index, step)| step_line(step, index == here, &props.session)) }
                </ol>
                if story.left_out > 0 {
                    <p class="quiet">{ tr!("… and {0} more that are not drawn.", plural(story.left_out, "{0} step", "{0} steps")) }</p>
                }
                if let Some(step) = story.steps.get(here) {
                    { detail(step, &story.entries, &props.session) }
                }
            }
        </div>
    }
}

/// Scrolls the list, and nothing else, so that the step can be seen.
fn keep_in_sight(list: &NodeRef, here: usize) {
    let Some(list) = list.cast::<HtmlElement>() else { return };
    let row = list.children().item(u32::try_from(here).unwrap_or(0));
    let Some(row) = row.and_then(|row| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(row).ok()) else { return };
    // The list is what its rows' offsets are counted from (static/style.css).
    let (top, bottom) = (row.offset_top(), row.offset_top() + row.offset_height());
    if top < list.scroll_top() || bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(top - list.client_height() / 3);
    }
}

/// Which command it is, and the way to its neighbours.
fn head(session: &Session, record: &Rc<Record>, handle: &Handle) -> Html {
    let title = record.entry.clone().unwrap_or_else(|| tr("The clock moved on").to_owned());
    let title = title.lines().next().unwrap_or_default().to_owned();
    let numbers: Vec<usize> = session
        .lab
        .all_records()
        .iter()
        .filter(|other| {
            other.number > session.attempt.floor() && (other.entry.is_some() || other.trace_until > other.trace_after)
        })
        .map(|other| other.number)
        .collect();
    let place = numbers.iter().position(|number| *number == record.number).unwrap_or(0);
    let neighbour = |offset: Option<usize>| offset.and_then(|index| numbers.get(index)).copied();
    let go = |number: Option<usize>, label: &str, sign: &str| {
        html! {
            <button type="button" class="small" disabled={number.is_none()} aria-label={label.to_owned()}
                onclick={handle.on(Act::Explain(number.unwrap_or(0), None))}>{ sign }</button>
        }
    };
    html! {
        <div class="steps-head">
            { go(neighbour(place.checked_sub(1)), tr("Steps of the command before"), "‹") }
            <code class="steps-title" title={title.clone()}>{ &title }</code>
            { go(neighbour(Some(place + 1)), tr("Steps of the next command"), "›") }
        </div>
    }
}

/// First, back, play, forward, last.
fn walk(steps: &[Step], here: usize, playing: &UseStateHandle<Option<usize>>, number: usize, handle: &Handle) -> Html {
    let last = steps.len().saturating_sub(1);
    let sequence = |index: usize| steps.get(index).map_or(0, |step| step.entry.sequence);
    let is_playing = **playing == Some(number);
    let button = |target: usize, label: &'static str, sign: &'static str| {
        let (handle, playing, to) = (handle.clone(), playing.clone(), sequence(target));
        let onclick = Callback::from(move |_: MouseEvent| {
            playing.set(None);
            handle.act(Act::Step(to));
        });
        html! {
            <button type="button" class="small sign" disabled={target == here} aria-label={label} title={label} {onclick}>{ sign }</button>
        }
    };
    let play = {
        let (handle, playing, first) = (handle.clone(), playing.clone(), sequence(0));
        Callback::from(move |_: MouseEvent| {
            if is_playing {
                playing.set(None);
                return;
            }
            if here == last {
                handle.act(Act::Step(first));
            }
            playing.set(Some(number));
        })
    };
    html! {
        <div class="walk" role="group" aria-label={tr("Walk through the steps")}>
            { button(0, tr("First step"), "«") }
            { button(here.saturating_sub(1), tr("Step back"), "‹") }
            <button type="button" class="small" aria-pressed={is_playing.to_string()} disabled={last == 0} onclick={play}>
                { if is_playing { tr("Stop") } else { tr("Play") } }
            </button>
            { button((here + 1).min(last), tr("Step forward"), "›") }
            { button(last, tr("Last step"), "»") }
            <span class="quiet" role="status">{ tr!("step {0} of {1}", here + 1, steps.len()) }</span>
        </div>
    }
}

fn step_line(step: &Step, here: bool, handle: &Handle) -> Html {
    let (tone, word) = match step.tone {
        Tone::Plain => ("is-plain", ""),
        Tone::Injected => ("is-injected", tr("added by the cluster")),
        Tone::Done => ("is-done", tr("done")),
        Tone::Refused => ("is-refused", tr("refused")),
    };
    html! {
        <li class={classes!("step-line", tone, here.then_some("is-here"))}>
            <button type="button" aria-current={here.then_some("step")} onclick={handle.on(Act::Step(step.entry.sequence))}>
                <span class="step-time">{ words::after(step.after) }</span>
                <span class="dot"><span class="visually-hidden">{ word }</span></span>
                <span class="step-text">
                    <span class="step-what">{ &step.what }</span>
                    if here && !step.why.is_empty() {
                        <span class="step-why">{ &step.why }</span>
                    }
                </span>
            </button>
        </li>
    }
}

fn detail(step: &Step, entries: &[Rc<Entry>], handle: &Handle) -> Html {
    let scene = story::scene(&step.entry, entries);
    let additions = story::additions(&step.entry);
    let label = if matches!(step.entry.event, Event::Received { .. }) {
        tr("What was sent")
    } else {
        tr("The object at this step")
    };
    html! {
        <div class="detail">
            <p class="quiet">{ facts(&step.entry) }</p>
            if additions.is_empty() {
                { who_asked(step, entries) }
                { chain(&step.checks) }
            } else {
                <dl class="additions" aria-label={tr("What was added, and by which rule")}>
                    { for additions.chunk_by(|one, other| one.rule == other.rule).map(|group| html! {
                        <div class={classes!(group.iter().any(|found| found.added).then_some("is-added"))}>
                            { for group.iter().map(|found| html! { <dt>{ if found.added { "+ " } else { "· " } }{ &found.what }</dt> }) }
                            <dd>{ group.first().map(|found| found.rule.clone()).unwrap_or_default() }</dd>
                        </div>
                    }) }
                </dl>
            }
            { more(&step.entry.event, handle) }
            if let Some(scene) = scene {
                <h3>{ label }</h3>
                <Yaml lines={diff::lines(scene.before.as_deref(), &scene.object, &scene.notes)} {label} />
            }
        </div>
    }
}

/// When exactly, which request, about what.
fn facts(entry: &Entry) -> String {
    let mut text = entry.time.rfc3339();
    if entry.request > 0 {
        text.push_str(&tr!(" · request {0}", entry.request));
    }
    if let Some(object) = &entry.object {
        let name = [&object.resource, &object.namespace, &object.name];
        let parts: Vec<&str> = name.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        text.push_str(&format!(" · {}", parts.join(" / ")));
    }
    text
}

/// Before a 403: how the caller came to be who they are.
fn who_asked(step: &Step, entries: &[Rc<Entry>]) -> Html {
    if !matches!(step.entry.event, Event::Authorized { allowed: false, .. }) {
        return Html::default();
    }
    let found = entries.iter().find_map(|entry| match &entry.event {
        Event::Authenticated { user, checks } if entry.request == step.entry.request => Some((user, checks)),
        _ => None,
    });
    match found {
        Some((user, checks)) => html! {
            <>
                <h3>{ tr!("Who asks: {0}", user.username) }</h3>
                { chain(checks) }
                <h3>{ tr("The rules that were looked at") }</h3>
            </>
        },
        None => Html::default(),
    }
}

/// The facts behind a decision, in the order they were looked at.
pub fn chain(checks: &[Reason]) -> Html {
    if checks.is_empty() {
        return Html::default();
    }
    html! {
        <ol class="chain" aria-label={tr("How it was decided")}>
            { for checks.iter().map(|check| html! {
                <li class={classes!(check.decided.then_some("is-decided"))}>
                    <span class="chain-subject">{ told(&check.subject) }</span>{ " " }<span class="chain-finding">{ told(&check.finding) }</span>
                    // What is missing has decided nothing yet.
                    if check.decided && check.subject != "what would allow it" {
                        <span class="chain-word">{ tr(" decided") }</span>
                    }
                </li>
            }) }
        </ol>
    }
}

fn more(event: &Event, handle: &Handle) -> Html {
    match event {
        Event::Received { request_line, .. } => html! { <p class="machine">{ request_line }</p> },
        Event::Authenticated { user, .. } => html! {
            <dl class="facts">
                <dt>{ tr("User") }</dt><dd><code>{ &user.username }</code></dd>
                <dt>{ tr("Groups") }</dt><dd>{ for user.groups.iter().map(|group| html! { <code class="word">{ group }</code> }) }</dd>
            </dl>
        },
        Event::Refused { status } => {
            html! { <p class="machine is-refused">{ &status.message }</p> }
        }
        Event::FilesWritten { files, data_folder, .. } => html! {
            <>
                <ul class="written">
                    { for files.iter().map(|file| html! { <li><code>{ file }</code></li> }) }
                </ul>
                <p class="quiet">{ tr("..data now points to ") }<code>{ data_folder }</code></p>
                <button type="button" class="small" onclick={handle.on(Act::Show(crate::ui::act::Tab::Files))}>{ tr("Show the files") }</button>
            </>
        },
        Event::TokenIssued { claims, .. } => html! {
            <Yaml id="claims" lines={diff::lines(None, &claims.open(), &[])} label={tr("The claims of the token")} />
        },
        _ => Html::default(),
    }
}
