//! An object as YAML with its marks: symbol, colour and words, and each note at the place it explains.

use crate::lab::diff::{Line, Mark};
use yew::prelude::*;

/// What the view needs.
#[derive(Clone, PartialEq, Properties)]
pub struct YamlProps {
    /// The lines.
    pub lines: Vec<Line>,
    /// What it shows, for screen readers.
    pub label: AttrValue,
}

/// The YAML of an object.
#[component]
pub fn Yaml(props: &YamlProps) -> Html {
    html! {
        <div class="yaml" role="group" tabindex="0" aria-label={props.label.clone()}>
            { for props.lines.iter().map(line) }
        </div>
    }
}

fn line(line: &Line) -> Html {
    let (class, symbol, word) = match line.mark {
        Mark::Kept => ("", "", ""),
        Mark::Added => ("is-added", "+", "added: "),
        Mark::Changed => ("is-changed", "~", "changed: "),
        Mark::Removed => ("is-removed", "−", "removed: "),
    };
    html! {
        <>
            <div class={classes!("yaml-line", class)}>
                <span class="gutter" aria-hidden="true">{ symbol }</span>
                <code>
                    if !word.is_empty() {
                        <span class="visually-hidden">{ word }</span>
                    }
                    { &line.text }
                </code>
            </div>
            { for line.notes.iter().map(|note| html! {
                <p class="note"><strong>{ &note.who }</strong>{ ": " }{ &note.why }</p>
            }) }
        </>
    }
}
