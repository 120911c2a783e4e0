//! What the page holds: the learner's lab, the lesson that is open, and what is selected. Components read it and
//! send it [`Act`]s; nothing else changes it.

use crate::api::Timestamp;
use crate::cluster::settings::Settings;
use crate::embed::options::Options;
use crate::embed::saved::{self, Saved};
use crate::lab::versions::Pair;
use crate::lab::{Lab, Record, Release};
use crate::lesson::course::Course;
use crate::lesson::progress::Attempt;
use crate::lesson::{self, Lesson};
use crate::ui::act::{Act, Middle, Tab};
use crate::ui::embedded;
use crate::ui::learning::Learn;
use crate::ui::moments::Panel;
use crate::words::mark;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// The state behind the page.
pub struct Session {
    /// The lab.
    pub lab: Lab,
    /// The lesson that is open.
    pub lesson: Option<Rc<Lesson>>,
    /// How far it is.
    pub attempt: Attempt,
    /// What is finished, between visits.
    pub course: Course,
    /// The input's text.
    pub draft: String,
    /// Counts insertions, so that the input takes the focus after one.
    pub inserted: usize,
    /// The tab of the X-ray.
    pub tab: Tab,
    /// The command whose steps are shown (its number); the last one if `None`.
    pub explained: Option<usize>,
    /// The selected step (a trace entry).
    pub step: Option<u64>,
    /// The middle column.
    pub middle: Middle,
    /// The open files.
    pub open_files: Vec<String>,
    /// Text that is not saved yet, by file.
    pub drafts: BTreeMap<String, String>,
    /// Whether the clock runs with the wall clock.
    pub running: bool,
    /// Whether the course map is shown.
    pub map: bool,
    /// The token that the Token tab shows.
    pub token: String,
    /// The account (namespace, name) that the Access tab shows.
    pub account: (String, String),
    /// Something to tell above everything else, until it is put away.
    pub notice: Option<String>,
    /// What stands in the place of the lesson.
    pub panel: Option<Panel>,
    /// The branches that are compared.
    pub compared: Option<(usize, usize)>,
    /// Whether a session was set aside for this one.
    pub is_aside: bool,
    /// Whether the certificate stands in the place of the map.
    pub certificate: bool,
    /// The questions of other lessons that the open review asks again.
    pub again: Vec<(String, usize)>,
    /// Whether somebody else's session, or an earlier one, is being played.
    pub(super) adopting: bool,
    /// Grows with every change.
    pub version: u64,
    /// Whether the tab keeps it as it is now.
    pub(super) is_kept: bool,
    /// The session, while `lab` is a copy between two of its steps that is only looked at.
    pub present: Option<Lab>,
    /// How many times as fast as the wall clock the clock runs.
    pub speed: u32,
    /// By how much the clock has gone on since the last tick.
    pub(super) ahead: Duration,
    /// When the lesson, or free play, began.
    pub began: Timestamp,
    /// The version of Kubernetes of free play.
    pub release: Release,
    /// Two versions that are compared.
    pub pair: Option<Pair>,
    /// What the address asked for.
    pub options: Rc<Options>,
    /// The step that the lesson is to be scrolled to.
    pub scroll_to: Option<usize>,
    /// Whether what is done now was asked for by the host, not the learner.
    pub(super) driven: bool,
}

impl Session {
    /// A page that opens with that lesson, or with free play.
    pub fn new(lesson: Option<&str>) -> Self {
        let lab = Lab::new(Settings::default());
        let mut session = Session {
            attempt: Attempt::new(&lab),
            lab,
            lesson: None,
            course: Session::load_progress(),
            draft: String::new(),
            inserted: 0,
            tab: Tab::default(),
            explained: None,
            step: None,
            middle: Middle::default(),
            open_files: Vec::new(),
            drafts: BTreeMap::new(),
            running: true,
            map: false,
            token: String::new(),
            account: ("default".to_owned(), "default".to_owned()),
            notice: None,
            panel: None,
            compared: None,
            is_aside: Saved::aside().is_some(),
            certificate: false,
            again: Vec::new(),
            adopting: false,
            version: 0,
            is_kept: true,
            present: None,
            speed: 1,
            ahead: Duration::ZERO,
            began: Settings::default().start,
            release: embedded::options().version.unwrap_or_default(),
            pair: None,
            options: embedded::options(),
            scroll_to: None,
            driven: false,
        };
        session.open(lesson);
        let failed = saved::take_failed();
        match Saved::load() {
            Some(saved) if saved.session.lesson.as_deref() == lesson => {
                session.restore(saved, failed.as_deref());
            }
            Some(saved) => {
                saved.set_aside();
                session.is_aside = Saved::aside().is_some();
            }
            None => {}
        }
        session
    }

