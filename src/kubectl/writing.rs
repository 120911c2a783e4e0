//! What commands that write have in common: dry runs, field managers, validation, and the requests themselves.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go and staging/src/k8s.io/cli-runtime/pkg/resource/helper.go.

use crate::api::kinds::Kind;
use crate::api::object::{Object, set};
use crate::api::request::{Body, Method, Request};
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, Flags, parse_boolean};
use crate::kubectl::options::DryRun;
use crate::kubectl::printers::{Order, Printer, short_name};
use crate::kubectl::resources::{self, Fetched, Selection, Target};
use serde_json::{Value, json};
use std::rc::Rc;

/// `--validate`.
pub const VALIDATE: Flag = Flag::text(
    "validate",
    "",
    "Must be one of: strict (or true), warn, ignore (or false): what to do about unknown or duplicate fields.",
)
.or("strict")
.bare("strict");
/// `--save-config`.
pub const SAVE_CONFIG: Flag =
    Flag::boolean("save-config", "", "If true, the configuration of current object will be saved in its annotation.");

/// `--field-manager`, with the command's own name as its default.
pub const fn field_manager(default: &'static str) -> Flag {
    Flag::text("field-manager", "", "Name of the manager used to track field ownership.").or(default)
}

/// What the server does about unknown fields: the value of `fieldValidation`.
///
/// # Errors
/// A value of `--validate` that is none of the known ones.
pub fn validation(flags: &Flags) -> Result<&'static str, Failure> {
    match flags.text("validate") {
        "strict" | "Strict" => Ok("Strict"),
        "warn" | "Warn" => Ok("Warn"),
        "ignore" | "Ignore" => Ok("Ignore"),
        other => match parse_boolean(other) {
            Some(true) => Ok("Strict"),
            Some(false) => Ok("Ignore"),
            None => Err(Failure::message(format!(
                "invalid - validate option {}; must be one of: strict (or true), warn, ignore (or false)",
                crate::api::go::quote(other)
            ))),
        },
    }
}

/// What a writing request says besides the object.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Who writes.
    pub field_manager: String,
    /// `Strict`, `Warn`, `Ignore`; empty leaves it to the server.
    pub validation: &'static str,
    /// Whether the server keeps it.
    pub dry_run: DryRun,
}

impl Options {
    /// From the flags of a command; one that it does not have counts as not given.
    ///
    /// # Errors
    /// Wrong values of `--dry-run` or `--validate`.
    pub fn from_flags(context: &mut Context<'_>) -> Result<Self, Failure> {
        let dry_run = if context.flags.knows("dry-run") { DryRun::from(context)? } else { DryRun::None };
        let flags = &context.flags;
        Ok(Options {
            dry_run,
            validation: if flags.knows("validate") { validation(flags)? } else { "" },
            field_manager: if flags.knows("field-manager") {
                flags.text("field-manager").to_owned()
            } else {
                String::new()
            },
        })
    }

    fn apply(&self, mut request: Request) -> Request {
        if self.dry_run == DryRun::Server {
            request = request.query("dryRun", "All");
        }
        if !self.field_manager.is_empty() {
            request = request.query("fieldManager", self.field_manager.as_str());
        }
        if !self.validation.is_empty() {
            request = request.query("fieldValidation", self.validation);
        }
        request
    }
}

/// The kinds of patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
    /// Kubernetes' own: lists merge by their keys.
    Strategic,
}

impl PatchKind {
    fn content_type(self) -> &'static str {
        match self {
            PatchKind::Json => "application/json-patch+json",
            PatchKind::Merge => "application/merge-patch+json",
            PatchKind::Strategic => "application/strategic-merge-patch+json",
        }
    }
}

/// POST.
///
/// # Errors
/// What the server says.
pub fn create(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    object: &Object,
    options: &Options,
) -> Result<Object, Failure> {
    context.request(options.apply(Request::new(Method::Post, kind.path(namespace))).json(object.clone()))
}

/// PUT.
///
/// # Errors
/// What the server says.
pub fn replace(
    context: &mut Context<'_>,
    kind: &Kind,
    namespace: &str,
    object: &Object,
    options: &Options,
) -> Result<Object, Failure> {
    let path = object_path(kind, namespace, crate::api::object::name(object))?;
    context.request(options.apply(Request::new(Method::Put, path)).json(object.clone()))
}

