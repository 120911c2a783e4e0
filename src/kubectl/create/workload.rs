//! The Deployment that `create deployment` writes.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_deployment.go.

use crate::kubectl::image;
use serde_json::{Value, json};

/// A Deployment of these images; `command` replaces the (only) image's own, a port is optional.
pub fn deployment(name: &str, images: &[String], replicas: i64, port: Option<i64>, command: &[String]) -> Value {
    let containers: Vec<Value> = images
        .iter()
        .map(|image| {
            let mut container = json!({"name": container_name(image), "image": image, "resources": {}});
            if let Some(map) = container.as_object_mut() {
                if !command.is_empty() {
                    map.insert("command".to_owned(), json!(command));
                }
                if let Some(port) = port {
                    map.insert("ports".to_owned(), json!([{"containerPort": port}]));
                }
            }
            container
        })
        .collect();
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}},
        },
        "status": {},
    })
}

/// The image's base name; one with `.` or `_` in it gets a suffix, as the real one does.
fn container_name(image: &str) -> String {
    let base = image::base_name(image);
    if !base.contains(['_', '.']) {
        return base.to_owned();
    }
    format!("{}-{}", base.replace(['_', '.'], "-"), suffix(image))
}

/// Five letters of the alphabet that generated names use. kubectl draws them; here they follow from the image, so
/// that the same command always says the same.
fn suffix(image: &str) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut hash: u32 = 2_166_136_261;
    for byte in image.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    (0..5)
        .map(|_| {
            let letter = ALPHABET.get(hash as usize % ALPHABET.len()).copied().unwrap_or(b'b');
            hash /= 27;
            char::from(letter)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_the_dry_run_prints() {
        let made = deployment("web", &["docker.io/library/nginx:1.29".to_owned()], 1, None, &[]);
        assert_eq!(made["spec"]["template"]["spec"]["containers"][0]["name"], "nginx");
        assert_eq!(made["spec"]["selector"]["matchLabels"]["app"], "web");
        assert_eq!(made["spec"]["strategy"], json!({}));
        assert_eq!(made["status"], json!({}));
        assert!(made["spec"]["template"]["spec"]["containers"][0].get("command").is_none());
    }

    #[test]
    fn takes_a_command_a_port_and_replicas() {
        let made = deployment("web", &["a/my_app".to_owned()], 3, Some(80), &["sleep".to_owned(), "1".to_owned()]);
        let container = &made["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(made["spec"]["replicas"], 3);
        assert_eq!(container["command"], json!(["sleep", "1"]));
        assert_eq!(container["ports"], json!([{"containerPort": 80}]));
        let name = container["name"].as_str().unwrap_or_default();
        assert!(name.starts_with("my-app-") && name.len() == "my-app-".len() + 5, "{name}");
    }
}
