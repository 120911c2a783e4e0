//! `kubectl patch`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go. Left out: `--local`.

use crate::api::request::Body;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT};
use crate::kubectl::printers::Order;
use crate::kubectl::writing::{self, Options, PatchKind, Show, field_manager};
use std::rc::Rc;

const OWN_FLAGS: &[Flag] = &[
    Flag::boolean(
        "local",
        "",
        "If true, patch will operate on the content of the file, not the server-side resource (not simulated).",
    ),
    Flag::text("patch", "p", "The patch to be applied to the resource JSON file."),
    Flag::text("patch-file", "", "A file containing a patch to be applied to the resource."),
    Flag::text("subresource", "", "If specified, patch will operate on the subresource of the requested object."),
    Flag::text("type", "", "The type of patch being provided; one of [json merge strategic]").or("strategic"),
    field_manager("kubectl-patch"),
];

/// The command.
pub const COMMAND: Command = Command {
    name: "patch",
    usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    summary: "Update fields of a resource",
    examples: &[
        "kubectl patch sa build -p '{\"automountServiceAccountToken\": false}'",
        "kubectl patch pod valid-pod --type='json' -p='[{\"op\": \"replace\", \"path\": \"/spec/containers/0/image\", \"value\":\"new image\"}]'",
    ],
    flags: &[FILES, OUTPUT, DRY_RUN, OWN_FLAGS],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    let kind = check(context)?;
    let body = body(context)?;
    // A dry run of the client makes the same patch; here it is the server that makes it and keeps nothing.
    if options.dry_run == DryRun::Client {
        options.dry_run = DryRun::Server;
    }
    let arguments = context.arguments().to_vec();
    let (objects, mut failures) = writing::fetch_named(context, &arguments)?;
    for object in objects {
        let mut path = object_path(object.kind, &object.namespace, &object.name)?;
        let subresource = context.flags.text("subresource");
        if !subresource.is_empty() {
            path = format!("{path}/{subresource}");
        }
        match writing::patch_with(context, &path, kind, body.clone(), &options) {
            Ok(patched) => {
                let operation = if patched == object.object { "patched (no change)" } else { "patched" };
                show.object(context, &patched, operation)?;
            }
            Err(failure) => failures.push(failure),
        }
    }
    Failure::collect(failures)
}

fn check(context: &Context<'_>) -> Result<PatchKind, Failure> {
    let flags = &context.flags;
    match (flags.text("patch").is_empty(), flags.text("patch-file").is_empty()) {
        (false, false) => return Err(Failure::message("cannot specify --patch and --patch-file together")),
        (true, true) => {
            let text = "must specify --patch or --patch-file containing the contents of the patch";
            return Err(Failure::message(text));
        }
        _ => {}
    }
    if flags.boolean("local") {
        return Err(Failure::message("not simulated: kubectl patch --local; nearest: --dry-run=server -o yaml"));
    }
    match flags.text("type").to_lowercase().as_str() {
        "json" => Ok(PatchKind::Json),
        "merge" => Ok(PatchKind::Merge),
        "strategic" => Ok(PatchKind::Strategic),
        _ => Err(Failure::message(format!(
            "--type must be one of [json merge strategic], not {}",
            crate::api::go::quote(flags.text("type"))
        ))),
    }
}

/// What starts like a JSON mapping goes to the server as it is; anything else is read as YAML.
fn body(context: &Context<'_>) -> Result<Body, Failure> {
    let typed = context.flags.text("patch");
    let file = context.flags.text("patch-file");
    let text = if file.is_empty() {
        typed.to_owned()
    } else {
        let bytes = context.host.read_file(file).map_err(|error| {
            Failure::message(format!("unable to read patch file: open {file}: {}", error.to_string().to_lowercase()))
        })?;
        String::from_utf8_lossy(&bytes).into_owned()
    };
    if text.trim_start().starts_with('{') {
        return Ok(match serde_json::from_str(&text) {
            Ok(value) => Body::Json(Rc::new(value)),
            Err(_) => Body::Bytes(Rc::from(text.as_bytes())),
        });
    }
    match crate::api::yaml::parse(&text) {
        Ok(value) => Ok(Body::Json(Rc::new(value))),
        Err(error) => Err(Failure::message(format!("unable to parse {}: {error}", crate::api::go::quote(typed)))),
    }
}
