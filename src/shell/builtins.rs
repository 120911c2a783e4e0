//! What the shell does itself, without a program: variables, folders, jumps, other shells.

use crate::api::files::Entry;
use crate::shell::machine::{Dialect, Frame, Variable, dialect_of};
use crate::shell::parser::{ParseError, is_name};
use crate::shell::programs;
use crate::shell::quoting::quote;
use crate::shell::runner::{Flow, Runner, Step};

fn number(arguments: &[String], otherwise: i32) -> i32 {
    arguments.first().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// `exit [N]`
pub fn exit(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    Err(Flow::Exit(number(arguments, runner.frame().exit) & 0xff))
}

/// `return [N]`
pub fn return_(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    Err(Flow::Return(number(arguments, runner.frame().exit) & 0xff))
}

/// `break [N]`
pub fn break_(_: &mut Runner<'_>, arguments: &[String]) -> Step {
    Err(Flow::Break(usize::try_from(number(arguments, 1)).unwrap_or(1).max(1)))
}

/// `continue [N]`
pub fn continue_(_: &mut Runner<'_>, arguments: &[String]) -> Step {
    Err(Flow::Continue(usize::try_from(number(arguments, 1)).unwrap_or(1).max(1)))
}

/// `true`, `:`
pub fn true_(_: &mut Runner<'_>, _: &[String]) -> Step {
    Ok(0)
}

/// `false`
pub fn false_(_: &mut Runner<'_>, _: &[String]) -> Step {
    Ok(1)
}

/// `cd [FOLDER]`
pub fn cd(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let frame = runner.frame();
    let target = match arguments.first().map(String::as_str) {
        None => frame.variable("HOME").unwrap_or("/").to_owned(),
        Some("-") => match frame.variable("OLDPWD") {
            Some(old) => {
                let old = old.to_owned();
                runner.out(format!("{old}\n"));
                old
            }
            None => {
                runner.complain("cd: OLDPWD not set");
                return Ok(1);
            }
        },
        Some(path) => path.to_owned(),
    };
    let path = runner.path(&target);
    let error = match runner.tree().follow(&path) {
        Ok(Entry::Directory(..)) => {
            let old = std::mem::replace(&mut runner.frame_mut().folder, path.clone());
            runner.assign("OLDPWD", &old);
            runner.assign("PWD", &path);
            return Ok(0);
        }
        Ok(_) => "Not a directory".to_owned(),
        Err(error) => error.to_string(),
    };
    match runner.frame().dialect {
        Dialect::Bash => runner.complain(&format!("cd: {target}: {error}")),
        Dialect::Dash | Dialect::Ash => runner.complain(&format!("cd: can't cd to {target}: {error}")),
    }
    Ok(1)
}

/// `pwd`
pub fn pwd(runner: &mut Runner<'_>, _: &[String]) -> Step {
    let folder = runner.frame().folder.clone();
    runner.out(format!("{folder}\n"));
    Ok(0)
}

/// `export NAME[=VALUE]…`
pub fn export(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let remove = arguments.first().is_some_and(|first| first == "-n");
    let names: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    if names.is_empty() {
        let exported = runner.frame().variables.iter().filter(|(_, variable)| variable.exported);
        let quoted =
            |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"));
        let lines: Vec<String> =
            exported.map(|(name, variable)| format!("declare -x {name}={}\n", quoted(&variable.value))).collect();
        runner.out(lines.concat());
        return Ok(0);
    }
    let mut exit = 0;
    for argument in names {
        let (name, value) =
            argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value)));
        if !is_name(name) {
            runner.complain(&format!("export: `{argument}': not a valid identifier"));
            exit = 1;
            continue;
        }
        let variable: &mut Variable = runner.frame_mut().variables.entry(name.to_owned()).or_default();
        variable.exported = !remove;
        if let Some(value) = value {
            value.clone_into(&mut variable.value);
        }
    }
    Ok(exit)
}

/// `local`, `readonly`, `declare NAME[=VALUE]…`: variables are all global and changeable here.
pub fn declare(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    for argument in arguments.iter().filter(|argument| !argument.starts_with('-')) {
        if let Some((name, value)) = argument.split_once('=') {
            runner.assign(name, value);
        }
    }
    Ok(0)
}

