//! How a command's failure becomes text and an exit code.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (`checkErr`, `StandardErrorMessage`).

use crate::api::status::Status;
use crate::kubectl::host::Outcome;

/// Why a command ended badly.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The server refused, and the command has nothing to add.
    Status(Status),
    /// `error: TEXT`.
    Message(String),
    /// `error: TEXT` and `See 'kubectl get -h' for help and examples`.
    Usage(String),
    /// A word that could not be read as a flag: `error: TEXT` and `See 'kubectl get --help' for usage.`
    Flag(String),
    /// Text as it is, a newline after it.
    Plain(String),
    /// Several failures, one after the other; messages lose their `error: `.
    Many(Vec<Failure>),
    /// Everything has been said; only the exit code is left.
    Exit(i32),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Failure::Status(status)
    }
}

impl Failure {
    /// `error: TEXT`.
    pub fn message(text: impl Into<String>) -> Self {
        Failure::Message(text.into())
    }

    /// `error: TEXT` with the hint to the command's help.
    pub fn usage(text: impl Into<String>) -> Self {
        Failure::Usage(text.into())
    }

    /// One failure, several, or none at all.
    ///
    /// # Errors
    /// The failures, if there are any.
    pub fn collect(failures: Vec<Failure>) -> Result<(), Failure> {
        let mut distinct: Vec<Failure> = Vec::new();
        for failure in failures {
            let parts = match failure {
                Failure::Many(parts) => parts,
                other => vec![other],
            };
            for part in parts {
                if !distinct.contains(&part) {
                    distinct.push(part);
                }
            }
        }
        match distinct.len() {
            0 => Ok(()),
            1 => Err(distinct.remove(0)),
            _ => Err(Failure::Many(distinct)),
        }
    }

    /// The same failure told as `PREFIX: …`: how commands wrap the server's answer
    /// (`error: failed to create serviceaccount: serviceaccounts "x" already exists`).
    #[must_use]
    pub fn wrap(self, prefix: &str) -> Self {
        // One command leaves the colon out; its prefix ends in the space.
        let colon = if prefix.ends_with(' ') { "" } else { ": " };
        match self {
            Failure::Status(status) if status.reason == "Unauthorized" => Failure::Status(status),
            Failure::Status(status) => Failure::Message(format!("{prefix}{colon}{}", status.message)),
            Failure::Message(text) => Failure::Message(format!("{prefix}{colon}{text}")),
            other => other,
        }
    }

    /// The same failure with its source (`error when creating "sa.yaml": …`): a server's refusal stays one.
    #[must_use]
    pub fn sourced(self, action: &str, source: &str) -> Self {
        let prefix = format!("error when {action} {}", crate::api::go::quote(source));
        match self {
            Failure::Status(status) => {
                let message = format!("{prefix}: {}", status.message);
                Failure::Status(Status { message, ..status })
            }
            other => other.wrap(&prefix),
        }
    }

    /// Whether the server said that something does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Failure::Status(status) if status.is_not_found())
    }

    /// Prints the failure and sets the exit code. `path` is the command's, `kubectl create token`.
    pub fn report(&self, path: &str, outcome: &mut Outcome) {
        outcome.exit = 1;
        let text = match self {
            Failure::Exit(code) => {
                outcome.exit = *code;
                return;
            }
            Failure::Usage(text) => format!("{}\nSee '{path} -h' for help and examples", prefixed(text)),
            Failure::Flag(text) => format!("{}\nSee '{path} --help' for usage.", prefixed(text)),
            other => other.text(),
        };
        outcome.warn(if text.ends_with('\n') { text } else { text + "\n" });
    }

    /// What is printed, without the hints to the help.
    pub fn text(&self) -> String {
        match self {
            Failure::Status(status) => sentence(status),
            Failure::Message(text) | Failure::Usage(text) | Failure::Flag(text) => prefixed(text),
            Failure::Plain(text) => text.clone(),
            Failure::Many(parts) => parts.iter().map(|part| part.bare() + "\n").collect(),
            Failure::Exit(_) => String::new(),
        }
    }

    fn bare(&self) -> String {
        match self {
            Failure::Status(status) if status.reason == "Invalid" => {
                format!("Error from server (Invalid): {}", status.message)
            }
            Failure::Message(text) | Failure::Usage(text) | Failure::Flag(text) => text.clone(),
            other => other.text(),
        }
    }
}

