//! An object as YAML with its marks: symbol, colour and words, and each note at the place it explains. Parts can be
//! folded, the text copied and searched.

use crate::lab::diff::{self, Line, Mark};
use crate::ui::clipboard;
use crate::words::{direction, plural, tr};
use std::collections::BTreeSet;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the view needs.
#[derive(Clone, PartialEq, Properties)]
pub struct YamlProps {
    /// The lines.
    pub lines: Vec<Line>,
    /// What it shows, for screen readers.
    pub label: AttrValue,
    /// Tells several on one page apart.
    #[prop_or(AttrValue::Static("yaml"))]
    pub id: AttrValue,
}

/// The YAML of an object.
#[component]
pub fn Yaml(props: &YamlProps) -> Html {
    let folded = use_state(BTreeSet::<String>::new);
    let query = use_state(String::new);
    let at = use_state(|| 0_usize);
    let copied = use_state(|| "");
    let lines = &props.lines;
    let hits: Vec<usize> = match query.as_str() {
        "" => Vec::new(),
        wanted => {
            let wanted = wanted.to_lowercase();
            (0..lines.len())
                .filter(|n| lines.get(*n).is_some_and(|line| line.text.to_lowercase().contains(&wanted)))
                .collect()
        }
    };
    let here = hits.get(*at % hits.len().max(1)).copied();
    {
        let id = here.map(|n| format!("{}-{n}", props.id));
        use_effect_with(id, |id| {
            let document = web_sys::window().and_then(|window| window.document());
            if let (Some(id), Some(document)) = (id, document)
                && let Some(line) = document.get_element_by_id(id)
            {
                line.scroll_into_view_with_bool(false);
            }
        });
    }
    // A hit is never hidden.
    let hidden = |n: usize, path: &str| !hits.contains(&n) && folded.iter().any(|parent| diff::is_inside(path, parent));
    let toggle = |path: &str| {
        let (folded, path) = (folded.clone(), path.to_owned());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*folded).clone();
            if !next.remove(&path) {
                next.insert(path.clone());
            }
            folded.set(next);
        })
    };
    let mut rows = Vec::with_capacity(lines.len());
    for (n, line) in lines.iter().enumerate() {
        if hidden(n, &line.path) {
            continue;
        }
        let fold = diff::is_parent(lines, n).then(|| (folded.contains(&line.path), toggle(&line.path)));
        rows.push(row(line, &format!("{}-{n}", props.id), fold, query.as_str(), here == Some(n)));
    }
    html! {
        <div class="yaml-view">
            { tools(props, &folded, &query, &at, &hits, &copied) }
            { legend(lines) }
            <div class="yaml" dir="ltr" role="group" tabindex="0" aria-label={props.label.clone()}>{ for rows }</div>
        </div>
    }
}

type Text = UseStateHandle<String>;

fn tools(
    props: &YamlProps,
    folded: &UseStateHandle<BTreeSet<String>>,
    query: &Text,
    at: &UseStateHandle<usize>,
    hits: &[usize],
    copied: &UseStateHandle<&'static str>,
) -> Html {
    let oninput = {
        let (query, at) = (query.clone(), at.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                query.set(input.value());
                at.set(0);
            }
        })
    };
    let onkeydown = {
        let (at, count) = (at.clone(), hits.len());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && count > 0 {
                event.prevent_default();
                at.set(if event.shift_key() { (*at + count - 1) % count } else { (*at + 1) % count });
            }
        })
    };
    let copy = {
        let copied = copied.clone();
        let shown = props.lines.iter().filter(|line| line.mark != Mark::Removed);
        let text: String = shown.map(|line| line.text.clone() + "\n").collect();
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            clipboard::copy(&text, move |done| {
                copied.set(if done { tr(tr("copied")) } else { tr(tr("the browser does not allow it")) })
            });
        })
    };
    let all: BTreeSet<String> = props
        .lines
        .iter()
        .enumerate()
        .filter(|(n, line)| diff::is_parent(&props.lines, *n) && line.path.contains('.'))
        .map(|(_, line)| line.path.clone())
        .collect();
    let fold_all = {
        let folded = folded.clone();
        let next = if folded.is_empty() { all } else { BTreeSet::new() };
        Callback::from(move |_: MouseEvent| folded.set(next.clone()))
    };
    let found = match (query.as_str(), hits.len()) {
        ("", _) => (**copied).to_owned(),
        (_, 0) => tr("not found").to_owned(),
        (_, count) => tr!("{0} of {1}", **at % count + 1, plural(count, "{0} line", "{0} lines")),
    };
    html! {
        <div class="yaml-tools">
            <input type="search" aria-label={tr!("Search: {0}", props.label)} placeholder={tr("Search")} value={(**query).clone()} {oninput} {onkeydown} />
            <span class="quiet" role="status">{ found }</span>
            <button type="button" class="small" onclick={fold_all}>{ if folded.is_empty() { tr("Fold all") } else { tr("Unfold all") } }</button>
            <button type="button" class="small" onclick={copy}>{ tr("Copy") }</button>
        </div>
    }
}

