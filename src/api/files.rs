//! A small file system in memory: a learner's working folder, a container's root, a mounted volume.
//!
//! Modes, owners, links and times are those of POSIX; sizes and link depth are bounded.

use crate::api::time::Timestamp;
use crate::api::token::Token;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The largest file that can be written, in bytes.
pub const FILE_SIZE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How many links a path may lead through.
const LINK_DEPTH_MAX: usize = 40;

/// Why a file operation failed; prints as the C library words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FileError {
    NotFound,
    NotADirectory,
    IsADirectory,
    ReadOnly,
    PermissionDenied,
    TooManyLinks,
    TooLarge,
    Exists,
    NotEmpty,
    InvalidArgument,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileError::NotFound => "No such file or directory",
            FileError::NotADirectory => "Not a directory",
            FileError::IsADirectory => "Is a directory",
            FileError::ReadOnly => "Read-only file system",
            FileError::PermissionDenied => "Permission denied",
            FileError::TooManyLinks => "Too many levels of symbolic links",
            FileError::TooLarge => "File too large",
            FileError::Exists => "File exists",
            FileError::NotEmpty => "Directory not empty",
            FileError::InvalidArgument => "Invalid argument",
        })
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A token, signed when it is first read.
    Token(Token),
}

impl Content {
    /// The bytes; signs a token.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Content::Bytes(bytes) => bytes,
            Content::Token(token) => token.text().as_bytes(),
        }
    }

    /// How many bytes; signs nothing.
    pub fn length(&self) -> usize {
        match self {
            Content::Bytes(bytes) => bytes.len(),
            Content::Token(token) => token.length(),
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Content::Bytes(Rc::from(text.as_bytes()))
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Content::Bytes(Rc::from(bytes))
    }
}

/// Owner, permissions and time of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Permission bits, `0o644`, with set-gid (`0o2000`) and sticky (`0o1000`).
    pub mode: u32,
    /// The owner.
    pub user: u32,
    /// The group.
    pub group: u32,
    /// When it was last changed.
    pub modified: Timestamp,
}

impl Attributes {
    /// Owned by root.
    pub fn root(mode: u32, modified: Timestamp) -> Self {
        Attributes { mode, user: 0, group: 0, modified }
    }
}

/// A file, a folder or a link.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A regular file.
    File(Attributes, Content),
    /// A folder; shared until one of its owners changes it.
    Directory(Attributes, Rc<BTreeMap<String, Entry>>),
    /// A symbolic link and its target.
    Link(Attributes, String),
}

impl Entry {
    /// Owner, permissions, time.
    pub fn attributes(&self) -> &Attributes {
        match self {
            Entry::File(attributes, _) | Entry::Directory(attributes, _) | Entry::Link(attributes, _) => attributes,
        }
    }

    /// An empty folder.
    pub fn directory(attributes: Attributes) -> Self {
        Entry::Directory(attributes, Rc::new(BTreeMap::new()))
    }

    /// `drwxr-xr-x` and its kin.
    pub fn permissions(&self) -> String {
        let kind = match self {
            Entry::File(..) => '-',
            Entry::Directory(..) => 'd',
            Entry::Link(..) => 'l',
        };
        let mode = self.attributes().mode;
        let mut text = String::from(kind);
        for shift in [6, 3, 0] {
            let bits = mode >> shift;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            let executable = bits & 1 != 0;
            text.push(match (shift, executable) {
                (6, true) if mode & 0o4000 != 0 => 's',
                (6, false) if mode & 0o4000 != 0 => 'S',
                (3, true) if mode & 0o2000 != 0 => 's',
                (3, false) if mode & 0o2000 != 0 => 'S',
                (0, true) if mode & 0o1000 != 0 => 't',
                (0, false) if mode & 0o1000 != 0 => 'T',
                (_, true) => 'x',
                (_, false) => '-',
            });
        }
        text
    }
}

/// A tree of files. Paths are absolute, or taken from the root.
#[derive(Clone, Debug, PartialEq)]
pub struct FileTree {
    root: Entry,
}

impl Default for FileTree {
    fn default() -> Self {
        FileTree { root: Entry::directory(Attributes::root(0o755, Timestamp::default())) }
    }
}

