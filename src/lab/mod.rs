//! One learner's session: a cluster, a terminal in front of it, and everything that was done, undoable.
//!
//! A session is a function of its [`Settings`] and its log: replaying the log gives the same bytes. Looking at a
//! session (the X-ray, a lesson's goals) never changes it.

mod branches;
pub mod compare;
pub mod diff;
mod history;
pub mod link;
pub mod pod_view;
mod record;
pub mod relations;
pub mod rights;
pub mod script;
pub mod seek;
pub mod story;
pub mod timeline;
pub mod tokens;
pub mod transcript;
pub mod uses;
pub mod versions;

pub use branches::BranchView;
pub use history::{Action, BRANCHES_MAX, Step};
pub use record::Record;

pub use crate::api::release::Release;
// What a lesson's goals read of the cluster, which they see through the session alone.
pub use crate::cluster::authz;
pub use crate::cluster::settings::{Flags, Settings};
pub use crate::cluster::trace::Event;

use crate::api::client::Client;
use crate::api::time::Timestamp;
use crate::cluster::Cluster;
use crate::kubectl::host::Chunk;
use crate::shell::{Control, Foreground, Shell, Transcript};
use history::{History, Snapshot};
use std::rc::Rc;
use std::time::Duration;

/// What starting a program costs on the learner's machine, in virtual time.
const COMMAND_OVERHEAD: Duration = Duration::from_millis(60);

/// How often the cluster is asked to go on within one stretch of time.
const CALLS_MAX: usize = 200;
/// Time that goes by, goes by in such pieces after an action, however the wall clock cuts it: in a longer one the cluster leaves
/// out what nobody can see, and its revisions would tell a session from the same one opened again.
const PIECE: Duration = Duration::from_secs(30);

/// The longest entry that is accepted, in bytes; what a person types or pastes is far below it.
pub const ENTRY_LENGTH_BYTES_MAX: usize = 1024 * 1024;

/// Whether an entry is unfinished: an open quote, a heredoc without its end.
pub fn needs_more(entry: &str) -> bool {
    Shell::needs_more(entry)
}

/// A learner's session.
#[derive(Clone)]
pub struct Lab {
    settings: Settings,
    cluster: Cluster,
    shell: Shell,
    history: History,
    records: Vec<Rc<Record>>,
    cleared: usize,
    requests: Vec<Control>,
    /// Whether something happened that the foreground command has not been asked about yet.
    unheard: bool,
}

impl Lab {
    /// A fresh cluster, seconds old, and a terminal in front of it.
    pub fn new(settings: Settings) -> Self {
        let cluster = Cluster::new(settings.clone());
        let shell = Shell::of(settings.kubernetes, &crate::cluster::keys::kubeconfig());
        Lab {
            settings,
            cluster,
            shell,
            history: History::default(),
            records: Vec::new(),
            cleared: 0,
            requests: Vec::new(),
            unheard: false,
        }
    }

    /// A fresh session of the version of Kubernetes that is called `1.23`, `1.24`, `1.36` or `current`; `None` if there
    /// is no such one.
    pub fn of_version(name: &str) -> Option<Self> {
        Release::parse(name).map(|kubernetes| Lab::new(Settings::of(kubernetes)))
    }

    /// What the cluster was started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The cluster, to look at.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The terminal, to look at.
    pub fn shell(&self) -> &Shell {
        &self.shell
    }

    /// The terminal of a script: nothing stays in the foreground, watches end at once.
    pub fn set_interactive(&mut self, interactive: bool) {
        self.shell.set_interactive(interactive);
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.cluster.now()
    }

    /// Runs one entry of the terminal: a command, or several lines with their heredocs.
    ///
    /// `undo` and `redo` act on the history and leave no record, nor does an entry that is too long; what they have to
    /// say is in the record that is returned.
    pub fn run(&mut self, entry: &str) -> Rc<Record> {
        if entry.len() > ENTRY_LENGTH_BYTES_MAX {
            let text = format!(
                "bash: not simulated: an entry of {} bytes (the limit is {ENTRY_LENGTH_BYTES_MAX}); put it into a file instead\n",
                entry.len()
            );
            return self.refuse(entry, &text);
        }
        self.act(Action::Command(entry.to_owned()))
    }

    /// Puts a file into the learner's working folder, as the editor does when it saves.
    pub fn write_file(&mut self, path: &str, text: &str) -> Rc<Record> {
        self.act(Action::WriteFile { path: path.to_owned(), text: text.to_owned() })
    }

