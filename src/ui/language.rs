//! The language of the page: what static/boot.js chose and fetched, and changing it later. The session stays as it is.

use crate::embed::fetch;
use crate::embed::storage::{self, Keep};
use crate::ui::handle::{Handle, Props};
use crate::words::{self, LANGUAGES, tr};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the choice is kept under.
const NAME: &str = "language";
/// Where boot.js leaves the language that it found wanted, and its table.
const HANDED_OVER: &str = "salabLanguage";

/// Speaks the language that the page was opened for. Gives what to say if that cannot be.
pub fn begin() -> Option<String> {
    let handed = js_sys::Reflect::get(&js_sys::global(), &HANDED_OVER.into()).ok()?;
    let part = |name: &str| js_sys::Reflect::get(&handed, &JsValue::from_str(name)).ok().and_then(|it| it.as_string());
    let code = part("code").filter(|code| code != "en")?;
    let text = part("text").or_else(|| inside(&code).map(str::to_owned));
    let problem = match text {
        Some(text) => take_in(&code, &text).err(),
        None => Some(cannot(&code, &tr!("there is no file {0}", format_args!("languages/{code}/interface.json")))),
    };
    show();
    problem
}

fn cannot(code: &str, why: &str) -> String {
    tr!("The language {0} cannot be had: {1}.", code, why)
}

fn take_in(code: &str, text: &str) -> Result<(), String> {
    words::read(code, text, Some(category)).map_err(|error| cannot(code, &error))
}

/// The table of a language, where the page carries it.
fn inside(code: &str) -> Option<&'static str> {
    TABLES.iter().find(|(of, _)| *of == code).map(|(_, table)| *table)
}

#[cfg(feature = "all-lessons")]
const TABLES: &[(&str, &str)] = &[("de", include_str!("../../languages/de/interface.json"))];
#[cfg(not(feature = "all-lessons"))]
const TABLES: &[(&str, &str)] = &[];

/// The browser knows the plural forms of every language.
fn category(code: &str, number: usize) -> String {
    let rules = js_sys::Reflect::get(&js_sys::global(), &"Intl".into())
        .and_then(|intl| js_sys::Reflect::get(&intl, &"PluralRules".into()))
        .ok()
        .and_then(|class| class.dyn_into::<js_sys::Function>().ok())
        .and_then(|class| js_sys::Reflect::construct(&class, &js_sys::Array::of1(&code.into())).ok());
    let select = |rules: &JsValue| {
        let select = js_sys::Reflect::get(rules, &"select".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
        select.call1(rules, &JsValue::from_f64(number as f64)).ok()?.as_string()
    };
    rules.as_ref().and_then(select).unwrap_or_default()
}

/// Says on the page which language it is in, and which way that is written.
fn show() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", words::language());
        let _ = root.set_attribute("dir", words::direction());
    }
    document.set_title(tr("ServiceAccount Lab: Kubernetes ServiceAccounts, step by step, in your browser"));
}

/// Brings a language and speaks it; then tells what went wrong, if something did.
fn bring(code: String, done: impl FnOnce(Option<String>) + 'static) {
    if words::speak(&code) {
        return done(None);
    }
    spawn_local(async move {
        let table = match inside(&code) {
            Some(table) => Ok(table.to_owned()),
            None => fetch::text(&format!("languages/{code}/interface.json"), words::LENGTH_BYTES_MAX).await,
        };
        done(table.map_err(|error| error.to_string()).and_then(|table| take_in(&code, &table)).err());
    });
}

/// Changes the language: the lesson that is open is brought in it as well.
fn choose(code: String, handle: &Handle) {
    let handle = handle.clone();
    bring(code, move |problem| {
        storage::save(Keep::Always, NAME, words::language());
        forget_in_address();
        show();
        handle.speak(problem);
    });
}

/// An address that names a language would win over the choice when the page is loaded again.
fn forget_in_address() {
    let Some(window) = web_sys::window() else { return };
    let (Ok(query), Ok(path), Ok(hash)) =
        (window.location().search(), window.location().pathname(), window.location().hash())
    else {
        return;
    };
    let kept: Vec<&str> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let history = window
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{query}{hash}"))));
    let _ = history;
}

/// The choice of a language, in words of all of them: who cannot read the page finds it.
#[component]
pub fn LanguageChoice(props: &Props) -> Html {
    let onchange = {
        let handle = props.session.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                choose(select.value(), &handle);
            }
        })
    };
    let label = LANGUAGES.iter().map(|language| language.word).collect::<Vec<_>>().join(" · ");
    let here = words::language();
    let known = LANGUAGES.iter().any(|language| language.code == here);
    html! {
        <select class="language" aria-label={label.clone()} title={label} {onchange}>
            { for LANGUAGES.iter().map(|language| html! {
                <option value={language.code} lang={language.code} selected={language.code == here}>{ language.name }</option>
            }) }
            if !known {
                <option value={here} lang={here} selected=true>{ match words::about("@language") { "" => here, name => name } }</option>
            }
        </select>
    }
}
