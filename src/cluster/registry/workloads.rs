//! Deployments and ReplicaSets: their defaults, what is allowed in them, and how they are listed.
//!
//! Pure functions over objects. Follows pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go and
//! pkg/printers/internalversion/printers.go.

use crate::api::duration;
use crate::api::names;
use crate::api::object::{self, Object, at, integer, list, mapping, set_default, text};
use crate::api::selector::{self, LabelSelector};
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::pod;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Errors = Vec<FieldError>;

const SELECTOR: &str = "spec.selector";

/// Fills in a Deployment.
pub fn deployment_set_defaults(deployment: &mut Object) {
    let (progress, history, share) = (json!(600), json!(10), json!("25%"));
    set_default(deployment, &["spec", "progressDeadlineSeconds"], progress);
    set_default(deployment, &["spec", "replicas"], json!(1));
    set_default(deployment, &["spec", "revisionHistoryLimit"], history);
    if text(deployment, &["spec", "strategy", "type"]).is_empty() {
        object::set(deployment, &["spec", "strategy", "type"], json!("RollingUpdate"));
    }
    if text(deployment, &["spec", "strategy", "type"]) == "RollingUpdate" {
        set_default(deployment, &["spec", "strategy", "rollingUpdate", "maxSurge"], share.clone());
        set_default(deployment, &["spec", "strategy", "rollingUpdate", "maxUnavailable"], share);
    }
    set_template_defaults(deployment);
}

/// Fills in a ReplicaSet.
pub fn replica_set_set_defaults(replica_set: &mut Object) {
    set_default(replica_set, &["spec", "replicas"], json!(1));
    set_template_defaults(replica_set);
}

fn set_template_defaults(object: &mut Object) {
    mapping(object, &["spec", "template"]);
    if let Some(template) = object.get_mut("spec").and_then(|spec| spec.get_mut("template")) {
        pod::set_template_defaults(template);
    }
}

/// Checks a Deployment.
pub fn deployment_validate(deployment: &Object) -> Vec<FieldError> {
    let mut errors = Errors::new();
    not_negative(deployment, "replicas", &mut errors);
    validate_selector(deployment, &mut errors);
    validate_template(deployment, &mut errors);
    validate_strategy(at(deployment, &["spec", "strategy"]), &mut errors);
    for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        not_negative(deployment, field, &mut errors);
    }
    let ready = integer(deployment, &["spec", "minReadySeconds"]).unwrap_or(0);
    if let Some(deadline) = integer(deployment, &["spec", "progressDeadlineSeconds"]).filter(|d| *d <= ready) {
        let detail = "must be greater than minReadySeconds";
        errors.push(FieldError::invalid("spec.progressDeadlineSeconds", &json!(deadline), detail));
    }
    errors
}

/// Checks a changed Deployment against the one that is stored.
pub fn deployment_validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let mut errors = deployment_validate(new);
    selector_is_immutable(new, old, &mut errors);
    errors
}

/// Checks a ReplicaSet.
pub fn replica_set_validate(replica_set: &Object) -> Vec<FieldError> {
    let mut errors = Errors::new();
    not_negative(replica_set, "replicas", &mut errors);
    not_negative(replica_set, "minReadySeconds", &mut errors);
    validate_selector(replica_set, &mut errors);
    validate_template(replica_set, &mut errors);
    errors
}

/// Checks a changed ReplicaSet against the one that is stored.
pub fn replica_set_validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let mut errors = replica_set_validate(new);
    selector_is_immutable(new, old, &mut errors);
    errors
}

fn selector_is_immutable(new: &Object, old: &Object, errors: &mut Errors) {
    let selector = at(new, &["spec", "selector"]);
    if selector != at(old, &["spec", "selector"]) {
        errors.push(FieldError::invalid(SELECTOR, selector, "field is immutable"));
    }
}

fn not_negative(object: &Object, field: &str, errors: &mut Errors) {
    if let Some(number) = integer(object, &["spec", field]).filter(|number| *number < 0) {
        let detail = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(&format!("spec.{field}"), &json!(number), detail));
    }
}

fn validate_selector(object: &Object, errors: &mut Errors) {
    let selector = at(object, &["spec", "selector"]);
    if !selector.is_object() {
        errors.push(FieldError::required(SELECTOR, ""));
        return;
    }
    let labels = at(selector, &["matchLabels"]).as_object();
    for (key, value) in labels.into_iter().flatten() {
        let field = format!("{SELECTOR}.matchLabels");
        let value = value.as_str().unwrap_or_default();
        complain(names::label_key(key), key, &field, errors);
        complain(names::label_value(value), value, &field, errors);
    }
    let expressions = list(selector, &["matchExpressions"]);
    for (index, expression) in expressions.iter().enumerate() {
        validate_expression(expression, &format!("{SELECTOR}.matchExpressions[{index}]"), errors);
    }
    if labels.is_none_or(serde_json::Map::is_empty) && expressions.is_empty() {
        errors.push(FieldError::invalid(SELECTOR, selector, "empty selector is invalid for deployment"));
    }
}

fn complain(complaints: Vec<String>, value: &str, field: &str, errors: &mut Errors) {
    errors.extend(complaints.iter().map(|complaint| FieldError::invalid(field, &json!(value), complaint)));
}

