//! `create`.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go and
//! staging/src/k8s.io/apiserver/pkg/registry/{rest/create.go,generic/registry/store.go}.

use crate::api::object::{self, Object, remove, set, text};
use crate::api::request::Response;
use crate::api::status::Status;
use crate::cluster::admission::{self, Operation};
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::kept::Kept;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::registry::{escalation, metadata};
use crate::cluster::store::Key;
use crate::cluster::trace::{Actor, Event, FieldChange};
use serde_json::Value;
use std::rc::Rc;

/// How often a generated name is tried.
const NAME_ATTEMPTS: u32 = 8;
/// The longest prefix of a generated name, and how many letters follow it.
const PREFIX_MAX: usize = 58;
const SUFFIX_LENGTH: usize = 5;

impl ApiServer {
    /// `create`: decoding, defaults, admission, validation, storage.
    pub(super) fn create(&mut self, call: &mut Call<'_>, stored: Stored) -> Result<Response, Status> {
        let kind = stored.kind;
        let strictness = call.strictness()?;
        let (mut object, warnings) = body::decode_kind(call, kind, strictness)?;
        call.warnings.extend(warnings);
        match_namespace(&mut object, call, kind.namespaced)?;
        self.default(call, stored, &mut object);
        self.mutate(call, stored, Operation::Create, &mut object, None)?;
        escalation::check(&object, None, kind, &call.info.namespace, &call.user, &self.store)?;
        let generated = self.before_create(call, stored, &mut object)?;
        self.validate_admission(call, stored, Operation::Create, &object, None)?;
        let object = self.store_new(call, stored, object, generated)?;
        self.answer(call, 201, stored, object)
    }

    /// Puts the defaults of the resource into an object, and says so.
    pub(super) fn default(&mut self, call: &Call<'_>, stored: Stored, object: &mut Object) {
        let before = object.clone();
        stored.strategy.default(object);
        if before == *object {
            return;
        }
        let changes = differences(&before, object);
        if changes.is_empty() {
            return;
        }
        let event =
            Event::Mutated { before: Kept::new(before), after: Kept::new(object.clone()), changes, checks: Vec::new() };
        self.note(call, Actor::ApiServer, event);
    }

    /// Runs the admission plugins that may change an object.
    pub(super) fn mutate(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        operation: Operation,
        object: &mut Object,
        old: Option<&Object>,
    ) -> Result<(), Status> {
        self.admit(call, stored, operation, old, |attributes, context| admission::mutate(object, attributes, context))
    }

    /// Runs the admission plugins that only look.
    pub(super) fn validate_admission(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        operation: Operation,
        object: &Object,
        old: Option<&Object>,
    ) -> Result<(), Status> {
        self.admit(call, stored, operation, old, |attributes, context| admission::validate(object, attributes, context))
    }

    fn admit(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        operation: Operation,
        old: Option<&Object>,
        run: impl FnOnce(&admission::Attributes<'_>, &mut admission::Context<'_>) -> Result<(), Status>,
    ) -> Result<(), Status> {
        let mut context = admission::Context {
            reader: &self.store,
            random: &mut self.random,
            now: self.clock.now(),
            settings: &self.settings,
            warnings: Vec::new(),
            record: Vec::new(),
        };
        let attributes = admission::Attributes {
            operation,
            user: &call.user,
            kind: stored.kind,
            subresource: &call.info.subresource,
            namespace: if stored.kind.namespaced { &call.info.namespace } else { "" },
            name: &call.info.name,
            old,
        };
        let outcome = run(&attributes, &mut context);
        let (warnings, record) = (context.warnings, context.record);
        call.warnings.extend(warnings);
        for (actor, event) in record {
            self.note(call, actor, event);
        }
        call.refusal_traced = outcome.is_err();
        outcome
    }

