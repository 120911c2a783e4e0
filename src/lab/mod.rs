//! One learner's session: a cluster, a terminal in front of it, and everything that was done, undoable.
//!
//! A session is a function of its [`Settings`] and its log: replaying the log gives the same bytes. Looking at a
//! session (the X-ray, a lesson's goals) never changes it.

pub mod diff;
mod history;
mod record;
pub mod script;
pub mod seek;
pub mod story;
pub mod tokens;
pub mod uses;

pub use history::{Action, Step};
pub use record::Record;

// What a lesson's goals read of the cluster, which they see through the session alone.
pub use crate::cluster::authz;
pub use crate::cluster::settings::{Flags, Settings};
pub use crate::cluster::trace::Event;

use crate::api::client::Client;
use crate::api::time::Timestamp;
use crate::cluster::Cluster;
use crate::kubectl::host::Chunk;
use crate::shell::{Control, Foreground, Shell, Transcript};
use history::History;
use std::rc::Rc;
use std::time::Duration;

/// What starting a program costs on the learner's machine, in virtual time.
const COMMAND_OVERHEAD: Duration = Duration::from_millis(60);

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
}

impl Lab {
    /// A fresh cluster, seconds old, and a terminal in front of it.
    pub fn new(settings: Settings) -> Self {
        let cluster = Cluster::new(settings.clone());
        let shell = Shell::new(&crate::cluster::keys::kubeconfig());
        Lab {
            settings,
            cluster,
            shell,
            history: History::default(),
            records: Vec::new(),
            cleared: 0,
            requests: Vec::new(),
        }
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
    /// `undo` and `redo` act on the history and leave no record; everything else does.
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
    pub fn tick(&mut self, duration: Duration) {
        self.cluster.advance(duration);
        let transcript = self.shell.poll(&mut self.cluster);
        self.append(transcript);
        self.history.add_elapsed(duration);
    }

    /// Takes the last action back. `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let Some(snapshot) = self.history.undo() else {
            return false;
        };
        self.restore(snapshot);
        true
    }

    /// Does again what was undone last. `false` if there is nothing.
    pub fn redo(&mut self) -> bool {
        let Some((action, elapsed)) = self.history.take_redo() else {
            return false;
        };
        self.perform(action);
        if !elapsed.is_zero() {
            self.tick(elapsed);
        }
        true
    }

    /// Whether [`Lab::undo`] would do something.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether [`Lab::redo`] would do something.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// What was done, oldest first.
    pub fn log(&self) -> impl Iterator<Item = &Step> {
        self.history.steps()
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

    /// Plays a log on a fresh session with these settings.
    pub fn replay(settings: Settings, log: impl IntoIterator<Item = (Action, Duration)>) -> Self {
        let mut lab = Lab::new(settings);
        for (action, elapsed) in log {
            lab.act(action);
            if !elapsed.is_zero() {
                lab.tick(elapsed);
            }
        }
        lab
    }

    /// Does something that is in a log, as [`Lab::run`] and its kin do.
    pub fn act(&mut self, action: Action) -> Rc<Record> {
        self.history.forget_redo();
        self.perform(action)
    }

    fn perform(&mut self, action: Action) -> Rc<Record> {
        let before = history::Snapshot {
            cluster: self.cluster.clone(),
            shell: self.shell.clone(),
            records: self.records.len(),
            last_record: self.records.last().cloned(),
            cleared: self.cleared,
        };
        let prompt = self.shell.prompt();
        let started = self.now();
        let trace_after = self.cluster.trace().last_sequence();
        let transcript = self.execute(&action);
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
        let record = Rc::new(record);
        if self.handle_history_words(&transcript) {
            return record;
        }
        self.history.push(action, before);
        self.records.push(Rc::clone(&record));
        self.handle_controls(transcript);
        record
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

    /// `undo` and `redo` typed as commands: the typing itself is not history.
    fn handle_history_words(&mut self, transcript: &Transcript) -> bool {
        let mut handled = false;
        for control in &transcript.control {
            match control {
                Control::Undo(times) => {
                    handled = true;
                    (0..*times).for_each(|_| {
                        self.undo();
                    });
                }
                Control::Redo(times) => {
                    handled = true;
                    (0..*times).for_each(|_| {
                        self.redo();
                    });
                }
                _ => {}
            }
        }
        handled
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

    fn restore(&mut self, snapshot: history::Snapshot) {
        self.cluster = snapshot.cluster;
        self.shell = snapshot.shell;
        self.records.truncate(snapshot.records);
        if let (Some(slot), Some(record)) = (self.records.last_mut(), snapshot.last_record) {
            *slot = record;
        }
        self.cleared = snapshot.cleared.min(self.records.len());
    }

    fn refuse(&mut self, entry: &str, text: &str) -> Rc<Record> {
        let shown: String = entry.chars().take(200).collect();
        let now = self.now();
        let sequence = self.cluster.trace().last_sequence();
        let record = Rc::new(Record {
            number: self.records.len() + 1,
            prompt: self.shell.prompt(),
            entry: Some(format!("{shown}…")),
            chunks: vec![Chunk::Stderr(text.as_bytes().to_vec())],
            exit: 1,
            started: now,
            finished: now,
            trace_after: sequence,
            trace_until: sequence,
        });
        self.records.push(Rc::clone(&record));
        record
    }
}
