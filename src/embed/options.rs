//! What a page may ask of the lab that it embeds, in the words of the address: `embed.html?lesson=…&view=…`.
//!
//! The element's attributes are the same words. A word is never taken away again; what is not known is ignored, and so
//! is a value that cannot be read.

use crate::api::release::Release;

/// The longest query that is read, in bytes.
const QUERY_LENGTH_MAX: usize = 128 * 1024;
/// The most entries that are run at the start, and the longest text they make.
const AUTORUN_MAX: usize = 20;
const AUTORUN_LENGTH_MAX: usize = 8 * 1024;
/// The longest name that a session is kept under.
const NAME_LENGTH_MAX: usize = 200;

/// The tabs of the X-ray by the names that `view` knows, in their order.
pub const TABS: [&str; 7] = ["steps", "objects", "files", "token", "access", "relations", "requests"];

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The lesson.
    pub lesson: bool,
    /// The terminal, with the editor.
    pub terminal: bool,
    /// The tabs of the X-ray, as places in [`TABS`].
    pub tabs: Vec<usize>,
    /// The clock and the timeline.
    pub time: bool,
}

impl View {
    /// Everything.
    pub fn full() -> Self {
        View { lesson: true, terminal: true, tabs: (0..TABS.len()).collect(), time: true }
    }

    /// Reads `terminal files`; words that are not known do not count, and `None` is left if none is.
    fn read(text: &str) -> Option<Self> {
        let mut view = View { lesson: false, terminal: false, tabs: Vec::new(), time: false };
        for word in text.split([' ', ',', '+']).filter(|word| !word.is_empty()).take(40) {
            match word {
                "full" => return Some(View::full()),
                "lesson" => view.lesson = true,
                "terminal" | "editor" => view.terminal = true,
                "time" | "timeline" => view.time = true,
                "xray" => view.tabs = (0..TABS.len()).collect(),
                other => view.tabs.extend(TABS.iter().position(|name| *name == other)),
            }
        }
        view.tabs.sort_unstable();
        view.tabs.dedup();
        (view.lesson || view.terminal || view.time || !view.tabs.is_empty()).then_some(view)
    }
}

/// Which buttons stand above the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Those of the whole page.
    Full,
    /// Undo, redo, start over, and the way to the whole page.
    Min,
    /// None.
    None,
}

/// What runs by itself at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Autorun {
    /// Nothing.
    #[default]
    Nothing,
    /// The commands that the lesson's step shows.
    Step,
    /// These entries.
    Entries(Vec<String>),
}

/// Everything that the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether the page is inside another one.
    pub embedded: bool,
    /// The lesson: its id, or the address of a Markdown file.
    pub lesson: Option<String>,
    /// The step of the lesson to begin at, counted from 1.
    pub step: Option<usize>,
    /// What is shown.
    pub view: View,
    /// The buttons above.
    pub controls: Controls,
    /// Whether the learner can only look.
    pub readonly: bool,
    /// What runs at the start.
    pub autorun: Autorun,
    /// The session to begin with, as in a link.
    pub state: Option<String>,
    /// The version of Kubernetes for a session without a lesson; a lesson has its own.
    pub version: Option<Release>,
    /// The name that the session is kept under in the tab; without one it is not kept.
    pub name: Option<String>,
    /// Whether the frame is as high as its content, instead of the content as high as the frame.
    pub auto_height: bool,
}

impl Options {
    /// Reads the query of an address.
    pub fn read(query: &str, embedded: bool) -> Self {
        let pairs = pairs(query);
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let is_on = |name: &str| get(name).is_some_and(|value| !matches!(value, "false" | "0" | "no"));
        let lesson = get("lesson").filter(|value| !value.is_empty()).map(str::to_owned);
        let usual = if embedded {
            View { lesson: lesson.is_some() || get("state").is_some(), time: false, ..View::full() }
        } else {
            View::full()
        };
        Options {
            embedded,
            lesson,
            step: get("step").and_then(|value| value.parse().ok()).filter(|step| *step > 0),
            view: get("view").and_then(View::read).unwrap_or(usual),
            controls: match get("controls") {
                Some("full") => Controls::Full,
                Some("min") => Controls::Min,
                Some("none" | "false") => Controls::None,
                _ => {
                    if embedded {
                        Controls::Min
                    } else {
                        Controls::Full
                    }
                }
            },
            readonly: is_on("readonly"),
            autorun: get("autorun").map(autorun).unwrap_or_default(),
            state: get("state").filter(|value| !value.is_empty()).map(str::to_owned),
            version: get("version").and_then(Release::parse),
            name: get("name").filter(|name| !name.is_empty() && name.len() <= NAME_LENGTH_MAX).map(str::to_owned),
            auto_height: embedded && get("height") == Some("auto"),
        }
    }
}

