//! The terminal: words, pipes, variables, files; one file a program.
//!
//! [`Shell`] is a learner's terminal: a workstation with a working folder, and on top of it the containers entered
//! with `kubectl exec -it`. It knows the cluster only as a [`Client`] and kubectl as a function. Text is read by
//! [`parser`], walked by [`runner::Runner`], and everything that waits is data in [`State`].

pub mod arithmetic;
pub mod braces;
pub mod builtins;
pub mod complete;
pub mod conditions;
pub mod container;
pub mod escapes;
pub mod execute;
pub mod expand;
pub mod filesystem;
pub mod foreground;
pub mod host;
pub mod machine;
pub mod parameter;
pub mod parser;
pub mod pattern;
pub mod programs;
pub mod quoting;
pub mod redirect;
pub mod regex;
pub mod runner;
pub mod split;
pub mod syntax;
#[cfg(test)]
mod tests;
pub mod transcript;
pub mod words;
pub mod workstation;

use crate::api::client::Client;
use crate::api::container::ContainerRef;
use crate::api::files::{Attributes, Entry, FileError, FileTree, absolute};
use crate::api::release::Version;
use crate::kubectl::host::{Chunk, Outcome};
use foreground::{Continuation, Job};
use machine::{Frame, HOME, USER_ID};
use parser::Parser;
use runner::{Flow, Runner, Step};
pub use split::{needs_more, split_commands};
use std::rc::Rc;
pub use transcript::{Completions, Control, Foreground, Transcript};

/// The longest entry, in bytes.
pub const ENTRY_BYTES_MAX: usize = 1024 * 1024;
/// How many entries the history keeps.
const HISTORY_MAX: usize = 1000;

/// Everything a terminal remembers. Copying it is cheap: files are shared until they change.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) files: FileTree,
    pub(crate) dated: bool,
    pub(crate) frames: Vec<Frame>,
    pub(crate) history: Vec<Rc<str>>,
    pub(crate) job: Option<Job>,
    pub(crate) job_entry: String,
    pub(crate) continuation: Continuation,
    pub(crate) interactive: bool,
    pub(crate) version: Version,
}

impl State {
    /// The shell that runs.
    pub fn frame(&self) -> &Frame {
        // There is always the workstation's; `enter` and `leave` never pop the last one.
        self.frames.last().unwrap_or_else(|| unreachable!("a terminal without a shell"))
    }

    /// The shell that runs.
    pub fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or_else(|| unreachable!("a terminal without a shell"))
    }
}

/// A learner's terminal. Copying it copies everything in it.
#[derive(Clone, Debug)]
pub struct Shell {
    state: State,
}

impl Shell {
    /// A fresh terminal whose `~/.kube/config` holds `kubeconfig`.
    pub fn new(kubeconfig: &str) -> Self {
        Shell::of(Version::default(), kubeconfig)
    }

    /// A fresh terminal with the kubectl of another version.
    pub fn of(version: Version, kubeconfig: &str) -> Self {
        Shell {
            state: State {
                files: workstation::disk(kubeconfig),
                dated: false,
                frames: vec![Frame::workstation()],
                history: Vec::new(),
                job: None,
                job_entry: String::new(),
                continuation: Continuation::default(),
                interactive: true,
                version,
            },
        }
    }

    /// Runs one command in a container whose exec the API server has allowed, as the container's runtime would.
    pub fn run_in_container(
        client: &mut dyn Client,
        container: &ContainerRef,
        command: &[String],
        stdin: &[u8],
    ) -> Outcome {
        let mut shell = Shell::new("");
        shell.state.interactive = false;
        container::run(&mut Runner::new(&mut shell.state, client), container, command, stdin)
    }

    /// A terminal at the prompt of a shell in a container; `None` where `command` starts no such shell there.
    pub fn in_container(client: &dyn Client, container: &ContainerRef, command: &[String]) -> Option<Self> {
        let container = client.container(container)?;
        let name = command.first().filter(|_| crate::kubectl::exec::is_shell(command))?;
        let dialect = machine::dialect_of(name, machine::userland_of(&container.image))?;
        let mut shell = Shell::new("");
        let frame = Frame { interactive: true, ..Frame::container(&container, name, dialect) };
        shell.state.frames.push(frame);
        Some(shell)
    }

    /// Whether the shell that was entered last has ended: the prompt is the workstation's.
    pub fn is_at_workstation(&self) -> bool {
        self.state.frames.len() <= 1
    }

    /// Whether commands may stay in the foreground (a page) or must end (a script); true at first.
    pub fn set_interactive(&mut self, interactive: bool) {
        self.state.interactive = interactive;
    }