/// `unset NAME…`
pub fn unset(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    for name in arguments.iter().filter(|argument| !argument.starts_with('-')) {
        let frame = runner.frame_mut();
        if frame.variables.remove(name).is_none() {
            frame.functions.remove(name);
        }
    }
    Ok(0)
}

/// `set [-euxf] [-o pipefail] [-- ARGUMENTS…]`; without arguments the variables.
pub fn set(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.is_empty() {
        let lines: Vec<String> =
            runner.frame().variables.iter().map(|(name, v)| format!("{name}={}\n", quote(&v.value))).collect();
        runner.out(lines.concat());
        return Ok(0);
    }
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(sign) = argument.chars().next().filter(|c| "-+".contains(*c) && argument.len() > 1) else {
            runner.frame_mut().arguments = std::iter::once(argument).chain(rest).cloned().collect();
            return Ok(0);
        };
        if argument == "--" {
            runner.frame_mut().arguments = rest.cloned().collect();
            return Ok(0);
        }
        let on = sign == '-';
        for c in argument.chars().skip(1) {
            let options = &mut runner.frame_mut().options;
            match c {
                'e' => options.exit_on_error = on,
                'u' => options.unset_is_error = on,
                'x' => options.trace = on,
                'f' => options.no_wildcards = on,
                'o' => match rest.next().map(String::as_str) {
                    Some("pipefail") => options.pipefail = on,
                    Some("errexit") => options.exit_on_error = on,
                    Some("nounset") => options.unset_is_error = on,
                    Some("xtrace") => options.trace = on,
                    Some("noglob") => options.no_wildcards = on,
                    other => {
                        let what = other.unwrap_or_default().to_owned();
                        runner.not_simulated(&format!(
                            "set -o {what}; there are errexit, nounset, xtrace, noglob, pipefail"
                        ));
                        return Ok(2);
                    }
                },
                other => {
                    runner.not_simulated(&format!("set -{other}; there are -e -u -x -f -o"));
                    return Ok(2);
                }
            }
        }
    }
    Ok(0)
}

/// `shift [N]`
pub fn shift(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let count = usize::try_from(number(arguments, 1)).unwrap_or(0);
    let positional = &mut runner.frame_mut().arguments;
    if count > positional.len() {
        return Ok(1);
    }
    positional.drain(..count);
    Ok(0)
}

/// `read [-r] [-p PROMPT] NAME…`
pub fn read(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut names = Vec::new();
    let mut raw = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-r" => raw = true,
            "-s" => {}
            "-p" => {
                let prompt = rest.next().cloned().unwrap_or_default();
                runner.err(prompt);
            }
            option if option.starts_with('-') => {
                runner.not_simulated(&format!("read {option}; there are -r -s -p"));
                return Ok(2);
            }
            name => names.push(name.to_owned()),
        }
    }
    if runner.stdin.terminal {
        runner.not_simulated("typing into a running command; use a pipe or <<<");
        return Ok(1);
    }
    let Some((line, complete)) = runner.read_line() else {
        names.iter().for_each(|name| runner.assign(name, ""));
        return Ok(1);
    };
    let mut line = String::from_utf8_lossy(&line).into_owned();
    if !raw {
        line = line.replace('\\', "");
    }
    if names.is_empty() {
        runner.assign("REPLY", &line);
        return Ok(i32::from(!complete));
    }
    let separators: Vec<char> = runner.frame().variable("IFS").unwrap_or(" \t\n").chars().collect();
    let is_separator = |c: char| separators.contains(&c);
    let blank = |c: char| c.is_whitespace() && separators.contains(&c);
    let mut left = line.trim_matches(blank);
    for (index, name) in names.iter().enumerate() {
        if index + 1 == names.len() {
            runner.assign(name, left);
            break;
        }
        let (word, rest) = left.split_once(is_separator).unwrap_or((left, ""));
        runner.assign(name, word);
        left = rest.trim_start_matches(blank);
    }
    Ok(i32::from(!complete))
}

