//! Files as a process on this machine sees them: working folder, permissions, special files, limits.

use crate::api::files::{Attributes, Entry, FileError, FileTree, absolute};
use crate::shell::machine::Frame;
use crate::shell::runner::Runner;
use std::rc::Rc;

/// Everything on the workstation together, in bytes.
pub const FILES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How many entries the workstation may hold.
pub const FILES_MAX: usize = 20_000;

const READ: u32 = 4;
const WRITE: u32 = 2;

/// Whether the processes of a frame may do that to an entry: the bits of the owner decide, else those of a group, else
/// those of all others.
fn may(entry: &Entry, frame: &Frame, bit: u32) -> bool {
    let attributes = entry.attributes();
    let shift = if attributes.user == frame.user {
        6
    } else if frame.groups.contains(&attributes.group) {
        3
    } else {
        0
    };
    frame.user == 0 || attributes.mode >> shift & bit != 0
}

impl Runner<'_> {
    /// The path from the root.
    pub fn path(&self, path: &str) -> String {
        absolute(&self.frame().folder, path)
    }

    /// The files of this machine as they are now.
    pub fn tree(&self) -> FileTree {
        let frame: &Frame = self.frame();
        match &frame.container {
            None => self.state.files.clone(),
            Some(_) => frame.look(&*self.client).map(|container| container.files).unwrap_or_default(),
        }
    }

    /// The bytes of a file; `-` and `/dev/stdin` are standard input.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn read(&mut self, path: &str) -> Result<Rc<[u8]>, FileError> {
        match path {
            "-" | "/dev/stdin" | "/dev/fd/0" => return Ok(self.read_stdin()),
            "/dev/null" => return Ok(Rc::from([])),
            "" => return Err(FileError::NotFound),
            _ => {}
        }
        if let Some(bytes) = self.descriptors.get(path) {
            return Ok(Rc::clone(bytes));
        }
        let path = self.path(path);
        let tree = self.tree();
        match tree.follow(&path)? {
            entry @ Entry::File(_, content) => {
                if !may(entry, self.frame(), READ) {
                    return Err(FileError::PermissionDenied);
                }
                Ok(Rc::from(content.bytes()))
            }
            _ => Err(FileError::IsADirectory),
        }
    }

    /// Writes a file.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), FileError> {
        let path = self.path(path);
        if path == "/dev/null" {
            return Ok(());
        }
        let frame = self.frame();
        if let Some(reference) = frame.container.clone() {
            return self.client.write_container_file(&reference, &path, bytes);
        }
        let user = frame.user;
        let now = self.client.now();
        self.may_change(&path)?;
        self.state.write_workstation(&path, bytes, Attributes { mode: 0o644, user, group: user, modified: now })
    }

    /// Whether the file at a path may be written, or made, by this process.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn may_change(&self, path: &str) -> Result<(), FileError> {
        let frame = self.frame();
        let path = self.path(path);
        if let Some(container) = frame.look(&*self.client) {
            let resolved = container.files.resolve(&path).unwrap_or_else(|_| path.clone());
            let inside = |mount: &str, path: &str| path == mount || path.starts_with(&format!("{mount}/"));
            let mount = container
                .mounts
                .iter()
                .filter(|mount| inside(&mount.path, &path) || inside(&mount.path, &resolved))
                .max_by_key(|mount| mount.path.len());
            if mount.is_some_and(|mount| mount.read_only) {
                return Err(FileError::ReadOnly);
            }
        }
        let tree = self.tree();
        match tree.follow(&path) {
            Ok(Entry::Directory(..)) => Err(FileError::IsADirectory),
            Ok(entry) if may(entry, frame, WRITE) => Ok(()),
            Ok(_) => Err(FileError::PermissionDenied),
            Err(FileError::NotFound) => self.may_change_folder(&path),
            Err(other) => Err(other),
        }
    }

    /// Whether entries may be made in and removed from the folder that a path lies in.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn may_change_folder(&self, path: &str) -> Result<(), FileError> {
        let tree = self.tree();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match tree.follow(folder)? {
            entry @ Entry::Directory(..) if may(entry, self.frame(), WRITE) => Ok(()),
            Entry::Directory(..) => Err(FileError::PermissionDenied),
            _ => Err(FileError::NotADirectory),
        }
    }

    /// Whether this process may list a folder or read a file.
    pub fn may_read(&self, entry: &Entry) -> bool {
        may(entry, self.frame(), READ)
    }

    /// The workstation's tree, to be changed; says in a container that this is not simulated there.
    pub fn workstation_tree(&mut self, program: &str) -> Option<&mut FileTree> {
        if self.frame().container.is_some() {
            self.not_simulated(&format!("{program} in a container (files can be written there: echo text > FILE)"));
            return None;
        }
        Some(&mut self.state.files)
    }

    /// Owner and time of something this process makes.
    pub fn attributes(&self, mode: u32) -> Attributes {
        let user = self.frame().user;
        Attributes { mode, user, group: user, modified: self.client.now() }
    }
}

/// The bytes and the entries in a tree.
pub fn usage(entry: &Entry) -> (usize, usize) {
    match entry {
        Entry::File(_, content) => match content {
            crate::api::files::Content::Bytes(bytes) => (bytes.len(), 1),
            crate::api::files::Content::Token(_) => (1024, 1),
        },
        Entry::Link(..) => (0, 1),
        Entry::Directory(_, children) => {
            children.values().map(usage).fold((0, 1), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        }
    }
}
