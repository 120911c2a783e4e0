//! Before and now: another version of Kubernetes for a fresh session, the table of what differs, and one command on two
//! versions side by side.

use crate::embed::saved::Saved;
use crate::lab::versions::{Difference, NUMBERS, Pair, Release, TABLE};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::history_pane::PanelPane;
use crate::ui::moments::{Go, Panel};
use crate::ui::session::Session;
use crate::words::{mark, plural, tr};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What can be done about versions.
#[derive(Clone, Debug, PartialEq)]
pub enum VersionAct {
    /// Start a fresh session of free play in that version.
    Start(Release),
    /// Go on with the session that was left when another version was chosen.
    GoOn(Release),
    /// Compare two versions from what this session is now, or stop it.
    Compare(Option<(Release, Release)>),
    /// Run a command on both.
    Run(String),
    /// Try one more possible cause of a difference.
    Explain,
}

/// The version of the session that is open.
pub fn release(session: &Session) -> Release {
    session.lab.settings().kubernetes.release
}

impl Session {
    /// Does something about versions.
    pub(super) fn act_on_versions(&mut self, act: VersionAct) {
        match act {
            VersionAct::Start(release) => {
                self.saved().keep_as(self::release(self).name());
                self.set_aside();
                self.release = release;
                self.open(None);
            }
            VersionAct::GoOn(release) => {
                let Some(kept) = Saved::kept_as(release.name()) else { return };
                self.saved().keep_as(self::release(self).name());
                self.set_aside();
                self.restore(kept, None);
            }
            VersionAct::Compare(pair) => {
                let lab = self.present.as_ref().unwrap_or(&self.lab);
                self.pair = pair.map(|(left, right)| Pair::new(lab, left, right));
                self.map = false;
                self.compared = None;
            }
            VersionAct::Run(entry) => {
                if let Some(pair) = &mut self.pair {
                    pair.run(&entry);
                }
            }
            VersionAct::Explain => {
                if let Some(pair) = &mut self.pair {
                    pair.explain_one();
                }
            }
        }
    }
}

/// The button of the header: tells the version, and opens the panel.
#[component]
pub fn VersionButton(props: &Props) -> Html {
    let session = props.session.get();
    let open = session.panel == Some(Panel::Versions) && session.compared.is_none() && !session.map;
    html! {
        <button type="button" id="show-Versions" class="version" aria-expanded={open.to_string()} title={tr("Another version of Kubernetes; two side by side")}
            onclick={props.session.on(Act::Go(Go::Panel((!open).then_some(Panel::Versions))))}>
            { format!("Kubernetes {}", release(&session).name()) }
        </button>
    }
}

/// What a version is, in a few words.
fn words(release: Release) -> &'static str {
    match release {
        Release::V1_23 => tr("1.23: a Secret for every account"),
        Release::V1_24 => tr("1.24: no more of them"),
        Release::V1_36 => tr("1.36: today"),
    }
}

/// A choice between the versions.
pub fn choice(label: &str, chosen: Release, onchoice: Callback<Release>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        if let Some(release) = select.and_then(|select| Release::parse(&select.value())) {
            onchoice.emit(release);
        }
    });
    html! {
        <label class="field">{ label.to_owned() }
            <select {onchange}>
                { for Release::ALL.map(|release| html! {
                    <option value={release.name()} selected={release == chosen}>{ words(release) }</option>
                }) }
            </select>
        </label>
    }
}

/// The panel.
#[component]
pub fn VersionsPane(props: &Props) -> Html {
    let session = props.session.get();
    let here = release(&session);
    let chosen = use_state(|| here);
    let onchoice = {
        let chosen = chosen.clone();
        Callback::from(move |release| chosen.set(release))
    };
    let other = if here == Release::default() { Release::V1_23 } else { here };
    html! {
        <PanelPane session={props.session.clone()} name={mark("Versions")}>
            <p>{ tr!("This session is Kubernetes {0}, cluster and kubectl.", here.name()) }</p>
            if session.lesson.is_some() {
                <p class="quiet">{ tr("The lesson chose it.") }</p>
            }
            { choice(tr("Another session, of Kubernetes"), *chosen, onchoice) }
            { start(&props.session, here, *chosen) }
            <h3>{ tr("Side by side") }</h3>
            <p class="quiet">{ tr("One command on two versions, each a copy of this session: everything you did here is done there too.") }</p>
            <button type="button" onclick={props.session.on(Act::Version(VersionAct::Compare(Some((other, Release::default())))))}>{ tr("Compare two versions") }</button>
            <h3>{ tr("What differs") }</h3>
            <p class="quiet">{ tr("All that is simulated of older versions; everything else is as in 1.36.") }</p>
            { for std::iter::once(&NUMBERS).chain(&TABLE).map(difference) }
        </PanelPane>
    }
}

fn start(handle: &Handle, here: Release, chosen: Release) -> Html {
    let kept = Saved::kept_as(chosen.name()).filter(|_| chosen != here);
    html! {
        <>
            <p class="quiet">{ tr("It begins as free play with a fresh cluster. What you did here is kept, and this panel leads back to it.") }</p>
            <div class="panel-row">
                <button type="button" onclick={handle.on(Act::Version(VersionAct::Start(chosen)))}>{ tr!("Start with Kubernetes {0}", chosen.name()) }</button>
                if let Some(kept) = kept {
                    <button type="button" onclick={handle.on(Act::Version(VersionAct::GoOn(chosen)))}>
                        { tr!("Go on in {0} ({1})", chosen.name(), plural(kept.session.len(), "{0} step", "{0} steps")) }
                    </button>
                }
            </div>
        </>
    }
}

/// A row of the table.
pub fn difference(one: &Difference) -> Html {
    let since = if one.change.is_some() { tr!("since {0}", tr(one.since)) } else { tr(one.since).to_owned() };
    html! {
        <details class="kind">
            <summary>{ tr(one.title) }<span class="quiet">{ format!(" ({since})") }</span></summary>
            <p><strong>{ tr("Before:") }{ " " }</strong>{ tr(one.before) }</p>
            <p><strong>{ tr("Now:") }{ " " }</strong>{ tr(one.now) }</p>
            <p class="quiet">{ tr!("Source: {0}", one.source) }</p>
        </details>
    }
}
