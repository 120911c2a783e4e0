//! `kubectl explain`: the fields of a type, from the schema. Their descriptions are not simulated.

use crate::api::go;
use crate::api::kinds::Kind;
use crate::api::schema::{self, Field, Shape};
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::resources;

/// How deep `--recursive` goes.
const DEPTH_MAX: usize = 12;

/// `kubectl explain`.
pub const COMMAND: Command = Command {
    name: "explain",
    usage: "TYPE[.FIELD...]",
    summary: "Show the fields of a type",
    examples: &["kubectl explain sa", "kubectl explain pod.spec.volumes.projected"],
    flags: &[&[
        Flag::text("api-version", "", "Group and version of the type"),
        Flag::text("output", "o", "plaintext").or("plaintext"),
        Flag::boolean("recursive", "", "With the fields of the fields"),
    ]],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context) -> Result<(), Failure> {
    let path = match context.arguments() {
        [path] => path.clone(),
        [] => {
            return Err(Failure::message(
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list \
                 of supported resources.",
            ));
        }
        _ => return Err(Failure::message("We accept only this format: explain RESOURCE")),
    };
    let (kind, steps) = type_and_fields(&path)?;
    let Some(mut type_name) = schema::type_of(&kind.api_version(), &kind.kind).map(str::to_owned) else {
        return Err(Failure::message(format!("not simulated: the fields of {}", kind.resource())));
    };
    let mut out = String::new();
    if !kind.group.is_empty() {
        out.push_str(&format!("GROUP:      {}\n", kind.group));
    }
    out.push_str(&format!("KIND:       {}\nVERSION:    {}\n\n", kind.kind, kind.version));
    let mut last = None;
    for step in &steps {
        let Some(field) = schema::field(&type_name, step) else {
            context.print(out);
            return Err(Failure::message(format!("field {} does not exist", go::quote(step))));
        };
        type_name.clone_from(&field.type_name);
        last = Some((step, field));
    }
    if let Some((step, field)) = last {
        out.push_str(&format!("FIELD: {step} <{}>\n\n", shown(field)));
    }
    out.push_str("DESCRIPTION:\n    not simulated: field descriptions\n    \n");
    if let Some(fields) = schema::fields(&type_name) {
        out.push_str("FIELDS:\n");
        let depth = if context.flags.boolean("recursive") { DEPTH_MAX } else { 1 };
        for (name, field) in fields {
            lines(&mut out, name, field, 1, depth);
        }
        out.push('\n');
    }
    context.print(out);
    Ok(())
}

/// The type at the beginning of `pods.spec.containers`, with its group if the words say one, and the fields after it.
fn type_and_fields(path: &str) -> Result<(&'static Kind, Vec<String>), Failure> {
    let words: Vec<&str> = path.trim_end_matches('.').split('.').collect();
    let (first, rest) = words.split_first().map_or((path, &[][..]), |(first, rest)| (*first, rest));
    let grouped = (1..=rest.len()).rev().find_map(|count| {
        let (group, fields) = rest.split_at_checked(count)?;
        let group = group.join(".");
        let kind = resources::find_kind(&format!("{first}.{group}"))?;
        let exact = kind.group == group || format!("{}.{}", kind.version, kind.group) == group;
        exact.then_some((kind, fields))
    });
    let (kind, fields) = match grouped {
        Some(found) => found,
        None => match resources::find_kind(first) {
            Some(kind) => (kind, rest),
            None => {
                let text = format!("the server doesn't have a resource type {}", go::quote(first));
                return Err(Failure::Plain(text));
            }
        },
    };
    Ok((kind, fields.iter().map(|field| (*field).to_owned()).collect()))
}

fn lines(out: &mut String, name: &str, field: &Field, level: usize, depth: usize) {
    let required = if field.required { " -required-" } else { "" };
    out.push_str(&format!("{}{name}\t<{}>{required}\n", "  ".repeat(level), shown(field)));
    if level >= depth {
        return;
    }
    for (inner, field) in schema::fields(&field.type_name).into_iter().flatten() {
        lines(out, inner, field, level + 1, depth);
    }
}

/// A type as OpenAPI names it: `boolean`, `[]ObjectReference`, `map[string]string`.
fn shown(field: &Field) -> String {
    let name = match field.type_name.as_str() {
        "bool" => "boolean",
        "int32" | "int64" => "integer",
        "time" | "microtime" | "base64" => "string",
        "quantity" => "Quantity",
        "int-or-string" => "IntOrString",
        other => other,
    };
    match field.shape {
        Shape::Single => name.to_owned(),
        Shape::List => format!("[]{name}"),
        Shape::Map => format!("map[string]{name}"),
        Shape::MapOfLists => format!("map[string][]{name}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::kubectl::testing::FakeHost;

    #[test]
    fn shows_fields_and_types() {
        let mut host = FakeHost::new();
        let told = host.run("explain sa").0;
        assert!(told.starts_with("KIND:       ServiceAccount\nVERSION:    v1\n\nDESCRIPTION:\n"));
        assert!(
            told.contains("  automountServiceAccountToken\t<boolean>\n  imagePullSecrets\t<[]LocalObjectReference>\n")
        );
        assert!(host.run("explain sa.secrets").0.contains("FIELD: secrets <[]ObjectReference>\n"));
        assert!(
            host.run("explain deploy.spec.template.spec").0.starts_with("GROUP:      apps\nKIND:       Deployment\n")
        );
        let (out, err, exit) = host.run("explain sa.foo");
        assert_eq!(
            (out.as_str(), err.as_str(), exit),
            ("KIND:       ServiceAccount\nVERSION:    v1\n\n", "error: field \"foo\" does not exist\n", 1)
        );
        assert_eq!(host.run("explain foo").1, "the server doesn't have a resource type \"foo\"\n");
    }
}
