//! Priority: turns a pod's priority class into a number.
//!
//! Follows plugin/pkg/admission/priority/admission.go. PriorityClasses are not simulated: there are the two that
//! every cluster has, and no default.

use crate::api::object::{Object, at, set, text};
use crate::api::status::Status;
use crate::cluster::admission::{Attributes, Context, Notes, Operation};
use serde_json::{Value, json};

const SYSTEM_CLASSES: [(&str, i64); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];
const PREEMPTION_POLICY: &str = "PreemptLowerPriority";

/// Pods, when they are created or updated.
pub fn handles(attributes: &Attributes<'_>) -> bool {
    matches!(attributes.operation, Operation::Create | Operation::Update) && attributes.is("pods")
}

/// Sets the priority; an update keeps the one it has.
///
/// # Errors
/// 403: no such class, or a number that is not the class's.
pub fn admit(
    pod: &mut Object,
    attributes: &Attributes<'_>,
    _context: &mut Context<'_>,
    notes: &mut Notes,
) -> Result<(), Status> {
    if attributes.operation == Operation::Update {
        if let Some(old) = attributes.old {
            for field in ["priority", "preemptionPolicy"] {
                keep(pod, old, field);
            }
        }
        return Ok(());
    }
    let class = text(pod, &["spec", "priorityClassName"]);
    let priority = if class.is_empty() {
        0
    } else {
        let known = SYSTEM_CLASSES.into_iter().find(|(name, _)| *name == class);
        let Some((_, priority)) = known else {
            let cause = format!("no PriorityClass with name {class} was found");
            return Err(attributes.forbidden(pod, &cause));
        };
        priority
    };
    let why = match class {
        "" => "No priority class is named, so the scheduler treats the pod like all others.".to_owned(),
        class => format!("The number of the priority class {class}."),
    };
    let given = at(pod, &["spec", "priority"]);
    if !given.is_null() && *given != json!(priority) {
        let cause = format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
        );
        return Err(attributes.forbidden(pod, &cause));
    }
    let policy = text(pod, &["spec", "preemptionPolicy"]);
    if !policy.is_empty() && policy != PREEMPTION_POLICY {
        let cause = format!(
            "the string value of PreemptionPolicy ({policy}) must not be provided in pod spec; priority admission controller computed {PREEMPTION_POLICY} from the given PriorityClass name"
        );
        return Err(attributes.forbidden(pod, &cause));
    }
    fill_in(pod, "preemptionPolicy", json!(PREEMPTION_POLICY), "What every priority class says by default.", notes);
    fill_in(pod, "priority", json!(priority), &why, notes);
    Ok(())
}

fn fill_in(pod: &mut Object, field: &str, value: Value, why: &str, notes: &mut Notes) {
    if at(pod, &["spec", field]).is_null() {
        set(pod, &["spec", field], value);
        notes.set(format!("spec.{field}"), why);
    }
}

fn keep(pod: &mut Object, old: &Object, field: &str) {
    let value = at(old, &["spec", field]);
    if at(pod, &["spec", field]).is_null() && !value.is_null() {
        set(pod, &["spec", field], value.clone());
    }
}
