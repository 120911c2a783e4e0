//! `--from-literal`, `--from-file` and `--from-env-file` of `create secret generic` and `create configmap`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/{util/util.go,cmd/util/env_file.go}.

use crate::api::files::FileError;
use crate::kubectl::context::Context;
use crate::kubectl::flags::Flag;
use crate::kubectl::host::Host;

/// The flags that name sources.
pub const FLAGS: &[Flag] = &[
    Flag::slice(
        "from-file",
        "",
        "Key files can be specified using their file path, or with a name and file path. A directory gives each file whose name is a valid key.",
    ),
    Flag::array("from-literal", "", "Specify a key and literal value to insert (i.e. mykey=somevalue)"),
    Flag::slice("from-env-file", "", "Specify the path to a file to read lines of key=val pairs."),
    Flag::boolean("append-hash", "", "Append a hash of the object to its name (not simulated)."),
];

/// Reads `KEY=VALUE`.
///
/// # Errors
/// There is no key, or no `=`.
pub fn literal(source: &str) -> Result<(String, Vec<u8>), String> {
    match source.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.as_bytes().to_vec())),
        _ => Err(format!("invalid literal source {source}, expected key=value")),
    }
}

/// Reads `[KEY=]PATH`: the key is the file's name if it is not given.
fn file_source(source: &str) -> Result<(String, String), String> {
    match source.matches('=').count() {
        0 => {
            let base = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            Ok((base.to_owned(), source.to_owned()))
        }
        1 => match source.split_once('=') {
            Some(("", path)) => Err(format!("key name for file path {path} missing")),
            Some((key, "")) => Err(format!("file path for key name {key} missing")),
            Some((key, path)) => Ok((key.to_owned(), path.to_owned())),
            None => Err("key names or file paths cannot contain '='".to_owned()),
        },
        _ => Err("key names or file paths cannot contain '='".to_owned()),
    }
}

/// What the operating system says, as Go prints it: the first letter is small.
pub fn go_error(error: FileError) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The entries of one `--from-file`: a file, or every regular file of a folder whose name is a valid key.
///
/// # Errors
/// What cannot be read, in kubectl's words.
pub fn files(host: &dyn Host, source: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let (key, path) = file_source(source)?;
    let Some(names) = host.list_folder(&path) else {
        let bytes = host.read_file(&path).map_err(|error| format!("error reading {path}: {}", go_error(error)))?;
        return Ok(vec![(key, bytes)]);
    };
    if source.contains('=') {
        return Err("cannot give a key name for a directory path".to_owned());
    }
    let folder = path.trim_end_matches('/');
    let read = |name: String| {
        let bytes = host.read_file(&format!("{folder}/{name}")).ok()?;
        Some((name, bytes))
    };
    Ok(names.into_iter().filter_map(read).collect())
}

/// The entries of one `--from-env-file`.
///
/// # Errors
/// What cannot be read, in kubectl's words.
pub fn env_file(host: &dyn Host, path: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    if host.list_folder(path).is_some() {
        return Err("env secret file cannot be a directory".to_owned());
    }
    let bytes = host.read_file(path).map_err(|error| format!("error reading {path}: {}", go_error(error)))?;
    let mut entries = Vec::new();
    for line in String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = match line.split_once('=') {
            Some((key, value)) => (key, value.to_owned()),
            // A name alone takes the value it has where kubectl runs.
            None => (line, host.variable(line).unwrap_or_default()),
        };
        if !variable_name(key) {
            return Err(format!(
                "{} is not a valid key name: a valid environment variable name must consist of alphabetic characters, \
                 digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or \
                 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
                crate::api::go::quote(key)
            ));
        }
        entries.push((key.to_owned(), value.into_bytes()));
    }
    Ok(entries)
}

fn variable_name(key: &str) -> bool {
    !key.starts_with(|first: char| first.is_ascii_digit())
        && !key.is_empty()
        && key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._".contains(letter))
}

/// All the entries that the three flags ask for: literals, then files, then files of variables.
///
/// # Errors
/// The first source that cannot be read.
pub fn entries(context: &Context<'_>) -> Result<Vec<(String, Vec<u8>)>, String> {
    let flags = &context.flags;
    let (literals, folders, env) = (flags.list("from-literal"), flags.list("from-file"), flags.list("from-env-file"));
    let others = !literals.is_empty() || !folders.is_empty();
    if !env.is_empty() && others {
        return Err("from-env-file cannot be combined with from-file or from-literal".to_owned());
    }
    let mut entries = Vec::new();
    for source in &literals {
        entries.push(literal(source)?);
    }
    for source in &folders {
        entries.extend(files(context.host, source)?);
    }
    for path in &env {
        entries.extend(env_file(context.host, path)?);
    }
    Ok(entries)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn splits_literals_at_the_first_equals_sign() {
        assert_eq!(literal("a=b=c").unwrap(), ("a".to_owned(), b"b=c".to_vec()));
        assert_eq!(literal("a=").unwrap(), ("a".to_owned(), Vec::new()));
        for wrong in ["a", "=b"] {
            assert_eq!(literal(wrong).unwrap_err(), format!("invalid literal source {wrong}, expected key=value"));
        }
    }

    #[test]
    fn names_files_after_themselves() {
        assert_eq!(file_source("dir/x.txt").unwrap(), ("x.txt".to_owned(), "dir/x.txt".to_owned()));
        assert_eq!(file_source("k=dir/x").unwrap(), ("k".to_owned(), "dir/x".to_owned()));
        assert_eq!(file_source("=x").unwrap_err(), "key name for file path x missing");
        assert_eq!(file_source("k=").unwrap_err(), "file path for key name k missing");
        assert_eq!(file_source("a=b=c").unwrap_err(), "key names or file paths cannot contain '='");
    }

    #[test]
    fn words_file_errors_as_go() {
        assert_eq!(go_error(FileError::NotFound), "no such file or directory");
    }
}
