//! Measuring in a process of its own: a process knows only the most memory it ever took.

use std::process::Command;

/// Runs this program again with these words, and passes on what it prints.
pub fn again(words: &[String]) {
    let measured = std::env::current_exe().and_then(|this| Command::new(this).args(words).status());
    assert!(measured.is_ok_and(|status| status.success()), "{words:?} was not measured");
}

/// The most memory that this process ever had, in bytes; nothing where the system does not say (it does on Linux).
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
