//! `kubectl logs`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go and pkg/polymorphichelpers/logsforobject.go.

use crate::api::kinds;
use crate::api::object::{Object, name, namespace, text};
use crate::api::request::{Body, Request};
use crate::api::sorted;
use crate::kubectl::command::{Command, find};
use crate::kubectl::containers;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::deletion::watch_one;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, Flags};
use crate::kubectl::host::{Host, Outcome, Then, WatchJob};
use crate::kubectl::options::SELECTOR;
use crate::kubectl::patience;
use crate::kubectl::pods;

/// The command.
pub const COMMAND: Command = Command {
    name: "logs",
    aliases: &["log"],
    usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    summary: "Print the logs for a container in a pod",
    examples: &["kubectl logs nginx", "kubectl logs nginx --tail=20", "kubectl logs deployment/nginx -c nginx-1"],
    flags: &[
        SELECTOR,
        &[
            Flag::boolean("all-containers", "", "Get all containers' logs in the pod(s)."),
            Flag::boolean("all-pods", "", "Get logs from all pod(s). Sets prefix to true."),
            Flag::text("container", "c", "Print the logs of this container"),
            Flag::boolean("follow", "f", "Specify if the logs should be streamed."),
            Flag::boolean("ignore-errors", "", "If watching / following pod logs, allow for any errors that occur to be non-fatal"),
            Flag::integer("limit-bytes", "", "Maximum bytes of logs to return. Defaults to no limit."),
            Flag::integer("max-log-requests", "", "Maximum number of concurrent logs to follow when using by a selector.").or("5"),
            Flag::duration("pod-running-timeout", "", "The length of time to wait until at least one pod is running").or("20s"),
            Flag::boolean("prefix", "", "Prefix each log line with the log source (pod name and container name)"),
            Flag::boolean("previous", "p", "If true, print the logs for the previous instance of the container in a pod if it exists."),
            Flag::duration("since", "", "Only return logs newer than a relative duration like 5s, 2m, or 3h."),
            Flag::text("since-time", "", "Only return logs after a specific date (RFC3339)."),
            Flag::integer("tail", "", "Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10.").or("-1"),
            Flag::boolean("timestamps", "", "Include timestamps on each line in the log output"),
        ],
    ],
    run,
    ..Command::EMPTY
};

const USAGE: &str = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n\
                     POD or TYPE/NAME is a required argument for the logs command";

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let (target, container) = arguments(context)?;
    let pods = pods(context, &target)?;
    check(context, &container)?;
    let several = !context.flags.text("selector").is_empty() || context.flags.boolean("all-pods");
    let shown = if several { pods.len() } else { 1 };
    if !several && pods.len() > 1 {
        let first = pods.first().map(name).unwrap_or_default();
        context.complain(format!("Found {} pods, using pod/{first}\n", pods.len()));
    }
    for pod in pods.iter().take(shown) {
        let names = if context.flags.boolean("all-containers") {
            ["initContainers", "containers", "ephemeralContainers"]
                .iter()
                .flat_map(|group| containers::names(pod, group))
                .map(str::to_owned)
                .collect()
        } else {
            let choice = containers::choose(pod, &container).map_err(Failure::message)?;
            context.complain(choice.notice);
            vec![choice.container]
        };
        for container in names {
            print(context, pod, &container)?;
        }
    }
    match pods.as_slice() {
        [pod] if context.flags.boolean("follow") => follow(context, pod),
        _ => Ok(()),
    }
}

/// Stays in the foreground as long as the pod runs. The log is read again whenever the pod changes: nothing in the lab
/// writes to a log without that.
fn follow(context: &mut Context<'_>, pod: &Object) -> Result<(), Failure> {
    if is_over(pod) {
        return Ok(());
    }
    let Some(kind) = kinds::by_plural("", "pods") else { return Ok(()) };
    let Some(watch) = watch_one(context, kind, namespace(pod), pod)? else { return Ok(()) };
    let printed = context.outcome.stdout().len();
    let job = WatchJob { watch, arguments: context.words.to_vec(), widths: vec![printed] };
    context.outcome.then = Then::Watch(Box::new(job));
    Ok(())
}

fn is_over(pod: &Object) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

