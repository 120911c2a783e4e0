//! `kubectl edit`: opens an editor, and patches what was changed in it.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go. An edit that is refused opens again with the
//! reason on top, so what was typed is never lost. Left out: `-o json`, `--output-patch`, `--subresource`.

use crate::api::object::{Object, api_version, at, kind, list, name, namespace, remove, uid};
use crate::api::status::Status;
use crate::api::{kinds, patch, yaml};
use crate::kubectl::command::{Command, find};
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::edit_text::{Reason, compose, significant, without_header};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, Flags};
use crate::kubectl::host::{EditJob, Host, Outcome, Then};
use crate::kubectl::options::{DryRun, FILES, OUTPUT};
use crate::kubectl::printers::Order;
use crate::kubectl::writing::{self, Options, PatchKind, SAVE_CONFIG, Show, VALIDATE, field_manager};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "edit",
    usage: "(RESOURCE/NAME | -f FILENAME)",
    summary: "Edit a resource on the server",
    examples: &["kubectl edit sa/build", "kubectl edit deployment/mydeployment"],
    flags: &[
        FILES,
        OUTPUT,
        &[
            field_manager("kubectl-edit"),
            Flag::boolean("output-patch", "", "Output the patch if the resource is edited (not simulated)."),
            SAVE_CONFIG,
            Flag::text("subresource", "", "Edit a subresource (not simulated)."),
            VALIDATE,
        ],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    for flag in ["output", "output-patch", "subresource"] {
        if context.flags.is_set(flag) {
            return Err(Failure::message(format!("not simulated: kubectl edit --{flag}; nearest: kubectl edit")));
        }
    }
    let arguments = context.arguments().to_vec();
    let (objects, failures) = writing::fetch_named(context, &arguments)?;
    Failure::collect(failures)?;
    let originals: Vec<Object> = objects
        .into_iter()
        .map(|fetched| {
            let mut object = fetched.object;
            remove(&mut object, &["metadata", "managedFields"]);
            object
        })
        .collect();
    if originals.is_empty() {
        return Err(Failure::message("edit cancelled, no objects found"));
    }
    // The real name has random digits; these follow from the clock.
    let number = context.host.client().now().unix_micros().unsigned_abs() % 4_294_967_296;
    let job = EditJob {
        arguments: context.words.to_vec(),
        path: format!("/tmp/kubectl-edit-{number}.yaml"),
        text: compose(&[], &body(&originals)),
        original: json!(originals).to_string(),
    };
    context.outcome.then = Then::Edit(Box::new(job));
    Ok(())
}

/// What stands in the file: the object, or a list of them.
fn body(objects: &[Object]) -> String {
    match objects {
        [one] => yaml::print(one),
        many => yaml::print(&json!({"apiVersion": "v1", "items": many, "kind": "List", "metadata": {}})),
    }
}

/// Takes the text that the editor was closed with. It may open again: then the outcome goes on with another edit.
pub fn resume(host: &mut dyn Host, job: &EditJob, text: &str) -> Outcome {
    let found = find(&crate::kubectl::ROOT, &job.arguments, host.version());
    let flags = Flags::parse(found.command.all_flags(), &found.words).unwrap_or_default();
    let mut context = Context::new(host, found.command, found.path, flags, &job.arguments, &[]);
    let result = close(&mut context, job, text);
    let Context { path, mut outcome, .. } = context;
    if let Err(failure) = result {
        failure.report(&path, &mut outcome);
    }
    outcome
}

