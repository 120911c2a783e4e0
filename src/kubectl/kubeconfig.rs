//! The kubeconfig: which cluster, as whom, in which namespace.
//!
//! Follows staging/src/k8s.io/client-go/tools/clientcmd (loader.go, client_config.go). Left out: exec and auth
//! provider plugins, proxies, basic authentication.

use crate::api::go;
use crate::api::object::{list, text};
use crate::api::sorted;
use crate::kubectl::create::sources::go_error;
use crate::kubectl::errors::Failure;
use crate::kubectl::host::Host;
use serde_json::{Map, Value, json};
use std::cell::RefCell;

/// A kubeconfig as it stands in its file, or several laid over each other.
#[derive(Clone, Debug, Default)]
pub struct Kubeconfig {
    /// The whole document.
    pub document: Value,
    /// The file that is rewritten.
    pub path: String,
    /// Every file that was read.
    pub files: Vec<String>,
}

/// The lists of a kubeconfig, and the key that their entries' content stands under.
pub const SECTIONS: [(&str, &str); 3] = [("clusters", "cluster"), ("contexts", "context"), ("users", "user")];

impl Kubeconfig {
    /// Reads what `--kubeconfig`, `$KUBECONFIG` or `~/.kube/config` name; nothing there is an empty kubeconfig.
    ///
    /// # Errors
    /// A file that was asked for and is not there, or one that is no kubeconfig.
    pub fn load(host: &dyn Host, explicit: &str) -> Result<Self, Failure> {
        if !explicit.is_empty() {
            let bytes = host
                .read_file(explicit)
                .map_err(|error| Failure::message(format!("stat {explicit}: {}", go_error(error))))?;
            let document = parse(explicit, &bytes)?;
            return Ok(Kubeconfig { document, path: explicit.to_owned(), files: vec![explicit.to_owned()] });
        }
        let paths = default_paths(host);
        let mut config = Kubeconfig { path: paths.first().cloned().unwrap_or_default(), ..Kubeconfig::default() };
        for path in &paths {
            let Ok(bytes) = host.read_file(path) else { continue };
            merge(&mut config.document, parse(path, &bytes)?);
            if config.files.is_empty() {
                config.path = path.clone();
            }
            config.files.push(path.clone());
        }
        Ok(config)
    }

    /// The content of an entry (`clusters`, `contexts`, `users`) by name.
    pub fn entry(&self, section: &str, name: &str) -> Option<&Value> {
        let key = content_key(section);
        let found = list(&self.document, &[section]).iter().find(|entry| text(entry, &["name"]) == name)?;
        Some(found.get(key).unwrap_or(&Value::Null))
    }

    /// Changes the content of an entry, made if it is not there.
    pub fn edit(&mut self, section: &str, name: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let key = content_key(section);
        if self.entry(section, name).is_none() {
            self.push(section, json!({"name": name, key: {}}));
        }
        let entries = self.document.get_mut(section).and_then(Value::as_array_mut).into_iter().flatten();
        for entry in entries {
            if text(entry, &["name"]) == name {
                change(crate::api::object::mapping(entry, &[key]));
                return;
            }
        }
    }

    fn push(&mut self, section: &str, entry: Value) {
        let mapping = crate::api::object::mapping(&mut self.document, &[]);
        let entries = mapping.entry(section.to_owned()).or_insert_with(|| json!([]));
        if !entries.is_array() {
            *entries = json!([]);
        }
        if let Some(entries) = entries.as_array_mut() {
            entries.push(entry);
            sorted::sort_by(entries, |a, b| text(a, &["name"]).cmp(text(b, &["name"])));
        }
    }

    /// Removes an entry; false if there was none.
    pub fn remove(&mut self, section: &str, name: &str) -> bool {
        let Some(entries) = self.document.get_mut(section).and_then(Value::as_array_mut) else { return false };
        let before = entries.len();
        entries.retain(|entry| text(entry, &["name"]) != name);
        before != entries.len()
    }

    /// The names in a section, sorted.
    pub fn names(&self, section: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            list(&self.document, &[section]).iter().map(|entry| text(entry, &["name"])).collect();
        sorted::sort(&mut names);
        names
    }

    /// `current-context`; empty where it is not set.
    pub fn current_context(&self) -> &str {
        text(&self.document, &["current-context"])
    }