/// `eval TEXT…`
pub fn eval(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    runner.frame_mut().depth += 1;
    let step = if runner.frame().depth > crate::shell::runner::CALL_DEPTH_MAX {
        runner.not_simulated("eval this deep");
        Err(Flow::Abort(1))
    } else {
        runner.run_text(&arguments.join(" "))
    };
    runner.frame_mut().depth -= 1;
    step
}

/// `. FILE`, `source FILE`
pub fn source(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let Some(path) = arguments.first() else {
        runner.complain(".: filename argument required");
        return Ok(2);
    };
    match runner.read(path) {
        Ok(bytes) => match eval(runner, &[String::from_utf8_lossy(&bytes).into_owned()]) {
            Err(Flow::Return(code)) => Ok(code),
            other => other,
        },
        Err(error) => {
            runner.complain(&format!("{path}: {error}"));
            Ok(1)
        }
    }
}

/// `exec COMMAND…`
pub fn exec(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let Some((name, rest)) = arguments.split_first() else { return Ok(0) };
    let exit = runner.call(name, rest)?;
    Err(Flow::Exit(exit))
}

/// `command [-v] NAME…`
pub fn command(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    match arguments.split_first() {
        Some((first, names)) if first == "-v" => which(runner, names),
        Some((name, rest)) => runner.call(name, rest),
        None => Ok(0),
    }
}

/// `which NAME…`
pub fn which(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut exit = 0;
    for name in arguments {
        match programs::find(name, runner.frame()) {
            Some(program) if program.builtin => runner.out(format!("{name}\n")),
            Some(_) => runner.out(format!("/usr/bin/{name}\n")),
            None if dialect_of(name, runner.frame().userland).is_some() => runner.out(format!("/bin/{name}\n")),
            None => exit = 1,
        }
    }
    Ok(exit)
}

/// `type NAME…`
pub fn type_(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut exit = 0;
    for name in arguments {
        let frame = runner.frame();
        let alias = frame.aliases.get(name).cloned();
        let text = match (alias, programs::find(name, frame)) {
            (Some(alias), _) => format!("{name} is aliased to `{alias}'"),
            (None, _) if frame.functions.contains_key(name) => format!("{name} is a function"),
            (None, Some(program)) if program.builtin => format!("{name} is a shell builtin"),
            (None, Some(_)) => format!("{name} is /usr/bin/{name}"),
            (None, None) => {
                exit = 1;
                runner.complain(&format!("type: {name}: not found"));
                continue;
            }
        };
        runner.out(format!("{text}\n"));
    }
    Ok(exit)
}

/// `alias [NAME[=TEXT]…]`
pub fn alias(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let mut exit = 0;
    if arguments.is_empty() {
        let all: Vec<String> =
            runner.frame().aliases.iter().map(|(name, text)| format!("alias {name}='{text}'\n")).collect();
        runner.out(all.concat());
    }
    for argument in arguments {
        match argument.split_once('=') {
            Some((name, text)) => {
                runner.frame_mut().aliases.insert(name.to_owned(), text.to_owned());
            }
            None => match runner.frame().aliases.get(argument).cloned() {
                Some(text) => runner.out(format!("alias {argument}='{text}'\n")),
                None => {
                    runner.complain(&format!("alias: {argument}: not found"));
                    exit = 1;
                }
            },
        }
    }
    Ok(exit)
}

/// `unalias NAME…`
pub fn unalias(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    for name in arguments {
        runner.frame_mut().aliases.remove(name);
    }
    Ok(0)
}

