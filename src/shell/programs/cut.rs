//! `cut -d X -f LIST`, `-c LIST`, `-b LIST`, `-s`, `--complement`, `--output-delimiter`.
//!
//! `-c` counts characters, not bytes, as BusyBox does; GNU's counts bytes. On ASCII both are the same.

use crate::shell::programs::options::lines;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("delimiter", 'd'), ("fields", 'f'), ("characters", 'c'), ("bytes", 'b'), ("only-delimited", 's'),
        ("complement", 'C'), ("output-delimiter", 'O')];
    let options = match runner.options("cut", arguments, "d:f:c:b:snCO:", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let list = options.value('f').or(options.value('c')).or(options.value('b'));
    let Some(list) = list else {
        runner.err(usage(runner.busybox(), "you must specify a list of bytes, characters, or fields"));
        return Ok(1);
    };
    let Some(ranges) = ranges(list) else {
        let zero = list.split([',', '-']).any(|part| part.parse() == Ok(0));
        let what = match (options.has('f'), zero) {
            (true, true) => "fields are numbered from 1".to_owned(),
            (false, true) => "byte/character positions are numbered from 1".to_owned(),
            (true, false) => format!("invalid field value '{list}'"),
            (false, false) => format!("invalid byte or character range '{list}'"),
        };
        runner.err(usage(runner.busybox(), &what));
        return Ok(1);
    };
    let delimiter = options.value('d').unwrap_or("\t").to_owned();
    if options.has('f') && delimiter.chars().count() != 1 {
        runner.err(usage(runner.busybox(), "the delimiter must be a single character"));
        return Ok(1);
    }
    let joiner = options.value('O').unwrap_or(if options.has('f') { &delimiter } else { "" }).to_owned();
    let complement = options.has('C');
    let wanted = |index: usize| ranges.iter().any(|(low, high)| *low <= index && index <= *high) != complement;
    let (inputs, exit) = runner.inputs("cut", &options.operands);
    for (_, bytes) in inputs {
        let mut out = Vec::new();
        for line in lines(&bytes) {
            if options.has('b') {
                out.extend(line.iter().enumerate().filter(|(index, _)| wanted(index + 1)).map(|(_, byte)| byte));
                out.push(b'\n');
                continue;
            }
            let line = String::from_utf8_lossy(line);
            if !options.has('f') {
                out.extend(line.chars().enumerate().filter(|(index, _)| wanted(index + 1)).map(|(_, c)| c).collect::<String>().bytes());
            } else if line.contains(&delimiter) {
                let fields = line.split(delimiter.as_str()).enumerate().filter(|(index, _)| wanted(index + 1));
                let fields: Vec<&str> = fields.map(|(_, field)| field).collect();
                out.extend(fields.join(&joiner).bytes());
            } else if options.has('s') {
                continue;
            } else {
                out.extend(line.bytes());
            }
            out.push(b'\n');
        }
        runner.out(out);
    }
    Ok(exit)
}

fn usage(busybox: bool, message: &str) -> String {
    if busybox { format!("cut: {message}\n") } else { format!("cut: {message}\nTry 'cut --help' for more information.\n") }
}

fn ranges(list: &str) -> Option<Vec<(usize, usize)>> {
    list.split(',')
        .map(|part| {
            let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0);
            match part.split_once('-') {
                None => number(part).map(|n| (n, n)),
                Some(("", "")) => None,
                Some((low, "")) => number(low).map(|n| (n, usize::MAX)),
                Some(("", high)) => number(high).map(|n| (1, n)),
                Some((low, high)) => Some((number(low)?, number(high)?)).filter(|(low, high)| low <= high),
            }
        })
        .collect()
}
