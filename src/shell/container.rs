//! One command in a container: what `kubectl exec POD -- COMMAND` starts.

use crate::api::container::ContainerRef;
use crate::kubectl::host::Outcome;
use crate::shell::machine::{Frame, Userland, dialect_of, userland_of};
use crate::shell::programs;
use crate::shell::runner::{Flow, Input, Runner, Sink, Streams};

/// Runs a command of that container and collects what it prints. An exit code below zero says that the runtime could
/// not start it; standard error then holds kubectl's whole message.
pub fn run(runner: &mut Runner<'_>, reference: &ContainerRef, command: &[String], stdin: &[u8]) -> Outcome {
    let Some(container) = runner.client.container(reference) else {
        return Outcome { exit: 137, ..Outcome::default() };
    };
    let Some((name, arguments)) = command.split_first() else { return Outcome::default() };
    let userland = userland_of(&container.image);
    let base = match name.rsplit_once('/') {
        Some(("/bin" | "/usr/bin" | "/usr/local/bin" | "/sbin" | "/usr/sbin", base)) => base,
        _ => name.as_str(),
    };
    let dialect = dialect_of(base, userland);
    let usual = if userland == Userland::Busybox { "ash" } else { "dash" };
    let words = dialect.or_else(|| dialect_of(usual, userland));
    let program = words.map(|dialect| Frame::container(&container, base, dialect));
    let startable = |frame: &Frame| {
        let external = programs::find(base, frame).is_some_and(|program| !program.builtin || program.also_file);
        let file = container.files.follow(base).is_ok_and(|entry| entry.attributes().mode & 0o111 != 0);
        dialect.is_some() || external || (base.contains('/') && file)
    };
    let Some(frame) = program.filter(startable) else {
        return not_startable(runner, reference, name);
    };
    // A process of its own: streams and standard input are not those of the command that asked.
    let chunks = std::mem::take(&mut runner.chunks);
    let sinks = std::mem::replace(&mut runner.sinks, vec![Sink::Stdout, Sink::Stderr]);
    let streams = std::mem::replace(&mut runner.streams, Streams { out: 0, err: 1 });
    let input = std::mem::replace(&mut runner.stdin, Input::new(stdin));
    let condition = std::mem::replace(&mut runner.condition, 0);
    let step = runner.enter(frame, |runner| runner.call(name, arguments));
    runner.condition = condition;
    runner.stdin = input;
    runner.streams = streams;
    runner.sinks = sinks;
    let output = std::mem::replace(&mut runner.chunks, chunks);
    let printed: usize = output.iter().map(size).sum();
    runner.printed = runner.printed.saturating_sub(printed);
    let exit = match step {
        Ok(code) => code,
        Err(Flow::Suspend) => {
            runner.state.job = None;
            0
        }
        Err(flow) => crate::shell::foreground::exit_of(&flow),
    };
    Outcome { output, exit, ..Outcome::default() }
}

fn size(chunk: &crate::kubectl::host::Chunk) -> usize {
    match chunk {
        crate::kubectl::host::Chunk::Stdout(bytes) | crate::kubectl::host::Chunk::Stderr(bytes) => bytes.len(),
    }
}

/// What containerd answers, and kubectl prints, when there is no such program in the image.
fn not_startable(runner: &mut Runner<'_>, reference: &ContainerRef, name: &str) -> Outcome {
    use sha2::{Digest, Sha256};
    // The runtime gives every exec a random id; here it follows from what is started and when.
    let seed = format!("{}/{name}/{}", reference.pod_uid, runner.client.now().unix_micros());
    let id: String = Sha256::digest(seed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let reason = if name.contains('/') { "no such file or directory" } else { "executable file not found in $PATH" };
    let (exec, reason) = match name.contains('/') {
        true => (format!("exec: \"{name}\": stat {name}"), reason),
        false => (format!("exec: \"{name}\""), reason),
    };
    let text = format!(
        "error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec \
         in container: failed to start exec \"{id}\": OCI runtime exec failed: exec failed: unable to start container \
         process: {exec}: {reason}\n"
    );
    Outcome::fail(-1, text)
}
