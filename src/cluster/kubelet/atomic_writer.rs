//! The on-disk layout of projected, Secret, ConfigMap and downward API volumes: a time-stamped folder, `..data`
//! pointing at it, and links through `..data`, so that all files change at once.
//!
//! Follows pkg/volume/util/atomic_writer.go. The moment between writing the new folder and moving the link is not
//! simulated: nobody can look in between.

use crate::api::files::{Attributes, Content, Entry};
use crate::api::time::Timestamp;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One file to be projected.
#[derive(Clone, Debug, PartialEq)]
pub struct Projected {
    /// What it holds.
    pub content: Content,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner.
    pub user: u32,
}

/// What a volume is to hold: files by their relative paths.
pub type Payload = BTreeMap<String, Projected>;

/// The volume's root folder as the writer leaves it; `root_mode` is that of the file system below it.
///
/// `group` is the pod's `fsGroup`: it owns and may read everything, and folders pass it on.
pub fn write(payload: &Payload, data_folder: &str, root_mode: u32, group: Option<u32>, now: Timestamp) -> Entry {
    let (file_bits, folder_bits) = if group.is_some() { (0o440, 0o2550) } else { (0, 0) };
    let owned = |mode: u32, user: u32| Attributes { mode, user, group: group.unwrap_or(0), modified: now };
    let mut data = Folder::default();
    for (path, file) in payload {
        data.insert(path, Entry::File(owned(file.mode | file_bits, file.user), file.content.clone()));
    }
    let mut root = BTreeMap::new();
    for (path, file) in payload {
        let first = path.split('/').next().unwrap_or_default();
        let user = if path == first { file.user } else { 0 };
        root.entry(first.to_owned()).or_insert_with(|| Entry::Link(owned(0o777, user), format!("..data/{first}")));
    }
    root.insert("..data".to_owned(), Entry::Link(owned(0o777, 0), data_folder.to_owned()));
    root.insert(data_folder.to_owned(), data.entry(owned(0o755 | folder_bits, 0)));
    Entry::Directory(owned(root_mode | folder_bits, 0), Rc::new(root))
}

/// `..2026_11_23_22_46_13.1234567890`: the instant in UTC and a random number.
pub fn data_folder(now: Timestamp, random: u32) -> String {
    let at = now.calendar();
    format!(
        "..{:04}_{:02}_{:02}_{:02}_{:02}_{:02}.{random}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Whether writing `payload` over `old` would change anything: then nothing is written.
pub fn differs(payload: &Payload, old: &Payload) -> bool {
    payload.len() != old.len()
        || payload.iter().any(|(path, file)| old.get(path).is_none_or(|other| other.content != file.content))
}

#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Entry>,
    folders: BTreeMap<String, Folder>,
}

impl Folder {
    fn insert(&mut self, path: &str, file: Entry) {
        let mut folder = self;
        let mut rest = path;
        // A path is at most 4096 bytes (PATH_MAX), so this ends soon.
        while let Some((first, tail)) = rest.split_once('/') {
            folder = folder.folders.entry(first.to_owned()).or_default();
            rest = tail;
        }
        folder.files.insert(rest.to_owned(), file);
    }

    fn entry(self, attributes: Attributes) -> Entry {
        let mut children = self.files;
        for (name, folder) in self.folders {
            children.insert(name, folder.entry(attributes));
        }
        Entry::Directory(attributes, Rc::new(children))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::files::FileTree;

    fn payload() -> Payload {
        let file = |text: &str, mode, user| Projected { content: Content::from(text), mode, user };
        BTreeMap::from([("token".to_owned(), file("abc", 0o600, 1000)), ("sub/deep/x".to_owned(), file("x", 0o644, 0))])
    }

    #[test]
    fn lays_files_out_behind_links() {
        let now = Timestamp::parse_rfc3339("2026-11-23T22:46:13Z").unwrap();
        let folder = data_folder(now, 1_234_567_890);
        assert_eq!(folder, "..2026_11_23_22_46_13.1234567890");
        let tree = FileTree::new(write(&payload(), &folder, 0o1777, None, now));
        assert_eq!(tree.list("/").unwrap(), [folder.as_str(), "..data", "sub", "token"]);
        assert_eq!(tree.resolve("/token").unwrap(), format!("/{folder}/token"));
        assert_eq!(tree.read("/sub/deep/x").unwrap(), b"x");
        assert_eq!(tree.root().permissions(), "drwxrwxrwt");
        assert_eq!(tree.entry(&folder).unwrap().permissions(), "drwxr-xr-x");
        assert_eq!(tree.follow("/token").unwrap().permissions(), "-rw-------");
        assert_eq!(tree.entry("/token").unwrap().attributes().user, 1000);
        assert!(matches!(tree.entry("/sub").unwrap(), Entry::Link(_, target) if target == "..data/sub"));
    }

    #[test]
    fn a_group_owns_everything_and_folders_pass_it_on() {
        let tree = FileTree::new(write(&payload(), "..x", 0o1777, Some(2000), Timestamp::default()));
        assert_eq!(tree.root().permissions(), "drwxrwsrwt");
        assert_eq!(tree.entry("/..x").unwrap().permissions(), "drwxr-sr-x");
        assert_eq!(tree.follow("/token").unwrap().attributes().group, 2000);
        assert_eq!(tree.follow("/token").unwrap().permissions(), "-rw-r-----");
    }

    #[test]
    fn only_content_makes_a_difference() {
        let mut other = payload();
        assert!(!differs(&payload(), &other));
        other.get_mut("token").unwrap().content = Content::from("def");
        assert!(differs(&payload(), &other));
        other.remove("token");
        assert!(differs(&payload(), &other));
    }
}