    /// What the server fills in, and validation. Returns whether the name was made here.
    fn before_create(&mut self, call: &mut Call<'_>, stored: Stored, object: &mut Object) -> Result<bool, Status> {
        let (kind, strategy) = (stored.kind, stored.strategy);
        let now = self.now();
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"] {
            remove(object, &["metadata", field]);
        }
        let uid = if call.dry_run() {
            Random::stream(self.settings.seed, &format!("dry run/{}", now.unix_micros())).uuid()
        } else {
            // Drawn when it is stored, so that refused requests leave no mark on later names.
            String::new()
        };
        set(object, &["metadata", "uid"], Value::from(uid));
        set(object, &["metadata", "creationTimestamp"], Value::from(now.rfc3339()));
        if strategy.has_generation() {
            set(object, &["metadata", "generation"], Value::from(1));
        }
        strategy.prepare_for_create(object, now);
        metadata::normalize(object);
        let prefix = text(object, &["metadata", "generateName"]).to_owned();
        let generated = object::name(object).is_empty() && !prefix.is_empty();
        if generated {
            let name = self.generate(call, &prefix);
            set(object, &["metadata", "name"], Value::from(name));
        }
        call.warnings.extend(strategy.warnings(object, None));
        let mut errors = metadata::validate(object, kind.namespaced, strategy.name_rule());
        errors.extend(strategy.validate(object));
        if errors.is_empty() {
            return Ok(generated);
        }
        Err(Status::invalid(&kind.group, &kind.kind, object::name(object), &errors))
    }

    fn generate(&mut self, call: &Call<'_>, prefix: &str) -> String {
        let base: String = prefix.chars().take(PREFIX_MAX).collect();
        let suffix = if call.dry_run() {
            Random::stream(self.settings.seed, &format!("dry run name/{}", self.now().unix_micros()))
                .suffix(SUFFIX_LENGTH)
        } else {
            self.random.suffix(SUFFIX_LENGTH)
        };
        base + &suffix
    }

    fn store_new(
        &mut self,
        call: &mut Call<'_>,
        stored: Stored,
        mut object: Object,
        generated: bool,
    ) -> Result<Rc<Object>, Status> {
        let kind = stored.kind;
        if !matches!(text(&object, &["metadata", "resourceVersion"]), "" | "0") {
            return Err(Status::internal("resourceVersion should not be set on objects to be created"));
        }
        remove(&mut object, &["metadata", "resourceVersion"]);
        let prefix = text(&object, &["metadata", "generateName"]).to_owned();
        let mut attempts = 1;
        let key = loop {
            let name = object::name(&object).to_owned();
            let key = Key { name, ..call.key(kind) };
            if self.store.get(&key.resource, &key.namespace, &key.name).is_none() {
                break key;
            }
            if !generated || attempts >= NAME_ATTEMPTS {
                return Err(exists(stored, &key.name, generated));
            }
            attempts += 1;
            let name = self.generate(call, &prefix);
            set(&mut object, &["metadata", "name"], Value::from(name));
        };
        if call.dry_run() {
            return Ok(Rc::new(object));
        }
        let uid = self.random.uuid();
        set(&mut object, &["metadata", "uid"], Value::from(uid));
        call.info.name = key.name.clone();
        Ok(self.put(call, key, object))
    }
}

fn exists(stored: Stored, name: &str, generated: bool) -> Status {
    let mut status = Status::already_exists(&stored.kind.group, &stored.kind.plural, name);
    if generated {
        status.message.push_str(", the server was not able to generate a unique name for the object");
        if let Some(details) = &mut status.details {
            details.retry_after_seconds = 1;
        }
    }
    status
}

/// The namespace of the URL goes into the object; another one is refused.
pub fn match_namespace(object: &mut Object, call: &Call<'_>, namespaced: bool) -> Result<(), Status> {
    if !namespaced {
        remove(object, &["metadata", "namespace"]);
        return Ok(());
    }
    let given = object::namespace(object);
    if given.is_empty() {
        set(object, &["metadata", "namespace"], Value::from(call.info.namespace.clone()));
        return Ok(());
    }
    if given == call.info.namespace {
        return Ok(());
    }
    let message = "the namespace of the provided object does not match the namespace sent on the request";
    Err(Status::bad_request(message))
}

/// The outermost fields that defaulting added.
fn differences(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    collect("", before, after, &mut changes);
    changes
}

fn collect(path: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(&path, old.get(key).unwrap_or(&Value::Null), value, changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                collect(&format!("{path}[{index}]"), old, new, changes);
            }
        }
        _ => changes.push(FieldChange { path: path.to_owned(), why: "Kubernetes' default".to_owned() }),
    }
}
