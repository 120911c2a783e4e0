//! A token taken apart: one verdict a row, its life, and header and claims with their meaning, which can be changed.

use crate::api::time::Timestamp;
use crate::lab::rights;
use crate::lab::tokens::{self, Claim, Decoded, Lifetime, Outcome, Row};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::session::Session;
use crate::ui::words;
use crate::ui::xray::rules;
use crate::words::tr;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The token.
#[component]
pub fn TokenTab(props: &Props) -> Html {
    let session = props.session.get();
    let known = tokens::known(&session.lab);
    let picked = use_state(|| None::<String>);
    let problem = use_state(String::new);
    let pasted = session.token.trim();
    let listed = match pasted {
        "" => picked.as_ref().and_then(|place| known.iter().find(|token| token.place == *place)).or(known.first()),
        text => known.iter().find(|token| token.is(text)),
    };
    let text = listed.map_or(pasted, |token| token.text()).to_owned();
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
    let place = listed.map(|token| token.place.clone());
    html! {
        <div class="token">
            <p class="field">
                <label for="token-known">{ tr("Token") }</label>
                <select id="token-known" onchange={choose}>
                    if place.is_none() {
                        <option value="" selected=true>{ if pasted.is_empty() { tr("none yet") } else { tr("typed, pasted or changed") } }</option>
                    }
                    { for known.iter().map(|token| html! { <option value={token.place.clone()} selected={place.as_ref() == Some(&token.place)}>{ &token.place }</option> }) }
                </select>
                if place.is_none() && !known.is_empty() {
                    <button type="button" class="small" onclick={props.session.on(Act::Inspect(String::new()))}>{ tr("Back to one of the lab") }</button>
                }
            </p>
            <label for="token-text">{ tr("The token itself") }</label>
            <p class="quiet" id="token-note">
                { tr("Paste another one, or change a letter: it is only decoded here, in this page. It is not stored, not sent anywhere, and never part of a link.") }
            </p>
            <textarea id="token-text" dir="ltr" aria-describedby="token-note" class="token-text" rows="5" spellcheck="false" autocomplete="off" value={text.clone()} oninput={paste} />
            {
                if text.trim().is_empty() {
                    html! { <p class="empty">{ tr("Ask for one with ") }<code>{ "kubectl create token default" }</code>{ tr(", or start a pod.") }</p> }
                } else {
                    match tokens::decode(&text) {
                        Ok(decoded) => taken_apart(&decoded, &text, &session, &props.session, &problem),
                        Err(problem) => html! { <p class="machine is-refused" role="status">{ problem }</p> },
                    }
                }
            }
        </div>
    }
}

fn taken_apart(
    decoded: &Decoded,
    text: &str,
    session: &Session,
    handle: &Handle,
    problem: &UseStateHandle<String>,
) -> Html {
    let now = session.lab.now();
    html! {
        <>
            if tokens::is_foreign(&decoded.claims) {
                <p class="note">{ tr("This token is from elsewhere. Another cluster may accept it, so do not leave it lying about; it is gone from this page when you close or reload it.") }</p>
            }
            { verdict(text, session, handle) }
            if let Some(life) = tokens::lifetime(&decoded.claims) {
                <h3>{ tr("Its life") }</h3>
                { lifetime(&life, now) }
            }
            <h3>{ tr("Claims") }</h3>
            <p class="quiet">{ tr("Anybody can read them, and anybody can change them: try it. Only whoever has the key can sign the result.") }</p>
            if !problem.is_empty() {
                <p class="machine is-refused" role="status">{ &**problem }</p>
            }
            <dl class="claims">
                { for tokens::claim_rows(&decoded.claims).iter().map(|claim| field(claim, false, text, now, handle, problem)) }
            </dl>
            <h3>{ tr("Header") }</h3>
            <dl class="claims">
                { for tokens::claim_rows(&decoded.header).iter().map(|claim| field(claim, true, text, now, handle, problem)) }
            </dl>
            <h3>{ tr("Signature") }</h3>
            <p class="machine">{ &decoded.signature }</p>
        </>
    }
}

/// One claim with its meaning, to be changed.
fn field(
    claim: &Claim,
    in_header: bool,
    text: &str,
    now: Timestamp,
    handle: &Handle,
    problem: &UseStateHandle<String>,
) -> Html {
    let meaning = match (in_header, claim.path.as_str()) {
        (true, "alg") => tr("How it is signed.").to_owned(),
        (true, "kid") => tr("With which key: its name in the cluster's list of public keys.").to_owned(),
        (true, _) => String::new(),
        (false, path) => tokens::claim_meaning(path, &claim.value, now),
    };
    let id = format!("{}-{}", if in_header { "header" } else { "claim" }, claim.path.replace('/', "-"));
    let onchange = {
        let (claim, text, handle, problem) = (claim.clone(), text.to_owned(), handle.clone(), problem.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            match tokens::with_claim(&text, in_header, &claim, &input.value()) {
                Some(changed) => {
                    problem.set(String::new());
                    handle.act(Act::Inspect(changed));
                }
                None => problem.set(tr!("{0} is no value for {1}", input.value(), claim.path)),
            }
        })
    };
    html! {
        <div>
            <dt><label for={id.clone()}><code>{ &claim.path }</code></label></dt>
            <dd>
                <input {id} class="claim-value" dir="ltr" value={claim.text()} {onchange} spellcheck="false" autocomplete="off" />
                if !meaning.is_empty() { <span class="quiet">{ meaning }</span> }
            </dd>
        </div>
    }
}

