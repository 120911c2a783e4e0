//! The process that walks a command's tree: its streams, its limits, its files.

use crate::api::client::Client;
use crate::kubectl::host::Chunk;
use crate::shell::State;
use crate::shell::foreground::Job;
use crate::shell::machine::{Dialect, Frame};
use crate::shell::transcript::Control;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Commands and loop rounds that one entry may run; kubectl, curl and sleep count [`REQUEST_STEPS`].
pub const STEPS_MAX: usize = 100_000;
/// What a command that asks the cluster costs of [`STEPS_MAX`].
pub const REQUEST_STEPS: usize = 50;
/// Bytes that one entry may print, and that a pipe or a substitution may hold.
pub const OUTPUT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How deep functions, substitutions and shells may call each other.
pub const CALL_DEPTH_MAX: usize = 40;

/// Why commands stop before the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `break N`
    Break(usize),
    /// `continue N`
    Continue(usize),
    /// `return N`
    Return(i32),
    /// `exit N`
    Exit(i32),
    /// An error that ends the entry, already printed.
    Abort(i32),
    /// A command stays in the foreground: see the state's job.
    Suspend,
}

/// What running something comes to: an exit code, or a jump.
pub type Step = Result<i32, Flow>;

/// Where a stream goes.
#[derive(Clone, Debug)]
pub enum Sink {
    /// The terminal's standard output.
    Stdout,
    /// The terminal's standard error.
    Stderr,
    /// A pipe or a substitution.
    Buffer(Vec<u8>),
    /// A file, written when the command ends.
    File {
        /// Its absolute path.
        path: String,
        /// What it will hold.
        bytes: Vec<u8>,
    },
    /// `/dev/null`
    Null,
}

/// Which sinks descriptors 1 and 2 write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Standard output.
    pub out: usize,
    /// Standard error.
    pub err: usize,
}

/// What stands on standard input.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Everything.
    pub bytes: Rc<[u8]>,
    /// How much of it was read.
    pub position: usize,
    /// Nothing was redirected: a real program would wait for keys.
    pub terminal: bool,
}

impl Input {
    /// These bytes, unread.
    pub fn new(bytes: impl Into<Rc<[u8]>>) -> Self {
        Input { bytes: bytes.into(), position: 0, terminal: false }
    }
}

/// One entry being run.
pub struct Runner<'a> {
    /// The terminal.
    pub state: &'a mut State,
    /// The connection to the cluster.
    pub client: &'a mut dyn Client,
    /// What the terminal showed so far.
    pub chunks: Vec<Chunk>,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) streams: Streams,
    pub(crate) stdin: Input,
    /// Wishes to the page.
    pub control: Vec<Control>,
    /// `<(…)` by path.
    pub(crate) descriptors: BTreeMap<String, Rc<[u8]>>,
    /// In how many pipes, substitutions and subshells the running command stands.
    pub(crate) nested: usize,
    /// In how many conditions (`if`, `&&`, `!`): `set -e` looks away there.
    pub(crate) condition: usize,
    pub(crate) steps: usize,
    pub(crate) printed: usize,
    /// The exit code of the last substitution, for `x=$(…)`.
    pub(crate) substituted: Option<i32>,
    /// How many of an element's `&&` and `||` parts were behind it when a command stayed in the foreground.
    pub(crate) suspended_at: usize,
}

impl<'a> Runner<'a> {
    /// Ready to run one entry.
    pub fn new(state: &'a mut State, client: &'a mut dyn Client) -> Self {
        let terminal = state.interactive;
        Runner {
            state,
            client,
            chunks: Vec::new(),
            sinks: vec![Sink::Stdout, Sink::Stderr],
            streams: Streams { out: 0, err: 1 },
            stdin: Input { terminal, ..Input::default() },
            control: Vec::new(),
            descriptors: BTreeMap::new(),
            nested: 0,
            condition: 0,
            steps: 0,
            printed: 0,
            substituted: None,
            suspended_at: 0,
        }
    }

    /// The shell that runs.
    pub fn frame(&self) -> &Frame {
        self.state.frame()
    }

    /// The shell that runs.
    pub fn frame_mut(&mut self) -> &mut Frame {
        self.state.frame_mut()
    }

    /// Whether programs are BusyBox'.
    pub fn busybox(&self) -> bool {
        self.frame().userland == crate::shell::machine::Userland::Busybox
    }

    /// Whether a command may stay in the foreground here.
    pub fn may_stay(&self) -> bool {
        self.state.interactive && self.nested == 0 && matches!(self.sinks.get(self.streams.out), Some(Sink::Stdout))
    }

    /// Leaves a job in the foreground.
    pub fn stay(&mut self, job: Job) -> Step {
        self.state.job = Some(job);
        Err(Flow::Suspend)
    }

    /// Prints on standard output.
    pub fn out(&mut self, bytes: impl AsRef<[u8]>) {
        self.write_sink(self.streams.out, bytes.as_ref());
    }

    /// Prints on standard error.
    pub fn err(&mut self, bytes: impl AsRef<[u8]>) {
        self.write_sink(self.streams.err, bytes.as_ref());
    }

    /// Says on standard error what is not there, and what is.
    pub fn not_simulated(&mut self, what: &str) {
        self.err(format!("not simulated: {what}\n"));
    }

    /// Whether the entry has printed as much as it may; long loops ask.
    pub fn full(&self) -> bool {
        self.printed > OUTPUT_BYTES_MAX
    }

