//! Subresources: `status`, `scale`, `finalize`, `binding`, `log`, `exec`, `token`.
//!
//! Follows pkg/registry/core/{pod,namespace,serviceaccount}/{rest,storage}. `attach`, `portforward`, `proxy`,
//! `eviction`, `ephemeralcontainers` and `resize` are not simulated.

use crate::api::container::ContainerRef;
use crate::api::kinds::{self, Kind};
use crate::api::object::{self, Object, at, list, set, text};
use crate::api::request::{Body, Method, Response};
use crate::api::status::Status;
use crate::api::user::UserInfo;
use crate::cluster::admission::Operation;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::create::match_namespace;
use crate::cluster::apiserver::patch::form;
use crate::cluster::apiserver::paths::not_simulated;
use crate::cluster::apiserver::update::match_name;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::registry::{self, token_request};
use crate::cluster::trace::Actor;
use serde_json::{Value, json};
use std::rc::Rc;

impl ApiServer {
    /// Answers an authorized request about a subresource.
    pub(super) fn subresource(&mut self, call: &mut Call<'_>, kind: &'static Kind) -> Result<Response, Status> {
        let info = &call.info;
        let stored = kinds::by_plural(&info.group, &info.resource)
            .and_then(|kind| {
                Some(Stored { kind, strategy: registry::strategy_in(self.settings.kubernetes, &kind.resource())? })
            })
            .ok_or_else(Status::no_such_path)?;
        match info.subresource.as_str() {
            "status" => self.part(call, stored),
            "finalize" => self.part(call, stored),
            "scale" => self.scale(call, stored),
            "binding" => self.bind(call, stored),
            "log" => self.log(call, stored),
            "exec" => self.exec(call, stored),
            "token" => self.token(call, stored),
            other => {
                let nearest = match other {
                    "attach" => "; kubectl exec is",
                    "eviction" => "; kubectl delete pod is",
                    _ => "",
                };
                Err(not_simulated(&format!("{} ({}){nearest}", kind.plural, kind.api_version())))
            }
        }
    }

    /// `status` and `finalize`: an update that the strategy limits to its part of the object.
    fn part(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let (old, object) = match call.info.verb.as_str() {
            "get" => return self.get(call, stored),
            "update" => {
                let (mut object, warnings) = body::decode_kind(call, stored.kind, call.strictness()?)?;
                call.warnings.extend(warnings);
                match_namespace(&mut object, call, stored.kind.namespaced)?;
                match_name(&object, call)?;
                self.default(call, stored, &mut object);
                (self.find(call, stored.kind)?, object)
            }
            _ => {
                let form = form(call)?;
                self.patched(call, stored, form)?
            }
        };
        let object = self.commit(call, stored, &old, object)?;
        self.answer(call, 200, stored, object)
    }

    /// `binding`: what the scheduler does to a pod.
    pub(super) fn bind(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let (binding, _) = body::decode(call, "v1", "Binding", call.strictness()?)?;
        let node = text(&binding, &["target", "name"]).to_owned();
        if node.is_empty() {
            let error = crate::api::status::FieldError::required("target.name", "");
            return Err(Status::invalid("", "Binding", object::name(&binding), &[error]));
        }
        let old = self.find(call, stored.kind)?;
        let conflict = |cause: String| Status::conflict("", "pods/binding", &call.info.name, &cause);
        if !at(&old, &["metadata", "deletionTimestamp"]).is_null() {
            return Err(conflict(format!("pod {} is being deleted, cannot be assigned to a host", call.info.name)));
        }
        let current = text(&old, &["spec", "nodeName"]);
        if !current.is_empty() {
            return Err(conflict(format!("pod {} is already assigned to node \"{current}\"", call.info.name)));
        }
        let mut pod = (*old).clone();
        set(&mut pod, &["spec", "nodeName"], node.into());
        let mut condition = json!({
            "type": "PodScheduled", "status": "True", "lastProbeTime": null,
            "lastTransitionTime": self.now().rfc3339(),
        });
        if let Some(generation) = object::integer(&old, &["metadata", "generation"]) {
            set(&mut condition, &["observedGeneration"], generation.into());
        }
        let mut conditions: Vec<Value> = list(&pod, &["status", "conditions"])
            .iter()
            .filter(|condition| text(condition, &["type"]) != "PodScheduled")
            .cloned()
            .collect();
        conditions.push(condition);
        set(&mut pod, &["status", "conditions"], Value::Array(conditions));
        if !call.dry_run() {
            let key = call.key(stored.kind);
            self.put(call, key, pod);
        }
        Ok(Response::json(201, Rc::new(success(201))))
    }

    fn log(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let pod = self.find(call, stored.kind)?;
        let container = chosen(call, &pod)?;
        let waiting = |what: &str| {
            let name = crate::api::go::quote(&container);
            Status::bad_request(format!(
                "container {name} in pod {} is {what}",
                crate::api::go::quote(object::name(&pod))
            ))
        };
        if text(&pod, &["spec", "nodeName"]).is_empty() {
            let quoted = crate::api::go::quote(object::name(&pod));
            return Err(Status::bad_request(format!("pod {quoted} does not have a host assigned")));
        }
        let previous = call.flag("previous");
        let Some(text) = self.logs.get(object::uid(&pod), &container, previous) else {
            if previous {
                return Err(Status::bad_request(format!(
                    "previous terminated container {} in pod {} not found",
                    crate::api::go::quote(&container),
                    crate::api::go::quote(object::name(&pod))
                )));
            }
            return match waiting_reason(&pod, &container) {
                Some(reason) => Err(waiting(&format!("waiting to start: {reason}"))),
                None => Ok(plain(String::new())),
            };
        };
        let tail = call.request.parameter("tailLines").and_then(|lines| lines.parse::<usize>().ok());
        Ok(plain(match tail {
            Some(count) => last_lines(text, count),
            None => text.to_owned(),
        }))
    }

