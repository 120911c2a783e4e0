//! A host with canned answers, for tests of commands.
#![allow(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::api::Timestamp;
use crate::api::client::Client;
use crate::api::container::{Container, ContainerRef};
use crate::api::files::FileError;
use crate::api::request::{Body, Request, Response, Watch, WatchEvent};
use crate::api::status::Status;
use crate::kubectl::host::{Host, Outcome};
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// The certificate of the fake cluster's authority.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";

/// A workstation whose cluster answers what the test says.
#[derive(Default)]
pub struct FakeHost {
    pub client: FakeClient,
    pub files: BTreeMap<String, Vec<u8>>,
    pub variables: BTreeMap<String, String>,
    pub run: Option<Outcome>,
}

/// Answers by `METHOD URL`; everything else is 404.
#[derive(Default)]
pub struct FakeClient {
    pub answers: BTreeMap<String, Response>,
    pub requests: Vec<Request>,
    pub events: Vec<WatchEvent>,
}

/// An answer with JSON.
pub fn json(code: u16, value: Value) -> Response {
    Response::json(code, Rc::new(value))
}

/// A server-side table of names and ages, made `seconds` before now.
pub fn table(columns: &[&str], rows: &[(&[&str], Value)]) -> Response {
    let columns: Vec<Value> = columns.iter().map(|name| serde_json::json!({"name": name, "priority": 0})).collect();
    let rows: Vec<Value> =
        rows.iter().map(|(cells, object)| serde_json::json!({"cells": cells, "object": object})).collect();
    json(
        200,
        serde_json::json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": columns, "rows": rows}),
    )
}

impl FakeHost {
    /// A workstation with an administrator's kubeconfig.
    pub fn new() -> Self {
        let mut host = FakeHost::default();
        host.variables.insert("HOME".into(), "/home/lab".into());
        use base64::Engine;
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let config = format!(
            "apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {}
    server: https://kube-apiserver:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: {}
    client-key-data: {}
",
            encode(AUTHORITY),
            encode("CERT"),
            encode("KEY")
        );
        host.files.insert("/home/lab/.kube/config".into(), config.into_bytes());
        host
    }

    /// With one more answer (`GET /api/v1/namespaces/default/pods?limit=500`).
    pub fn with(mut self, request: &str, response: Response) -> Self {
        self.client.answers.insert(request.to_owned(), response);
        self
    }

    /// Runs a line: words split at blanks, quotes not understood.
    pub fn run(&mut self, line: &str) -> (String, String, i32) {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        self.run_words(&words, "")
    }

    /// Runs words: standard output, standard error, exit code.
    pub fn run_words(&mut self, words: &[&str], stdin: &str) -> (String, String, i32) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let outcome = crate::kubectl::run(self, &words, stdin.as_bytes());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(outcome.stdout()), text(outcome.stderr()), outcome.exit)
    }

    /// The requests so far, as `METHOD URL`.
    pub fn asked(&self) -> Vec<String> {
        self.client.requests.iter().map(|request| format!("{} {}", request.method.name(), request.url())).collect()
    }
}

impl Host for FakeHost {
    fn client(&mut self) -> &mut dyn Client {
        &mut self.client
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.files.get(path).cloned().ok_or(FileError::NotFound)
    }

    fn write_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        self.files.insert(path.to_owned(), contents.to_vec());
        Ok(())
    }

    fn list_folder(&self, path: &str) -> Option<Vec<String>> {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let names: Vec<String> = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&prefix)?.split('/').next().map(str::to_owned))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn run_in_container(&mut self, _: &ContainerRef, _: &[String], _: &[u8]) -> Outcome {
        self.run.clone().unwrap_or_default()
    }
}

impl Client for FakeClient {
    fn send(&mut self, request: Request) -> Response {
        let key = format!("{} {}", request.method.name(), request.url());
        self.requests.push(request);
        match self.answers.get(&key) {
            Some(answer) => answer.clone(),
            None => Response::status(&Status::no_such_path()),
        }
    }

    fn poll(&mut self, _: &mut Watch) -> Vec<WatchEvent> {
        std::mem::take(&mut self.events)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_795_476_139)
    }

    fn sleep(&mut self, _: Duration) {}

    fn next_due(&self) -> Option<Timestamp> {
        None
    }

    fn container(&self, _: &ContainerRef) -> Option<Container> {
        None
    }

    fn write_container_file(&mut self, _: &ContainerRef, _: &str, _: &[u8]) -> Result<(), FileError> {
        Err(FileError::NotFound)
    }

    fn server_authority(&self) -> &str {
        AUTHORITY
    }
}

/// An answer that opened a watch.
pub fn watch() -> Response {
    Response { code: 200, body: Body::Watch(Watch::default()), ..Response::default() }
}