fn close(context: &mut Context<'_>, job: &EditJob, text: &str) -> Result<(), Failure> {
    let originals: Vec<Object> = serde_json::from_str(&job.original).unwrap_or_default();
    let first = compose(&[], &body(&originals));
    let edited = significant(text);
    if job.text != first && edited == significant(&job.text) {
        return Err(keep(context, job, text, "Edit cancelled, no valid changes were saved."));
    }
    if edited == significant(&first) {
        context.complain("Edit cancelled, no changes made.\n");
        return Ok(());
    }
    if edited.is_empty() {
        context.complain("Edit cancelled, saved file was empty.\n");
        return Ok(());
    }
    let objects = match objects(text) {
        Ok(objects) => objects,
        Err(error) => return reopen(context, job, text, &[Reason::syntax(&error)]),
    };
    let mut refused = Vec::new();
    let mut last = None;
    for object in &objects {
        match save(context, &originals, object) {
            Ok(Saved::Done) => {}
            Ok(Saved::Invalid(reason)) => refused.push(reason),
            Ok(Saved::Lost(line)) => last = Some(line),
            Err(Failure::Message(why)) => return Err(keep(context, job, text, &why)),
            Err(failure) => return Err(failure),
        }
    }
    if let Some(line) = last {
        store(context, job, text);
        context.complain(line.replace("{file}", &job.path));
        return Err(Failure::Exit(1));
    }
    if refused.is_empty() { Ok(()) } else { reopen(context, job, text, &refused) }
}

/// The objects in the text.
fn objects(text: &str) -> Result<Vec<Object>, String> {
    let document = yaml::parse(text)
        .map_err(|error| format!("error parsing edited-file: error converting YAML to JSON: {error}"))?;
    let objects = if kind(&document) == "List" { list(&document, &["items"]).to_vec() } else { vec![document] };
    for object in &objects {
        for (missing, label) in [(kind(object), "Kind"), (api_version(object), "apiVersion")] {
            if missing.is_empty() {
                return Err(format!("unable to decode \"edited-file\": Object '{label}' is missing in '{object}'"));
            }
        }
    }
    Ok(objects)
}

enum Saved {
    Done,
    Invalid(Reason),
    /// The line to print, `{file}` standing for where the text is kept.
    Lost(String),
}

fn save(context: &mut Context<'_>, originals: &[Object], object: &Object) -> Result<Saved, Failure> {
    context.namespace_of(object)?;
    let mut show = Show::from(context, Order::Sorted, DryRun::None)?;
    let Some(original) = originals.iter().find(|original| uid(original) == uid(object)) else {
        return Err(Failure::message(format!("no original object found for {}", crate::api::go::print(object))));
    };
    if original == object {
        show.object(context, object, "skipped")?;
        return Ok(Saved::Done);
    }
    let same = |path: &[&str]| at(original, path) == at(object, path);
    if !(same(&["apiVersion"]) && same(&["kind"]) && same(&["metadata", "name"])) {
        return Err(Failure::message("At least one of apiVersion, kind and name was changed"));
    }
    let Some(known) = kinds::by_kind(api_version(object), kind(object)) else {
        return Err(Failure::message(format!(
            "no matches for kind \"{}\" in version \"{}\"",
            kind(object),
            api_version(object)
        )));
    };
    let patch = patch::two_way_strategic(api_version(object), kind(object), original, object);
    let path = object_path(known, namespace(original), name(original))?;
    let options = Options::from_flags(context)?;
    match writing::patch(context, &path, PatchKind::Strategic, &patch, &options) {
        Ok(patched) => {
            show.object(context, &patched, "edited")?;
            Ok(Saved::Done)
        }
        Err(Failure::Status(status)) => Ok(refusal(context, &known.resource(), name(original), &status)),
        Err(failure) => Err(failure),
    }
}

/// What a refusal leads to: another try now, or later from the file.
fn refusal(context: &mut Context<'_>, resource: &str, name: &str, status: &Status) -> Saved {
    let subject = format!("error: {resource} \"{name}\"");
    if status.reason == "Invalid" {
        context.complain(format!("{subject} is invalid\n"));
        return Saved::Invalid(Reason::invalid(resource, name, status));
    }
    if status.is_not_found() {
        context.complain(format!("{subject} could not be found on the server\n"));
        return Saved::Lost("The edits you made on deleted resources have been saved to \"{file}\"\n".to_owned());
    }
    context.complain(format!("{subject} could not be patched: {}\n", status.message));
    Saved::Lost("You can run `kubectl replace -f {file}` to try this update again.\n".to_owned())
}

