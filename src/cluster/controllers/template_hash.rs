//! The hash of a pod template: the end of a ReplicaSet's name and the label `pod-template-hash`.
//!
//! Follows ComputeHash in pkg/controller/controller_utils.go: FNV-32a of go-spew's dump of the v1 structs (`%#v`: the type of
//! each field, `<nil>` for what is not there), its decimal digits in the letters of generated names. Storage that is not
//! simulated is dumped as it is written, so its hash is another one than Kubernetes'.

use crate::api::go_types::{self, Entry};
use crate::api::object::at;
use crate::api::quantity;
use crate::api::schema::{self, Field, Shape};
use crate::api::sorted;
use crate::api::wire;
use crate::cluster::random::ALPHABET;
use serde_json::Value;
use std::fmt::Write;

/// Structs inside others that JSON shows without their name: the outer type, the name, the first and last field.
const EMBEDDED: &[(&str, &str, &str, &str)] = &[
    ("Volume", "VolumeSource", "hostPath", "image"),
    ("Probe", "ProbeHandler", "exec", "grpc"),
    ("ConfigMapEnvSource", REFERENCE, "name", "name"),
    ("SecretEnvSource", REFERENCE, "name", "name"),
    ("ConfigMapKeySelector", REFERENCE, "name", "name"),
    ("SecretKeySelector", REFERENCE, "name", "name"),
    ("ConfigMapVolumeSource", REFERENCE, "name", "name"),
    ("ConfigMapProjection", REFERENCE, "name", "name"),
    ("SecretProjection", REFERENCE, "name", "name"),
];
const REFERENCE: &str = "LocalObjectReference";
const NIL: &str = "<nil>";

/// The hash of a pod template.
pub fn of(template: &Value) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in dump(template).bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let letter = |digit: u8| ALPHABET.get(usize::from(digit) % ALPHABET.len()).copied().unwrap_or(b'b') as char;
    hash.to_string().bytes().map(letter).collect()
}

fn dump(template: &Value) -> String {
    let mut out = "(v1.PodTemplateSpec)".to_owned();
    structure(&mut out, template, "PodTemplateSpec");
    out
}

fn structure(out: &mut String, value: &Value, type_name: &str) {
    let Some(entries) = go_types::entries(type_name) else {
        out.push_str(&value.to_string());
        return;
    };
    let mut entries: Vec<Entry<'_>> = entries.filter(|entry| schema::field(type_name, &entry.json).is_some()).collect();
    let order: Vec<&str> = wire::struct_fields(type_name).into_iter().flatten().collect();
    sorted::sort_by_key(&mut entries, |entry| order.iter().position(|name| *name == entry.json));
    out.push('{');
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let name = entry.json.as_str();
        let inside =
            |end: &str| EMBEDDED.iter().find(|e| e.0 == type_name && (if end == "first" { e.2 } else { e.3 }) == name);
        if let Some((_, embedded, ..)) = inside("first") {
            let _ = write!(out, "{embedded}:(v1.{embedded}){{");
        }
        let Some(field) = schema::field(type_name, name) else { continue };
        let _ = write!(out, "{}:(", entry.go);
        let go_type = field.go_type(type_name, name);
        member(out, at(value, &[name]), field, entry, &go_type);
        if inside("last").is_some() {
            out.push('}');
        }
    }
    out.push('}');
}

/// The rest of a field after `Name:(`.
fn member(out: &mut String, value: &Value, field: &Field, entry: &Entry<'_>, go_type: &str) {
    let go_type = match go_type {
        "quantity" => "resource.Quantity",
        "int-or-string" => "intstr.IntOrString",
        "time" => "v1.Time",
        other => other,
    };
    let object = field.is_object() || field.type_name == "time";
    let pointer =
        field.shape == Shape::Single && (entry.is('+') || if object { !entry.is('!') } else { entry.is('*') });
    if pointer {
        out.push('*');
    }
    let _ = write!(out, "{go_type})");
    match (field.shape, value) {
        (Shape::Single, Value::Null) if pointer => out.push_str(NIL),
        (Shape::Single, value) => single(out, value, &field.type_name),
        (Shape::List, Value::Array(items)) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { " " } else { "" });
                single(out, item, &field.type_name);
            }
            out.push(']');
        }
        (_, Value::Object(map)) if !map.is_empty() => {
            out.push_str("map[");
            for (index, (key, value)) in map.iter().enumerate() {
                let _ = write!(out, "{}{key}:", if index > 0 { " " } else { "" });
                single(out, value, &field.type_name);
            }
            out.push(']');
        }
        _ => out.push_str(NIL),
    }
}

