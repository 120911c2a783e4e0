//! `head [-n N | -c N | -N] [FILE…]`, `tail [-n N | -n +N | -c N | -N] [-f] [FILE…]`

use crate::shell::runner::{Runner, Step};

/// Runs `head`.
pub fn head(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    parts(runner, "head", arguments)
}

/// Runs `tail`.
pub fn tail(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    parts(runner, "tail", arguments)
}

fn parts(runner: &mut Runner<'_>, name: &str, arguments: &[String]) -> Step {
    // `-5`, `+5` are the old way of `-n 5`.
    let first_is_number = |digits: &&str| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let mut arguments = arguments.to_vec();
    if let Some(first) = arguments.first_mut()
        && let Some(digits) = first.strip_prefix('-').filter(first_is_number)
    {
        *first = format!("-n{digits}");
    }
    let long = [("lines", 'n'), ("bytes", 'c'), ("quiet", 'q'), ("verbose", 'v'), ("follow", 'f')];
    let options = match runner.options(name, &arguments, "n:c:qvf", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if options.has('f') {
        runner.not_simulated("tail -f; run tail again");
        return Ok(1);
    }
    let text = options.value('c').or(options.value('n')).unwrap_or("10");
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.chars().next(), digits),
        None => (None, text),
    };
    let Ok(count) = digits.parse::<usize>() else {
        let what = if options.has('c') { "bytes" } else { "lines" };
        runner.err(format!("{name}: invalid number of {what}: '{text}'\n"));
        return Ok(1);
    };
    let (inputs, exit) = runner.inputs(name, &options.operands);
    let several = (options.operands.len() > 1 || options.has('v')) && !options.has('q');
    for (index, (path, bytes)) in inputs.iter().enumerate() {
        if several {
            let title = if path == "-" { "standard input" } else { path };
            runner.out(format!("{}==> {title} <==\n", if index > 0 { "\n" } else { "" }));
        }
        let units: Vec<usize> = match options.has('c') {
            true => (0..bytes.len()).map(|at| at + 1).collect(),
            false => ends_of_lines(bytes),
        };
        let from_start = match (name, sign) {
            ("head", Some('-')) => units.len().saturating_sub(count),
            ("head", _) => count.min(units.len()),
            (_, Some('+')) => count.saturating_sub(1).min(units.len()),
            _ => units.len().saturating_sub(count),
        };
        let cut = from_start.checked_sub(1).and_then(|last| units.get(last)).copied().unwrap_or(0);
        let part = if name == "head" { bytes.get(..cut) } else { bytes.get(cut..) };
        runner.out(part.unwrap_or_default());
    }
    Ok(exit)
}

fn ends_of_lines(bytes: &[u8]) -> Vec<usize> {
    let mut ends: Vec<usize> = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    if !bytes.is_empty() && ends.last() != Some(&bytes.len()) {
        ends.push(bytes.len());
    }
    ends
}
