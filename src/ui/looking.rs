//! Said above everything while one looks at an earlier moment: where one is, that nothing is lost, and the ways on.

use crate::ui::moments::Go;
use crate::ui::session::{Act, Props};
use crate::ui::words;
use yew::prelude::*;

/// The strip; empty at the latest moment.
#[component]
pub fn Looking(props: &Props) -> Html {
    let session = props.session.get();
    let lab = &session.lab;
    let ahead = lab.steps().len() - lab.position();
    if ahead == 0 {
        return html! {};
    }
    let here = match lab.log().last() {
        Some(step) if lab.can_undo() => format!("after “{}”", step.action.words()),
        _ => "the start".to_owned(),
    };
    html! {
        <div class="looking">
            <p role="status">
                { format!("You look at an earlier moment: {here}. {} ahead; the clock stands. Doing something else here begins a branch, and what is ahead is kept.", words::count(ahead, "step")) }
            </p>
            <div class="looking-ways">
                <button type="button" onclick={props.session.on(Act::Go(Go::Latest))}>{ "Back to the latest" }</button>
                <button type="button" onclick={props.session.on(Act::Go(Go::BranchOff))}>{ "Branch off here" }</button>
            </div>
        </div>
    }
}