    /// Runs one complete entry: one or more lines with their heredocs.
    pub fn run(&mut self, client: &mut dyn Client, text: &str) -> Transcript {
        if !self.state.dated {
            self.state.dated = true;
            let mut root = self.state.files.root().clone();
            workstation::date(&mut root, client.now());
            self.state.files = FileTree::new(root);
        }
        self.state.job = None;
        self.state.continuation = Continuation::default();
        if let Some(gone) = self.leave_gone(client) {
            return gone;
        }
        if text.len() > ENTRY_BYTES_MAX {
            let text = format!("not simulated: an entry of more than {} bytes; nothing was run\n", ENTRY_BYTES_MAX);
            return Transcript { chunks: vec![Chunk::Stderr(text.into_bytes())], exit: 1, control: Vec::new() };
        }
        // A terminal passes no NULs on.
        let text = text.replace('\0', "");
        self.remember(&text);
        text.trim_end().clone_into(&mut self.state.job_entry);
        self.with_runner(client, |runner| run_lines(runner, &text))
    }

    fn remember(&mut self, text: &str) {
        let entry = text.trim_end_matches('\n');
        if entry.trim().is_empty() || self.state.history.last().is_some_and(|last| **last == *entry) {
            return;
        }
        self.state.history.push(entry.into());
        if self.state.history.len() > HISTORY_MAX {
            self.state.history.remove(0);
        }
    }

    fn with_runner(&mut self, client: &mut dyn Client, work: impl FnOnce(&mut Runner<'_>) -> Step) -> Transcript {
        let floor = self.state.frames.len();
        let mut runner = Runner::new(&mut self.state, client);
        let step = work(&mut runner);
        let exit = match step {
            Ok(exit) => exit,
            Err(Flow::Exit(code)) => runner.leave(floor, code),
            Err(flow) => {
                let exit = foreground::exit_of(&flow);
                runner.state.frame_mut().exit = exit;
                exit
            }
        };
        let Runner { chunks, control, .. } = runner;
        Transcript { chunks, exit, control }
    }

    /// Leaves the shells of containers that no longer run.
    fn leave_gone(&mut self, client: &mut dyn Client) -> Option<Transcript> {
        let mut gone = false;
        while self.state.frames.len() > 1 && !foreground::alive(self.state.frame(), &*client) {
            self.state.frames.pop();
            gone = true;
        }
        if !gone {
            return None;
        }
        self.state.frame_mut().exit = 137;
        let text = "command terminated with exit code 137\n".to_owned();
        Some(Transcript { chunks: vec![Chunk::Stderr(text.into_bytes())], exit: 137, control: Vec::new() })
    }

    /// Whether `text` goes on: an open quote, a heredoc, a trailing backslash or pipe, an open `if`.
    pub fn needs_more(text: &str) -> bool {
        needs_more(text)
    }

    /// What stands before the next entry: `lab@workstation:~$ `, `/ # `.
    pub fn prompt(&self) -> String {
        self.state.frame().prompt()
    }

    /// What could stand at `cursor` (a byte offset) of `line`.
    pub fn complete(&self, client: &mut dyn Client, line: &str, cursor: usize) -> Completions {
        let mut copy = self.state.clone();
        let mut runner = Runner::new(&mut copy, client);
        complete::complete(&mut runner, line, cursor)
    }

    /// What the foreground command has to say now that time has passed; also notices that the container of the
    /// shell at the prompt is gone.
    pub fn poll(&mut self, client: &mut dyn Client) -> Transcript {
        let Some(job) = self.state.job.take() else {
            return self.leave_gone(client).unwrap_or_default();
        };
        self.resume(client, |runner| runner.poll_job(job))
    }

    /// Whether [`Shell::poll`] could have anything to say.
    pub fn is_listening(&self) -> bool {
        self.state.job.is_some() || self.state.frames.len() > 1
    }

    /// Ctrl-C: ends the foreground command.
    pub fn interrupt(&mut self) -> Transcript {
        self.state.continuation = Continuation::default();
        if self.state.job.take().is_none() {
            return Transcript::default();
        }
        self.state.frame_mut().exit = 130;
        Transcript { chunks: vec![Chunk::Stderr(b"^C\n".to_vec())], exit: 130, control: Vec::new() }
    }

    /// Hands a waiting `kubectl edit` the edited text.
    pub fn resume_edit(&mut self, client: &mut dyn Client, text: &str) -> Transcript {
        match self.state.job.take() {
            Some(Job::Edit(job)) => self.resume(client, |runner| {
                let outcome = foreground::resume_edit(runner, &job, text);
                runner.outcome(outcome)
            }),
            other => {
                self.state.job = other;
                Transcript::default()
            }
        }
    }

    /// Runs a step of the foreground command, and what stands behind it once it has ended.
    fn resume(&mut self, client: &mut dyn Client, step: impl FnOnce(&mut Runner<'_>) -> Step) -> Transcript {
        let rest = std::mem::take(&mut self.state.continuation);
        self.with_runner(client, |runner| {
            let exit = match step(runner) {
                Err(Flow::Suspend) => {
                    runner.state.continuation = rest;
                    return Err(Flow::Suspend);
                }
                other => other?,
            };
            runner.state.frame_mut().exit = exit;
            go_on(runner, exit, rest)
        })
    }

    /// What the terminal is busy with.
    pub fn foreground(&self) -> Option<Foreground> {
        Some(match self.state.job.as_ref()? {
            Job::Kubectl(_) | Job::Curl(_) => Foreground::Watching { command: self.state.job_entry.clone() },
            Job::Sleep => Foreground::Sleeping,
            Job::Edit(job) => Foreground::Editing { path: job.path.clone(), text: job.text.clone() },
        })
    }

    /// The entries so far, oldest first.
    pub fn history(&self) -> &[Rc<str>] {
        &self.state.history
    }

    /// The working folder of the machine at the prompt.
    pub fn working_folder(&self) -> &str {
        &self.state.frame().folder
    }

    /// The workstation's files.
    pub fn files(&self) -> &FileTree {
        &self.state.files
    }

    /// The bytes of a workstation file; relative paths start at `/home/lab`.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.state.files.read(&absolute(HOME, path)).map(<[u8]>::to_vec)
    }

    /// Writes a workstation file, making its folder where it is missing. A new file is dated by the next entry.
    ///
    /// # Errors
    /// As the C library names them; [`FileError::TooLarge`] past the stated limits.
    pub fn write_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        let path = absolute(HOME, path);
        let attributes = Attributes { mode: 0o644, user: USER_ID, group: USER_ID, ..Attributes::default() };
        let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        self.state.make_folders(folder, Attributes { mode: 0o755, ..attributes })?;
        self.state.dated = false;
        self.state.write_workstation(&path, contents, attributes)
    }

