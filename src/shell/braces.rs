//! Brace expansion, bash's own: `{a,b}`, `{1..5}`. It comes before all others and works on unquoted text.

use crate::shell::syntax::{Segment, Word};

const WORDS_MAX: usize = 10_000;

/// The words that one word becomes.
pub fn expand(word: &Word) -> Vec<Word> {
    let mut done = Vec::new();
    let mut pending = vec![word.clone()];
    while let Some(word) = pending.pop() {
        match split(&word) {
            Some(words) if done.len() + pending.len() + words.len() <= WORDS_MAX => {
                pending.extend(words.into_iter().rev())
            }
            _ => done.push(word),
        }
    }
    done
}

/// The alternatives of the first brace in a word; `None` when it has none.
fn split(word: &Word) -> Option<Vec<Word>> {
    word.segments.iter().enumerate().find_map(|(index, segment)| {
        let Segment::Text(text) = segment else { return None };
        let (before, alternatives, after) = braces(text)?;
        let words = alternatives.into_iter().map(|middle| {
            let mut segments = word.segments.clone();
            segments[index] = Segment::Text(format!("{before}{middle}{after}"));
            Word { segments }
        });
        Some(words.collect())
    })
}

fn braces(text: &str) -> Option<(&str, Vec<String>, &str)> {
    for (start, _) in text.match_indices('{') {
        let mut depth = 0;
        let mut parts = Vec::new();
        let mut from = start + 1;
        for (offset, c) in text[start..].char_indices() {
            let at = start + offset;
            match c {
                '{' => depth += 1,
                ',' if depth == 1 => {
                    parts.push(text[from..at].to_owned());
                    from = at + 1;
                }
                '}' if depth == 1 => {
                    let last = &text[from..at];
                    if parts.is_empty() {
                        match sequence(last) {
                            Some(numbers) => return Some((&text[..start], numbers, &text[at + 1..])),
                            None => break,
                        }
                    }
                    parts.push(last.to_owned());
                    return Some((&text[..start], parts, &text[at + 1..]));
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    None
}

fn sequence(text: &str) -> Option<Vec<String>> {
    let (from, to) = text.split_once("..")?;
    let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
    if from.abs_diff(to) >= WORDS_MAX as u64 {
        return None;
    }
    let numbers = from.min(to)..=from.max(to);
    let list = |number: i64| number.to_string();
    Some(if from <= to { numbers.map(list).collect() } else { numbers.rev().map(list).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        expand(&Word::text(text)).iter().filter_map(Word::plain).map(str::to_owned).collect()
    }

    #[test]
    fn expands_lists_and_sequences() {
        assert_eq!(texts("a{b,c}d"), ["abd", "acd"]);
        assert_eq!(texts("{1..3}"), ["1", "2", "3"]);
        assert_eq!(texts("{3..1}x"), ["3x", "2x", "1x"]);
        assert_eq!(texts("{a,b}{1,2}"), ["a1", "a2", "b1", "b2"]);
        assert_eq!(texts("{a,{b,c}}"), ["a", "b", "c"]);
        assert_eq!(texts("jsonpath={.metadata.name}"), ["jsonpath={.metadata.name}"]);
        assert_eq!(texts("{}"), ["{}"]);
    }
}
