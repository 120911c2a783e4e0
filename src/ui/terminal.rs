//! Centre: the terminal and the files. Real text in the document, a native text area to type into.

use crate::kubectl::host::Chunk;
use crate::lab::story;
use crate::lab::{Lab, Record};
use crate::shell::{Foreground, Shell};
use crate::ui::act::{Act, Middle};
use crate::ui::editor::Editor;
use crate::ui::handle::{Handle, Props};
use crate::words::{direction, plural, tr};
use std::rc::Rc;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// How much of one entry's output is drawn; the rest is said to be there.
const OUTPUT_LENGTH_MAX: usize = 60_000;

/// The terminal with its tabs.
#[component]
pub fn TerminalPane(props: &Props) -> Html {
    let session = props.session.get();
    let tab = |middle: Middle, label: &str| {
        let here = session.middle == middle;
        html! {
            <button type="button" class={classes!("tab", here.then_some("is-here"))} aria-pressed={here.to_string()}
                onclick={props.session.on(Act::Middle(middle))}>{ label }</button>
        }
    };
    let next_name = (1..)
        .map(|n| format!("file-{n}.yaml"))
        .find(|name| session.lab.shell().read_file(name).is_err() && !session.open_files.contains(name));
    html! {
        <section class="pane terminal-pane" aria-label={tr("Terminal")}>
            <div class="tabs" role="group" aria-label={tr("Terminal and files")}>
                { tab(Middle::Terminal, tr("Terminal")) }
                { for session.open_files.iter().map(|path| tab(Middle::File(path.clone()), path)) }
                <button type="button" class="tab" aria-label={tr("New file")} onclick={props.session.on(Act::OpenFile(next_name.unwrap_or_default()))}>{ "+" }</button>
            </div>
            {
                match &session.middle {
                    Middle::Terminal => html! { <Terminal session={props.session.clone()} /> },
                    Middle::File(path) => html! { <Editor key={path.clone()} session={props.session.clone()} path={path.clone()} /> },
                }
            }
        </section>
    }
}

