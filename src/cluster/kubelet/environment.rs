//! The environment of a container, in the order a process finds it.
//!
//! Follows pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables) and pkg/kubelet/envvars: what the image sets, the
//! host name, what the pod sets, then the Services that are not overridden. (The kubelet adds the Services in Go's
//! random map order; here it is always the same.)

use crate::api::object::{self, Object};
use crate::cluster::kubelet::sources::field_value;
use crate::cluster::reader::Reader;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Builds it; the error is what the container waits for (`CreateContainerConfigError`).
///
/// # Errors
/// `secret "x" not found`, `couldn't find key k in ConfigMap default/x`.
pub fn build(pod: &Object, container: &Value, reader: &dyn Reader) -> Result<Vec<(String, String)>, String> {
    let mut variables: Vec<(String, String)> =
        vec![("PATH".to_owned(), PATH.to_owned()), ("HOSTNAME".to_owned(), object::name(pod).to_owned())];
    let base = variables.len();
    for source in object::list(container, &["envFrom"]) {
        let prefix = object::text(source, &["prefix"]);
        for (key, value) in all_of(pod, source, reader)? {
            set(&mut variables, base, format!("{prefix}{key}"), value);
        }
    }
    let services = services(pod, reader);
    for variable in object::list(container, &["env"]) {
        let name = object::text(variable, &["name"]).to_owned();
        let value = match variable.get("valueFrom") {
            Some(from) => match value_from(pod, from, reader)? {
                Some(value) => value,
                None => continue,
            },
            None => expand(object::text(variable, &["value"]), &variables, &services),
        };
        set(&mut variables, base, name, value);
    }
    for (name, value) in services {
        if !variables.iter().any(|(other, _)| *other == name) {
            variables.push((name, value));
        }
    }
    if !variables.iter().any(|(name, _)| name == "HOME") {
        variables.push(("HOME".to_owned(), "/root".to_owned()));
    }
    Ok(variables)
}

fn set(variables: &mut Vec<(String, String)>, base: usize, name: String, value: String) {
    match variables.iter().skip(base).position(|(other, _)| *other == name) {
        Some(index) => {
            if let Some(slot) = variables.get_mut(base + index) {
                slot.1 = value;
            }
        }
        None => {
            variables.retain(|(other, _)| *other != name);
            variables.push((name, value));
        }
    }
}

/// `$(NAME)` becomes the variable's value, `$$` a dollar sign; unknown references stay.
fn expand(text: &str, variables: &[(String, String)], services: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(index) = rest.find('$') {
        out.push_str(rest.get(..index).unwrap_or_default());
        rest = rest.get(index + 1..).unwrap_or_default();
        if let Some(tail) = rest.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some((name, tail)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let found = variables.iter().rev().chain(services).find(|(other, _)| other == name);
            match found {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = tail;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    out
}

fn value_from(pod: &Object, from: &Value, reader: &dyn Reader) -> Result<Option<String>, String> {
    if let Some(field) = from.get("fieldRef") {
        return Ok(field_value(pod, object::text(field, &["fieldPath"])));
    }
    for (source, resource, field, kind) in
        [("secretKeyRef", "secrets", "data", "Secret"), ("configMapKeyRef", "configmaps", "data", "ConfigMap")]
    {
        let Some(reference) = from.get(source) else { continue };
        let (name, key) = (object::text(reference, &["name"]), object::text(reference, &["key"]));
        let optional = object::boolean(reference, &["optional"]) == Some(true);
        let Some(stored) = reader.get(resource, object::namespace(pod), name) else {
            return if optional { Ok(None) } else { Err(format!("{} \"{name}\" not found", kind.to_lowercase())) };
        };
        return match object::at(&stored, &[field, key]).as_str() {
            Some(text) => Ok(Some(plain(resource, text))),
            None if optional => Ok(None),
            None => Err(format!("couldn't find key {key} in {kind} {}/{name}", object::namespace(pod))),
        };
    }
    Ok(None)
}

fn all_of(pod: &Object, source: &Value, reader: &dyn Reader) -> Result<Vec<(String, String)>, String> {
    let (resource, reference, word) = match (source.get("secretRef"), source.get("configMapRef")) {
        (Some(reference), _) => ("secrets", reference, "secret"),
        (None, Some(reference)) => ("configmaps", reference, "configmap"),
        (None, None) => return Ok(Vec::new()),
    };
    let name = object::text(reference, &["name"]);
    let Some(stored) = reader.get(resource, object::namespace(pod), name) else {
        let optional = object::boolean(reference, &["optional"]) == Some(true);
        return if optional { Ok(Vec::new()) } else { Err(format!("{word} \"{name}\" not found")) };
    };
    let data = object::at(&stored, &["data"]).as_object();
    Ok(data
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), plain(resource, value.as_str().unwrap_or_default())))
        .collect())
}

