//! The header: where one is, and what acts on everything.

use crate::embed::page;
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::language::LanguageChoice;
use crate::ui::moments::{Go, Panel};
use crate::ui::versions::VersionButton;
use crate::words::{mark, tr};
use yew::prelude::*;

/// The header.
#[component]
pub fn Header(props: &Props) -> Html {
    let session = props.session.get();
    let place = session.lesson.as_ref().map_or(tr("Free play").to_owned(), |lesson| lesson.title.clone());
    let panel = |panel: Panel, word: &'static str| {
        let open = session.panel == Some(panel) && session.compared.is_none() && !session.map;
        html! {
            <button type="button" id={format!("show-{word}")} aria-expanded={open.to_string()}
                onclick={props.session.on(Act::Go(Go::Panel((!open).then_some(panel))))}>{ tr(word) }</button>
        }
    };
    html! {
        <header class="header">
            <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
                <rect x="1" y="1" width="22" height="22" rx="6" />
                <rect class="logo-card" x="6.5" y="8" width="11" height="8" rx="2.5" />
            </svg>
            <h1>{ "ServiceAccount Lab" }</h1>
            <span class="place">{ "/ " }{ place }</span>
            <a class="pill" href={(!page::is_marked("data-single")).then_some("fidelity.html")} target="_blank" rel="noopener" title={tr("What is simulated, and how truly")}>{ tr("simulated") }</a>
            <VersionButton session={props.session.clone()} />
            <nav class="header-actions" aria-label={tr("Session")}>
                <button type="button" disabled={!session.lab.can_undo()} title={tr("Ctrl+Z outside text fields")} aria-keyshortcuts="Control+Z Meta+Z"
                    onclick={props.session.on(Act::Undo)}>{ tr("Undo") }</button>
                <button type="button" disabled={!session.lab.can_redo()} title={tr("Ctrl+Shift+Z or Ctrl+Y outside text fields")} aria-keyshortcuts="Control+Shift+Z Control+Y Meta+Shift+Z"
                    onclick={props.session.on(Act::Redo)}>{ tr("Redo") }</button>
                { panel(Panel::History, mark("History")) }
                { panel(Panel::Share, mark("Share")) }
                <button type="button" onclick={props.session.on(Act::Reset)}>{ tr("Start over") }</button>
                <button type="button" aria-expanded={session.map.to_string()} onclick={props.session.on(Act::Map(!session.map))}>
                    { if session.map { tr("Back") } else { tr("Course map") } }
                </button>
                <LanguageChoice session={props.session.clone()} />
            </nav>
        </header>
    }
}
