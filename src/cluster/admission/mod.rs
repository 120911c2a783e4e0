//! Admission: the ordered chain of plugins that may change or refuse an object before it is stored.
//!
//! The order is behaviour: it follows pkg/kubeapiserver/options/plugins.go. One file a plugin. Left out, because
//! nothing here needs them or they would do nothing: LimitRanger, TaintNodesByCondition, PodSecurity (its default
//! level is privileged), webhooks, ResourceQuota.

pub mod default_toleration_seconds;
pub mod mountable_secrets;
pub mod namespace_lifecycle;
pub mod node_restriction;
pub mod priority;
pub mod service_account;

pub use service_account::{DEFAULT_ACCOUNT_WAIT_MAX, needs_default_account};

use crate::api::kinds::Kind;
use crate::api::object::Object;
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::kept::Kept;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::settings::Settings;
use crate::cluster::trace::{Actor, Event, FieldChange, Reason};
use serde_json::Value;

/// What a request wants to do to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operation {
    Create,
    Update,
    Delete,
    Connect,
}

/// The request as admission sees it.
pub struct Attributes<'a> {
    /// What is to happen.
    pub operation: Operation,
    /// Who asks.
    pub user: &'a UserInfo,
    /// The resource.
    pub kind: &'a Kind,
    /// `token`, `status`, …; empty for the resource itself.
    pub subresource: &'a str,
    /// Empty for cluster-scoped resources.
    pub namespace: &'a str,
    /// The name; empty for a creation with `generateName`.
    pub name: &'a str,
    /// The stored object, for updates and deletions.
    pub old: Option<&'a Object>,
}

/// What plugins work with.
pub struct Context<'a> {
    /// What is stored.
    pub reader: &'a dyn Reader,
    /// For names of volumes.
    pub random: &'a mut Random,
    /// What the clock shows.
    pub now: Timestamp,
    /// The cluster's flags.
    pub settings: &'a Settings,
    /// Collected for `Warning` headers.
    pub warnings: Vec<String>,
    /// Collected for the trace: which plugin did what.
    pub record: Vec<(Actor, Event)>,
}

impl Attributes<'_> {
    /// The resource and the subresource, whether the kind is that of the resource or of the subresource.
    pub fn resource(&self) -> (&str, &str) {
        match self.kind.plural.split_once('/') {
            Some((resource, subresource)) => (resource, subresource),
            None => (&self.kind.plural, self.subresource),
        }
    }

    /// Whether this is about `resource` of the core group itself, not about one of its subresources.
    pub fn is(&self, resource: &str) -> bool {
        self.kind.group.is_empty() && self.resource() == (resource, "")
    }

    /// 403 `RES "NAME" is forbidden: CAUSE`. A name that is still to be generated is told by its prefix.
    pub fn forbidden(&self, object: &Object, cause: &str) -> Status {
        let text = |key: &str| crate::api::object::text(object, &["metadata", key]);
        let name = [self.name, text("name"), text("generateName"), "Unknown"].into_iter().find(|name| !name.is_empty());
        Status::forbidden(&self.kind.group, self.resource().0, name.unwrap_or_default(), cause)
    }
}

/// What one plugin noted about what it did.
#[derive(Default)]
pub struct Notes {
    /// What it set and why.
    pub changes: Vec<FieldChange>,
    /// The facts it looked at.
    pub checks: Vec<Reason>,
}

impl Notes {
    /// Notes a field that was set.
    pub fn set(&mut self, path: impl Into<String>, why: impl Into<String>) {
        self.changes.push(FieldChange { path: path.into(), why: why.into() });
    }

    /// Notes a fact.
    pub fn looked(&mut self, subject: impl Into<String>, finding: impl Into<String>) {
        self.checks.push(Reason::looked(subject, finding));
    }

    /// Notes the fact that decided.
    pub fn decided(&mut self, subject: impl Into<String>, finding: impl Into<String>) {
        self.checks.push(Reason::decided(subject, finding));
    }
}

