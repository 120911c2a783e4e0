//! `kubectl annotate`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/annotate/annotate.go.

use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::metadata::{self, Field};
use crate::kubectl::options::{DRY_RUN, FILES, OUTPUT, SELECTOR};
use crate::kubectl::pairs;
use crate::kubectl::writing::field_manager;

/// The command.
pub const COMMAND: Command = Command {
    name: "annotate",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    summary: "Update the annotations on a resource",
    examples: &[
        "kubectl annotate pods foo description='my frontend'",
        "kubectl annotate --overwrite pods foo description='my frontend running nginx'",
        "kubectl annotate pods foo description-",
    ],
    flags: &[FILES, SELECTOR, OUTPUT, DRY_RUN, metadata::FLAGS, &[field_manager("kubectl-annotate")]],
    run,
    ..Command::EMPTY
};

const ANNOTATIONS: Field = Field {
    name: "annotations",
    singular: "annotation",
    refusal: |taken| {
        let parts: Vec<String> =
            taken.iter().map(|(key, value)| format!("'{key}' already has a value ({value})")).collect();
        format!("--overwrite is false but found the following declared annotation(s): {}", parts.join("; "))
    },
    operation: |_, _| "annotated",
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let arguments = context.arguments().to_vec();
    let (named, rest) = pairs::split(&arguments, "annotation").map_err(Failure::message)?;
    let changes = pairs::parse(rest, "annotation", true).map_err(Failure::message)?;
    metadata::check(context, &ANNOTATIONS, named, &changes)?;
    let both = changes.contradictions();
    if !both.is_empty() {
        let keys = both.join(", ");
        let text = format!("can not both modify and remove the following annotation(s) in the same command: {keys}");
        return Err(Failure::message(text));
    }
    metadata::run(context, &ANNOTATIONS, named, &changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_to_overwrite() {
        assert_eq!(
            (ANNOTATIONS.refusal)(&[("k".into(), "true".into())]),
            "--overwrite is false but found the following declared annotation(s): 'k' already has a value (true)"
        );
    }
}
