//! `kubectl get -w`: what is there, then its changes until interrupted.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/get/get.go (`watch`).

use crate::api::kinds::{self, Kind};
use crate::api::object::{Object, kind, list, text};
use crate::api::request::{Body, Request};
use crate::api::status::Status;
use crate::kubectl::context::{Context, fill_items};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flags;
use crate::kubectl::get;
use crate::kubectl::host::{Host, Outcome, Then, WatchJob};
use crate::kubectl::printers::table::{self, TablePrinter};
use crate::kubectl::printers::{Order, Printer, tabwriter};
use crate::kubectl::resources::{Selection, Target};
use serde_json::{Value, json};

/// Prints what is there and stays in the foreground.
///
/// # Errors
/// More than one type; what the requests are refused with.
pub fn start(context: &mut Context, selection: &Selection, targets: &[Target]) -> Result<(), Failure> {
    let [target] = targets else {
        return Err(Failure::message("you may only specify a single resource type"));
    };
    let mut listed = context.request(list_request(context, selection, target)?)?;
    fill_items(&mut listed);
    let version = text(&listed, &["metadata", "resourceVersion"]).to_owned();
    let mut widths = Vec::new();
    if !context.flags.boolean("watch-only") {
        let mut outcome = std::mem::take(&mut context.outcome);
        let mut view = View::new(context, target.kind, selection.all_namespaces, true)?;
        view.show(&mut outcome, "ADDED", &listed, &mut widths)?;
        context.outcome = outcome;
    }
    let mut request = Request::get(target.kind.path(&target.namespace));
    let mut fields = selection.fields.clone();
    if !target.name.is_empty() {
        fields = format!("metadata.name={}", target.name);
    }
    for (name, value) in [("fieldSelector", &fields), ("labelSelector", &selection.labels)] {
        if !value.is_empty() {
            request = request.query(name, value.clone());
        }
    }
    request = request.query("resourceVersion", version).query("watch", "true");
    if is_table(context) {
        request = request.header("Accept", get::TABLE);
    }
    let response = context.send(request)?;
    if !response.is_success() {
        return Err(Failure::Status(response.failure()));
    }
    let Body::Watch(watch) = response.body else { return Ok(()) };
    let job = WatchJob { watch, arguments: context.words.to_vec(), widths };
    context.outcome.then = Then::Watch(Box::new(job));
    Ok(())
}

/// The list request that comes before the watch; a name is asked for as a field selector's list would be.
fn list_request(context: &Context, selection: &Selection, target: &Target) -> Result<Request, Failure> {
    let request = get::request(context, selection, target)?;
    if is_table(context) {
        return Ok(request);
    }
    Ok(Request { headers: Vec::new(), ..request })
}

fn is_table(context: &Context) -> bool {
    matches!(context.flags.text("output"), "" | "wide")
}

/// How the objects of a watch are printed.
struct View {
    kind: &'static Kind,
    events: bool,
    form: Form,
}

enum Form {
    Table(TablePrinter),
    Objects(Box<Printer>),
}

impl View {
    fn new(context: &Context, kind: &'static Kind, all_namespaces: bool, headers: bool) -> Result<Self, Failure> {
        let form = match Printer::from(context, Order::Sorted, true)? {
            Some(printer) => Form::Objects(Box::new(printer)),
            None => {
                let mut options = get::table_options(context, kind, all_namespaces, false);
                options.no_headers |= !headers;
                Form::Table(TablePrinter::new(options))
            }
        };
        Ok(View { kind, events: context.flags.boolean("output-watch-events"), form })
    }

