//! axe-core, which finds what assistive technology cannot use: from npm, pinned, kept in `target/browser/`.

use crate::page::{Page, View};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

const VERSION: &str = "4.14.1";

/// The program that looks at a page.
pub struct Axe {
    source: &'static str,
}

impl Axe {
    /// Fetches it once, whichever scenario comes first; `None`, said aloud, where npm cannot be reached.
    #[must_use]
    pub fn get() -> Option<Axe> {
        static SOURCE: OnceLock<Option<String>> = OnceLock::new();
        SOURCE.get_or_init(Axe::source).as_deref().map(|source| Axe { source })
    }

    fn source() -> Option<String> {
        let folder = xtask::paths::target().join("browser/axe");
        let source: PathBuf = folder.join(format!("axe-core-{VERSION}/axe.min.js"));
        if !source.is_file()
            && let Err(failure) = fetch(&folder, &source)
        {
            println!("NOT TRIED: npm has no axe-core@{VERSION} here.\n{failure}");
            return None;
        }
        Some(std::fs::read_to_string(&source).unwrap_or_else(|error| panic!("{}: {error}", source.display())))
    }

    /// A line for each violation that it finds in the page as it stands.
    #[track_caller]
    #[must_use]
    pub fn violations(&self, page: &Page) -> Vec<String> {
        if page.script("return typeof axe", &[]) == "undefined" {
            page.script(&format!("{}\nwindow.axe = axe", self.source), &[]);
        }
        let found = page.script(
            "return axe.run(document, { resultTypes: ['violations'], iframes: false, rules: { 'target-size': { enabled: true } } }).then((found) => found.violations.flatMap((rule) => \
             rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.html.slice(0, 160)}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)))",
            &[],
        );
        found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The same light and dark, wide and narrow; each line says how it was looked at.
    #[track_caller]
    #[must_use]
    pub fn violations_in_all_views(&self, page: &Page, place: &str) -> Vec<String> {
        let views = [
            ("light, 1440 px", View::new(1440, 900)),
            ("dark, 1440 px", View::new(1440, 900).dark()),
            ("dark, 360 px", View::new(360, 740).dark()),
            ("light, 360 px", View::new(360, 740)),
        ];
        let mut lines = Vec::new();
        for (name, view) in views {
            // Without motion, so that nothing is measured half faded in.
            page.set_view(&view.still());
            lines.extend(self.violations(page).into_iter().map(|line| format!("{place} ({name}): {line}")));
        }
        page.set_view(&View::new(1440, 900).still());
        lines
    }
}

fn fetch(folder: &std::path::Path, source: &std::path::Path) -> Result<(), String> {
    let run = |command: &mut Command| {
        let output = command.current_dir(folder).output().map_err(|error| format!("{command:?}: {error}"))?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).args(["pack", "--silent", &format!("axe-core@{VERSION}")]))?;
    run(Command::new("tar").arg("-xzf").arg(format!("axe-core-{VERSION}.tgz")).arg("package/axe.min.js"))?;
    if let Some(place) = source.parent() {
        std::fs::create_dir_all(place).map_err(|error| error.to_string())?;
    }
    std::fs::rename(folder.join("package/axe.min.js"), source).map_err(|error| error.to_string())
}