fn verdict(text: &str, session: &Session, handle: &Handle) -> Html {
    let verdict = tokens::verdict(&session.lab, text);
    let account = verdict.user.as_ref().and_then(|user| {
        let (namespace, name) = crate::api::user::split_service_account_username(&user.username)?;
        Some((namespace.to_owned(), name.to_owned()))
    });
    html! {
        <>
            <h3>{ tr("What the API server says") }</h3>
            <p class={classes!("verdict", if verdict.user.is_some() { "is-done" } else { "is-refused" })} role="status">
                { match &verdict.user {
                    Some(user) => tr!("✓ accepted: {0}", user.username),
                    None => tr("✗ refused: 401 Unauthorized").to_owned(),
                } }
            </p>
            if verdict.remembered {
                <p class="quiet">{ tr("A check fails, and yet it is accepted: the API server found it good moments ago, and remembers that for ten seconds.") }</p>
            }
            <table class="verdicts" aria-label={tr("Every check")}>
                <tbody>{ for verdict.rows.iter().map(check) }</tbody>
            </table>
            if let (Some(user), Some((namespace, name))) = (&verdict.user, account) {
                <h3>{ tr("What RBAC lets it do") }</h3>
                { rules::table(&rights::rights(user, session.lab.cluster().reader())) }
                <p class="field">
                    <button type="button" class="small" onclick={handle.on(Act::Account(namespace.clone(), name.clone()))}>{ tr("Ask about one action") }</button>
                    <button type="button" class="small" onclick={handle.on(Act::Insert(format!("kubectl auth can-i --list --as=system:serviceaccount:{namespace}:{name}")))}>
                        { tr("Ask kubectl") }
                    </button>
                </p>
            }
        </>
    }
}

fn check(row: &Row) -> Html {
    let (symbol, word, class) = match row.outcome {
        Outcome::Passed => ("✓", tr("passed"), "is-done"),
        Outcome::Failed => ("✗", tr("failed"), "is-refused"),
        Outcome::NotChecked => ("·", tr("not checked"), "is-quiet"),
        Outcome::Nothing => ("–", tr("nothing to check"), "is-quiet"),
    };
    html! {
        <tr class={class}>
            <td class="outcome"><span aria-hidden="true">{ symbol }</span><span class="visually-hidden">{ word }</span></td>
            <th scope="row">{ tr(row.check) }</th>
            <td class="finding">{ &row.finding }</td>
        </tr>
    }
}

const WIDTH: f64 = 440.0;

/// The life of a token as a bar, seconds and a year on one line, and the same in words.
fn lifetime(life: &Lifetime, now: Timestamp) -> Html {
    let end = life.expires.unwrap_or(now).max(now);
    let minutes = |at: Timestamp| at.since(life.issued).as_secs_f64() / 60.0;
    let x = |at: Timestamp| format!("{:.1}", (1.0 + minutes(at)).ln() / (1.0 + minutes(end).max(1.0)).ln() * WIDTH);
    let reliable = life.warn_after.or(life.expires).unwrap_or(end);
    let when = |at: Timestamp| {
        let distance = if at > now {
            tr!("in {0}", words::span(at.since(now)))
        } else {
            tr!("{0} ago", words::span(now.since(at)))
        };
        format!("{}, {distance}", at.rfc3339())
    };
    html! {
        <div class="life">
            <svg viewBox="0 0 440 26" aria-hidden="true">
                <rect class="bar-rest" x="0" y="9" width={x(life.expires.unwrap_or(end))} height="10" rx="3" />
                <rect class="bar-life" x="0" y="9" width={x(reliable)} height="10" rx="3" />
                if let Some(warn) = life.warn_after {
                    <line class="bar-warn" x1={x(warn)} x2={x(warn)} y1="4" y2="24" />
                }
                <line class="playhead" x1={x(now)} x2={x(now)} y1="2" y2="26" />
                <circle class="playhead-knob" cx={x(now)} cy="4" r="3.5" />
            </svg>
            <ul class="life-words" aria-label={tr("Its life")}>
                <li><b class="life-full">{ tr("issued") }</b>{ format!(" {}", when(life.issued)) }</li>
                if let Some(warn) = life.warn_after {
                    <li><b class="life-warn">{ tr("to be replaced") }</b>{ tr!(" by {0}; later use is noted in the audit log", when(warn)) }</li>
                }
                <li><b class="life-end">{ tr("ends") }</b>{ life.expires.map_or(tr(" never").to_owned(), |at| format!(" {}", when(at))) }</li>
            </ul>
        </div>
    }
}
