//! `cargo xtask shot`: a picture of the page from a headless Chromium, after typing and clicking.

use browser_tests::{Page, View};
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

const HELP: &str = "\
cargo xtask shot [OPTIONS] OUT.png

  --width N --height N    the window (1440 x 900)
  --dark                  for somebody who prefers dark
  --path P                what follows the address: '#lesson', '?embed'
  --type LINE             types a line into the terminal and presses Enter; may be repeated
  --press KEYS            presses Enter, Tab, Shift+Tab, Control+c, ...; may be repeated
  --click NAME            clicks the button, tab or link of that name; may be repeated
  --wait MS               waits before the picture (300)
  --full                  all of the page, not only the window
  --text                  prints the text of the page
typing, pressing and clicking happen in the order written. Errors of the page are printed.";

enum Act {
    Type(String),
    Press(String),
    Click(String),
}

struct Wish {
    view: View,
    acts: Vec<Act>,
    wait: u64,
    whole: bool,
    text: bool,
    out: String,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.is_empty() || args.iter().any(|arg| arg == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match parse(&args) {
        Ok(wish) => shoot(&wish),
        Err(failure) => {
            eprintln!("error: {failure}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn parse(args: &[String]) -> Result<Wish, String> {
    let (mut width, mut height, mut dark, mut path) = (1440, 900, false, String::new());
    let (mut acts, mut wait, mut whole, mut text, mut out) = (Vec::new(), 300, false, false, None);
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or_else(|| format!("{word} wants a value"));
        let number = |text: String| text.parse::<u32>().map_err(|error| format!("{word}: {error}"));
        match word.as_str() {
            "--width" => width = number(value()?)?,
            "--height" => height = number(value()?)?,
            "--dark" => dark = true,
            "--path" => path = value()?,
            "--type" => acts.push(Act::Type(value()?)),
            "--press" => acts.push(Act::Press(value()?)),
            "--click" => acts.push(Act::Click(value()?)),
            "--wait" => wait = number(value()?)?.into(),
            "--full" => whole = true,
            "--text" => text = true,
            option if option.starts_with('-') => return Err(format!("no option {option}")),
            file => out = Some(file.to_string()),
        }
    }
    let view = View::new(width, height).at(&path);
    let view = if dark { view.dark() } else { view };
    Ok(Wish { view, acts, wait, whole, text, out: out.ok_or("which file shall the picture go to?")? })
}

fn shoot(wish: &Wish) -> ExitCode {
    let page = Page::open(&wish.view);
    for act in &wish.acts {
        match act {
            Act::Type(line) => {
                page.textbox("Terminal command").type_text(&format!("{line}\n"));
            }
            Act::Press(keys) => {
                page.press(keys);
            }
            Act::Click(name) => click(&page, name),
        }
    }
    sleep(Duration::from_millis(wish.wait));
    page.screenshot(Path::new(&wish.out), wish.whole);
    if wish.text {
        println!("{}", page.css("body").text());
    }
    println!("{}", wish.out);
    let problems = page.problems();
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn click(page: &Page, name: &str) {
    let found = ["button", "tab", "link", "checkbox"].iter().find_map(|role| page.maybe(role, name));
    // What is not there yet may be a button that comes.
    found.unwrap_or_else(|| page.button(name)).click();
}
