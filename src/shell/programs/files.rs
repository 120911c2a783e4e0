//! Programs that change files: `cp`, `mv`, `rm`, `rmdir`, `mkdir`, `touch`, `chmod`.
//!
//! In a container only the writing of a file is simulated; what changes its folders says so.

use crate::api::files::{Attributes, Entry, FileError};
use crate::shell::programs::options::Options;
use crate::shell::runner::{Runner, Step};

/// Runs work on every operand; errors are `program: cannot VERB 'PATH': REASON`.
fn each(
    runner: &mut Runner<'_>,
    (name, verb): (&str, &str),
    options: &Options,
    work: impl Fn(&mut Runner<'_>, &str, &Options) -> Result<(), FileError>,
) -> Step {
    if options.operands.is_empty() {
        runner.err(format!("{name}: missing operand\nTry '{name} --help' for more information.\n"));
        return Ok(1);
    }
    let mut exit = 0;
    for operand in &options.operands {
        let path = runner.path(operand);
        if let Err(error) = work(runner, &path, options) {
            let text = match runner.busybox() {
                true if name == "rmdir" => format!("{name}: '{operand}': {error}\n"),
                true => format!("{name}: can't {verb} '{operand}': {error}\n"),
                false if name == "rmdir" => format!("{name}: failed to {verb} '{operand}': {error}\n"),
                false => format!("{name}: cannot {verb} '{operand}': {error}\n"),
            };
            runner.err(text);
            exit = 1;
        }
    }
    Ok(exit)
}

/// Refuses in a container, where the kubelet's interface takes whole files only.
fn here(runner: &mut Runner<'_>, name: &str) -> bool {
    runner.workstation_tree(name).is_some()
}

/// `rm [-r] [-f] PATH…`
pub fn rm(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("rm", arguments, "rRfiv", &[("recursive", 'r'), ("force", 'f')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if options.has('f') && options.operands.is_empty() {
        return Ok(0);
    }
    if let Some(step) = read_only(runner, ("rm", "remove"), &options.operands) {
        return step;
    }
    if !here(runner, "rm") {
        return Ok(1);
    }
    each(runner, ("rm", "remove"), &options, |runner, path, options| {
        let found = runner.state.files.entry(path);
        match found {
            Err(FileError::NotFound) if options.has('f') => return Ok(()),
            Err(error) => return Err(error),
            Ok(Entry::Directory(..)) if !(options.has('r') || options.has('R')) => return Err(FileError::IsADirectory),
            Ok(_) => {}
        }
        runner.may_change_folder(path)?;
        runner.state.files.remove(path).map(|_| ())
    })
}

/// Tells about paths on read-only mounts of a container; `None` where there are none.
fn read_only(runner: &mut Runner<'_>, (name, verb): (&str, &str), operands: &[String]) -> Option<Step> {
    runner.frame().container.as_ref()?;
    let refused: Vec<String> =
        operands.iter().filter(|operand| runner.may_change(operand) == Err(FileError::ReadOnly)).cloned().collect();
    if refused.is_empty() {
        return None;
    }
    for operand in refused {
        let can = if runner.busybox() { "can't" } else { "cannot" };
        runner.err(format!("{name}: {can} {verb} '{operand}': {}\n", FileError::ReadOnly));
    }
    Some(Ok(1))
}

/// `rmdir PATH…`
pub fn rmdir(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("rmdir", arguments, "", &[]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if !here(runner, "rmdir") {
        return Ok(1);
    }
    each(runner, ("rmdir", "remove"), &options, |runner, path, _| {
        match runner.state.files.entry(path)? {
            Entry::Directory(_, children) if children.is_empty() => {}
            Entry::Directory(..) => return Err(FileError::NotEmpty),
            _ => return Err(FileError::NotADirectory),
        }
        runner.may_change_folder(path)?;
        runner.state.files.remove(path).map(|_| ())
    })
}

/// `mkdir [-p] PATH…`
pub fn mkdir(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("mkdir", arguments, "pm:v", &[("parents", 'p'), ("mode", 'm')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if let Some(step) = read_only(runner, ("mkdir", "create directory"), &options.operands) {
        return step;
    }
    if !here(runner, "mkdir") {
        return Ok(1);
    }
    each(runner, ("mkdir", "create directory"), &options, |runner, path, options| {
        let attributes = runner.attributes(0o755);
        if options.has('p') {
            let missing = nearest(runner, path);
            if missing != path || runner.state.files.entry(path).is_err() {
                runner.may_change_folder(&missing)?;
            }
            return runner.state.make_folders(path, attributes);
        }
        if runner.state.files.entry(path).is_ok() {
            return Err(FileError::Exists);
        }
        runner.may_change_folder(path)?;
        runner.state.make_folders(path, attributes)
    })
}

/// The first part of a path that is not there.
fn nearest(runner: &Runner<'_>, path: &str) -> String {
    let mut made = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        made = format!("{made}/{part}");
        if runner.state.files.follow(&made).is_err() {
            break;
        }
    }
    made
}

/// `touch PATH…`
pub fn touch(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("touch", arguments, "c", &[]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    each(runner, ("touch", "touch"), &options, |runner, path, options| {
        let bytes = match runner.read(path) {
            Ok(bytes) => bytes.to_vec(),
            Err(FileError::NotFound) if options.has('c') => return Ok(()),
            Err(FileError::NotFound) => Vec::new(),
            Err(FileError::IsADirectory) => return Ok(()),
            Err(other) => return Err(other),
        };
        runner.may_change(path)?;
        runner.write(path, &bytes)
    })
}

/// `chmod [-R] MODE PATH…`
pub fn chmod(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    // A mode may begin with a dash: `chmod -x FILE`.
    let is_mode = |text: &str| text.starts_with('-') && text.len() > 1 && text[1..].chars().all(|c| "rwx".contains(c));
    let arguments: Vec<String> = arguments.iter().map(|text| if is_mode(text) { format!("a{text}") } else { text.clone() }).collect();
    let mut options = match runner.options("chmod", &arguments, "Rv", &[("recursive", 'R')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    if options.operands.is_empty() {
        runner.err("chmod: missing operand\nTry 'chmod --help' for more information.\n");
        return Ok(1);
    }
    let mode = options.operands.remove(0);
    if change(0, &mode).is_none() {
        runner.err(format!("chmod: invalid mode: '{mode}'\nTry 'chmod --help' for more information.\n"));
        return Ok(1);
    }
    if let Some(step) = read_only(runner, ("chmod", "change mode of"), &options.operands) {
        return step;
    }
    if !here(runner, "chmod") {
        return Ok(1);
    }
    each(runner, ("chmod", "access"), &options, |runner, path, _| {
        let path = runner.state.files.resolve(path)?;
        let mut entry = runner.state.files.entry(&path)?.clone();
        if entry.attributes().user != runner.frame().user {
            return Err(FileError::PermissionDenied);
        }
        let (Entry::File(attributes, _) | Entry::Directory(attributes, _) | Entry::Link(attributes, _)) = &mut entry;
        attributes.mode = change(attributes.mode, &mode).unwrap_or(attributes.mode);
        runner.state.files.put(&path, entry, false)
    })
}

/// A mode changed by `644`, `+x`, `u+rw,go-w`, `a=r`.
fn change(mode: u32, text: &str) -> Option<u32> {
    if !text.is_empty() && text.chars().all(|c| ('0'..='7').contains(&c)) {
        return u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    let mut mode = mode;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let who = match &clause[..at] {
            "" | "a" => "ugo",
            who => who,
        };
        let bits = clause[at + 1..].chars().try_fold(0, |bits, c| match c {
            'r' => Some(bits | 4),
            'w' => Some(bits | 2),
            'x' | 'X' => Some(bits | 1),
            _ => None,
        })?;
        for c in who.chars() {
            let shift = match c {
                'u' => 6,
                'g' => 3,
                'o' => 0,
                _ => return None,
            };
            match clause.as_bytes().get(at) {
                Some(b'+') => mode |= bits << shift,
                Some(b'-') => mode &= !(bits << shift),
                _ => mode = mode & !(7 << shift) | bits << shift,
            }
        }
    }
    Some(mode)
}

/// `cp [-r] SOURCE… TARGET`
pub fn cp(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    transfer(runner, "cp", arguments)
}

/// `mv SOURCE… TARGET`
pub fn mv(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    transfer(runner, "mv", arguments)
}

fn transfer(runner: &mut Runner<'_>, name: &str, arguments: &[String]) -> Step {
    let options = match runner.options(name, arguments, "rRafpvi", &[("recursive", 'r'), ("force", 'f'), ("archive", 'a')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let Some((target, sources)) = options.operands.split_last().filter(|(_, sources)| !sources.is_empty()) else {
        let what = match options.operands.first() {
            None => "missing file operand".to_owned(),
            Some(only) => format!("missing destination file operand after '{only}'"),
        };
        runner.err(format!("{name}: {what}\nTry '{name} --help' for more information.\n"));
        return Ok(1);
    };
    if runner.frame().container.is_some() && (name == "mv" || options.has('r')) {
        here(runner, name);
        return Ok(1);
    }
    let target_path = runner.path(target);
    let into = matches!(runner.tree().follow(&target_path), Ok(Entry::Directory(..)));
    if sources.len() > 1 && !into {
        runner.err(format!("{name}: target '{target}': {}\n", FileError::NotADirectory));
        return Ok(1);
    }
    let mut exit = 0;
    for source in sources {
        let base = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
        let goal = if into { format!("{target_path}/{base}") } else { target_path.clone() };
        let recursive = name == "mv" || ['r', 'R', 'a'].iter().any(|flag| options.has(*flag));
        if let Err(text) = one(runner, name, source, &goal, recursive) {
            runner.err(format!("{name}: {text}\n"));
            exit = 1;
        }
    }
    Ok(exit)
}

fn one(runner: &mut Runner<'_>, name: &str, source: &str, goal: &str, recursive: bool) -> Result<(), String> {
    let path = runner.path(source);
    let stat = |error: FileError| format!("cannot stat '{source}': {error}");
    let make = |error: FileError| format!("cannot create regular file '{goal}': {error}");
    let entry = runner.tree().follow(&path).map_err(stat)?.clone();
    if runner.tree().resolve(goal).is_ok_and(|found| Ok(found) == runner.tree().resolve(&path)) {
        return Err(format!("'{source}' and '{goal}' are the same file"));
    }
    match entry {
        Entry::Directory(..) if !recursive => return Err(format!("-r not specified; omitting directory '{source}'")),
        Entry::Directory(..) if goal.starts_with(&format!("{path}/")) => {
            return Err(format!("cannot copy a directory, '{source}', into itself, '{goal}'"));
        }
        Entry::Directory(..) | Entry::Link(..) => {
            runner.may_change_folder(goal).map_err(make)?;
            let (bytes, count) = crate::shell::filesystem::usage(&entry);
            let (used, there) = crate::shell::filesystem::usage(runner.state.files.root());
            let room = bytes + used <= crate::shell::filesystem::FILES_BYTES_MAX && count + there <= crate::shell::filesystem::FILES_MAX;
            if !room {
                return Err(make(FileError::TooLarge));
            }
            runner.state.files.put(goal, entry, false).map_err(make)?;
        }
        Entry::File(..) if name == "mv" => {
            runner.may_change_folder(goal).map_err(make)?;
            runner.state.files.put(goal, entry, false).map_err(make)?;
        }
        Entry::File(Attributes { .. }, _) => {
            let bytes = runner.read(&path).map_err(|error| format!("cannot open '{source}' for reading: {error}"))?;
            runner.write(goal, &bytes).map_err(make)?;
        }
    }
    if name == "mv" {
        runner.may_change_folder(&path).map_err(|error| format!("cannot remove '{source}': {error}"))?;
        runner.state.files.remove(&path).map_err(stat)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_change_as_chmod_says() {
        assert_eq!(change(0o644, "+x"), Some(0o755));
        assert_eq!(change(0o644, "600"), Some(0o600));
        assert_eq!(change(0o644, "u+x,go-r"), Some(0o700));
        assert_eq!(change(0o777, "a=r"), Some(0o444));
        assert_eq!(change(0, "frob"), None);
    }
}
