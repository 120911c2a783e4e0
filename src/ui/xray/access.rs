//! Who can do what: for an action everybody who may do it, for an account everything it may do, and through what.

use crate::api::{kinds, object};
use crate::cluster::authz;
use crate::lab::rights::{self, Action, Holder, VERBS};
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::xray::{rules, steps::chain};
use crate::words::tr;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Subresources that people ask about.
const SUBRESOURCES: [&str; 4] = ["pods/log", "pods/exec", "serviceaccounts/token", "deployments/scale"];

/// Who can do what.
#[component]
pub fn Access(props: &Props) -> Html {
    let session = props.session.get();
    let reader = session.lab.cluster().reader();
    let action = use_state(|| Action {
        verb: "list".to_owned(),
        resource: "pods".to_owned(),
        name: String::new(),
        namespace: "default".to_owned(),
    });
    let (namespace, name) = &session.account;
    let user = rights::user(namespace, name, reader);
    let verdict = authz::authorize(&action.attributes(user.clone()), reader);
    let holders = rights::who_can(&action, reader);
    let system: Vec<&Holder> = holders.iter().filter(|found| found.is_system).collect();
    let accounts: Vec<(String, String)> = reader
        .list("serviceaccounts", "")
        .iter()
        .map(|account| (object::namespace(account).to_owned(), object::name(account).to_owned()))
        .collect();
    let choose_account = {
        let handle = props.session.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
            if let Some((namespace, name)) = chosen.as_deref().and_then(|text| text.split_once('/')) {
                handle.act(Act::Account(namespace.to_owned(), name.to_owned()));
            }
        })
    };
    let namespaces: Vec<String> =
        reader.list("namespaces", "").iter().map(|item| object::name(item).to_owned()).collect();
    html! {
        <div class="access">
            { question(&action, &namespaces) }
            <h3>{ tr!("Who can: {0}", sentence(&action)) }</h3>
            <ul class="holders" aria-label={tr("Who can")}>{ for holders.iter().filter(|found| !found.is_system).map(holder) }</ul>
            if !system.is_empty() {
                <details class="kind">
                    <summary>{ tr("Parts of the control plane") }<span class="quiet">{ format!(" {}", system.len()) }</span></summary>
                    <ul class="holders" aria-label={tr("Parts of the control plane that can")}>{ for system.into_iter().map(holder) }</ul>
                </details>
            }
            <h3>{ tr("One account") }</h3>
            <p class="field">
                <label for="access-account">{ tr("Account") }</label>
                <select id="access-account" onchange={choose_account}>
                    { for accounts.iter().map(|(home, other)| html! {
                        <option value={format!("{home}/{other}")} selected={home == namespace && other == name}>{ format!("{home}/{other}") }</option>
                    }) }
                </select>
            </p>
            <p class={classes!("verdict", if verdict.allowed { "is-done" } else { "is-refused" })} role="status">
                { if verdict.allowed { tr!("✓ may {0}", sentence(&action)) } else { tr!("✗ may not {0} (403)", sentence(&action)) } }
            </p>
            { chain(&verdict.checks) }
            <h3>{ tr!("Everything that {0}/{1} may do", namespace, name) }</h3>
            { rules::table(&rights::rights(&user, reader)) }
        </div>
    }
}

/// `list pods in default`.
fn sentence(action: &Action) -> String {
    let mut text = format!("{} {}", action.verb, action.resource);
    if !action.name.is_empty() {
        text.push_str(&format!(" {}", action.name));
    }
    if !action.resource.starts_with('/') {
        let place = if action.namespace.is_empty() { tr("all namespaces") } else { &action.namespace };
        text.push_str(&tr!(" in {0}", place));
    }
    text
}

type State = UseStateHandle<Action>;

/// Sets one part of the action from a field.
fn setter(action: &State, set: fn(&mut Action, String)) -> Callback<String> {
    let action = action.clone();
    Callback::from(move |text: String| {
        let mut next = (*action).clone();
        set(&mut next, text);
        action.set(next);
    })
}

fn select(id: &'static str, label: &str, options: &[(String, String)], chosen: &str, set: Callback<String>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            set.emit(select.value());
        }
    });
    html! {
        <span class="field">
            <label for={id}>{ label }</label>
            <select {id} {onchange}>
                { for options.iter().map(|(value, word)| html! { <option value={value.clone()} selected={value == chosen}>{ word }</option> }) }
            </select>
        </span>
    }
}

fn input(id: &'static str, label: &str, list: Option<&'static str>, value: &str, set: Callback<String>) -> Html {
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            set.emit(input.value());
        }
    });
    html! {
        <span class="field">
            <label for={id}>{ label }</label>
            <input {id} {list} value={value.to_owned()} {oninput} spellcheck="false" autocapitalize="off" autocomplete="off" />
        </span>
    }
}

fn question(action: &State, namespaces: &[String]) -> Html {
    let same = |word: &str| (word.to_owned(), word.to_owned());
    let verbs: Vec<(String, String)> = VERBS.iter().map(|verb| same(verb)).collect();
    let mut places: Vec<(String, String)> = namespaces.iter().map(|name| same(name)).collect();
    places.push((String::new(), tr("all namespaces").to_owned()));
    let simulated =
        kinds::all().iter().filter(|kind| kind.simulated && !kind.plural.contains('/')).map(|kind| kind.resource());
    let resources: Vec<String> =
        simulated.chain(SUBRESOURCES.map(str::to_owned)).chain(["/healthz".to_owned()]).collect();
    html! {
        <fieldset class="question">
            <legend>{ tr("The action: a verb and a resource, perhaps one by name") }</legend>
            { select("access-verb", tr("Verb"), &verbs, &action.verb, setter(action, |action, text| action.verb = text)) }
            { input("access-resource", tr("Resource"), Some("access-resources"), &action.resource, setter(action, |action, text| action.resource = text)) }
            <datalist id="access-resources">{ for resources.iter().map(|name| html! { <option value={name.clone()} /> }) }</datalist>
            { input("access-name", tr("Name"), None, &action.name, setter(action, |action, text| action.name = text)) }
            { select("access-namespace", tr("Namespace"), &places, &action.namespace, setter(action, |action, text| action.namespace = text)) }
        </fieldset>
    }
}

fn holder(holder: &Holder) -> Html {
    html! {
        <li>
            <strong>{ &holder.who }</strong>
            if !holder.meaning.is_empty() { <span class="quiet">{ format!(" {}", holder.meaning) }</span> }
            { for holder.via.iter().map(|via| html! { <p class="via">{ via }</p> }) }
        </li>
    }
}
