//! `id`, `whoami`, `hostname`, `uname`: the machine's own names, which the cluster knows nothing of.

use crate::shell::runner::{Runner, Step};

/// `id [-u] [-g] [-n]`
pub fn id(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("id", arguments, "ugn", &[("user", 'u'), ("group", 'g'), ("name", 'n')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (user, name) = (runner.frame().user, runner.frame().user_name());
    let group = runner.frame().groups.first().copied().unwrap_or(user);
    let group_name = match group {
        0 => "root".to_owned(),
        group if group == user => name.clone(),
        group => group.to_string(),
    };
    // A number without a name stands alone.
    let named = |id: u32, name: &str| if id.to_string() == name { name.to_owned() } else { format!("{id}({name})") };
    let more = runner.frame().groups.iter().skip(1).map(|group| format!(",{group}")).collect::<String>();
    let (long, own) = (named(user, &name), named(group, &group_name));
    let text = match (options.has('u'), options.has('g'), options.has('n')) {
        (true, _, true) => name,
        (true, _, false) => user.to_string(),
        (_, true, true) => group_name,
        (_, true, false) => group.to_string(),
        _ => format!("uid={long} gid={own} groups={own}{more}"),
    };
    runner.out(text + "\n");
    Ok(0)
}

/// `whoami`
pub fn whoami(runner: &mut Runner<'_>, _: &[String]) -> Step {
    let (name, user) = (runner.frame().user_name(), runner.frame().user);
    if name == user.to_string() {
        let text = match runner.busybox() {
            true => format!("whoami: unknown uid {user}\n"),
            false => format!("whoami: cannot find name for user ID {user}\n"),
        };
        runner.err(text);
        return Ok(1);
    }
    runner.out(name + "\n");
    Ok(0)
}

/// `hostname`
pub fn hostname(runner: &mut Runner<'_>, _: &[String]) -> Step {
    let frame = runner.frame();
    let name = frame.container.as_ref().map_or("workstation", |container| container.pod.as_str()).to_owned();
    runner.out(name + "\n");
    Ok(0)
}

/// `uname [-a] [-s] [-n] [-r] [-m]`
pub fn uname(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let options = match runner.options("uname", arguments, "asnrm", &[("all", 'a')]) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let frame = runner.frame();
    let node = frame.container.as_ref().map_or("workstation", |container| container.pod.as_str()).to_owned();
    let all = options.has('a');
    let parts = [('s', "Linux".to_owned()), ('n', node), ('r', "6.12.0-simulated".to_owned()), ('m', "x86_64".to_owned())];
    let none = options.flags.is_empty();
    let shown = parts.into_iter().filter(|(flag, _)| all || options.has(*flag) || (none && *flag == 's'));
    let words: Vec<String> = shown.map(|(_, text)| text).collect();
    runner.out(words.join(" ") + "\n");
    Ok(0)
}
