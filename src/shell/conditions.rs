//! `test`, `[ … ]` and `[[ … ]]`.

use crate::api::files::Entry;
use crate::shell::pattern;
use crate::shell::runner::{Flow, Runner, Step};
use crate::shell::syntax::Word;

/// `[ … ]`
pub fn bracket(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    match arguments.split_last() {
        Some((last, rest)) if last == "]" => Ok(decide(runner, rest, "[")),
        _ => {
            runner.complain("[: missing `]'");
            Ok(2)
        }
    }
}

/// `test …`
pub fn test(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    Ok(decide(runner, arguments, "test"))
}

fn decide(runner: &mut Runner<'_>, arguments: &[String], name: &str) -> i32 {
    let words: Vec<(String, String)> = arguments.iter().map(|text| (text.clone(), pattern::escape(text))).collect();
    finish(runner, &words, false, name)
}

/// `[[ … ]]`: words are not split, `==` takes patterns, `=~` expressions.
///
/// # Errors
/// What a failing expansion ends.
pub fn double_bracket(runner: &mut Runner<'_>, words: &[Word]) -> Result<i32, Flow> {
    let mut expanded = Vec::new();
    for word in words {
        expanded.push((runner.expand_text(word)?, runner.expand_pattern(word)?));
    }
    Ok(finish(runner, &expanded, true, "[["))
}

fn finish(runner: &mut Runner<'_>, words: &[(String, String)], double: bool, name: &str) -> i32 {
    if words.is_empty() {
        return 1;
    }
    let mut reader = Reader { runner, words, position: 0, double, depth: 0 };
    let result = reader.or().and_then(|value| match words.get(reader.position) {
        None => Ok(value),
        Some((extra, _)) if words.len() > 4 => Err(format!("too many arguments near {extra}")),
        Some((extra, _)) => Err(format!("{extra}: binary operator expected")),
    });
    match result {
        Ok(value) => i32::from(!value),
        Err(message) => {
            runner.complain(&format!("{name}: {message}"));
            2
        }
    }
}

struct Reader<'a, 'b, 'c> {
    runner: &'a mut Runner<'b>,
    words: &'c [(String, String)],
    position: usize,
    double: bool,
    depth: usize,
}

type Truth = Result<bool, String>;

impl Reader<'_, '_, '_> {
    fn peek(&self, offset: usize) -> Option<&str> {
        self.words.get(self.position + offset).map(|(text, _)| text.as_str())
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek(0) == Some(word);
        self.position += usize::from(found);
        found
    }

    fn or(&mut self) -> Truth {
        let mut value = self.and()?;
        while self.take(if self.double { "||" } else { "-o" }) {
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Truth {
        let mut value = self.not()?;
        while self.take(if self.double { "&&" } else { "-a" }) {
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Truth {
        self.depth += 1;
        if self.depth > 50 {
            return Err("nested too deep".to_owned());
        }
        let left = self.words.len() - self.position.min(self.words.len());
        let value = if left > 1 && self.peek(0) == Some("!") {
            self.position += 1;
            !self.not()?
        } else if left > 2 && self.peek(0) == Some("(") && !is_binary(self.peek(1).unwrap_or_default()) {
            self.position += 1;
            let value = self.or()?;
            if !self.take(")") {
                return Err("missing `)'".to_owned());
            }
            value
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn primary(&mut self) -> Truth {
        if let (Some(left), Some(operator), Some(_)) = (self.peek(0), self.peek(1), self.peek(2))
            && is_binary(operator)
        {
            let (left, operator) = (left.to_owned(), operator.to_owned());
            let (right, wild) = self.words.get(self.position + 2).cloned().unwrap_or_default();
            self.position += 3;
            return self.binary(&left, &operator, &right, &wild);
        }
        if let (Some(operator), Some(operand)) = (self.peek(0), self.peek(1))
            && operator.len() == 2
            && operator.starts_with('-')
        {
            let (operator, operand) = (operator.to_owned(), operand.to_owned());
            self.position += 2;
            return self.unary(&operator, &operand);
        }
        match self.peek(0) {
            Some(word) => {
                let value = !word.is_empty();
                self.position += 1;
                Ok(value)
            }
            None => Err("argument expected".to_owned()),
        }
    }

    fn binary(&mut self, left: &str, operator: &str, right: &str, wild: &str) -> Truth {
        let number =
            |text: &str| text.trim().parse::<i64>().map_err(|_| format!("{text}: integer expression expected"));
        Ok(match operator {
            "=" | "==" if self.double => pattern::matches(wild, left),
            "!=" if self.double => !pattern::matches(wild, left),
            "=" | "==" => left == right,
            "!=" => left != right,
            "=~" => crate::shell::regex::extended(right, false)?.is_match(left),
            "<" => left < right,
            ">" => left > right,
            "-eq" => number(left)? == number(right)?,
            "-ne" => number(left)? != number(right)?,
            "-lt" => number(left)? < number(right)?,
            "-le" => number(left)? <= number(right)?,
            "-gt" => number(left)? > number(right)?,
            "-ge" => number(left)? >= number(right)?,
            _ => {
                let modified = |path: &str| {
                    let path = self.runner.path(path);
                    self.runner.tree().follow(&path).ok().map(|entry| entry.attributes().modified)
                };
                if operator == "-nt" { modified(left) > modified(right) } else { modified(left) < modified(right) }
            }
        })
    }

    fn unary(&mut self, operator: &str, operand: &str) -> Truth {
        let path = self.runner.path(operand);
        let tree = self.runner.tree();
        let entry = tree.follow(&path).ok();
        let bit = |bit: u32| entry.is_some_and(|entry| entry.attributes().mode & bit != 0);
        Ok(match operator {
            "-z" => operand.is_empty(),
            "-n" => !operand.is_empty(),
            "-e" | "-a" => entry.is_some(),
            "-f" => matches!(entry, Some(Entry::File(..))),
            "-d" => matches!(entry, Some(Entry::Directory(..))),
            "-L" | "-h" => matches!(tree.entry(&path), Ok(Entry::Link(..))),
            "-s" => matches!(entry, Some(Entry::File(_, content)) if !content.bytes().is_empty()),
            "-r" => entry.is_some_and(|entry| self.runner.may_read(entry)),
            "-w" => self.runner.may_change(&path).is_ok(),
            "-x" => bit(0o111),
            "-v" => self.runner.frame().variable(operand).is_some(),
            "-t" => self.runner.output_is_terminal(),
            other => return Err(format!("{other}: unary operator expected")),
        })
    }
}

fn is_binary(word: &str) -> bool {
    let operators = ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot"];
    operators.contains(&word)
}
