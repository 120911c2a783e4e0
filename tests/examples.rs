//! What stands between the tags of an embedded lab is what the lab prints: the transcripts in `examples/` and in the manual are
//! played. `SALAB_WRITE=1 cargo test --test examples` writes them anew.
#![allow(clippy::unwrap_used)]

use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::script;
use std::fs;
use std::path::{Path, PathBuf};

/// The files that hold transcripts.
const FILES: [&str; 7] = [
    "examples/plain/index.html",
    "examples/mdbook/src/pod.md",
    "examples/mkdocs-material/docs/index.md",
    "examples/hugo/content/_index.md",
    "examples/sphinx/index.rst",
    "examples/docusaurus/docs/index.mdx",
    "docs/embedding.md",
];

/// A text with every transcript played: the lines from the first `$ kubectl` to an end of its block.
fn played(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut commands: Vec<String> = Vec::new();
    let mut margin = String::new();
    for line in text.lines().map(Some).chain([None]) {
        let bare = line.map(str::trim_start);
        let goes_on = |bare: &str| !(bare.is_empty() || bare.starts_with("```") || bare.starts_with("</"));
        match bare {
            Some(bare) if bare.starts_with("$ kubectl ") => {
                if commands.is_empty() {
                    margin = line.unwrap().chars().take_while(|letter| *letter == ' ').collect();
                }
                commands.push(bare.trim_start_matches("$ ").to_owned());
            }
            // What was printed is left out, and printed anew.
            Some(bare) if !commands.is_empty() && goes_on(bare) => {}
            _ => {
                if !commands.is_empty() {
                    let printed = script::play(Settings::default(), &(commands.join("\n") + "\n"));
                    for played in printed {
                        out.push(format!("{margin}$ {}", played.cmd));
                        let text = format!("{}{}", played.stdout, played.stderr);
                        out.extend(text.lines().map(|line| format!("{margin}{line}").trim_end().to_owned()));
                    }
                    commands.clear();
                }
                out.extend(line.map(str::to_owned));
            }
        }
    }
    out.join("\n") + "\n"
}

#[test]
fn transcripts_are_what_the_lab_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong: Vec<PathBuf> = Vec::new();
    for name in FILES {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let played = played(&text);
        assert!(played.contains("$ kubectl "), "{name} has no transcript");
        if played == text {
            continue;
        }
        if std::env::var_os("SALAB_WRITE").is_some() {
            fs::write(root.join(name), played).unwrap();
        } else {
            wrong.push(PathBuf::from(name));
        }
    }
    assert!(
        wrong.is_empty(),
        "these transcripts are not what the lab prints; SALAB_WRITE=1 writes them anew: {wrong:?}"
    );
}

#[test]
fn a_transcript_that_drifts_is_seen() {
    let text = "before\n  $ kubectl get sa -o name\n  serviceaccount/other\n  ```\nafter\n";
    assert_eq!(played(text), "before\n  $ kubectl get sa -o name\n  serviceaccount/default\n  ```\nafter\n");
}
