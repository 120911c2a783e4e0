//! Handing a session on: a link, a file where it is too long for a link, and a transcript; and opening one.

use crate::embed::hand_over;
use crate::lab::link::{FILE_LENGTH_MAX, LINK_LENGTH_MAX};
use crate::lab::transcript;
use crate::lesson::reopen;
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::history_pane::PanelPane;
use crate::ui::moments::Go;
use crate::words::{mark, tr};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What is handed out.
struct Handed {
    link: String,
    file: String,
    transcript: String,
}

/// The panel.
#[component]
pub fn Share(props: &Props) -> Html {
    let session = props.session.get();
    let lab = &session.lab;
    let said = use_state(String::new);
    let pasted = use_state(String::new);
    // Not with every tick of the clock: the text would change while it is being copied.
    let moment =
        (lab.branch(), lab.position(), lab.steps().len(), session.lesson.as_ref().map(|lesson| lesson.id.clone()));
    let handed = use_memo(moment, |_| {
        let file = session.file().checked(&session.lab);
        let title = reopen::title(session.lesson.as_ref().map(|lesson| lesson.id.as_str()));
        Handed {
            link: format!("{}#{}", hand_over::address(), file.fragment()),
            file: file.file(),
            transcript: transcript::markdown(&session.lab, &title),
        }
    });
    let fits = handed.link.len() <= LINK_LENGTH_MAX;
    let say = |text: &'static str| {
        let said = said.clone();
        move || said.set(text.to_owned())
    };
    let copy = |text: String, what: &'static str| {
        let said = said.clone();
        Callback::from(move |_: MouseEvent| {
            let said = said.clone();
            hand_over::copy(&text, move |worked| {
                said.set(if worked {
                    what.to_owned()
                } else {
                    tr("The browser does not let the page copy. Select the text and press Ctrl+C.").to_owned()
                });
            });
        })
    };
    let download = |name: &'static str, text: String| {
        let (done, failed) =
            (say("File handed to the browser."), say("The browser does not let the page hand out a file."));
        Callback::from(move |_: MouseEvent| if hand_over::download(name, &text) { done() } else { failed() })
    };
    let onfile = {
        let handle = props.session.clone();
        let failed = say("That file is too long, or cannot be read.");
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
            let (handle, failed) = (handle.clone(), failed.clone());
            hand_over::read(&file, FILE_LENGTH_MAX, move |text| match text {
                Some(text) => handle.act(Act::Go(Go::Open(text))),
                None => failed(),
            });
        })
    };
    let onpaste = {
        let pasted = pasted.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                pasted.set(input.value());
            }
        })
    };
    let onopen = {
        let (handle, pasted) = (props.session.clone(), pasted.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            handle.act(Act::Go(Go::Open((*pasted).clone())));
        })
    };
    let select = Callback::from(|event: FocusEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            area.select();
        }
    });
    html! {
        <PanelPane session={props.session.clone()} name={mark("Share")}>
            <p class="quiet">{ tr("Everything you typed and every file you saved is in it, for whoever has it. A token pasted into the Token tab is not.") }</p>
            <p role="status" class="said">{ (*said).clone() }</p>
            <h3>{ tr("Link") }</h3>
            if fits {
                <p class="quiet">{ tr("Opens this session, with its branches, in any browser. It is all in the link; no server keeps it.") }</p>
                <textarea class="handed" dir="ltr" aria-label={tr("Link to this session")} readonly=true rows="4" value={handed.link.clone()} onfocus={select.clone()} />
                <div class="panel-row">
                    <button type="button" class="primary" onclick={copy(handed.link.clone(), tr("Link copied."))}>{ tr("Copy link") }</button>
                </div>
            } else {
                <p class="quiet">{ tr!("This session would make a link of {0} characters. Chats and mail programs cut links that are longer than about {1}, so hand on the file instead.", handed.link.len(), LINK_LENGTH_MAX) }</p>
            }
            <h3>{ tr("File") }</h3>
            <div class="panel-row">
                <button type="button" onclick={download("session.salab.json", handed.file.clone())}>{ tr("Download session") }</button>
            </div>
            <h3>{ tr("Transcript") }</h3>
            <p class="quiet">{ tr("Commands and outputs as Markdown, for a ticket.") }</p>
            <textarea class="handed" dir="ltr" aria-label={tr("Transcript as Markdown")} readonly=true rows="6" value={handed.transcript.clone()} onfocus={select} />
            <div class="panel-row">
                <button type="button" onclick={copy(handed.transcript.clone(), tr("Transcript copied."))}>{ tr("Copy transcript") }</button>
                <button type="button" onclick={download("transcript.md", handed.transcript.clone())}>{ tr("Download transcript") }</button>
            </div>
            <h3>{ tr("Open a session") }</h3>
            <p class="quiet">{ tr("Yours is set aside, and History brings it back.") }</p>
            <form class="panel-row" onsubmit={onopen}>
                <label class="grow">{ tr("Link") }<input type="text" dir="ltr" value={(*pasted).clone()} oninput={onpaste} spellcheck="false" autocomplete="off" /></label>
                <button type="submit" disabled={pasted.trim().is_empty()}>{ tr("Open link") }</button>
            </form>
            <label class="file-choice">{ tr("File") }<input type="file" accept=".json,application/json" onchange={onfile} /></label>
        </PanelPane>
    }
}
