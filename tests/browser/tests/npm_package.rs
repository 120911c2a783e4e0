//! The npm package, installed from its tarball as a stranger would: with Vite and TypeScript, as plain files, and in Node.
//! `cargo xtask test artefacts` makes the tarball first. Needs npm and its registry; says so where they are missing.

use browser_tests::{Page, Site, View};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::serve::POLICY;

fn tarball() -> PathBuf {
    let file = xtask::paths::artefacts().join(format!("serviceaccount-lab-{}.tgz", env!("CARGO_PKG_VERSION")));
    assert!(file.is_file(), "{} is not there: run `cargo xtask package`", file.display());
    file
}

/// Runs a program in a folder; its output if it succeeds.
fn run(folder: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let output =
        Command::new(program).args(args).current_dir(folder).output().map_err(|error| format!("{program}: {error}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(format!("{program} {args:?}:\n{text}")) }
}

/// Opens what was built under the strict policy and uses the lab in it.
#[track_caller]
fn use_it(folder: &Path) {
    let policy = format!("{POLICY}; frame-src 'self'");
    let server = xtask::serve::Server::start_under(&policy, folder, "127.0.0.1", 0)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let page = Page::open_site(&server, &View::new(1100, 800));
    page.wait("the lab", || {
        page.script("return document.querySelector('serviceaccount-lab').classList.contains('is-ready')", &[])
            == json!(true)
    });
    page.in_frame("document.querySelector('serviceaccount-lab').shadowRoot.querySelector('iframe')", |lab| {
        lab.run("kubectl create sa robot", "serviceaccount/robot created");
    });
    page.wait("the host heard", || page.script("return document.title", &[]) == json!("kubectl create sa robot"));
    page.assert_clean();
}

/// Every call and every event, as the types know them. Only compiled; embed.rs and embed_words.rs call them.
const EVERYTHING: &str =
    "import { type Lab, type Printed, type Progress, type Check, type Ready } from 'serviceaccount-lab';
export async function everything(lab: Lab): Promise<string> {
  await lab.goto('automount-off', 2); await lab.goto(null); await lab.reset();
  const printed: Printed | null = await lab.run('ls');
  await lab.undo(); await lab.redo(); await lab.seek('+10m');
  await lab.setState(await lab.getState());
  await lab.setTheme('dark', { accent: '#b5179e', 'term-text': '#fff' });
  await lab.want(['command', 'state']);
  lab.addEventListener('ready', ({ detail }: CustomEvent<Ready>) => detail.lessons.join());
  lab.addEventListener('resize', ({ detail }) => detail.height.toFixed());
  lab.addEventListener('progress', ({ detail }: CustomEvent<Progress>) => detail.course.done.length);
  lab.addEventListener('check', ({ detail }: CustomEvent<Check>) => detail.passed);
  lab.addEventListener('command', ({ detail }) => detail.exit.toFixed());
  lab.addEventListener('state', ({ detail }) => detail.state.length);
  const element = document.createElement('serviceaccount-lab');
  element.load();
  element.addEventListener('lab-ready', ({ detail }) => detail.lab.close());
  element.addEventListener('lab-error', ({ detail }) => detail.message.length);
  // @ts-expect-error There is no such call, theme or colour.
  await lab.jump();
  // @ts-expect-error
  await lab.setTheme('pink');
  // @ts-expect-error
  await lab.setTheme('dark', { colour: 'red' });
  return `${printed?.stdout}${await lab.getTranscript()}`;
}
";

#[test]
#[ignore = "cargo xtask test artefacts"]
fn vite_typescript_plain_files_and_node() {
    let host = "import { connect, type Lab } from 'serviceaccount-lab';\n\
                const element = document.querySelector('serviceaccount-lab')!;\n\
                element.addEventListener('lab-command', (event) => { document.title = event.detail.command; });\n\
                export const lab: Promise<Lab> = element.ready;\n\
                export async function more(frame: HTMLIFrameElement): Promise<number> {\n  const printed = await (await connect(frame)).run('ls');\n  return printed?.exit ?? 0;\n}\n";
    let site = Site::empty("vite")
        .file("package.json", &json!({ "private": true, "type": "module" }).to_string())
        .file("index.html", "<!DOCTYPE html><html lang=\"en\"><head><title>t</title><link rel=\"icon\" href=\"data:,\"></head><body><serviceaccount-lab src=\"/lab/embed.html\" view=\"terminal\" load=\"now\" commands>text</serviceaccount-lab><script type=\"module\" src=\"/host.ts\"></script></body></html>")
        .file("host.ts", host)
        .file("everything.ts", EVERYTHING)
        .file("tsconfig.json", &json!({ "compilerOptions": { "strict": true, "noEmit": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "lib": ["es2022", "dom"], "types": [] }, "files": ["host.ts", "everything.ts"] }).to_string())
        .file("play.mjs", &std::fs::read_to_string(xtask::paths::root().join("examples/node/play.mjs")).unwrap_or_default());
    let folder = site.folder().to_path_buf();
    let tarball = tarball().display().to_string();
    let wanted = ["install", "--no-audit", "--no-fund", "--prefer-offline", &tarball, "vite@7", "typescript@5"];
    if let Err(failure) = run(&folder, "npm", &wanted) {
        println!("NOT TRIED: npm cannot install vite and typescript here.\n{failure}");
        return;
    }
    let must = |program: &str, args: &[&str]| run(&folder, program, args).unwrap_or_else(|failure| panic!("{failure}"));
    must("npx", &["serviceaccount-lab", "copy", "public/lab"]);
    must("npx", &["tsc"]);
    must("npx", &["vite", "build", "--logLevel", "warn"]);
    use_it(&folder.join("dist"));
    // The same package without a bundler.
    let plain = Site::empty("plain-npm")
        .file("index.html", "<!DOCTYPE html><html lang=\"en\"><head><title>t</title><link rel=\"icon\" href=\"data:,\"><script type=\"module\" src=\"lab/serviceaccount-lab.js\"></script><script type=\"module\" src=\"host.js\"></script></head><body><serviceaccount-lab view=\"terminal\" load=\"now\" commands>text</serviceaccount-lab></body></html>")
        .file("host.js", "document.addEventListener('lab-command', (event) => { document.title = event.detail.command; });");
    browser_tests::copy(&folder.join("node_modules/serviceaccount-lab/lab"), &plain.folder().join("lab"));
    use_it(plain.folder());
    let printed = must("node", &["play.mjs"]);
    assert!(printed.contains("serviceaccount/robot created") && printed.contains("no\n"), "{printed}");
}