/// PATCH; `path` is that of the object or of a subresource.
///
/// # Errors
/// What the server says.
pub fn patch(
    context: &mut Context<'_>,
    path: &str,
    kind: PatchKind,
    patch: &Value,
    options: &Options,
) -> Result<Object, Failure> {
    patch_with(context, path, kind, Body::Json(Rc::new(patch.clone())), options)
}

/// PATCH with a body that may be no JSON at all: the server says what is wrong with it.
///
/// # Errors
/// What the server says.
pub fn patch_with(
    context: &mut Context<'_>,
    path: &str,
    kind: PatchKind,
    body: Body,
    options: &Options,
) -> Result<Object, Failure> {
    let mut request = options.apply(Request::new(Method::Patch, path)).header("Content-Type", kind.content_type());
    request.body = body;
    context.request(request)
}

/// Refuses arguments where only files are taken.
///
/// # Errors
/// `Unexpected args: [x]`.
pub fn no_arguments(context: &Context<'_>) -> Result<(), Failure> {
    let arguments = context.arguments();
    if arguments.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!("Unexpected args: [{}]", arguments.join(" "))))
}

/// The objects of the files that `-f` names, each with its namespace filled in, and what could not be read.
///
/// # Errors
/// There is no `-f`.
pub fn read_files(context: &mut Context<'_>) -> Result<(Vec<Target>, Vec<Failure>), Failure> {
    if context.flags.is_set("kustomize") {
        return Err(Failure::message("not simulated: -k (kustomize); nearest: -f with a file or a folder"));
    }
    let files = context.flags.list("filename");
    if files.is_empty() {
        return Err(Failure::message("must specify one of -f and -k"));
    }
    let validate = !context.flags.knows("validate") || validation(&context.flags)? != "Ignore";
    let recursive = context.flags.boolean("recursive");
    let (found, mut failures) = crate::kubectl::manifests::read(context, &files, recursive, validate);
    let mut targets = Vec::new();
    for manifest in found {
        match manifest.target(context) {
            Ok(mut target) => {
                if let (true, Some(object)) = (target.kind.namespaced, target.object.as_mut()) {
                    set(object, &["metadata", "namespace"], json!(target.namespace));
                }
                targets.push(target);
            }
            Err(failure) => failures.push(failure),
        }
    }
    Ok((targets, failures))
}

/// What builders say when nothing is named.
pub const NOTHING_NAMED: &str = "You must provide one or more resources by argument or filename.\n\
    Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   \
    '<resource>'";

/// The live objects that arguments and `-f` name, and what could not be had.
///
/// # Errors
/// Arguments that don't go together, or none.
pub fn fetch_named(context: &mut Context<'_>, arguments: &[String]) -> Result<(Vec<Fetched>, Vec<Failure>), Failure> {
    let selection = Selection::from(context);
    if arguments.is_empty() && selection.files.is_empty() {
        return Err(Failure::message(NOTHING_NAMED));
    }
    let targets = resources::targets(context, &selection, arguments)?;
    Ok(resources::fetch(context, &selection, &targets))
}

/// Says what happened to objects, or prints them with `-o`; YAML documents are kept apart.
pub struct Show {
    printer: Option<Printer>,
    dry_run: DryRun,
}

impl Show {
    /// Reads `-o`.
    ///
    /// # Errors
    /// A format that does not exist.
    pub fn from(context: &Context<'_>, order: Order, dry_run: DryRun) -> Result<Self, Failure> {
        Ok(Show { printer: Printer::from(context, order, false)?, dry_run })
    }

    /// `serviceaccount/x created (dry run)`, or the object itself.
    ///
    /// # Errors
    /// A template that does not fit the object.
    pub fn object(&mut self, context: &mut Context<'_>, object: &Object, operation: &str) -> Result<(), Failure> {
        let text = match &mut self.printer {
            Some(printer) => printer.print(object)?,
            None => format!("{} {operation}{}\n", short_name(object), self.dry_run.suffix()),
        };
        context.print(text);
        Ok(())
    }
}
