//! Where a kubectl process runs, and what it leaves behind when it ends.

use crate::api::client::Client;
use crate::api::container::ContainerRef;
use crate::api::files::FileError;
use crate::api::release::Version;
use crate::api::request::{Origin, Watch};

/// The machine kubectl runs on: a learner's workstation, or a container.
pub trait Host {
    /// The connection to the cluster.
    fn client(&mut self) -> &mut dyn Client;

    /// The version of kubectl that is installed there.
    fn version(&self) -> Version {
        Version::default()
    }

    /// Whether its standard input is a terminal.
    fn has_terminal(&self) -> bool {
        true
    }

    /// Where its requests come from.
    fn origin(&self) -> Origin {
        Origin::Outside
    }

    /// The bytes of a file; relative paths start at the working folder.
    ///
    /// # Errors
    /// As the C library names them.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// Writes a file, making its folder where it is missing.
    ///
    /// # Errors
    /// As the C library names them.
    fn write_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError>;

    /// The names in a folder, if there is one (`-f FOLDER`).
    fn list_folder(&self, path: &str) -> Option<Vec<String>>;

    /// An environment variable (`KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST`).
    fn variable(&self, name: &str) -> Option<String>;

    /// Runs a command in a container whose exec the API server has just allowed.
    fn run_in_container(&mut self, container: &ContainerRef, command: &[String], stdin: &[u8]) -> Outcome;
}

/// What a command printed, how it ended, and what it wants to go on with.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was printed, in order.
    pub output: Vec<Chunk>,
    /// The exit code.
    pub exit: i32,
    /// Whether it stays in the foreground.
    pub then: Then,
}

/// Something printed on one of the two streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Standard output.
    Stdout(Vec<u8>),
    /// Standard error.
    Stderr(Vec<u8>),
}

/// How a command goes on after its first output. Data, not code: a session can be copied and undone at any time.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Then {
    /// It has ended.
    #[default]
    Done,
    /// It watches and prints until interrupted (`get -w`, `rollout status`, `logs -f`): poll with
    /// `kubectl::watch::poll`.
    Watch(Box<WatchJob>),
    /// It opened an interactive shell in a container.
    Interactive {
        /// The container.
        container: ContainerRef,
        /// What was asked to run, `["sh"]`.
        command: Vec<String>,
    },
    /// It wants a text edited; `kubectl::edit::resume` takes the result.
    Edit(Box<EditJob>),
}

/// A watching `kubectl get -w`: everything needed to print the next events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchJob {
    /// The open watch.
    pub watch: Watch,
    /// The arguments of the command, to print events the way it was asked to.
    pub arguments: Vec<String>,
    /// Widths of the columns printed so far.
    pub widths: Vec<usize>,
}

/// A waiting `kubectl edit`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditJob {
    /// The arguments of the command.
    pub arguments: Vec<String>,
    /// The temporary file's path in the host's files.
    pub path: String,
    /// The text the editor opens with.
    pub text: String,
    /// The objects as they were fetched, as JSON text.
    pub original: String,
}

impl Outcome {
    /// Ended well with this on standard output.
    pub fn out(text: impl Into<String>) -> Self {
        let mut outcome = Outcome::default();
        outcome.print(text);
        outcome
    }

    /// Ended badly with this on standard error.
    pub fn fail(exit: i32, text: impl Into<String>) -> Self {
        let mut outcome = Outcome { exit, ..Outcome::default() };
        outcome.warn(text);
        outcome
    }

    /// Adds to standard output.
    pub fn print(&mut self, text: impl Into<String>) {
        let text: String = text.into();
        if !text.is_empty() {
            self.output.push(Chunk::Stdout(text.into_bytes()));
        }
    }

    /// Adds to standard error.
    pub fn warn(&mut self, text: impl Into<String>) {
        let text: String = text.into();
        if !text.is_empty() {
            self.output.push(Chunk::Stderr(text.into_bytes()));
        }
    }

    /// Everything on standard output.
    pub fn stdout(&self) -> Vec<u8> {
        self.collect(|chunk| match chunk {
            Chunk::Stdout(bytes) => Some(bytes),
            Chunk::Stderr(_) => None,
        })
    }

    /// Everything on standard error.
    pub fn stderr(&self) -> Vec<u8> {
        self.collect(|chunk| match chunk {
            Chunk::Stderr(bytes) => Some(bytes),
            Chunk::Stdout(_) => None,
        })
    }

    fn collect(&self, pick: impl Fn(&Chunk) -> Option<&Vec<u8>>) -> Vec<u8> {
        self.output.iter().filter_map(pick).flatten().copied().collect()
    }
}
