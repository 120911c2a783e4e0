//! What the page holds: the learner's lab, the lesson that is open, and what is selected. Components read it and
//! send it [`Act`]s; nothing else changes it.

use crate::api::Timestamp;
use crate::cluster::settings::Settings;
use crate::embed::options::Options;
use crate::embed::rest;
use crate::embed::saved::Saved;
use crate::embed::storage;
use crate::lab::link::{LinkError, SessionFile};
use crate::lab::versions::Pair;
use crate::lab::{Lab, Record, Release};
use crate::lesson::course::Course;
use crate::lesson::progress::Attempt;
use crate::lesson::{self, Lesson, reopen};
use crate::ui::embedded;
use crate::ui::learning::Learn;
use crate::ui::library;
use crate::ui::moments::{Go, Panel};
use crate::ui::seek::TimeAct;
use crate::ui::versions::VersionAct;
use crate::words::{mark, told, tr};
use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

/// The tabs of the X-ray.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tab {
    #[default]
    Steps,
    Objects,
    Files,
    Token,
    Access,
    Relations,
    Requests,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Tab; 7] =
        [Tab::Steps, Tab::Objects, Tab::Files, Tab::Token, Tab::Access, Tab::Relations, Tab::Requests];

    /// Its word, in English.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Steps => mark("Steps"),
            Tab::Objects => mark("Objects"),
            Tab::Files => mark("Files"),
            Tab::Token => mark("Token"),
            Tab::Access => mark("Access"),
            Tab::Relations => mark("Relations"),
            Tab::Requests => mark("Requests"),
        }
    }
}

/// What stands in the middle column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Middle {
    /// The terminal.
    #[default]
    Terminal,
    /// A file of the working folder.
    File(String),
}

