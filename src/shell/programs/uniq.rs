//! `uniq [-c] [-d] [-u] [-i] [FILE]`

use crate::shell::programs::options::lines;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("count", 'c'), ("repeated", 'd'), ("unique", 'u'), ("ignore-case", 'i')];
    let options = match runner.options("uniq", arguments, "cdui", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (inputs, exit) = runner.inputs("uniq", options.operands.get(..1).unwrap_or(&options.operands));
    let mut groups: Vec<(usize, Vec<u8>)> = Vec::new();
    for line in inputs.iter().flat_map(|(_, bytes)| lines(bytes)) {
        let same = |last: &[u8]| if options.has('i') { last.eq_ignore_ascii_case(line) } else { last == line };
        match groups.last_mut() {
            Some((count, last)) if same(last) => *count += 1,
            _ => groups.push((1, line.to_vec())),
        }
    }
    let mut out = Vec::new();
    for (count, line) in groups {
        if (options.has('d') && count < 2) || (options.has('u') && count > 1) {
            continue;
        }
        if options.has('c') {
            out.extend(format!("{count:>7} ").bytes());
        }
        out.extend(line);
        out.push(b'\n');
    }
    runner.out(out);
    Ok(exit)
}
