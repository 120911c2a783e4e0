//! What `label` and `annotate` share: changing one mapping of `metadata` by a merge patch.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/{label/label,annotate/annotate}.go. Left out: `--local`.

use crate::api::object::{Object, at, mapping, remove, set};
use crate::api::patch::two_way_merge;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::DryRun;
use crate::kubectl::pairs::Changes;
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::writing::{self, Options, PatchKind, Show};
use serde_json::{Value, json};

/// The flags that both have.
pub const FLAGS: &[Flag] = &[
    Flag::boolean("all", "", "Select all resources, in the namespace of the specified resource types"),
    Flag::boolean("all-namespaces", "A", "If true, check the specified action in all namespaces."),
    Flag::text("field-selector", "", "Selector (field query) to filter on, supports '=', '==', and '!='."),
    Flag::boolean("list", "", "If true, display what is set for a given resource."),
    Flag::boolean("local", "", "If true, will NOT contact api-server but run locally (not simulated)."),
    Flag::boolean(
        "overwrite",
        "",
        "If true, allow values to be overwritten, otherwise reject updates that overwrite existing ones.",
    ),
    Flag::text(
        "resource-version",
        "",
        "If non-empty, the update will only succeed if this is the current resource-version for the object.",
    ),
];

/// What differs between the two commands.
pub struct Field {
    /// `labels` or `annotations`.
    pub name: &'static str,
    /// `label` or `annotation`.
    pub singular: &'static str,
    /// The sentence about keys that have other values already.
    pub refusal: fn(&[(String, String)]) -> String,
    /// What happened, from the changes and whether the object is another one now.
    pub operation: fn(&Changes, bool) -> &'static str,
}

/// Checks what both commands check before they ask for an object.
///
/// # Errors
/// Flags that exclude each other; nothing named; nothing to change.
pub fn check(context: &Context<'_>, field: &Field, named: &[String], changes: &Changes) -> Result<(), Failure> {
    let flags = &context.flags;
    for (flag, name) in [("selector", "--selector"), ("field-selector", "--field-selector")] {
        if flags.boolean("all") && !flags.text(flag).is_empty() {
            return Err(Failure::message(format!("cannot set --all and {name} at the same time")));
        }
    }
    if flags.boolean("local") {
        return Err(Failure::message("not simulated: --local; nearest: --dry-run=client -o yaml"));
    }
    if named.is_empty() && flags.list("filename").is_empty() {
        let text = "one or more resources must be specified as <resource> <name> or <resource>/<name>";
        return Err(Failure::message(text));
    }
    if changes.is_empty() && !flags.boolean("list") {
        return Err(Failure::message(format!("at least one {} update is required", field.singular)));
    }
    Ok(())
}