/// The terminal itself.
#[component]
fn Terminal(props: &Props) -> Html {
    let session = props.session.get();
    let log = use_node_ref();
    let records: Vec<Rc<Record>> = session
        .lab
        .records()
        .iter()
        .filter(|record| {
            record.number > session.attempt.floor() && (record.entry.is_some() || !record.chunks.is_empty())
        })
        .cloned()
        .collect();
    let lines: usize = records.iter().map(|record| record.chunks.len() + 1).sum();
    // What a record was refused stays the same as long as the record does; telling it again for each of hundreds of
    // them is what a drawing would mostly be.
    let told = use_mut_ref(Told::new);
    let mut refusals: Vec<Refusal> = Vec::with_capacity(records.len());
    {
        let mut told = told.borrow_mut();
        let mut kept = Told::new();
        for record in &records {
            let known = told.remove(&record.number).filter(|(of, _)| Rc::ptr_eq(of, record));
            let (_, refusal) = kept
                .entry(record.number)
                .or_insert(known.unwrap_or_else(|| (Rc::clone(record), refusal(record, &session.lab))));
            refusals.push(refusal.clone());
        }
        *told = kept;
    }
    {
        let log = log.clone();
        use_effect_with((lines, records.len()), move |_| {
            if let Some(log) = log.cast::<web_sys::Element>() {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
    html! {
        <div class="terminal" dir="ltr">
            <div class="log" role="log" aria-label={tr("Terminal output")} aria-live="off" tabindex="0" ref={log}>
                if records.is_empty() {
                    <p class="log-quiet" dir={direction()}>{ tr("A cluster is running in this page. Type a command below and press Enter, or click one in the text.") }</p>
                }
                // A list of its own: beside what has no key, all entries would be made anew for each that is added.
                <>
                    { for records.iter().zip(refusals).map(|(record, refusal)| html! {
                        <Entry key={record.number} record={ByPointer(Rc::clone(record))} {refusal} session={Quiet(props.session.clone())} />
                    }) }
                </>
            </div>
            <p class="visually-hidden" role="status">{ records.last().map(|record| summary(record)).unwrap_or_default() }</p>
            <Input session={props.session.clone()} />
        </div>
    }
}

fn summary(record: &Record) -> String {
    let lines = record.stdout().lines().count() + record.stderr().lines().count();
    let ended = if record.exit == 0 { String::new() } else { tr!(" Exit code {0}.", record.exit) };
    format!("{}.{ended}", plural(lines, "{0} line", "{0} lines"))
}

/// The step that says that a command was refused by the API server, if it was, and what that means.
type Refusal = Option<(u64, AttrValue)>;

/// The refusals of records, by their number.
type Told = std::collections::BTreeMap<usize, (Rc<Record>, Refusal)>;

/// Whether a command was refused by the API server.
fn refusal(record: &Record, lab: &Lab) -> Refusal {
    story::refusal(record, lab.cluster().trace()).map(|(sequence, text)| (sequence, AttrValue::from(text)))
}

/// A record compared by where it is, not by what it holds.
#[derive(Clone)]
struct ByPointer(Rc<Record>);

impl PartialEq for ByPointer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A handle that is only acted on: its version does not matter.
#[derive(Clone)]
struct Quiet(Handle);

impl PartialEq for Quiet {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Clone, PartialEq, Properties)]
struct EntryProps {
    record: ByPointer,
    refusal: Refusal,
    session: Quiet,
}

/// One command and what it printed.
#[component]
fn Entry(props: &EntryProps) -> Html {
    let record = &props.record.0;
    let number = record.number;
    html! {
        <div class="entry">
            if let Some(entry) = &record.entry {
                <div class="typed">
                    <span class="prompt">{ &record.prompt }</span><span class="typed-text">{ entry }</span>
                    <button type="button" class="entry-steps" onclick={props.session.0.on(Act::Explain(number, None))}
                        aria-label={tr!("Show the steps of {0}", entry.lines().next().unwrap_or_default())}>{ tr("steps") }</button>
                </div>
            }
            { for record.chunks.iter().map(chunk) }
            if let Some((sequence, text)) = &props.refusal {
                <p class="refusal" dir={direction()}>
                    { text }{ " " }
                    <button type="button" class="link" onclick={props.session.0.on(Act::Explain(number, Some(*sequence)))}>{ tr("Why?") }</button>
                </p>
            }
        </div>
    }
}

fn chunk(chunk: &Chunk) -> Html {
    let (bytes, class) = match chunk {
        Chunk::Stdout(bytes) => (bytes, "out"),
        Chunk::Stderr(bytes) => (bytes, "err"),
    };
    let text = String::from_utf8_lossy(bytes);
    let cut: String = text.chars().take(OUTPUT_LENGTH_MAX).collect();
    let rest = text.len().saturating_sub(cut.len());
    html! {
        <>
            <pre class={class}>{ cut }</pre>
            if rest > 0 {
                <p class="log-quiet" dir={direction()}>{ tr!("… and {0} bytes more that are not drawn; send the output to a file or through head.", rest) }</p>
            }
        </>
    }
}

/// The line one types into.
#[component]
fn Input(props: &Props) -> Html {
    let session = props.session.get();
    let area = use_node_ref();
    let recalled = use_mut_ref(|| None::<usize>);
    let released = use_mut_ref(|| false);
    let offers = use_state(Vec::<String>::new);
    {
        let area = area.clone();
        use_effect_with(session.inserted, move |inserted| {
            if *inserted > 0
                && let Some(area) = area.cast::<HtmlTextAreaElement>()
            {
                let _ = area.focus();
                let end = u32::try_from(area.value().encode_utf16().count()).unwrap_or(0);
                let _ = area.set_selection_range(end, end);
            }
        });
    }
    let foreground = session.lab.foreground();
    let oninput = {
        let (handle, recalled, released, offers) =
            (props.session.clone(), recalled.clone(), released.clone(), offers.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                *recalled.borrow_mut() = None;
                *released.borrow_mut() = false;
                offers.set(Vec::new());
                handle.act(Act::Draft(area.value()));
            }
        })
    };
    let onkeydown = {
        let handle = props.session.clone();
        let offers = offers.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else {
                return;
            };
            offers.set(key(&event, &area, &handle, &recalled, &released));
        })
    };
    let run = {
        let handle = props.session.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let draft = handle.get().draft.clone();
            handle.act(Act::Run(draft));
        })
    };
    let rows = session.draft.lines().count().clamp(1, 8) + usize::from(session.draft.ends_with('\n'));
    html! {
        <form class="input" onsubmit={run}>
            if !offers.is_empty() {
                <p class="offers" role="status">{ offers.join("  ") }</p>
            }
            if let Some(job) = foreground {
                <p class="foreground" dir={direction()}>
                    { match job {
                        Foreground::Watching { command } => tr!("{0} is running", command),
                        Foreground::Sleeping => tr("sleeping").to_owned(),
                        Foreground::Editing { path, .. } => tr!("waiting for {0} to be edited", path),
                    } }
                    <button type="button" class="link" onclick={props.session.on(Act::Interrupt)}>{ tr("Stop (Ctrl+C)") }</button>
                </p>
            }
            <label class="prompt" for="terminal-command">{ session.lab.shell().prompt() }</label>
            <textarea id="terminal-command" ref={area} aria-label={tr("Terminal command")} rows={rows.to_string()} spellcheck="false"
                autocapitalize="off" autocomplete="off" value={session.draft.clone()} {oninput} {onkeydown} />
            <button type="submit" class="run" disabled={session.draft.trim().is_empty()}>{ tr("Run") }</button>
        </form>
    }
}