/// Everything a learner can do to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Run an entry of the terminal.
    Run(String),
    /// Put a command into the terminal's input.
    Insert(String),
    /// The input's text changed.
    Draft(String),
    /// Ctrl-C.
    Interrupt,
    /// Take the last action back.
    Undo,
    /// Do it again.
    Redo,
    /// Move through the history, or show it.
    Go(Go),
    /// Start the lesson, or free play, over.
    Reset,
    /// Open a lesson; `None` is free play.
    Open(Option<String>),
    /// Show or hide the course map.
    Map(bool),
    /// Show a tab of the X-ray.
    Show(Tab),
    /// Show the steps of a command, and one of them.
    Explain(usize, Option<u64>),
    /// Select a step of the shown command (a trace entry).
    Step(u64),
    /// Show the terminal or a file.
    Middle(Middle),
    /// Open a file (a new one if it is not there).
    OpenFile(String),
    /// The editor's text changed; it is not saved yet.
    Edit(String, String),
    /// Save a file.
    Save(String),
    /// Close a file's tab; unsaved text is kept.
    CloseFile(String),
    /// Hand the edited text back to `kubectl edit`.
    FinishEdit,
    /// Answer a question of the lesson.
    Answer(usize, usize),
    /// Open the next hint of a step.
    Hint(usize),
    /// Move the clock on.
    Advance(Duration),
    /// Move the clock to an instant.
    AdvanceTo(Timestamp),
    /// Let the clock run, or stop it.
    Running(bool),
    /// The wall clock went on by this.
    Tick(Duration),
    /// Show this token in the Token tab.
    Inspect(String),
    /// Show what an account (namespace, name) may do.
    Account(String, String),
    /// Put the notice away.
    Dismiss,
    /// Do something to time, or to the world.
    Time(TimeAct),
    /// Something about learning.
    Learn(Learn),
    /// Something about versions of Kubernetes.
    Version(VersionAct),
    /// The page speaks another language now, or cannot, and why.
    Speak(Option<String>),
}

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
    /// The session, while `lab` is a copy between two of its steps that is only looked at.
    pub present: Option<Lab>,
    /// How many times as fast as the wall clock the clock runs.
    pub speed: u32,
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
            present: None,
            speed: 1,
            began: Settings::default().start,
            release: embedded::options().version.unwrap_or_default(),
            pair: None,
            options: embedded::options(),
            scroll_to: None,
            driven: false,
        };
        session.open(lesson);
        match Saved::load() {
            Some(saved) if saved.session.lesson.as_deref() == lesson => session.restore(saved),
            Some(saved) => {
                saved.set_aside();
                session.is_aside = Saved::aside().is_some();
            }
            None => {}
        }
        session
    }

    /// Does again what this tab did before it was reloaded. If even that fails, the next start keeps what was
    /// typed as a file instead.
    pub(super) fn restore(&mut self, saved: Saved) {
        const RESTORING: &str = mark("restoring the session");
        if saved.doing.as_deref() == Some(RESTORING) {
            self.notice =
                Some(tr("The session could not be restored. What you typed is in the file recovered.sh.").to_owned());
            self.lab.write_file("recovered.sh", &saved.script());
            self.lab.set_floor();
            self.attempt.set_floor(self.lab.floor());
            return;
        }
        Saved { doing: Some(RESTORING.to_owned()), ..saved.clone() }.save();
        if let Err(error) = self.adopt(&saved.session) {
            self.notice = Some(error.to_string());
        }
        self.attempt.show(saved.shown);
        self.attempt.set_undone(saved.undone);
        self.open_files
            .extend(saved.drafts.keys().filter(|path| !self.open_files.contains(path)).cloned().collect::<Vec<_>>());
        self.drafts = saved.drafts;
        if let Some(failed) = saved.doing {
            self.notice =
                Some(tr!("The lab failed while it did this: {0}. Everything before it is restored.", told(&failed)));
        }
        self.keep(None);
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

    /// Keeps the session in the tab; `doing` is what may yet fail.
    pub(super) fn keep(&self, doing: Option<String>) {
        Saved { doing, ..self.saved() }.save();
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
        let worth_keeping = doing.is_some();
        if worth_keeping {
            self.keep(doing);
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
            Act::Tick(duration) => self.lab.tick(duration * self.speed),
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
        if worth_keeping {
            self.keep(None);
        }
        if storage::take_loss() {
            self.notice = Some(tr("This browser does not keep what you do here: its storage is full or switched off, or the session is too long. Everything goes on as before, but a reload may lose it; Share hands out the session as a link or a file.").to_owned());
        }
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

thread_local! {
    /// What is to be done when the whole program is there.
    static WAITING: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
}

/// The session as components get it: shared, compared by its version.
#[derive(Clone)]
pub struct Handle {
    session: Rc<RefCell<Session>>,
    version: u64,
    changed: Callback<()>,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.session, &other.session) && self.version == other.version
    }
}

impl Handle {
    /// Wraps a session; `changed` draws the page again.
    pub fn new(session: Rc<RefCell<Session>>, changed: Callback<()>) -> Self {
        let version = session.borrow().version;
        Handle { session, version, changed }
    }

    /// The session, to look at.
    pub fn get(&self) -> Ref<'_, Session> {
        self.session.borrow()
    }

    /// Does something and draws the page again, once the program and the lessons that it needs are there.
    pub fn act(&self, act: Act) {
        // Typing goes on meanwhile, and so does the clock.
        if !rest::is_here() && !matches!(act, Act::Draft(_) | Act::Tick(_)) {
            self.act_later(act);
            return;
        }
        let missing = library::missing(&self.get(), &act);
        if missing.is_empty() {
            self.do_now(act);
            return;
        }
        let handle = self.clone();
        library::bring(missing, move |problem| {
            let cannot = matches!(&act, Act::Open(Some(id)) if lesson::find(id).is_none());
            match problem.filter(|_| cannot) {
                Some(words) => handle.do_now(Act::Learn(Learn::Tell(words))),
                None => handle.do_now(act),
            }
        });
    }

    /// Does it when the whole program is there; what is asked for twice meanwhile is done once.
    fn act_later(&self, act: Act) {
        let is_first = WAITING.with_borrow_mut(|waiting| {
            let is_first = waiting.is_empty();
            if !waiting.contains(&act) {
                waiting.push(act);
            }
            is_first
        });
        if is_first {
            let handle = self.clone();
            rest::when_here(move || WAITING.take().into_iter().for_each(|act| handle.act(act)));
        }
    }

    /// Shows the page in the language that is spoken now, once the open lesson is there in it.
    pub fn speak(&self, problem: Option<String>) {
        let session = self.get();
        let again = session.again.iter().map(|(lesson, _)| lesson.clone());
        let wanted = library::absent(session.lesson.iter().map(|lesson| lesson.id.clone()).chain(again).collect());
        drop(session);
        let handle = self.clone();
        library::bring(wanted, move |other| handle.do_now(Act::Speak(problem.or(other))));
    }

    fn do_now(&self, act: Act) {
        self.change(|session| session.act(act));
    }

    /// Changes the session and draws the page again.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Session) -> T) -> T {
        let done = {
            let mut session = self.session.borrow_mut();
            session.version += 1;
            change(&mut session)
        };
        self.changed.emit(());
        done
    }

    /// A callback that does `act`.
    pub fn on<E>(&self, act: Act) -> Callback<E> {
        let handle = self.clone();
        Callback::from(move |_: E| handle.act(act.clone()))
    }
}

/// What every component of the page gets.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The session.
    pub session: Handle,
}
