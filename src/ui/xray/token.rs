//! A token taken apart: header, claims with their meaning, and one verdict a row.

use crate::lab::tokens::{self, Decoded};
use crate::ui::session::{Act, Handle, Props, Session};
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The token.
#[component]
pub fn TokenTab(props: &Props) -> Html {
    let session = props.session.get();
    let known = tokens::known(&session.lab);
    let picked = use_state(|| None::<String>);
    let place = picked.as_ref().filter(|place| known.iter().any(|token| token.place == **place));
    let text = match (session.token.is_empty(), place) {
        (false, _) => session.token.clone(),
        (true, Some(place)) => {
            known.iter().find(|token| token.place == *place).map(|token| token.text().to_owned()).unwrap_or_default()
        }
        (true, None) => known.first().map(|token| token.text().to_owned()).unwrap_or_default(),
    };
    let choose = {
        let (handle, picked) = (props.session.clone(), picked.clone());
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                picked.set(Some(select.value()));
                handle.act(Act::Inspect(String::new()));
            }
        })
    };
    let paste = {
        let handle = props.session.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                handle.act(Act::Inspect(area.value()));
            }
        })
    };
    let listed = session.token.is_empty() && !known.is_empty();
    let shown = place.cloned().or_else(|| known.first().map(|token| token.place.clone())).unwrap_or_default();
    html! {
        <div class="token">
            <p class="field">
                <label for="token-known">{ "Token" }</label>
                <select id="token-known" onchange={choose}>
                    if !listed {
                        <option value="" selected=true>{ if known.is_empty() { "none yet" } else { "typed or pasted" } }</option>
                    }
                    { for known.iter().map(|token| html! { <option value={token.place.clone()} selected={listed && token.place == shown}>{ &token.place }</option> }) }
                </select>
            </p>
            <label class="quiet" for="token-text">{ "The token itself. Change a letter and see what happens; what you paste stays in this page." }</label>
            <textarea id="token-text" class="token-text" rows="5" spellcheck="false" autocomplete="off" value={text.clone()} oninput={paste} />
            {
                if text.trim().is_empty() {
                    html! { <p class="empty">{ "Ask for one with " }<code>{ "kubectl create token default" }</code>{ ", or start a pod." }</p> }
                } else {
                    match tokens::decode(&text) {
                        Ok(decoded) => taken_apart(&decoded, &text, &session, &props.session),
                        Err(problem) => html! { <p class="machine is-refused" role="status">{ problem }</p> },
                    }
                }
            }
        </div>
    }
}

fn taken_apart(decoded: &Decoded, text: &str, session: &Session, handle: &Handle) -> Html {
    let now = session.lab.now();
    let rows = tokens::claim_rows(&decoded.claims);
    html! {
        <>
            { verdict(text, session, handle) }
            <h3>{ "Header" }</h3>
            <p class="machine">{ decoded.header.to_string() }</p>
            <h3>{ "Claims" }</h3>
            <dl class="claims">
                { for rows.iter().map(|(path, value)| {
                    let meaning = tokens::claim_meaning(path, value, now);
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    html! {
                        <div>
                            <dt><code>{ path }</code></dt>
                            <dd><code>{ value }</code>if !meaning.is_empty() { <span class="quiet">{ meaning }</span> }</dd>
                        </div>
                    }
                }) }
            </dl>
            <h3>{ "Signature" }</h3>
            <p class="quiet">{ "Over the first two parts, made with a key that only this simulated cluster uses. Anybody can read a token; only the key can make one." }</p>
        </>
    }
}

fn verdict(text: &str, session: &Session, handle: &Handle) -> Html {
    let verdict = tokens::verdict(&session.lab, text);
    let accepted = verdict.user.is_some();
    let account = tokens::decode(text).ok().and_then(|decoded| tokens::account(&decoded.claims));
    html! {
        <>
            <h3>{ "What the API server says" }</h3>
            <p class={classes!("verdict", if accepted { "is-done" } else { "is-refused" })} role="status">
                { match &verdict.user {
                    Some(user) => format!("✓ accepted: {user}"),
                    None => "✗ refused: 401 Unauthorized".to_owned(),
                } }
            </p>
            <ul class="checks">
                { for verdict.checks.iter().map(|check| {
                    let failed = check.decided;
                    html! {
                        <li class={classes!(failed.then_some("is-refused"))}>
                            <span aria-hidden="true">{ if failed { "✗" } else { "✓" } }</span>
                            <span><strong>{ &check.subject }</strong>{ " " }{ &check.finding }</span>
                        </li>
                    }
                }) }
            </ul>
            if let (true, Some((namespace, name))) = (accepted, account) {
                <button type="button" class="small" onclick={handle.on(Act::Insert(format!("kubectl auth can-i --list --as=system:serviceaccount:{namespace}:{name}")))}>
                    { "What may it do?" }
                </button>
            }
        </>
    }
}
