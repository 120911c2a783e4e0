//! One entry of the terminal and what came of it.

use crate::api::time::Timestamp;
use crate::kubectl::host::Chunk;
use crate::shell::Transcript;

/// An entry, its output, and the stretch of the trace that it caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts from 1.
    pub number: usize,
    /// The prompt it was typed at: `$ `, or a container's.
    pub prompt: String,
    /// What was typed; `None` for actions that are no typing (a file saved, the clock moved).
    pub entry: Option<String>,
    /// What was printed, in order.
    pub chunks: Vec<Chunk>,
    /// The exit code of the last command.
    pub exit: i32,
    /// When it began.
    pub started: Timestamp,
    /// When its last output came.
    pub finished: Timestamp,
    /// The trace entries that followed are those after this sequence number …
    pub trace_after: u64,
    /// … up to this one.
    pub trace_until: u64,
}

impl Record {
    /// Adds what a command printed.
    pub(super) fn take(&mut self, transcript: &Transcript) {
        self.chunks.extend(transcript.chunks.iter().cloned());
        self.exit = transcript.exit;
    }

    /// Standard output as text.
    pub fn stdout(&self) -> String {
        self.text(|chunk| match chunk {
            Chunk::Stdout(bytes) => Some(bytes),
            Chunk::Stderr(_) => None,
        })
    }

    /// Standard error as text.
    pub fn stderr(&self) -> String {
        self.text(|chunk| match chunk {
            Chunk::Stderr(bytes) => Some(bytes),
            Chunk::Stdout(_) => None,
        })
    }

    /// Both, in the order they came.
    pub fn output(&self) -> String {
        self.text(|chunk| match chunk {
            Chunk::Stdout(bytes) | Chunk::Stderr(bytes) => Some(bytes),
        })
    }

    fn text(&self, pick: impl Fn(&Chunk) -> Option<&Vec<u8>>) -> String {
        let bytes: Vec<u8> = self.chunks.iter().filter_map(pick).flatten().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