/// Changes every object that is named.
///
/// # Errors
/// All that failed.
pub fn run(context: &mut Context<'_>, field: &Field, named: &[String], changes: &Changes) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Sorted, options.dry_run)?;
    let (objects, mut failures) = writing::fetch_named(context, named)?;
    let one = objects.len() == 1;
    if !one && !context.flags.text("resource-version").is_empty() {
        return Err(Failure::message("--resource-version may only be used with a single resource"));
    }
    for fetched in objects {
        if context.flags.boolean("list") {
            list(context, field, &fetched, one);
        } else if let Err(failure) = change(context, field, &fetched, changes, &options, &mut show) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn list(context: &mut Context<'_>, field: &Field, fetched: &Fetched, one: bool) {
    let mut text = String::new();
    if !one {
        let kind = fetched.kind;
        text.push_str(&format!("Listing {} for {}.{}/{}:\n", field.name, kind.kind, kind.group, fetched.name));
    }
    let indent = if one { "" } else { " " };
    for (key, value) in at(&fetched.object, &["metadata", field.name]).as_object().into_iter().flatten() {
        text.push_str(&format!("{indent}{key}={}\n", value.as_str().unwrap_or_default()));
    }
    context.print(text);
}

fn change(
    context: &mut Context<'_>,
    field: &Field,
    fetched: &Fetched,
    changes: &Changes,
    options: &Options,
    show: &mut Show,
) -> Result<(), Failure> {
    for key in changes.remove.iter().filter(|key| value_of(&fetched.object, field, key).is_none()) {
        if field.name == "labels" {
            context.print(format!("label {} not found.\n", crate::api::go::quote(key)));
        }
    }
    if !context.flags.boolean("overwrite") {
        let taken = taken(&fetched.object, field, changes);
        if !taken.is_empty() {
            return Err(Failure::message((field.refusal)(&taken)));
        }
    }
    let mut before = fetched.object.clone();
    let version = context.flags.text("resource-version").to_owned();
    if !version.is_empty() {
        remove(&mut before, &["metadata", "resourceVersion"]);
    }
    let mut after = changed(&before, field, changes);
    if !version.is_empty() {
        set(&mut after, &["metadata", "resourceVersion"], json!(version));
    }
    let mut operation = (field.operation)(changes, before != after);
    let none = at(&before, &["metadata", field.name]).is_null();
    if field.name == "labels" && none && changes.set.is_empty() && !changes.remove.is_empty() {
        // kubectl leaves an empty mapping where there was none, and takes that for a change.
        operation = "labeled";
    }
    if options.dry_run != DryRun::Client {
        let path = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
        after = writing::patch(context, &path, PatchKind::Merge, &two_way_merge(&before, &after), options)?;
    }
    show.object(context, &after, operation)
}

fn value_of<'a>(object: &'a Object, field: &Field, key: &str) -> Option<&'a str> {
    at(object, &["metadata", field.name, key]).as_str()
}

/// The keys to be set that have another value now.
fn taken(object: &Object, field: &Field, changes: &Changes) -> Vec<(String, String)> {
    let other = |(key, new): &(String, String)| {
        let old = value_of(object, field, key)?;
        (old != new).then(|| (key.clone(), old.to_owned()))
    };
    changes.set.iter().filter_map(other).collect()
}

fn changed(object: &Object, field: &Field, changes: &Changes) -> Object {
    let mut after = object.clone();
    for (key, value) in &changes.set {
        mapping(&mut after, &["metadata", field.name]).insert(key.clone(), json!(value));
    }
    for key in &changes.remove {
        remove(&mut after, &["metadata", field.name, key]);
    }
    if at(&after, &["metadata", field.name]).as_object().is_some_and(serde_json::Map::is_empty) {
        remove(&mut after, &["metadata", field.name]);
    }
    debug_assert!(after.is_object() || after == Value::Null, "only metadata changes");
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: Field =
        Field { name: "labels", singular: "label", refusal: |_| String::new(), operation: |_, _| "labeled" };

    #[test]
    fn sets_and_removes() {
        let object = json!({"metadata": {"name": "x", "labels": {"a": "1", "b": "2"}}});
        let changes = Changes { set: vec![("a".into(), "3".into())], remove: vec!["b".into()] };
        let after = changed(&object, &LABELS, &changes);
        assert_eq!(after, json!({"metadata": {"name": "x", "labels": {"a": "3"}}}));
        assert_eq!(two_way_merge(&object, &after), json!({"metadata": {"labels": {"a": "3", "b": null}}}));
        let none = Changes { set: Vec::new(), remove: vec!["a".into(), "b".into()] };
        assert_eq!(changed(&object, &LABELS, &none), json!({"metadata": {"name": "x"}}));
    }

    #[test]
    fn only_other_values_are_in_the_way() {
        let object = json!({"metadata": {"labels": {"a": "1", "b": "2"}}});
        let set = vec![("a".to_owned(), "1".to_owned()), ("b".to_owned(), "9".to_owned())];
        let found = taken(&object, &LABELS, &Changes { set, remove: Vec::new() });
        assert_eq!(found, vec![("b".to_owned(), "2".to_owned())]);
    }
}