fn validate_expression(expression: &Value, path: &str, errors: &mut Errors) {
    let operator = text(expression, &["operator"]);
    let has_values = !list(expression, &["values"]).is_empty();
    let values = format!("{path}.values");
    match operator {
        "In" | "NotIn" if !has_values => {
            errors.push(FieldError::required(&values, "must be specified when `operator` is 'In' or 'NotIn'"));
        }
        "Exists" | "DoesNotExist" if has_values => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            errors.push(FieldError::forbidden(&values, detail));
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        other => {
            let detail = "not a valid selector operator";
            errors.push(FieldError::invalid(&format!("{path}.operator"), &json!(other), detail));
        }
    }
    let key = text(expression, &["key"]);
    complain(names::label_key(key), key, &format!("{path}.key"), errors);
}

/// The template must be a good one, be selected, and run for ever.
fn validate_template(object: &Object, errors: &mut Errors) {
    let selector = match LabelSelector::from_object(at(object, &["spec", "selector"])) {
        Ok(selector) => selector,
        Err(_) => {
            let selector = at(object, &["spec", "selector"]);
            return errors.push(FieldError::invalid(SELECTOR, selector, "invalid label selector"));
        }
    };
    let template = at(object, &["spec", "template"]);
    let labels = at(template, &["metadata", "labels"]);
    let map: BTreeMap<String, String> = labels
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    if !selector.is_empty() && !selector.matches_map(&map) {
        let detail = "`selector` does not match template `labels`";
        errors.push(FieldError::invalid("spec.template.metadata.labels", labels, detail));
    }
    errors.extend(pod::validate_template(template, "spec.template"));
    let policy = text(template, &["spec", "restartPolicy"]);
    if policy != "Always" {
        let field = "spec.template.spec.restartPolicy";
        errors.push(FieldError::not_supported(field, &json!(policy), &["Always"]));
    }
    if !at(template, &["spec", "activeDeadlineSeconds"]).is_null() {
        let field = "spec.template.spec.activeDeadlineSeconds";
        errors.push(FieldError::forbidden(field, "activeDeadlineSeconds in ReplicaSet is not Supported"));
    }
}

fn validate_strategy(strategy: &Value, errors: &mut Errors) {
    let rolling = at(strategy, &["rollingUpdate"]);
    let field = "spec.strategy.rollingUpdate";
    match text(strategy, &["type"]) {
        "Recreate" if rolling.is_null() => {}
        "Recreate" => {
            let detail = "may not be specified when strategy `type` is 'Recreate'";
            errors.push(FieldError::forbidden(field, detail));
        }
        "RollingUpdate" if rolling.is_null() => {
            errors.push(FieldError::required(field, "this should be defaulted and never be nil"));
        }
        "RollingUpdate" => validate_rolling_update(rolling, field, errors),
        other => {
            let supported = ["Recreate", "RollingUpdate"];
            errors.push(FieldError::not_supported("spec.strategy.type", &json!(other), &supported));
        }
    }
}

fn validate_rolling_update(rolling: &Value, path: &str, errors: &mut Errors) {
    for name in ["maxUnavailable", "maxSurge"] {
        let value = at(rolling, &[name]);
        let field = format!("{path}.{name}");
        if value.as_i64().is_some_and(|number| number < 0) {
            errors.push(FieldError::invalid(&field, value, "must be greater than or equal to 0"));
        }
        if value.as_str().is_some_and(|text| percent(text).is_none()) {
            let detail = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', \
                          regex used for validation is '[0-9]+%')";
            errors.push(FieldError::invalid(&field, value, detail));
        }
    }
    let (unavailable, field) = (at(rolling, &["maxUnavailable"]), format!("{path}.maxUnavailable"));
    let is_zero = |value: &Value| value.as_i64().or_else(|| value.as_str().and_then(percent)) == Some(0);
    if is_zero(unavailable) && is_zero(at(rolling, &["maxSurge"])) {
        errors.push(FieldError::invalid(&field, unavailable, "may not be 0 when `maxSurge` is 0"));
    }
    if unavailable.as_str().and_then(percent).is_some_and(|share| share > 100) {
        errors.push(FieldError::invalid(&field, unavailable, "must not be greater than 100%"));
    }
}

/// The number of `25%`.
fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok()
}

/// The cells of a Deployment: NAME READY UP-TO-DATE AVAILABLE AGE, and CONTAINERS IMAGES SELECTOR.
pub fn deployment_row(deployment: &Object, now: Timestamp) -> Vec<Value> {
    let number = |path: &[&str]| integer(deployment, path).unwrap_or(0);
    let ready = format!("{}/{}", number(&["status", "readyReplicas"]), number(&["spec", "replicas"]));
    let cells =
        [json!(ready), json!(number(&["status", "updatedReplicas"])), json!(number(&["status", "availableReplicas"]))];
    row(deployment, cells, now)
}

/// The cells of a ReplicaSet: NAME DESIRED CURRENT READY AGE, and CONTAINERS IMAGES SELECTOR.
pub fn replica_set_row(replica_set: &Object, now: Timestamp) -> Vec<Value> {
    let number = |path: &[&str]| json!(integer(replica_set, path).unwrap_or(0));
    let cells = [number(&["spec", "replicas"]), number(&["status", "replicas"]), number(&["status", "readyReplicas"])];
    row(replica_set, cells, now)
}

/// Name, the three counts, age, and what the template is made of.
fn row(object: &Object, counts: [Value; 3], now: Timestamp) -> Vec<Value> {
    let joined = |field: &str| {
        let containers = list(object, &["spec", "template", "spec", "containers"]);
        json!(containers.iter().map(|container| text(container, &[field])).collect::<Vec<_>>().join(","))
    };
    let mut cells = vec![json!(object::name(object))];
    cells.extend(counts);
    cells.push(json!(duration::age(now, object::creation_timestamp(object))));
    cells.extend([joined("name"), joined("image"), json!(selector::print_object(at(object, &["spec", "selector"])))]);
    cells
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
