//! Walks the tree of a command: lists, pipelines, conditions, loops, functions, and the search for what a name means.

use crate::api::files::{Entry, FileError};
use crate::shell::machine::{Dialect, Variable};
use crate::shell::parser::Parser;
use crate::shell::pattern;
use crate::shell::programs;
use crate::shell::runner::{Flow, Input, Runner, Sink, Step};
use crate::shell::syntax::{Assignment, Body, Command, Connector, Item, Pipeline, Script, Word};
use std::rc::Rc;

impl Runner<'_> {
    /// Runs commands one after another; the exit code is the last one's.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn script(&mut self, script: &Script) -> Step {
        let mut exit = 0;
        for item in script {
            exit = self.item(item)?;
        }
        Ok(exit)
    }

    /// Runs text as a script.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn run_text(&mut self, text: &str) -> Step {
        let mut parser = Parser::new(text);
        let mut exit = 0;
        loop {
            match parser.next_line() {
                Ok(None) => return Ok(exit),
                Ok(Some(script)) => exit = self.script(&script)?,
                Err(error) => {
                    self.syntax_error(&error);
                    self.frame_mut().exit = 2;
                    return Ok(2);
                }
            }
        }
    }

    /// Runs one element of a list.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn item(&mut self, item: &Item) -> Step {
        if item.background {
            self.not_simulated("& (jobs in the background); leave it away to run the command here");
            self.frame_mut().exit = 1;
            return Ok(1);
        }
        let exit = self.first_of(item)?;
        self.connected(exit, &item.rest)
    }

    /// Runs the first pipeline of an element.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn first_of(&mut self, item: &Item) -> Step {
        self.guarded(&item.first, !item.rest.is_empty())
    }

    /// Runs what `&&` and `||` say after an exit code.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn connected(&mut self, mut exit: i32, rest: &[(Connector, Pipeline)]) -> Step {
        for (index, (connector, pipeline)) in rest.iter().enumerate() {
            if (*connector == Connector::And) == (exit == 0) {
                self.suspended_at = index + 1;
                exit = self.guarded(pipeline, index + 1 < rest.len())?;
            }
        }
        Ok(exit)
    }

    /// Runs a pipeline; `checked` says that its failure is looked at (`&&`), so `set -e` looks away.
    fn guarded(&mut self, pipeline: &Pipeline, checked: bool) -> Step {
        let looked_at = checked || pipeline.negated;
        self.condition += usize::from(looked_at);
        let step = self.pipeline(pipeline);
        self.condition -= usize::from(looked_at);
        let exit = step?;
        if exit != 0 && !looked_at && self.condition == 0 && self.frame().options.exit_on_error {
            return Err(Flow::Exit(exit));
        }
        Ok(exit)
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Step {
        let exit = match pipeline.commands.as_slice() {
            [(command, _)] => self.command(command)?,
            commands => self.piped(commands)?,
        };
        let exit = if pipeline.negated { i32::from(exit == 0) } else { exit };
        self.frame_mut().exit = exit;
        Ok(exit)
    }

    fn piped(&mut self, commands: &[(Command, bool)]) -> Step {
        let stdin = self.stdin.clone();
        let streams = self.streams;
        let mut exit = 0;
        let mut failed = 0;
        for (index, (command, errors_too)) in commands.iter().enumerate() {
            let last = index + 1 == commands.len();
            let (bytes, step) = if last {
                (Vec::new(), self.subshell(|runner| runner.command(command)))
            } else {
                self.capture(|runner| {
                    if *errors_too {
                        runner.streams.err = runner.streams.out;
                    }
                    runner.subshell(|runner| runner.command(command))
                })
            };
            self.streams = streams;
            match step {
                Ok(code) => exit = code,
                Err(flow) => {
                    self.stdin = stdin;
                    return Err(flow);
                }
            }
            if exit != 0 {
                failed = exit;
            }
            self.printed = self.printed.saturating_sub(bytes.len());
            self.stdin = Input::new(bytes);
        }
        self.stdin = stdin;
        Ok(if self.frame().options.pipefail { failed } else { exit })
    }

    /// Runs one command with its redirections.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn command(&mut self, command: &Command) -> Step {
        self.spend(1)?;
        if let Body::Simple { assignments, words } = &command.body {
            return self.simple(assignments, words, command);
        }
        self.redirected(&command.redirects, |runner| runner.compound(&command.body))
    }

    fn compound(&mut self, body: &Body) -> Step {
        match body {
            Body::Simple { .. } => Ok(0),
            Body::Group(script) => self.script(script),
            Body::Subshell(script) => self.subshell(|runner| runner.script(script)),
            Body::If { arms, otherwise } => {
                for (condition, body) in arms {
                    if self.holds(condition)? {
                        return self.script(body);
                    }
                }
                otherwise.as_ref().map_or(Ok(0), |body| self.script(body))
            }
            Body::For { name, words, body } => {
                let values = match words {
                    Some(words) => self.expand_words(words)?,
                    None => self.frame().arguments.clone(),
                };
                let mut exit = 0;
                for value in values {
                    self.spend(1)?;
                    self.assign(name, &value);
                    match self.round(body)? {
                        Some(code) => exit = code,
                        None => break,
                    }
                }
                Ok(exit)
            }
            Body::While { condition, body, until } => {
                let mut exit = 0;
                loop {
                    self.spend(1)?;
                    if self.holds(condition)? == *until {
                        return Ok(exit);
                    }
                    match self.round(body)? {
                        Some(code) => exit = code,
                        None => return Ok(exit),
                    }
                }
            }
            Body::Case { subject, arms } => {
                let subject = self.expand_text(subject)?;
                for (patterns, body) in arms {
                    for word in patterns {
                        let wanted = self.expand_pattern(word)?;
                        if pattern::matches(&wanted, &subject) {
                            return self.script(body);
                        }
                    }
                }
                Ok(0)
            }
            Body::Function { name, body } => {
                self.frame_mut().functions.insert(name.clone(), Rc::clone(body));
                Ok(0)
            }
            Body::Arithmetic(inner) => {
                let text = self.expand_quoted(inner)?;
                match crate::shell::arithmetic::evaluate(self, &text) {
                    Ok(value) => Ok(i32::from(value == 0)),
                    Err(message) => {
                        self.complain(&format!("((: {}: {message}", text.trim()));
                        Ok(1)
                    }
                }
            }
            Body::Test(words) => crate::shell::conditions::double_bracket(self, words),
        }
    }

    fn holds(&mut self, condition: &Script) -> Result<bool, Flow> {
        self.condition += 1;
        let step = self.script(condition);
        self.condition -= 1;
        Ok(step? == 0)
    }

    /// One round of a loop; `None` when the loop ends.
    fn round(&mut self, body: &Script) -> Result<Option<i32>, Flow> {
        match self.script(body) {
            Ok(exit) => Ok(Some(exit)),
            Err(Flow::Break(1)) => Ok(None),
            Err(Flow::Break(more)) => Err(Flow::Break(more - 1)),
            Err(Flow::Continue(1)) => Ok(Some(0)),
            Err(Flow::Continue(more)) => Err(Flow::Continue(more - 1)),
            Err(other) => Err(other),
        }
    }

    fn simple(&mut self, assignments: &[Assignment], words: &[Word], command: &Command) -> Step {
        self.substituted = None;
        let words = self.unalias(words);
        let mut arguments = self.expand_words(&words)?;
        let mut values = Vec::new();
        for assignment in assignments {
            let mut value = self.expand_text(&assignment.value)?;
            if assignment.append {
                value = self.frame().variable(&assignment.name).unwrap_or_default().to_owned() + &value;
            }
            if value.len() > crate::shell::expand::VALUE_BYTES_MAX {
                self.not_simulated("a value this long");
                return Err(Flow::Abort(1));
            }
            values.push((assignment.name.clone(), value));
        }
        self.trace(&values, &arguments);
        if arguments.is_empty() {
            for (name, value) in &values {
                self.assign(name, value);
            }
            let exit = self.substituted.take().unwrap_or(0);
            return self.redirected(&command.redirects, |_| Ok(exit));
        }
        let name = arguments.remove(0);
        let saved = self.prefix_variables(values);
        let step = self.redirected(&command.redirects, |runner| runner.call(&name, &arguments));
        if !matches!(step, Err(Flow::Suspend)) {
            for (name, old) in saved {
                match old {
                    Some(old) => self.frame_mut().variables.insert(name, old),
                    None => self.frame_mut().variables.remove(&name),
                };
            }
        }
        step
    }

    /// Sets `NAME=value` in front of a command, for that command; gives what was there before.
    fn prefix_variables(&mut self, values: Vec<(String, String)>) -> Vec<(String, Option<Variable>)> {
        let mut saved = Vec::new();
        for (name, value) in values {
            let variable = Variable { value, exported: true };
            let old = self.frame_mut().variables.insert(name.clone(), variable);
            saved.push((name, old));
        }
        saved
    }

    fn trace(&mut self, values: &[(String, String)], arguments: &[String]) {
        if !self.frame().options.trace {
            return;
        }
        let assigned = values.iter().map(|(name, value)| format!("{name}={}", crate::shell::quoting::quote(value)));
        let called = arguments.iter().map(|argument| crate::shell::quoting::quote(argument));
        let line: Vec<String> = assigned.chain(called).collect();
        self.err(format!("+ {}\n", line.join(" ")));
    }

    /// Replaces a leading alias by its words.
    fn unalias(&self, words: &[Word]) -> Vec<Word> {
        let Some(name) = words.first().and_then(Word::plain) else { return words.to_vec() };
        let Some(text) = self.frame().aliases.get(name) else { return words.to_vec() };
        match Parser::new(text).next_line() {
            Ok(Some(script)) => match script.as_slice() {
                [item] if item.rest.is_empty() => match item.first.commands.as_slice() {
                    [(Command { body: Body::Simple { words: alias, .. }, .. }, _)] => {
                        alias.iter().chain(words.iter().skip(1)).cloned().collect()
                    }
                    _ => words.to_vec(),
                },
                _ => words.to_vec(),
            },
            _ => words.to_vec(),
        }
    }

    /// Runs a function, a program or a script by name.
    ///
    /// # Errors
    /// A jump or an end.
    pub fn call(&mut self, name: &str, arguments: &[String]) -> Step {
        if let Some(function) = self.frame().functions.get(name).map(Rc::clone) {
            return self.call_function(&function, arguments);
        }
        let base = match name.rsplit_once('/') {
            Some(("/bin" | "/usr/bin" | "/usr/local/bin" | "/sbin" | "/usr/sbin", base)) => base,
            Some(_) => return self.call_file(name, arguments),
            None => name,
        };
        if let Some(program) = programs::find(base, self.frame()) {
            self.spend(program.steps)?;
            return (program.run)(self, arguments);
        }
        if crate::shell::machine::dialect_of(base, self.frame().userland).is_some() {
            return crate::shell::builtins::shell(self, base, arguments);
        }
        self.not_found(name, base);
        Ok(127)
    }

    fn not_found(&mut self, name: &str, base: &str) {
        if let Some(nearest) = programs::absent::nearest(base, self.frame()) {
            self.not_simulated(&format!("{base}; {nearest}"));
            return;
        }
        match (self.frame().dialect, name.contains('/')) {
            (Dialect::Bash, true) => self.complain(&format!("{name}: No such file or directory")),
            (Dialect::Bash, false) => self.complain(&format!("{name}: command not found")),
            (Dialect::Dash | Dialect::Ash, _) => self.complain(&format!("{name}: not found")),
        }
    }

    fn call_function(&mut self, function: &Rc<Command>, arguments: &[String]) -> Step {
        let saved = std::mem::replace(&mut self.frame_mut().arguments, arguments.to_vec());
        self.frame_mut().depth += 1;
        let step = if self.frame().depth > crate::shell::runner::CALL_DEPTH_MAX {
            self.not_simulated(&format!("calls nested deeper than {}", crate::shell::runner::CALL_DEPTH_MAX));
            Err(Flow::Abort(1))
        } else {
            self.command(function)
        };
        self.frame_mut().depth -= 1;
        self.frame_mut().arguments = saved;
        match step {
            Err(Flow::Return(code)) => Ok(code),
            other => other,
        }
    }

    /// `./script.sh ARGS`
    fn call_file(&mut self, name: &str, arguments: &[String]) -> Step {
        let path = self.path(name);
        let tree = self.tree();
        let (message, exit) = match tree.follow(&path) {
            Err(FileError::NotFound) => {
                self.not_found(name, name);
                return Ok(127);
            }
            Err(other) => (other.to_string(), 126),
            Ok(Entry::Directory(..)) => ("Is a directory".to_owned(), 126),
            Ok(entry) if entry.attributes().mode & 0o111 == 0 => ("Permission denied".to_owned(), 126),
            Ok(_) => return crate::shell::builtins::script_file(self, name, arguments),
        };
        self.complain(&format!("{name}: {message}"));
        Ok(exit)
    }

    /// Whether output goes to a file or a pipe and not to the terminal.
    pub fn output_is_terminal(&self) -> bool {
        self.nested == 0 && self.state.interactive && matches!(self.sinks.get(self.streams.out), Some(Sink::Stdout))
    }
}
