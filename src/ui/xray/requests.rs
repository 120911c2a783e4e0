//! Every request to the API server, newest first: the control plane's own as well as yours.

use crate::cluster::log::Part;
use crate::cluster::trace::{Actor, Entry, Event as What};
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::words::tr;
use std::rc::Rc;
use yew::prelude::*;

/// How many requests are drawn.
const SHOWN_MAX: usize = 150;

struct Row {
    sequence: u64,
    time: String,
    client: String,
    line: String,
    user: String,
    code: Option<u16>,
    mine: bool,
}

/// The requests.
#[component]
pub fn Requests(props: &Props) -> Html {
    let session = props.session.get();
    let everyone = use_state(|| false);
    let rows = rows(session.lab.cluster().trace().entries());
    let shown: Vec<&Row> = rows.iter().rev().filter(|row| *everyone || row.mine).take(SHOWN_MAX).collect();
    let onchange = {
        let everyone = everyone.clone();
        Callback::from(move |_: yew::Event| everyone.set(!*everyone))
    };
    let record_of = |sequence: u64| {
        session
            .lab
            .all_records()
            .iter()
            .find(|record| record.trace_after < sequence && sequence <= record.trace_until)
            .map(|record| record.number)
    };
    html! {
        <div class="requests">
            <p class="field">
                <label><input type="checkbox" checked={*everyone} {onchange} />{ tr(" also those of the control plane and the kubelet") }</label>
            </p>
            if shown.is_empty() {
                <p class="empty">{ tr("No requests yet.") }</p>
            } else {
                <ol class="request-list">
                    { for shown.iter().map(|row| {
                        let record = record_of(row.sequence);
                        let refused = row.code.is_some_and(|code| code >= 400);
                        html! {
                            <li class={classes!("request", refused.then_some("is-refused"))}>
                                <button type="button" disabled={record.is_none()} onclick={props.session.on(Act::Explain(record.unwrap_or(0), Some(row.sequence)))}>
                                    <span class="request-code">{ row.code.map_or("…".to_owned(), |code| code.to_string()) }</span>
                                    <span class="request-line">{ &row.line }</span>
                                    <span class="request-who">{ tr!("{0} · {1} as {2}", row.time, row.client, row.user) }</span>
                                </button>
                            </li>
                        }
                    }) }
                </ol>
            }
        </div>
    }
}

fn rows(entries: Part<'_, Rc<Entry>>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut open: std::collections::BTreeMap<u64, usize> = std::collections::BTreeMap::new();
    for entry in entries.iter() {
        match &entry.event {
            What::Received { request_line, source, .. } => {
                let client = match &entry.actor {
                    Actor::Client(name) => name.split('/').next().unwrap_or(name).to_owned(),
                    _ => String::new(),
                };
                open.insert(entry.request, rows.len());
                rows.push(Row {
                    sequence: entry.sequence,
                    time: entry.time.rfc3339().get(11..19).unwrap_or_default().to_owned(),
                    // A pod's own application counts: its name ends in the program's.
                    mine: client.starts_with("kubectl") || client.ends_with("curl"),
                    client: tr!("{0} at {1}", client, source),
                    line: request_line.clone(),
                    user: tr("nobody it knows").to_owned(),
                    code: None,
                });
            }
            What::Authenticated { user, .. } => {
                if let Some(row) = open.get(&entry.request).and_then(|index| rows.get_mut(*index)) {
                    row.user = user.username.clone();
                }
            }
            What::Answered { code } => {
                if let Some(row) = open.get(&entry.request).and_then(|index| rows.get_mut(*index)) {
                    row.code = Some(*code);
                }
            }
            _ => {}
        }
    }
    rows
}
