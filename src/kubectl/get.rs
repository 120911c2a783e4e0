//! `kubectl get`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/get/get.go.

use crate::api::object::{Object, list};
use crate::api::request::Request;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, fill_items, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::table::{self, TableOptions, TablePrinter};
use crate::kubectl::printers::{Order, Printer, tabwriter};
use crate::kubectl::resources::{self, Selection, Target};
use serde_json::{Value, json};

/// What `get` asks for when it prints tables.
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,\
                     application/json";

/// `kubectl get`.
pub const COMMAND: Command = Command {
    name: "get",
    usage: "(TYPE[,TYPE...] [NAME...] | TYPE/NAME ... | -f FILE)",
    summary: "Show objects: as a table, or with -o in another format",
    examples: &[
        "kubectl get sa",
        "kubectl get pods,sa -A",
        "kubectl get pod my-pod -o yaml",
        "kubectl get secret s -o jsonpath='{.data.token}'",
        "kubectl get pods -l app=web -w",
    ],
    flags: &[
        &[
            Flag::boolean("all-namespaces", "A", "In every namespace"),
            Flag::integer("chunk-size", "", "How many objects to ask for at once").or("500"),
            Flag::text("field-selector", "", "Field selector: metadata.name=x, spec.serviceAccountName=y"),
            Flag::boolean("ignore-not-found", "", "Exit 0 for a name that does not exist"),
            Flag::slice("label-columns", "L", "Show these labels as columns"),
            Flag::boolean("no-headers", "", "Without the table's header"),
            Flag::boolean("output-watch-events", "", "With -w: also show the kind of event"),
            Flag::text("raw", "", "Path to GET from the server as it is"),
            Flag::boolean("server-print", "", "Let the server make the table").or("true"),
            Flag::boolean("show-kind", "", "Names as TYPE/NAME"),
            Flag::boolean("show-labels", "", "With a column of all labels"),
            Flag::text("sort-by", "", "JSONPath of the field to sort by"),
            Flag::text("subresource", "", "Subresource: status, scale"),
            Flag::boolean("watch", "w", "Show objects, then their changes until interrupted"),
            Flag::boolean("watch-only", "", "Show changes only"),
        ],
        OUTPUT,
        FILES,
        SELECTOR,
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context) -> Result<(), Failure> {
    if !context.flags.text("raw").is_empty() {
        return raw(context);
    }
    let selection = Selection::from(context).with_lists();
    let arguments = context.arguments().to_vec();
    if arguments.is_empty() && selection.files.is_empty() {
        context.complain(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n\n",
        );
        return Err(Failure::usage(
            "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of \
             that resource (e.g. kubectl explain pods).",
        ));
    }
    let printer = Printer::from(context, Order::Sorted, true)?;
    let targets = resources::targets(context, &selection, &arguments)?;
    match printer {
        Some(printer) => objects(context, &selection, &targets, printer),
        None => tables(context, &selection, &targets),
    }
}

fn raw(context: &mut Context) -> Result<(), Failure> {
    if !context.arguments().is_empty() {
        return Err(Failure::usage("arguments may not be passed when --raw is specified"));
    }
    let path = context.flags.text("raw").to_owned();
    let response = context.send(Request::default().with_url(&path))?;
    if !response.is_success() {
        return Err(Failure::Status(response.failure()));
    }
    context.print(String::from_utf8_lossy(&response.bytes(false)).into_owned());
    Ok(())
}

/// `-o` anything but tables: everything is fetched first, then printed as one object or one list.
fn objects(
    context: &mut Context,
    selection: &Selection,
    targets: &[Target],
    mut printer: Printer,
) -> Result<(), Failure> {
    let (found, failures) = resources::fetch(context, selection, targets);
    let failures = missing(context, failures);
    let single = targets.len() == 1 && targets.iter().all(|target| !target.name.is_empty());
    if single {
        if let Some(one) = found.first() {
            let text = printer.print(&one.object)?;
            context.print(text);
        }
        return Failure::collect(failures);
    }
    let items: Vec<Value> = found.into_iter().map(|one| one.object).collect();
    let all = json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items});
    let text = printer.print(&all)?;
    context.print(text);
    Failure::collect(failures)
}

