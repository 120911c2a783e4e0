//! `wc [-l] [-w] [-c] [-m] [FILE…]`

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("lines", 'l'), ("words", 'w'), ("bytes", 'c'), ("chars", 'm')];
    let options = match runner.options("wc", arguments, "lwcm", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let chosen: Vec<char> = match options.flags.is_empty() {
        true => vec!['l', 'w', 'c'],
        false => "lwmc".chars().filter(|flag| options.has(*flag)).collect(),
    };
    let (inputs, exit) = runner.inputs("wc", &options.operands);
    let mut rows: Vec<(Vec<usize>, String)> = Vec::new();
    for (name, bytes) in &inputs {
        let counts = chosen.iter().map(|what| count(*what, bytes)).collect();
        rows.push((counts, if options.operands.is_empty() { String::new() } else { name.clone() }));
    }
    if options.operands.len() > 1 {
        let total = (0..chosen.len()).map(|column| rows.iter().filter_map(|(counts, _)| counts.get(column)).sum()).collect();
        rows.push((total, "total".to_owned()));
    }
    let widest = rows.iter().flat_map(|(counts, _)| counts).map(|count| count.to_string().len()).max().unwrap_or(1);
    let width = match (chosen.len(), runner.busybox(), options.operands.is_empty()) {
        (1, _, true) => 1,
        (1, false, _) if rows.len() == 1 => 1,
        (_, true, _) => 9,
        // GNU cannot know sizes ahead on a pipe.
        (_, false, true) => 7,
        _ => widest,
    };
    for (counts, name) in rows {
        let numbers: Vec<String> = counts.iter().map(|count| format!("{count:>width$}")).collect();
        let name = if name.is_empty() { name } else { format!(" {name}") };
        runner.out(format!("{}{name}\n", numbers.join(" ")));
    }
    Ok(exit)
}

fn count(what: char, bytes: &[u8]) -> usize {
    match what {
        'l' => bytes.iter().filter(|byte| **byte == b'\n').count(),
        'w' => bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count(),
        'm' => String::from_utf8_lossy(bytes).chars().count(),
        _ => bytes.len(),
    }
}
