//! The document, as Markdown for the project's tree and as a page beside the lab.

use crate::names;
use crate::rows::{self, Row};
use crate::scenarios::Scenarios;
use serviceaccount_lab::kubectl::unknown;
use serviceaccount_lab::shell::programs::absent;
use std::fmt::Write;

const TITLE: &str = "What is simulated, and how truly";

const INTRODUCTION: &[&str] = &[
    "ServiceAccount Lab is a simulated Kubernetes 1.36, not a cluster. This list is made from the program's own tables by \
     `tests/fidelity.rs`, which also checks what each row is shown by.",
    "**same**: it does and says what Kubernetes does, as far as recordings of a real 1.36.2 and the named source tell. \
     **simplified**: part of it, as the note says. **absent**: it answers `not simulated`, or is not there.",
    "Sources are files of `kubernetes/kubernetes` 1.36, those of `staging/src/k8s.io` without that prefix; `k/` is `kubectl/pkg/cmd/`. \
     Numbers are recorded scenarios in `tests/conformance/`, compared step by step; `$` lines are typed by the test.",
];

/// One table: title, words before it, heads, rows.
struct Table {
    title: String,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// The document as tables and plain paragraphs.
struct Document {
    tables: Vec<Table>,
    absent: Vec<(&'static str, String)>,
}

fn document() -> Document {
    let rows = rows::rows();
    let scenarios = Scenarios::read();
    let sections = [
        ("resources", "Resources"),
        ("the door", "The API server's door"),
        ("authentication", "Authentication"),
        ("authorization", "Authorization"),
        ("admission", "Admission"),
        ("controllers", "Controllers and scheduler"),
        ("kubelet", "Kubelet"),
        ("commands", "kubectl: commands"),
        ("global flags", "kubectl: flags of every command"),
        ("programs", "The terminal: programs and parts of the shell"),
    ];
    let mut tables = Vec::new();
    for (section, title) in sections {
        let own = rows.iter().filter(|row| row.section == section);
        let rows: Vec<Vec<String>> = own
            .map(|row| {
                vec![code(&row.id), row.status.clone(), source(&row.source), row.note.clone(), shown(row, &scenarios)]
            })
            .collect();
        tables.push(Table {
            title: title.to_owned(),
            heads: vec!["what", "status", "follows", "note", "shown by"],
            rows,
        });
    }
    let flags = tables.len() - 1;
    tables.insert(flags, flag_table(&rows, &scenarios));
    let list = |names: &mut dyn Iterator<Item = String>| names.map(|name| code(&name)).collect::<Vec<_>>().join(", ");
    let absent = vec![
        (
            "Resources that discovery lists and nothing stores",
            list(&mut names::absent_kinds().into_iter().map(|(.., resource)| resource)),
        ),
        ("Commands of kubectl", list(&mut unknown::not_simulated().map(|name| format!("kubectl {name}")))),
        ("Programs", list(&mut absent::all().map(str::to_owned))),
    ];
    Document { tables, absent }
}

fn flag_table(rows: &[Row], scenarios: &Scenarios) -> Table {
    let mut lines = Vec::new();
    for (command, flag) in names::flags() {
        let used = scenarios.of_flag(&command, &flag);
        let row = rows::of_flag(rows, &command, &flag);
        let status = row.map_or("same", |row| row.status.as_str()).to_owned();
        let note = row.map(|row| row.note.clone()).unwrap_or_default();
        let shown = match row {
            _ if !used.is_empty() => format!("scenarios {}", used.join(" ")),
            Some(row) => shown(row, scenarios),
            None => String::new(),
        };
        lines.push(vec![code(&format!("{} {flag}", command.trim_start_matches("kubectl "))), status, note, shown]);
    }
    Table { title: "kubectl: flags".to_owned(), heads: vec!["flag", "status", "note", "shown by"], rows: lines }
}

fn shown(row: &Row, scenarios: &Scenarios) -> String {
    if row.test.starts_with("$ ") {
        let line = row.test.rsplit_once(" => ").map_or(row.test.as_str(), |(line, _)| line);
        return code(line);
    }
    let derived = scenarios.of(row);
    let words: Vec<String> =
        if row.test.is_empty() { derived } else { row.test.split(' ').map(str::to_owned).collect() };
    let (tests, numbers): (Vec<String>, Vec<String>) = words.into_iter().partition(|word| word.contains("::"));
    let mut parts = Vec::new();
    if !numbers.is_empty() {
        parts.push(format!("scenarios {}", numbers.join(" ")));
    }
    parts.extend(tests.iter().map(|test| code(test)));
    parts.join(", ")
}

fn source(text: &str) -> String {
    if text.contains('/') { code(text) } else { text.to_owned() }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn counts(document: &Document) -> String {
    let all: Vec<&str> =
        document.tables.iter().flat_map(|table| table.rows.iter().map(|row| row[1].as_str())).collect();
    let count = |status: &str| all.iter().filter(|other| **other == status).count();
    format!(
        "{} rows: {} same, {} simplified, {} absent.",
        all.len(),
        count("same"),
        count("simplified"),
        count("absent")
    )
}

pub fn markdown() -> String {
    let document = document();
    let mut out = format!("# {TITLE}\n\n<!-- Made by tests/fidelity.rs; edit tests/fidelity/rows.txt. -->\n\n");
    for paragraph in INTRODUCTION {
        let _ = writeln!(out, "{paragraph}\n");
    }
    let _ = writeln!(out, "{}", counts(&document));
    for table in &document.tables {
        let _ = writeln!(
            out,
            "\n## {}\n\n| {} |\n|{}",
            table.title,
            table.heads.join(" | "),
            " --- |".repeat(table.heads.len())
        );
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    let _ = writeln!(out, "\n## Absent, and says so");
    for (title, names) in &document.absent {
        let _ = writeln!(out, "\n{title}: {names}.");
    }
    out
}

pub fn html() -> String {
    let document = document();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{TITLE}: ServiceAccount Lab</title>\n<meta name=\"description\" content=\"Every resource, command, flag and controller of the simulated Kubernetes in ServiceAccount Lab: the same as in a cluster, simplified, or absent.\">\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"fidelity.css\">\n\
         <main>\n<p><a href=\"./\">ServiceAccount Lab</a></p>\n<h1>{TITLE}</h1>\n"
    );
    for paragraph in INTRODUCTION {
        let _ = writeln!(out, "<p>{}</p>", inline(paragraph));
    }
    let _ = writeln!(out, "<p>{}</p>", counts(&document));
    for table in &document.tables {
        let heads: String = table.heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
        let _ = writeln!(
            out,
            "<h2>{0}</h2>\n<div class=\"scroll\" role=\"group\" aria-label=\"{0}\" tabindex=\"0\">\n<table>\n<tr>{heads}</tr>",
            table.title
        );
        for row in &table.rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", inline(cell))).collect();
            let _ = writeln!(out, "<tr class=\"{}\">{cells}</tr>", row[1]);
        }
        out.push_str("</table>\n</div>\n");
    }
    out.push_str("<h2>Absent, and says so</h2>\n");
    for (title, names) in &document.absent {
        let _ = writeln!(out, "<p>{title}: {}.</p>", inline(names));
    }
    out.push_str("<p>What the program is made of, and its licences: <a href=\"licences.txt\">licences.txt</a>.</p>\n</main>\n</html>\n");
    out
}

/// Code and strong words of Markdown; everything else is text.
fn inline(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = String::new();
    for (index, part) in escaped.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            let _ = if index % 2 == 1 { write!(out, "<strong>{part}</strong>") } else { write!(out, "{part}") };
        }
    }
    out
}
