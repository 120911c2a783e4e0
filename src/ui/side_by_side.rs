//! One command on two versions: the outputs line by line beside each other, and what made them differ.

use crate::lab::versions::{Mark, Pair, Release, Row, Run, STEPS_MAX};
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::versions::{VersionAct, choice, difference};
use crate::words::{plural, tr};
use gloo::timers::callback::Timeout;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// How many lines of one output are drawn.
const LINES_MAX: usize = 400;
/// How long the page has for itself between two tries, in milliseconds.
const PAUSE: u32 = 10;

/// The pane.
#[component]
pub fn SideBySide(props: &Props) -> Html {
    let session = props.session.get();
    let head = use_node_ref();
    let draft = use_state(String::new);
    {
        let head = head.clone();
        use_effect_with((), move |()| {
            if let Some(head) = head.cast::<HtmlElement>() {
                let _ = head.focus();
            }
        });
    }
    let untried: usize = session.pair.iter().flat_map(|pair| &pair.runs).map(|run| run.untried.len()).sum();
    {
        let handle = props.session.clone();
        use_effect_with((untried, session.version), move |(untried, _)| {
            let timer =
                (*untried > 0).then(|| Timeout::new(PAUSE, move || handle.act(Act::Version(VersionAct::Explain))));
            move || drop(timer)
        });
    }
    let Some(pair) = &session.pair else { return html! {} };
    let (left, right) = pair.releases();
    let sides = |left, right| Act::Version(VersionAct::Compare(Some((left, right))));
    let choose = |label: &str, chosen: Release, act: Box<dyn Fn(Release) -> Act>| {
        let handle = props.session.clone();
        choice(label, chosen, Callback::from(move |release| handle.act(act(release))))
    };
    let onsubmit = {
        let (handle, draft) = (props.session.clone(), draft.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let entry = draft.trim().to_owned();
            if !entry.is_empty() {
                handle.act(Act::Version(VersionAct::Run(entry)));
                draft.set(String::new());
            }
        })
    };
    let oninput = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                draft.set(input.value());
            }
        })
    };
    html! {
        <main class="compare versions">
            <div class="panel-head">
                <h2 tabindex="-1" ref={head}>{ tr("Before and now") }</h2>
                <button type="button" onclick={props.session.on(Act::Version(VersionAct::Compare(None)))}>{ tr("Back") }</button>
            </div>
            <div class="compare-choice">
                { choose(tr("Left"), left, Box::new(move |release| sides(release, right))) }
                { choose(tr("Right"), right, Box::new(move |release| sides(left, release))) }
            </div>
            { began(pair) }
            <form class="both" {onsubmit}>
                <label for="both-command">{ tr("Command for both") }</label>
                <input id="both-command" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" value={(*draft).clone()} {oninput} />
                <button type="submit">{ tr("Run on both") }</button>
            </form>
            <p role="status">{ pair.runs.last().map(|run| told(run, left, right)).unwrap_or_default() }</p>
            { for pair.runs.iter().rev().map(|run| one(run, left, right)) }
        </main>
    }
}

fn began(pair: &Pair) -> Html {
    html! {
        <>
            <p class="quiet">{ tr!("Two clusters, apart from this session. What was done in it is done in both: {0}.", steps(pair.began)) }
                if pair.began == STEPS_MAX {
                    { " " }{ tr("No more are taken over.") }
                }
            </p>
            <p class="quiet">{ tr("= the same on both sides, ≠ differs, − only left, + only right. UIDs, random ends of names and times do not count.") }</p>
        </>
    }
}

fn steps(number: usize) -> String {
    plural(number, "{0} step", "{0} steps")
}

/// The outcome in a sentence, for who cannot see it at a glance.
fn told(run: &Run, left: Release, right: Release) -> String {
    if run.is_same() {
        return tr!("{0}: {1} and {2} say the same.", run.entry, left.name(), right.name());
    }
    let [same, differ, only_left, only_right] = run.counts();
    let why = if run.untried.is_empty() {
        plural(run.causes.len(), "{0} cause found.", "{0} causes found.")
    } else {
        tr("Looking for the causes.").to_owned()
    };
    let lines = tr!(
        "{0}: lines the same {1}, differing {2}, only in {3} {4}, only in {5} {6}.",
        run.entry,
        same,
        differ,
        left.name(),
        only_left,
        right.name(),
        only_right
    );
    format!("{lines} {why}")
}

fn one(run: &Run, left: Release, right: Release) -> Html {
    let exits = [run.left.exit, run.right.exit];
    html! {
        <section class="both-run" aria-label={tr!("{0} on both", run.entry)}>
            <h3><code>{ &run.entry }</code></h3>
            <table class="both-lines">
                <thead><tr>
                    <th scope="col"><span class="visually-hidden">{ tr("Mark") }</span></th>
                    <th scope="col">{ left.name() }</th>
                    <th scope="col">{ right.name() }</th>
                </tr></thead>
                <tbody>
                    if run.rows.is_empty() {
                        <tr><td></td><td colspan="2" class="quiet">{ tr("Both print nothing.") }</td></tr>
                    }
                    { for run.rows.iter().take(LINES_MAX).map(line) }
                    if exits[0] != exits[1] {
                        <tr class="is-differing"><td>{ sign(Mark::Differs) }</td>{ for exits.map(|exit| html! { <td class="quiet">{ tr!("exit code {0}", exit) }</td> }) }</tr>
                    }
                </tbody>
            </table>
            if !run.is_same() {
                <h4>{ tr("What makes the difference") }</h4>
                { for run.causes.iter().map(|cause| difference(cause.difference())) }
                if !run.untried.is_empty() {
                    <p class="quiet">{ tr!("Still to try: {0}. Each difference is turned round alone, and the command run again.", run.untried.len()) }</p>
                } else if run.causes.is_empty() {
                    <p class="quiet">{ tr("No single one of the listed differences.") }</p>
                }
            }
        </section>
    }
}

/// A mark as a sign, and as a word for who does not see it.
fn sign(mark: Mark) -> Html {
    let (sign, word) = match mark {
        Mark::Same => ("=", tr("the same")),
        Mark::Differs => ("≠", tr("differs")),
        Mark::LeftOnly => ("−", tr("only left")),
        Mark::RightOnly => ("+", tr("only right")),
    };
    html! { <><span aria-hidden="true">{ sign }</span><span class="visually-hidden">{ word }</span></> }
}

fn line(row: &Row) -> Html {
    let class = match row.mark {
        Mark::Same => "",
        Mark::Differs => "is-differing",
        Mark::LeftOnly => "is-left",
        Mark::RightOnly => "is-right",
    };
    let cell = |text: &Option<String>| html! { <td><pre>{ text.clone().unwrap_or_default() }</pre></td> };
    html! { <tr {class}><td class="both-mark">{ sign(row.mark) }</td>{ cell(&row.left) }{ cell(&row.right) }</tr> }
}
