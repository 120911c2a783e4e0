//! How accounts, pods, Secrets, tokens, bindings and roles hang together: a picture, and a table that says the same.

use crate::api::object;
use crate::lab::relations::{self, Kind, Link, Relations, Thing};
use crate::ui::handle::Props;
use crate::words::{plural, tr};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// How many things of one row are drawn; the table has all.
const DRAWN_MAX: usize = 12;
/// How many links the table shows.
const LINKS_MAX: usize = 300;
const PER_LINE: usize = 3;
const BOX: (f64, f64) = (142.0, 36.0);
const GAP: (f64, f64) = (10.0, 10.0);
const ROW_GAP: f64 = 38.0;
/// How much of a name fits.
const NAME_MAX: usize = 17;

/// The relations.
#[component]
pub fn RelationsTab(props: &Props) -> Html {
    let session = props.session.get();
    let reader = session.lab.cluster().reader();
    let namespace = use_state(|| "default".to_owned());
    let account = use_state(String::new);
    let names = |resource: &str, namespace: &str| -> Vec<String> {
        reader.list(resource, namespace).iter().map(|item| object::name(item).to_owned()).collect()
    };
    let wanted = Some(account.as_str()).filter(|name| !name.is_empty());
    let found = relations::relations(&session.lab, &namespace, wanted);
    let mut accounts = names("serviceaccounts", &namespace);
    accounts.insert(0, String::new());
    let unlinked: Vec<&Thing> = found
        .things
        .iter()
        .enumerate()
        .filter(|(index, _)| !found.links.iter().any(|link| link.from == *index || link.to == *index))
        .map(|(_, thing)| thing)
        .collect();
    html! {
        <div class="relations">
            <p class="field">
                { select("relations-namespace", tr("Namespace"), &names("namespaces", ""), &namespace, "") }
                { select("relations-account", tr("Account"), &accounts, &account, tr("all")) }
            </p>
            { picture(&found) }
            <h3>{ tr("The same in words") }</h3>
            <div class="scroll-x" tabindex="0" role="group" aria-label={tr("Relations")}>
                <table class="rules">
                    <thead><tr><th scope="col">{ tr("What") }</th><th scope="col">{ tr("How it is tied") }</th><th scope="col">{ tr("To what") }</th></tr></thead>
                    <tbody>
                        { for found.links.iter().take(LINKS_MAX).map(|link| row(&found, link)) }
                        { for unlinked.iter().map(|thing| html! { <tr><td>{ in_words(thing) }</td><td colspan="2" class="quiet">{ tr("nothing here refers to it") }</td></tr> }) }
                    </tbody>
                </table>
            </div>
            <p class="quiet">{ tr("Left out: the bindings and roles that every cluster has from the start.") }</p>
        </div>
    }
}

fn select(id: &'static str, label: &str, options: &[String], chosen: &UseStateHandle<String>, none: &str) -> Html {
    let onchange = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                chosen.set(select.value());
            }
        })
    };
    html! {
        <span class="field">
            <label for={id}>{ label }</label>
            <select {id} {onchange}>
                { for options.iter().map(|name| html! {
                    <option value={name.clone()} selected={**chosen == *name}>{ if name.is_empty() { none } else { name } }</option>
                }) }
            </select>
        </span>
    }
}

fn in_words(thing: &Thing) -> Html {
    html! {
        <>
            <span class="kind-word">{ thing.word }</span>{ " " }<code>{ &thing.name }</code>
            if thing.missing { <span class="is-missing">{ tr(" not there") }</span> }
        </>
    }
}

fn row(found: &Relations, link: &Link) -> Html {
    let thing = |index: usize| found.things.get(index).map(in_words).unwrap_or_default();
    html! { <tr><td>{ thing(link.from) }</td><td>{ tr(link.words) }</td><td>{ thing(link.to) }</td></tr> }
}

/// Where the things are drawn; nothing for those that are left out.
struct Layout {
    places: Vec<Option<(f64, f64)>>,
    height: f64,
    left_out: usize,
}