fn reopen(context: &mut Context<'_>, job: &EditJob, text: &str, reasons: &[Reason]) -> Result<(), Failure> {
    let job = EditJob { text: compose(reasons, &without_header(text)), ..job.clone() };
    context.outcome.then = Then::Edit(Box::new(job));
    Ok(())
}

/// Keeps what was typed in the file and says where.
fn keep(context: &mut Context<'_>, job: &EditJob, text: &str, why: &str) -> Failure {
    if store(context, job, text) {
        context.complain(format!("A copy of your changes has been stored to \"{}\"\n", job.path));
    }
    Failure::message(why)
}

fn store(context: &mut Context<'_>, job: &EditJob, text: &str) -> bool {
    context.host.write_file(&job.path, text.as_bytes()).is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::api::status::FieldError;
    use crate::kubectl::testing::{self, FakeHost};
    use serde_json::Value;

    const URL: &str = "/api/v1/namespaces/default/serviceaccounts/app";
    const PATCH: &str =
        "PATCH /api/v1/namespaces/default/serviceaccounts/app?fieldManager=kubectl-edit&fieldValidation=Strict";

    fn account() -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "app", "namespace": "default", "uid": "u1", "managedFields": [{}]},
        })
    }

    fn opened(host: &mut FakeHost) -> EditJob {
        let words: Vec<String> = ["edit", "sa/app"].map(str::to_owned).to_vec();
        match crate::kubectl::run(host, &words, b"").then {
            Then::Edit(job) => *job,
            other => panic!("no editor: {other:?}"),
        }
    }

    fn host() -> FakeHost {
        FakeHost::new().with(&format!("GET {URL}"), testing::json(200, account()))
    }

    fn told(outcome: &Outcome) -> String {
        String::from_utf8(outcome.stderr()).unwrap()
    }

    #[test]
    fn opens_without_managed_fields_and_does_nothing_without_a_change() {
        let mut host = host();
        let job = opened(&mut host);
        assert!(job.text.starts_with("# Please edit the object below.") && !job.text.contains("managedFields"));
        let outcome = resume(&mut host, &job, &job.text);
        assert_eq!((told(&outcome).as_str(), outcome.exit), ("Edit cancelled, no changes made.\n", 0));
        assert_eq!(told(&resume(&mut host, &job, "# nothing\n\n")), "Edit cancelled, saved file was empty.\n");
    }

    #[test]
    fn patches_what_changed() {
        let mut host = host().with(PATCH, testing::json(200, account()));
        let job = opened(&mut host);
        let outcome = resume(&mut host, &job, &format!("{}automountServiceAccountToken: false\n", job.text));
        assert_eq!(String::from_utf8(outcome.stdout()).unwrap(), "serviceaccount/app edited\n");
        assert_eq!(host.asked().last().map(String::as_str), Some(PATCH));
    }

    #[test]
    fn opens_again_with_the_reason_and_loses_nothing() {
        let status = Status::invalid("", "ServiceAccount", "app", &[FieldError::forbidden("metadata.x", "no")]);
        let mut host = host().with(PATCH, crate::api::Response::status(&status));
        let job = opened(&mut host);
        let broken = format!("{}automount: [\n", job.text);
        let Then::Edit(again) = resume(&mut host, &job, &broken).then else { panic!("not opened again") };
        assert!(again.text.contains("# The edited file had a syntax error: error parsing edited-file: "));
        assert!(again.text.ends_with("automount: [\n"));
        let outcome = resume(&mut host, &again, &format!("{}secrets: []\n", job.text));
        assert_eq!(told(&outcome), "error: serviceaccounts \"app\" is invalid\n");
        let Then::Edit(third) = outcome.then else { panic!("not opened again") };
        assert!(third.text.contains("# serviceaccounts \"app\" was not valid:\n# * metadata.x: Forbidden: no\n#\n"));
        let outcome = resume(&mut host, &third, &third.text);
        assert_eq!(outcome.exit, 1);
        assert_eq!(
            told(&outcome),
            format!(
                "A copy of your changes has been stored to \"{}\"\nerror: Edit cancelled, no valid changes were saved.\n",
                job.path
            )
        );
        assert_eq!(host.files[&job.path], third.text.as_bytes());
    }
}
