//! What somebody may do, as a table: each rule with the binding that it comes through.

use crate::lab::rights::Right;
use crate::words::tr;
use yew::prelude::*;

/// The rules of somebody: their own open, those that everybody has folded away.
pub fn table(rights: &[Right]) -> Html {
    let (by_default, own): (Vec<&Right>, Vec<&Right>) = rights.iter().partition(|right| right.is_default);
    html! {
        <>
            if own.is_empty() {
                <p class="empty">{ tr("No binding of this cluster names it: it has only what everybody has.") }</p>
            } else {
                { rows(&own, tr("Rules that bindings give it")) }
            }
            if !by_default.is_empty() {
                <details class="kind">
                    <summary>{ tr("What everybody has by default") }<span class="quiet">{ format!(" {}", by_default.len()) }</span></summary>
                    { rows(&by_default, tr("Rules that everybody has")) }
                </details>
            }
        </>
    }
}

fn rows(rights: &[&Right], label: &'static str) -> Html {
    html! {
        <div class="scroll-x" tabindex="0" role="group" aria-label={label}>
            <table class="rules">
                <thead><tr><th scope="col">{ tr("May") }</th><th scope="col">{ tr("With what") }</th><th scope="col">{ tr("Through") }</th></tr></thead>
                <tbody>{ for rights.iter().map(|right| row(right)) }</tbody>
            </table>
        </div>
    }
}

fn row(right: &Right) -> Html {
    let place = if right.namespace.is_empty() { tr("everywhere").to_owned() } else { tr!("in {0}", right.namespace) };
    html! {
        <tr>
            <td>{ &right.verbs }</td>
            <td>
                { for right.what.iter().map(|word| html! { <code class="word">{ word }</code> }) }
                if !right.names.is_empty() { <span class="quiet">{ tr!("only {0} ", right.names.join(", ")) }</span> }
                <span class="quiet">{ place }</span>
            </td>
            <td class="via">{ &right.via }</td>
        </tr>
    }
}
