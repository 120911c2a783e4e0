//! Said above everything while one looks at an earlier moment: where one is, that nothing is lost, and the ways on.

use crate::lab::timeline::shown;
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::moments::Go;
use crate::ui::seek::TimeAct;
use crate::words::{plural, tr};
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
        Some(step) if begun > 0 => tr!("{0}, after “{1}”", shown(lab.now()), step.action.words()),
        Some(step) if lab.can_undo() => tr!("after “{0}”", step.action.words()),
        _ => tr("the start").to_owned(),
    };
    html! {
        <div class="looking">
            <p role="status">
                { tr!("You look at an earlier moment: {0}. {1} ahead; the clock stands. Doing something else here begins a branch, and what is ahead is kept.", here, plural(ahead, "{0} step", "{0} steps")) }
            </p>
            <div class="looking-ways">
                <button type="button" onclick={props.session.on(Act::Time(TimeAct::Latest))}>{ tr("Back to the latest") }</button>
                <button type="button" onclick={props.session.on(Act::Go(Go::BranchOff))}>{ tr("Branch off here") }</button>
            </div>
        </div>
    }
}