/// Prints what has been added to the log since; over when the pod is.
pub fn poll(host: &mut dyn Host, job: &WatchJob) -> Outcome {
    let mut job = job.clone();
    let events = host.client().poll(&mut job.watch);
    let found = find(&crate::kubectl::ROOT, &job.arguments, host.version());
    let flags = Flags::parse(found.command.all_flags(), &found.words).unwrap_or_default();
    let mut context = Context::new(host, found.command, found.path, flags, &job.arguments, &[]);
    let events = patience::again_if_too_old(&mut context, &mut job.watch, events).unwrap_or_default();
    let Some(last) = events.last() else {
        let mut outcome = context.outcome;
        outcome.then = Then::Watch(Box::new(job));
        return outcome;
    };
    if last.kind == "DELETED" {
        return context.outcome;
    }
    let container = arguments(&context).map(|(_, container)| container).unwrap_or_default();
    let log = containers::choose(&last.object, &container)
        .map_err(Failure::message)
        .and_then(|choice| fetch(&mut context, &last.object, &choice.container));
    if let Ok(log) = log {
        let seen = job.widths.first().copied().unwrap_or(0);
        context.print(log.get(seen..).unwrap_or_default());
        job.widths = vec![log.len()];
    }
    let mut outcome = context.outcome;
    if !is_over(&last.object) {
        outcome.then = Then::Watch(Box::new(job));
    }
    outcome
}

/// The pod and, in the old way, the container.
fn arguments(context: &Context<'_>) -> Result<(String, String), Failure> {
    let selector = context.flags.text("selector");
    let flag = context.flags.text("container").to_owned();
    match context.arguments() {
        [] if selector.is_empty() => Err(Failure::usage(USAGE)),
        [] => Ok((String::new(), flag)),
        [_] if !selector.is_empty() => Err(Failure::usage("only a selector (-l) or a POD name is allowed")),
        [pod] => Ok((pod.clone(), flag)),
        [_, _] if !flag.is_empty() => Err(Failure::message("only one of -c or an inline [CONTAINER] arg is allowed")),
        [pod, container] => Ok((pod.clone(), container.clone())),
        _ => Err(Failure::usage(USAGE)),
    }
}

fn pods(context: &mut Context<'_>, target: &str) -> Result<Vec<Object>, Failure> {
    if !target.is_empty() {
        return pods::find(context, target).map_err(|failure| match failure {
            // The real one tells where it looked.
            Failure::Status(status) if status.is_not_found() => {
                let place = context.namespace().unwrap_or_default();
                Failure::message(format!("error from server (NotFound): {} in namespace \"{place}\"", status.message))
            }
            other => other,
        });
    }
    let place = context.namespace()?;
    let selector = context.flags.text("selector").to_owned();
    let found = pods::select(context, &place, &selector)?;
    if found.is_empty() {
        context.complain(format!("No resources found in {place} namespace.\n"));
    }
    Ok(found)
}

fn check(context: &Context<'_>, container: &str) -> Result<(), Failure> {
    let flags = &context.flags;
    if flags.is_set("since-time") && flags.is_set("since") {
        return Err(Failure::message("at most one of `sinceTime` or `sinceSeconds` may be specified"));
    }
    if flags.boolean("all-containers") && !container.is_empty() {
        let text = format!("--all-containers=true should not be specified with container name {container}");
        return Err(Failure::message(text));
    }
    if flags.integer("limit-bytes") < 0 {
        return Err(Failure::message("--limit-bytes must be greater than 0"));
    }
    if flags.duration("since").0 {
        return Err(Failure::message("--since must be greater than 0"));
    }
    if flags.integer("tail") < -1 {
        return Err(Failure::message("--tail must be greater than or equal to -1"));
    }
    Ok(())
}

fn print(context: &mut Context<'_>, pod: &Object, container: &str) -> Result<(), Failure> {
    let log = fetch(context, pod, container)?;
    if context.flags.boolean("prefix") || context.flags.boolean("all-pods") {
        let prefix = format!("[pod/{}/{container}] ", name(pod));
        context.print(log.split_inclusive('\n').map(|line| format!("{prefix}{line}")).collect::<String>());
    } else {
        context.print(log);
    }
    Ok(())
}