    /// Hands the edited text back to a waiting `kubectl edit`.
    pub fn finish_edit(&mut self, text: &str) -> Rc<Record> {
        self.act(Action::FinishEdit { text: text.to_owned() })
    }

    /// Ctrl-C: ends what is in the foreground.
    pub fn interrupt(&mut self) -> Rc<Record> {
        self.act(Action::Interrupt)
    }

    /// Moves the clock on; an action of its own, which undo takes back.
    pub fn advance(&mut self, duration: Duration) -> Rc<Record> {
        self.act(Action::Advance(duration))
    }

    /// Moves the clock on as time goes by: belongs to the last action, is undone with it.
    ///
    /// Before the first action, and while one looks at an earlier moment, the clock stands.
    pub fn tick(&mut self, duration: Duration) {
        let history = &self.history;
        if !history.is_at_tip() || history.position <= history.floor {
            return;
        }
        let already = history.done().last().map(|step| step.elapsed).unwrap_or_default();
        self.let_pass(already, duration);
        self.history.add_elapsed(duration);
    }

    /// Lets time pass after an action; `already` passed before. What is in the foreground is asked at whole seconds
    /// after the action, and only if something happened: so it does not matter in which pieces the time passes.
    fn let_pass(&mut self, already: Duration, duration: Duration) {
        let end = already + duration;
        let mut elapsed = already;
        while elapsed < end {
            let listens = self.shell.is_listening();
            let now = self.now();
            let mut until = end.min(piece_after(elapsed));
            if listens {
                let due = match self.cluster.next_due() {
                    _ if self.unheard => Duration::ZERO,
                    Some(at) => at.since(now),
                    None => duration,
                };
                let heard = whole_second_after(elapsed, due);
                until = heard.min(until);
                self.unheard |= now.after(until - elapsed) >= now.after(due);
            }
            let target = now.after(until - elapsed);
            // One call does only so much; what a page can wait for needs few.
            let _ = (0..CALLS_MAX).find(|_| self.cluster.run_until(target).complete);
            elapsed = until;
            if listens && self.unheard && elapsed.subsec_nanos() == 0 {
                self.unheard = false;
                let transcript = self.shell.poll(&mut self.cluster);
                self.append(transcript);
            }
        }
        self.append(Transcript::default());
    }

    /// What was done, oldest first.
    pub fn log(&self) -> impl Iterator<Item = &Step> {
        self.history.done().iter()
    }

    /// The entries the terminal shows: since the last `clear`.
    pub fn records(&self) -> &[Rc<Record>] {
        self.records.get(self.cleared..).unwrap_or_default()
    }

    /// Every entry, cleared ones included.
    pub fn all_records(&self) -> &[Rc<Record>] {
        &self.records
    }

    /// What the terminal asked the page to do since this was last called (open the editor, reset).
    pub fn take_requests(&mut self) -> Vec<Control> {
        std::mem::take(&mut self.requests)
    }

    /// What stays in the foreground, if anything does.
    pub fn foreground(&self) -> Option<Foreground> {
        self.shell.foreground()
    }

    /// Completes the word under the cursor without leaving a trace.
    pub fn complete(&self, line: &str, cursor: usize) -> crate::shell::Completions {
        let mut cluster = self.cluster.clone();
        self.shell.complete(&mut cluster, line, cursor)
    }

    /// Does something that is in a log, as [`Lab::run`] and its kin do.
    ///
    /// At an earlier moment, what was done next leads on along the same branch, and anything else begins a new one.
    pub fn act(&mut self, action: Action) -> Rc<Record> {
        if self.history.ahead().first().is_some_and(|next| *next.action == action)
            && self.redo()
            && let Some(record) = self.records.last()
        {
            return Rc::clone(record);
        }
        let before = self.snapshot();
        let (record, transcript) = self.perform(&action);
        if has_history_words(&transcript) {
            self.restore(&before);
            return self.follow_history_words(record, &transcript);
        }
        self.history.push(action, before);
        self.records.push(Rc::clone(&record));
        self.handle_controls(transcript);
        record
    }

    fn snapshot(&self) -> Rc<Snapshot> {
        Rc::new(Snapshot {
            cluster: self.cluster.clone(),
            shell: self.shell.clone(),
            records: self.records.clone(),
            cleared: self.cleared,
            unheard: self.unheard,
        })
    }

    fn restore(&mut self, snapshot: &Snapshot) {
        self.cluster = snapshot.cluster.clone();
        self.shell = snapshot.shell.clone();
        self.records.clone_from(&snapshot.records);
        self.cleared = snapshot.cleared;
        self.unheard = snapshot.unheard;
    }