/// `sh`, `bash`: `-c TEXT [NAME [ARGUMENTS…]]`, `FILE [ARGUMENTS…]`, or a script on standard input.
pub fn shell(runner: &mut Runner<'_>, name: &str, arguments: &[String]) -> Step {
    let Some(dialect) = dialect_of(name, runner.frame().userland) else { return Ok(127) };
    let mut frame = child(runner.frame(), name, dialect);
    let mut rest = arguments;
    let mut text = None;
    while let Some((first, others)) = rest.split_first() {
        let Some(flags) = first.strip_prefix('-').filter(|flags| !flags.is_empty()) else { break };
        rest = others;
        for flag in flags.chars() {
            match flag {
                'e' => frame.options.exit_on_error = true,
                'u' => frame.options.unset_is_error = true,
                'x' => frame.options.trace = true,
                'c' => {
                    let Some((first, others)) = rest.split_first() else {
                        runner.err(format!("{name}: -c: option requires an argument\n"));
                        return Ok(2);
                    };
                    text = Some(first.clone());
                    rest = others;
                }
                'i' | 'l' | 's' | '-' => {}
                other => {
                    runner.not_simulated(&format!("{name} -{other}; there are -c -e -u -x"));
                    return Ok(2);
                }
            }
        }
    }
    if let Some(text) = text {
        if let Some((name, arguments)) = rest.split_first() {
            name.clone_into(&mut frame.name);
            frame.arguments = arguments.to_vec();
        }
        return runner.enter(frame, |runner| runner.run_text(&text));
    }
    if let Some((path, arguments)) = rest.split_first() {
        return match runner.read(path) {
            Ok(bytes) => {
                path.clone_into(&mut frame.name);
                frame.arguments = arguments.to_vec();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                runner.enter(frame, |runner| runner.run_text(&text))
            }
            Err(error) => {
                runner.err(format!("{name}: {path}: {error}\n"));
                Ok(127)
            }
        };
    }
    if runner.stdin.terminal && runner.may_stay() {
        frame.interactive = true;
        frame.depth = runner.frame().depth + 1;
        if frame.depth > crate::shell::runner::CALL_DEPTH_MAX {
            runner.not_simulated("shells nested this deep");
            return Ok(1);
        }
        runner.state.frames.push(frame);
        return Ok(0);
    }
    let text = String::from_utf8_lossy(&runner.read_stdin()).into_owned();
    runner.enter(frame, |runner| runner.run_text(&text))
}

/// `./script.sh`
pub fn script_file(runner: &mut Runner<'_>, path: &str, arguments: &[String]) -> Step {
    let name = if runner.busybox() { "sh" } else { "bash" };
    let mut all = vec![path.to_owned()];
    all.extend_from_slice(arguments);
    shell(runner, name, &all)
}

/// A shell started from another one: it inherits the exported variables only.
fn child(parent: &Frame, name: &str, dialect: Dialect) -> Frame {
    let mut frame = parent.clone();
    frame.variables.retain(|_, variable| variable.exported);
    frame.functions.clear();
    frame.aliases.clear();
    frame.arguments.clear();
    frame.options = crate::shell::machine::Options::default();
    frame.exit = 0;
    frame.interactive = false;
    frame.dialect = dialect;
    name.clone_into(&mut frame.name);
    frame
}

impl Runner<'_> {
    /// Says what is wrong with the text of a command, in the running shell's words.
    pub fn syntax_error(&mut self, error: &ParseError) {
        let bash = self.frame().dialect == Dialect::Bash;
        let ash = self.frame().dialect == Dialect::Ash;
        let message = match error {
            ParseError::NotSimulated(what) => return self.not_simulated(what),
            ParseError::Unexpected(token) if bash => format!("syntax error near unexpected token `{token}'"),
            ParseError::Unexpected(token) if ash => format!("syntax error: unexpected \"{token}\""),
            ParseError::Unexpected(token) => format!("Syntax error: \"{token}\" unexpected"),
            ParseError::Incomplete(Some(quote)) if bash => {
                format!("unexpected EOF while looking for matching `{quote}'")
            }
            ParseError::Incomplete(None) if bash => "syntax error: unexpected end of file".to_owned(),
            ParseError::Incomplete(Some(_)) if ash => "syntax error: unterminated quoted string".to_owned(),
            ParseError::Incomplete(None) if ash => "syntax error: unexpected end of file".to_owned(),
            ParseError::Incomplete(Some(_)) => "Syntax error: Unterminated quoted string".to_owned(),
            ParseError::Incomplete(None) => "Syntax error: end of file unexpected".to_owned(),
        };
        self.complain(&message);
    }
}