    /// Whether nothing is configured at all.
    pub fn is_empty(&self) -> bool {
        SECTIONS.iter().all(|(section, _)| list(&self.document, &[section]).is_empty())
    }

    /// The document as client-go writes it: every section there, empty ones as `null`, entries sorted.
    pub fn normalized(&self) -> Value {
        let mut document = json!({"apiVersion": "v1", "kind": "Config", "current-context": self.current_context()});
        for (section, key) in SECTIONS {
            let mut entries: Vec<Value> = list(&self.document, &[section])
                .iter()
                .map(|entry| {
                    let content = match entry.get(key) {
                        Some(content) if content.is_object() => content.clone(),
                        _ => json!({}),
                    };
                    json!({"name": text(entry, &["name"]), key: content})
                })
                .collect();
            sorted::sort_by(&mut entries, |a, b| text(a, &["name"]).cmp(text(b, &["name"])));
            let value = if entries.is_empty() { Value::Null } else { Value::Array(entries) };
            crate::api::object::set(&mut document, &[section], value);
        }
        document
    }

    /// Writes the file back.
    ///
    /// # Errors
    /// A file that can't be written.
    pub fn save(&self, host: &mut dyn Host) -> Result<(), Failure> {
        let text = crate::api::yaml::print(&self.normalized());
        host.write_file(&self.path, text.as_bytes())
            .map_err(|error| Failure::message(format!("open {}: {error}", self.path)))
    }
}

fn content_key(section: &str) -> &'static str {
    SECTIONS.iter().find(|(name, _)| *name == section).map(|(_, key)| *key).unwrap_or("value")
}

fn default_paths(host: &dyn Host) -> Vec<String> {
    let listed = host.variable("KUBECONFIG").unwrap_or_default();
    let mut paths: Vec<String> = Vec::new();
    for path in listed.split(':').filter(|path| !path.is_empty()) {
        if !paths.iter().any(|known| known == path) {
            paths.push(path.to_owned());
        }
    }
    if paths.is_empty() {
        let home = host.variable("HOME").unwrap_or_else(|| "/root".to_owned());
        paths.push(format!("{}/.kube/config", home.trim_end_matches('/')));
    }
    paths
}

thread_local! {
    /// The last file that was read: every command reads the same one.
    static LAST: RefCell<(Vec<u8>, Value)> = const { RefCell::new((Vec::new(), Value::Null)) };
}

fn parse(path: &str, bytes: &[u8]) -> Result<Value, Failure> {
    let known = LAST.with_borrow(|(read, document)| (read == bytes && document.is_object()).then(|| document.clone()));
    if let Some(document) = known {
        return Ok(document);
    }
    let document = parse_anew(path, bytes)?;
    LAST.set((bytes.to_vec(), document.clone()));
    Ok(document)
}

fn parse_anew(path: &str, bytes: &[u8]) -> Result<Value, Failure> {
    let problem = |why: String| Failure::message(format!("error loading config file {}: {why}", go::quote(path)));
    let source = std::str::from_utf8(bytes).map_err(|_| problem("yaml: invalid leading UTF-8 octet".to_owned()))?;
    let document = crate::api::yaml::parse(source).map_err(problem)?;
    match document {
        Value::Null => Ok(json!({})),
        Value::Object(_) => Ok(document),
        _ => Err(problem(
            "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of \
             type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \
             \"json:\\\"kind,omitempty\\\"\" }"
                .to_owned(),
        )),
    }
}

/// Lays a later file under the earlier ones: the first to name something wins.
fn merge(into: &mut Value, later: Value) {
    if into.is_null() {
        *into = later;
        return;
    }
    for (section, _) in SECTIONS {
        for entry in list(&later, &[section]) {
            let known = list(into, &[section]).iter().any(|e| text(e, &["name"]) == text(entry, &["name"]));
            if known {
                continue;
            }
            let mapping = crate::api::object::mapping(into, &[]);
            let entries = mapping.entry(section.to_owned()).or_insert_with(|| json!([]));
            if let Some(entries) = entries.as_array_mut() {
                entries.push(entry.clone());
            }
        }
    }
    if text(into, &["current-context"]).is_empty() {
        crate::api::object::set(into, &["current-context"], json!(text(&later, &["current-context"])));
    }
}
