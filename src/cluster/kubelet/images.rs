//! The images of the lab's registry: what can be pulled, how big it is, what runs by default, what files are in it.
//!
//! There is no network: a name that is not in the table cannot be pulled. `ubuntu` is a userland that stays up when it
//! is given no command (so that one can exec into it), as the images of the conformance recordings do; `busybox`
//! runs a shell without a terminal, which ends at once.

use crate::api::files::{Attributes, Content, Entry, FileTree};
use crate::api::time::Timestamp;
use sha2::{Digest, Sha256};

/// What an image runs when the pod gives no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// Something that stays up and ends on SIGTERM.
    Server,
    /// A shell that stays up.
    Stays,
    /// A shell without a terminal: it ends at once.
    Ends,
}

/// A group of images with the same files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One binary, many names.
    Busybox,
    /// A Debian userland.
    Debian,
}

/// An image that can be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// The repository, `docker.io/library/busybox`.
    pub repository: &'static str,
    /// What runs by default.
    pub default: Default,
    /// Its files.
    pub family: Family,
    /// As the `Pulled` event tells.
    pub size_bytes: u64,
}

const fn image(repository: &'static str, default: Default, family: Family, size_bytes: u64) -> Image {
    Image { repository, default, family, size_bytes }
}

/// The registry.
const IMAGES: [Image; 14] = [
    image("docker.io/library/busybox", Default::Ends, Family::Busybox, 2_222_260),
    image("docker.io/library/alpine", Default::Ends, Family::Busybox, 3_802_452),
    image("docker.io/library/ubuntu", Default::Stays, Family::Debian, 29_725_195),
    image("docker.io/library/debian", Default::Stays, Family::Debian, 49_284_337),
    image("docker.io/library/nginx", Default::Server, Family::Debian, 59_797_422),
    image("docker.io/library/httpd", Default::Server, Family::Debian, 45_164_160),
    image("docker.io/library/redis", Default::Server, Family::Debian, 52_561_870),
    image("docker.io/library/postgres", Default::Server, Family::Debian, 161_217_403),
    image("docker.io/library/python", Default::Ends, Family::Debian, 412_061_734),
    image("docker.io/curlimages/curl", Default::Ends, Family::Busybox, 10_241_552),
    image("docker.io/bitnami/kubectl", Default::Ends, Family::Debian, 104_215_410),
    image("docker.io/alpine/curl", Default::Ends, Family::Busybox, 6_204_911),
    image("registry.k8s.io/pause", Default::Server, Family::Busybox, 320_448),
    image("registry.k8s.io/e2e-test-images/agnhost", Default::Server, Family::Debian, 53_034_103),
];

/// The full name of an image: registry, `library/` and `latest` filled in. `None` if it is no image name.
pub fn full_name(name: &str) -> Option<String> {
    let (rest, digest) = name.split_once('@').map_or((name, None), |(rest, digest)| (rest, Some(digest)));
    let after_slash = rest.rfind('/').map_or(0, |index| index + 1);
    let tag_at = rest.get(after_slash..)?.find(':').map(|index| index + after_slash);
    let (path, tag) = match tag_at {
        Some(index) => (rest.get(..index)?, Some(rest.get(index + 1..)?)),
        None => (rest, None),
    };
    let first = path.split('/').next().unwrap_or_default();
    let has_registry = path.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    let path_part = if has_registry { path.get(first.len() + 1..)? } else { path };
    let part_ok = |part: &str| {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !part.is_empty()
            && part.starts_with(word)
            && part.ends_with(word)
            && part.chars().all(|c| word(c) || matches!(c, '.' | '_' | '-'))
    };
    let tag_ok = tag.is_none_or(|tag| {
        !tag.is_empty()
            && tag.len() <= 128
            && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    });
    if !tag_ok || !path_part.split('/').all(part_ok) {
        return None;
    }
    let repository = match (has_registry, path.contains('/')) {
        (true, _) => path.to_owned(),
        (false, true) => format!("docker.io/{path}"),
        (false, false) => format!("docker.io/library/{path}"),
    };
    Some(match (tag, digest) {
        (tag, Some(digest)) => format!("{repository}{}@{digest}", tag.map(|tag| format!(":{tag}")).unwrap_or_default()),
        (tag, None) => format!("{repository}:{}", tag.unwrap_or("latest")),
    })
}

/// The image of that full name, if the registry has it.
pub fn find(full_name: &str) -> Option<&'static Image> {
    let name = full_name.split('@').next().unwrap_or_default();
    let slash = name.rfind('/').unwrap_or(0);
    let end = name.get(slash..).and_then(|tail| tail.find(':')).map_or(name.len(), |index| index + slash);
    let repository = name.get(..end)?;
    IMAGES.iter().find(|image| image.repository == repository)
}

