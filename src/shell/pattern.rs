//! Shell patterns: `*`, `?`, `[a-z]`, `[!x]`, `\*`; for file names, `case`, `${x%…}` and `[[ x == … ]]`.

use crate::api::files::{Entry, FileTree};

/// Whether a pattern holds an unescaped wildcard.
pub fn has_wildcard(pattern: &str) -> bool {
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '*' | '?' | '[' => return true,
            _ => {}
        }
    }
    false
}

/// Escapes wildcards, so that quoted text matches itself.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "*?[]\\-!^".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether the whole text matches the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches_chars(&pattern, &text)
}

/// As [`matches`], on characters. Backtracks to the last star only, so it is at worst quadratic.
pub fn matches_chars(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
            continue;
        }
        match one(pattern, p, text[t]) {
            Some(next) => {
                p = next;
                t += 1;
            }
            None => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

/// Matches one character at `position` of the pattern; gives where the pattern goes on.
fn one(pattern: &[char], position: usize, c: char) -> Option<usize> {
    match pattern.get(position)? {
        '?' => Some(position + 1),
        '\\' => match pattern.get(position + 1) {
            Some(escaped) => (*escaped == c).then_some(position + 2),
            None => (c == '\\').then_some(position + 1),
        },
        '[' => match bracket(pattern, position, c) {
            Some((true, end)) => Some(end),
            Some((false, _)) => None,
            None => (c == '[').then_some(position + 1),
        },
        other => (*other == c).then_some(position + 1),
    }
}

/// A bracket expression: whether `c` is in it, and where it ends; `None` when it is never closed.
fn bracket(pattern: &[char], start: usize, c: char) -> Option<(bool, usize)> {
    let mut index = start + 1;
    let negated = matches!(pattern.get(index), Some('!' | '^'));
    if negated {
        index += 1;
    }
    let first = index;
    let mut found = false;
    loop {
        let mut low = *pattern.get(index)?;
        if low == ']' && index > first {
            return Some((found != negated, index + 1));
        }
        if low == '[' && pattern.get(index + 1) == Some(&':') {
            let name: String = pattern.get(index + 2..)?.iter().take_while(|c| **c != ':').collect();
            found |= in_class(&name, c);
            index += name.chars().count() + 4;
            continue;
        }
        if low == '\\' {
            index += 1;
            low = *pattern.get(index)?;
        }
        index += 1;
        let ranged = pattern.get(index) == Some(&'-') && pattern.get(index + 1).is_some_and(|c| *c != ']');
        let high = if ranged { *pattern.get(index + 1)? } else { low };
        if ranged {
            index += 2;
        }
        found |= low <= c && c <= high;
    }
}

/// Whether a character is in `[:NAME:]`.
pub fn in_class(name: &str, c: char) -> bool {
    match name {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "xdigit" => c.is_ascii_hexdigit(),
        "cntrl" => c.is_control(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && !c.is_whitespace(),
        _ => false,
    }
}

/// How many paths one pattern may become.
const MATCHES_MAX: usize = 10_000;

/// The paths that match, sorted; empty when none does.
pub fn paths(tree: &FileTree, folder: &str, pattern: &str) -> Vec<String> {
    let rooted = pattern.starts_with('/');
    let mut found: Vec<String> = vec![if rooted { "/".to_owned() } else { String::new() }];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for base in &found {
            let join = |name: &str| match base.as_str() {
                "" | "/" => format!("{base}{name}"),
                _ => format!("{base}/{name}"),
            };
            let absolute = |path: &str| crate::api::files::absolute(folder, if path.is_empty() { "." } else { path });
            if !has_wildcard(part) {
                let path = join(&unescape(part));
                if tree.entry(&absolute(&path)).is_ok() {
                    next.push(path);
                }
                continue;
            }
            let Ok(Entry::Directory(_, children)) = tree.follow(&absolute(base)) else { continue };
            let names = children.keys().filter(|name| !name.starts_with('.') || part.starts_with('.'));
            next.extend(names.filter(|name| matches(part, name)).map(|name| join(name)).take(MATCHES_MAX));
        }
        next.truncate(MATCHES_MAX);
        found = next;
    }
    found.retain(|path| !path.is_empty());
    if pattern.ends_with('/') {
        found.retain(|path| tree.list(&crate::api::files::absolute(folder, path)).is_ok());
        found.iter_mut().for_each(|path| path.push('/'));
    }
    found
}

fn unescape(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::files::{Attributes, Content};

    #[test]
    fn matches_as_fnmatch_does() {
        let yes = [
            ("*.yaml", "pod.yaml"),
            ("a?c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("\\*", "*"),
            ("*", ""),
            ("[[:digit:]]*", "1a"),
            ("[", "["),
            ("a*b*c", "a__b__c"),
            ("é?", "éü"),
            ("[]x]", "]"),
        ];
        for (pattern, text) in yes {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("*.yaml", "pod.yml"), ("[!a]x", "ax"), ("\\*", "x"), ("a*b", "ac"), ("?", "")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(!has_wildcard("a\\*b") && has_wildcard("a*"));
        assert!(matches(&escape("[a]*"), "[a]*"));
    }

    #[test]
    fn finds_files() {
        let mut tree = FileTree::default();
        for path in ["/d/a.yaml", "/d/b.yaml", "/d/.hidden", "/e/a.yaml"] {
            let entry = Entry::File(Attributes::default(), Content::from(""));
            tree.put(path, entry, true).unwrap();
        }
        assert_eq!(paths(&tree, "/d", "*.yaml"), ["a.yaml", "b.yaml"]);
        assert_eq!(paths(&tree, "/", "*/a.yaml"), ["d/a.yaml", "e/a.yaml"]);
        assert_eq!(paths(&tree, "/e", "/d/.*"), ["/d/.hidden"]);
        assert!(paths(&tree, "/d", "*.txt").is_empty());
        assert_eq!(paths(&tree, "/", "*/"), ["d/", "e/"]);
    }
}