    pub(super) fn open(&mut self, id: Option<&str>) {
        self.lesson = id.and_then(|id| self.lesson_to_open(id)).map(Rc::new);
        let of_lesson = self.lesson.as_ref().map(|lesson| lesson.settings());
        self.lab = Lab::new(of_lesson.unwrap_or_else(|| Settings::of(self.release)));
        self.pair = None;
        self.drafts.clear();
        self.open_files.clear();
        self.middle = Middle::Terminal;
        self.draft.clear();
        self.explained = None;
        self.step = None;
        self.token.clear();
        self.account = ("default".to_owned(), "default".to_owned());
        self.tab = Tab::Steps;
        self.map = false;
        self.certificate = false;
        if let Some(lesson) = self.lesson.clone() {
            lesson::check::set_up(&mut self.lab, &lesson);
            self.open_files = lesson.files().map(|(path, _)| path.to_owned()).collect();
        }
        self.lab.set_floor();
        self.compared = None;
        self.attempt = Attempt::new(&self.lab);
        self.attempt.set_floor(self.lab.floor());
        (self.present, self.began) = (None, self.lab.now());
    }

    /// Does what the learner asked for.
    pub fn act(&mut self, act: Act) {
        self.version += 1;
        if self.is_forbidden(&act) {
            return;
        }
        self.scroll_to = None;
        let act = self.in_the_past(act);
        let doing = match &act {
            Act::Run(entry) => Some(entry.clone()),
            Act::Draft(_)
            | Act::Tick(_)
            | Act::TickAhead(_)
            | Act::Show(_)
            | Act::Step(_)
            | Act::Explain(..)
            | Act::Inspect(_)
            | Act::Account(..)
            | Act::Speak(_) => None,
            Act::Go(go) => Some(go.words().to_owned()),
            Act::Learn(Learn::ShowNext) => Some(mark("playing the solution").to_owned()),
            Act::Learn(_) => None,
            other => Some(format!("{other:?}")),
        };
        if let Some(doing) = &doing {
            self.begin_change(doing);
        }
        match act {
            Act::Run(entry) => {
                #[cfg(feature = "breakable")]
                crate::embed::failure::break_if_told(&entry);
                self.run(&entry);
            }
            Act::Insert(command) => {
                self.draft = command;
                self.inserted += 1;
                self.middle = Middle::Terminal;
            }
            Act::Draft(text) => self.draft = text,
            Act::Interrupt => {
                self.lab.interrupt();
            }
            Act::Undo => {
                self.lab.undo();
                self.follow();
            }
            Act::Redo => {
                self.lab.redo();
                self.follow();
            }
            Act::Go(go) => self.go(go),
            Act::Reset => {
                self.set_aside();
                let id = self.lesson.as_ref().map(|lesson| lesson.id.clone());
                self.open(id.as_deref());
                self.begin();
            }
            Act::Open(id) => {
                self.set_aside();
                self.open(id.as_deref());
            }
            Act::Map(shown) => {
                self.map = shown;
                self.certificate = false;
                self.compared = None;
            }
            Act::Show(tab) => self.tab = tab,
            Act::Explain(number, step) => {
                self.tab = Tab::Steps;
                self.explained = Some(number);
                self.step = step;
            }
            Act::Step(sequence) => self.step = Some(sequence),
            Act::Middle(middle) => self.middle = middle,
            Act::OpenFile(path) => self.open_file(path),
            Act::Edit(path, text) => {
                self.drafts.insert(path, text);
            }
            Act::Save(path) => {
                if let Some(text) = self.drafts.remove(&path) {
                    self.lab.write_file(&path, &text);
                }
            }
            Act::CloseFile(path) => {
                self.open_files.retain(|open| *open != path);
                if self.middle == Middle::File(path) {
                    self.middle = Middle::Terminal;
                }
            }
            Act::FinishEdit => self.finish_edit(),
            Act::Answer(question, option) => self.answer(question, option),
            Act::Hint(step) => self.attempt.take_hint(step),
            Act::Advance(duration) => {
                self.lab.advance(duration);
            }
            Act::AdvanceTo(instant) => {
                let duration = instant.since(self.lab.now());
                self.lab.advance(duration);
            }
            Act::Running(running) => self.running = running,
            Act::Tick(duration) => {
                let duration = duration.saturating_sub(std::mem::take(&mut self.ahead));
                self.lab.tick(duration * self.speed);
            }
            Act::TickAhead(duration) => {
                self.ahead += duration;
                self.lab.tick(duration * self.speed);
            }
            Act::Inspect(token) => {
                self.token = token;
                self.tab = Tab::Token;
            }
            Act::Account(namespace, name) => {
                self.account = (namespace, name);
                self.tab = Tab::Access;
            }
            Act::Dismiss => self.notice = None,
            Act::Time(act) => self.act_on_time(act),
            Act::Learn(learn) => self.learn(learn),
            Act::Version(act) => self.act_on_versions(act),
            Act::Speak(problem) => self.speak(problem),
        }
        self.after();
        if doing.is_some() {
            self.end_change();
        }
        self.tell_loss();
    }

