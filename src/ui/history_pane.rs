//! Everything that was done, one line each: look at any moment, go on from it, and change between branches.

use crate::lab::{BranchView, Step};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::moments::{Go, Panel};
use crate::ui::session::Session;
use crate::ui::words;
use crate::words::{mark, plural, tr};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// The head of a panel: takes the focus when the panel opens; Escape or the button brings the lesson back.
#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    /// The session.
    pub session: Handle,
    /// What the panel is called, as its button in the header is.
    pub name: &'static str,
    /// What is in it.
    pub children: Html,
}

/// A panel in the place of the lesson.
#[component]
pub fn PanelPane(props: &PanelProps) -> Html {
    let head = use_node_ref();
    {
        let head = head.clone();
        use_effect_with((), move |()| {
            if let Some(head) = head.cast::<HtmlElement>() {
                let _ = head.focus();
            }
        });
    }
    let close = {
        let (handle, name) = (props.session.clone(), props.name);
        Callback::from(move |()| {
            handle.act(Act::Go(Go::Panel(None)));
            let document = web_sys::window().and_then(|window| window.document());
            let button = document.and_then(|document| document.get_element_by_id(&format!("show-{name}")));
            if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
                let _ = button.focus();
            }
        })
    };
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                close.emit(());
            }
        })
    };
    html! {
        <section class="pane lesson panel" aria-label={tr(props.name)} {onkeydown}>
            <div class="panel-head">
                <h2 tabindex="-1" ref={head}>{ tr(props.name) }</h2>
                <button type="button" class="small" onclick={close.reform(|_: MouseEvent| ())}>{ tr("Close") }</button>
            </div>
            { props.children.clone() }
        </section>
    }
}

/// The history.
#[component]
pub fn HistoryPane(props: &Props) -> Html {
    let session = props.session.get();
    let lab = &session.lab;
    let own: Vec<&Step> = lab.steps().iter().skip(lab.floor()).collect();
    let here = lab.position() - lab.floor();
    let branches = lab.branches();
    html! {
        <PanelPane session={props.session.clone()} name={mark("History")}>
            <p class="quiet">
                { tr!("{0} done, {1} ahead. Look at any moment: nothing is lost by looking. Arrow keys move, Enter looks.", plural(here, "{0} step", "{0} steps"), own.len() - here) }
            </p>
            <ol class="moments" aria-label={tr("Everything that was done")} onkeydown={Callback::from(|event: KeyboardEvent| move_focus(&event))}>
                { moment(&props.session, lab.floor(), here == 0, false, tr("The start").to_owned(), Duration::ZERO) }
                { for own.iter().enumerate().map(|(index, step)| {
                    let number = index + 1;
                    moment(&props.session, lab.floor() + number, number == here, number > here, step.action.words(), step.elapsed)
                }) }
            </ol>
            <h3>{ tr("Branches") }</h3>
            if branches.len() == 1 {
                <p class="quiet">{ tr("Only this one. What if you had done something else? Look at an earlier moment and do it: that begins a branch, and this one is kept.") }</p>
            } else {
                <ul class="branches">{ for branches.iter().map(|branch| branch_line(&props.session, branch, lab.branch())) }</ul>
            }
            { aside(&session, &props.session) }
        </PanelPane>
    }
}

fn moment(handle: &Handle, position: usize, here: bool, ahead: bool, text: String, elapsed: Duration) -> Html {
    html! {
        <li key={position} class={classes!("moment", here.then_some("is-here"), ahead.then_some("is-ahead"))}>
            <button type="button" tabindex={if here { "0" } else { "-1" }} aria-current={here.then_some("step")}
                onclick={handle.on(Act::Go(Go::To(position)))}>
                <span class="moment-mark" aria-hidden="true">{ if here { "●" } else if ahead { "○" } else { "•" } }</span>
                <code>{ text }</code>
                if ahead {
                    <span class="visually-hidden">{ tr(", ahead") }</span>
                }
                if elapsed >= Duration::from_secs(1) {
                    <span class="quiet">{ tr!("then {0}", words::span(elapsed)) }</span>
                }
            </button>
        </li>
    }
}

/// One stop of the Tab key for the whole list; the arrow keys move in it.
fn move_focus(event: &KeyboardEvent) {
    let line = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest("li").ok().flatten());
    let Some(line) = line else { return };
    let list = line.parent_element();
    let wanted = match event.key().as_str() {
        "ArrowDown" => line.next_element_sibling(),
        "ArrowUp" => line.previous_element_sibling(),
        "Home" => list.and_then(|list| list.first_element_child()),
        "End" => list.and_then(|list| list.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    let button = wanted.and_then(|line| line.first_element_child());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

fn branch_line(handle: &Handle, branch: &BranchView, current: usize) -> Html {
    let name = &branch.name;
    html! {
        <li key={branch.id} class={classes!("branch", branch.is_current.then_some("is-here"))}>
            <code>{ name }</code>
            if branch.is_current {
                <p class="quiet">{ tr!("{0}. You are on it.", plural(branch.length, "{0} step", "{0} steps")) }</p>
            } else {
                <p class="quiet">{ tr!("{0}; the first {1} shared with this branch.", plural(branch.length, "{0} step", "{0} steps"), branch.shared) }</p>
                <div class="panel-row">
                    <button type="button" class="small" aria-label={tr!("Go over to {0}", name)} onclick={handle.on(Act::Go(Go::Switch(branch.id)))}>{ tr("Go over") }</button>
                    <button type="button" class="small" aria-label={tr!("Compare with {0}", name)} onclick={handle.on(Act::Go(Go::Compare(Some((branch.id, current)))))}>{ tr("Compare") }</button>
                    <button type="button" class="small" aria-label={tr!("Forget {0}", name)} onclick={handle.on(Act::Go(Go::Forget(branch.id)))}>{ tr("Forget") }</button>
                </div>
            }
        </li>
    }
}

fn aside(session: &Session, handle: &Handle) -> Html {
    if !session.is_aside || session.panel != Some(Panel::History) {
        return html! {};
    }
    html! {
        <>
            <h3>{ tr("Set aside") }</h3>
            <p class="quiet">{ tr("The session that you had before this one. Going back to it sets this one aside.") }</p>
            <button type="button" onclick={handle.on(Act::Go(Go::Aside))}>{ tr("Back to it") }</button>
        </>
    }
}
