//! ServiceAccount: gives every new pod an identity, and the files to prove it.
//!
//! Follows plugin/pkg/admission/serviceaccount/admission.go. The pod's containers get a mount at [`MOUNT_PATH`] of
//! a projected volume with a token, the cluster's CA certificate and the namespace, unless the pod or its account
//! says no. What a pod may refer to is in [`mountable_secrets`]. Updates never change anything: that is why a pod
//! keeps its account, and why ephemeral containers get no token.

use crate::api::go::quote;
use crate::api::object::{Object, Pod, annotation, boolean, list, name, set, text};
use crate::api::status::Status;
use crate::cluster::admission::{Attributes, Context, Notes, Operation, mountable_secrets, push};
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::token::EXTENDABLE_LIFETIME_SECONDS;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// Where every client library looks for its token.
pub const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// How the volume's name begins; five random letters follow.
pub const VOLUME_PREFIX: &str = "kube-api-access-";
/// The account of pods that name none.
pub const DEFAULT_ACCOUNT: &str = "default";
/// The annotation of pods that a kubelet runs from its own files.
pub const MIRROR_ANNOTATION: &str = "kubernetes.io/config.mirror";
/// How long the real plugin looks for a `default` account that is not there yet: 10 times, 100 to 199 ms apart.
pub const DEFAULT_ACCOUNT_WAIT_MAX: Duration = Duration::from_millis(1_000);

/// Whether a pod that is about to be created wants its namespace's `default` account, which is not there yet. The
/// real plugin looks again for [`DEFAULT_ACCOUNT_WAIT_MAX`]; in here nothing can wait in the middle of a request, so
/// whoever sends it asks this first and lets so much time pass: the controller makes the account in a moment.
pub fn needs_default_account(pod: &Object, namespace: &str, reader: &dyn Reader) -> bool {
    let wanted = account_name(pod);
    (wanted.is_empty() || wanted == DEFAULT_ACCOUNT)
        && annotation(pod, MIRROR_ANNOTATION).is_none()
        && reader.get("serviceaccounts", namespace, DEFAULT_ACCOUNT).is_none()
        && reader.get("namespaces", "", namespace).is_some_and(|namespace| {
            text(&namespace, &["status", "phase"]) != "Terminating"
                && crate::api::object::deletion_timestamp(&namespace).is_none()
        })
}

/// Creations of pods: the mutating part.
pub fn handles_creation(attributes: &Attributes<'_>) -> bool {
    attributes.operation == Operation::Create && attributes.is("pods")
}

/// Creations of pods, ephemeral containers, and (for one warning) ServiceAccounts: the validating part.
pub fn handles(attributes: &Attributes<'_>) -> bool {
    let ephemeral = attributes.kind.group.is_empty() && attributes.resource() == ("pods", "ephemeralcontainers");
    let written = matches!(attributes.operation, Operation::Create | Operation::Update);
    handles_creation(attributes) || written && (ephemeral || attributes.is("serviceaccounts"))
}

/// Fills in the account, the token volume with its mounts, and the image pull secrets.
///
/// # Errors
/// 403: no such account, or something the pod may not refer to.
pub fn admit(
    pod: &mut Object,
    attributes: &Attributes<'_>,
    context: &mut Context<'_>,
    notes: &mut Notes,
) -> Result<(), Status> {
    if annotation(pod, MIRROR_ANNOTATION).is_some() {
        notes.decided("mirror pod", "the kubelet runs it from its own files: it gets no account and no token");
        return mountable_secrets::check_mirror_pod(pod).map_err(|cause| attributes.forbidden(pod, cause));
    }
    fill_in_account(pod, notes);
    let account = look_up(pod, attributes, context.reader)?;
    notes.looked(format!("serviceaccount {}/{}", attributes.namespace, name(&account)), "found");
    if automount(pod, &account, notes) {
        mount_token(pod, context.random, notes);
    }
    copy_image_pull_secrets(pod, &account, notes);
    mountable_secrets::check_pod(pod, &account).map_err(|cause| attributes.forbidden(pod, &cause))
}

/// Looks again, after validation and everybody else's changes.
///
/// # Errors
/// As [`admit`]; for ephemeral containers a plain 500, as the real one answers.
pub fn validate(object: &Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    if attributes.is("serviceaccounts") {
        return Ok(());
    }
    if annotation(object, MIRROR_ANNOTATION).is_some() {
        return mountable_secrets::check_mirror_pod(object).map_err(|cause| attributes.forbidden(object, cause));
    }
    if attributes.operation == Operation::Update {
        let Some(account) = context.reader.get("serviceaccounts", attributes.namespace, account_name(object)) else {
            return Ok(());
        };
        return mountable_secrets::check_ephemeral_containers(object, &account).map_err(Status::internal);
    }
    if account_name(object).is_empty() {
        let cause = format!("no service account specified for pod {}/{}", attributes.namespace, name(object));
        return Err(attributes.forbidden(object, &cause));
    }
    let account = look_up(object, attributes, context.reader)?;
    mountable_secrets::check_pod(object, &account).map_err(|cause| attributes.forbidden(object, &cause))
}

/// `spec.serviceAccountName`, or its deprecated alias.
fn account_name(pod: &Object) -> &str {
    match Pod(pod).service_account_name() {
        "" => text(pod, &["spec", "serviceAccount"]),
        name => name,
    }
}

