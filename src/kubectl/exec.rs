//! `kubectl exec`: a command in a container.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/exec/exec.go. The streams of the real protocol are not simulated: the API
//! server says whether the connection is allowed, then the process runs.

use crate::api::container::ContainerRef;
use crate::api::kinds;
use crate::api::object::{Object, name, namespace, text};
use crate::api::request::{Body, Method, Request};
use crate::kubectl::command::Command;
use crate::kubectl::containers;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::host::Then;
use crate::kubectl::{pods, resources};

/// The command.
pub const COMMAND: Command = Command {
    name: "exec",
    usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
    summary: "Execute a command in a container",
    examples: &[
        "kubectl exec mypod -- date",
        "kubectl exec -it mypod -- sh",
        "kubectl exec deploy/mydeployment -- date",
    ],
    flags: &[&[
        Flag::text(
            "container",
            "c",
            "Container name. If omitted, use the annotation kubectl.kubernetes.io/default-container, or the first container.",
        ),
        Flag::slice("filename", "f", "to use to exec into the resource"),
        Flag::duration("pod-running-timeout", "", "The length of time to wait until at least one pod is running")
            .or("1m0s"),
        Flag::boolean("quiet", "q", "Only print output from the remote session"),
        Flag::boolean("stdin", "i", "Pass stdin to the container"),
        Flag::boolean("tty", "t", "Stdin is a TTY"),
    ]],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let (target, command) = arguments(context)?;
    let pod = pod(context, &target)?;
    let phase = text(&pod, &["status", "phase"]);
    if matches!(phase, "Succeeded" | "Failed") {
        return Err(Failure::message(format!(
            "cannot exec into a container in a completed pod; current phase is {phase}"
        )));
    }
    let choice = containers::choose(&pod, context.flags.text("container")).map_err(Failure::message)?;
    let (stdin, quiet) = (context.flags.boolean("stdin"), context.flags.boolean("quiet"));
    if !quiet {
        context.complain(choice.notice);
    }
    // Something on standard input means that it is no terminal.
    let mut tty = stdin && context.flags.boolean("tty");
    if tty && !(context.stdin.is_empty() && context.host.has_terminal()) {
        if !quiet {
            context.complain("Unable to use a TTY - input is not a terminal or the right kind of file\n");
        }
        tty = false;
    }
    let container = connect(context, &pod, &choice.container, &command, stdin, tty)?;
    if tty && is_shell(&command) {
        context.outcome.then = Then::Interactive { container, command };
        return Ok(());
    }
    start(context, &container, &command, stdin)
}

/// What to run, and where.
fn arguments(context: &Context<'_>) -> Result<(String, Vec<String>), Failure> {
    let arguments = context.arguments();
    let files = context.flags.list("filename");
    let named = match context.flags.dash {
        Some(0) => None,
        _ => arguments.first(),
    };
    let command = match context.flags.dash {
        Some(position) => arguments.get(position..).unwrap_or_default().to_vec(),
        None if arguments.len() > 1 || (!arguments.is_empty() && !files.is_empty()) => {
            return Err(Failure::usage(
                "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
            ));
        }
        None => Vec::new(),
    };
    if named.is_none() && files.is_empty() {
        return Err(Failure::message("pod, type/name or --filename must be specified"));
    }
    if command.is_empty() {
        return Err(Failure::message("you must specify at least one command for the container"));
    }
    Ok((named.cloned().unwrap_or_default(), command))
}

fn pod(context: &mut Context<'_>, target: &str) -> Result<Object, Failure> {
    let argument = if target.is_empty() {
        let selection = resources::Selection::from(context);
        let targets = resources::targets(context, &selection, &[])?;
        let [one] = targets.as_slice() else { return Err(Failure::message("expected a resource")) };
        format!("{}/{}", one.kind.resource(), one.name)
    } else {
        target.to_owned()
    };
    let found = pods::find(context, &argument)?;
    found.into_iter().next().ok_or_else(|| Failure::message("expected a resource"))
}

/// Asks the API server for the connection: a WebSocket (GET) first; if that fails, SPDY (POST), whose answer counts.
fn connect(
    context: &mut Context<'_>,
    pod: &Object,
    container: &str,
    command: &[String],
    stdin: bool,
    tty: bool,
) -> Result<ContainerRef, Failure> {
    let Some(kind) = kinds::by_plural("", "pods") else { return Err(Failure::message("no pods")) };
    let path = format!("{}/exec", object_path(kind, namespace(pod), name(pod))?);
    let attempts = [(Method::Get, "websocket", "v5.channel.k8s.io"), (Method::Post, "SPDY/3.1", "v4.channel.k8s.io")];
    let mut refused = Failure::message("unable to upgrade connection");
    for (method, upgrade, protocol) in attempts {
        let mut request = Request::new(method, path.as_str());
        for word in command {
            request = request.query("command", word.as_str());
        }
        request = request.query("container", container).query("stderr", if tty { "false" } else { "true" });
        for (key, wanted) in [("stdin", stdin), ("stdout", true), ("tty", tty)] {
            if wanted {
                request = request.query(key, "true");
            }
        }
        let protocol_header =
            if method == Method::Get { "Sec-WebSocket-Protocol" } else { "X-Stream-Protocol-Version" };
        let response = context.send(
            request.header("Connection", "Upgrade").header("Upgrade", upgrade).header(protocol_header, protocol),
        )?;
        match response.body {
            Body::Exec(reference) => return Ok(reference),
            _ => refused = Failure::Status(response.failure()),
        }
    }
    Err(refused)
}

/// Runs the process and passes on what it prints and how it ends.
fn start(context: &mut Context<'_>, container: &ContainerRef, command: &[String], stdin: bool) -> Result<(), Failure> {
    let input = if stdin { context.stdin } else { &[] };
    let ended = context.host.run_in_container(container, command, input);
    context.outcome.output.extend(ended.output);
    context.outcome.then = ended.then;
    match ended.exit {
        0 => Ok(()),
        // The runtime could not start it; what it said is the whole message.
        exit if exit < 0 => Err(Failure::Exit(1)),
        exit => {
            context.complain(format!("command terminated with exit code {exit}\n"));
            Err(Failure::Exit(exit))
        }
    }
}

/// Whether the command is a shell without a script: it would talk to the terminal.
pub fn is_shell(command: &[String]) -> bool {
    let Some((program, arguments)) = command.split_first() else { return false };
    let base = program.rsplit('/').next().unwrap_or_default();
    matches!(base, "sh" | "bash" | "ash" | "dash")
        && arguments.iter().all(|argument| matches!(argument.as_str(), "-i" | "-l" | "-il" | "-li" | "--login"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_shell_that_waits_for_a_person() {
        let shell = |words: &[&str]| is_shell(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(shell(&["sh"]) && shell(&["/bin/bash", "-il"]));
        assert!(!shell(&["sh", "-c", "ls"]) && !shell(&["cat"]) && !shell(&[]));
    }
}
