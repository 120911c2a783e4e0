//! The file editor: a native text area. Nothing typed is lost; a draft is saved by the button, by Ctrl+S, or by
//! running a command.

use crate::shell::Foreground;
use crate::ui::act::Act;
use crate::ui::handle::Handle;
use crate::words::tr;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// What the editor needs.
#[derive(Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// The session.
    pub session: Handle,
    /// The file.
    pub path: String,
}

/// The editor of one file.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let session = props.session.get();
    let path = &props.path;
    let text = session.file_text(path);
    let unsaved = session.drafts.contains_key(path);
    let editing =
        matches!(session.lab.foreground(), Some(Foreground::Editing { path: waiting, .. }) if waiting == *path);
    let oninput = {
        let (handle, path) = (props.session.clone(), path.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                handle.act(Act::Edit(path.clone(), area.value()));
            }
        })
    };
    let onkeydown = {
        let (handle, path) = (props.session.clone(), path.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "s" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                handle.act(Act::Save(path.clone()));
            }
        })
    };
    html! {
        <div class="editor">
            <div class="editor-bar">
                if editing {
                    <span>{ tr("kubectl edit waits for you.") }</span>
                    <button type="button" class="primary" onclick={props.session.on(Act::FinishEdit)}>{ tr("Save and apply") }</button>
                } else {
                    <span role="status">{ if unsaved { tr("Not saved yet") } else { tr("Saved") } }</span>
                    <button type="button" disabled={!unsaved} onclick={props.session.on(Act::Save(path.clone()))}>{ tr("Save") }</button>
                    <button type="button" onclick={props.session.on(Act::Insert(format!("kubectl apply -f {path}")))}>{ tr("Apply…") }</button>
                    <button type="button" onclick={props.session.on(Act::CloseFile(path.clone()))}>{ tr("Close") }</button>
                }
            </div>
            <textarea class="editor-text" readonly={session.options.readonly} dir="ltr" aria-label={tr!("Text of {0}", path)} spellcheck="false" autocapitalize="off"
                value={text} {oninput} {onkeydown} />
        </div>
    }
}
