//! Redirections: files, descriptors, here-documents.

use crate::api::files::FileError;
use crate::shell::machine::Dialect;
use crate::shell::runner::{Flow, Input, Runner, Sink, Step};
use crate::shell::syntax::{Redirect, RedirectKind};

impl Runner<'_> {
    /// Runs `work` with its streams redirected; a redirection that fails is told and exits 1.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn redirected(&mut self, redirects: &[Redirect], work: impl FnOnce(&mut Self) -> Step) -> Step {
        if redirects.is_empty() {
            return work(self);
        }
        let streams = self.streams;
        let stdin = self.stdin.clone();
        let opened = self.sinks.len();
        let mut moved_stdin = false;
        let mut step = Ok(1);
        let mut ready = true;
        for redirect in redirects {
            moved_stdin |= matches!(
                redirect.kind,
                RedirectKind::Input
                    | RedirectKind::HereDocument
                    | RedirectKind::HereString
                    | RedirectKind::DuplicateInput
            );
            match self.redirect(redirect) {
                Ok(true) => {}
                Ok(false) => ready = false,
                Err(flow) => {
                    ready = false;
                    step = Err(flow);
                }
            }
            if !ready {
                break;
            }
        }
        if ready {
            step = work(self);
        }
        self.streams = streams;
        if moved_stdin {
            self.stdin = stdin;
        }
        if !self.flush(opened) && step == Ok(0) {
            step = Ok(1);
        }
        step
    }

    /// Writes the files of the sinks from `opened` on and closes them.
    fn flush(&mut self, opened: usize) -> bool {
        let sinks = self.sinks.split_off(opened.min(self.sinks.len()));
        let mut good = true;
        for sink in sinks {
            let Sink::File { path, bytes } = sink else { continue };
            self.printed = self.printed.saturating_sub(bytes.len());
            if let Err(error) = self.write(&path, &bytes) {
                self.cannot("create", &path, error);
                good = false;
            }
        }
        good
    }

    fn redirect(&mut self, redirect: &Redirect) -> Result<bool, Flow> {
        let target = self.expand_text(&redirect.target)?;
        let descriptor = redirect.descriptor;
        match redirect.kind {
            RedirectKind::HereDocument => self.stdin = Input::new(target.into_bytes()),
            RedirectKind::HereString => self.stdin = Input::new(format!("{target}\n").into_bytes()),
            RedirectKind::Input => match self.read(&target) {
                Ok(bytes) => self.stdin = Input { bytes, position: 0, terminal: false },
                Err(error) => {
                    self.cannot("open", &target, error);
                    return Ok(false);
                }
            },
            RedirectKind::DuplicateInput => {
                if target == "-" {
                    self.stdin = Input::default();
                } else if target != "0" {
                    self.complain(&format!("{target}: Bad file descriptor"));
                    return Ok(false);
                }
            }
            RedirectKind::Duplicate => return Ok(self.duplicate(descriptor, &target)),
            RedirectKind::Both | RedirectKind::BothAppend => {
                let Some(sink) = self.open(&target, redirect.kind == RedirectKind::BothAppend) else {
                    return Ok(false);
                };
                self.streams.out = sink;
                self.streams.err = sink;
            }
            RedirectKind::Output | RedirectKind::Append => {
                let Some(sink) = self.open(&target, redirect.kind == RedirectKind::Append) else { return Ok(false) };
                match descriptor {
                    None | Some(1) => self.streams.out = sink,
                    Some(2) => self.streams.err = sink,
                    Some(other) => {
                        self.not_simulated(&format!("descriptor {other}; there are 0, 1 and 2"));
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn duplicate(&mut self, descriptor: Option<u32>, target: &str) -> bool {
        let source = match target {
            "1" => self.streams.out,
            "2" => self.streams.err,
            "-" => {
                self.sinks.push(Sink::Null);
                self.sinks.len() - 1
            }
            file if descriptor.is_none() && !file.chars().all(|c| c.is_ascii_digit()) => {
                let Some(sink) = self.open(file, false) else { return false };
                self.streams.err = sink;
                sink
            }
            other => {
                self.complain(&format!("{other}: Bad file descriptor"));
                return false;
            }
        };
        match descriptor {
            None | Some(1) => self.streams.out = source,
            Some(2) => self.streams.err = source,
            Some(other) => {
                self.not_simulated(&format!("descriptor {other}; there are 0, 1 and 2"));
                return false;
            }
        }
        true
    }

    /// Opens a file for writing; says why not.
    fn open(&mut self, target: &str, append: bool) -> Option<usize> {
        let sink = match target {
            "/dev/null" => Sink::Null,
            "/dev/stdout" | "/dev/fd/1" => return Some(self.streams.out),
            "/dev/stderr" | "/dev/fd/2" => return Some(self.streams.err),
            "/dev/tty" => Sink::Stdout,
            _ => {
                let path = self.path(target);
                let result = if target.is_empty() { Err(FileError::NotFound) } else { self.may_change(&path) };
                let result = result.and_then(|()| match append {
                    true => match self.read(&path) {
                        Err(FileError::NotFound) => Ok(Vec::new()),
                        other => other.map(|bytes| bytes.to_vec()),
                    },
                    false => Ok(Vec::new()),
                });
                match result {
                    Ok(bytes) => {
                        // Emptied at once, as the kernel does; a container's file is written when the command ends.
                        if !append && self.frame().container.is_none() {
                            let _ = self.write(&path, b"");
                        }
                        Sink::File { path, bytes }
                    }
                    Err(error) => {
                        self.cannot("create", target, error);
                        return None;
                    }
                }
            }
        };
        self.sinks.push(sink);
        Some(self.sinks.len() - 1)
    }

    /// Why a file could not be opened, in the running shell's words.
    fn cannot(&mut self, verb: &str, path: &str, error: FileError) {
        let missing = matches!(error, FileError::NotFound | FileError::NotADirectory);
        let message = match (self.frame().dialect, missing, verb) {
            (Dialect::Bash, ..) => format!("{path}: {error}"),
            (Dialect::Dash, true, "open") => format!("cannot open {path}: No such file"),
            (Dialect::Dash, true, _) => format!("cannot create {path}: Directory nonexistent"),
            (Dialect::Dash, false, _) => format!("cannot {verb} {path}: {error}"),
            (Dialect::Ash, true, "open") => format!("can't open {path}: no such file"),
            (Dialect::Ash, true, _) => format!("can't create {path}: nonexistent directory"),
            (Dialect::Ash, false, _) => format!("can't {verb} {path}: {error}"),
        };
        self.complain(&message);
    }
}
