//! A machine with a shell on it: the workstation, or a container that was entered.
//!
//! The programs of an image are known by its name: `busybox`, `alpine` and `nginx` are BusyBox (1.38), an image that
//! says `distroless`, `pause` or `scratch` has no shell at all, everything else is taken for a Debian userland with curl.

use crate::api::client::Client;
use crate::api::container::{Container, ContainerRef};
use crate::shell::syntax::Command;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The workstation's user.
pub const USER: &str = "lab";
/// The workstation's working folder.
pub const HOME: &str = "/home/lab";
/// The workstation user's id.
pub const USER_ID: u32 = 1000;
/// Where the workstation reaches the API server.
pub const API_SERVER: &str = "https://kube-apiserver:6443";

/// Which programs there are, and how they word things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Userland {
    /// GNU programs, kubectl, curl, jq.
    Workstation,
    /// GNU programs and curl.
    Debian,
    /// BusyBox.
    Busybox,
    /// Nothing to run but the image's own program.
    Nothing,
}

/// Whose words a shell's errors are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// bash
    Bash,
    /// Debian's sh
    Dash,
    /// BusyBox' sh
    Ash,
}

/// A variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: String,
    /// Whether programs see it.
    pub exported: bool,
}

/// `set -e` and its kin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-e`
    pub exit_on_error: bool,
    /// `-u`
    pub unset_is_error: bool,
    /// `-x`
    pub trace: bool,
    /// `-o pipefail`
    pub pipefail: bool,
    /// `-f`
    pub no_wildcards: bool,
}

/// One running shell.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The container it runs in; `None` for the workstation.
    pub container: Option<ContainerRef>,
    /// The programs around it.
    pub userland: Userland,
    /// How it words its errors.
    pub dialect: Dialect,
    /// `$0`
    pub name: String,
    /// The variables.
    pub variables: BTreeMap<String, Variable>,
    /// The functions.
    pub functions: BTreeMap<String, Rc<Command>>,
    /// The aliases.
    pub aliases: BTreeMap<String, String>,
    /// The working folder.
    pub folder: String,
    /// `$1`, `$2`, …
    pub arguments: Vec<String>,
    /// `$?`
    pub exit: i32,
    /// `set -e` and its kin.
    pub options: Options,
    /// The user id of its processes.
    pub user: u32,
    /// The groups that its processes are in, their own first.
    pub groups: Vec<u32>,
    /// How many shells and functions it stands in.
    pub depth: usize,
    /// Whether somebody types into it.
    pub interactive: bool,
}

/// The programs that an image holds, by its name.
pub fn userland_of(image: &str) -> Userland {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split(['@', ':']).next().unwrap_or(name);
    if ["busybox", "alpine", "nginx"].iter().any(|known| name.contains(known)) {
        return Userland::Busybox;
    }
    if image.contains("distroless") || ["pause", "scratch"].contains(&name) {
        return Userland::Nothing;
    }
    Userland::Debian
}

/// The shell that a name starts on a userland; `None` where it is no shell there.
pub fn dialect_of(name: &str, userland: Userland) -> Option<Dialect> {
    let name = name.rsplit('/').next().unwrap_or(name);
    match (name, userland) {
        (_, Userland::Nothing) => None,
        ("sh" | "ash", Userland::Busybox) => Some(Dialect::Ash),
        ("bash", Userland::Workstation | Userland::Debian) => Some(Dialect::Bash),
        ("sh" | "dash", Userland::Workstation | Userland::Debian) => Some(Dialect::Dash),
        _ => None,
    }
}

