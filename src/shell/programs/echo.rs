//! `echo [-n] [-e] [-E] TEXT…`. Debian's `sh` (dash) expands escapes without being asked.

use crate::shell::escapes;
use crate::shell::machine::Dialect;
use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let dash = runner.frame().dialect == Dialect::Dash;
    let mut newline = true;
    let mut escaped = dash;
    let mut words = arguments;
    while let Some((first, rest)) = words.split_first() {
        let flags = first.strip_prefix('-').filter(|flags| !flags.is_empty());
        let known = |flags: &str| flags.chars().all(|c| if dash { c == 'n' } else { "neE".contains(c) });
        let Some(flags) = flags.filter(|flags| known(flags)) else { break };
        for flag in flags.chars() {
            match flag {
                'n' => newline = false,
                'e' => escaped = true,
                _ => escaped = false,
            }
        }
        words = rest;
    }
    let text = words.join(" ");
    if escaped {
        let expanded = escapes::expand(&text);
        newline &= !expanded.stop;
        runner.out(expanded.bytes);
    } else {
        runner.out(text);
    }
    if newline {
        runner.out("\n");
    }
    Ok(0)
}