    fn exec(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        if matches!(call.request.method, Method::Get) {
            // A WebSocket opens with a GET, but starts a process: it needs the right to create as well.
            let mut attributes = super::attributes(&call.info, "");
            attributes.user = UserInfo::clone(&call.user);
            attributes.verb = "create".to_owned();
            self.authorize(call, &attributes)?;
        }
        let pod = self.find(call, stored.kind)?;
        self.validate_admission(call, stored, Operation::Connect, &Value::Null, Some(&pod))?;
        let phase = text(&pod, &["status", "phase"]);
        if matches!(phase, "Succeeded" | "Failed") {
            let message = format!("cannot exec into a container in a completed pod; current phase is {phase}");
            return Err(Status::bad_request(message));
        }
        let container = chosen(call, &pod)?;
        if text(&pod, &["spec", "nodeName"]).is_empty() {
            let quoted = crate::api::go::quote(object::name(&pod));
            return Err(Status::bad_request(format!("pod {quoted} does not have a host assigned")));
        }
        if !is_running(&pod, &container) {
            let message =
                format!("unable to upgrade connection: container not found ({})", crate::api::go::quote(&container));
            return Err(Status::other(500, "InternalError", message));
        }
        let reference = ContainerRef {
            namespace: object::namespace(&pod).to_owned(),
            pod: object::name(&pod).to_owned(),
            pod_uid: object::uid(&pod).to_owned(),
            container,
        };
        Ok(Response { code: 101, body: Body::Exec(reference), ..Response::default() })
    }

    fn token(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let strictness = call.strictness()?;
        let (mut object, warnings) = body::decode(call, "authentication.k8s.io/v1", "TokenRequest", strictness)?;
        call.warnings.extend(warnings);
        match_namespace(&mut object, call, true)?;
        self.mutate(call, stored, Operation::Create, &mut object, None)?;
        let now = self.now();
        let key = call.key(stored.kind);
        let account = self.store.get(&key.resource, &key.namespace, &key.name);
        let account_uid = account.as_deref().map(object::uid).unwrap_or_default();
        let bound = text(&object, &["spec", "boundObjectRef", "uid"]);
        let purpose = format!("token/{}/{account_uid}/{bound}", now.unix_micros());
        let mut random = Random::stream(self.settings.seed, &purpose);
        let mut context =
            token_request::Context { reader: &self.store, random: &mut random, settings: &self.settings, now };
        let answer = token_request::create(&object, &key.namespace, &key.name, &mut context)?;
        call.warnings.extend(answer.warnings);
        self.note(call, Actor::ApiServer, answer.issued);
        let mut response = Response::json(201, Rc::new(answer.object));
        response.token = Some(answer.token);
        Ok(response)
    }
}

/// `Status` of a success.
pub fn success(code: u16) -> Object {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code})
}

fn plain(text: String) -> Response {
    Response { code: 200, body: Body::Text(text), ..Response::default() }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().concat()
}

/// The container that a request names, or the only one.
fn chosen(call: &Call<'_>, pod: &Object) -> Result<String, Status> {
    let names = |field: &str| -> Vec<&str> {
        list(pod, &["spec", field]).iter().map(|container| text(container, &["name"])).collect()
    };
    let name = object::name(pod);
    let wanted = call.request.parameter("container").unwrap_or_default();
    let (containers, init) = (names("containers"), names("initContainers"));
    if wanted.is_empty() {
        return match containers.as_slice() {
            [only] => Ok((*only).to_owned()),
            many => {
                let mut message =
                    format!("a container name must be specified for pod {name}, choose one of: [{}]", many.join(" "));
                if !init.is_empty() {
                    message.push_str(&format!(" or one of the init containers: [{}]", init.join(" ")));
                }
                Err(Status::bad_request(message))
            }
        };
    }
    let known = containers.iter().chain(&init).chain(&names("ephemeralContainers")).any(|one| *one == wanted);
    if known {
        return Ok(wanted.to_owned());
    }
    Err(Status::bad_request(format!("container {wanted} is not valid for pod {name}")))
}

fn container_status<'a>(pod: &'a Object, container: &str) -> Option<&'a Value> {
    ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]
        .iter()
        .flat_map(|field| list(pod, &["status", field]))
        .find(|status| text(status, &["name"]) == container)
}

fn is_running(pod: &Object, container: &str) -> bool {
    container_status(pod, container).is_some_and(|status| !at(status, &["state", "running"]).is_null())
}

fn waiting_reason(pod: &Object, container: &str) -> Option<String> {
    let Some(status) = container_status(pod, container) else {
        return Some("ContainerCreating".to_owned());
    };
    let reason = text(status, &["state", "waiting", "reason"]);
    (!reason.is_empty()).then(|| match reason {
        "ImagePullBackOff" | "ErrImagePull" => "trying and failing to pull image".to_owned(),
        other => other.to_owned(),
    })
}