    pub(super) fn run(&mut self, entry: &str) {
        // A lesson's own command leaves what is being typed.
        if self.draft.trim() == entry.trim() {
            self.draft.clear();
        }
        // What is typed in the editor is what the command should see.
        for (path, text) in std::mem::take(&mut self.drafts) {
            self.lab.write_file(&path, &text);
        }
        let record = self.lab.run(entry);
        // What leaves no trace in the log (`undo` with nothing to undo) has its say above.
        let is_logged = self.lab.all_records().last().is_some_and(|last| Rc::ptr_eq(last, &record));
        if !is_logged && record.exit != 0 {
            self.notice = Some(record.stderr());
        }
        self.follow();
    }

    /// Shows the steps of the last command.
    pub(super) fn follow(&mut self) {
        self.explained = None;
        self.step = None;
    }

    fn open_file(&mut self, path: String) {
        if !self.open_files.contains(&path) {
            self.open_files.push(path.clone());
        }
        self.middle = Middle::File(path);
    }

    fn finish_edit(&mut self) {
        if let Some(crate::shell::Foreground::Editing { path, text }) = self.lab.foreground() {
            let text = self.drafts.remove(&path).unwrap_or(text);
            self.open_files.retain(|open| *open != path);
            self.middle = Middle::Terminal;
            self.lab.finish_edit(&text);
            self.follow();
        }
    }

    fn answer(&mut self, question: usize, option: usize) {
        if self.attempt.answered(question).is_some() {
            return;
        }
        self.attempt.answer(question, option);
        if let Some(lesson) = self.lesson.clone() {
            self.note_answer(&lesson, question, option);
        }
    }

    pub(super) fn after(&mut self) {
        for control in self.lab.take_requests() {
            match control {
                crate::shell::Control::OpenEditor { path } => self.open_file(path),
                crate::shell::Control::Reset => self.act(Act::Reset),
                _ => {}
            }
        }
        if let Some(crate::shell::Foreground::Editing { path, text }) = self.lab.foreground()
            && !self.open_files.contains(&path)
        {
            self.drafts.entry(path.clone()).or_insert(text);
            self.open_file(path);
        }
        // A look back neither takes away what was reached nor reaches anything.
        if let Some(lesson) = self.lesson.clone().filter(|_| self.present.is_none()) {
            self.attempt.update(&lesson, &self.lab);
            self.note_solved(&lesson);
        }
    }

    /// Whether the clock goes with the wall clock now. It stands still until the learner has done something, so
    /// that a session is its log and nothing else; and while one looks at an earlier moment.
    pub fn is_clock_running(&self) -> bool {
        self.running && self.compared.is_none() && self.present.is_none() && self.lab.can_undo() && !self.lab.can_redo()
    }

    /// The command whose steps are shown.
    pub fn explained_record(&self) -> Option<&Rc<Record>> {
        let records = self.lab.all_records();
        match self.explained {
            Some(number) => records.iter().find(|record| record.number == number),
            None => records.iter().rev().find(|record| {
                record.number > self.attempt.floor()
                    && (record.entry.is_some() || record.trace_until > record.trace_after)
            }),
        }
    }

    /// The text of a file as the editor shows it: unsaved, or as it is saved.
    pub fn file_text(&self, path: &str) -> String {
        if let Some(draft) = self.drafts.get(path) {
            return draft.clone();
        }
        let bytes = self.lab.shell().read_file(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
