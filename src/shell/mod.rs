//! The terminal: words, pipes, variables, files; one file a program.
//!
//! [`Shell`] is a learner's terminal: a workstation with a working folder, and on top of it the containers entered
//! with `kubectl exec -it`. It knows the cluster only as a [`Client`] and kubectl as a function.

pub mod transcript;

use crate::api::client::Client;
use crate::api::files::{Attributes, FileError, FileTree, absolute};
pub use transcript::{Completions, Control, Foreground, Transcript};

/// A learner's terminal. Copying it copies everything in it.
#[derive(Clone, Debug)]
pub struct Shell {
    files: FileTree,
}

impl Shell {
    /// A fresh terminal whose `~/.kube/config` holds `kubeconfig`.
    pub fn new(kubeconfig: &str) -> Self {
        let _ = kubeconfig;
        Shell { files: FileTree::default() }
    }

    /// Whether commands may stay in the foreground (a page) or must end (a script); true at first.
    pub fn set_interactive(&mut self, interactive: bool) {
        let _ = interactive;
    }

    /// Runs one complete entry: one or more lines with their heredocs.
    pub fn run(&mut self, client: &mut dyn Client, text: &str) -> Transcript {
        let _ = (client, text);
        Transcript::default()
    }

    /// Whether `text` goes on: an open quote, a heredoc, a trailing backslash or pipe, an open `if`.
    pub fn needs_more(text: &str) -> bool {
        let _ = text;
        false
    }

    /// What stands before the next entry: `lab@workstation:~$ `, `/ # `.
    pub fn prompt(&self) -> String {
        "lab@workstation:~$ ".to_owned()
    }

    /// What could stand at `cursor` (a byte offset) of `line`.
    pub fn complete(&self, client: &mut dyn Client, line: &str, cursor: usize) -> Completions {
        let _ = (client, line);
        Completions { start: cursor, end: cursor, ..Completions::default() }
    }

    /// What the foreground command has to say now that time has passed.
    pub fn poll(&mut self, client: &mut dyn Client) -> Transcript {
        let _ = client;
        Transcript::default()
    }

    /// Ctrl-C: ends the foreground command.
    pub fn interrupt(&mut self) -> Transcript {
        Transcript { exit: 130, ..Transcript::default() }
    }

    /// Hands a waiting `kubectl edit` the edited text.
    pub fn resume_edit(&mut self, client: &mut dyn Client, text: &str) -> Transcript {
        let _ = (client, text);
        Transcript::default()
    }

    /// What the terminal is busy with.
    pub fn foreground(&self) -> Option<Foreground> {
        None
    }

    /// The entries so far, oldest first.
    pub fn history(&self) -> &[String] {
        &[]
    }

    /// The working folder of the machine at the prompt.
    pub fn working_folder(&self) -> &str {
        "/home/lab"
    }

    /// The workstation's files.
    pub fn files(&self) -> &FileTree {
        &self.files
    }

    /// The bytes of a workstation file; relative paths start at `/home/lab`.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.files.read(&absolute("/home/lab", path)).map(<[u8]>::to_vec)
    }

    /// Writes a workstation file, making its folder where it is missing.
    ///
    /// # Errors
    /// As the C library names them; [`FileError::TooLarge`] past the stated limits.
    pub fn write_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        self.files.write(&absolute("/home/lab", path), contents, Attributes::default())
    }

    /// The names in a workstation folder; folders end in `/`.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self.files.list(&absolute("/home/lab", path))?.into_iter().map(str::to_owned).collect())
    }
}

/// Splits a script into its commands: a heredoc belongs to its command; comments and blank lines are none.
pub fn split_commands(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
