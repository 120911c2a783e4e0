//! FIDELITY.md says of each thing whether it is the same as in Kubernetes. The names come from the code's own tables, the
//! rest from `fidelity/rows.txt`; each row is shown by a recorded scenario, a test that exists, or a command that is typed here.
//!
//! `SALAB_WRITE=1 cargo test --test fidelity` writes the document, and the page of the same content, anew.

#![allow(clippy::expect_used)]

#[path = "fidelity/document.rs"]
mod document;
#[path = "fidelity/names.rs"]
mod names;
#[path = "fidelity/rows.rs"]
mod rows;
#[path = "fidelity/scenarios.rs"]
mod scenarios;

use rows::{Row, rows};
use scenarios::Scenarios;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::kubectl::unknown;
use serviceaccount_lab::lab::Lab;
use serviceaccount_lab::shell::programs::absent;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What a line typed into a fresh lab prints.
fn typed(line: &str) -> String {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    let record = lab.run(line);
    record.stdout() + &record.stderr()
}

/// Everything that is in the code has its row, and no row speaks of what is not.
#[test]
fn nothing_is_left_out() {
    let rows = rows();
    let mut complaints = Vec::new();
    for (section, names, open) in names::derived() {
        let has = |name: &String| rows.iter().any(|row| row.section == section && row.id == *name);
        complaints.extend(names.iter().filter(|name| !has(name)).map(|name| format!("{section}: no row for {name}")));
        let extra = rows.iter().filter(|row| row.section == section && !open && !names.contains(&row.id));
        complaints.extend(extra.map(|row| format!("{section}: there is no {}", row.id)));
    }
    let mut used = std::collections::BTreeSet::new();
    for (command, flag) in names::flags() {
        match rows::of_flag(&rows, &command, &flag) {
            Some(row) => drop(used.insert(row.id.clone())),
            None if !Scenarios::read().of_flag(&command, &flag).is_empty() => {}
            None => complaints.push(format!("flags: no row for {command} {flag}")),
        }
    }
    let unused = rows.iter().filter(|row| row.section == "flags" && !used.contains(&row.id));
    complaints.extend(unused.map(|row| format!("flags: there is no {}", row.id)));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Each row says how it is known, and that is true.
#[test]
fn every_row_is_shown_by_something() {
    let scenarios = Scenarios::read();
    let complaints: Vec<String> = rows().iter().filter_map(|row| complaint(row, &scenarios)).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

fn complaint(row: &Row, scenarios: &Scenarios) -> Option<String> {
    let say = |what: String| Some(format!("{}: {}: {what}", row.section, row.id));
    if !["same", "simplified", "absent"].contains(&row.status.as_str()) {
        return say(format!("no status {:?}", row.status));
    }
    if row.source.is_empty() && row.status != "absent" && !["flags", "programs"].contains(&row.section.as_str()) {
        return say("which source does it follow?".to_owned());
    }
    if let Some(example) = row.test.strip_prefix("$ ") {
        let (line, wanted) = example.rsplit_once(" => ")?;
        let printed = typed(line);
        return if printed.contains(&wanted.replace("\\n", "\n")) { None } else { say(format!("$ {line}\n{printed}")) };
    }
    for word in row.test.split_whitespace() {
        let shown = match word.split_once("::") {
            Some((file, test)) => {
                std::fs::read_to_string(root().join(file)).is_ok_and(|text| text.contains(&format!("fn {test}()")))
            }
            None => scenarios.has(word),
        };
        if !shown {
            return say(format!("there is no {word}"));
        }
    }
    let by_use = row.test.is_empty().then(|| scenarios.of(row));
    if by_use.is_some_and(|numbers| numbers.is_empty()) { say("what shows it?".to_owned()) } else { None }
}

/// What the lab has not says so. Nobody can create a ComponentStatus anywhere.
#[test]
fn what_is_absent_says_so() {
    let kinds = names::absent_kinds();
    let kinds = kinds.iter().filter(|(_, kind, resource)| !resource.contains('/') && kind != "ComponentStatus").map(
        |(version, kind, _)| {
            format!("printf 'kind: {kind}\\napiVersion: {version}\\nmetadata:\\n  name: x\\n' | kubectl create -f -")
        },
    );
    let commands = unknown::not_simulated().map(|name| format!("kubectl {name}"));
    let programs = absent::all().map(str::to_owned);
    for line in kinds.chain(commands).chain(programs) {
        let printed = typed(&line);
        assert!(printed.contains("not simulated"), "$ {line}\n{printed}");
    }
}

#[test]
fn the_document_is_up_to_date() {
    for (path, text) in [("FIDELITY.md", document::markdown()), ("static/fidelity.html", document::html())] {
        let path = root().join(path);
        if std::env::var_os("SALAB_WRITE").is_some() {
            std::fs::write(&path, &text).expect("the document can be written");
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{} differs: SALAB_WRITE=1 cargo test --test fidelity", path.display());
    }
}
