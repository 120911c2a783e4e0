//! `kubectl run`: a pod of one container, and with `-i` its output.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/run/run.go. Left out: attaching to a process that goes on, `--expose`.

use crate::api::kinds::{self, Kind};
use crate::api::object::{Object, integer, list, name, namespace, set, text};
use crate::api::request::Request;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::deletion::{self, How, timed_out, watch_one};
use crate::kubectl::errors::Failure;
use crate::kubectl::exec::is_shell;
use crate::kubectl::flags::Flag;
use crate::kubectl::image;
use crate::kubectl::last_applied::with_struct_annotation;
use crate::kubectl::options::{DRY_RUN, DryRun, OUTPUT};
use crate::kubectl::patience;
use crate::kubectl::printers::Order;
use crate::kubectl::run_pod::{PodArguments, merge_overrides, pod};
use crate::kubectl::writing::{self, Options, SAVE_CONFIG, Show, field_manager};
use serde_json::json;

const OWN_FLAGS: &[Flag] = &[
    Flag::array("annotations", "", "Annotations to apply to the pod."),
    Flag::boolean(
        "attach",
        "",
        "If true, wait for the Pod to start running, and then attach to the Pod. Default false, unless '-i/--stdin' is set.",
    ),
    Flag::boolean(
        "command",
        "",
        "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    ),
    Flag::array("env", "", "Environment variables to set in the container."),
    Flag::boolean("expose", "", "If true, create a ClusterIP service associated with the pod (not simulated)."),
    field_manager("kubectl-run"),
    Flag::text("image", "", "The image for the container to run."),
    Flag::text("image-pull-policy", "", "The image pull policy for the container."),
    Flag::text("labels", "l", "Comma separated labels to apply to the pod. Will override previous values."),
    Flag::boolean(
        "leave-stdin-open",
        "",
        "If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes.",
    ),
    Flag::text("override-type", "", "The method used to override the generated object: json, merge, or strategic.")
        .or("merge"),
    Flag::text("overrides", "", "An inline JSON override for the generated object."),
    Flag::duration("pod-running-timeout", "", "The length of time to wait until at least one pod is running")
        .or("1m0s"),
    Flag::text("port", "", "The port that this container exposes."),
    Flag::boolean("privileged", "", "If true, run the container in privileged mode."),
    Flag::boolean("quiet", "q", "If true, suppress prompt messages."),
    Flag::text("restart", "", "The restart policy for this Pod. Legal values [Always, OnFailure, Never]."),
    Flag::boolean("rm", "", "If true, delete the pod after it exits. Only valid when attaching to the container."),
    SAVE_CONFIG,
    Flag::boolean("stdin", "i", "Keep stdin open on the container in the pod, even if nothing is attached."),
    Flag::boolean("tty", "t", "Allocate a TTY for the container in the pod."),
];

/// The command.
pub const COMMAND: Command = Command {
    name: "run",
    usage: "NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]",
    summary: "Run a particular image on the cluster",
    examples: &[
        "kubectl run nginx --image=nginx",
        "kubectl run busybox --image=busybox --overrides='{\"spec\":{\"serviceAccountName\":\"build\"}}' -- sleep 3600",
        "kubectl run nginx --image=nginx --dry-run=client -o yaml",
    ],
    flags: &[OUTPUT, DRY_RUN, OWN_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    if !context.flags.is_set("image") {
        return Err(Failure::message("required flag(s) \"image\" not set"));
    }
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let attach =
        if context.flags.is_set("attach") { context.flags.boolean("attach") } else { context.flags.boolean("stdin") };
    let arguments = check(context, options.dry_run, attach)?;
    let mut object = pod(&arguments).map_err(Failure::message)?;
    object = overridden(context, object)?;
    let session = context.session()?;
    let place = session.namespace.clone();
    if session.namespace_given && namespace(&object).is_empty() && options.dry_run == DryRun::Client {
        set(&mut object, &["metadata", "namespace"], json!(place));
    }
    if context.flags.boolean("save-config") {
        object = with_struct_annotation(&object);
    }
    let Some(kind) = kinds::by_plural("", "pods") else { return Err(Failure::message("no pods")) };
    if options.dry_run != DryRun::Client {
        object = writing::create(context, kind, &place, &object, &options)?;
    }
    if attach { attached(context, kind, &object, &arguments) } else { show.object(context, &object, "created") }
}

/// Checks the flags in kubectl's order and gathers what the pod is made of.
fn check(context: &Context<'_>, dry_run: DryRun, attach: bool) -> Result<PodArguments, Failure> {
    let flags = &context.flags;
    let usage = |text: &str| Err(Failure::usage(text));
    let Some((called, rest)) = flags.arguments.split_first().filter(|_| flags.dash != Some(0)) else {
        return usage("NAME is required for run");
    };
    let image = flags.text("image");
    if image.is_empty() {
        return Err(Failure::message("--image is required"));
    }
    if !image::is_valid(image) {
        let image = crate::api::go::quote(image);
        return Err(Failure::message(format!("Invalid image name {image}: invalid reference format")));
    }
    let (stdin, tty) = (flags.boolean("stdin"), flags.boolean("tty"));
    if tty && !stdin {
        return usage("-i/--stdin is required for containers with -t/--tty=true");
    }
    if flags.boolean("expose") {
        return Err(Failure::message("not simulated: kubectl run --expose; nearest: kubectl run without it"));
    }
    let restart = match flags.text("restart") {
        "" if stdin => "OnFailure",
        "" => "Always",
        known @ ("Always" | "OnFailure" | "Never") => known,
        other => return usage(&format!("invalid restart policy: {other}")),
    };
    if flags.boolean("rm") && !attach {
        return usage("--rm should only be used for attached containers");
    }
    if attach && dry_run != DryRun::None {
        return usage(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        );
    }
    let policy = flags.text("image-pull-policy");
    if !matches!(policy, "" | "Always" | "IfNotPresent" | "Never") {
        return Err(Failure::message(format!("invalid image pull policy: {policy}")));
    }
    if attach && ((tty && rest.is_empty()) || is_shell(rest)) {
        return Err(Failure::message(format!(
            "not simulated: attaching to the shell of a new pod; nearest: kubectl run {called} --image={image} -- sleep \
             infinity, then kubectl exec -it {called} -- sh, then kubectl delete pod {called}"
        )));
    }
    Ok(PodArguments {
        name: called.clone(),
        image: image.to_owned(),
        image_pull_policy: policy.to_owned(),
        args: rest.to_vec(),
        command: flags.boolean("command"),
        env: flags.list("env"),
        labels: flags.text("labels").to_owned(),
        annotations: flags.list("annotations"),
        port: flags.text("port").to_owned(),
        restart_policy: restart.to_owned(),
        stdin,
        tty,
        leave_stdin_open: flags.boolean("leave-stdin-open"),
        privileged: flags.boolean("privileged"),
    })
}

fn overridden(context: &Context<'_>, object: Object) -> Result<Object, Failure> {
    let overrides = context.flags.text("overrides");
    if overrides.is_empty() {
        return Ok(object);
    }
    match context.flags.text("override-type") {
        "merge" => merge_overrides(&object, overrides).map_err(Failure::message),
        "strategic" => match serde_json::from_str(overrides) {
            Ok(patch) => crate::api::patch::strategic("v1", "Pod", &object, &patch).map_err(Failure::message),
            Err(_) => Err(Failure::message("Invalid JSON Patch")),
        },
        "json" => Err(Failure::message("not simulated: --override-type=json; nearest: --override-type=merge")),
        other => Err(Failure::message(format!("invalid override type: {other}"))),
    }
}

/// Waits for the pod's end, prints what it printed, and removes it if `--rm` says so.
fn attached(
    context: &mut Context<'_>,
    kind: &'static Kind,
    pod: &Object,
    arguments: &PodArguments,
) -> Result<(), Failure> {
    let ended = until_completed(context, kind, pod);
    let told = match ended {
        Ok(finished) => tell(context, kind, &finished, arguments),
        Err(failure) => Err(failure),
    };
    if context.flags.boolean("rm") {
        let how = How { grace_period_seconds: -1, propagation: "Background", server_dry_run: false };
        deletion::delete(context, kind, namespace(pod), name(pod), &how)?;
        if !context.flags.boolean("quiet") {
            context
                .print(deletion::sentence(context.host.version(), kind, namespace(pod), name(pod), "deleted") + "\n");
        }
    }
    told
}

fn until_completed(context: &mut Context<'_>, kind: &'static Kind, pod: &Object) -> Result<Object, Failure> {
    let (_, timeout) = context.flags.duration("pod-running-timeout");
    let mut deadline = context.host.client().now().after(timeout);
    let Some(mut watch) = watch_one(context, kind, namespace(pod), pod)? else {
        return Err(timed_out(kind, name(pod)));
    };
    let mut running = false;
    loop {
        let events = patience::next_events(context, &mut watch, deadline)?;
        if events.is_empty() {
            return Err(if running {
                Failure::message(format!(
                    "not simulated: attaching to a container that keeps running; nearest: kubectl logs {}",
                    name(pod)
                ))
            } else {
                Failure::message("timed out waiting for the condition")
            });
        }
        for event in events {
            let phase = text(&event.object, &["status", "phase"]);
            if matches!(phase, "Succeeded" | "Failed") {
                return Ok((*event.object).clone());
            }
            if phase == "Running" && !running {
                running = true;
                deadline = context.host.client().now().after(patience::WEEK);
            }
        }
    }
}

fn tell(context: &mut Context<'_>, kind: &'static Kind, pod: &Object, arguments: &PodArguments) -> Result<(), Failure> {
    let path = format!("{}/log", object_path(kind, namespace(pod), name(pod))?);
    let log = crate::kubectl::logs::read(context, Request::get(path).query("container", arguments.name.as_str()))?;
    context.print(log);
    if text(pod, &["status", "phase"]) == "Succeeded" || arguments.restart_policy == "Always" {
        return Ok(());
    }
    let state = list(pod, &["status", "containerStatuses"]).first();
    let code = state.and_then(|state| integer(state, &["state", "terminated", "exitCode"])).unwrap_or(0);
    let place = format!("pod {}/{}", namespace(pod), name(pod));
    if code == 0 {
        return Err(Failure::message(format!("{place} failed with unknown exit code")));
    }
    let reason = state.map(|state| text(state, &["state", "terminated", "reason"])).unwrap_or_default();
    context.complain(format!("{place} terminated ({reason})\n"));
    Err(Failure::Exit(i32::try_from(code).unwrap_or(1)))
}