type Handles = fn(&Attributes<'_>) -> bool;
type Mutate = fn(&mut Object, &Attributes<'_>, &mut Context<'_>, &mut Notes) -> Result<(), Status>;
type Validate = fn(&Object, &Attributes<'_>, &mut Context<'_>) -> Result<(), Status>;

/// What a plugin does in the mutating phase: some only look.
#[derive(Clone, Copy)]
enum Step {
    Look(Validate),
    Change(Mutate),
}

/// The plugins of the mutating phase, in their order: name, what they handle, what they do.
const MUTATING: [(&str, Handles, Step); 5] = [
    ("NamespaceLifecycle", namespace_lifecycle::handles, Step::Look(namespace_lifecycle::check)),
    ("ServiceAccount", service_account::handles_creation, Step::Change(service_account::admit)),
    ("NodeRestriction", node_restriction::handles, Step::Look(node_restriction::check)),
    ("Priority", priority::handles, Step::Change(priority::admit)),
    ("DefaultTolerationSeconds", default_toleration_seconds::handles, Step::Change(default_toleration_seconds::admit)),
];

/// The plugins that only look, after validation.
const VALIDATING: [(&str, Handles, Validate); 1] =
    [("ServiceAccount", service_account::handles, service_account::validate)];

/// The names of the plugins, each once, in their order.
pub fn plugins() -> impl Iterator<Item = &'static str> {
    let later = VALIDATING.iter().map(|(name, ..)| *name);
    let later = later.filter(|name| MUTATING.iter().all(|(other, ..)| other != name));
    MUTATING.iter().map(|(name, ..)| *name).chain(later)
}

/// Runs the mutating plugins over `object`, in order.
///
/// # Errors
/// The first refusal; `context.record` says whose it is.
pub fn mutate(object: &mut Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    // The object as the last plugin left it, for the trace.
    let mut latest = None;
    for (name, handles, step) in MUTATING {
        if !handles(attributes) {
            continue;
        }
        let outcome = match step {
            Step::Look(check) => check(object, attributes, context),
            Step::Change(admit) => change((name, admit), object, &mut latest, attributes, context),
        };
        if let Err(status) = outcome {
            context.record.push((Actor::Admission(name), Event::Refused { status: status.clone() }));
            return Err(status);
        }
    }
    Ok(())
}

fn change(
    (name, admit): (&'static str, Mutate),
    object: &mut Object,
    latest: &mut Option<Kept>,
    attributes: &Attributes<'_>,
    context: &mut Context<'_>,
) -> Result<(), Status> {
    let before = latest.take().filter(|kept| *kept.open() == *object);
    let before = before.unwrap_or_else(|| Kept::new(object.clone()));
    let mut notes = Notes::default();
    admit(object, attributes, context, &mut notes)?;
    let Notes { changes, checks } = notes;
    let event = if !changes.is_empty() {
        let after = Kept::new(object.clone());
        *latest = Some(after.clone());
        Event::Mutated { before, after, changes, checks }
    } else {
        *latest = Some(before);
        if checks.is_empty() {
            return Ok(());
        }
        Event::Admitted { checks }
    };
    context.record.push((Actor::Admission(name), event));
    Ok(())
}

/// Runs the validating plugins, after validation. `object` is null for deletions and connections.
///
/// # Errors
/// The first refusal; `context.record` says whose it is.
pub fn validate(object: &Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    for (name, handles, validate) in VALIDATING {
        if !handles(attributes) {
            continue;
        }
        if let Err(status) = validate(object, attributes, context) {
            context.record.push((Actor::Admission(name), Event::Refused { status: status.clone() }));
            return Err(status);
        }
    }
    Ok(())
}

/// Appends to the list at a path and returns the new entry's index.
fn push(object: &mut Object, path: &[&str], entry: Value) -> usize {
    let Some((last, parents)) = path.split_last() else { return 0 };
    let list = crate::api::object::mapping(object, parents).entry((*last).to_owned()).or_insert(Value::Null);
    if !list.is_array() {
        *list = Value::Array(Vec::new());
    }
    match list {
        Value::Array(entries) => {
            entries.push(entry);
            entries.len() - 1
        }
        _ => 0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
