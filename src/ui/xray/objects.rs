//! Every object of the cluster, by kind and namespace, as YAML.

use crate::api::object::Object;
use crate::api::{kinds, object};
use crate::cluster::log::Part;
use crate::cluster::reader::Reader;
use crate::cluster::trace::Entry;
use crate::lab::diff::{self, Note};
use crate::lab::story;
use crate::ui::handle::Props;
use crate::ui::yaml::Yaml;
use crate::words::tr;
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// The kinds in the order a learner wants them.
const KINDS: [&str; 13] = [
    "serviceaccounts",
    "pods",
    "secrets",
    "configmaps",
    "deployments.apps",
    "replicasets.apps",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
    "namespaces",
    "services",
    "nodes",
];

/// How many names of one kind are drawn.
const NAMES_MAX: usize = 200;

/// The objects.
#[component]
pub fn Objects(props: &Props) -> Html {
    let session = props.session.get();
    let reader = session.lab.cluster().reader();
    let namespace = use_state(|| "default".to_owned());
    let chosen = use_state(|| None::<(String, String, String)>);
    let namespaces: Vec<String> =
        reader.list("namespaces", "").iter().map(|item| object::name(item).to_owned()).collect();
    let onchange = {
        let namespace = namespace.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                namespace.set(select.value());
            }
        })
    };
    let shown = chosen.as_ref().and_then(|(resource, namespace, name)| reader.get(resource, namespace, name));
    html! {
        <div class="objects">
            <p class="field">
                <label for="objects-namespace">{ tr("Namespace") }</label>
                <select id="objects-namespace" {onchange}>
                    { for namespaces.iter().map(|name| html! { <option value={name.clone()} selected={*namespace == *name}>{ name }</option> }) }
                </select>
            </p>
            { for KINDS.iter().map(|resource| group(resource, &namespace, reader, &chosen)) }
            if let (Some(found), Some((resource, _, name))) = (shown, chosen.as_ref()) {
                <h3 class="object-title">{ format!("{}/{name}", singular(resource)) }</h3>
                { yaml(&found, name, session.lab.cluster().trace().entries()) }
            } else if chosen.is_some() {
                <p class="empty">{ tr("That object is gone.") }</p>
            }
        </div>
    }
}

/// What was sent when it was made, and what others added since.
fn yaml(object: &Rc<Object>, name: &str, entries: Part<'_, Rc<Entry>>) -> Html {
    let scene = story::provenance(object, entries);
    let notes: Vec<Note> = scene.notes.into_iter().map(|note| Note { aside: true, ..note }).collect();
    html! { <Yaml lines={diff::lines(scene.before.as_deref(), object, &notes)} label={tr!("YAML of {0}", name)} /> }
}

fn singular(resource: &str) -> String {
    kinds::by_resource(resource).map_or(resource.to_owned(), |kind| kind.singular.clone())
}

type Chosen = UseStateHandle<Option<(String, String, String)>>;

fn group(resource: &str, namespace: &str, reader: &dyn Reader, chosen: &Chosen) -> Html {
    let namespaced = kinds::by_resource(resource).is_some_and(|kind| kind.namespaced);
    let items = reader.list(resource, if namespaced { namespace } else { "" });
    if items.is_empty() {
        return Html::default();
    }
    let title = kinds::by_resource(resource).map_or(String::new(), |kind| kind.kind.clone());
    let names = items.iter().take(NAMES_MAX).map(|item| {
        let key = (resource.to_owned(), object::namespace(item).to_owned(), object::name(item).to_owned());
        let here = chosen.as_ref() == Some(&key);
        let (chosen, name) = (chosen.clone(), key.2.clone());
        let onclick = Callback::from(move |_: MouseEvent| chosen.set(Some(key.clone())));
        html! { <li><button type="button" class={classes!("name", here.then_some("is-here"))} aria-pressed={here.to_string()} {onclick}>{ name }</button></li> }
    });
    let many = items.len() > 12;
    html! {
        <details class="kind" open={!many}>
            <summary>{ title }<span class="quiet">{ format!(" {}", items.len()) }</span></summary>
            <ul class="names">{ for names }</ul>
        </details>
    }
}