    fn show(
        &mut self,
        outcome: &mut Outcome,
        event: &str,
        object: &Object,
        widths: &mut Vec<usize>,
    ) -> Result<(), Failure> {
        match &mut self.form {
            Form::Table(printer) => {
                let own;
                let shown = if kind(object) == "Table" {
                    object
                } else {
                    own = table::from_object(object);
                    &own
                };
                if list(shown, &["rows"]).is_empty() {
                    return Ok(());
                }
                let lines = printer.lines(shown, self.kind, self.events.then_some(event));
                outcome.print(tabwriter::align_remembering(&lines, tabwriter::GET, widths));
            }
            Form::Objects(printer) => {
                let items = match object.get("items").and_then(Value::as_array) {
                    Some(items) => items.clone(),
                    None => vec![object.clone()],
                };
                for item in items {
                    let item = if self.events { json!({"type": event, "object": item}) } else { item };
                    outcome.print(printer.print(&item)?);
                }
            }
        }
        Ok(())
    }
}

/// Prints what has happened since; goes on until the shell stops asking.
pub fn poll(host: &mut dyn Host, job: &WatchJob) -> Outcome {
    let found = crate::kubectl::command::find(&crate::kubectl::ROOT, &job.arguments, host.version());
    if found.command.name == crate::kubectl::logs::COMMAND.name {
        return crate::kubectl::logs::poll(host, job);
    }
    let mut job = job.clone();
    let events = host.client().poll(&mut job.watch);
    let mut outcome = Outcome::default();
    let kind = kinds::by_resource(&job.watch.resource);
    if let (Ok(flags), Some(kind)) = (Flags::parse(found.command.all_flags(), &found.words), kind) {
        let arguments = job.arguments.clone();
        let context = Context::new(host, found.command, found.path, flags, &arguments, &[]);
        let everywhere = context.flags.knows("all-namespaces") && context.flags.boolean("all-namespaces");
        let headers = job.widths.is_empty();
        match View::new(&context, kind, everywhere, headers) {
            Ok(mut view) => {
                for event in events {
                    if event.kind == "ERROR" {
                        let status = Status::from_value(&event.object).unwrap_or_default();
                        Failure::message(format!("an error on the server: {}", status.message))
                            .report(&context.path, &mut outcome);
                        break;
                    }
                    if view.show(&mut outcome, event.kind, &event.object, &mut job.widths).is_err() {
                        break;
                    }
                }
            }
            Err(failure) => failure.report(&context.path, &mut outcome),
        }
    }
    if outcome.exit == 0 {
        outcome.then = Then::Watch(Box::new(job));
    }
    outcome
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use crate::api::request::WatchEvent;
    use crate::kubectl::testing::{FakeHost, json, table, watch};
    use std::rc::Rc;

    #[test]
    fn shows_what_is_there_and_then_changes_in_the_same_columns() {
        let rows = table(&["Name", "Status"], &[(&["long-name", "Running"], json!({}))]);
        let path = "GET /api/v1/namespaces/default/pods";
        let mut opened = watch();
        if let Body::Watch(watch) = &mut opened.body {
            watch.resource = "pods".to_owned();
        }
        let mut host = FakeHost::new()
            .with(&format!("{path}?limit=500"), rows)
            .with(&format!("{path}?resourceVersion&watch=true"), opened);
        let words: Vec<String> = ["get", "pods", "-w"].map(str::to_owned).to_vec();
        let outcome = crate::kubectl::run(&mut host, &words, b"");
        assert_eq!(String::from_utf8_lossy(&outcome.stdout()), "NAME        STATUS\nlong-name   Running\n");
        let Then::Watch(job) = outcome.then else { panic!("it went home") };
        let event = table(&["Name", "Status"], &[(&["x", "Pending"], json!({}))]).object();
        host.client.events.push(WatchEvent { kind: "ADDED", object: Rc::new(event) });
        let later = poll(&mut host, &job);
        assert_eq!(String::from_utf8_lossy(&later.stdout()), "x           Pending\n");
        assert!(matches!(later.then, Then::Watch(_)));
        let gone = json(410, json!({"kind": "Status", "message": "too old resource version"})).object();
        host.client.events.push(WatchEvent { kind: "ERROR", object: Rc::new(gone) });
        let over = poll(&mut host, &job);
        assert_eq!((over.exit, over.then), (1, Then::Done));
    }
}
