//! What one entry at the prompt leaves behind: text on two streams, an exit code, and wishes only the page can grant.

use crate::kubectl::host::Chunk;

/// What running one entry printed and asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// What was printed, in order.
    pub chunks: Vec<Chunk>,
    /// The exit code (`$?`).
    pub exit: i32,
    /// What the lab or the page has to do, in order.
    pub control: Vec<Control>,
}

/// Something a command asks for that is not the shell's to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// `clear`: empty the screen.
    Clear,
    /// `undo N`: take back the last N entries.
    Undo(usize),
    /// `redo N`: do again N entries that were taken back.
    Redo(usize),
    /// `reset`: start over.
    Reset,
    /// `edit FILE`, `nano FILE`, `vi FILE`: open the file in the editor.
    OpenEditor {
        /// The file's absolute path on the workstation.
        path: String,
    },
    /// `exit` on the workstation, with its code: a script ends here, a page says that there is nothing to leave.
    Exit(i32),
}

impl Transcript {
    /// Everything on standard output.
    pub fn stdout(&self) -> String {
        self.collect(false)
    }

    /// Everything on standard error.
    pub fn stderr(&self) -> String {
        self.collect(true)
    }

    fn collect(&self, errors: bool) -> String {
        let mut bytes = Vec::new();
        for chunk in &self.chunks {
            match chunk {
                Chunk::Stdout(text) if !errors => bytes.extend_from_slice(text),
                Chunk::Stderr(text) if errors => bytes.extend_from_slice(text),
                _ => {}
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// What the terminal is busy with; no new command starts before it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreground {
    /// A command that prints as time passes (`kubectl get -w`, `curl …?watch=1`): poll, or interrupt.
    Watching {
        /// The entry as it was typed.
        command: String,
    },
    /// `sleep infinity`: only an interrupt ends it.
    Sleeping,
    /// `kubectl edit` waits for a text: [`crate::shell::Shell::resume_edit`].
    Editing {
        /// The temporary file's name.
        path: String,
        /// What the editor opens with.
        text: String,
    },
}

/// What could stand where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Where the word begins that a candidate replaces, in bytes of the line.
    pub start: usize,
    /// Where it ends (the cursor).
    pub end: usize,
    /// The candidates, sorted, quoted as the line needs them. One that ends in `/` goes on.
    pub candidates: Vec<String>,
    /// What all candidates begin with.
    pub common: String,
}
