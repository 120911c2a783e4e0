//! The Pod that `kubectl run` writes, and `--overrides`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/generate/versioned/run.go and pkg/cmd/util/override_options.go.

use serde_json::{Map, Value, json};

/// What `kubectl run` was asked for.
#[derive(Clone, Debug, Default)]
pub struct PodArguments {
    /// NAME.
    pub name: String,
    /// `--image`.
    pub image: String,
    /// `--image-pull-policy`; empty leaves it to the server.
    pub image_pull_policy: String,
    /// What follows the name.
    pub args: Vec<String>,
    /// `--command`: the arguments are the command itself.
    pub command: bool,
    /// `--env`.
    pub env: Vec<String>,
    /// `--labels`.
    pub labels: String,
    /// `--annotations`.
    pub annotations: Vec<String>,
    /// `--port`; empty for none.
    pub port: String,
    /// `Always`, `OnFailure` or `Never`.
    pub restart_policy: String,
    /// `--stdin`.
    pub stdin: bool,
    /// `--tty`.
    pub tty: bool,
    /// `--leave-stdin-open`.
    pub leave_stdin_open: bool,
    /// `--privileged`.
    pub privileged: bool,
}

/// The Pod.
///
/// # Errors
/// Labels, variables or a port that cannot be read.
pub fn pod(arguments: &PodArguments) -> Result<Value, String> {
    let mut metadata = json!({"name": arguments.name, "labels": labels(arguments)?});
    let annotations = pairs(&arguments.annotations, |pair| format!("Malformed annotation {pair}"))?;
    if let (false, Some(map)) = (annotations.is_empty(), metadata.as_object_mut()) {
        map.insert("annotations".to_owned(), Value::Object(annotations));
    }
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {
            "containers": [container(arguments)?],
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": arguments.restart_policy,
        },
        "status": {},
    }))
}

fn container(arguments: &PodArguments) -> Result<Value, String> {
    let mut container = Map::new();
    let mut put = |key: &str, value: Value| {
        container.insert(key.to_owned(), value);
    };
    put("name", json!(arguments.name));
    put("image", json!(arguments.image));
    put("resources", json!({}));
    if !arguments.image_pull_policy.is_empty() {
        put("imagePullPolicy", json!(arguments.image_pull_policy));
    }
    if !arguments.args.is_empty() {
        put(if arguments.command { "command" } else { "args" }, json!(arguments.args));
    }
    let env = environment(&arguments.env)?;
    if !env.is_empty() {
        put("env", json!(env));
    }
    if !arguments.port.is_empty() {
        let port: i64 = arguments
            .port
            .parse()
            .map_err(|_| format!("strconv.Atoi: parsing {}: invalid syntax", crate::api::go::quote(&arguments.port)))?;
        put("ports", json!([{"containerPort": port}]));
    }
    for (key, wanted) in [("stdin", arguments.stdin), ("tty", arguments.tty)] {
        if wanted {
            put(key, json!(true));
        }
    }
    if arguments.stdin && !arguments.leave_stdin_open {
        put("stdinOnce", json!(true));
    }
    if arguments.privileged {
        put("securityContext", json!({"privileged": true}));
    }
    Ok(Value::Object(container))
}

fn labels(arguments: &PodArguments) -> Result<Value, String> {
    if arguments.labels.is_empty() {
        return Ok(json!({"run": arguments.name}));
    }
    let parts: Vec<String> = arguments.labels.split(',').map(str::to_owned).collect();
    Ok(Value::Object(pairs(&parts, |part| format!("unexpected label spec: {part}"))?))
}

fn pairs(items: &[String], wrong: impl Fn(&str) -> String) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    for item in items {
        match item.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                map.insert(key.to_owned(), json!(value));
            }
            _ => return Err(wrong(item)),
        }
    }
    Ok(map)
}

fn environment(items: &[String]) -> Result<Vec<Value>, String> {
    items
        .iter()
        .map(|item| match item.split_once('=') {
            Some((name, "")) if !name.is_empty() => Ok(json!({"name": name})),
            Some((name, value)) if !name.is_empty() => Ok(json!({"name": name, "value": value})),
            _ => Err(format!("invalid env: {item}")),
        })
        .collect()
}

/// Lays `--overrides` over the object as a JSON merge patch.
///
/// # Errors
/// `Invalid JSON Patch`, if it is no mapping.
pub fn merge_overrides(object: &Value, overrides: &str) -> Result<Value, String> {
    match serde_json::from_str(overrides) {
        Ok(patch @ Value::Object(_)) => Ok(crate::api::patch::merge(object, &patch)),
        _ => Err("Invalid JSON Patch".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn arguments() -> PodArguments {
        PodArguments {
            name: "my-pod".into(),
            image: "ubuntu".into(),
            restart_policy: "Always".into(),
            ..PodArguments::default()
        }
    }

    #[test]
    fn is_what_the_dry_run_prints() {
        assert_eq!(
            pod(&arguments()).unwrap(),
            json!({
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"labels": {"run": "my-pod"}, "name": "my-pod"},
                "spec": {
                    "containers": [{"image": "ubuntu", "name": "my-pod", "resources": {}}],
                    "dnsPolicy": "ClusterFirst",
                    "restartPolicy": "Always",
                },
                "status": {},
            })
        );
    }

    #[test]
    fn takes_arguments_or_a_command() {
        let mut asked = arguments();
        asked.args = vec!["sleep".into(), "infinity".into()];
        asked.env = vec!["A=b=c".into()];
        let made = pod(&asked).unwrap();
        assert_eq!(made["spec"]["containers"][0]["args"], json!(["sleep", "infinity"]));
        assert_eq!(made["spec"]["containers"][0]["env"], json!([{"name": "A", "value": "b=c"}]));
        asked.command = true;
        asked.stdin = true;
        let made = pod(&asked).unwrap();
        assert_eq!(made["spec"]["containers"][0]["command"], json!(["sleep", "infinity"]));
        assert_eq!(made["spec"]["containers"][0]["stdinOnce"], true);
        asked.env = vec!["A".into()];
        assert_eq!(pod(&asked).unwrap_err(), "invalid env: A");
    }

    #[test]
    fn overrides_merge_and_remove() {
        let made = pod(&arguments()).unwrap();
        let merged = merge_overrides(&made, r#"{"spec":{"serviceAccountName":"data-sa","dnsPolicy":null}}"#).unwrap();
        assert_eq!(merged["spec"]["serviceAccountName"], "data-sa");
        assert!(merged["spec"].get("dnsPolicy").is_none());
        assert_eq!(merged["spec"]["containers"][0]["name"], "my-pod");
        assert_eq!(merge_overrides(&made, "{x").unwrap_err(), "Invalid JSON Patch");
    }
}
