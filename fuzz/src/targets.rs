//! Every parser that meets strangers' bytes, each as a function that must come back, whatever they are.

use salab::protobuf;
use serde_json::{Value, json};
use serviceaccount_lab::api::client::Client;
use serviceaccount_lab::api::request::{Body, Credential, Method, Request};
use serviceaccount_lab::api::selector::{FieldSelector, LabelSelector};
use serviceaccount_lab::api::{patch, schema, token as jwt, yaml};
use serviceaccount_lab::cluster::keys::ADMIN;
use serviceaccount_lab::cluster::{Cluster, token};
use serviceaccount_lab::embed::{lms, message, options};
use serviceaccount_lab::kubectl::printers::{gotemplate, jsonpath};
use serviceaccount_lab::lab::link::SessionFile;
use serviceaccount_lab::lab::{Lab, Settings};
use serviceaccount_lab::lesson::{self, course::Course};
use serviceaccount_lab::shell::parser::Parser;
use serviceaccount_lab::shell::programs::jq::syntax;
use serviceaccount_lab::shell::{needs_more, split_commands};
use std::cell::OnceCell;
use std::rc::Rc;

/// What comes back, whatever the bytes are.
pub type Target = fn(&[u8]);

/// By name.
pub const ALL: [(&str, Target); 16] = [
    ("manifests", manifests),
    ("lines", lines),
    ("commands", commands),
    ("jsonpath", jsonpath),
    ("templates", templates),
    ("jq", jq),
    ("patches", patches),
    ("selectors", selectors),
    ("tokens", tokens),
    ("links", links),
    ("lessons", lessons),
    ("progress", progress),
    ("messages", messages),
    ("options", options),
    ("requests", requests),
    ("protobuf", protobuf),
];

/// A file for `kubectl apply`: what is read prints as something that reads as the same.
fn manifests(bytes: &[u8]) {
    let documents = yaml::read(&String::from_utf8_lossy(bytes));
    for document in &documents.documents {
        // go-yaml prints what nobody can read: a document that is but a text, which begins with an empty line, and a key
        // `<<` as if there were something to merge. So does the lab.
        let printed = yaml::print(&document.value);
        if document.value.is_object() && !has_key(&document.value, "<<") {
            assert_eq!(yaml::parse(&printed).as_ref(), Ok(&document.value), "{printed}");
        }
        let text = |field: &str| document.value[field].as_str().unwrap_or_default().to_owned();
        let _ = schema::decode(&text("apiVersion"), &text("kind"), document.value.clone(), schema::Strictness::Strict);
    }
}

fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| name == key || has_key(value, key)),
        Value::Array(items) => items.iter().any(|item| has_key(item, key)),
        _ => false,
    }
}

/// A line of the terminal, read and not run.
fn lines(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = needs_more(&text);
    for entry in split_commands(&text) {
        let mut parser = Parser::new(&entry);
        while let Ok(Some(_)) = parser.next_line() {}
    }
}

/// A line of the terminal, run: kubectl, curl, jq and all.
fn commands(bytes: &[u8]) {
    thread_local!(static LAB: OnceCell<Lab> = const { OnceCell::new() });
    let mut lab = LAB.with(|lab| {
        lab.get_or_init(|| {
            let mut lab = Lab::new(Settings::default());
            lab.set_interactive(false);
            lab.run("kubectl run box --image=busybox -- sleep 3600");
            lab
        })
        .clone()
    });
    lab.run(&String::from_utf8_lossy(bytes));
}

fn sample() -> Value {
    json!({"items": [
        {"kind": "Pod", "metadata": {"name": "a", "labels": {"app": "web", "a.b/c": "d"}}, "spec": {"containers": [{"name": "c"}]}},
        {"kind": "Pod", "metadata": {"name": "b"}, "status": {"n": 1, "f": 0.5, "t": true, "none": null}},
    ]})
}

fn jsonpath(bytes: &[u8]) {
    if let Ok(template) = jsonpath::Template::new(&String::from_utf8_lossy(bytes), true) {
        let _ = template.execute(&sample());
    }
}

fn templates(bytes: &[u8]) {
    if let Ok(template) = gotemplate::Template::new(&String::from_utf8_lossy(bytes), true) {
        let _ = template.execute(&sample());
    }
}

fn jq(bytes: &[u8]) {
    let _ = syntax::read(&String::from_utf8_lossy(bytes));
}

/// The first byte chooses the kind of patch.
fn patches(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let Ok(changes) = serde_json::from_slice::<Value>(bytes) else { return };
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"x": "y"}},
        "spec": {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80, "protocol": "TCP"}]}], "tolerations": [{"key": "k"}]}});
    match kind % 4 {
        0 => drop(patch::json(&pod, &changes)),
        1 => drop(patch::merge(&pod, &changes)),
        2 => drop(patch::strategic("v1", "Pod", &pod, &changes)),
        _ => drop(patch::three_way_strategic("v1", "Pod", &pod, &changes, &pod)),
    }
}

fn selectors(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(selector) = LabelSelector::parse(&text) {
        let _ = selector.matches(&sample()["items"][0]);
    }
    if let Ok(selector) = FieldSelector::parse(&text) {
        let _ = selector.matches(|field| (field == "metadata.name").then(|| "a".to_owned()));
    }
}

fn tokens(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = jwt::decode_part(&text);
    if let Some(parsed) = token::parse(&text) {
        assert!(token::verify(&text, &parsed.header).is_err(), "a token that nobody signed");
    }
}

/// A link, or a session file; not played.
fn links(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = SessionFile::read(&text);
    let _ = SessionFile::read_link(&format!("#session=2.{text}"));
}

fn lessons(bytes: &[u8]) {
    let _ = lesson::parse("strange.md", &String::from_utf8_lossy(bytes));
}

fn progress(bytes: &[u8]) {
    let _ = Course::read(&String::from_utf8_lossy(bytes));
}

/// What a host page sends, and what a learning platform kept.
fn messages(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = message::read(&text);
    let _ = lms::Kept::read(&text, &["00-first-five-minutes".to_owned()]);
}

fn options(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for embedded in [false, true] {
        let _ = options::Options::read(&text, embedded);
    }
}

/// A request to the API server: the method, the address and the headers in lines, then the body.
fn requests(bytes: &[u8]) {
    thread_local!(static CLUSTER: OnceCell<Cluster> = const { OnceCell::new() });
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut head = head.lines();
    let (method, url) = head.next().unwrap_or_default().split_once(' ').unwrap_or_default();
    let mut request = Request::new(Method::parse(method).unwrap_or(Method::Get), "/").with_url(url);
    for (name, value) in head.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    request.body = Body::Bytes(Rc::from(body.as_bytes()));
    if request.header_value("authorization").is_none() {
        request.credential = Some(Credential::Certificate(Rc::from(ADMIN.pem)));
    }
    let mut cluster = CLUSTER.with(|cluster| cluster.get_or_init(|| Cluster::new(Settings::default())).clone());
    let _ = cluster.send(request).bytes(true);
}

fn protobuf(bytes: &[u8]) {
    let _ = protobuf::read(bytes);
}
