//! `xargs [-n N] [-I X] [-r] [-t] [COMMAND [ARGUMENTS…]]`

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut most = usize::MAX;
    let mut replace: Option<String> = None;
    let (mut skip_empty, mut trace) = (runner.busybox(), false);
    let mut rest = arguments;
    while let Some((first, others)) = rest.split_first() {
        let Some(option) = first.strip_prefix('-').filter(|option| !option.is_empty()) else { break };
        rest = others;
        let mut value = |attached: &str| match attached {
            "" => {
                let value = rest.first().cloned().unwrap_or_default();
                rest = rest.get(1..).unwrap_or_default();
                value
            }
            attached => attached.to_owned(),
        };
        match option.split_at(option.chars().next().map_or(0, char::len_utf8)) {
            ("n", attached) => match value(attached).parse() {
                Ok(number) if number > 0 => most = number,
                _ => {
                    runner.err("xargs: invalid number for -n option\n");
                    return Ok(1);
                }
            },
            ("L", attached) => most = value(attached).parse().unwrap_or(1),
            ("I", attached) => replace = Some(value(attached)),
            ("r", _) => skip_empty = true,
            ("t", _) => trace = true,
            _ => {
                runner.not_simulated(&format!("xargs -{option}; there are -n -I -r -t"));
                return Ok(2);
            }
        }
    }
    let command: Vec<String> = if rest.is_empty() { vec!["echo".to_owned()] } else { rest.to_vec() };
    let text = String::from_utf8_lossy(&runner.read_stdin()).into_owned();
    let batches: Vec<Vec<String>> = match &replace {
        Some(mark) => {
            let filled = |line: &str| command.iter().map(|word| word.replace(mark.as_str(), line)).collect();
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(filled).collect()
        }
        None => {
            let words = split(&text);
            let with = |words: &[String]| command.iter().chain(words).cloned().collect();
            match words.is_empty() {
                true if skip_empty => Vec::new(),
                true => vec![command.clone()],
                false => words.chunks(most.min(words.len())).map(with).collect(),
            }
        }
    };
    let mut exit = 0;
    for batch in batches {
        runner.spend(1)?;
        if trace {
            runner.err(batch.join(" ") + "\n");
        }
        let Some((name, arguments)) = batch.split_first() else { continue };
        runner.nested += 1;
        let step = runner.call(name, arguments);
        runner.nested -= 1;
        if step? != 0 {
            exit = 123;
        }
    }
    Ok(exit)
}

/// Words, with quotes and backslashes taken off.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
