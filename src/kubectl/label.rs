//! `kubectl label`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/label/label.go.

use crate::api::names;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::metadata::{self, Field};
use crate::kubectl::options::{DRY_RUN, FILES, OUTPUT, SELECTOR};
use crate::kubectl::pairs::{self, Changes};
use crate::kubectl::writing::field_manager;

/// The command.
pub const COMMAND: Command = Command {
    name: "label",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    summary: "Update the labels on a resource",
    examples: &["kubectl label pods foo unhealthy=true", "kubectl label pods foo bar-"],
    flags: &[FILES, SELECTOR, OUTPUT, DRY_RUN, metadata::FLAGS, &[field_manager("kubectl-label")]],
    run,
    ..Command::EMPTY
};

const LABELS: Field = Field {
    name: "labels",
    singular: "label",
    refusal: |taken| {
        let lines: Vec<String> = taken
            .iter()
            .map(|(key, value)| format!("'{key}' already has a value ({value}), and --overwrite is false"))
            .collect();
        if let [one] = lines.as_slice() { one.clone() } else { format!("[{}]", lines.join(", ")) }
    },
    operation: |changes, changed| match (changed, changes.set.is_empty(), changes.remove.is_empty()) {
        (false, _, _) => "not labeled",
        (true, true, _) => "unlabeled",
        (true, false, false) => "modified",
        (true, false, true) => "labeled",
    },
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let arguments = context.arguments().to_vec();
    let (named, rest) = pairs::split(&arguments, "label").map_err(Failure::message)?;
    let changes = parse(rest).map_err(Failure::message)?;
    if context.flags.boolean("list") && !context.flags.text("output").is_empty() {
        return Err(Failure::message("--list and --output may not be specified together"));
    }
    metadata::check(context, &LABELS, named, &changes)?;
    metadata::run(context, &LABELS, named, &changes)
}

fn parse(specs: &[String]) -> Result<Changes, String> {
    let mut changes = Changes::default();
    for spec in specs {
        match spec.split('=').collect::<Vec<_>>().as_slice() {
            [key, value] => {
                let problems = names::label_value(value);
                if !problems.is_empty() {
                    let spec = crate::api::go::quote(spec);
                    return Err(format!("invalid label value: {spec}: {}", problems.join(";")));
                }
                changes.set.push(((*key).to_owned(), (*value).to_owned()));
            }
            [_] => match spec.strip_suffix('-') {
                Some(key) => changes.remove.push(key.to_owned()),
                None => return Err(format!("unknown label spec: {spec}")),
            },
            _ => return Err(format!("invalid label spec: {spec}")),
        }
    }
    if changes.contradictions().is_empty() {
        Ok(changes)
    } else {
        Err("can not both modify and remove a label in the same command".to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(specs: &[&str]) -> Result<Changes, String> {
        parse(&specs.iter().map(|spec| (*spec).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn reads_labels() {
        let changes = read(&["a=b", "c="]).unwrap();
        assert_eq!(changes.set, vec![("a".into(), "b".into()), ("c".into(), String::new())]);
        assert_eq!(read(&["x-"]).unwrap().remove, vec!["x"]);
        assert_eq!(read(&["a=b=c"]).unwrap_err(), "invalid label spec: a=b=c");
        assert_eq!(read(&["a=b", "a-"]).unwrap_err(), "can not both modify and remove a label in the same command");
        let wrong = read(&["a=_x"]).unwrap_err();
        assert!(wrong.starts_with("invalid label value: \"a=_x\": a valid label must be an empty string"), "{wrong}");
    }

    #[test]
    fn says_what_it_did() {
        let operation = |specs: &[&str], changed| (LABELS.operation)(&read(specs).unwrap(), changed);
        assert_eq!(operation(&["a=b"], true), "labeled");
        assert_eq!(operation(&["a-"], true), "unlabeled");
        assert_eq!(operation(&["a-"], false), "not labeled");
        assert_eq!(
            (LABELS.refusal)(&[("x".into(), "y".into())]),
            "'x' already has a value (y), and --overwrite is false"
        );
    }
}
