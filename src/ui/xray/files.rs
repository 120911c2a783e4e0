//! The files in a pod as the kubelet lays them out, with the content beside them: what is not there and why, what was
//! swapped, and what never refreshes.

use crate::api::files::{Entry, FileTree};
use crate::api::{object, sorted};
use crate::cluster::views::{PodFiles, VolumeFiles};
use crate::lab::pod_view::{self, Absent, Frozen, PodView, Swap};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::words;
use crate::words::{plural, told, tr};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// How many bytes of a file are drawn.
const CONTENT_LENGTH_MAX: usize = 20_000;

/// The files of a pod.
#[component]
pub fn Files(props: &Props) -> Html {
    let session = props.session.get();
    let cluster = session.lab.cluster();
    // The newest first.
    let mut found = cluster.reader().list("pods", "");
    sorted::sort_by_key(&mut found, |pod| std::cmp::Reverse(object::creation_timestamp(pod)));
    let pods: Vec<String> =
        found.iter().map(|pod| format!("{}/{}", object::namespace(pod), object::name(pod))).collect();
    let chosen = use_state(|| None::<String>);
    let file = use_state(|| None::<(String, String)>);
    let Some(pod) = chosen.as_ref().filter(|pod| pods.contains(pod)).or(pods.first()).cloned() else {
        return html! { <p class="empty">{ tr("There is no pod yet. Create one, and its files appear here as the kubelet writes them.") }</p> };
    };
    let onchange = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                chosen.set(Some(select.value()));
            }
        })
    };
    let (namespace, name) = pod.split_once('/').unwrap_or_default();
    let view = pod_view::look(&session.lab, namespace, name);
    html! {
        <div class="files">
            <p class="field">
                <label for="files-pod">{ tr("Pod") }</label>
                <select id="files-pod" {onchange}>
                    { for pods.iter().map(|name| html! { <option value={name.clone()} selected={*name == pod}>{ name }</option> }) }
                </select>
                if let Some(next) = view.next {
                    <button type="button" class="small" onclick={props.session.on(Act::AdvanceTo(next))}>
                        { tr!("To its next rotation, in {0}", words::span(next.since(session.lab.now()))) }
                    </button>
                }
            </p>
            { for view.absent.iter().map(absent) }
            if let Some(files) = &view.files {
                { for files.volumes.iter().map(|volume| one_volume(volume, files, &view, &file, &props.session)) }
                if files.volumes.is_empty() && view.absent.is_empty() {
                    <p class="empty">{ tr("This pod has no volumes.") }</p>
                }
                { frozen(&view.frozen) }
            } else {
                <p class="empty">{ tr("The kubelet has not started this pod yet.") }</p>
            }
        </div>
    }
}

/// Files that are not there, struck through, with the reason.
fn absent(absent: &Absent) -> Html {
    html! {
        <div class="absent">
            <ul aria-label={tr("Files that are not there")}>
                { for absent.files.iter().map(|path| html! { <li><span class="visually-hidden">{ tr("not there: ") }</span><s>{ path }</s></li> }) }
            </ul>
            <p>{ told(&absent.why) }</p>
        </div>
    }
}

fn one_volume(volume: &VolumeFiles, files: &PodFiles, view: &PodView, file: &Chosen, handle: &Handle) -> Html {
    let swaps: Vec<&Swap> = view.swaps.iter().filter(|swap| swap.volume == volume.name).collect();
    html! {
        <div class="volume">
            <h3>{ &volume.name }<span class="quiet">{ format!(" {}", volume.kind) }</span></h3>
            { mounts(&files.containers, &volume.name) }
            if volume.absent.is_empty() {
                { swapped(&swaps) }
                <div class="volume-body">
                    { tree(&volume.tree, &volume.name, file, swaps.last().copied()) }
                    { content(&volume.tree, &volume.name, file, handle) }
                </div>
            } else {
                <p class="absent">{ told(&volume.absent) }</p>
            }
        </div>
    }
}

/// The last swap, step by step; drawn anew when there is another one, so that it can be seen to happen.
fn swapped(swaps: &[&Swap]) -> Html {
    let Some(last) = swaps.last() else { return Html::default() };
    html! {
        <div class="swap is-fresh" key={last.to.clone()}>
            <p role="status">
                { match swaps.len() {
                    1 => tr!("Swapped at {0}: all files at once.", last.time.rfc3339()),
                    times => tr!("Swapped at {0}, for at least the {1}th time: all files at once.", last.time.rfc3339(), times),
                } }
            </p>
            <ol>
                <li>{ tr("A new folder was written: ") }<ins>{ &last.to }</ins></li>
                <li>{ tr("The link ") }<code>{ "..data" }</code>{ tr(" was moved to it, in one step.") }</li>
                if !last.from.is_empty() {
                    <li>{ tr("The old folder was removed: ") }<del>{ &last.from }</del></li>
                }
            </ol>
        </div>
    }
}