/// Without the failures that `--ignore-not-found` excuses.
fn missing(context: &Context, mut failures: Vec<Failure>) -> Vec<Failure> {
    if context.flags.boolean("ignore-not-found") {
        failures.retain(|failure| !failure.is_not_found());
    }
    failures
}

/// The request for a target's table.
fn request(context: &Context, selection: &Selection, target: &Target) -> Result<Request, Failure> {
    let flags = &context.flags;
    let mut request = if target.name.is_empty() {
        let mut request = Request::get(target.kind.path(&target.namespace));
        for (name, value) in [("fieldSelector", &selection.fields), ("labelSelector", &selection.labels)] {
            if !value.is_empty() {
                request = request.query(name, value.clone());
            }
        }
        if flags.integer("chunk-size") > 0 { request.query("limit", flags.text("chunk-size")) } else { request }
    } else {
        let mut path = object_path(target.kind, &target.namespace, &target.name)?;
        if !flags.text("subresource").is_empty() {
            path = format!("{path}/{}", flags.text("subresource"));
        }
        Request::get(path)
    };
    if !flags.text("sort-by").is_empty() {
        request = request.query("includeObject", "Object");
    }
    Ok(request.header("Accept", TABLE))
}

fn tables(context: &mut Context, selection: &Selection, targets: &[Target]) -> Result<(), Failure> {
    let mut answers: Vec<(&Target, Object)> = Vec::new();
    let mut failures = Vec::new();
    for target in targets {
        let request = request(context, selection, target)?;
        match context.request(request) {
            Ok(mut answer) => {
                fill_items(&mut answer);
                answers.push((target, answer));
            }
            Err(failure) => failures.push(failure),
        }
    }
    let failures = missing(context, failures);
    let several = answers.iter().any(|(target, _)| answers.first().is_some_and(|(first, _)| first.kind != target.kind));
    let text = print_tables(context, selection, &answers, several);
    if text.is_empty() && failures.is_empty() && !context.flags.boolean("ignore-not-found") {
        let namespaced = answers.iter().any(|(target, _)| target.kind.namespaced);
        let text = if namespaced && !selection.all_namespaces {
            format!("No resources found in {} namespace.\n", context.namespace()?)
        } else {
            "No resources found\n".to_owned()
        };
        context.complain(text);
    }
    context.print(text);
    Failure::collect(failures)
}

/// One table a type, a blank line between them; empty ones are left out.
fn print_tables(context: &Context, selection: &Selection, answers: &[(&Target, Object)], several: bool) -> String {
    let flags = &context.flags;
    let mut out = String::new();
    let mut index = 0;
    while let Some((first, _)) = answers.get(index) {
        let kind = first.kind;
        let run = answers.iter().skip(index).take_while(|(target, _)| target.kind == kind).count();
        let mut printer = TablePrinter::new(TableOptions {
            no_headers: flags.boolean("no-headers"),
            wide: flags.text("output") == "wide",
            with_namespace: selection.all_namespaces && kind.namespaced,
            with_kind: several || flags.boolean("show-kind"),
            show_labels: flags.boolean("show-labels"),
            label_columns: flags.list("label-columns"),
        });
        let mut lines = String::new();
        for (_, answer) in answers.iter().skip(index).take(run) {
            let own;
            let table = if crate::api::object::kind(answer) == "Table" {
                answer
            } else {
                own = table::from_object(answer);
                &own
            };
            if !list(table, &["rows"]).is_empty() {
                lines.push_str(&printer.lines(table, kind, None));
            }
        }
        if !lines.is_empty() {
            if !out.is_empty() && !flags.boolean("no-headers") {
                out.push('\n');
            }
            out.push_str(&tabwriter::align(&lines, tabwriter::GET));
        }
        index += run;
    }
    out
}
