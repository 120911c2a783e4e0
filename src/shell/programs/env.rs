//! `env [-i] [-u NAME] [NAME=VALUE…] [COMMAND…]`, `printenv [NAME…]`

use crate::shell::machine::Variable;
use crate::shell::parser::is_name;
use crate::shell::runner::{Runner, Step};

/// Runs `env`.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut frame = runner.frame().clone();
    frame.variables.retain(|_, variable| variable.exported);
    let mut rest = arguments;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "-i" | "-" => frame.variables.clear(),
            "-u" => {
                if let Some(name) = others.first() {
                    frame.variables.remove(name);
                }
                rest = others;
            }
            text => match text.split_once('=') {
                Some((name, value)) if is_name(name) => {
                    frame.variables.insert(name.to_owned(), Variable { value: value.to_owned(), exported: true });
                }
                _ => break,
            },
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    if let Some((name, arguments)) = rest.split_first() {
        return runner.enter(frame, |runner| runner.call(name, arguments));
    }
    let lines: Vec<String> = frame.variables.iter().map(|(name, variable)| format!("{name}={}\n", variable.value)).collect();
    runner.out(lines.concat());
    Ok(0)
}

/// Runs `printenv`.
pub fn printenv(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.is_empty() {
        return run(runner, arguments);
    }
    let mut exit = 0;
    for name in arguments {
        match runner.frame().variables.get(name).filter(|variable| variable.exported) {
            Some(variable) => {
                let line = format!("{}\n", variable.value);
                runner.out(line);
            }
            None => exit = 1,
        }
    }
    Ok(exit)
}
