//! Every lesson starts unsolved, is solved by its solution, and is not solved by the wrong ways it names.

#![allow(clippy::expect_used)]

use serviceaccount_lab::lesson::{LESSONS, check, parse};

#[test]
fn every_lesson_holds() {
    let mut problems = Vec::new();
    for (file, text) in LESSONS {
        match parse(file, text) {
            Ok(lesson) => {
                problems.extend(check::prove(&lesson).into_iter().map(|problem| format!("lessons/{file}: {problem}")));
            }
            Err(error) => problems.push(format!("lessons/{file}:{}: {}", error.line, error.message)),
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_catalogue_is_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder lessons is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md") && name != "README.md")
        .collect();
    files.sort();
    let listed: Vec<&str> = LESSONS.iter().map(|(file, _)| *file).collect();
    assert_eq!(files, listed);
}

#[test]
fn a_broken_lesson_says_where_and_what() {
    let front = "---\ntitle: T\ngoal: G\nminutes: 1\n---\n";
    let cases = [
        ("no front matter", "line 1: a lesson starts with front matter"),
        (
            &format!("{front}\n```console solutoin\n$ x\n```\n"),
            "line 7: a block ```console solutoin``` means nothing here",
        ),
        (&format!("{front}\n```console\nno prompt\n```\n"), "line 7: a console block holds commands behind \"$ \""),
        (&format!("{front}\n```yaml goals\n- goal: x\n  exist: pod/a\n```\n"), "line 7: there is no check \"exist\""),
        (&format!("{front}\n```yaml goals\n- goal: x\n  exists: pots/a\n```\n"), "line 7: there is no kind \"pots\""),
        ("---\ntitle: T\ngoal: G\nminuets: 1\n---\n", "unknown field `minuets`"),
    ];
    for (text, wanted) in cases {
        let error = parse("x.md", text).expect_err("it is broken").to_string();
        assert!(error.contains(wanted), "{error:?} does not say {wanted:?}");
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
