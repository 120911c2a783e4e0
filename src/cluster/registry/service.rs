//! Services: enough to show `kubernetes` and to keep those that manifests bring along. Nothing routes to them.
//!
//! Follows pkg/registry/core/service/strategy.go and pkg/apis/core/v1/defaults.go.

use crate::api::names;
use crate::api::object::{Object, at, list, set_default, strings, text};
use crate::api::selector::LabelSelector;
use crate::api::status::FieldError;
use crate::api::time::Timestamp;
use crate::cluster::registry::strategy::{AGE, Column, NAME, NameRule, Strategy, age, column, name, wide};
use serde_json::{Value, json};

/// `services`.
pub struct Services;

impl Strategy for Services {
    fn resource(&self) -> &'static str {
        "services"
    }

    fn name_rule(&self) -> NameRule {
        names::dns1035_label
    }

    fn default(&self, object: &mut Object) {
        for (field, default) in [
            ("sessionAffinity", "None"),
            ("type", "ClusterIP"),
            ("internalTrafficPolicy", "Cluster"),
            ("ipFamilyPolicy", "SingleStack"),
        ] {
            set_default(object, &["spec", field], json!(default));
        }
        set_default(object, &["spec", "ipFamilies"], json!(["IPv4"]));
        let ports = object.get_mut("spec").and_then(|spec| spec.get_mut("ports"));
        for port in ports.and_then(Value::as_array_mut).into_iter().flatten() {
            set_default(port, &["protocol"], json!("TCP"));
            let number = at(port, &["port"]).clone();
            set_default(port, &["targetPort"], number);
        }
    }

    fn prepare_for_create(&self, object: &mut Object, _now: Timestamp) {
        if text(object, &["spec", "type"]) != "ExternalName" {
            let address = address(crate::api::object::name(object));
            set_default(object, &["spec", "clusterIP"], json!(address));
            let address = at(object, &["spec", "clusterIP"]).clone();
            set_default(object, &["spec", "clusterIPs"], json!([address]));
        }
        crate::api::object::set(object, &["status"], json!({"loadBalancer": {}}));
    }

    fn prepare_for_update(&self, object: &mut Object, old: &Object, subresource: &str) {
        crate::cluster::registry::strategy::keep_other_part(object, old, subresource);
        for field in ["clusterIP", "clusterIPs"] {
            let kept = at(old, &["spec", field]).clone();
            if !kept.is_null() {
                set_default(object, &["spec", field], kept);
            }
        }
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let (spec, mut errors) = (at(object, &["spec"]), Vec::new());
        let headless = matches!(text(spec, &["clusterIP"]), "None") || text(spec, &["type"]) == "ExternalName";
        let ports = list(spec, &["ports"]);
        if ports.is_empty() && !headless {
            errors.push(FieldError::required("spec.ports", ""));
        }
        for (index, port) in ports.iter().enumerate() {
            let field = format!("spec.ports[{index}]");
            if ports.len() > 1 && text(port, &["name"]).is_empty() {
                errors.push(FieldError::required(&format!("{field}.name"), ""));
            }
            let number = crate::api::object::integer(port, &["port"]).unwrap_or(0);
            if !(1..=65535).contains(&number) {
                let detail = "must be between 1 and 65535, inclusive";
                errors.push(FieldError::invalid(&format!("{field}.port"), &json!(number), detail));
            }
        }
        let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
        if !types.contains(&text(spec, &["type"])) {
            errors.push(FieldError::not_supported("spec.type", &json!(text(spec, &["type"])), &types));
        }
        errors
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: [Column; 7] = [
            NAME,
            column("Type"),
            column("Cluster-IP"),
            column("External-IP"),
            column("Port(s)"),
            AGE,
            wide("Selector"),
        ];
        &COLUMNS
    }

    fn cells(&self, object: &Object, now: Timestamp) -> Vec<Value> {
        let or_none = |value: String| json!(if value.is_empty() { "<none>".to_owned() } else { value });
        let ports: Vec<String> = list(object, &["spec", "ports"]).iter().map(port).collect();
        let selector = LabelSelector::from_map(at(object, &["spec", "selector"])).to_string();
        vec![
            name(object),
            at(object, &["spec", "type"]).clone(),
            or_none(text(object, &["spec", "clusterIP"]).to_owned()),
            json!(external(object)),
            or_none(ports.join(",")),
            age(object, now),
            or_none(selector),
        ]
    }

    fn returns_deleted(&self) -> bool {
        true
    }
}

fn port(port: &Value) -> String {
    let number = |field: &str| crate::api::object::integer(port, &[field]).unwrap_or(0);
    match number("nodePort") {
        0 => format!("{}/{}", number("port"), text(port, &["protocol"])),
        node => format!("{}:{node}/{}", number("port"), text(port, &["protocol"])),
    }
}

fn external(object: &Object) -> String {
    let addresses = strings(object, &["spec", "externalIPs"]);
    match text(object, &["spec", "type"]) {
        "ExternalName" => text(object, &["spec", "externalName"]).to_owned(),
        "LoadBalancer" if addresses.is_empty() => "<pending>".to_owned(),
        _ if addresses.is_empty() => "<none>".to_owned(),
        _ => addresses.join(","),
    }
}

/// An address of the Service range that depends on the name alone; nothing listens there.
fn address(name: &str) -> String {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("10.{}.{}.{}", 96 + hash % 16, hash >> 8 & 0xff, 1 + (hash >> 16) % 254)
}