fn layout(found: &Relations) -> Layout {
    let mut places = vec![None; found.things.len()];
    let (mut top, mut left_out) = (2.0, 0);
    for row in 0..Kind::ROWS {
        let here: Vec<usize> = (0..found.things.len())
            .filter(|index| found.things.get(*index).is_some_and(|thing| thing.kind.row() == row))
            .collect();
        if here.is_empty() {
            continue;
        }
        left_out += here.len().saturating_sub(DRAWN_MAX);
        let drawn = here.len().min(DRAWN_MAX);
        for (position, index) in here.iter().take(drawn).enumerate() {
            let in_line = (drawn - position / PER_LINE * PER_LINE).min(PER_LINE) as f64;
            let free = (PER_LINE as f64 - in_line) * (BOX.0 + GAP.0) / 2.0;
            let x = 1.0 + free + (position % PER_LINE) as f64 * (BOX.0 + GAP.0);
            let y = top + (position / PER_LINE) as f64 * (BOX.1 + GAP.1);
            if let Some(place) = places.get_mut(*index) {
                *place = Some((x, y));
            }
        }
        top += drawn.div_ceil(PER_LINE) as f64 * (BOX.1 + GAP.1) - GAP.1 + ROW_GAP;
    }
    Layout { places, height: top - ROW_GAP + 2.0, left_out }
}

fn picture(found: &Relations) -> Html {
    if found.things.is_empty() {
        return html! { <p class="empty">{ tr("There is nothing in this namespace.") }</p> };
    }
    let Layout { places, height, left_out } = layout(found);
    let place = |index: usize| places.get(index).copied().flatten();
    let lines = found.links.iter().filter_map(|link| Some(line(place(link.from)?, place(link.to)?)));
    let boxes = found.things.iter().enumerate().filter_map(|(index, thing)| Some(drawn(thing, place(index)?)));
    let width = PER_LINE as f64 * (BOX.0 + GAP.0) - GAP.0 + 2.0;
    html! {
        <>
            <div class="scroll-x relations-picture" dir="ltr" tabindex="0" role="group" aria-label={tr("Picture of the relations")}>
                <svg viewBox={format!("0 0 {width} {height}")} width={width.to_string()} height={height.to_string()} role="img"
                    aria-label={tr!("{0} and how they hang together, from tokens at the top to roles at the bottom; the table below says the same", plural(found.things.len(), "{0} thing", "{0} things"))}>
                    { for lines }
                    { for boxes }
                </svg>
            </div>
            if left_out > 0 {
                <p class="quiet">{ tr!("… and {0} more, in the table.", left_out) }</p>
            }
        </>
    }
}

/// From the lower edge of the upper one to the upper edge of the lower one; between neighbours from side to side.
fn line(from: (f64, f64), to: (f64, f64)) -> Html {
    let (upper, lower) = if from.1 <= to.1 { (from, to) } else { (to, from) };
    let path = if (upper.1 - lower.1).abs() < 1.0 {
        let (left, right) = if upper.0 <= lower.0 { (upper, lower) } else { (lower, upper) };
        let (x1, x2, y) = (left.0 + BOX.0, right.0, left.1 + BOX.1 / 2.0);
        format!("M{x1:.1} {y:.1} L{x2:.1} {y:.1}")
    } else {
        let (x1, y1, x2, y2) = (upper.0 + BOX.0 / 2.0, upper.1 + BOX.1, lower.0 + BOX.0 / 2.0, lower.1);
        let middle = (y1 + y2) / 2.0;
        format!("M{x1:.1} {y1:.1} C{x1:.1} {middle:.1} {x2:.1} {middle:.1} {x2:.1} {y2:.1}")
    };
    html! { <path class="tie" d={path} /> }
}

fn drawn(thing: &Thing, (x, y): (f64, f64)) -> Html {
    let class = match thing.kind {
        Kind::Account | Kind::Group => "is-account",
        Kind::Token => "is-token",
        Kind::Pod | Kind::Secret => "is-pod",
        Kind::Binding | Kind::Role => "is-role",
    };
    let name = if thing.name.chars().count() > NAME_MAX {
        thing.name.chars().take(NAME_MAX - 1).chain(['…']).collect()
    } else {
        thing.name.clone()
    };
    let word = if thing.missing { tr!("{0}, not there", thing.word) } else { thing.word.to_owned() };
    let text = |offset: f64| (format!("{:.1}", x + 8.0), format!("{:.1}", y + offset));
    let ((word_x, word_y), (name_x, name_y)) = (text(14.0), text(28.0));
    html! {
        <g class={classes!("thing", class, thing.missing.then_some("is-missing"))}>
            <title>{ format!("{} {}", thing.word, thing.name) }</title>
            <rect x={format!("{x:.1}")} y={format!("{y:.1}")} width={BOX.0.to_string()} height={BOX.1.to_string()} rx="6" />
            <text class="thing-word" x={word_x} y={word_y}>{ word }</text>
            <text class="thing-name" x={name_x} y={name_y}>{ name }</text>
        </g>
    }
}
