//! POSIX regular expressions, basic and extended, in terms of `regex-lite`.
//!
//! Left out: back-references in a pattern, and leftmost-longest alternation (the first alternative that matches wins).

use regex_lite::{Regex, RegexBuilder};

/// Compiles an extended expression (`grep -E`, `sed -E`, `[[ =~ ]]`).
///
/// # Errors
/// Why it is none.
pub fn extended(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    build(&translate(pattern, true)?, ignore_case)
}

/// Compiles a basic expression (`grep`, `sed`).
///
/// # Errors
/// Why it is none.
pub fn basic(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    build(&translate(pattern, false)?, ignore_case)
}

/// Compiles text that stands for itself (`grep -F`).
///
/// # Errors
/// When it is too long.
pub fn fixed(text: &str, ignore_case: bool) -> Result<Regex, String> {
    build(&regex_lite::escape(text), ignore_case)
}

fn build(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .build()
        .map_err(|error| format!("Invalid regular expression: {error}"))
}

fn translate(pattern: &str, extended: bool) -> Result<String, String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::new();
    let mut index = 0;
    while let Some(&c) = chars.get(index) {
        index += 1;
        match c {
            '\\' => {
                let Some(&next) = chars.get(index) else { return Err("Trailing backslash".to_owned()) };
                index += 1;
                match next {
                    '(' | ')' | '{' | '}' | '|' | '+' | '?' if !extended => out.push(next),
                    '1'..='9' => return Err("Invalid back reference (not simulated)".to_owned()),
                    'w' | 'W' | 's' | 'S' | 'b' | 'B' => out.extend(['\\', next]),
                    '<' => out.push_str("\\b{start}"),
                    '>' => out.push_str("\\b{end}"),
                    'n' => out.push_str("\\n"),
                    't' => out.push_str("\\t"),
                    other => push_literal(&mut out, other),
                }
            }
            '[' => index = bracket(&chars, index, &mut out)?,
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if !extended => push_literal(&mut out, c),
            '{' if !chars.get(index).is_some_and(char::is_ascii_digit) => out.push_str("\\{"),
            // A star at the start of an expression stands for itself.
            '*' if out.is_empty() || out.ends_with('(') || out.ends_with('|') || out == "^" => out.push_str("\\*"),
            '^' if !(extended || index == 1 || out.ends_with('(') || out.ends_with('|')) => out.push_str("\\^"),
            '$' if !extended && index < chars.len() && chars.get(index) != Some(&'\\') => out.push_str("\\$"),
            other => out.push(other),
        }
    }
    Ok(out)
}

fn push_literal(out: &mut String, c: char) {
    out.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4])));
}

/// A bracket expression after its `[`; gives where it ends.
fn bracket(chars: &[char], start: usize, out: &mut String) -> Result<usize, String> {
    let unmatched = || "Unmatched [, [^, [:, [., or [=".to_owned();
    let mut index = start;
    out.push('[');
    if chars.get(index) == Some(&'^') {
        out.push('^');
        index += 1;
    }
    let first = index;
    loop {
        let c = *chars.get(index).ok_or_else(unmatched)?;
        match c {
            ']' if index > first => {
                out.push(']');
                return Ok(index + 1);
            }
            '[' if chars.get(index + 1) == Some(&':') => {
                let rest = chars.get(index..).unwrap_or_default();
                let end = rest.windows(2).skip(1).position(|pair| pair == [':', ']']).ok_or_else(unmatched)? + 3;
                out.extend(rest.iter().take(end));
                index += end;
                continue;
            }
            '-' if index > first && chars.get(index + 1).is_some_and(|c| *c != ']') => out.push('-'),
            '[' | ']' | '\\' | '^' | '-' | '&' | '~' => out.extend(['\\', c]),
            other => out.push(other),
        }
        index += 1;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn basic_and_extended_differ() {
        assert!(basic("a+b", false).unwrap().is_match("a+b"));
        assert!(extended("a+b", false).unwrap().is_match("aab"));
        assert!(basic("\\(ab\\)\\{2\\}", false).unwrap().is_match("abab"));
        assert!(basic("*x", false).unwrap().is_match("*x"));
        assert!(extended("^        \"name\": \"", false).unwrap().is_match("        \"name\": \"box\","));
        assert!(extended("[[:digit:]]+[^]a-c.]$", false).unwrap().is_match("12z"));
        assert!(basic("a$b", false).unwrap().is_match("a$b"));
        assert!(basic("\\bfoo\\>", false).unwrap().is_match("a foo b"));
        assert!(extended("{x}", false).unwrap().is_match("{x}"));
        assert!(extended("[", false).is_err() && basic("a\\", false).is_err() && extended("(", false).is_err());
        assert!(basic("KEY", true).unwrap().is_match("key"));
    }
}
