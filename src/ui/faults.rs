//! Faults that teach: what goes wrong with tokens in real clusters, to be switched on and watched.

use crate::lab::timeline::shown;
use crate::lab::{Flags, uses};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::seek::TimeAct;
use crate::words::{mark, plural, tr};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The two applications that differ in where they read their token.
const APPS: &str = include_str!("../lab/faults/apps.yaml");
/// How many uses of tokens are shown.
const USES_MAX: usize = 12;
/// The caps that can be chosen, in hours, and who has them.
const CAPS: [(u64, &str); 3] =
    [(0, mark("no cap (the default)")), (24, mark("24 h, as on EKS and AKS")), (48, mark("48 h, as on GKE"))];

/// One fault: what it is, why one meets it, what to watch.
struct Fault {
    title: &'static str,
    what: &'static str,
    why: &'static str,
    watch: &'static str,
}

const FAULTS: [Fault; 5] = [
    Fault {
        title: mark("An app that reads its token once"),
        what: mark(
            "Two apps call the API server every minute. One reads its token file when it starts, the other before each call.",
        ),
        why: mark("Old client libraries and hand-made scripts do this; current ones read the file again."),
        watch: mark(
            "Go on past the token's expiry: kubectl logs reads-once turns from 200 to 401, reads-again does not.",
        ),
    },
    Fault {
        title: mark("Extension off"),
        what: mark(
            "With --service-account-extend-token-expiration=false a mounted token really ends after 3607 s, not after a year.",
        ),
        why: mark("Hardened clusters set it; AKS does where its OIDC issuer is on."),
        watch: mark("Tokens issued from now on get a short bar without a pale part. Old ones keep their year."),
    },
    Fault {
        title: mark("A deleted account whose pods still run"),
        what: mark(
            "Deleting a ServiceAccount stops no pod. Its tokens are refused at once, apart from the ten seconds that a good answer is remembered.",
        ),
        why: mark("A clean-up, a chart taken away, or an account made again under the same name: it has another UID."),
        watch: mark(
            "The app gets 401. The kubelet fails to renew, keeps the old file for the 3607 s it was told, then reports FailedMount events.",
        ),
    },
    Fault {
        title: mark("A stolen token, used from outside"),
        what: mark("Whoever has the text is the pod, from anywhere, until the token ends."),
        why: mark("Logs, crash dumps, a path traversal, a curious colleague with exec."),
        watch: mark(
            "The table below: the same JTI from an address that is not its pod's. Deleting the pod ends it; no single token can be taken back.",
        ),
    },
    Fault {
        title: mark("A provider that caps lifetimes"),
        what: mark(
            "With --service-account-max-token-expiration nobody gets a token for longer, and a warning says so.",
        ),
        why: mark("Managed clusters set it, and it cannot be changed there."),
        watch: mark(
            "kubectl create token reader --duration=100h: read the warning, then exp in the Token tab. Mounted tokens ask for less and are not touched.",
        ),
    },
];

/// The panel.
#[component]
pub fn Faults(props: &Props) -> Html {
    let handle = &props.session;
    let flags = handle.get().lab.cluster().settings().flags;
    let controls = [apps(handle), extension(flags, handle), deletion(handle), theft(handle), cap(flags, handle)];
    html! {
        <section class="faults" aria-label={tr("Faults")}>
            <p class="quiet">{ tr("Switches are part of the session: undo takes them back.") }</p>
            <ul class="fault-list">
                { for FAULTS.iter().zip(controls).map(|(fault, control)| html! {
                    <li class="fault">
                        <h3>{ tr(fault.title) }</h3>
                        <p>{ tr(fault.what) }</p>
                        <p><strong>{ tr("Where it comes from: ") }</strong>{ tr(fault.why) }</p>
                        <p><strong>{ tr("Watch: ") }</strong>{ tr(fault.watch) }</p>
                        { control }
                    </li>
                }) }
            </ul>
            { used(handle) }
        </section>
    }
}