    fn perform(&mut self, action: &Action) -> (Rc<Record>, Transcript) {
        let prompt = self.shell.prompt();
        let started = self.now();
        let trace_after = self.cluster.trace().last_sequence();
        self.unheard = false;
        let transcript = self.execute(action);
        let mut record = Record {
            number: self.records.len() + 1,
            prompt,
            entry: action.entry(),
            chunks: Vec::new(),
            exit: 0,
            started,
            finished: self.now(),
            trace_after,
            trace_until: self.cluster.trace().last_sequence(),
        };
        record.take(&transcript);
        (Rc::new(record), transcript)
    }

    fn execute(&mut self, action: &Action) -> Transcript {
        match action {
            Action::Command(entry) => {
                self.cluster.sleep(COMMAND_OVERHEAD);
                self.shell.run(&mut self.cluster, entry)
            }
            Action::WriteFile { path, text } => match self.shell.write_file(path, text.as_bytes()) {
                Ok(()) => Transcript::default(),
                Err(error) => {
                    let text = format!("{path}: {error}\n").into_bytes();
                    Transcript { chunks: vec![Chunk::Stderr(text)], exit: 1, ..Transcript::default() }
                }
            },
            Action::FinishEdit { text } => self.shell.resume_edit(&mut self.cluster, text),
            Action::Interrupt => self.shell.interrupt(),
            Action::Advance(duration) => {
                self.cluster.advance(*duration);
                self.shell.poll(&mut self.cluster)
            }
            Action::Flags(flags) => {
                self.cluster.restart(*flags);
                Transcript::default()
            }
        }
    }

    /// `undo` and `redo` typed as commands: the typing itself is not history, nor is what stood beside them.
    fn follow_history_words(&mut self, mut record: Rc<Record>, transcript: &Transcript) -> Rc<Record> {
        for control in &transcript.control {
            let (word, times, back) = match control {
                Control::Undo(times) => ("undo", *times, true),
                Control::Redo(times) => ("redo", *times, false),
                _ => continue,
            };
            let done = (0..times).take_while(|_| if back { self.undo() } else { self.redo() }).count();
            if done == 0 {
                let record = Rc::make_mut(&mut record);
                record.chunks.push(Chunk::Stderr(format!("{word}: there is nothing to {word}\n").into_bytes()));
                record.exit = 1;
            }
        }
        record
    }

    fn handle_controls(&mut self, transcript: Transcript) {
        for control in transcript.control {
            match control {
                Control::Clear => self.cleared = self.records.len(),
                other => self.requests.push(other),
            }
        }
    }

    fn append(&mut self, transcript: Transcript) {
        let finished = self.now();
        let trace_until = self.cluster.trace().last_sequence();
        if let Some(last) = self.records.last_mut() {
            let record = Rc::make_mut(last);
            if !transcript.chunks.is_empty() {
                record.take(&transcript);
                record.finished = finished;
            }
            record.trace_until = trace_until;
        }
        self.handle_controls(transcript);
    }

    fn refuse(&self, entry: &str, text: &str) -> Rc<Record> {
        let shown: String = entry.chars().take(200).collect();
        let now = self.now();
        let sequence = self.cluster.trace().last_sequence();
        Rc::new(Record {
            number: self.records.len() + 1,
            prompt: self.shell.prompt(),
            entry: Some(format!("{shown}…")),
            chunks: vec![Chunk::Stderr(text.as_bytes().to_vec())],
            exit: 1,
            started: now,
            finished: now,
            trace_after: sequence,
            trace_until: sequence,
        })
    }
}

fn has_history_words(transcript: &Transcript) -> bool {
    transcript.control.iter().any(|control| matches!(control, Control::Undo(_) | Control::Redo(_)))
}

/// The end of the piece that comes after `elapsed`.
fn piece_after(elapsed: Duration) -> Duration {
    let pieces = u32::try_from(elapsed.as_nanos() / PIECE.as_nanos()).unwrap_or(u32::MAX);
    PIECE.saturating_mul(pieces.saturating_add(1))
}

/// The first whole second later than `elapsed` and not before `elapsed + due`.
fn whole_second_after(elapsed: Duration, due: Duration) -> Duration {
    let next = elapsed.as_secs().saturating_add(1);
    let wanted = elapsed.saturating_add(due);
    let wanted = wanted.as_secs().saturating_add(u64::from(wanted.subsec_nanos() > 0));
    Duration::from_secs(next.max(wanted))
}
