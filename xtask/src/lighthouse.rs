//! `cargo xtask lighthouse`: what Lighthouse (npm) says of the site as it is put on a server.

use crate::serve::Server;
use crate::{Failure, chromium, paths, run};
use std::path::Path;
use std::process::Command;

/// The last one for Node 18 to 20.
const VERSION: &str = "12.8.2";

/// The runs of one profile, of which the median counts.
const RUNS: usize = 3;

const PAGES: [(&str, &str); 3] =
    [("the page", ""), ("embedded", "embed.html?lesson=automount-off"), ("fidelity.html", "fidelity.html")];

const PROFILES: [(&str, &[&str]); 2] = [("mobile", &[]), ("desktop", &["--preset=desktop"])];

/// Prints scores of a report, and what keeps them from 100.
const READ: &str = "const report = JSON.parse(require('fs').readFileSync(process.argv[1]));
const score = (name) => Math.round((report.categories[name]?.score ?? 0) * 100);
const shown = (id) => report.audits[id]?.displayValue ?? '';
console.log(['performance', 'accessibility', 'best-practices', 'seo'].map(score)
  .concat(['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'].map(shown)).join(' | '));
for (const category of Object.values(report.categories)) for (const { id, weight } of category.auditRefs) {
  const audit = report.audits[id];
  if (weight && audit.score !== null && audit.score < 0.9) console.error(`  ${category.title}: ${id}: ${audit.score} ${audit.displayValue ?? ''}`);
}";

/// Measures each page on both profiles and writes the table into docs/first-visit.md.
pub fn write_scores() -> Result<(), Failure> {
    let tool = installed()?;
    let server = Server::start(&paths::artefacts().join("site"), "127.0.0.1", 0)?;
    let mut table = String::from(
        "| | performance | accessibility | best practices | SEO | first paint | largest paint | blocked | layout shift | speed index |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (page, path) in PAGES {
        for (profile, options) in PROFILES {
            let mut rows = Vec::new();
            for number in 0..RUNS {
                let report = paths::target().join(format!("lighthouse/report-{number}.json"));
                measure(&tool, &format!("{}/{path}", server.url()), options, &report)?;
                let scores = run::output("node", &["-e", READ, &report.display().to_string()])
                    .ok_or("Lighthouse's report cannot be read")?;
                println!("{page}, {profile}: {scores}");
                rows.push(scores);
            }
            rows.sort_by_key(|row| row.split(' ').next().and_then(|score| score.parse::<u32>().ok()));
            table.push_str(&format!("| {page}, {profile} | {} |\n", rows[RUNS / 2]));
        }
    }
    print!("{table}");
    write_between(&paths::root().join("docs/first-visit.md"), &table)
}

fn installed() -> Result<std::path::PathBuf, Failure> {
    let folder = paths::target().join("lighthouse");
    let tool = folder.join("node_modules/.bin/lighthouse");
    if !tool.exists() {
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join("package.json"), "{\"private\":true}"))
            .map_err(|error| error.to_string())?;
        println!("Installing Lighthouse {VERSION} (npm) into {} ...", paths::shown(&folder));
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", &format!("lighthouse@{VERSION}")]);
        run::run_logged(npm.current_dir(&folder), &folder.join("npm.log"))
            .map_err(|failure| format!("npm cannot install Lighthouse here.\n{failure}"))?;
    }
    Ok(tool)
}

fn measure(tool: &Path, url: &str, options: &[&str], report: &Path) -> Result<(), Failure> {
    // Chromium refuses its sandbox to root.
    let root = run::output("id", &["-u"]).as_deref() == Some("0");
    let flags = format!("--chrome-flags=--headless=new --disable-gpu{}", if root { " --no-sandbox" } else { "" });
    let mut command = Command::new(tool);
    command.args([url, "--quiet", "--output=json", &flags]).args(options);
    command.arg(format!("--output-path={}", report.display())).env("CHROME_PATH", chromium::find()?.browser);
    run::run(&mut command)
}

/// Puts a table between the file's two marks.
fn write_between(file: &Path, table: &str) -> Result<(), Failure> {
    const MARKS: (&str, &str) = ("<!-- cargo xtask lighthouse writes from here -->\n", "<!-- to here -->");
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (head, rest) = text.split_once(MARKS.0).ok_or("docs/first-visit.md has lost its marks")?;
    let (_, tail) = rest.split_once(MARKS.1).ok_or("docs/first-visit.md has lost its marks")?;
    std::fs::write(file, format!("{head}{}{table}{}{tail}", MARKS.0, MARKS.1)).map_err(|error| error.to_string())
}
