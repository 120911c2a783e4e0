//! Which container of a pod `exec` and `logs` mean.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go.

use crate::api::object::{annotation, list, name, text};
use serde_json::Value;

const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// The container to use, and what to say about the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub container: String,
    /// A line for standard error; empty when there is nothing to say.
    pub notice: String,
}

/// The container asked for, or the pod's default one.
///
/// # Errors
/// The pod has no such container, or none at all.
pub fn choose(pod: &Value, asked: &str) -> Result<Choice, String> {
    if !asked.is_empty() {
        let known = GROUPS.iter().any(|(path, _)| names(pod, path).contains(&asked));
        return if known {
            Ok(Choice { container: asked.to_owned(), notice: String::new() })
        } else {
            Err(format!("container {asked} is not valid for pod {} out of: {}", name(pod), all_names(pod)))
        };
    }
    let mut notice = String::new();
    if let Some(default) = annotation(pod, DEFAULT_CONTAINER).filter(|default| !default.is_empty()) {
        if GROUPS.iter().any(|(path, _)| names(pod, path).contains(&default)) {
            return Ok(Choice { container: default.to_owned(), notice });
        }
        notice = format!("Default container name \"{default}\" not found in pod {}\n", name(pod));
    }
    let Some(first) = names(pod, "containers").first().copied() else {
        return Err(format!("pod {} does not have any containers", name(pod)));
    };
    if GROUPS.iter().map(|(path, _)| names(pod, path).len()).sum::<usize>() > 1 {
        notice.push_str(&format!("Defaulted container \"{first}\" out of: {}\n", all_names(pod)));
    }
    Ok(Choice { container: first.to_owned(), notice })
}

const GROUPS: [(&str, &str); 3] =
    [("containers", ""), ("ephemeralContainers", " (ephem)"), ("initContainers", " (init)")];

/// The names of all containers, ordinary ones first.
pub fn all_names(pod: &Value) -> String {
    let mut all: Vec<String> = Vec::new();
    for (path, mark) in GROUPS {
        all.extend(names(pod, path).iter().map(|name| format!("{name}{mark}")));
    }
    all.join(", ")
}

/// The names of one group of containers, `containers` or `initContainers`.
pub fn names<'a>(pod: &'a Value, group: &str) -> Vec<&'a str> {
    list(pod, &["spec", group]).iter().map(|container| text(container, &["name"])).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod() -> Value {
        json!({
            "metadata": {"name": "p7"},
            "spec": {
                "containers": [{"name": "c"}, {"name": "d"}],
                "ephemeralContainers": [{"name": "dbg"}],
                "initContainers": [{"name": "i"}],
            },
        })
    }

    #[test]
    fn takes_the_first_and_says_so() {
        let choice = choose(&pod(), "").unwrap();
        assert_eq!(choice.container, "c");
        assert_eq!(choice.notice, "Defaulted container \"c\" out of: c, d, dbg (ephem), i (init)\n");
        let one = json!({"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c"}]}});
        assert_eq!(choose(&one, "").unwrap().notice, "");
    }

    #[test]
    fn obeys_the_flag_before_the_annotation() {
        let mut annotated = pod();
        annotated["metadata"]["annotations"] = json!({DEFAULT_CONTAINER: "d"});
        assert_eq!(choose(&annotated, "").unwrap(), Choice { container: "d".into(), notice: String::new() });
        assert_eq!(choose(&annotated, "i").unwrap().container, "i");
        assert_eq!(
            choose(&annotated, "nope").unwrap_err(),
            "container nope is not valid for pod p7 out of: c, d, dbg (ephem), i (init)"
        );
    }
}