/// Joins a path to a working folder and resolves `.` and `..` by name.
pub fn absolute(working_folder: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{working_folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    format!("/{}", parts.join("/"))
}

impl FileTree {
    /// A tree whose root is `root`.
    pub fn new(root: Entry) -> Self {
        FileTree { root }
    }

    /// The root entry.
    pub fn root(&self) -> &Entry {
        &self.root
    }

    /// Where a path leads once all its links are followed.
    ///
    /// # Errors
    /// [`FileError::NotFound`], [`FileError::NotADirectory`], [`FileError::TooManyLinks`].
    pub fn resolve(&self, path: &str) -> Result<String, FileError> {
        self.walk(path, true).map(|(path, _)| path)
    }

    /// The entry a path leads to, its last part not followed if it is a link.
    ///
    /// # Errors
    /// As [`FileTree::resolve`].
    pub fn entry(&self, path: &str) -> Result<&Entry, FileError> {
        self.walk(path, false).map(|(_, entry)| entry)
    }

    /// The entry a path leads to through all links.
    ///
    /// # Errors
    /// As [`FileTree::resolve`].
    pub fn follow(&self, path: &str) -> Result<&Entry, FileError> {
        self.walk(path, true).map(|(_, entry)| entry)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// As [`FileTree::resolve`]; [`FileError::IsADirectory`].
    pub fn read(&self, path: &str) -> Result<&[u8], FileError> {
        match self.follow(path)? {
            Entry::File(_, content) => Ok(content.bytes()),
            _ => Err(FileError::IsADirectory),
        }
    }

    /// The names in a folder, in byte order.
    ///
    /// # Errors
    /// As [`FileTree::resolve`]; [`FileError::NotADirectory`].
    pub fn list(&self, path: &str) -> Result<Vec<&str>, FileError> {
        match self.follow(path)? {
            Entry::Directory(_, children) => Ok(children.keys().map(String::as_str).collect()),
            _ => Err(FileError::NotADirectory),
        }
    }

    /// Puts an entry at a path, replacing what is there; its folder must exist unless `make_folders`.
    ///
    /// # Errors
    /// As [`FileTree::resolve`].
    pub fn put(&mut self, path: &str, entry: Entry, make_folders: bool) -> Result<(), FileError> {
        let absolute = absolute("/", path);
        let Some((folder, name)) = absolute.rsplit_once('/') else { return Err(FileError::InvalidArgument) };
        if name.is_empty() {
            self.root = entry;
            return Ok(());
        }
        let folder = if make_folders { self.make_folders(folder, *entry.attributes())? } else { self.resolve(folder)? };
        match self.get_mut(&folder)? {
            Entry::Directory(_, children) => {
                Rc::make_mut(children).insert(name.to_owned(), entry);
                Ok(())
            }
            _ => Err(FileError::NotADirectory),
        }
    }

    /// Writes a file's bytes, through links; keeps the mode of a file that is there.
    ///
    /// # Errors
    /// As [`FileTree::resolve`]; [`FileError::IsADirectory`], [`FileError::TooLarge`].
    pub fn write(&mut self, path: &str, bytes: &[u8], attributes: Attributes) -> Result<(), FileError> {
        if bytes.len() > FILE_SIZE_BYTES_MAX {
            return Err(FileError::TooLarge);
        }
        let target = match self.resolve(path) {
            Ok(found) => found,
            Err(FileError::NotFound) => absolute("/", path),
            Err(other) => return Err(other),
        };
        let attributes = match self.entry(&target) {
            Ok(Entry::Directory(..)) => return Err(FileError::IsADirectory),
            Ok(found) => Attributes { modified: attributes.modified, ..*found.attributes() },
            Err(_) => attributes,
        };
        self.put(&target, Entry::File(attributes, Content::from(bytes)), false)
    }

    /// Removes a file, a link, or a folder with everything in it.
    ///
    /// # Errors
    /// As [`FileTree::resolve`].
    pub fn remove(&mut self, path: &str) -> Result<Entry, FileError> {
        let absolute = absolute("/", path);
        let (folder, name) = absolute.rsplit_once('/').ok_or(FileError::InvalidArgument)?;
        let folder = self.resolve(folder)?;
        match self.get_mut(&folder)? {
            Entry::Directory(_, children) => Rc::make_mut(children).remove(name).ok_or(FileError::NotFound),
            _ => Err(FileError::NotADirectory),
        }
    }

    fn make_folders(&mut self, path: &str, like: Attributes) -> Result<String, FileError> {
        let mut made = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let next = format!("{made}/{part}");
            made = match self.resolve(&next) {
                Ok(found) => found,
                Err(FileError::NotFound) => {
                    let folder = Entry::directory(Attributes { mode: 0o755, ..like });
                    self.put(&next, folder, false)?;
                    next
                }
                Err(other) => return Err(other),
            };
        }
        Ok(if made.is_empty() { "/".to_owned() } else { made })
    }

    fn get_mut(&mut self, resolved: &str) -> Result<&mut Entry, FileError> {
        let mut current = &mut self.root;
        for part in resolved.split('/').filter(|part| !part.is_empty()) {
            current = match current {
                Entry::Directory(_, children) => Rc::make_mut(children).get_mut(part).ok_or(FileError::NotFound)?,
                _ => return Err(FileError::NotADirectory),
            };
        }
        Ok(current)
    }

    fn walk(&self, path: &str, follow_last: bool) -> Result<(String, &Entry), FileError> {
        let mut pending: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).rev().map(str::to_owned).collect();
        let mut trail: Vec<(String, &Entry)> = Vec::new();
        let mut links = 0;
        while let Some(part) = pending.pop() {
            let current = trail.last().map_or(&self.root, |(_, entry)| entry);
            let Entry::Directory(_, children) = current else { return Err(FileError::NotADirectory) };
            match part.as_str() {
                "." => continue,
                ".." => {
                    trail.pop();
                    continue;
                }
                _ => {}
            }
            let entry = children.get(&part).ok_or(FileError::NotFound)?;
            if let (Entry::Link(_, target), true) = (entry, follow_last || !pending.is_empty()) {
                links += 1;
                if links > LINK_DEPTH_MAX {
                    return Err(FileError::TooManyLinks);
                }
                if target.starts_with('/') {
                    trail.clear();
                }
                pending.extend(target.split('/').filter(|part| !part.is_empty()).rev().map(str::to_owned));
            } else {
                trail.push((part, entry));
            }
        }
        let names: Vec<&str> = trail.iter().map(|(name, _)| name.as_str()).collect();
        let entry = trail.last().map_or(&self.root, |(_, entry)| entry);
        Ok((format!("/{}", names.join("/")), entry))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(text: &str) -> Entry {
        Entry::File(Attributes::root(0o644, Timestamp::default()), Content::from(text))
    }

    fn link(target: &str) -> Entry {
        Entry::Link(Attributes::root(0o777, Timestamp::default()), target.to_owned())
    }

    #[test]
    fn follows_the_links_of_a_projected_volume() {
        let mut tree = FileTree::default();
        tree.put("/v/..2026/token", file("abc"), true).unwrap();
        tree.put("/v/..data", link("..2026"), true).unwrap();
        tree.put("/v/token", link("..data/token"), true).unwrap();
        assert_eq!(tree.read("/v/token").unwrap(), b"abc");
        assert_eq!(tree.resolve("/v/token").unwrap(), "/v/..2026/token");
        assert!(matches!(tree.entry("/v/token").unwrap(), Entry::Link(_, target) if target == "..data/token"));
        assert_eq!(tree.list("/v").unwrap(), ["..2026", "..data", "token"]);
    }

    #[test]
    fn refuses_loops_and_missing_folders() {
        let mut tree = FileTree::default();
        tree.put("/a", link("b"), false).unwrap();
        tree.put("/b", link("a"), false).unwrap();
        assert_eq!(tree.read("/a"), Err(FileError::TooManyLinks));
        assert_eq!(tree.write("/no/such", b"x", Attributes::default()), Err(FileError::NotFound));
        assert_eq!(absolute("/home/lab", "../x/./y"), "/home/x/y");
    }
}
