//! Somebody's site with the lab in it: a folder of its own pages, and `dist/` below `lab/`.

use std::fs;
use std::path::{Path, PathBuf};
use xtask::serve::{POLICY, Server};

/// A site that is made of files.
pub struct Site {
    folder: PathBuf,
}

impl Site {
    /// An empty site with the built lab in `lab/`.
    #[must_use]
    pub fn new(name: &str) -> Site {
        let site = Site::empty(name);
        copy(&xtask::paths::dist(), &site.folder.join("lab"));
        site
    }

    /// An empty site.
    #[must_use]
    pub fn empty(name: &str) -> Site {
        let folder = xtask::paths::target().join("browser/sites").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        Site { folder }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Site {
        let file = self.folder.join(path);
        let made = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        made.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self
    }

    /// A page whose script is a file of its own, as a strict policy wants it.
    #[must_use]
    pub fn page(self, body: &str) -> Site {
        self.file("index.html", &format!("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A host</title>\n<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"host.css\"><script type=\"module\" src=\"lab/serviceaccount-lab.js\"></script></head>\n<body>{body}</body></html>"))
            .file("host.css", "body { font: 16px/1.5 sans-serif; max-width: 960px; margin: 0 auto; padding: 20px; } .gap { height: 3000px; }")
    }

    /// Serves it under the lab's own policy and what a page with frames needs on top.
    #[must_use]
    pub fn serve(&self) -> Server {
        self.serve_under(&format!("{POLICY}; frame-src 'self'"))
    }

    /// Serves it under another policy.
    #[must_use]
    pub fn serve_under(&self, policy: &str) -> Server {
        Server::start_under(policy, &self.folder, "127.0.0.1", 0).unwrap_or_else(|failure| panic!("{failure}"))
    }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    let done = fs::create_dir_all(to).and_then(|()| {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (path, to) = (entry.path(), to.join(entry.file_name()));
            if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, &to).map(|_| ())? }
        }
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}
