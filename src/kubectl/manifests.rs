//! `-f`: files, folders and standard input, their YAML documents, and the objects in them.
//!
//! Follows staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go. Left out: URLs, kustomizations, globs.

use crate::api::go;
use crate::api::kinds::{self, Kind};
use crate::api::object::{Object, api_version, kind, name, namespace};
use crate::api::{schema, sorted};
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::resources::Target;
use serde_json::Value;

/// How many levels of folders `-R` goes down.
const FOLDER_DEPTH_MAX: usize = 16;

/// One object of one file.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file as it was named; `STDIN` for `-`.
    pub source: String,
    /// The object, as it was written.
    pub object: Object,
    /// Its type.
    pub kind: &'static Kind,
}

impl Manifest {
    /// The target it stands for.
    ///
    /// # Errors
    /// A namespace that is not the one asked for.
    pub fn target(self, context: &mut Context) -> Result<Target, Failure> {
        let namespace = if self.kind.namespaced { context.namespace_of(&self.object)? } else { String::new() };
        Ok(Target {
            kind: self.kind,
            namespace,
            name: name(&self.object).to_owned(),
            source: self.source,
            object: Some(self.object),
        })
    }
}

/// Reads everything that `-f` names; what can't be read is told apart. `validate` adds the complaints that kubectl's
/// own check makes before it looks at the type.
pub fn read(context: &mut Context, files: &[String], recursive: bool, validate: bool) -> (Vec<Manifest>, Vec<Failure>) {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for file in files {
        let sources = match sources(context, file, recursive) {
            Ok(sources) => sources,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        };
        for (source, bytes) in sources {
            let (objects, failure) = objects(&source, &bytes);
            for object in objects {
                match manifest(&source, object, validate) {
                    Ok(manifest) => found.push(manifest),
                    Err(failure) => failures.push(failure),
                }
            }
            failures.extend(failure);
        }
    }
    (found, failures)
}

/// The files behind one `-f`, with their bytes.
fn sources(context: &Context, file: &str, recursive: bool) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    if file == "-" {
        return Ok(vec![("STDIN".to_owned(), context.stdin.to_vec())]);
    }
    if file.starts_with("http://") || file.starts_with("https://") {
        return Err(Failure::message("not simulated: manifests from a URL; save the text to a file first"));
    }
    let mut paths = Vec::new();
    if context.host.list_folder(file).is_some() {
        folder(context, file.trim_end_matches('/'), if recursive { FOLDER_DEPTH_MAX } else { 1 }, &mut paths);
        if paths.is_empty() {
            let text = format!("error reading [{file}]: recognized file extensions are [.json .yaml .yml]");
            return Err(Failure::message(text));
        }
    } else {
        paths.push(file.to_owned());
    }
    paths
        .into_iter()
        .map(|path| match context.host.read_file(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(crate::api::files::FileError::NotFound) => {
                Err(Failure::message(format!("the path {} does not exist", go::quote(&path))))
            }
            Err(error) => Err(Failure::message(format!("open {path}: {error}"))),
        })
        .collect()
}

fn folder(context: &Context, path: &str, depth: usize, paths: &mut Vec<String>) {
    let Some(mut names) = context.host.list_folder(path).filter(|_| depth > 0) else { return };
    sorted::sort(&mut names);
    for name in names {
        let inner = format!("{path}/{name}");
        if context.host.list_folder(&inner).is_some() {
            folder(context, &inner, depth - 1, paths);
        } else if [".json", ".yaml", ".yml"].iter().any(|ending| name.ends_with(ending)) {
            paths.push(inner);
        }
    }
}

/// The objects in a stream of YAML or JSON documents up to the first one that can't be read; lists are taken apart.
fn objects(source: &str, bytes: &[u8]) -> (Vec<Object>, Option<Failure>) {
    let problem = |why: String| Failure::message(format!("error parsing {source}: {why}"));
    let Ok(text) = std::str::from_utf8(bytes) else {
        let why = "error converting YAML to JSON: yaml: invalid leading UTF-8 octet";
        return (Vec::new(), Some(problem(why.to_owned())));
    };
    let documents = crate::api::yaml::read(text);
    let mut found = Vec::new();
    for document in documents.documents {
        match document.value {
            Value::Null => {}
            list if kind(&list) == "List" && list.get("items").is_some_and(Value::is_array) => {
                found.extend(crate::api::object::list(&list, &["items"]).iter().cloned());
            }
            other => found.push(other),
        }
    }
    (found, documents.error.map(problem))
}

fn manifest(source: &str, object: Object, validate: bool) -> Result<Manifest, Failure> {
    let mut missing: Vec<&str> = Vec::new();
    if !object.is_object() {
        missing.push("invalid object to validate");
    } else {
        missing.extend(api_version(&object).is_empty().then_some("apiVersion not set"));
        missing.extend(kind(&object).is_empty().then_some("kind not set"));
    }
    if !missing.is_empty() {
        return Err(Failure::message(incomplete(source, &object, &missing, validate)));
    }
    if let Some(problem) = metadata_problem(&object) {
        return Err(Failure::message(format!("unable to decode {}: {problem}", go::quote(source))));
    }
    match kinds::by_kind(api_version(&object), kind(&object)) {
        Some(known) => Ok(Manifest { source: source.to_owned(), kind: known, object }),
        None => Err(Failure::message(format!(
            "resource mapping not found for name: {} namespace: {} from {}: no matches for kind {} in version {}\n\
             ensure CRDs are installed first",
            go::quote(name(&object)),
            go::quote(namespace(&object)),
            go::quote(source),
            go::quote(kind(&object)),
            go::quote(api_version(&object)),
        ))),
    }
}

/// kubectl reads the metadata of what it sends, and only that.
fn metadata_problem(object: &Object) -> Option<String> {
    let metadata = object.get("metadata").filter(|metadata| !metadata.is_null())?;
    let found = match metadata {
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        _ => {
            let only = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
            let decoded = schema::decode("v1", "ConfigMap", only, schema::Strictness::Ignore);
            return decoded.err().filter(|problem| problem.starts_with("json: cannot unmarshal"));
        }
    };
    let field = "Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta";
    Some(format!("json: cannot unmarshal {found} into {field}"))
}

fn incomplete(source: &str, object: &Object, missing: &[&str], validate: bool) -> String {
    if validate {
        let list = match missing {
            [one] => (*one).to_owned(),
            many => format!("[{}]", many.join(", ")),
        };
        return format!(
            "error validating {}: error validating data: {list}; if you choose to ignore these errors, turn \
             validation off with --validate=false",
            go::quote(source)
        );
    }
    let which = if missing.contains(&"kind not set") { "Kind" } else { "apiVersion" };
    format!("unable to decode {}: Object '{which}' is missing in '{object}'", go::quote(source))
}