type Shared<T> = Rc<std::cell::RefCell<T>>;

/// What a key does; returns the completions to offer.
fn key(
    event: &KeyboardEvent,
    area: &HtmlTextAreaElement,
    handle: &Handle,
    recalled: &Shared<Option<usize>>,
    released: &Shared<bool>,
) -> Vec<String> {
    let text = area.value();
    match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() && !Shell::needs_more(&text) => {
            event.prevent_default();
            *recalled.borrow_mut() = None;
            if !text.trim().is_empty() {
                handle.act(Act::Run(text));
            }
        }
        "ArrowUp" | "ArrowDown" if !text.contains('\n') || recalled.borrow().is_some() => {
            if let Some(found) = recall(handle, recalled, event.key() == "ArrowUp") {
                event.prevent_default();
                handle.act(Act::Draft(found));
            }
        }
        "c" if event.ctrl_key() && area.selection_start() == area.selection_end() => {
            event.prevent_default();
            if handle.get().lab.foreground().is_some() {
                handle.act(Act::Interrupt);
            } else {
                handle.act(Act::Draft(String::new()));
            }
        }
        "l" if event.ctrl_key() => {
            event.prevent_default();
            handle.act(Act::Run("clear".to_owned()));
        }
        // Escape gives Tab back to the page.
        "Escape" => *released.borrow_mut() = true,
        "Tab" if !event.shift_key() && !*released.borrow() && !text.trim().is_empty() => {
            return complete(event, area, handle, &text);
        }
        _ => {}
    }
    Vec::new()
}

/// Completes the word under the cursor; where there is nothing to complete, Tab moves on.
fn complete(event: &KeyboardEvent, area: &HtmlTextAreaElement, handle: &Handle, text: &str) -> Vec<String> {
    let units = area.selection_start().ok().flatten().unwrap_or(0) as usize;
    let cursor = String::from_utf16_lossy(&text.encode_utf16().take(units).collect::<Vec<u16>>()).len();
    let found = handle.get().lab.complete(text, cursor);
    let (before, word, after) = (text.get(..found.start), text.get(found.start..found.end), text.get(found.end..));
    let (Some(before), Some(word), Some(after)) = (before, word, after) else {
        return Vec::new();
    };
    let (inserted, offers) = match found.candidates.as_slice() {
        [] => return Vec::new(),
        // A candidate brings the blank that ends it.
        [one] => (one.clone(), Vec::new()),
        many => (found.common.clone(), many.iter().take(40).cloned().collect()),
    };
    event.prevent_default();
    if inserted != word {
        let position = u32::try_from(format!("{before}{inserted}").encode_utf16().count()).unwrap_or(0);
        let completed = format!("{before}{inserted}{after}");
        area.set_value(&completed);
        let _ = area.set_selection_range(position, position);
        handle.act(Act::Draft(completed));
    }
    offers
}

fn recall(handle: &Handle, recalled: &Shared<Option<usize>>, back: bool) -> Option<String> {
    let session = handle.get();
    let history = session.lab.shell().history();
    let mut position = recalled.borrow_mut();
    let next = match (*position, back) {
        (None, true) => history.len().checked_sub(1)?,
        (Some(at), true) => at.checked_sub(1)?,
        (Some(at), false) if at + 1 < history.len() => at + 1,
        (Some(_), false) => {
            *position = None;
            return Some(String::new());
        }
        (None, false) => return None,
    };
    *position = Some(next);
    history.get(next).map(|entry| entry.to_string())
}
