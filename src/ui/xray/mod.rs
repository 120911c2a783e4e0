//! Right: what happened. One file a tab.

mod access;
mod files;
mod objects;
mod relations;
mod requests;
mod rules;
mod steps;
mod token;

use crate::ui::act::{Act, Tab};
use crate::ui::handle::Props;
use crate::words::{direction, tr};
use web_sys::HtmlElement;
use yew::prelude::*;

/// The X-ray.
#[component]
pub fn XrayPane(props: &Props) -> Html {
    let session = props.session.get();
    let tabs: Vec<Tab> = session.options.view.tabs.iter().filter_map(|index| Tab::ALL.get(*index).copied()).collect();
    let tab = if tabs.contains(&session.tab) { session.tab } else { tabs.first().copied().unwrap_or_default() };
    let list = use_node_ref();
    let onkeydown = {
        let (handle, list, tabs) = (props.session.clone(), list.clone(), tabs.clone());
        Callback::from(move |event: KeyboardEvent| {
            let here = tabs.iter().position(|other| *other == tab).unwrap_or(0);
            let count = tabs.len();
            // The next tab stands where reading goes on.
            let (next, back) = match direction() {
                "rtl" => ("ArrowLeft", "ArrowRight"),
                _ => ("ArrowRight", "ArrowLeft"),
            };
            let next = match event.key().as_str() {
                key if key == next => (here + 1) % count,
                key if key == back => (here + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            if let Some(next_tab) = tabs.get(next) {
                handle.act(Act::Show(*next_tab));
            }
            let button = list.cast::<web_sys::Element>().and_then(|list| list.children().item(next as u32));
            if let Some(button) = button.and_then(|button| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(button).ok()) {
                let _ = button.focus();
            }
        })
    };
    html! {
        <section class="pane xray" aria-label={tr("X-ray")}>
            <div class="tabs" role="tablist" aria-label={tr("X-ray")} ref={list} {onkeydown}>
                { for tabs.iter().map(|other| {
                    let here = *other == tab;
                    html! {
                        <button type="button" role="tab" id={format!("tab-{}", other.word())} aria-selected={here.to_string()}
                            aria-controls="xray-panel" tabindex={if here { "0" } else { "-1" }}
                            class={classes!("tab", here.then_some("is-here"))} onclick={props.session.on(Act::Show(*other))}>
                            { tr(other.word()) }
                        </button>
                    }
                }) }
            </div>
            <div class="xray-panel" role="tabpanel" id="xray-panel" aria-labelledby={format!("tab-{}", tab.word())}>
                {
                    match tab {
                        Tab::Steps => html! { <steps::Steps session={props.session.clone()} /> },
                        Tab::Objects => html! { <objects::Objects session={props.session.clone()} /> },
                        Tab::Files => html! { <files::Files session={props.session.clone()} /> },
                        Tab::Token => html! { <token::TokenTab session={props.session.clone()} /> },
                        Tab::Access => html! { <access::Access session={props.session.clone()} /> },
                        Tab::Relations => html! { <relations::RelationsTab session={props.session.clone()} /> },
                        Tab::Requests => html! { <requests::Requests session={props.session.clone()} /> },
                    }
                }
            </div>
        </section>
    }
}
