//! Said above everything while one looks at an earlier moment: where one is, that nothing is lost, and the ways on.

use crate::lab::timeline::shown;
use crate::ui::moments::Go;
use crate::ui::seek::TimeAct;
use crate::ui::session::{Act, Props};
use crate::ui::words;
use yew::prelude::*;

/// The strip; empty at the latest moment.
#[component]
pub fn Looking(props: &Props) -> Html {
    let session = props.session.get();
    let lab = &session.lab;
    // Between two steps a copy is looked at; its last step is only begun.
    let (whole, begun) = session.present.as_ref().map_or((lab, 0), |present| (present, 1));
    let ahead = (whole.steps().len() + begun).saturating_sub(lab.position());
    if ahead == 0 {
        return html! {};
    }
    let here = match lab.log().last() {
        Some(step) if begun > 0 => format!("{}, after “{}”", shown(lab.now()), step.action.words()),
        Some(step) if lab.can_undo() => format!("after “{}”", step.action.words()),
        _ => "the start".to_owned(),
    };
    html! {
        <div class="looking">
            <p role="status">
                { format!("You look at an earlier moment: {here}. {} ahead; the clock stands. Doing something else here begins a branch, and what is ahead is kept.", words::count(ahead, "step")) }
            </p>
            <div class="looking-ways">
                <button type="button" onclick={props.session.on(Act::Time(TimeAct::Latest))}>{ "Back to the latest" }</button>
                <button type="button" onclick={props.session.on(Act::Go(Go::BranchOff))}>{ "Branch off here" }</button>
            </div>
        </div>
    }
}