/// What the marks mean, with how many lines of each there are.
fn legend(lines: &[Line]) -> Html {
    let tally = diff::tally(lines);
    if tally.added.is_empty() && tally.changed == 0 && tally.removed == 0 {
        return Html::default();
    }
    html! {
        <ul class="legend" aria-label={tr("What the marks mean")}>
            <li>{ tr!("{0} as sent", tally.kept) }</li>
            { for tally.added.iter().map(|(by, count)| {
                let by = if by.is_empty() { tr(tr("since then")) } else { by };
                html! { <li class="is-added"><b>{ "+" }</b>{ tr!(" {0} added: {1}", count, by) }</li> }
            }) }
            if tally.changed > 0 {
                <li class="is-changed"><b>{ "~" }</b>{ tr!(" {0} changed", tally.changed) }</li>
            }
            if tally.removed > 0 {
                <li class="is-removed"><b>{ "−" }</b>{ tr!(" {0} before", tally.removed) }</li>
            }
        </ul>
    }
}

fn row(line: &Line, id: &str, fold: Option<(bool, Callback<MouseEvent>)>, query: &str, here: bool) -> Html {
    let (class, symbol, word) = match line.mark {
        Mark::Kept => ("", "", String::new()),
        Mark::Added if line.by.is_empty() => ("is-added", "+", tr("added: ").to_owned()),
        Mark::Added => ("is-added", "+", tr!("added by {0}: ", line.by)),
        Mark::Changed => ("is-changed", "~", tr("changed: ").to_owned()),
        Mark::Removed => ("is-removed", "−", tr("before: ").to_owned()),
    };
    let code = html! {
        <code>
            if !word.is_empty() {
                <span class="visually-hidden">{ word }</span>
            }
            { marked(&line.text, query) }
        </code>
    };
    html! {
        <>
            <div id={id.to_owned()} class={classes!("yaml-line", class, here.then_some("is-found"))}>
                <span class="gutter" aria-hidden="true">{ symbol }</span>
                if let Some((folded, onclick)) = fold {
                    <button type="button" class="fold" aria-expanded={(!folded).to_string()} {onclick}>
                        { code }
                        if folded { <span class="folded">{ "…" }</span> }
                    </button>
                } else {
                    { code }
                }
            </div>
            { for line.notes.iter().map(|note| html! {
                <p class="note" dir={direction()}><strong>{ &note.who }</strong>{ ": " }{ &note.why }</p>
            }) }
        </>
    }
}

/// The text with what was searched for marked.
fn marked(text: &str, query: &str) -> Html {
    let found = (!query.is_empty()).then(|| text.to_ascii_lowercase().find(&query.to_ascii_lowercase())).flatten();
    let parts = found.and_then(|start| {
        let end = start + query.len();
        Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
    });
    match parts {
        Some((before, hit, after)) => html! { <>{ before }<mark>{ hit }</mark>{ after }</> },
        None => html! { { text } },
    }
}
