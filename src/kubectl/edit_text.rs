//! The text that `kubectl edit` opens: a header of comments, the reasons why an edit was refused, the object.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go.

use crate::api::status::Status;

const HEADER: &str = "\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

/// Why a file is opened again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// `pods "x" was not valid`.
    pub head: String,
    /// One a field.
    pub details: Vec<String>,
}

impl Reason {
    /// The file was not YAML.
    pub fn syntax(error: &str) -> Self {
        Reason { head: format!("The edited file had a syntax error: {error}"), details: Vec::new() }
    }

    /// The server refused the object's fields.
    pub fn invalid(resource: &str, name: &str, status: &Status) -> Self {
        let causes = status.details.iter().flat_map(|details| &details.causes);
        Reason {
            head: format!("{resource} \"{name}\" was not valid"),
            details: causes.map(|cause| format!("{}: {}", cause.field, cause.message)).collect(),
        }
    }
}

/// The whole text: header, reasons, body.
pub fn compose(reasons: &[Reason], body: &str) -> String {
    let mut text = HEADER.to_owned();
    for reason in reasons {
        let colon = if reason.details.is_empty() { "" } else { ":" };
        text.push_str(&format!("# {}{colon}\n", commented(&reason.head)));
        for detail in &reason.details {
            text.push_str(&format!("# * {}\n", commented(detail)));
        }
        text.push_str("#\n");
    }
    text.push_str(body);
    text
}

/// Later lines of a reason are comments too.
fn commented(text: &str) -> String {
    text.trim_end_matches('\n').replace('\n', "\n# ")
}

/// The text without its leading block of comments: what is kept when a file is opened again.
pub fn without_header(text: &str) -> String {
    let body = text.split_inclusive('\n').skip_while(|line| line.trim_start().starts_with('#'));
    body.collect()
}

/// What counts when two texts are compared: no comment lines, no blank lines, no carriage returns.
pub fn significant(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::status::FieldError;
    use serde_json::json;

    #[test]
    fn opens_again_with_the_reason_and_what_was_typed() {
        let status =
            Status::invalid("", "Pod", "x", &[FieldError::invalid("metadata.uid", &json!("y"), "field is immutable")]);
        let text = compose(&[Reason::invalid("pods", "x", &status)], "apiVersion: v1\n");
        assert_eq!(
            text,
            format!(
                "{HEADER}# pods \"x\" was not valid:\n# * metadata.uid: Invalid value: \"y\": field is \
                 immutable\n#\napiVersion: v1\n"
            )
        );
        assert_eq!(without_header(&text), "apiVersion: v1\n");
        assert_eq!(significant(&text), vec!["apiVersion: v1"]);
    }

    #[test]
    fn keeps_comments_inside_what_was_typed() {
        assert_eq!(without_header("# a\na: 1\n# mine\nb: 2\n"), "a: 1\n# mine\nb: 2\n");
        assert_eq!(
            compose(&[Reason::syntax("line one\nline two")], ""),
            format!("{HEADER}# The edited file had a syntax error: line one\n# line two\n#\n")
        );
    }
}