/// GETs the log as the flags ask for it.
fn fetch(context: &mut Context<'_>, pod: &Object, container: &str) -> Result<String, Failure> {
    let flags = &context.flags;
    let mut query: Vec<(&str, String)> = vec![("container", container.to_owned())];
    for (flag, key) in [("follow", "follow"), ("previous", "previous"), ("timestamps", "timestamps")] {
        if flags.boolean(flag) {
            query.push((key, "true".to_owned()));
        }
    }
    if flags.integer("limit-bytes") > 0 {
        query.push(("limitBytes", flags.integer("limit-bytes").to_string()));
    }
    let (_, since) = flags.duration("since");
    if !since.is_zero() {
        query.push(("sinceSeconds", since.as_secs_f64().round().to_string()));
    }
    if flags.is_set("since-time") {
        query.push(("sinceTime", flags.text("since-time").to_owned()));
    }
    match flags.integer("tail") {
        -1 if !flags.text("selector").is_empty() && !flags.is_set("tail") => query.push(("tailLines", "10".to_owned())),
        -1 => {}
        lines => query.push(("tailLines", lines.to_string())),
    }
    sorted::sort(&mut query);
    let Some(kind) = kinds::by_plural("", "pods") else { return Ok(String::new()) };
    let mut request = Request::get(format!("{}/log", object_path(kind, namespace(pod), name(pod))?));
    for (key, value) in query {
        request = request.query(key, value);
    }
    read(context, request)
}

/// The text that a request for a log is answered with.
///
/// # Errors
/// What the server says.
pub fn read(context: &mut Context<'_>, request: Request) -> Result<String, Failure> {
    let response = context.send(request)?;
    if !response.is_success() {
        return Err(Failure::Status(response.failure()));
    }
    Ok(match response.body {
        Body::Text(text) => text,
        Body::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => String::new(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::api::Response;
    use crate::api::request::WatchEvent;
    use crate::kubectl::testing::{self, FakeHost};
    use serde_json::{Value, json};
    use std::rc::Rc;

    fn pod(phase: &str) -> Value {
        json!({
            "metadata": {"name": "p", "namespace": "default", "resourceVersion": "7"},
            "spec": {"containers": [{"name": "c"}]},
            "status": {"phase": phase},
        })
    }

    fn log(text: &str) -> Response {
        Response { code: 200, body: Body::Text(text.to_owned()), ..Response::default() }
    }

    const POD: &str = "GET /api/v1/namespaces/default/pods/p";

    #[test]
    fn asks_for_what_the_flags_say() {
        let mut host = FakeHost::new()
            .with(POD, testing::json(200, pod("Running")))
            .with(&format!("{POD}/log?container=c&sinceSeconds=60&tailLines=2"), log("a\nb\n"));
        assert_eq!(host.run("logs p --tail=2 --since=1m"), ("a\nb\n".into(), String::new(), 0));
        assert_eq!(
            host.run("logs nope").1,
            "error: error from server (NotFound): the server could not find the requested resource in namespace \
             \"default\"\n"
        );
        assert_eq!(host.run("logs p -c x").1, "error: container x is not valid for pod p out of: c\n");
    }

    #[test]
    fn follows_until_the_pod_is_over() {
        let url = format!("{POD}/log?container=c&follow=true");
        let watch = "GET /api/v1/namespaces/default/pods?allowWatchBookmarks=true&fieldSelector=metadata.name%3Dp&\
                     resourceVersion=7&watch=true";
        let mut host = FakeHost::new()
            .with(POD, testing::json(200, pod("Running")))
            .with(&url, log("a\n"))
            .with(watch, testing::watch());
        let words: Vec<String> = ["logs", "-f", "p"].map(str::to_owned).to_vec();
        let started = crate::kubectl::run(&mut host, &words, b"");
        let Then::Watch(job) = started.then else { panic!("ended: {started:?}") };
        let idle = crate::kubectl::watch::poll(&mut host, &job);
        assert!(idle.output.is_empty() && idle.then == Then::Watch(job.clone()));
        host = host.with(&url, log("a\nb\n"));
        host.client.events = vec![WatchEvent { kind: "MODIFIED", object: Rc::new(pod("Succeeded")) }];
        let ended = crate::kubectl::watch::poll(&mut host, &job);
        assert_eq!((ended.stdout().as_slice(), ended.then), (&b"b\n"[..], Then::Done));
    }
}
