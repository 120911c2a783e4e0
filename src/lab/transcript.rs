//! A session as Markdown: commands and outputs, to be pasted into a ticket. Whatever was printed stays inside its fence.

use crate::kubectl::host::Chunk;
use crate::lab::{Action, Lab, Record};

/// The commands of a session as far as they are done, with their outputs; its preparation is left out.
pub fn markdown(lab: &Lab, title: &str) -> String {
    let settings = lab.settings();
    let about = tr!(
        "ServiceAccount Lab, a simulated Kubernetes {0}. Seed {1}, started at {2}, read at {3}.",
        settings.kubernetes.release.name(),
        settings.seed,
        settings.start.rfc3339(),
        lab.now().rfc3339()
    );
    let mut text = format!("# {}\n\n{about}\n", title.replace('\n', " "));
    let steps = lab.log().zip(lab.all_records()).skip(lab.floor());
    let mut block = String::new();
    for (step, record) in steps {
        match &*step.action {
            Action::WriteFile { path, text: content } => {
                close(&mut text, &mut block);
                text.push_str(&format!("\n{}\n\n{}", tr!("The file {0}:", code(path)), fenced("", content)));
            }
            Action::Command(entry) => {
                block.push_str(&format!("{}{}\n", record.prompt, entry.trim_end()));
                block.push_str(&printed(record));
            }
            other => {
                close(&mut text, &mut block);
                text.push_str(&format!("\n*{}.*\n", other.words()));
                block.push_str(&printed(record));
            }
        }
    }
    close(&mut text, &mut block);
    text
}

fn close(text: &mut String, block: &mut String) {
    if !block.is_empty() {
        text.push('\n');
        text.push_str(&fenced("console", block));
        block.clear();
    }
}

/// What a command printed, on both streams in order, ending with a line end.
pub fn printed(record: &Record) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    for chunk in &record.chunks {
        let (Chunk::Stdout(part) | Chunk::Stderr(part)) = chunk;
        bytes.extend(part);
    }
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// A block that ends where it should: its fence is longer than any row of backticks inside.
fn fenced(language: &str, content: &str) -> String {
    let fence = "`".repeat(longest_row(content).max(2) + 1);
    // A carriage return ends a line for some readers, and shows nothing.
    let content = content.replace('\r', "");
    let end = if content.is_empty() || content.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{content}{end}{fence}\n")
}

fn code(text: &str) -> String {
    let tick = "`".repeat(longest_row(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{tick}{pad}{}{pad}{tick}", text.replace(['\n', '\r'], " "))
}

fn longest_row(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Settings;

    #[test]
    fn what_was_printed_stays_inside_its_fence() {
        let mut lab = Lab::new(Settings::default());
        lab.run("printf '```\\n# not a heading\\n````\\n'");
        lab.write_file("a`b.yaml", "x: |\n  ```\n");
        lab.advance(std::time::Duration::from_secs(600));
        lab.run("echo after");
        let text = markdown(&lab, "Free play");
        assert!(text.contains("\n`````console\n"), "{text}");
        assert!(text.contains("\nThe file ``a`b.yaml``:\n\n````\nx: |\n  ```\n````\n"), "{text}");
        assert!(text.contains("\n*clock moved on by 10m.*\n\n```console\n"), "{text}");
        let html = {
            let mut html = String::new();
            pulldown_cmark_headings(&text, &mut html);
            html
        };
        assert_eq!(html, "Free play");
    }

    /// The text of every heading that a Markdown reader sees.
    fn pulldown_cmark_headings(text: &str, out: &mut String) {
        use pulldown_cmark::{Event, Parser, Tag, TagEnd};
        let mut inside = false;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Heading { .. }) => inside = true,
                Event::End(TagEnd::Heading(_)) => inside = false,
                Event::Text(part) if inside => out.push_str(&part),
                _ => {}
            }
        }
    }
}