fn offer(text: &str, handle: &Handle) -> Html {
    html! {
        <button type="button" class="command" onclick={handle.on(Act::Insert(text.to_owned()))}>
            <code>{ text.to_owned() }</code><span class="command-word">{ tr("insert") }</span>
        </button>
    }
}

fn apps(handle: &Handle) -> Html {
    let act = Act::Time(TimeAct::Prepare("apps.yaml", APPS, "kubectl apply -f apps.yaml"));
    html! { <button type="button" onclick={handle.on(act)}>{ tr("Write apps.yaml") }</button> }
}

fn extension(flags: Flags, handle: &Handle) -> Html {
    let onchange = {
        let handle = handle.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let changed = Flags { extend_token_expiration: !input.checked(), ..flags };
                handle.act(Act::Time(TimeAct::Flags(changed)));
            }
        })
    };
    html! {
        <label class="switch"><input type="checkbox" checked={!flags.extend_token_expiration} {onchange} />{ tr(" Extension off") }</label>
    }
}

fn cap(flags: Flags, handle: &Handle) -> Html {
    let onchange = {
        let handle = handle.clone();
        Callback::from(move |event: Event| {
            let hours =
                event.target_dyn_into::<HtmlSelectElement>().and_then(|select| select.value().parse::<u64>().ok());
            if let Some(hours) = hours {
                let changed = Flags { max_token_expiration_seconds: hours * 3600, ..flags };
                handle.act(Act::Time(TimeAct::Flags(changed)));
            }
        })
    };
    html! {
        <label class="switch">{ tr("Longest lifetime ") }
            <select {onchange}>
                { for CAPS.iter().map(|(hours, words)| html! {
                    <option value={hours.to_string()} selected={hours * 3600 == flags.max_token_expiration_seconds}>{ tr(words) }</option>
                }) }
            </select>
        </label>
    }
}

fn deletion(handle: &Handle) -> Html {
    offer("kubectl delete serviceaccount reader", handle)
}

fn theft(handle: &Handle) -> Html {
    html! {
        <>
            { offer("STOLEN=$(kubectl exec reads-again -- cat /var/run/secrets/kubernetes.io/serviceaccount/token)", handle) }
            { offer("curl -sk $APISERVER/api -H \"Authorization: Bearer $STOLEN\"", handle) }
            { offer("kubectl delete pod reads-again --now", handle) }
        </>
    }
}

/// Who used which token, from where.
fn used(handle: &Handle) -> Html {
    let session = handle.get();
    let uses = uses::of(&session.lab);
    html! {
        <div class="scroll-x" tabindex="0" role="group" aria-label={tr("Tokens in use")}>
            <h3>{ tr("Tokens in use") }</h3>
            if uses.is_empty() {
                <p class="quiet">{ tr("No request has carried a ServiceAccount's token yet.") }</p>
            } else {
                <table class="rules" aria-label={tr("Tokens in use")}>
                    <thead><tr><th>{ tr("Last used") }</th><th>{ tr("Token") }</th><th>{ tr("Account") }</th><th>{ tr("Bound to") }</th><th>{ tr("From") }</th><th>{ tr("Requests") }</th></tr></thead>
                    <tbody>
                        { for uses.iter().take(USES_MAX).map(|one| html! {
                            <tr class={one.elsewhere.then_some("is-refused")}>
                                <td>{ shown(one.last) }</td>
                                <td><code>{ &one.id }</code></td>
                                <td>{ one.username.trim_start_matches("system:serviceaccount:").to_owned() }</td>
                                <td>{ if one.pod.is_empty() { tr("no pod").to_owned() } else { one.pod.clone() } }</td>
                                <td>{ format!("{}, {}", one.address, one.client) }
                                    if one.elsewhere {
                                        <strong>{ tr(" ! not its pod") }</strong>
                                    }
                                </td>
                                <td>{ tr!("{0}, last {1}", plural(usize::try_from(one.count).unwrap_or(0), "{0} request", "{0} requests"), one.code) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            }
        </div>
    }
}
