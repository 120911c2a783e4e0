//! `jq [-r] [-c] [-e] [-n] [-s] [-S] [-j] [-R] [--tab] [--indent N] [--arg N V] [--argjson N V] FILTER [FILE…]`

mod dates;
mod evaluate;
mod functions;
pub mod syntax;
mod texts;
mod value;

use crate::shell::runner::{Runner, Step};
use evaluate::{Item, Machine, Stop};
use value::{Json, Reader};

#[derive(Default)]
struct Asked {
    raw: bool,
    compact: bool,
    exit_status: bool,
    null_input: bool,
    slurp: bool,
    sort_keys: bool,
    join: bool,
    raw_input: bool,
    indent: Option<usize>,
    filter: Option<String>,
    files: Vec<String>,
}

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut machine = Machine::default();
    machine.now = runner.client.now().unix_micros() as f64 / 1e6;
    let exported = runner.frame().variables.iter().filter(|(_, variable)| variable.exported);
    let environment = exported.map(|(name, variable)| (name.as_str().into(), Json::text(&variable.value))).collect();
    machine.variables.insert("ENV".to_owned(), Json::Map(std::rc::Rc::new(environment)));
    let asked = match read(arguments, &mut machine) {
        Ok(asked) => asked,
        Err(message) => {
            runner.err(message);
            return Ok(2);
        }
    };
    let text = asked.filter.clone().unwrap_or_default();
    let filter = match syntax::read(&text) {
        Ok(filter) => filter,
        Err(message) if message.starts_with("not simulated") => {
            runner.err(format!("{message} in jq\n"));
            return Ok(3);
        }
        Err(message) => {
            runner.err(format!("jq: error: {message} (Unix shell quoting issues?) at <top-level>, line 1:\n{text}\njq: 1 compile error\n"));
            return Ok(3);
        }
    };
    let mut exit = 0;
    let mut source = String::new();
    if !asked.null_input || !asked.files.is_empty() || !runner.stdin.terminal {
        let (inputs, failed) = runner.inputs("jq", &asked.files);
        if failed != 0 {
            return Ok(2);
        }
        inputs.iter().for_each(|(_, bytes)| source.push_str(&String::from_utf8_lossy(bytes)));
    }
    let (mut values, problem) = gather(&source, &asked);
    if asked.null_input {
        machine.inputs = std::mem::take(&mut values).into();
        values = vec![Json::Null];
    } else if asked.slurp {
        values = vec![if asked.raw_input { Json::text(&source) } else { Json::list(values) }];
    }
    machine.inputs.extend(values);
    let lines = source.matches('\n').count();
    let mut last = None;
    let mut first = asked.null_input;
    loop {
        // With -n the inputs stay for `input`; the filter runs once, on null.
        let value = match (asked.null_input, std::mem::replace(&mut first, false)) {
            (true, true) => machine.inputs.pop_back().unwrap_or(Json::Null),
            (true, false) => break,
            (false, _) => match machine.inputs.pop_front() {
                Some(value) => value,
                None => break,
            },
        };
        let flow = machine.run(&filter, &Item::plain(value), &mut |_, item| {
            last = Some(item.value.truthy());
            let text = print(&item.value, &asked);
            runner.out(text);
            if runner.full() { evaluate::fail("not simulated: this much output") } else { Ok(()) }
        });
        if let Err(Stop::Error(error)) = flow {
            let message = match &error {
                Json::Text(text) => format!("jq: error (at <stdin>:{lines}): {text}\n"),
                other => format!("jq: error (at <stdin>:{lines}) (not a string): {}\n", other.compact()),
            };
            runner.err(message);
            exit = 5;
        }
    }
    if let Some(problem) = problem {
        runner.err(format!("jq: parse error: {problem}\n"));
        return Ok(2);
    }
    Ok(match (exit, asked.exit_status, last) {
        (0, true, None) => 4,
        (0, true, Some(false)) => 1,
        (exit, ..) => exit,
    })
}

fn gather(source: &str, asked: &Asked) -> (Vec<Json>, Option<String>) {
    if asked.raw_input {
        let lines = if asked.slurp { Vec::new() } else { source.lines().map(Json::text).collect() };
        return (lines, None);
    }
    let mut values = Vec::new();
    let mut reader = Reader::new(source);
    loop {
        match reader.next() {
            Ok(Some(value)) => values.push(value),
            Ok(None) => return (values, None),
            Err(problem) => return (values, Some(problem)),
        }
    }
}

fn print(value: &Json, asked: &Asked) -> String {
    let mut text = String::new();
    match value {
        Json::Text(plain) if asked.raw || asked.join => text.push_str(plain),
        other => other.write(if asked.compact { None } else { Some(asked.indent.unwrap_or(2)) }, asked.sort_keys, &mut text),
    }
    if !asked.join {
        text.push('\n');
    }
    text
}

fn read(arguments: &[String], machine: &mut Machine) -> Result<Asked, String> {
    let mut asked = Asked::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let missing = || format!("jq: error: {argument} takes more parameters\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n");
        match argument.as_str() {
            "--arg" | "--argjson" => {
                let (Some(name), Some(text)) = (rest.next(), rest.next()) else { return Err(missing()) };
                let value = match (argument.as_str(), Reader::new(text).next()) {
                    ("--arg", _) => Json::text(text),
                    (_, Ok(Some(value))) => value,
                    _ => return Err("jq: Invalid JSON text passed to --argjson\n".to_owned()),
                };
                machine.variables.insert(name.clone(), value);
            }
            "--indent" => asked.indent = Some(rest.next().and_then(|text| text.parse().ok()).filter(|n| *n <= 7).ok_or_else(missing)?),
            "--tab" => return Err("not simulated: jq --tab; there is --indent\n".to_owned()),
            "--raw-output" => asked.raw = true,
            "--compact-output" => asked.compact = true,
            "--exit-status" => asked.exit_status = true,
            "--null-input" => asked.null_input = true,
            "--slurp" => asked.slurp = true,
            "--sort-keys" => asked.sort_keys = true,
            "--join-output" => asked.join = true,
            "--raw-input" => asked.raw_input = true,
            "--color-output" | "--monochrome-output" => {}
            long if long.starts_with("--") => return Err(format!("not simulated: jq {long}\n")),
            letters if letters.len() > 1 && letters.starts_with('-') => {
                for letter in letters.chars().skip(1) {
                    match letter {
                        'r' => asked.raw = true,
                        'c' => asked.compact = true,
                        'e' => asked.exit_status = true,
                        'n' => asked.null_input = true,
                        's' => asked.slurp = true,
                        'S' => asked.sort_keys = true,
                        'j' => asked.join = true,
                        'R' => asked.raw_input = true,
                        'C' | 'M' => {}
                        other => return Err(format!("not simulated: jq -{other}; there are -r -c -e -n -s -S -j -R\n")),
                    }
                }
            }
            operand if asked.filter.is_none() => asked.filter = Some(operand.to_owned()),
            operand => asked.files.push(operand.to_owned()),
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests;
