//! The session as the tab keeps it: written when it has changed, played again after a reload.

use crate::embed::saved::{self, Saved};
use crate::embed::storage;
use crate::lab::link::{LinkError, SessionFile};
use crate::lesson::progress::Attempt;
use crate::lesson::reopen;
use crate::ui::session::Session;
use crate::words::{mark, told, tr};

impl Session {
    /// Does again what this tab did before it was reloaded, or what was set aside; `failed` is what it was doing when
    /// the program failed. If even that fails, the next start keeps what was typed as a file instead.
    pub(super) fn restore(&mut self, saved: Saved, failed: Option<&str>) {
        const RESTORING: &str = mark("restoring the session");
        if failed == Some(RESTORING) {
            // Until something is done, a reload does not try again.
            saved::note_doing(RESTORING);
            self.notice =
                Some(tr("The session could not be restored. What you typed is in the file recovered.sh.").to_owned());
            self.lab.write_file("recovered.sh", &saved.script());
            self.lab.set_floor();
            self.attempt.set_floor(self.lab.floor());
            return;
        }
        // The one that is played may not yet be what the tab keeps.
        saved.save();
        saved::note_doing(RESTORING);
        if let Err(error) = self.adopt(&saved.session) {
            self.notice = Some(error.to_string());
        }
        self.attempt.show(saved.shown);
        self.attempt.set_undone(saved.undone);
        self.open_files
            .extend(saved.drafts.keys().filter(|path| !self.open_files.contains(path)).cloned().collect::<Vec<_>>());
        self.drafts = saved.drafts;
        if let Some(failed) = failed {
            self.notice =
                Some(tr!("The lab failed while it did this: {0}. Everything before it is restored.", told(failed)));
        }
        self.end_change();
        self.keep();
    }

    /// Plays a session in the place of the one that is open. If it cannot be, that one stays.
    ///
    /// # Errors
    /// If it begins with something that is not there.
    pub(super) fn adopt(&mut self, file: &SessionFile) -> Result<(), LinkError> {
        let lab = reopen::prepare(file)?;
        self.open(file.lesson.as_deref());
        self.attempt = Attempt::new(&lab);
        self.attempt.set_floor(lab.floor());
        for (question, option) in &file.answers {
            self.attempt.answer(*question, *option);
        }
        let target = reopen::position(file, &lab);
        if file.lesson.is_none() {
            self.release = lab.settings().kubernetes.release;
        }
        self.lab = lab;
        self.adopting = true;
        self.walk_to(target);
        self.adopting = false;
        if let Some(lesson) = self.lesson.clone() {
            // What came solved was not solved here.
            if self.attempt.is_done(&lesson) && !self.course.done.contains_key(&lesson.id) {
                self.attempt.show(1);
            }
        }
        Ok(())
    }

    /// The session as data.
    pub fn file(&self) -> SessionFile {
        let lesson = self.lesson.as_ref().map(|lesson| lesson.id.as_str());
        SessionFile::of(self.present.as_ref().unwrap_or(&self.lab), lesson, self.attempt.answers())
    }

    /// The session as the tab keeps it.
    pub(super) fn saved(&self) -> Saved {
        Saved {
            drafts: self.drafts.clone(),
            shown: self.attempt.shown(),
            undone: self.attempt.has_undone(),
            ..Saved::new(self.file())
        }
    }

    /// Notes that the session is about to change. What was done before is kept first: `what` may fail.
    pub(super) fn begin_change(&mut self, what: &str) {
        self.keep();
        saved::note_doing(what);
    }

    /// What was begun is done; it is kept a little later, when it has been drawn.
    pub(super) fn end_change(&mut self) {
        self.is_kept = false;
    }

    /// Keeps the session in the tab, if it has changed since.
    pub(super) fn keep(&mut self) {
        if !std::mem::replace(&mut self.is_kept, true) {
            self.saved().save();
            saved::note_done();
        }
        self.tell_loss();
    }

    /// Tells it once if something could not be kept.
    pub(super) fn tell_loss(&mut self) {
        if storage::take_loss() {
            self.notice = Some(tr("This browser does not keep what you do here: its storage is full or switched off, or the session is too long. Everything goes on as before, but a reload may lose it; Share hands out the session as a link or a file.").to_owned());
            self.version += 1;
        }
    }
}
