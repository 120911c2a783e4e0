//! Two branches side by side: what was done and printed since they parted, and the objects that differ.

use crate::lab::compare::{self, Comparison, Difference, Done, Kept};
use crate::lab::transcript::printed;
use crate::ui::act::Act;
use crate::ui::handle::Handle;
use crate::ui::moments::Go;
use crate::ui::yaml::Yaml;
use crate::words::{plural, tr};
use web_sys::{HtmlElement, HtmlSelectElement};
use yew::prelude::*;

/// How much of one output is drawn.
const OUTPUT_LENGTH_MAX: usize = 20_000;

/// What the comparison needs.
#[derive(Clone, PartialEq, Properties)]
pub struct CompareProps {
    /// The session.
    pub session: Handle,
    /// A branch.
    pub left: usize,
    /// Another one.
    pub right: usize,
}

/// The comparison.
#[component]
pub fn Compare(props: &CompareProps) -> Html {
    let session = props.session.get();
    let branches = session.lab.branches();
    let name = |id: usize| branches.iter().find(|branch| branch.id == id).map(|branch| branch.name.clone());
    let (left, right) = (props.left, props.right);
    let found = use_memo((left, right, session.version), |_| compare::compare(&session.lab, left, right));
    let head = use_node_ref();
    {
        let head = head.clone();
        use_effect_with((), move |()| {
            if let Some(head) = head.cast::<HtmlElement>() {
                let _ = head.focus();
            }
        });
    }
    let choice = |label: &'static str, chosen: usize, pair: fn(usize, usize, usize) -> (usize, usize)| {
        let handle = props.session.clone();
        let onchange = Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(id) = select.and_then(|select| select.value().parse().ok()) {
                handle.act(Act::Go(Go::Compare(Some(pair(id, left, right)))));
            }
        });
        html! {
            <label class="field">{ label }
                <select {onchange}>
                    { for branches.iter().map(|branch| html! {
                        <option value={branch.id.to_string()} selected={branch.id == chosen}>{ &branch.name }</option>
                    }) }
                </select>
            </label>
        }
    };
    let names = [name(left).unwrap_or_default(), name(right).unwrap_or_default()];
    html! {
        <main class="compare">
            <div class="panel-head">
                <h2 tabindex="-1" ref={head}>{ tr("Two branches side by side") }</h2>
                <button type="button" onclick={props.session.on(Act::Go(Go::Compare(None)))}>{ tr("Back") }</button>
            </div>
            <div class="compare-choice">
                { choice(tr("Left"), left, |id, _, right| (id, right)) }
                { choice(tr("Right"), right, |id, left, _| (left, id)) }
            </div>
            <p role="status">{ summary(&found) }</p>
            <h3>{ tr("What was done since") }</h3>
            <div class="compare-sides">
                { side(tr("Left"), &names[0], &found.left, &found.right) }
                { side(tr("Right"), &names[1], &found.right, &found.left) }
            </div>
            <h3>{ tr("Objects that differ") }</h3>
            if found.objects.is_empty() {
                <p class="quiet">{ tr("None.") }</p>
            }
            { for found.objects.iter().map(|one| difference(one, &names)) }
            if found.renumbered + found.events.0 + found.events.1 > 0 {
                <p class="quiet">{ rest(&found) }</p>
            }
        </main>
    }
}

fn summary(found: &Comparison) -> String {
    let of = |kept: Kept| found.objects.iter().filter(|one| one.kept == kept).count();
    tr!(
        "{0} shared; then {1} on the left and {2} on the right. {3} only on the left, {4} only on the right, {5} on both and not the same.",
        plural(found.shared, "{0} step", "{0} steps"),
        plural(found.left.len(), "{0} step", "{0} steps"),
        plural(found.right.len(), "{0} step", "{0} steps"),
        plural(of(Kept::LeftOnly), "{0} object", "{0} objects"),
        of(Kept::RightOnly),
        of(Kept::Changed)
    )
}

fn rest(found: &Comparison) -> String {
    tr!(
        "Not listed: {0} with another resourceVersion only; Events that the other side lacks or has otherwise, {1} on the left, {2} on the right.",
        plural(found.renumbered, "{0} object", "{0} objects"),
        found.events.0,
        found.events.1
    )
}

fn side(place: &str, name: &str, done: &[Done], other: &[Done]) -> Html {
    html! {
        <section class="compare-side" aria-label={format!("{place}: {name}")}>
            <h4>{ format!("{place}: ") }<code>{ name }</code></h4>
            if done.is_empty() {
                <p class="quiet">{ tr("Nothing.") }</p>
            }
            <ol>
                { for done.iter().map(|done| {
                    let twin = other.iter().find(|other| other.words == done.words);
                    let note = match twin {
                        Some(twin) if twin.record.chunks == done.record.chunks => tr("the same on both sides"),
                        Some(_) => tr("the same command, another output"),
                        None => tr("only here"),
                    };
                    let text: String = printed(&done.record).chars().take(OUTPUT_LENGTH_MAX).collect();
                    html! {
                        <li>
                            <p><code class="word">{ &done.words }</code><span class="quiet">{ note }</span></p>
                            if !text.is_empty() {
                                <pre dir="ltr" class={classes!("code", (done.record.exit != 0).then_some("is-refused"))} tabindex="0">{ text }</pre>
                            }
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}

fn difference(one: &Difference, names: &[String; 2]) -> Html {
    let word = match one.kept {
        Kept::LeftOnly => tr("only on the left"),
        Kept::RightOnly => tr("only on the right"),
        Kept::Changed => tr("on both, not the same: + and ~ as on the right, − as on the left"),
    };
    html! {
        <details class="kind">
            <summary><code>{ &one.name }</code>{ format!(": {word}") }</summary>
            <Yaml lines={one.lines.clone()} label={tr!("{0}, {1}; left is {2}, right is {3}", one.name, word, names[0], names[1])} />
        </details>
    }
}