/// A value without the name of its type.
fn single(out: &mut String, value: &Value, type_name: &str) {
    match (type_name, value) {
        ("quantity", value) => amount(out, value.as_str().unwrap_or("0")),
        ("int-or-string", Value::String(text)) => {
            let _ = write!(out, "{{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string){text}}}");
        }
        ("int-or-string", value) => {
            let number = value.as_i64().unwrap_or(0);
            let _ = write!(out, "{{Type:(intstr.Type)0 IntVal:(int32){number} StrVal:(string)}}");
        }
        // Nobody's template was created at some time.
        ("time", _) => out.push_str("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"),
        ("bool", Value::Null) => out.push_str("false"),
        ("int32" | "int64", Value::Null) => out.push('0'),
        ("string", Value::Null) => {}
        (_, Value::String(text)) => out.push_str(text),
        (_, Value::Bool(_) | Value::Number(_)) => out.push_str(&value.to_string()),
        (_, value) => structure(out, value, type_name),
    }
}

fn amount(out: &mut String, text: &str) {
    let parts = quantity::parts(text);
    let kept = if parts.keeps_text { text } else { "" };
    let _ = write!(
        out,
        "{{i:(resource.int64Amount){{value:(int64){} scale:(resource.Scale){}}} \
         d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){kept} Format:(resource.Format){}}}",
        parts.value, parts.scale, parts.format
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The template of `kubectl create deployment web --image=nginx`, as a real 1.36.2 stores it.
    fn web() -> Value {
        json!({
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [{
                    "name": "nginx", "image": "nginx", "resources": {}, "imagePullPolicy": "Always",
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                }],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "securityContext": {}, "schedulerName": "default-scheduler",
            }
        })
    }

    #[test]
    fn is_the_one_that_a_real_cluster_gave() {
        assert_eq!(of(&web()), "7887448d46");
    }

    #[test]
    fn every_field_has_its_go_type() {
        let mut template = web();
        template["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "500m", "memory": "128Mi"}});
        template["spec"]["containers"][0]["env"] =
            json!([{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]);
        template["spec"]["containers"][0]["livenessProbe"] =
            json!({"httpGet": {"path": "/", "port": 80, "scheme": "HTTP"}});
        template["spec"]["securityContext"] = json!({"fsGroup": 2000, "supplementalGroups": [1, 2]});
        template["spec"]["volumes"] = json!([{"name": "v", "projected": {"sources": [
            {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}]}}]);
        let dump = dump(&template);
        let has = |part: &str| assert!(dump.contains(part), "{part}\n{dump}");
        has("Limits:(v1.ResourceList)map[cpu:{i:(resource.int64Amount){value:(int64)500 scale:(resource.Scale)-3} \
             d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)500m Format:(resource.Format)DecimalSI} \
             memory:{i:(resource.int64Amount){value:(int64)134217728 scale:(resource.Scale)0} \
             d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string) Format:(resource.Format)BinarySI}] Requests:(v1.ResourceList)<nil>");
        has(
            "Env:([]v1.EnvVar)[{Name:(string)A Value:(string) ValueFrom:(*v1.EnvVarSource){FieldRef:(*v1.ObjectFieldSelector)<nil> ",
        );
        has(
            "SecretKeyRef:(*v1.SecretKeySelector){LocalObjectReference:(v1.LocalObjectReference){Name:(string)s} Key:(string)k \
             Optional:(*bool)<nil>} FileKeyRef:(*v1.FileKeySelector)<nil>}}]",
        );
        has(
            "LivenessProbe:(*v1.Probe){ProbeHandler:(v1.ProbeHandler){Exec:(*v1.ExecAction)<nil> HTTPGet:(*v1.HTTPGetAction)\
             {Path:(string)/ Port:(intstr.IntOrString){Type:(intstr.Type)0 IntVal:(int32)80 StrVal:(string)} Host:(string) \
             Scheme:(v1.URIScheme)HTTP HTTPHeaders:([]v1.HTTPHeader)<nil>} ",
        );
        has(
            "SupplementalGroups:([]int64)[1 2] SupplementalGroupsPolicy:(*v1.SupplementalGroupsPolicy)<nil> FSGroup:(*int64)2000 ",
        );
        has(
            "Volumes:([]v1.Volume)[{Name:(string)v VolumeSource:(v1.VolumeSource){HostPath:(*v1.HostPathVolumeSource)<nil> ",
        );
        has(
            "Projected:(*v1.ProjectedVolumeSource){Sources:([]v1.VolumeProjection)[{Secret:(*v1.SecretProjection)<nil> ",
        );
        has("ExpirationSeconds:(*int64)600 Path:(string)token}");
        has("Image:(*v1.ImageVolumeSource)<nil>}}] InitContainers:([]v1.Container)<nil>");
    }
}
