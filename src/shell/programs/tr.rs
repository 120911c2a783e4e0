//! `tr [-d] [-s] [-c] SET1 [SET2]`

use crate::shell::escapes;
use crate::shell::pattern::in_class;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("delete", 'd'), ("squeeze-repeats", 's'), ("complement", 'c')];
    let options = match runner.options("tr", arguments, "dscC", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (delete, squeeze, complement) = (options.has('d'), options.has('s'), options.has('c') || options.has('C'));
    let [first, rest @ ..] = options.operands.as_slice() else {
        runner.err("tr: missing operand\nTry 'tr --help' for more information.\n");
        return Ok(1);
    };
    let second = rest.first();
    if second.is_none() && !delete && !squeeze {
        let text = format!("tr: missing operand after '{first}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n");
        runner.err(text);
        return Ok(1);
    }
    let from = set(first);
    let mut to = second.map(|text| set(text)).unwrap_or_default();
    if let (Some(last), false) = (to.last().copied(), delete) {
        to.resize(from.len().max(to.len()), last);
    }
    let squeezed = if !squeeze { Vec::new() } else if second.is_some() { to.clone() } else { from.clone() };
    let (inputs, exit) = runner.inputs("tr", &[]);
    let mut out = String::new();
    let mut last = None;
    for c in inputs.iter().flat_map(|(_, bytes)| String::from_utf8_lossy(bytes).chars().collect::<Vec<char>>()) {
        let at = from.iter().position(|member| *member == c);
        let inside = at.is_some() != complement;
        if delete && inside {
            continue;
        }
        let c = match (inside, delete || to.is_empty(), complement) {
            (true, false, false) => at.and_then(|at| to.get(at)).copied().unwrap_or(c),
            (true, false, true) => to.last().copied().unwrap_or(c),
            _ => c,
        };
        let member = squeezed.contains(&c) != (complement && second.is_none());
        if squeeze && member && last == Some(c) {
            continue;
        }
        last = Some(c);
        out.push(c);
    }
    runner.out(out);
    Ok(exit)
}

/// The characters of a set: ranges, classes, escapes.
fn set(text: &str) -> Vec<char> {
    let mut raw: Vec<(char, bool)> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            raw.push((c, false));
            continue;
        }
        let mut escape = String::from('\\');
        match chars.next() {
            Some(digit @ '0'..='7') => {
                escape.push(digit);
                while escape.len() < 4 && let Some(more) = chars.next_if(|c| ('0'..='7').contains(c)) {
                    escape.push(more);
                }
            }
            Some(other) => escape.push(other),
            None => escape.push('\\'),
        }
        let expanded = escapes::expand(&escape).text_lossy();
        let kept = if expanded.chars().count() > 1 { expanded.chars().nth(1) } else { expanded.chars().next() };
        raw.extend(kept.map(|c| (c, true)));
    }
    let mut out = Vec::new();
    let mut index = 0;
    while let Some(&(c, escaped)) = raw.get(index) {
        let plain = |offset: usize| raw.get(index + offset).map(|(c, _)| *c);
        if c == '[' && !escaped && plain(1) == Some(':') {
            let name: String = raw[index + 2..].iter().map(|(c, _)| *c).take_while(|c| *c != ':').collect();
            let end = index + 2 + name.chars().count();
            if raw.get(end).map(|(c, _)| *c) == Some(':') && raw.get(end + 1).map(|(c, _)| *c) == Some(']') {
                out.extend((0..=127_u8).map(char::from).filter(|c| in_class(&name, *c)));
                index = end + 2;
                continue;
            }
        }
        match (plain(1), plain(2)) {
            (Some('-'), Some(high)) if raw.get(index + 1) == Some(&('-', false)) && high >= c && (high as u32) - (c as u32) < 4096 => {
                out.extend(c..=high);
                index += 3;
            }
            _ => {
                out.push(c);
                index += 1;
            }
        }
    }
    out
}
