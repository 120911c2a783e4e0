//! What followed a command, one event after another, forward and back.

use crate::cluster::trace::{Entry, Event, Reason};
use crate::lab::diff;
use crate::lab::story::{self, Step, Tone};
use crate::ui::session::{Act, Handle, Props};
use crate::ui::words;
use crate::ui::yaml::Yaml;
use std::rc::Rc;
use yew::prelude::*;

/// How many steps are drawn; what a command sets off is rarely more than a few dozen.
const STEPS_MAX: usize = 400;

/// The steps of a command.
#[component]
pub fn Steps(props: &Props) -> Html {
    let session = props.session.get();
    let Some(record) = session.explained_record().cloned() else {
        return html! {
            <p class="empty">{ "Run a command, and what the cluster does about it appears here, step by step." }</p>
        };
    };
    let entries = session.lab.cluster().trace().between(record.trace_after, record.trace_until);
    let mut steps = story::tell(entries, record.started);
    let left_out = steps.len().saturating_sub(STEPS_MAX);
    steps.truncate(STEPS_MAX);
    let title = record.entry.clone().unwrap_or_else(|| "The clock moved on".to_owned());
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
                onclick={props.session.on(Act::Explain(number.unwrap_or(0), None))}>{ sign }</button>
        }
    };
    let chosen = chosen(&steps, session.step);
    html! {
        <div class="steps">
            <div class="steps-head">
                { go(neighbour(place.checked_sub(1)), "Steps of the command before", "‹") }
                <code class="steps-title" title={title.clone()}>{ &title }</code>
                { go(neighbour(Some(place + 1)), "Steps of the next command", "›") }
            </div>
            if steps.is_empty() {
                <p class="empty">{ "The cluster was not asked anything: this command ran on your side alone." }</p>
            } else {
                { walk(&steps, chosen, &props.session) }
                <ol class="step-list">
                    { for steps.iter().enumerate().map(|(index, step)| step_line(step, Some(index) == chosen, &props.session)) }
                </ol>
                if left_out > 0 {
                    <p class="quiet">{ format!("… and {} more that are not drawn.", words::count(left_out, "step")) }</p>
                }
                if let Some(step) = chosen.and_then(|index| steps.get(index)) {
                    { detail(step, entries, &props.session) }
                }
            }
        </div>
    }
}

/// The selected step; without a selection the one that says most: a refusal, an injection, a stored object.
fn chosen(steps: &[Step], selected: Option<u64>) -> Option<usize> {
    let by = |wanted: &dyn Fn(&Step) -> bool| steps.iter().position(wanted);
    selected
        .and_then(|sequence| by(&|step| step.entry.sequence == sequence))
        .or_else(|| by(&|step| step.tone == Tone::Refused))
        .or_else(|| {
            by(&|step| matches!(&step.entry.event, Event::Mutated { .. }) && step.who.starts_with("ServiceAccount"))
        })
        .or_else(|| by(&|step| matches!(step.entry.event, Event::Stored { .. })))
        .or_else(|| by(&|step| matches!(step.entry.event, Event::TokenIssued { .. })))
        .or_else(|| (!steps.is_empty()).then_some(0))
}

fn walk(steps: &[Step], chosen: Option<usize>, handle: &Handle) -> Html {
    let at = chosen.unwrap_or(0);
    let sequence = |index: Option<usize>| index.and_then(|index| steps.get(index)).map(|step| step.entry.sequence);
    let button = |target: Option<u64>, label: &str| {
        html! {
            <button type="button" class="small" disabled={target.is_none()} onclick={handle.on(Act::Step(target.unwrap_or(0)))}>{ label }</button>
        }
    };
    html! {
        <div class="walk" role="group" aria-label="Walk through the steps">
            { button(sequence(at.checked_sub(1)), "Step back") }
            { button(sequence(Some(at + 1)), "Step forward") }
            <span class="quiet">{ format!("{} of {}", at + 1, steps.len()) }</span>
        </div>
    }
}

fn step_line(step: &Step, here: bool, handle: &Handle) -> Html {
    let tone = match step.tone {
        Tone::Plain => "is-plain",
        Tone::Injected => "is-injected",
        Tone::Done => "is-done",
        Tone::Refused => "is-refused",
    };
    html! {
        <li class={classes!("step-line", tone, here.then_some("is-here"))}>
            <button type="button" aria-current={here.then_some("step")} onclick={handle.on(Act::Step(step.entry.sequence))}>
                <span class="step-time">{ words::after(step.after) }</span>
                <span class="dot" aria-hidden="true" />
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
    html! {
        <div class="detail">
            { chain(&step.checks) }
            { more(&step.entry.event, handle) }
            if let Some(scene) = scene {
                <Yaml lines={diff::lines(scene.before.as_deref(), &scene.object, &scene.notes)} label="The object at this step" />
            }
        </div>
    }
}

/// The facts behind a decision, in the order they were looked at.
pub fn chain(checks: &[Reason]) -> Html {
    if checks.is_empty() {
        return Html::default();
    }
    html! {
        <ol class="chain" aria-label="How it was decided">
            { for checks.iter().map(|check| html! {
                <li class={classes!(check.decided.then_some("is-decided"))}>
                    <span class="chain-subject">{ &check.subject }</span>{ " " }<span class="chain-finding">{ &check.finding }</span>
                    if check.decided {
                        <span class="chain-word">{ " decided" }</span>
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
                <dt>{ "User" }</dt><dd><code>{ &user.username }</code></dd>
                <dt>{ "Groups" }</dt><dd>{ for user.groups.iter().map(|group| html! { <code class="word">{ group }</code> }) }</dd>
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
                <p class="quiet">{ "..data now points to " }<code>{ data_folder }</code></p>
                <button type="button" class="small" onclick={handle.on(Act::Show(crate::ui::session::Tab::Files))}>{ "Show the files" }</button>
            </>
        },
        Event::TokenIssued { claims, .. } => html! {
            <Yaml lines={diff::lines(None, claims, &[])} label="The claims of the token" />
        },
        _ => Html::default(),
    }
}
