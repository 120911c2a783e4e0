//! `diff [-u] [-q] [-N] OLD NEW`

use crate::shell::runner::{Runner, Step};
use similar::{DiffOp, TextDiff};

/// The most text it compares, in bytes.
const BYTES_MAX: usize = 1024 * 1024;

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("diff", arguments, "uqNrs", &[("unified", 'u'), ("brief", 'q'), ("new-file", 'N')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let [old_name, new_name] = options.operands.as_slice() else {
        runner.err("diff: missing operand\ndiff: Try 'diff --help' for more information.\n");
        return Ok(2);
    };
    let mut texts = Vec::new();
    for name in [old_name, new_name] {
        match runner.read(name) {
            Ok(bytes) => texts.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(crate::api::files::FileError::NotFound) if options.has('N') => texts.push(String::new()),
            Err(error) => runner.err(format!("diff: {name}: {error}\n")),
        }
    }
    let [old, new] = texts.as_slice() else { return Ok(2) };
    if old == new {
        return Ok(0);
    }
    if options.has('q') {
        runner.out(format!("Files {old_name} and {new_name} differ\n"));
        return Ok(1);
    }
    if old.len() + new.len() > BYTES_MAX {
        runner.not_simulated("diff of more than 1 MiB");
        return Ok(2);
    }
    let compared = TextDiff::from_lines(old.as_str(), new.as_str());
    let text = if options.has('u') || runner.busybox() {
        compared.unified_diff().header(old_name, new_name).to_string()
    } else {
        normal(&compared)
    };
    runner.out(text);
    Ok(1)
}

/// The old format: `2c2`, `< a`, `---`, `> b`.
fn normal(compared: &TextDiff<'_, '_, '_, str>) -> String {
    let range = |start: usize, length: usize| match length {
        0 => start.to_string(),
        1 => (start + 1).to_string(),
        _ => format!("{},{}", start + 1, start + length),
    };
    let mut out = String::new();
    let side = |out: &mut String, sign: char, lines: &[&str]| {
        for line in lines {
            let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
            out.push_str(&format!("{sign} {line}{end}"));
        }
    };
    for op in compared.ops() {
        let (old, new) = (op.old_range(), op.new_range());
        let letter = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { .. } => 'd',
            DiffOp::Insert { .. } => 'a',
            DiffOp::Replace { .. } => 'c',
        };
        out.push_str(&format!("{}{letter}{}\n", range(old.start, old.len()), range(new.start, new.len())));
        side(&mut out, '<', compared.old_slices().get(old).unwrap_or_default());
        if letter == 'c' {
            out.push_str("---\n");
        }
        side(&mut out, '>', compared.new_slices().get(new).unwrap_or_default());
    }
    out
}
