//! The files in a pod as the kubelet lays them out, with the content beside them.

use crate::api::files::{Entry, FileTree};
use crate::api::object;
use crate::ui::session::{Act, Handle, Props};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Where every container looks for its credentials.
const CREDENTIALS: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// How many bytes of a file are drawn.
const CONTENT_LENGTH_MAX: usize = 20_000;

/// The files of a pod.
#[component]
pub fn Files(props: &Props) -> Html {
    let session = props.session.get();
    let cluster = session.lab.cluster();
    let pods: Vec<String> = cluster
        .reader()
        .list("pods", "")
        .iter()
        .rev()
        .map(|pod| format!("{}/{}", object::namespace(pod), object::name(pod)))
        .collect();
    let chosen = use_state(|| None::<String>);
    let file = use_state(|| None::<(String, String)>);
    let Some(pod) = chosen.as_ref().filter(|pod| pods.contains(pod)).or(pods.first()).cloned() else {
        return html! { <p class="empty">{ "There is no pod yet. Create one, and its files appear here as the kubelet writes them." }</p> };
    };
    let onchange = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                chosen.set(Some(select.value()));
            }
        })
    };
    let view = cluster.pod_files(&pod);
    html! {
        <div class="files">
            <p class="field">
                <label for="files-pod">{ "Pod" }</label>
                <select id="files-pod" {onchange}>
                    { for pods.iter().map(|name| html! { <option value={name.clone()} selected={*name == pod}>{ name }</option> }) }
                </select>
            </p>
            if let Some(view) = view {
                { for view.notes.iter().map(|note| html! { <p class="absent"><s>{ CREDENTIALS }</s>{ " " }{ note }</p> }) }
                { for view.volumes.iter().map(|volume| html! {
                    <div class="volume">
                        <h3>{ &volume.name }<span class="quiet">{ format!(" {}", volume.kind) }</span></h3>
                        { mounts(&view.containers, &volume.name) }
                        if volume.absent.is_empty() {
                            { tree(&volume.tree, &volume.name, &file) }
                            { content(&volume.tree, &volume.name, &file, &props.session) }
                        } else {
                            <p class="absent">{ &volume.absent }</p>
                        }
                    </div>
                }) }
                if view.volumes.is_empty() && view.notes.is_empty() {
                    <p class="empty">{ "This pod has no volumes." }</p>
                }
            } else {
                <p class="empty">{ "The kubelet has not started this pod yet." }</p>
            }
        </div>
    }
}

fn mounts(containers: &[crate::api::container::Container], volume: &str) -> Html {
    let places = containers.iter().flat_map(|container| {
        container.mounts.iter().filter(|mount| mount.volume == volume).map(|mount| {
            let access = if mount.read_only { "read-only" } else { "read-write" };
            html! { <li><code>{ &mount.path }</code>{ format!(" in {} ({access})", container.reference.container) }</li> }
        })
    });
    html! { <ul class="mounts" aria-label="Mounted at">{ for places }</ul> }
}

type Chosen = UseStateHandle<Option<(String, String)>>;

fn tree(files: &FileTree, volume: &str, chosen: &Chosen) -> Html {
    let mut rows = Vec::new();
    collect(files.root(), "", 0, &mut rows);
    html! {
        <div class="scroll-x">
            <table class="tree">
                <thead class="visually-hidden"><tr><th scope="col">{ "Mode" }</th><th scope="col">{ "Owner" }</th><th scope="col">{ "Name" }</th></tr></thead>
                <tbody>{ for rows.iter().map(|row| tree_row(row, volume, chosen)) }</tbody>
            </table>
        </div>
    }
}

struct Row {
    path: String,
    name: String,
    depth: usize,
    permissions: String,
    owner: String,
    target: Option<String>,
    is_file: bool,
}

fn collect(entry: &Entry, path: &str, depth: usize, rows: &mut Vec<Row>) {
    let Entry::Directory(_, children) = entry else {
        return;
    };
    for (name, child) in children.iter() {
        let path = format!("{path}/{name}");
        let attributes = child.attributes();
        rows.push(Row {
            path: path.clone(),
            name: name.clone(),
            depth,
            permissions: child.permissions(),
            owner: format!("{}:{}", attributes.user, attributes.group),
            target: match child {
                Entry::Link(_, target) => Some(target.clone()),
                _ => None,
            },
            is_file: !matches!(child, Entry::Directory(..)),
        });
        if depth < 8 {
            collect(child, &path, depth + 1, rows);
        }
    }
}

fn tree_row(row: &Row, volume: &str, chosen: &Chosen) -> Html {
    let key = (volume.to_owned(), row.path.clone());
    let here = chosen.as_ref() == Some(&key);
    let onclick = {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| chosen.set(Some(key.clone())))
    };
    let depth = format!("depth-{}", row.depth.min(4));
    let arrow = row.target.as_ref().map(|target| html! { <span class="quiet">{ format!(" → {target}") }</span> });
    html! {
        <tr class={classes!(here.then_some("is-here"))}>
            <td class="mode">{ &row.permissions }</td>
            <td class="mode">{ &row.owner }</td>
            <td class={depth}>
                if row.is_file {
                    <button type="button" class="name" aria-pressed={here.to_string()} {onclick}>{ &row.name }</button>{ arrow }
                } else {
                    <span>{ format!("{}/", row.name) }</span>
                }
            </td>
        </tr>
    }
}

fn content(files: &FileTree, volume: &str, chosen: &Chosen, handle: &Handle) -> Html {
    let Some((of, path)) = chosen.as_ref() else {
        return Html::default();
    };
    if of != volume {
        return Html::default();
    }
    match files.read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let shown: String = text.chars().take(CONTENT_LENGTH_MAX).collect();
            let is_token = !crate::lab::tokens::tokens_in(&text).is_empty();
            html! {
                <div class="file-content">
                    <div class="file-head"><code>{ path }</code>
                        <span class="quiet">{ format!("{} bytes{}", bytes.len(), if text.ends_with('\n') { "" } else { ", no line end" }) }</span>
                        if is_token {
                            <button type="button" class="small" onclick={handle.on(Act::Inspect(text.trim().to_owned()))}>{ "Decode" }</button>
                        }
                    </div>
                    <pre class="code" tabindex="0">{ shown }</pre>
                </div>
            }
        }
        Err(error) => html! { <p class="absent">{ format!("{path}: {error}") }</p> },
    }
}
