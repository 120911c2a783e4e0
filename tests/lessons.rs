//! Every lesson holds: it starts unsolved, is solved by its solution and not by the wrong ways it names, and prints what
//! it says. The tables beside the lessons agree with them.

#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used)]

use serde_json::Value;
use serviceaccount_lab::lab::link::SessionFile;
use serviceaccount_lab::lesson::course::{Course, Done};
use serviceaccount_lab::lesson::{COURSE, Lesson, check, parse, transcript};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lessons")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("the file is there")
}

fn course() -> Vec<(&'static str, &'static str, Lesson)> {
    COURSE
        .iter()
        .map(|entry| {
            let text = entry.text.expect("native builds have every lesson inside");
            (
                entry.file,
                text,
                parse(entry.file, text).unwrap_or_else(|error| panic!("lessons/{}: {error}", entry.file)),
            )
        })
        .collect()
}

#[test]
fn every_lesson_holds() {
    let is_lesson = |file: &str| COURSE.iter().any(|entry| entry.file == file);
    let mut problems = String::new();
    for (file, text, _) in course() {
        for problem in check::examine(file, text, &is_lesson) {
            let _ = writeln!(problems, "lessons/{file}:{}: {}", problem.line, problem.message);
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn the_catalogue_is_the_folder() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder lessons is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md") && name.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    files.sort();
    let listed: Vec<&str> = COURSE.iter().map(|entry| entry.file).collect();
    assert_eq!(files, listed);
    for ((file, _, lesson), entry) in course().iter().zip(COURSE) {
        let listed = (entry.id(), entry.title, entry.goal, entry.minutes, entry.paths);
        let said = (&*lesson.id, &*lesson.title, &*lesson.goal, lesson.minutes, &*lesson.paths);
        assert_eq!(listed, said, "the entry in src/lesson/catalog.rs is not what lessons/{file} says");
    }
}

/// `salab check` proves something: each of these is a lesson that holds with one thing broken.
#[test]
fn what_is_broken_is_found_and_told_with_its_line() {
    let good = include_str!("../salab/src/template.md");
    let is_lesson = |_: &str| false;
    assert_eq!(check::examine("x.md", good, &is_lesson), [], "the template holds");
    let cases = [
        ("---\n# yaml", "no front matter", 1, "a lesson starts with front matter"),
        ("minutes: 5", "minuets: 5", 5, "unknown field `minuets`"),
        ("minutes: 5", "minutes: 50", 1, "minutes: between 1 and 15"),
        ("```console solution", "```console solutoin", 57, "a block ```console solutoin``` means nothing here"),
        ("$ kubectl get secrets", "no prompt", 29, "does not print what stands here"),
        (
            "```console\n$ kubectl create serviceaccount data-sa\nserviceaccount/data-sa created",
            "```console\n$ kubectl create serviceaccount data-sa\nsomething else",
            29,
            "does not print what stands here, but:\nserviceaccount/data-sa created",
        ),
        ("  exists: sa/data-sa", "  exist: sa/data-sa", 40, "there is no check \"exist\""),
        ("  exists: sa/data-sa", "  exists: sas/data-sa", 40, "there is no kind \"sas\""),
        ("  exists: sa/data-sa", "  exists: sa/default", 40, "holds before anything is done"),
        (
            "  exists: sa/data-sa",
            "  exists: sa/other",
            40,
            "the solution misses \"data-sa exists\": there is no serviceaccount/other",
        ),
        ("  exists: sa/data-sa", "  not: {exists: sa/unrelated}", 40, "holds before anything is done"),
        ("-n kube-public", "", 63, "this wrong answer meets \"data-sa exists\" all the same"),
        ("misses \"data-sa exists\"", "misses \"data-sa\"", 63, "names the goal \"data-sa\", which there is not"),
        ("- A pointer to the command.\n", "", 13, "has 2 hints; it needs three"),
        (
            "https://kubernetes.io/docs/concepts/security/service-accounts/",
            "https://example.com/",
            50,
            "the recap links to no page",
        ),
        (
            "https://kubernetes.io/docs/concepts/security/service-accounts/",
            "../x.md",
            50,
            "a link leads to \"../x.md\"",
        ),
        ("read.[^M1]", "read.", 67, "nothing in the text names the source [^M1]"),
        ("[^M1]: <https://github.com/kubernetes/kubernetes/issues/110113>", "", 13, "named in"),
        ("confronts: [M1]", "confronts: [M1, M2]", 1, "confronts names M2"),
        ("confronts: [M1]", "confronts: []", 1, "the text meets M1"),
    ];
    let mut wrong = Vec::new();
    for (from, to, line, wanted) in cases {
        assert!(good.contains(from), "the template has no {from:?}");
        let broken = good.replacen(from, to, 1);
        let problems = check::examine("x.md", &broken, &is_lesson);
        let told: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.line, problem.message)).collect();
        let found = problems.iter().find(|problem| problem.message.contains(wanted));
        if found.is_none_or(|problem| problem.line != line) {
            wrong.push(format!("{to:?}, {line}: {wanted:?}: {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The tutorial's lesson, put together from its pieces, holds.
#[test]
fn the_tutorial_teaches_a_lesson_that_holds() {
    let text = read("README.md");
    let tutorial = text.split("## Write one").nth(1).and_then(|rest| rest.split("## The format").next()).unwrap();
    let fence = |marker: &str| {
        let rest = &tutorial[tutorial.find(marker).unwrap_or_else(|| panic!("no {marker}"))..];
        let end = rest[3..].find("\n```").unwrap() + 3 + 4;
        rest[..end].to_owned()
    };
    let front = fence("```yaml\n---").replace("```yaml\n", "").replace("\n```", "");
    let end = tutorial.split("````markdown\n").nth(1).and_then(|rest| rest.split("````").next()).unwrap();
    let mut lesson = front + "\n# My lesson\n\n## The step\n\n";
    for marker in ["```yaml predict", "```console", "```yaml goals", "```yaml hints"] {
        lesson.push_str(&(fence(marker) + "\n\n"));
    }
    lesson.push_str("It ends with its pod.[^bound]\n\n");
    lesson.push_str(end);
    lesson.push_str(&fence("```markdown\n[^bound]").replace("```markdown\n", "").replace("\n```", "\n"));
    assert_eq!(check::examine("15-my-lesson.md", &lesson, &|_| false), [], "{lesson}");
}

/// Every check that the reference lists reads, and every one that reads is listed.
#[test]
fn the_reference_lists_every_check() {
    use serviceaccount_lab::lesson::goal::Goal;
    let text = read("README.md");
    let reference = text.split("## Goals").nth(1).unwrap().split("## Commands").next().unwrap();
    let unknown = Goal::read(&serde_json::json!({"goal": "x", "nothing": 1})).unwrap_err();
    for name in unknown.split("there are: ").nth(1).unwrap().split(", ") {
        assert!(reference.contains(&format!("`{name}: ")), "{name} is not in the reference");
    }
    let example = reference.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let goals: Vec<Value> = serde_yaml::from_str(example).unwrap();
    assert!(!goals.is_empty() && goals.iter().all(|goal| Goal::read(goal).is_ok()));
}

/// The schema for editors and the program agree on every lesson and on the schema's own examples.
#[test]
fn the_schema_describes_the_front_matter() {
    let schema: Value = serde_json::from_str(&read("lesson.schema.json")).unwrap();
    for (file, text, _) in course() {
        let front: Value = serde_yaml::from_str(text.split("---\n").nth(1).unwrap()).unwrap();
        assert_eq!(complaint(&schema, &front), None, "lessons/{file}");
    }
    for example in schema["examples"].as_array().unwrap() {
        assert_eq!(complaint(&schema, example), None);
        let text = format!("---\n{}---\n# T\n", serde_yaml::to_string(example).unwrap());
        parse("x.md", &text).expect("an example of the schema is a front matter");
    }
    for (bad, why) in [
        (serde_json::json!({"title": "T", "goal": "G."}), "minutes"),
        (serde_json::json!({"title": "T", "goal": "G.", "minutes": 5, "more": 1}), "more"),
        (serde_json::json!({"title": "T", "goal": "G.", "minutes": "5"}), "does not hold"),
        (serde_json::json!({"title": "T", "goal": "G.", "minutes": 5, "path": ["expert"]}), "enum"),
    ] {
        let found = complaint(&schema, &bad).unwrap_or_default();
        assert!(found.contains(why), "{bad}: {found:?}");
        let text = format!("---\n{}---\n# T\n", serde_yaml::to_string(&bad).unwrap());
        assert!(parse("x.md", &text).is_err(), "{bad} reads");
    }
}

/// The few words of JSON Schema that ours uses; an unknown one is a complaint.
fn complaint(schema: &Value, value: &Value) -> Option<String> {
    schema.as_object()?.iter().find_map(|(word, wanted)| {
        let length = value.as_str().map_or(0, |text| text.chars().count() as u64);
        let holds = match word.as_str() {
            "$schema" | "title" | "description" | "examples" => true,
            "type" => match wanted.as_str()? {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                _ => false,
            },
            "required" => {
                let missing = wanted.as_array()?.iter().find(|name| value.get(name.as_str().unwrap()).is_none());
                return missing.map(|name| format!("{name} is missing"));
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                let more = value.as_object()?.keys().find(|name| known.get(name.as_str()).is_none());
                return more.map(|name| format!("{name} is one too many"));
            }
            "properties" => {
                return value.as_object()?.iter().find_map(|(name, value)| complaint(&wanted[name], value));
            }
            "items" => return value.as_array()?.iter().find_map(|item| complaint(wanted, item)),
            "uniqueItems" => value.as_array()?.iter().collect::<Vec<_>>().windows(2).all(|pair| pair[0] != pair[1]),
            "enum" => wanted.as_array()?.contains(value),
            "minimum" => value.as_i64() >= wanted.as_i64(),
            "maximum" => value.as_i64() <= wanted.as_i64(),
            "minLength" => length >= wanted.as_u64()?,
            "maxLength" => length <= wanted.as_u64()?,
            "pattern" => regex_lite::Regex::new(wanted.as_str()?).unwrap().is_match(value.as_str()?),
            _ => false,
        };
        (!holds).then(|| format!("{value} does not hold {word}: {wanted}"))
    })
}

/// The tables in the folder say what the lessons say.
#[test]
fn every_misconception_is_confronted_where_the_table_says() {
    let mut confronted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, _, lesson) in course() {
        for id in &lesson.confronts {
            confronted.entry(id.clone()).or_default().push(format!("[{}]({file})", lesson.title));
        }
    }
    let table = read("misconceptions.md");
    let mut rows = 0;
    for line in table.lines().filter(|line| line.starts_with("| M")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let id = cells[0].trim_start_matches("| ");
        rows += 1;
        assert_eq!(id, format!("M{rows}"));
        let lessons = confronted.remove(id).unwrap_or_default().join(", ");
        assert!(!lessons.is_empty(), "no lesson confronts {id}");
        assert_eq!(cells[4].trim_end_matches(" |"), lessons, "{id}");
        assert!(cells[3].contains("](https://"), "{id} has no evidence");
    }
    assert_eq!(rows, 28);
    assert!(confronted.is_empty(), "not in the table: {confronted:?}");
    let readme = read("README.md");
    for (file, _, lesson) in course() {
        let row = format!("[{}]({file}) | ", lesson.title);
        let found = readme.lines().find(|line| line.contains(&row)).unwrap_or_else(|| panic!("no row for {file}"));
        assert!(found.ends_with(&format!("| {} |", lesson.goal)), "{found}");
    }
}

/// HTML in a lesson shows as text; nothing of it can act.
#[test]
fn html_is_text() {
    let text = "---\ntitle: T\ngoal: G\nminutes: 1\n---\nA <b>bold</b> <script>alert(1)</script> word.\n\n<img src=x onerror=y>\n";
    let lesson = parse("x.md", text).expect("it reads");
    let shown = format!("{:?}", lesson.steps);
    assert!(shown.contains("<script>alert(1)</script>"), "{shown}");
    assert!(shown.contains("<img src=x onerror=y>"), "{shown}");
}

/// A transcript has the outputs in it and nothing that gives the answer to the lesson away.
#[test]
fn a_transcript_holds_what_the_commands_print() {
    let (_, text, lesson) = course().into_iter().find(|(file, ..)| file.starts_with("02-")).unwrap();
    let document = transcript::document(&lesson, text);
    for part in
        ["# Three files in the pod", "namespace -> ..data/namespace", "\"system:anonymous", "✓ Who I am", "[^M20]: "]
    {
        assert!(document.contains(part) || document.contains(&part.replace('"', "\\\"")), "no {part:?} in\n{document}");
    }
    for part in ["console solution", "yaml goals", "yaml hints", "misses"] {
        assert!(!document.contains(part), "{part:?} in\n{document}");
    }
}

/// What was solved can be proved by playing it again; a session that does not solve it proves nothing.
#[test]
fn a_session_proves_a_lesson() {
    let (.., lesson) = course().into_iter().find(|(file, ..)| file.starts_with("00-")).unwrap();
    let (mut lab, _) = check::start(&lesson);
    let mut commands = lesson.solution.clone();
    assert_eq!(commands.pop().as_deref(), Some("undo"), "what was undone is not in a session, nor is the undoing");
    let before = SessionFile::of(&lab, Some(&lesson.id), &[(0, 1)].into());
    commands.iter().for_each(|command| {
        lab.run(command);
    });
    let proof = SessionFile::of(&lab, Some(&lesson.id), &[(0, 1)].into());
    let done = Done { undone: true, proof: proof.clone(), ..Done::default() };
    assert!(done.is_proof_of(&lesson));
    assert!(!Done { undone: false, ..done.clone() }.is_proof_of(&lesson));
    assert!(!Done { proof: before, ..done.clone() }.is_proof_of(&lesson));
    let elsewhere = SessionFile { lesson: Some("default-account".to_owned()), ..proof };
    assert!(!Done { proof: elsewhere, ..done.clone() }.is_proof_of(&lesson));
    let mut course = Course::default();
    course.done.insert(lesson.id.clone(), done);
    assert_eq!(Course::read(&course.write()), Ok(course));
}