fn fill_in_account(pod: &mut Object, notes: &mut Notes) {
    let given = account_name(pod).to_owned();
    let wanted = if given.is_empty() { DEFAULT_ACCOUNT.to_owned() } else { given.clone() };
    if given.is_empty() {
        notes.looked("pod.spec.serviceAccountName", "unset: the namespace's default account");
    } else {
        notes.looked("pod.spec.serviceAccountName", given);
    }
    if Pod(pod).service_account_name().is_empty() {
        set(pod, &["spec", "serviceAccountName"], json!(wanted));
        notes.set("spec.serviceAccountName", "The pod names no account, so it gets its namespace's default one.");
    }
    if text(pod, &["spec", "serviceAccount"]) != wanted {
        set(pod, &["spec", "serviceAccount"], json!(wanted));
        notes.set("spec.serviceAccount", "The old name of serviceAccountName; it always has the same value.");
    }
}

fn look_up(pod: &Object, attributes: &Attributes<'_>, reader: &dyn Reader) -> Result<Rc<Object>, Status> {
    let wanted = account_name(pod);
    reader.get("serviceaccounts", attributes.namespace, wanted).ok_or_else(|| {
        let home = attributes.namespace;
        let cause =
            format!("error looking up service account {home}/{wanted}: serviceaccount {} not found", quote(wanted));
        attributes.forbidden(pod, &cause)
    })
}

/// The pod decides; if it says nothing, the account; if that says nothing either, yes.
fn automount(pod: &Object, account: &Object, notes: &mut Notes) -> bool {
    const POD: &str = "pod.spec.automountServiceAccountToken";
    const ACCOUNT: &str = "serviceaccount.automountServiceAccountToken";
    let word = |mount: bool| if mount { "true: a token is mounted" } else { "false: no token is mounted" };
    if let Some(mount) = Pod(pod).automount_service_account_token() {
        notes.decided(POD, word(mount));
        return mount;
    }
    notes.looked(POD, "unset");
    if let Some(mount) = boolean(account, &["automountServiceAccountToken"]) {
        notes.decided(ACCOUNT, word(mount));
        return mount;
    }
    notes.looked(ACCOUNT, "unset");
    notes.decided("by default", "a token is mounted");
    true
}

fn mount_token(pod: &mut Object, random: &mut Random, notes: &mut Notes) {
    // Whatever its type: a volume of that name is taken for the token's.
    let existing =
        Pod(pod).volumes().iter().map(|volume| text(volume, &["name"])).find(|name| name.starts_with(VOLUME_PREFIX));
    let volume = match existing {
        Some(name) => {
            notes.looked(format!("volume {name}"), "the pod brings it along: used as it is");
            (name.to_owned(), false)
        }
        None => (format!("{VOLUME_PREFIX}{}", random.suffix(5)), true),
    };
    let (volume, is_new) = volume;
    let mut mounted = false;
    for field in ["initContainers", "containers"] {
        for index in 0..list(pod, &["spec", field]).len() {
            mounted |= mount_in(pod, field, index, &volume, notes);
        }
    }
    if is_new && mounted {
        let index = push(pod, &["spec", "volumes"], token_volume(&volume));
        for (path, why) in VOLUME_PARTS {
            notes.set(format!("spec.volumes[{index}]{path}"), why);
        }
    }
}

/// What the parts of the volume are for.
const VOLUME_PARTS: [(&str, &str); 5] = [
    ("", "The files of the pod's identity, put together from three sources."),
    (".projected.defaultMode", "The mode of the files, 0644: every user in the container may read them."),
    (
        ".projected.sources[0]",
        "The token: the kubelet asks for it and writes a new one in time. 3607 seconds (an hour and seven) tell the API server that it was mounted by default, so it really works for a year.",
    ),
    (".projected.sources[1]", "The certificate that programs check the API server's own certificate with."),
    (".projected.sources[2]", "The name of the namespace that the pod runs in."),
];

fn mount_in(pod: &mut Object, field: &str, index: usize, volume: &str, notes: &mut Notes) -> bool {
    let entry = json!({"name": volume, "readOnly": true, "mountPath": MOUNT_PATH});
    let Some(container) = pod.get_mut("spec").and_then(|spec| spec.get_mut(field)?.get_mut(index)) else {
        return false;
    };
    let own = list(container, &["volumeMounts"]).iter().find(|mount| text(mount, &["mountPath"]) == MOUNT_PATH);
    if let Some(mount) = own {
        let finding = format!("mounts {} at {MOUNT_PATH} itself: left alone", text(mount, &["name"]));
        notes.looked(format!("container {}", name_of(container)), finding);
        return false;
    }
    let position = push(container, &["volumeMounts"], entry);
    notes.set(
        format!("spec.{field}[{index}].volumeMounts[{position}]"),
        "Where programs in this container find the token, and client libraries look for it by themselves.",
    );
    true
}

fn name_of(container: &Value) -> &str {
    text(container, &["name"])
}

/// The projected volume, field by field as the real plugin writes it.
fn token_volume(name: &str) -> Value {
    json!({
        "name": name,
        "projected": {
            "defaultMode": 420,
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": EXTENDABLE_LIFETIME_SECONDS, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [{
                    "path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                }]}},
            ],
        },
    })
}

fn copy_image_pull_secrets(pod: &mut Object, account: &Object, notes: &mut Notes) {
    let secrets: Vec<Value> = list(account, &["imagePullSecrets"])
        .iter()
        .map(|reference| json!({"name": text(reference, &["name"])}))
        .collect();
    if secrets.is_empty() {
        return;
    }
    if !list(pod, &["spec", "imagePullSecrets"]).is_empty() {
        notes.looked("pod.spec.imagePullSecrets", "set: those of the account are not added");
        return;
    }
    set(pod, &["spec", "imagePullSecrets"], Value::Array(secrets));
    let why = format!("Copied from the ServiceAccount {}, because the pod names none.", name(account));
    notes.set("spec.imagePullSecrets", why);
}
