//! `cat [-n] [FILE…]`

use crate::shell::programs::options::lines;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("cat", arguments, "nAeu", &[("number", 'n'), ("show-all", 'A')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    // Files are printed in order, each error in its place.
    let names = if options.operands.is_empty() { vec!["-".to_owned()] } else { options.operands.clone() };
    let mut exit = 0;
    let mut number = 0;
    for name in names {
        let (inputs, code) = runner.inputs("cat", std::slice::from_ref(&name));
        exit |= code;
        for (_, bytes) in inputs {
            if !options.has('n') && !options.has('A') && !options.has('e') {
                runner.out(&bytes);
                continue;
            }
            let complete = bytes.ends_with(b"\n");
            let count = lines(&bytes).count();
            for (index, line) in lines(&bytes).enumerate() {
                number += 1;
                let mut text = if options.has('n') { format!("{number:>6}\t").into_bytes() } else { Vec::new() };
                if options.has('n') && !options.has('A') && !options.has('e') {
                    text.extend_from_slice(line);
                } else {
                    visible(line, options.has('A'), &mut text);
                    if complete || index + 1 < count {
                        text.push(b'$');
                    }
                }
                if complete || index + 1 < count {
                    text.push(b'\n');
                }
                runner.out(text);
            }
        }
    }
    Ok(exit)
}

fn visible(line: &[u8], tabs: bool, out: &mut Vec<u8>) {
    for byte in line {
        match byte {
            b'\t' if !tabs => out.push(b'\t'),
            0..=31 => out.extend([b'^', byte + 64]),
            127 => out.extend(*b"^?"),
            128..=255 => {
                out.extend(*b"M-");
                visible(&[byte - 128], true, out);
            }
            other => out.push(*other),
        }
    }
}
