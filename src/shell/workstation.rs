//! The workstation's disk: a home, the kubeconfig, the few system files that people look at.

use crate::api::files::{Attributes, Content, Entry, FileError, FileTree};
use crate::api::time::Timestamp;
use crate::shell::State;
use crate::shell::filesystem::{FILES_BYTES_MAX, FILES_MAX, usage};
use crate::shell::machine::{HOME, USER_ID};
use std::rc::Rc;

const OS_RELEASE: &str = "PRETTY_NAME=\"ServiceAccount Lab\"\nNAME=\"ServiceAccount Lab\"\nID=serviceaccount-lab\n";
const HOSTS: &str = "127.0.0.1\tlocalhost\n172.30.1.2\tkube-apiserver\n";
const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nlab:x:1000:1000::/home/lab:/bin/bash\n";

/// A fresh disk.
pub fn disk(kubeconfig: &str) -> FileTree {
    let when = Timestamp::default();
    let own = |mode| Attributes { mode, user: USER_ID, group: USER_ID, modified: when };
    let root = |mode| Attributes::root(mode, when);
    let mut tree = FileTree::default();
    let entries = [
        ("/etc/hostname", Entry::File(root(0o644), Content::from("workstation\n"))),
        ("/etc/hosts", Entry::File(root(0o644), Content::from(HOSTS))),
        ("/etc/os-release", Entry::File(root(0o644), Content::from(OS_RELEASE))),
        ("/etc/passwd", Entry::File(root(0o644), Content::from(PASSWD))),
        ("/root", Entry::directory(root(0o700))),
        ("/tmp", Entry::directory(root(0o1777))),
        ("/home", Entry::directory(root(0o755))),
        (HOME, Entry::directory(own(0o755))),
        ("/home/lab/.kube", Entry::directory(own(0o755))),
        ("/home/lab/.kube/config", Entry::File(own(0o600), Content::from(kubeconfig))),
    ];
    for (path, entry) in entries {
        // The paths are ours and cannot fail.
        let _ = tree.put(path, entry, true);
    }
    let frame = crate::shell::machine::Frame::workstation();
    for program in crate::shell::programs::all().filter(|program| program.is_on(&frame) && !program.builtin) {
        let entry = Entry::File(root(0o755), Content::from("not simulated: the bytes of a program\n"));
        let _ = tree.put(&format!("/usr/bin/{}", program.name), entry, true);
    }
    let _ = tree.put("/bin", Entry::Link(root(0o777), "usr/bin".to_owned()), false);
    tree
}

/// Sets the time of everything that has none yet.
pub fn date(entry: &mut Entry, now: Timestamp) {
    let (Entry::File(attributes, _) | Entry::Directory(attributes, _) | Entry::Link(attributes, _)) = entry;
    if attributes.modified == Timestamp::default() {
        attributes.modified = now;
    }
    if let Entry::Directory(_, children) = entry {
        Rc::make_mut(children).values_mut().for_each(|child| date(child, now));
    }
}

impl State {
    /// Writes a workstation file within the stated limits.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn write_workstation(&mut self, path: &str, bytes: &[u8], attributes: Attributes) -> Result<(), FileError> {
        let (used, count) = usage(self.files.root());
        if used.saturating_add(bytes.len()) > FILES_BYTES_MAX || count >= FILES_MAX {
            return Err(FileError::TooLarge);
        }
        self.files.write(path, bytes, attributes)
    }

    /// Makes the folders of a path where they are missing.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn make_folders(&mut self, path: &str, attributes: Attributes) -> Result<(), FileError> {
        let mut made = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            made = format!("{made}/{part}");
            match self.files.follow(&made) {
                Ok(Entry::Directory(..)) => {}
                Ok(_) => return Err(FileError::NotADirectory),
                Err(FileError::NotFound) if usage(self.files.root()).1 >= FILES_MAX => return Err(FileError::TooLarge),
                Err(FileError::NotFound) => self.files.put(&made, Entry::directory(attributes), false)?,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}
