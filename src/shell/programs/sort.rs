//! `sort [-r] [-n] [-u] [-f] [-V] [-b] [-t X] [-k N[,M]] [-o FILE] [FILE…]`, in byte order.

use crate::api::sorted;
use crate::shell::programs::options::lines;
use crate::shell::runner::{Runner, Step};
use std::cmp::Ordering;

struct Key {
    first: usize,
    last: usize,
    numeric: bool,
    reverse: bool,
    version: bool,
}

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("reverse", 'r'), ("numeric-sort", 'n'), ("unique", 'u'), ("ignore-case", 'f'), ("version-sort", 'V'),
        ("key", 'k'), ("field-separator", 't'), ("output", 'o'), ("stable", 's')];
    let options = match runner.options("sort", arguments, "rnufVbst:k:o:", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (inputs, exit) = runner.inputs("sort", &options.operands);
    if exit != 0 {
        return Ok(exit);
    }
    let all: Vec<Vec<u8>> = inputs.iter().flat_map(|(_, bytes)| lines(bytes).map(<[u8]>::to_vec)).collect();
    let mut texts: Vec<String> = all.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let separator = options.value('t').and_then(|text| text.chars().next());
    let mut keys = Vec::new();
    for text in options.values('k') {
        match key(text, options.has('n'), options.has('r'), options.has('V')) {
            Some(key) => keys.push(key),
            None => {
                runner.err(format!("sort: invalid number at field start: invalid count at start of '{text}'\n"));
                return Ok(2);
            }
        }
    }
    let whole = Key { first: 0, last: 0, numeric: options.has('n'), reverse: options.has('r'), version: options.has('V') };
    let fold = options.has('f');
    let by_keys = |a: &String, b: &String| {
        let own = std::slice::from_ref(&whole);
        let keys = if keys.is_empty() { own } else { &keys };
        for key in keys {
            let (left, right) = (part(a, key, separator), part(b, key, separator));
            let order = compare(&left, &right, key, fold);
            if order != Ordering::Equal {
                return if key.reverse { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    };
    sorted::sort_by(&mut texts, |a, b| by_keys(a, b).then_with(|| match (options.has('u') || options.has('s'), options.has('r')) {
        (true, _) => Ordering::Equal,
        (false, true) => b.cmp(a),
        (false, false) => a.cmp(b),
    }));
    if options.has('u') {
        texts.dedup_by(|b, a| by_keys(a, b) == Ordering::Equal);
    }
    let mut text = texts.join("\n");
    if !texts.is_empty() {
        text.push('\n');
    }
    match options.value('o') {
        None => runner.out(text),
        Some(path) => {
            if let Err(error) = runner.write(path, text.as_bytes()) {
                runner.err(format!("sort: open failed: {path}: {error}\n"));
                return Ok(2);
            }
        }
    }
    Ok(0)
}

fn key(text: &str, numeric: bool, reverse: bool, version: bool) -> Option<Key> {
    let letters = |c: char| c.is_ascii_alphabetic();
    let flags: String = text.chars().filter(|c| letters(*c)).collect();
    let (first, last) = text.split_once(',').unwrap_or((text, ""));
    let number = |text: &str| text.split('.').next().unwrap_or_default().trim_end_matches(letters).parse::<usize>();
    let first = number(first).ok().filter(|first| *first > 0)?;
    let last = if last.is_empty() { usize::MAX } else { number(last).ok()? };
    Some(Key {
        first,
        last,
        numeric: numeric || flags.contains('n'),
        reverse: reverse || flags.contains('r'),
        version: version || flags.contains('V'),
    })
}

fn part(line: &str, key: &Key, separator: Option<char>) -> String {
    if key.first == 0 {
        return line.to_owned();
    }
    let fields: Vec<&str> = match separator {
        Some(separator) => line.split(separator).collect(),
        None => line.split_whitespace().collect(),
    };
    let count = key.last.saturating_sub(key.first).saturating_add(1);
    fields.into_iter().skip(key.first - 1).take(count).collect::<Vec<&str>>().join("\u{0}")
}

fn compare(left: &str, right: &str, key: &Key, fold: bool) -> Ordering {
    if key.numeric {
        return number(left).total_cmp(&number(right));
    }
    if key.version {
        return versions(left, right);
    }
    if fold { left.to_uppercase().cmp(&right.to_uppercase()) } else { left.cmp(right) }
}

fn number(text: &str) -> f64 {
    let text = text.trim_start();
    let length = text.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *c == '.' || (*at == 0 && *c == '-'))).map_or(text.len(), |(at, _)| at);
    text[..length].parse().unwrap_or(0.0)
}

fn versions(left: &str, right: &str) -> Ordering {
    let chunks = |text: &str| {
        let mut chunks: Vec<(u64, String)> = Vec::new();
        let mut digits = String::new();
        for c in text.chars().chain(['\0']) {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            if !digits.is_empty() {
                chunks.push((digits.parse().unwrap_or(u64::MAX), String::new()));
                digits.clear();
            }
            chunks.push((0, c.to_string()));
        }
        chunks
    };
    chunks(left).cmp(&chunks(right))
}
