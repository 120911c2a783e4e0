//! `mount`: the root and what the kubelet mounted, as BusyBox and util-linux print it.

use crate::shell::runner::{Runner, Step};

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if !arguments.is_empty() {
        runner.not_simulated("mounting; mount without arguments shows what is mounted");
        return Ok(1);
    }
    let Some(container) = runner.frame().look(&*runner.client) else {
        runner.out("/dev/vda1 on / type ext4 (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n");
        return Ok(0);
    };
    let mut text = String::from("overlay on / type overlay (rw,relatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n");
    for mount in &container.mounts {
        let (device, mode) = match mount.file_system.as_str() {
            "tmpfs" => ("tmpfs", if mount.read_only { "ro,relatime" } else { "rw,relatime" }),
            _ => ("/dev/vda1", if mount.read_only { "ro,relatime" } else { "rw,relatime" }),
        };
        text.push_str(&format!("{device} on {} type {} ({mode})\n", mount.path, mount.file_system));
    }
    runner.out(text);
    Ok(0)
}