fn prefixed(text: &str) -> String {
    if text.starts_with("error: ") { text.to_owned() } else { format!("error: {text}") }
}

fn sentence(status: &Status) -> String {
    match status.reason.as_str() {
        "Invalid" => invalid(status),
        "Unauthorized" => format!("error: You must be logged in to the server ({})", status.message),
        "" => format!("Error from server: {}", status.message),
        reason => format!("Error from server ({reason}): {}", status.message),
    }
}

/// `The Pod "x" is invalid: …`: one cause on the line, several as a list, repeated ones once.
fn invalid(status: &Status) -> String {
    let generic = "The request is invalid";
    let Some(details) = &status.details else { return format!("{generic}: {}", status.message) };
    let subject = if !details.kind.is_empty() || !details.name.is_empty() {
        format!("The {} {} is invalid", details.kind, crate::api::go::quote(&details.name))
    } else if details.causes.is_empty() && !status.message.is_empty() {
        format!("{generic}: {}", status.message)
    } else {
        generic.to_owned()
    };
    let mut causes: Vec<String> = Vec::new();
    for cause in &details.causes {
        let text =
            if cause.field.is_empty() { cause.message.clone() } else { format!("{}: {}", cause.field, cause.message) };
        if !causes.contains(&text) {
            causes.push(text);
        }
    }
    match causes.as_slice() {
        [] => subject,
        [one] => format!("{subject}: {one}\n"),
        many => format!("{subject}: \n{}", many.iter().map(|cause| format!("* {cause}\n")).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::status::FieldError;
    use serde_json::json;

    fn told(failure: &Failure) -> String {
        let mut outcome = Outcome::default();
        failure.report("kubectl get", &mut outcome);
        assert_eq!(outcome.exit, 1);
        String::from_utf8_lossy(&outcome.stderr()).into_owned()
    }

    #[test]
    fn tells_what_the_server_said() {
        let not_found = Failure::Status(Status::not_found("", "serviceaccounts", "nope"));
        assert_eq!(told(&not_found), "Error from server (NotFound): serviceaccounts \"nope\" not found\n");
        assert_eq!(
            told(&not_found.clone().sourced("deleting", "all.yaml")),
            "Error from server (NotFound): error when deleting \"all.yaml\": serviceaccounts \"nope\" not found\n"
        );
        assert_eq!(
            told(&not_found.wrap("failed to create token")),
            "error: failed to create token: serviceaccounts \"nope\" not found\n"
        );
        assert_eq!(
            told(&Failure::Status(Status::unauthorized())),
            "error: You must be logged in to the server (Unauthorized)\n"
        );
        assert_eq!(told(&Failure::Status(Status::internal("etcd is down"))), "Error from server: etcd is down\n");
    }

    #[test]
    fn lists_the_causes_of_an_invalid_object() {
        let name = FieldError::invalid("metadata.name", &json!("B"), "no");
        let one = Failure::Status(Status::invalid("", "Pod", "B", std::slice::from_ref(&name)));
        assert_eq!(told(&one), "The Pod \"B\" is invalid: metadata.name: Invalid value: \"B\": no\n");
        let two =
            Failure::Status(Status::invalid("", "Pod", "B", &[name.clone(), FieldError::required("spec.x", ""), name]));
        assert_eq!(
            told(&two),
            "The Pod \"B\" is invalid: \n* metadata.name: Invalid value: \"B\": no\n* spec.x: Required value\n"
        );
    }

    #[test]
    fn several_failures_lose_their_prefix() {
        let a = Failure::message("a");
        assert_eq!(Failure::collect(vec![a.clone(), a.clone()]), Err(a.clone()));
        let many = Failure::collect(vec![a, Failure::Status(Status::not_found("", "pods", "p"))]).err();
        assert_eq!(
            many.map(|m| told(&m)).unwrap_or_default(),
            "a\nError from server (NotFound): pods \"p\" not found\n"
        );
        assert_eq!(told(&Failure::usage("no")), "error: no\nSee 'kubectl get -h' for help and examples\n");
    }
}
