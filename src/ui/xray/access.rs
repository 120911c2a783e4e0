//! Who can do what: the rules of an account, and where each comes from.

use crate::api::object;
use crate::api::user::UserInfo;
use crate::cluster::authz::{self, Attributes};
use crate::ui::session::Props;
use crate::ui::xray::steps::chain;
use serde_json::Value;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// The actions of the question.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "impersonate"];
/// The resources of the question.
const RESOURCES: [&str; 9] = [
    "pods",
    "pods/log",
    "pods/exec",
    "secrets",
    "configmaps",
    "serviceaccounts",
    "serviceaccounts/token",
    "deployments.apps",
    "nodes",
];

/// The rights of an account.
#[component]
pub fn Access(props: &Props) -> Html {
    let session = props.session.get();
    let reader = session.lab.cluster().reader();
    let accounts: Vec<(String, String)> = reader
        .list("serviceaccounts", "")
        .iter()
        .map(|account| (object::namespace(account).to_owned(), object::name(account).to_owned()))
        .filter(|(namespace, _)| namespace != "kube-system")
        .collect();
    let account = use_state(|| ("default".to_owned(), "default".to_owned()));
    let verb = use_state(|| "list".to_owned());
    let resource = use_state(|| "pods".to_owned());
    let user = UserInfo::service_account(&account.0, &account.1, "");
    let (plural, subresource) = resource.split_once('/').unwrap_or((&resource, ""));
    let (plural, group) = plural.split_once('.').unwrap_or((plural, ""));
    let attributes = Attributes {
        user: user.clone(),
        verb: (*verb).clone(),
        group: group.to_owned(),
        resource: plural.to_owned(),
        subresource: subresource.to_owned(),
        namespace: account.0.clone(),
        ..Attributes::default()
    };
    let verdict = authz::authorize(&attributes, reader);
    let rules = authz::rules_for(&user, &account.0, reader);
    let choose_account = {
        let account = account.clone();
        Callback::from(move |event: Event| {
            if let Some((namespace, name)) = selected(&event).as_deref().and_then(|text| text.split_once('/')) {
                account.set((namespace.to_owned(), name.to_owned()));
            }
        })
    };
    html! {
        <div class="access">
            <p class="field">
                <label for="access-account">{ "Account" }</label>
                <select id="access-account" onchange={choose_account}>
                    { for accounts.iter().map(|(namespace, name)| html! {
                        <option value={format!("{namespace}/{name}")} selected={*account == (namespace.clone(), name.clone())}>{ format!("{namespace}/{name}") }</option>
                    }) }
                </select>
            </p>
            <fieldset class="question">
                <legend>{ format!("May it, in namespace {}, …", account.0) }</legend>
                { choice("access-verb", "Action", &VERBS, &verb) }
                { choice("access-resource", "Resource", &RESOURCES, &resource) }
            </fieldset>
            <p class={classes!("verdict", if verdict.allowed { "is-done" } else { "is-refused" })} role="status">
                { if verdict.allowed { "✓ yes" } else { "✗ no" } }
            </p>
            if !verdict.reason.is_empty() {
                <p class="machine">{ &verdict.reason }</p>
            }
            { chain(&verdict.checks) }
            <h3>{ "Everything it may do" }</h3>
            <div class="scroll-x" tabindex="0" role="group" aria-label="Rules">
                <table class="rules">
                    <thead><tr><th scope="col">{ "Resources or paths" }</th><th scope="col">{ "Verbs" }</th></tr></thead>
                    <tbody>{ for rules.rules.iter().map(rule) }</tbody>
                </table>
            </div>
        </div>
    }
}

fn selected(event: &Event) -> Option<String> {
    event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value())
}

fn choice(id: &'static str, label: &str, options: &[&str], state: &UseStateHandle<String>) -> Html {
    let onchange = {
        let state = state.clone();
        Callback::from(move |event: Event| {
            if let Some(value) = selected(&event) {
                state.set(value);
            }
        })
    };
    html! {
        <span class="field">
            <label for={id}>{ label }</label>
            <select {id} {onchange}>
                { for options.iter().map(|option| html! { <option value={(*option).to_owned()} selected={**state == **option}>{ *option }</option> }) }
            </select>
        </span>
    }
}

fn rule(rule: &Value) -> Html {
    let groups = object::strings(rule, &["apiGroups"]);
    let mut what: Vec<String> = object::strings(rule, &["resources"])
        .iter()
        .map(|resource| match groups.first() {
            Some(group) if !group.is_empty() => format!("{resource}.{group}"),
            _ => (*resource).to_owned(),
        })
        .collect();
    what.extend(object::strings(rule, &["nonResourceURLs"]).into_iter().map(str::to_owned));
    let names = object::strings(rule, &["resourceNames"]);
    html! {
        <tr>
            <td>
                { for what.iter().map(|word| html! { <code class="word">{ word }</code> }) }
                if !names.is_empty() { <span class="quiet">{ format!("only {}", names.join(", ")) }</span> }
            </td>
            <td>{ object::strings(rule, &["verbs"]).join(", ") }</td>
        </tr>
    }
}
