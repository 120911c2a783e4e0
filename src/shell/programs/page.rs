//! What only the page can do: `clear`, `undo`, `redo`, `reset`, `edit FILE`.

use crate::shell::runner::{Runner, Step};
use crate::shell::transcript::Control;

/// `clear`
pub fn clear(runner: &mut Runner<'_>, _: &[String]) -> Step {
    runner.control.push(Control::Clear);
    Ok(0)
}

/// `undo [N]`
pub fn undo(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    count(runner, "undo", arguments, Control::Undo)
}

/// `redo [N]`
pub fn redo(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    count(runner, "redo", arguments, Control::Redo)
}

/// `reset`
pub fn reset(runner: &mut Runner<'_>, _: &[String]) -> Step {
    runner.control.push(Control::Reset);
    Ok(0)
}

fn count(runner: &mut Runner<'_>, name: &str, arguments: &[String], control: fn(usize) -> Control) -> Step {
    let number = match arguments {
        [] => Some(1),
        [one] => one.parse().ok().filter(|number| *number > 0),
        _ => None,
    };
    match number {
        Some(number) => {
            runner.control.push(control(number));
            Ok(0)
        }
        None => {
            runner.err(format!("usage: {name} [NUMBER OF COMMANDS]\n"));
            Ok(2)
        }
    }
}

/// `edit FILE`, `nano FILE`, `vi FILE`
pub fn edit(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let Some(path) = arguments.iter().find(|argument| !argument.starts_with('-')) else {
        runner.err("usage: edit FILE\n");
        return Ok(2);
    };
    let path = runner.path(path);
    match runner.may_change(&path) {
        Ok(()) => {
            runner.control.push(Control::OpenEditor { path });
            Ok(0)
        }
        Err(error) => {
            runner.err(format!("edit: {path}: {error}\n"));
            Ok(1)
        }
    }
}