/// What is mounted by subPath.
fn frozen(frozen: &[Frozen]) -> Html {
    if frozen.is_empty() {
        return Html::default();
    }
    html! {
        <div class="volume">
            <h3>{ tr("Mounted by subPath: never refreshed") }</h3>
            <ul class="frozen">
                { for frozen.iter().map(|mount| html! {
                    <li>
                        <code>{ &mount.path }</code>
                        { tr!(" in {0}: the file {1} of {2} as it was when the container began. ", mount.container, mount.sub_path, mount.volume) }
                        if mount.stale {
                            <strong class="is-stale">{ tr("~ out of date: the volume holds a newer one.") }</strong>
                        } else {
                            <span class="quiet">{ tr("Still the same as in the volume.") }</span>
                        }
                    </li>
                }) }
            </ul>
        </div>
    }
}

fn mounts(containers: &[crate::api::container::Container], volume: &str) -> Html {
    let places = containers.iter().flat_map(|container| {
        container.mounts.iter().filter(|mount| mount.volume == volume).map(|mount| {
            let access = if mount.read_only { tr(tr("read-only")) } else { tr(tr("read-write")) };
            html! { <li><code>{ &mount.path }</code>{ tr!(" in {0} ({1})", container.reference.container, access) }</li> }
        })
    });
    html! { <ul class="mounts" aria-label={tr("Mounted at")}>{ for places }</ul> }
}

type Chosen = UseStateHandle<Option<(String, String)>>;

fn tree(files: &FileTree, volume: &str, chosen: &Chosen, swap: Option<&Swap>) -> Html {
    let mut rows = Vec::new();
    collect(files.root(), "", 0, &mut rows);
    // The folder that the last swap removed keeps its place, struck through.
    let removed = swap.filter(|swap| !swap.from.is_empty()).map(|swap| html! {
        <tr class="is-gone"><td class="mode">{ tr("removed") }</td><td class="mode" /><td class="depth-0"><del>{ format!("{}/", swap.from) }</del></td></tr>
    });
    html! {
        <div class="scroll-x tree-part">
            <table class="tree" key={swap.map(|swap| swap.to.clone()).unwrap_or_default()}>
                <thead class="visually-hidden"><tr><th scope="col">{ tr("Mode") }</th><th scope="col">{ tr("Owner") }</th><th scope="col">{ tr("Name") }</th></tr></thead>
                <tbody>
                    { removed }
                    { for rows.iter().map(|row| tree_row(row, volume, chosen, swap)) }
                </tbody>
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

fn tree_row(row: &Row, volume: &str, chosen: &Chosen, swap: Option<&Swap>) -> Html {
    let key = (volume.to_owned(), row.path.clone());
    let here = chosen.as_ref() == Some(&key);
    let onclick = {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| chosen.set(Some(key.clone())))
    };
    let depth = format!("depth-{}", row.depth.min(4));
    let is_new = swap.is_some_and(|swap| row.name == swap.to || row.target.as_ref() == Some(&swap.to));
    let arrow = row.target.as_ref().map(|target| html! { <span class="quiet">{ format!(" → {target}") }</span> });
    html! {
        <tr class={classes!(here.then_some("is-here"), is_new.then_some("is-fresh"))}>
            <td class="mode">{ &row.permissions }</td>
            <td class="mode">{ &row.owner }</td>
            <td class={depth}>
                if row.is_file {
                    <button type="button" class="name" aria-pressed={here.to_string()} {onclick}>{ &row.name }</button>{ arrow }
                } else {
                    <span>{ format!("{}/", row.name) }</span>
                }
                if is_new { <span class="fresh-word">{ tr(" new") }</span> }
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
                        <span class="quiet">{ if text.ends_with('\n') { plural(bytes.len(), "{0} byte", "{0} bytes") } else { plural(bytes.len(), "{0} byte, no line end", "{0} bytes, no line end") } }</span>
                        if is_token {
                            <button type="button" class="small" onclick={handle.on(Act::Inspect(text.trim().to_owned()))}>{ tr("Decode") }</button>
                        }
                    </div>
                    <pre class="code" dir="ltr" tabindex="0">{ shown }</pre>
                </div>
            }
        }
        Err(error) => html! { <p class="absent">{ format!("{path}: {error}") }</p> },
    }
}
