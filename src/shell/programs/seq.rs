//! `seq [-s SEPARATOR] [-w] [FIRST [STEP]] LAST`, whole numbers.

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut separator = "\n".to_owned();
    let mut equal = false;
    let mut numbers = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-s" => separator = rest.next().cloned().unwrap_or_default(),
            "-w" => equal = true,
            text if text.starts_with("-s") => separator = text.get(2..).unwrap_or_default().to_owned(),
            text => match text.parse::<i64>() {
                Ok(number) => numbers.push(number),
                Err(_) => {
                    runner.err(format!("seq: invalid floating point argument: '{text}'\nTry 'seq --help' for more information.\n"));
                    return Ok(1);
                }
            },
        }
    }
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        _ => {
            runner.err("seq: missing operand\nTry 'seq --help' for more information.\n");
            return Ok(1);
        }
    };
    if step == 0 {
        runner.err("seq: invalid Zero increment value: '0'\nTry 'seq --help' for more information.\n");
        return Ok(1);
    }
    let width = if equal { first.to_string().len().max(last.to_string().len()) } else { 0 };
    let mut number = first;
    let mut printed = false;
    while if step > 0 { number <= last } else { number >= last } {
        let before = if printed { separator.as_str() } else { "" };
        runner.out(format!("{before}{number:0width$}"));
        printed = true;
        if runner.full() {
            break;
        }
        let Some(next) = number.checked_add(step) else { break };
        number = next;
    }
    if printed {
        runner.out("\n");
    }
    runner.spend(0)?;
    Ok(0)
}