fn autorun(text: &str) -> Autorun {
    match text.trim() {
        "false" | "0" | "no" => Autorun::Nothing,
        "" | "true" | "1" | "step" => Autorun::Step,
        entries if entries.len() > AUTORUN_LENGTH_MAX => Autorun::Nothing,
        entries => {
            // A heredoc or an open quote goes on in the next line.
            let mut all: Vec<String> = Vec::new();
            for line in entries.lines().filter(|line| !line.trim().is_empty()) {
                match all.last_mut() {
                    Some(open) if crate::lab::needs_more(open) => {
                        open.push('\n');
                        open.push_str(line);
                    }
                    _ => all.push(line.trim().to_owned()),
                }
            }
            all.truncate(AUTORUN_MAX);
            Autorun::Entries(all)
        }
    }
}

/// Names and values of a query; those that are not text are left out.
fn pairs(query: &str) -> Vec<(String, String)> {
    if query.len() > QUERY_LENGTH_MAX {
        return Vec::new();
    }
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    query.trim_start_matches('?').split('&').filter_map(pair).collect()
}

/// The text behind `%41` and `+`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embed(query: &str) -> Options {
        Options::read(query, true)
    }

    #[test]
    fn every_word_is_read() {
        let options = embed(
            "?lesson=automount-off&step=2&view=terminal+files&controls=none&readonly&autorun=kubectl%20get%20sa%0Akubectl+get+pods&state=1.abc&name=page%231&height=auto&theme=dark&lang=de&version=1.23",
        );
        assert_eq!(options.lesson.as_deref(), Some("automount-off"));
        assert_eq!(options.step, Some(2));
        assert_eq!(options.view, View { lesson: false, terminal: true, tabs: vec![2], time: false });
        assert_eq!(options.controls, Controls::None);
        assert!(options.readonly && options.auto_height);
        assert_eq!(options.autorun, Autorun::Entries(vec!["kubectl get sa".into(), "kubectl get pods".into()]));
        assert_eq!((options.state.as_deref(), options.name.as_deref()), (Some("1.abc"), Some("page#1")));
    }

    #[test]
    fn what_is_not_known_is_ignored() {
        let usual = embed("");
        assert!(!usual.view.lesson && usual.view.terminal && !usual.view.time && usual.view.tabs.len() == TABS.len());
        assert_eq!(
            embed("?colour=red&view=aquarium&step=x&controls=loud&readonly=false&autorun=no&%zz=1&lesson=%ff"),
            usual
        );
        assert!(embed("?lesson=x").view.lesson);
        assert_eq!(embed("?view=full").view, View::full());
        assert_eq!(embed("?view=time,xray").view.tabs.len(), TABS.len());
    }

    #[test]
    fn the_whole_page_is_whole() {
        let options = Options::read("?lesson=x", false);
        assert_eq!((options.view, options.controls, options.auto_height), (View::full(), Controls::Full, false));
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        assert_eq!(embed(&format!("?state={}", "a".repeat(QUERY_LENGTH_MAX))), embed(""));
        assert_eq!(embed(&format!("?autorun={}", "a".repeat(AUTORUN_LENGTH_MAX + 1))).autorun, Autorun::Nothing);
        let lines = "echo+a%0A".repeat(100);
        assert!(
            matches!(embed(&format!("?autorun={lines}")).autorun, Autorun::Entries(all) if all.len() == AUTORUN_MAX)
        );
        let heredoc = "?autorun=cat+<<EOF%0Aa%0AEOF%0Als";
        assert_eq!(embed(heredoc).autorun, Autorun::Entries(vec!["cat <<EOF\na\nEOF".into(), "ls".into()]));
    }
}
