//! `basename PATH [SUFFIX]`, `dirname PATH…`

use crate::shell::runner::{Runner, Step};

/// Runs `basename`.
pub fn basename(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let Some(path) = arguments.first() else { return missing(runner, "basename") };
    let trimmed = path.trim_end_matches('/');
    let name = if trimmed.is_empty() && !path.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or_default() };
    let suffix = arguments.get(1).map_or("", String::as_str);
    let shown = name.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(name);
    runner.out(format!("{shown}\n"));
    Ok(0)
}

/// Runs `dirname`.
pub fn dirname(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.is_empty() {
        return missing(runner, "dirname");
    }
    for path in arguments {
        let folder = match path.trim_end_matches('/').rsplit_once('/') {
            Some((folder, _)) if folder.trim_end_matches('/').is_empty() => "/",
            Some((folder, _)) => folder.trim_end_matches('/'),
            None if path.starts_with('/') => "/",
            None => ".",
        };
        runner.out(format!("{folder}\n"));
    }
    Ok(0)
}

fn missing(runner: &mut Runner<'_>, name: &str) -> Step {
    runner.err(format!("{name}: missing operand\nTry '{name} --help' for more information.\n"));
    Ok(1)
}