    fn write_sink(&mut self, index: usize, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.printed = self.printed.saturating_add(bytes.len());
        if self.full() {
            return;
        }
        match self.sinks.get_mut(index) {
            Some(Sink::Buffer(buffer) | Sink::File { bytes: buffer, .. }) => buffer.extend_from_slice(bytes),
            Some(Sink::Stdout) => match self.chunks.last_mut() {
                Some(Chunk::Stdout(last)) => last.extend_from_slice(bytes),
                _ => self.chunks.push(Chunk::Stdout(bytes.to_vec())),
            },
            Some(Sink::Stderr) => match self.chunks.last_mut() {
                Some(Chunk::Stderr(last)) => last.extend_from_slice(bytes),
                _ => self.chunks.push(Chunk::Stderr(bytes.to_vec())),
            },
            Some(Sink::Null) | None => {}
        }
    }

    /// Prints chunks on the streams they belong to.
    pub fn replay(&mut self, chunks: Vec<Chunk>) {
        for chunk in chunks {
            match chunk {
                Chunk::Stdout(bytes) => self.out(bytes),
                Chunk::Stderr(bytes) => self.err(bytes),
            }
        }
    }

    /// Everything left on standard input.
    pub fn read_stdin(&mut self) -> Rc<[u8]> {
        let position = std::mem::replace(&mut self.stdin.position, self.stdin.bytes.len());
        if position == 0 { Rc::clone(&self.stdin.bytes) } else { Rc::from(&self.stdin.bytes[position..]) }
    }

    /// The next line of standard input without its newline, and whether it had one.
    pub fn read_line(&mut self) -> Option<(Vec<u8>, bool)> {
        let rest = self.stdin.bytes.get(self.stdin.position..).unwrap_or_default();
        if rest.is_empty() {
            return None;
        }
        let length = rest.iter().position(|byte| *byte == b'\n');
        let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default().to_vec();
        self.stdin.position += line.len() + usize::from(length.is_some());
        Some((line, length.is_some()))
    }

    /// Runs `work` with standard output caught; gives what it printed.
    pub fn capture(&mut self, work: impl FnOnce(&mut Self) -> Step) -> (Vec<u8>, Step) {
        let index = self.sinks.len();
        self.sinks.push(Sink::Buffer(Vec::new()));
        let streams = self.streams;
        self.streams.out = index;
        self.nested += 1;
        let step = work(self);
        self.nested -= 1;
        self.streams = streams;
        let bytes = match self.sinks.get_mut(index) {
            Some(Sink::Buffer(bytes)) => std::mem::take(bytes),
            _ => Vec::new(),
        };
        self.sinks.truncate(index);
        (bytes, step)
    }

    /// Counts work, and ends an entry that goes on for too long.
    pub fn spend(&mut self, steps: usize) -> Result<(), Flow> {
        self.steps = self.steps.saturating_add(steps);
        let limit = if self.steps > STEPS_MAX {
            format!("more than {STEPS_MAX} steps in one entry (kubectl, curl and sleep count as {REQUEST_STEPS})")
        } else if self.full() {
            format!("more than {} MiB of output in one entry", OUTPUT_BYTES_MAX / 1024 / 1024)
        } else {
            return Ok(());
        };
        // The message must get through whatever was printed and wherever errors go.
        self.printed = 0;
        let message = format!("not simulated: {limit}; stopped here, everything done so far is kept\n");
        self.chunks.push(Chunk::Stderr(message.into_bytes()));
        self.steps = 0;
        Err(Flow::Abort(130))
    }

    /// Says something in the shell's own name and words: `bash: …`, `sh: 1: …`, `sh: …`.
    pub fn complain(&mut self, message: &str) {
        let frame = self.frame();
        let name = frame.name.rsplit('/').next().unwrap_or("sh").to_owned();
        let text = match frame.dialect {
            Dialect::Dash => format!("{name}: 1: {message}\n"),
            Dialect::Bash if !frame.interactive => format!("{name}: line 1: {message}\n"),
            Dialect::Ash if !frame.interactive => format!("{name}: line 0: {message}\n"),
            Dialect::Bash | Dialect::Ash => format!("{name}: {message}\n"),
        };
        self.err(text);
    }

    /// Runs `work` in a copy of the running shell: what it sets is forgotten.
    pub fn subshell(&mut self, work: impl FnOnce(&mut Self) -> Step) -> Step {
        let mut copy = self.frame().clone();
        copy.depth += 1;
        self.enter(copy, work)
    }

    /// Runs `work` in another shell on top of this one.
    pub fn enter(&mut self, mut frame: Frame, work: impl FnOnce(&mut Self) -> Step) -> Step {
        frame.depth = frame.depth.max(self.frame().depth + 1);
        if frame.depth > CALL_DEPTH_MAX {
            self.not_simulated(&format!("calls nested deeper than {CALL_DEPTH_MAX}"));
            return Err(Flow::Abort(1));
        }
        self.state.frames.push(frame);
        self.nested += 1;
        let step = work(self);
        self.nested -= 1;
        if self.state.frames.len() > 1 {
            self.state.frames.pop();
        }
        match step {
            Err(Flow::Exit(code) | Flow::Return(code)) => Ok(code),
            Err(Flow::Break(_) | Flow::Continue(_)) => Ok(0),
            other => other,
        }
    }
}
