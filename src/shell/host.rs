//! This machine as kubectl's host.

use crate::api::client::Client;
use crate::api::container::ContainerRef;
use crate::api::files::{Entry, FileError};
use crate::api::release::Version;
use crate::api::request::Origin;
use crate::kubectl::host::{Host, Outcome};
use crate::shell::runner::Runner;

impl Host for Runner<'_> {
    fn client(&mut self) -> &mut dyn Client {
        &mut *self.client
    }

    fn version(&self) -> Version {
        self.state.version
    }

    fn has_terminal(&self) -> bool {
        self.stdin.terminal
    }

    fn origin(&self) -> Origin {
        self.frame().container.clone().map_or(Origin::Outside, Origin::Container)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if let Some(bytes) = self.descriptors.get(path) {
            return Ok(bytes.to_vec());
        }
        if path == "/dev/null" {
            return Ok(Vec::new());
        }
        let tree = self.tree();
        match tree.follow(&self.path(path))? {
            entry @ Entry::File(_, content) if self.may_read(entry) => Ok(content.bytes().to_vec()),
            Entry::File(..) => Err(FileError::PermissionDenied),
            _ => Err(FileError::IsADirectory),
        }
    }

    fn write_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        let path = self.path(path);
        if self.frame().container.is_none() {
            let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
            let attributes = self.attributes(0o755);
            self.state.make_folders(folder, attributes)?;
        }
        self.write(&path, contents)
    }

    fn list_folder(&self, path: &str) -> Option<Vec<String>> {
        let names = self.tree();
        let names = names.list(&self.path(path)).ok()?;
        Some(names.into_iter().map(str::to_owned).collect())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.frame().variables.get(name).filter(|variable| variable.exported).map(|variable| variable.value.clone())
    }

    fn run_in_container(&mut self, container: &ContainerRef, command: &[String], stdin: &[u8]) -> Outcome {
        crate::shell::container::run(self, container, command, stdin)
    }
}
