//! `embed.html`, the page inside another one: `index.html` that says so of itself, with a text of its own before the program.

use crate::{Failure, paths};
use std::fs;

/// Writes it beside the built `index.html`.
pub fn write() -> Result<(), Failure> {
    let read =
        |file: std::path::PathBuf| fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()));
    let index = read(paths::dist().join("index.html"))?;
    let before = read(paths::root().join("static/embed-before.html"))?;
    let page = page(&index, &before, &lessons()?)
        .ok_or("index.html and static/embed-before.html are not what embed.html is made from")?;
    fs::write(paths::dist().join("embed.html"), page).map_err(|error| format!("embed.html: {error}"))
}

/// What of a lesson is read before the program is there.
struct Lesson {
    file: String,
    title: String,
    goal: String,
    /// Its first paragraph, as plain text.
    opening: String,
}

/// The course, in its order.
fn lessons() -> Result<Vec<Lesson>, Failure> {
    let folder = paths::root().join("lessons");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".md") && name.starts_with(|letter: char| letter.is_ascii_digit()));
    names.sort();
    let lesson = |file: String| {
        let text = fs::read_to_string(folder.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        let word = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.map(|value| value.trim().trim_matches('"').to_owned()).ok_or(format!("{file} has no {name}"))
        };
        let opening = opening(&text).ok_or(format!("{file} has no first paragraph"))?;
        Ok(Lesson { title: word("title")?, goal: word("goal")?, opening, file })
    };
    names.into_iter().map(lesson).collect()
}

/// What stands below the heading, until an empty line; without Markdown's signs for code and emphasis.
fn opening(text: &str) -> Option<String> {
    let below = text.split_once("\n# ")?.1.split_once("\n\n")?.1;
    let paragraph = below.split("\n\n").next()?;
    Some(paragraph.replace('\n', " ").replace(['`', '*'], "").trim().to_owned()).filter(|text| !text.is_empty())
}

fn page(index: &str, before: &str, lessons: &[Lesson]) -> Option<String> {
    let (head, rest) = index.split_once("<main class=\"before\">")?;
    let (_, tail) = rest.split_once("</main>")?;
    let (start, head) = head.split_once("<html lang=\"en\"")?;
    let (above, below) = before.trim_end().split_once("<!-- lessons -->")?;
    let list: String = lessons.iter().map(item).collect::<Option<_>>()?;
    Some(format!("{start}<html lang=\"en\" data-embed{head}{above}{list}\n        {below}{tail}"))
}

/// boot.js finds the lesson that the address names by `data-lesson`.
fn item(Lesson { file, title, goal, opening }: &Lesson) -> Option<String> {
    let id = file.strip_suffix(".md")?.split_once('-')?.1;
    let (title, goal, opening) = (escaped(title), escaped(goal), escaped(opening));
    Some(format!(
        "\n          <li data-lesson=\"{id}\"><a href=\"lessons/{file}\">{title}</a> <span>{goal}</span> <span>{opening}</span></li>"
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_page_is_made_from_the_page_and_lists_the_lessons() {
        let read = |name: &str| fs::read_to_string(paths::root().join(name)).unwrap();
        let page = page(&read("index.html"), &read("static/embed-before.html"), &lessons().unwrap()).unwrap();
        assert!(
            page.contains("<html lang=\"en\" data-embed>") && page.contains("to try what the page around"),
            "{page}"
        );
        assert!(!page.contains("What a ServiceAccount is") && page.contains("id=\"lab\""), "{page}");
        let item = "<li data-lesson=\"automount-off\"><a href=\"lessons/05-automount-off.md\">Turning automount off</a> <span>Run a pod without";
        assert!(page.contains(item), "{page}");
    }

    #[test]
    fn a_title_is_text() {
        let lesson =
            Lesson { file: "01-a.md".into(), title: "<b> & co".into(), goal: "x > y".into(), opening: "<i>".into() };
        let item = item(&lesson).unwrap();
        assert!(item.contains("&lt;b&gt; &amp; co</a> <span>x &gt; y</span> <span>&lt;i&gt;<"), "{item}");
    }

    #[test]
    fn an_opening_is_the_first_paragraph() {
        let text = "---\ntitle: A\n---\n# A\n\nOne `two`\n**three**, *four*.\n\nFive.\n";
        assert_eq!(opening(text).as_deref(), Some("One two three, four."));
        assert_eq!(opening("# A\n"), None);
    }
}
