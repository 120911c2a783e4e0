//! `kubectl get`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/get/get.go.

use crate::api::kinds::Kind;
use crate::api::object::{Object, list};
use crate::api::request::Request;
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, fill_items, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{FILES, OUTPUT, SELECTOR};
use crate::kubectl::printers::table::{self, TableOptions, TablePrinter};
use crate::kubectl::printers::{Order, Printer, sort, tabwriter};
use crate::kubectl::resources::{self, Selection, Target};
use serde_json::{Value, json};

/// What `get` asks for when it prints tables.
pub const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,\
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
    if context.flags.boolean("watch") || context.flags.boolean("watch-only") {
        return crate::kubectl::watch::start(context, &selection, &targets);
    }
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
    let sort_by = context.flags.text("sort-by").to_owned();
    if single {
        if let Some(one) = found.first() {
            let text = printer.print(&one.object)?;
            context.print(text);
        }
        return Failure::collect(failures);
    }
    let mut items: Vec<Value> = found.into_iter().map(|one| one.object).collect();
    if !sort_by.is_empty() {
        sort::by(&mut items, &sort_by, |item| item)?;
    }
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
///
/// # Errors
/// A name that can't stand in a path.
pub fn request(context: &Context, selection: &Selection, target: &Target) -> Result<Request, Failure> {
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
                sort_rows(context, &mut answer)?;
                answers.push((target, answer));
            }
            Err(failure) if target.name.is_empty() => failures.push(selection.refused(target.kind, failure)),
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

/// `--sort-by` for the rows of a table.
fn sort_rows(context: &Context, table: &mut Object) -> Result<(), Failure> {
    let path = context.flags.text("sort-by");
    if let Some(Value::Array(rows)) = table.get_mut("rows").filter(|_| !path.is_empty()) {
        sort::by(rows, path, |row| row.get("object").unwrap_or(&Value::Null))?;
    }
    Ok(())
}

/// How the tables of one type are to be printed.
pub fn table_options(context: &Context, kind: &Kind, all_namespaces: bool, several: bool) -> TableOptions {
    let flags = &context.flags;
    TableOptions {
        no_headers: flags.boolean("no-headers"),
        wide: flags.text("output") == "wide",
        with_namespace: all_namespaces && kind.namespaced,
        with_kind: several || flags.boolean("show-kind"),
        show_labels: flags.boolean("show-labels"),
        label_columns: flags.list("label-columns"),
    }
}