    /// The names in a workstation folder; folders end in `/`.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        let folder = absolute(HOME, path);
        let names = self.state.files.list(&folder)?;
        let named = |name: &str| match self.state.files.follow(&format!("{folder}/{name}")) {
            Ok(Entry::Directory(..)) => format!("{name}/"),
            _ => name.to_owned(),
        };
        Ok(names.into_iter().map(named).collect())
    }
}

/// Runs the lines of an entry; when a command stays in the foreground the rest is kept for later.
fn run_lines(runner: &mut Runner<'_>, text: &str) -> Step {
    let mut parser = Parser::new(text);
    let mut exit = runner.frame().exit;
    loop {
        let line = parser.next_line();
        if let Some(delimiter) = parser.open_heredoc.take() {
            let message = format!("warning: here-document at line 1 delimited by end-of-file (wanted `{delimiter}')");
            runner.complain(&message);
        }
        match line {
            Ok(None) => return Ok(exit),
            Ok(Some(items)) => {
                let rest = || parser.slice(parser.position(), text.len());
                exit = run_items(runner, items, rest)?;
            }
            Err(error) => {
                runner.syntax_error(&error);
                runner.frame_mut().exit = 2;
                return Ok(2);
            }
        }
    }
}

fn run_items(runner: &mut Runner<'_>, items: Vec<syntax::Item>, rest: impl Fn() -> String) -> Step {
    let mut exit = 0;
    let mut items = items.into_iter();
    while let Some(item) = items.next() {
        // A background command is refused as a whole; the first pipeline decides otherwise.
        if item.background {
            exit = runner.item(&item)?;
            continue;
        }
        runner.suspended_at = 0;
        let step = runner.first_of(&item).and_then(|first| runner.connected(first, &item.rest));
        match step {
            Err(Flow::Suspend) => {
                let connected = item.rest.into_iter().skip(runner.suspended_at).collect();
                runner.state.continuation = Continuation { connected, items: items.collect(), text: rest() };
                return Err(Flow::Suspend);
            }
            other => exit = other?,
        }
    }
    Ok(exit)
}

/// Runs what stood behind a command that has left the foreground.
fn go_on(runner: &mut Runner<'_>, exit: i32, rest: Continuation) -> Step {
    let exit = runner.connected(exit, &rest.connected)?;
    let text = rest.text;
    let exit = match rest.items.is_empty() {
        true => exit,
        false => run_items(runner, rest.items, || text.clone())?,
    };
    if text.trim().is_empty() { Ok(exit) } else { run_lines(runner, &text) }
}

impl Runner<'_> {
    /// `exit` at the prompt: leaves a container's shell, or asks the page what to do on the workstation.
    fn leave(&mut self, floor: usize, code: i32) -> i32 {
        self.state.frames.truncate(floor);
        if self.state.frames.len() <= 1 {
            self.control.push(Control::Exit(code));
            self.state.frame_mut().exit = code;
            return code;
        }
        let left = self.state.frames.pop();
        let entered = left.is_some_and(|frame| frame.container != self.state.frame().container);
        if entered && code != 0 {
            self.err(format!("command terminated with exit code {code}\n"));
        }
        self.state.frame_mut().exit = code;
        code
    }
}
