//! What the page does with the session's history: looking at other moments, branches, and opening other sessions.

use crate::embed::saved::Saved;
use crate::lab::link::SessionFile;
use crate::lesson::reopen;
use crate::ui::session::Session;
use crate::words::{mark, plural, tr};

/// How long a session from a link may take to be played, in milliseconds. It is looked at between steps.
const PLAYING_MAX: f64 = 20_000.0;

/// What may stand in the place of the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Everything that was done.
    History,
    /// Links, files and the transcript.
    Share,
    /// Versions of Kubernetes.
    Versions,
}

/// A move through the history.
#[derive(Clone, Debug, PartialEq)]
pub enum Go {
    /// Look at the moment after that many steps.
    To(usize),
    /// Back to the latest moment.
    Latest,
    /// Go on from here; what lies ahead stays as a branch.
    BranchOff,
    /// Go over to another branch.
    Switch(usize),
    /// Forget a branch.
    Forget(usize),
    /// Compare two branches, or stop it.
    Compare(Option<(usize, usize)>),
    /// Show a panel, or the lesson again.
    Panel(Option<Panel>),
    /// Open a session: a link, or the text of a file.
    Open(String),
    /// Back to the session that was set aside.
    Aside,
}

impl Go {
    /// What it is, if it fails.
    pub fn words(&self) -> &'static str {
        match self {
            Go::To(_) | Go::Latest => mark("looking at another moment"),
            Go::BranchOff | Go::Switch(_) | Go::Forget(_) => mark("changing the branch"),
            Go::Compare(_) => mark("comparing branches"),
            Go::Panel(_) => mark("showing a panel"),
            Go::Open(_) | Go::Aside => mark("opening a session"),
        }
    }
}

impl Session {
    /// Moves through the history.
    pub(super) fn go(&mut self, go: Go) {
        match go {
            Go::To(position) => self.lab.go_to(position),
            Go::Latest => self.lab.go_to(usize::MAX),
            Go::BranchOff => self.lab.branch_off(),
            Go::Switch(id) => {
                // Walked step by step, so that a lesson's goals are seen that held on the way.
                let shared = self.lab.common(self.lab.branch(), id);
                self.lab.switch(id, shared);
                self.walk_to(usize::MAX);
            }
            Go::Forget(id) => self.lab.forget_branch(id),
            Go::Compare(pair) => self.compared = pair,
            Go::Panel(panel) => {
                self.panel = panel;
                self.map = false;
                self.compared = None;
                self.pair = None;
                return;
            }
            Go::Open(text) => self.open_session(&text),
            Go::Aside => {
                if let Some(aside) = Saved::aside() {
                    self.set_aside();
                    self.panel = None;
                    self.notice = None;
                    self.restore(aside, None);
                }
            }
        }
        self.follow();
    }

    /// Redoes up to that many steps, looking at the lesson's goals after each. Stops if it takes too long.
    pub(super) fn walk_to(&mut self, target: usize) {
        let performance = web_sys::window().and_then(|window| window.performance());
        let now = || performance.as_ref().map_or(0.0, |clock| clock.now());
        let began = now();
        self.after();
        while self.lab.position() < target && self.lab.redo() {
            self.after();
            if now() - began > PLAYING_MAX {
                self.notice =
                    Some(tr("This session takes long to play and was stopped on the way; Redo goes on.").to_owned());
                break;
            }
        }
    }

    /// Keeps this session beside another one that is about to be opened.
    pub(super) fn set_aside(&mut self) {
        self.saved().set_aside();
        self.is_aside = Saved::aside().is_some();
    }

    fn open_session(&mut self, text: &str) {
        let own = self.saved();
        let opened = SessionFile::read(text).and_then(|file| self.adopt(&file).map(|()| file));
        self.notice = Some(match opened {
            Err(error) => tr!("{0} Your own session is as it was.", error),
            Ok(file) => {
                own.set_aside();
                self.is_aside = Saved::aside().is_some();
                self.panel = None;
                let steps = plural(file.len(), "{0} step", "{0} steps");
                let mut said = tr!("Opened a session of {0}.", steps);
                let kept = tr("Your own session is set aside: History brings it back.");
                let differs = self
                    .notice
                    .take()
                    .or_else(|| reopen::differs(&file, &self.lab).then(|| tr(reopen::DIFFERS).to_owned()));
                for more in (!own.session.is_empty()).then(|| kept.to_owned()).into_iter().chain(differs) {
                    said = said + " " + &more;
                }
                said
            }
        });
    }
}