/// One table a type, a blank line between them; empty ones are left out.
fn print_tables(context: &Context, selection: &Selection, answers: &[(&Target, Object)], several: bool) -> String {
    let flags = &context.flags;
    let mut out = String::new();
    let mut index = 0;
    while let Some((first, _)) = answers.get(index) {
        let kind = first.kind;
        let run = answers.iter().skip(index).take_while(|(target, _)| target.kind == kind).count();
        let mut printer = TablePrinter::new(table_options(context, kind, selection.all_namespaces, several));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::api::request::Response;
    use crate::api::status::Status;
    use crate::kubectl::testing::{FakeHost, json, table};
    use serde_json::json;

    const ACCOUNTS: &str = "GET /api/v1/namespaces/default/serviceaccounts?limit=500";

    fn accounts() -> Response {
        let row = |name: &str| json!({"metadata": {"name": name, "namespace": "default"}});
        table(&["Name", "Age"], &[(&["data-sa", "4s"], row("data-sa")), (&["default", "6s"], row("default"))])
    }

    #[test]
    fn prints_tables() {
        let mut host = FakeHost::new().with(ACCOUNTS, accounts()).with(
            "GET /api/v1/namespaces/default/pods?limit=500",
            table(&["Name", "Ready", "Age"], &[(&["my-pod", "1/1", "3s"], json!({}))]),
        );
        assert_eq!(host.run("get sa").0, "NAME      AGE\ndata-sa   4s\ndefault   6s\n");
        assert_eq!(host.run("get sa --no-headers").0, "data-sa   4s\ndefault   6s\n");
        assert_eq!(
            host.run("get pods,sa").0,
            "NAME         READY   AGE\npod/my-pod   1/1     3s\n\nNAME                     AGE\n\
             serviceaccount/data-sa   4s\nserviceaccount/default   6s\n"
        );
        let request = host.client.requests.first().unwrap();
        assert!(request.header_value("Accept").unwrap().starts_with("application/json;as=Table;v=v1"));
        assert_eq!(request.header_value("User-Agent"), Some("kubectl/v1.36.2 (linux/amd64) kubernetes/98b3519"));
        assert!(
            matches!(&request.credential, Some(crate::api::request::Credential::Certificate(pem)) if &**pem == "CERT")
        );
    }

    #[test]
    fn what_is_found_comes_before_what_is_not() {
        let path = "GET /api/v1/namespaces/default/serviceaccounts";
        let mut host = FakeHost::new()
            .with(&format!("{path}/default"), table(&["Name", "Age"], &[(&["default", "7s"], json!({}))]))
            .with(&format!("{path}/nope"), Response::status(&Status::not_found("", "serviceaccounts", "nope")))
            .with(&format!("{path}?limit=500"), table(&["Name", "Age"], &[]));
        let (out, err, exit) = host.run("get sa default nope");
        assert_eq!(out, "NAME      AGE\ndefault   7s\n");
        assert_eq!((err.as_str(), exit), ("Error from server (NotFound): serviceaccounts \"nope\" not found\n", 1));
        let (out, err, exit) = host.run("get sa");
        assert_eq!((out.as_str(), err.as_str(), exit), ("", "No resources found in default namespace.\n", 0));
        assert_eq!(host.run("get sa nope --ignore-not-found"), (String::new(), String::new(), 0));
    }

    #[test]
    fn prints_objects_as_asked() {
        let account = |name: &str| json!({"metadata": {"name": name, "managedFields": [{}]}});
        let mut host = FakeHost::new()
            .with(
                "GET /api/v1/namespaces/default/serviceaccounts?limit=500",
                json(
                    200,
                    json!({"kind": "ServiceAccountList", "apiVersion": "v1", "metadata": {"resourceVersion": "9"},
                    "items": [account("a"), account("b")]}),
                ),
            )
            .with(
                "GET /api/v1/namespaces/default/serviceaccounts/a",
                json(200, json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "a"}})),
            );
        assert_eq!(host.run("get sa -o name").0, "serviceaccount/a\nserviceaccount/b\n");
        assert_eq!(host.run("get sa -o jsonpath={.items[*].metadata.name}").0, "a b");
        assert_eq!(host.run("get sa a -o jsonpath={.metadata.name}").0, "a");
        assert_eq!(host.run("get sa a -o custom-columns=A:.metadata.name,B:.x").0, "A     B\na     <none>\n");
        assert_eq!(
            host.run("get sa a -o json").0,
            "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"ServiceAccount\",\n    \"metadata\": {\n        \"name\": \"a\"\n    }\n}\n"
        );
        let list = host.run("get sa -o json").0;
        assert!(
            list.contains("\"kind\": \"List\"")
                && list.contains("\"resourceVersion\": \"\"")
                && !list.contains("managed")
        );
        assert_eq!(
            host.run("get sa a -o nonsense").1,
            "error: unable to match a printer suitable for the output format \"nonsense\", allowed formats are: \
             custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,\
             kyaml,name,template,templatefile,wide,yaml\n"
        );
    }

    #[test]
    fn says_what_it_misses() {
        let mut host = FakeHost::new();
        assert_eq!(
            host.run("get").1,
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported \
             resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed \
             description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples\n"
        );
        assert_eq!(host.run("get nonsense").1, "error: the server doesn't have a resource type \"nonsense\"\n");
        assert_eq!(host.run("get sa --bogus").1, "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n");
        assert_eq!(host.run("frobnicate").1, "error: unknown command \"frobnicate\" for \"kubectl\"\n");
        assert_eq!(
            host.run("descrbe --x").1,
            "error: unknown command \"descrbe\" for \"kubectl\"\n\nDid you mean this?\n\tdescribe\n"
        );
        assert!(host.run("port-forward x").1.starts_with("error: not simulated: kubectl port-forward; nearest: "));
        assert!(host.run("-n default get sa").2 == 1 && host.asked().len() == 1);
        assert_eq!(
            host.run("get sa --context=nope").1,
            "Error in configuration: context was not found for specified context: nope\n"
        );
        let refused = host.run("get sa -s https://127.0.0.1:1").1;
        assert_eq!(refused.matches("connect: connection refused").count(), 5);
        assert!(refused.ends_with(
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n"
        ));
    }
}
