//! What a running command holds: its flags, its connection, and what it has printed so far.

use crate::api::go;
use crate::api::kinds::Kind;
use crate::api::object::Object;
use crate::api::request::{Request, Response};
use crate::kubectl::command::Command;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flags;
use crate::kubectl::host::{Host, Outcome};
use crate::kubectl::session::Session;

/// One invocation of one command.
pub struct Context<'a> {
    /// The machine it runs on.
    pub host: &'a mut dyn Host,
    /// The command.
    pub command: &'static Command,
    /// `kubectl create token`.
    pub path: String,
    /// Its flags and arguments.
    pub flags: Flags,
    /// Every word after `kubectl`, as typed.
    pub words: &'a [String],
    /// What stands on standard input.
    pub stdin: &'a [u8],
    /// What has been printed.
    pub outcome: Outcome,
    session: Option<Session>,
    warned: Vec<String>,
}

impl<'a> Context<'a> {
    /// A command about to run.
    pub fn new(
        host: &'a mut dyn Host,
        command: &'static Command,
        path: String,
        flags: Flags,
        words: &'a [String],
        stdin: &'a [u8],
    ) -> Self {
        let outcome = Outcome::default();
        Context { host, command, path, flags, words, stdin, outcome, session: None, warned: Vec::new() }
    }

    /// The arguments that are not flags.
    pub fn arguments(&self) -> &[String] {
        &self.flags.arguments
    }

    /// Prints to standard output.
    pub fn print(&mut self, text: impl Into<String>) {
        self.outcome.print(text);
    }

    /// Prints to standard error.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.outcome.warn(text);
    }

    /// Prints `Warning: TEXT` to standard error, every text once.
    pub fn warn_once(&mut self, text: &str) {
        if !self.warned.iter().any(|known| known == text) {
            self.warned.push(text.to_owned());
            self.outcome.warn(format!("Warning: {text}\n"));
        }
    }

    /// The resolved connection.
    ///
    /// # Errors
    /// A configuration that names what is not there.
    pub fn session(&mut self) -> Result<&Session, Failure> {
        let session = match self.session.take() {
            Some(session) => session,
            None => Session::open(self.host, &self.flags)?,
        };
        Ok(self.session.insert(session))
    }

    /// The namespace to work in: `-n`, the context's, or `default`.
    ///
    /// # Errors
    /// As [`Context::session`].
    pub fn namespace(&mut self) -> Result<String, Failure> {
        Ok(self.session()?.namespace.clone())
    }

    /// The namespace for an object from a file: its own, or the one to work in; they must agree if `-n` was given.
    ///
    /// # Errors
    /// A clash between the two.
    pub fn namespace_of(&mut self, object: &Object) -> Result<String, Failure> {
        let session = self.session()?;
        let own = crate::api::object::namespace(object);
        if own.is_empty() {
            return Ok(session.namespace.clone());
        }
        if session.namespace_given && own != session.namespace {
            return Err(Failure::message(format!(
                "the namespace from the provided object {} does not match the namespace {}. You must pass \
                 '--namespace={own}' to perform this operation.",
                go::quote(own),
                go::quote(&session.namespace)
            )));
        }
        Ok(own.to_owned())
    }

    /// Sends a request as the configured user and returns the answer whatever it says. Warnings are printed.
    ///
    /// # Errors
    /// A server that can't be reached.
    pub fn send(&mut self, request: Request) -> Result<Response, Failure> {
        let verbosity = self.flags.integer("v");
        let session = self.session()?.clone();
        session.connect(self.host.client())?;
        let line = (verbosity >= 6).then(|| (request.method.name(), format!("{}{}", session.server, request.url())));
        let origin = self.host.origin();
        let response = self.host.client().send(Request { origin, ..session.authenticate(request) });
        if let Some((method, url)) = line {
            let text = crate::kubectl::verbosity::response_line(self.host.client().now(), method, &url, response.code);
            self.outcome.warn(text);
        }
        for warning in response.warnings() {
            self.warn_once(&warning);
        }
        Ok(response)
    }

    /// Sends a request and returns the object it was answered with.
    ///
    /// # Errors
    /// The server's `Status`, or a server that can't be reached.
    pub fn request(&mut self, request: Request) -> Result<Object, Failure> {
        Ok(self.send(request)?.result()?)
    }

    /// GETs one object.
    ///
    /// # Errors
    /// As [`Context::request`]; a name that can't stand in a path.
    pub fn get(&mut self, kind: &Kind, namespace: &str, name: &str) -> Result<Object, Failure> {
        self.request(Request::get(object_path(kind, namespace, name)?))
    }

    /// Lists objects; an empty namespace means all of them. Items carry their `apiVersion` and `kind`.
    ///
    /// # Errors
    /// As [`Context::request`].
    pub fn list(&mut self, kind: &Kind, namespace: &str, labels: &str, fields: &str) -> Result<Object, Failure> {
        let mut request = Request::get(kind.path(namespace));
        if !fields.is_empty() {
            request = request.query("fieldSelector", fields);
        }
        if !labels.is_empty() {
            request = request.query("labelSelector", labels);
        }
        let mut answer = self.request(request.query("limit", "500"))?;
        fill_items(&mut answer);
        Ok(answer)
    }
}

/// The path of one object (`/api/v1/namespaces/default/pods/p`).
///
/// # Errors
/// A name that can't stand in a path.
pub fn object_path(kind: &Kind, namespace: &str, name: &str) -> Result<String, Failure> {
    check_path_name(name)?;
    Ok(format!("{}/{name}", kind.path(namespace)))
}

/// Refuses names that can't stand in a path: `invalid resource name "a/b": [may not contain '/']`.
///
/// # Errors
/// client-go's sentence.
pub fn check_path_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::message("resource name may not be empty"));
    }
    let mut problems: Vec<String> = Vec::new();
    if name == "." || name == ".." {
        problems.push(format!("may not be '{name}'"));
    }
    problems.extend(['/', '%'].iter().filter(|c| name.contains(**c)).map(|c| format!("may not contain '{c}'")));
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::message(format!("invalid resource name {}: [{}]", go::quote(name), problems.join(" "))))
}

/// Gives the items of a list their `apiVersion` and `kind`, which the server leaves out.
pub fn fill_items(list: &mut Object) {
    let api_version = crate::api::object::api_version(list).to_owned();
    let Some(kind) = crate::api::object::kind(list).strip_suffix("List").map(str::to_owned) else { return };
    let Some(items) = list.get_mut("items").and_then(serde_json::Value::as_array_mut) else { return };
    for item in items {
        crate::api::object::set_default(item, &["apiVersion"], api_version.clone().into());
        crate::api::object::set_default(item, &["kind"], kind.clone().into());
    }
}
