//! `grep [-E|-F] [-i] [-v] [-c] [-n] [-o] [-q] [-l] [-w] [-x] [-h] [-H] [-s] [-e P] [-A N] [-B N] [-C N] [-m N] P [FILE…]`

use crate::shell::programs::options::{Options, lines};
use crate::shell::regex;
use crate::shell::runner::{Runner, Step};
use regex_lite::Regex;

/// Runs `grep`.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    grep(runner, arguments, false)
}

/// Runs `egrep`.
pub fn egrep(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    grep(runner, arguments, true)
}

fn grep(runner: &mut Runner<'_>, arguments: &[String], extended: bool) -> Step {
    let long = [("extended-regexp", 'E'), ("fixed-strings", 'F'), ("ignore-case", 'i'), ("invert-match", 'v'), ("count", 'c'),
        ("line-number", 'n'), ("only-matching", 'o'), ("quiet", 'q'), ("silent", 'q'), ("files-with-matches", 'l'),
        ("word-regexp", 'w'), ("line-regexp", 'x'), ("no-filename", 'h'), ("regexp", 'e'), ("after-context", 'A'),
        ("before-context", 'B'), ("context", 'C'), ("max-count", 'm'), ("no-messages", 's'), ("color", 'z'), ("colour", 'z')];
    let mut options = match runner.options("grep", arguments, "EFGivcnoqlwxhHse:A:B:C:m:", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let mut patterns: Vec<String> = options.values('e').map(str::to_owned).collect();
    if patterns.is_empty() {
        if options.operands.is_empty() {
            runner.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
            return Ok(2);
        }
        patterns.push(options.operands.remove(0));
    }
    let mut expressions = Vec::new();
    for pattern in patterns.iter().flat_map(|pattern| pattern.split('\n')) {
        match compile(pattern, &options, extended) {
            Ok(expression) => expressions.push(expression),
            Err(message) => {
                runner.err(format!("grep: {message}\n"));
                return Ok(2);
            }
        }
    }
    let (inputs, failed) = runner.inputs("grep", &options.operands);
    let mut found = false;
    for (name, bytes) in &inputs {
        let label = (options.operands.len() > 1 || options.has('H')) && !options.has('h');
        let prefix = if label { format!("{name}:") } else { String::new() };
        let (out, count) = search(bytes, &expressions, &options, &prefix);
        found |= count > 0;
        if options.has('q') {
            continue;
        }
        if options.has('l') {
            if count > 0 {
                runner.out(format!("{}\n", if name == "-" { "(standard input)" } else { name }));
            }
        } else if options.has('c') {
            runner.out(format!("{prefix}{count}\n"));
        } else {
            runner.out(out);
        }
    }
    Ok(match (found, failed) {
        (true, _) if options.has('q') => 0,
        (_, 1..) => 2,
        (found, _) => i32::from(!found),
    })
}

fn compile(pattern: &str, options: &Options, extended: bool) -> Result<Regex, String> {
    let case = options.has('i');
    let compiled = match (options.has('F'), extended || options.has('E')) {
        (true, _) => regex::fixed(pattern, case),
        (_, true) => regex::extended(pattern, case),
        _ => regex::basic(pattern, case),
    }?;
    if !(options.has('w') || options.has('x')) {
        return Ok(compiled);
    }
    let inner = compiled.as_str();
    let around = if options.has('x') { format!("^(?:{inner})$") } else { format!("\\b(?:{inner})\\b") };
    regex_lite::RegexBuilder::new(&around).case_insensitive(case).build().map_err(|error| error.to_string())
}

fn search(bytes: &[u8], expressions: &[Regex], options: &Options, prefix: &str) -> (Vec<u8>, usize) {
    let number = |flag: char| options.value(flag).and_then(|text| text.parse::<usize>().ok());
    let context = number('C').unwrap_or(0);
    let (before, after) = (number('B').unwrap_or(context), number('A').unwrap_or(context));
    let most = number('m').unwrap_or(usize::MAX);
    let all: Vec<&[u8]> = lines(bytes).collect();
    let mut out = Vec::new();
    let mut count = 0;
    let mut printed: Option<usize> = None;
    let mut trailing = 0;
    for (index, line) in all.iter().enumerate() {
        let text = String::from_utf8_lossy(line);
        let hit = expressions.iter().any(|expression| expression.is_match(&text)) != options.has('v');
        let mark = |index: usize, sign: char| match options.has('n') {
            true => format!("{}{}{sign}", prefix.replace(':', &sign.to_string()), index + 1),
            false => prefix.to_owned(),
        };
        if hit && count < most {
            count += 1;
            if options.has('o') && !options.has('v') {
                for part in expressions.iter().flat_map(|expression| expression.find_iter(&text)).filter(|part| !part.is_empty()) {
                    out.extend(format!("{}{}\n", mark(index, ':'), part.as_str()).bytes());
                }
                continue;
            }
            let from = index.saturating_sub(before).max(printed.map_or(0, |last| last + 1));
            if (before > 0 || after > 0) && printed.is_some_and(|last| last + 1 < from) {
                out.extend(*b"--\n");
            }
            for (earlier, line) in all.iter().enumerate().take(index).skip(from) {
                push(&mut out, &mark(earlier, '-'), line);
            }
            push(&mut out, &mark(index, ':'), line);
            printed = Some(index);
            trailing = after;
        } else if trailing > 0 {
            trailing -= 1;
            push(&mut out, &mark(index, '-'), line);
            printed = Some(index);
        } else if count >= most {
            break;
        }
    }
    (out, count)
}

fn push(out: &mut Vec<u8>, mark: &str, line: &[u8]) {
    out.extend(mark.bytes());
    out.extend_from_slice(line);
    out.push(b'\n');
}