impl Frame {
    /// The workstation's login shell.
    pub fn workstation() -> Self {
        let mut frame = Frame::bare(Userland::Workstation, Dialect::Bash, "bash");
        for (name, value) in [
            ("APISERVER", API_SERVER),
            ("HOME", HOME),
            ("HOSTNAME", "workstation"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("PWD", HOME),
            ("SHELL", "/bin/bash"),
            ("TERM", "dumb"),
            ("USER", USER),
        ] {
            frame.export(name, value);
        }
        frame.aliases.insert("k".to_owned(), "kubectl".to_owned());
        frame.folder = HOME.to_owned();
        frame.user = USER_ID;
        frame.groups = vec![USER_ID];
        frame.interactive = true;
        frame
    }

    /// A process in a container.
    pub fn container(container: &Container, name: &str, dialect: Dialect) -> Self {
        let userland = userland_of(&container.image);
        let mut frame = Frame::bare(userland, dialect, name);
        frame.container = Some(container.reference.clone());
        frame.user = container.user;
        frame.groups.clone_from(&container.groups);
        for (name, value) in &container.environment {
            frame.export(name, value);
        }
        let defaults = [
            ("HOME", if container.user == 0 { "/root" } else { "/" }),
            ("HOSTNAME", container.reference.pod.as_str()),
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ];
        for (name, value) in defaults {
            if !frame.variables.contains_key(name) {
                frame.export(name, value);
            }
        }
        frame
    }

    fn bare(userland: Userland, dialect: Dialect, name: &str) -> Self {
        Frame {
            container: None,
            userland,
            dialect,
            name: name.to_owned(),
            variables: BTreeMap::new(),
            functions: BTreeMap::new(),
            aliases: BTreeMap::new(),
            folder: "/".to_owned(),
            arguments: Vec::new(),
            exit: 0,
            options: Options::default(),
            user: 0,
            groups: vec![0],
            depth: 0,
            interactive: false,
        }
    }

    /// Sets an exported variable.
    pub fn export(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), Variable { value: value.to_owned(), exported: true });
    }

    /// A variable's value.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|variable| variable.value.as_str())
    }

    /// A name for the user id.
    pub fn user_name(&self) -> String {
        match (self.user, &self.container) {
            (0, _) => "root".to_owned(),
            (USER_ID, None) => USER.to_owned(),
            (other, _) => other.to_string(),
        }
    }

    /// What stands before the next entry.
    pub fn prompt(&self) -> String {
        let folder = match self.folder.strip_prefix(HOME) {
            Some(rest) if self.container.is_none() && (rest.is_empty() || rest.starts_with('/')) => format!("~{rest}"),
            _ => self.folder.clone(),
        };
        let mark = if self.user == 0 { '#' } else { '$' };
        match (self.dialect, &self.container) {
            (Dialect::Bash, None) => format!("{USER}@workstation:{folder}{mark} "),
            (Dialect::Bash, Some(container)) => format!("{}@{}:{folder}{mark} ", self.user_name(), container.pod),
            (Dialect::Dash, _) => format!("{mark} "),
            (Dialect::Ash, _) => format!("{folder} {mark} "),
        }
    }

    /// What its container looks like now; `None` on the workstation, and once it is gone.
    pub fn look(&self, client: &dyn Client) -> Option<Container> {
        client.container(self.container.as_ref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_images_by_name() {
        assert_eq!(userland_of("busybox"), Userland::Busybox);
        assert_eq!(userland_of("docker.io/library/nginx:1.27"), Userland::Busybox);
        assert_eq!(userland_of("ubuntu:24.04"), Userland::Debian);
        assert_eq!(userland_of("registry.k8s.io/pause:3.10"), Userland::Nothing);
        assert_eq!(dialect_of("/bin/sh", Userland::Busybox), Some(Dialect::Ash));
        assert_eq!(dialect_of("bash", Userland::Busybox), None);
    }

    #[test]
    fn prompts_say_where_one_is() {
        let mut frame = Frame::workstation();
        assert_eq!(frame.prompt(), "lab@workstation:~$ ");
        frame.folder = "/home/lab/x".to_owned();
        assert_eq!(frame.prompt(), "lab@workstation:~/x$ ");
        let container = Container { image: "busybox".to_owned(), ..Container::default() };
        assert_eq!(Frame::container(&container, "sh", Dialect::Ash).prompt(), "/ # ");
    }
}