/// The image of a container, whatever its tag.
pub fn of(name: &str) -> Option<&'static Image> {
    find(&full_name(name)?)
}

/// `docker.io/library/ubuntu@sha256:…`: the same for the same name.
pub fn image_id(full_name: &str) -> String {
    let repository = find(full_name).map_or(full_name, |image| image.repository);
    format!("{repository}@sha256:{}", hex(full_name.as_bytes()))
}

/// 64 hexadecimal digits made from some bytes.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why an image cannot be pulled, in containerd's words.
pub fn pull_error(full_name: &str) -> String {
    format!(
        "failed to pull and unpack image \"{full_name}\": failed to resolve reference \"{full_name}\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
    )
}

const BUSYBOX_PROGRAMS: &str = "[ ash awk base64 basename busybox cat chmod chown clear cp cut date df dirname du echo env expr false find free grep gunzip gzip head hostname id kill ln ls md5sum mkdir mktemp more mount mv nc nslookup pgrep ping printenv printf ps pwd readlink rm rmdir sed seq sh sha256sum sleep sort stat tail tar tee test top touch tr true uname uniq vi wc wget which whoami xargs yes";
const DEBIAN_PROGRAMS: &str = "[ awk base64 basename bash cat chmod chown clear cp curl cut date df dirname du echo env expr false find grep gunzip gzip head hostname id jq kill ln ls md5sum mkdir mktemp more mount mv printenv printf ps pwd readlink rm rmdir sed seq sh sha256sum sleep sort stat tail tar tee test touch tr true uname uniq wc which whoami xargs yes";

/// The files of a container before anything is mounted: a plausible minimum, programs as empty files.
pub fn root_files(image: &str, created: Timestamp) -> FileTree {
    let family = of(image).map_or(Family::Debian, |image| image.family);
    let mut tree = FileTree::default();
    let folder = |mode| Entry::directory(Attributes::root(mode, created));
    for path in ["bin", "dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "usr", "usr/bin", "var", "var/log"] {
        let mode = match path {
            "tmp" => 0o1777,
            "root" => 0o700,
            _ => 0o755,
        };
        let _ = tree.put(path, folder(mode), true);
    }
    let link = |target: &str| Entry::Link(Attributes::root(0o777, created), target.to_owned());
    let (folder_of_programs, programs) = match family {
        Family::Busybox => ("/bin", BUSYBOX_PROGRAMS),
        Family::Debian => ("/usr/bin", DEBIAN_PROGRAMS),
    };
    if family == Family::Debian {
        let _ = tree.put("/bin", link("usr/bin"), false);
        let _ = tree.put("/var/run", link("/run"), false);
    }
    for program in programs.split(' ') {
        let file = Entry::File(Attributes::root(0o755, created), Content::from(""));
        let _ = tree.put(&format!("{folder_of_programs}/{program}"), file, false);
    }
    let text = |text: &str| Entry::File(Attributes::root(0o644, created), Content::from(text));
    let _ = tree.put(
        "/etc/passwd",
        text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"),
        false,
    );
    let _ = tree.put("/etc/group", text("root:x:0:\nnogroup:x:65534:\n"), false);
    if family == Family::Debian {
        let _ = tree.put(
            "/etc/os-release",
            text("PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nID=debian\n"),
            false,
        );
    }
    tree
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in() {
        assert_eq!(full_name("ubuntu").unwrap(), "docker.io/library/ubuntu:latest");
        assert_eq!(full_name("curlimages/curl:8.1").unwrap(), "docker.io/curlimages/curl:8.1");
        assert_eq!(full_name("localhost:5000/a/b").unwrap(), "localhost:5000/a/b:latest");
        assert_eq!(full_name("registry.k8s.io/pause:3.10").unwrap(), "registry.k8s.io/pause:3.10");
        for bad in ["Bad:Image:x", "Ubuntu", "a//b", "a:", "", "a b"] {
            assert_eq!(full_name(bad), None, "{bad}");
        }
        assert_eq!(of("nginx:1.29").unwrap().default, Default::Server);
        assert_eq!(of("registry.k8s.io/pause:3.10").unwrap().repository, "registry.k8s.io/pause");
        assert!(of("nosuchimage").is_none());
    }

    #[test]
    fn links_are_those_of_the_image() {
        let tree = root_files("ubuntu", Timestamp::default());
        assert_eq!(tree.resolve("/bin/curl").unwrap(), "/usr/bin/curl");
        assert_eq!(tree.resolve("/var/run").unwrap(), "/run");
        assert!(root_files("busybox", Timestamp::default()).resolve("/bin/ls").is_ok());
    }
}