fn plain(resource: &str, text: &str) -> String {
    if resource == "secrets" {
        return String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned();
    }
    text.to_owned()
}

/// The variables of the Services a pod sees: `default/kubernetes` always, those of its namespace with service links.
fn services(pod: &Object, reader: &dyn Reader) -> Vec<(String, String)> {
    let links = object::boolean(pod, &["spec", "enableServiceLinks"]) != Some(false);
    let mut seen = Vec::new();
    if let Some(kubernetes) = reader.get("services", "default", "kubernetes") {
        seen.push(kubernetes);
    }
    if links {
        let own = reader.list("services", object::namespace(pod));
        seen.extend(
            own.into_iter()
                .filter(|service| object::name(service) != "kubernetes" || object::namespace(service) != "default"),
        );
    }
    seen.iter().flat_map(|service| service_variables(service)).collect()
}

fn service_variables(service: &Object) -> Vec<(String, String)> {
    let address = object::text(service, &["spec", "clusterIP"]);
    let ports = object::list(service, &["spec", "ports"]);
    let Some(first) = ports.first() else { return Vec::new() };
    if address.is_empty() || address == "None" {
        return Vec::new();
    }
    let name = object::name(service).to_uppercase().replace('-', "_");
    let number = |port: &Value| object::integer(port, &["port"]).unwrap_or(0);
    let mut out = vec![
        (format!("{name}_SERVICE_HOST"), address.to_owned()),
        (format!("{name}_SERVICE_PORT"), number(first).to_string()),
    ];
    for port in ports {
        let label = object::text(port, &["name"]);
        if !label.is_empty() {
            let label = label.to_uppercase().replace('-', "_");
            out.push((format!("{name}_SERVICE_PORT_{label}"), number(port).to_string()));
        }
    }
    for (index, port) in ports.iter().enumerate() {
        let protocol = match object::text(port, &["protocol"]) {
            "" => "TCP",
            other => other,
        };
        let url = format!("{}://{address}:{}", protocol.to_lowercase(), number(port));
        if index == 0 {
            out.push((format!("{name}_PORT"), url.clone()));
        }
        let prefix = format!("{name}_PORT_{}_{protocol}", number(port));
        out.push((prefix.clone(), url));
        out.push((format!("{prefix}_PROTO"), protocol.to_lowercase()));
        out.push((format!("{prefix}_PORT"), number(port).to_string()));
        out.push((format!("{prefix}_ADDR"), address.to_owned()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_kubernetes_service_is_always_there() {
        let service = json!({"metadata": {"name": "kubernetes"}, "spec": {"clusterIP": "10.96.0.1",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP"}]}});
        let got: Vec<String> = service_variables(&service).into_iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(
            got,
            [
                "KUBERNETES_SERVICE_HOST=10.96.0.1",
                "KUBERNETES_SERVICE_PORT=443",
                "KUBERNETES_SERVICE_PORT_HTTPS=443",
                "KUBERNETES_PORT=tcp://10.96.0.1:443",
                "KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443",
                "KUBERNETES_PORT_443_TCP_PROTO=tcp",
                "KUBERNETES_PORT_443_TCP_PORT=443",
                "KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1",
            ]
        );
    }

    #[test]
    fn references_are_expanded() {
        let variables = [("A".to_owned(), "1".to_owned())];
        assert_eq!(expand("$(A)-$(B)-$$(A)-$x", &variables, &[]), "1-$(B)-$(A)-$x");
    }
}
