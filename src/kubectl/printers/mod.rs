//! `-o`: everything an object can be printed as.
//!
//! Follows staging/src/k8s.io/cli-runtime/pkg/printers and genericclioptions/print_flags.go.

pub mod columns;
pub mod gofmt;
pub mod gotemplate;
pub mod jsonpath;
pub mod kyaml;
pub mod sort;
pub mod table;
pub mod tabwriter;

use crate::api::go;
use crate::api::object::{Object, api_version, kind, name};
use crate::api::sorted;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::options::DryRun;
use serde_json::Value;

/// The formats of commands that create or change: no tables.
const OBJECT_FORMATS: [&str; 11] = [
    "go-template",
    "go-template-file",
    "json",
    "jsonpath",
    "jsonpath-as-json",
    "jsonpath-file",
    "kyaml",
    "name",
    "template",
    "templatefile",
    "yaml",
];

/// What only `get` has besides.
const GET_FORMATS: [&str; 3] = ["custom-columns", "custom-columns-file", "wide"];

/// In which order an object's keys are printed as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name: what was fetched without knowing its type.
    #[default]
    Sorted,
    /// As Kubernetes' structs have them: what a command made itself, or asked for by type.
    Typed,
}

/// Prints objects in one format.
#[derive(Clone, Debug)]
pub struct Printer {
    format: Format,
    order: Order,
    managed_fields: bool,
    printed: usize,
}

#[derive(Clone, Debug)]
enum Format {
    Json,
    Yaml,
    Kyaml,
    Name,
    Jsonpath(jsonpath::Template),
    GoTemplate(gotemplate::Template),
    Columns(Vec<columns::Column>, bool),
}

impl Printer {
    /// The printer that `-o` asks for; `None` where `-o` is not given or `wide`. `tables` adds `get`'s own formats.
    ///
    /// # Errors
    /// An unknown format, a template that can't be read.
    pub fn from(context: &Context, order: Order, tables: bool) -> Result<Option<Self>, Failure> {
        let mut output = context.flags.text("output").to_owned();
        if output.is_empty() && !context.flags.text("template").is_empty() {
            output = "go-template".to_owned();
        }
        if output.is_empty() || (tables && output == "wide") {
            return Ok(None);
        }
        let format = match output.as_str() {
            "json" => Format::Json,
            "yaml" => Format::Yaml,
            "kyaml" => Format::Kyaml,
            "name" => Format::Name,
            _ => templated(context, &output, tables)?,
        };
        Ok(Some(Printer { format, order, managed_fields: context.flags.boolean("show-managed-fields"), printed: 0 }))
    }

    /// The text of an object, or of a list of them.
    ///
    /// # Errors
    /// A template that does not fit the object.
    pub fn print(&mut self, object: &Object) -> Result<String, Failure> {
        let mut object = object.clone();
        if !self.managed_fields {
            hide_managed_fields(&mut object);
        }
        self.printed += 1;
        match &self.format {
            Format::Json => Ok(json(&object, self.order)),
            Format::Yaml => {
                let separator = if self.printed > 1 { "---\n" } else { "" };
                Ok(format!("{separator}{}", crate::api::yaml::print(&object)))
            }
            Format::Kyaml => Ok(kyaml::print(&object)),
            Format::Name => Ok(names(&object)),
            Format::Jsonpath(template) if self.order == Order::Typed => template.execute(&gofmt::as_floats(&object)),
            Format::Jsonpath(template) => template.execute(&object),
            Format::GoTemplate(template) => template.execute(&object),
            Format::Columns(columns, headers) => columns::print(columns, &object, *headers && self.printed == 1),
        }
    }
}

/// `jsonpath=…` and its kin: the format before `=`, or a format alone with `--template`.
fn templated(context: &Context, output: &str, tables: bool) -> Result<Format, Failure> {
    let (format, own) = match output.split_once('=') {
        Some((format, template)) => (format, Some(template.to_owned())),
        None => (output, None),
    };
    let known = OBJECT_FORMATS.contains(&format) || (tables && GET_FORMATS.contains(&format));
    if !known || ["json", "yaml", "kyaml", "name", "wide"].contains(&format) {
        return Err(unknown_format(output, tables));
    }
    let given = own.filter(|own| !own.is_empty()).unwrap_or_else(|| context.flags.text("template").to_owned());
    let headers = !(context.flags.knows("no-headers") && context.flags.boolean("no-headers"));
    if format == "custom-columns" {
        return Ok(Format::Columns(columns::parse(&given)?, headers));
    }
    if given.is_empty() {
        return Err(Failure::message("template format specified but no template given"));
    }
    let text = if format.ends_with("file") {
        let bytes = context
            .host
            .read_file(&given)
            .map_err(|error| Failure::message(format!("error reading --template {given}, open {given}: {error}\n")))?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        given
    };
    let allow = context.flags.boolean("allow-missing-template-keys");
    Ok(match format {
        "jsonpath" | "jsonpath-file" => Format::Jsonpath(jsonpath::Template::new(&text, allow)?),
        "jsonpath-as-json" => Format::Jsonpath(jsonpath::Template::new(&text, allow)?.into_json()),
        "custom-columns-file" => Format::Columns(columns::parse_file(&text)?, headers),
        _ => Format::GoTemplate(gotemplate::Template::new(&text, allow)?),
    })
}

fn unknown_format(output: &str, tables: bool) -> Failure {
    let mut formats = OBJECT_FORMATS.to_vec();
    if tables {
        formats.extend(GET_FORMATS);
    }
    sorted::sort(&mut formats);
    Failure::message(format!(
        "unable to match a printer suitable for the output format {}, allowed formats are: {}",
        go::quote(output),
        formats.join(",")
    ))
}

/// JSON with four spaces and a last newline.
fn json(object: &Object, order: Order) -> String {
    match order {
        Order::Sorted => gofmt::json_indented(object) + "\n",
        Order::Typed => gofmt::widen(&crate::api::wire::encode(object, true)) + "\n",
    }
}

fn hide_managed_fields(object: &mut Object) {
    if object.pointer("/metadata/managedFields").is_some() {
        crate::api::object::remove(object, &["metadata", "managedFields"]);
    }
    for item in object.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        crate::api::object::remove(item, &["metadata", "managedFields"]);
    }
}

/// `serviceaccount/x`, one a line.
fn names(object: &Object) -> String {
    match object.get("items").and_then(Value::as_array) {
        Some(items) => items.iter().map(|item| short_name(item) + "\n").collect(),
        None => short_name(object) + "\n",
    }
}

/// `serviceaccount/x`, `deployment.apps/web`; an object without a name is `<unknown>`.
pub fn short_name(object: &Object) -> String {
    let group = api_version(object).split_once('/').map_or("", |(group, _)| group);
    let name = if name(object).is_empty() { "<unknown>" } else { name(object) };
    format!("{}/{name}", crate::api::status::qualified(&kind(object).to_lowercase(), group))
}

/// Says what happened to an object: `serviceaccount/x created (dry run)`, or with `-o` the object itself.
///
/// # Errors
/// As [`Printer::from`] and [`Printer::print`].
pub fn report(
    context: &mut Context,
    object: &Object,
    operation: &str,
    dry_run: DryRun,
    order: Order,
) -> Result<(), Failure> {
    let text = match Printer::from(context, order, false)? {
        Some(mut printer) => printer.print(object)?,
        None => format!("{} {operation}{}\n", short_name(object), dry_run.suffix()),
    };
    context.print(text);
    Ok(())
}
