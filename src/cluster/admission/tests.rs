//! Admission, against what a real cluster stores and refuses (conformance scenarios 01, 04, 05).

use super::*;
use crate::api::kinds;
use crate::api::object::{at, list, text};
use crate::cluster::authz::tests::{bootstrapped, put};
use crate::cluster::store::Store;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_767_258_000);

fn cluster() -> Store {
    let mut store = bootstrapped();
    put(&mut store, "namespaces", json!({"metadata": {"name": "default"}, "status": {"phase": "Active"}}));
    put(&mut store, "serviceaccounts", json!({"metadata": {"name": "default", "namespace": "default", "uid": "d"}}));
    store
}

struct Outcome {
    object: Object,
    result: Result<(), Status>,
    record: Vec<(Actor, Event)>,
}

impl Outcome {
    fn message(&self) -> &str {
        self.result.as_ref().err().map(|status| status.message.as_str()).unwrap_or_default()
    }

    /// What the ServiceAccount plugin set, and what it looked at.
    fn service_account(&self) -> (Vec<&str>, Vec<(&str, &str, bool)>) {
        let (changes, checks) = self
            .record
            .iter()
            .find_map(|(actor, event)| match (actor, event) {
                (Actor::Admission("ServiceAccount"), Event::Mutated { changes, checks, .. }) => Some((changes, checks)),
                _ => None,
            })
            .unwrap_or_else(|| panic!("not mutated: {:?}", self.record));
        (
            changes.iter().map(|change| change.path.as_str()).collect(),
            checks.iter().map(|c| (c.subject.as_str(), c.finding.as_str(), c.decided)).collect(),
        )
    }
}

struct Asked<'a> {
    operation: Operation,
    plural: &'a str,
    subresource: &'a str,
    name: &'a str,
    old: Option<&'a Object>,
    user: UserInfo,
}

const CREATE_POD: Asked<'static> = Asked {
    operation: Operation::Create,
    plural: "pods",
    subresource: "",
    name: "",
    old: None,
    user: UserInfo {
        username: String::new(),
        uid: String::new(),
        groups: Vec::new(),
        extra: std::collections::BTreeMap::new(),
    },
};

fn admit(store: &Store, namespace: &str, asked: &Asked<'_>, mut object: Object) -> Outcome {
    let kind = kinds::by_plural("", asked.plural).unwrap_or_else(|| panic!("no kind {}", asked.plural));
    let attributes = Attributes {
        operation: asked.operation,
        user: &asked.user,
        kind,
        subresource: asked.subresource,
        namespace,
        name: asked.name,
        old: asked.old,
    };
    let (mut random, settings) = (Random::new(1), Settings::default());
    let mut context = Context {
        reader: store,
        random: &mut random,
        now: NOW,
        settings: &settings,
        warnings: Vec::new(),
        record: Vec::new(),
    };
    let result =
        mutate(&mut object, &attributes, &mut context).and_then(|()| validate(&object, &attributes, &mut context));
    Outcome { object, result, record: context.record }
}

fn create(store: &Store, pod: Object) -> Outcome {
    admit(store, "default", &CREATE_POD, pod)
}

fn pod(spec: Value) -> Object {
    json!({"metadata": {"name": "p6", "namespace": "default"}, "spec": spec})
}

fn one_container() -> Value {
    json!({"containers": [{"name": "c", "image": "busybox"}]})
}

#[test]
fn a_plain_pod_gets_the_default_account_with_its_files() {
    let outcome = create(&cluster(), pod(one_container()));
    assert_eq!(outcome.result, Ok(()));
    let spec = at(&outcome.object, &["spec"]);
    let volume = text(spec, &["volumes", "0", "name"]);
    assert!(volume.starts_with("kube-api-access-") && volume.len() == 21);
    // The volume of conformance recording 05.
    assert_eq!(
        at(spec, &["volumes", "0", "projected"]).to_string(),
        r#"{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"items":[{"key":"ca.crt","path":"ca.crt"}],"name":"kube-root-ca.crt"}},{"downwardAPI":{"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"},"path":"namespace"}]}}]}"#
    );
    assert_eq!(
        at(spec, &["containers", "0", "volumeMounts"]),
        &json!([{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": volume, "readOnly": true}])
    );
    assert_eq!((text(spec, &["serviceAccount"]), text(spec, &["serviceAccountName"])), ("default", "default"));
    assert_eq!((at(spec, &["priority"]), text(spec, &["preemptionPolicy"])), (&json!(0), "PreemptLowerPriority"));
    let tolerations: Vec<&str> = list(spec, &["tolerations"]).iter().map(|one| text(one, &["key"])).collect();
    assert_eq!(tolerations, ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]);
    assert!(at(spec, &["automountServiceAccountToken"]).is_null(), "the decision is not written down");
    let (changes, checks) = outcome.service_account();
    assert_eq!(
        changes,
        [
            "spec.serviceAccountName",
            "spec.serviceAccount",
            "spec.containers[0].volumeMounts[0]",
            "spec.volumes[0]",
            "spec.volumes[0].projected.defaultMode",
            "spec.volumes[0].projected.sources[0]",
            "spec.volumes[0].projected.sources[1]",
            "spec.volumes[0].projected.sources[2]",
        ]
    );
    assert_eq!(checks.last(), Some(&("by default", "a token is mounted", true)));
}

#[test]
fn the_pod_decides_before_the_account() {
    let mut store = cluster();
    let account = |automount: Value| json!({"metadata": {"name": "a", "namespace": "default"}, "automountServiceAccountToken": automount});
    for (of_pod, of_account, mounted, decider) in [
        (Value::Null, Value::Null, true, "by default"),
        (Value::Null, json!(false), false, "serviceaccount.automountServiceAccountToken"),
        (Value::Null, json!(true), true, "serviceaccount.automountServiceAccountToken"),
        (json!(false), json!(true), false, "pod.spec.automountServiceAccountToken"),
        (json!(true), json!(false), true, "pod.spec.automountServiceAccountToken"),
    ] {
        put(&mut store, "serviceaccounts", account(of_account));
        let mut spec = one_container();
        spec["serviceAccountName"] = json!("a");
        spec["automountServiceAccountToken"] = of_pod;
        let outcome = create(&store, pod(spec));
        assert_eq!(!list(&outcome.object, &["spec", "volumes"]).is_empty(), mounted, "{decider}");
        let (_, checks) = outcome.service_account();
        let decided: Vec<&str> = checks.iter().filter(|check| check.2).map(|check| check.0).collect();
        assert_eq!(decided, [decider]);
    }
}

#[test]
fn containers_that_mount_something_there_are_left_alone() {
    let outcome = create(
        &cluster(),
        pod(json!({
            "initContainers": [{"name": "i"}],
            "containers": [
                {"name": "has-own", "volumeMounts": [{"name": "tmp", "mountPath": service_account::MOUNT_PATH}]},
                {"name": "has-other", "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]},
            ],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        })),
    );
    let names = |field: &str, index: &str| -> Vec<String> {
        list(&outcome.object, &["spec", field, index, "volumeMounts"])
            .iter()
            .map(|mount| text(mount, &["name"]).chars().take(4).collect())
            .collect()
    };
    assert_eq!(names("containers", "0"), ["tmp"]);
    assert_eq!(names("containers", "1"), ["tmp", "kube"]);
    assert_eq!(names("initContainers", "0"), ["kube"]);
    assert_eq!(list(&outcome.object, &["spec", "volumes"]).len(), 2);
    assert!(outcome.service_account().0.contains(&"spec.containers[1].volumeMounts[1]"));
}

#[test]
fn a_volume_of_that_name_is_used_and_none_added_when_nobody_mounts() {
    let mut spec = one_container();
    spec["volumes"] = json!([{"name": "kube-api-access-mine", "emptyDir": {}}]);
    let outcome = create(&cluster(), pod(spec));
    assert_eq!(
        text(&outcome.object, &["spec", "containers", "0", "volumeMounts", "0", "name"]),
        "kube-api-access-mine"
    );
    assert_eq!(list(&outcome.object, &["spec", "volumes"]).len(), 1);
    let mut spec = one_container();
    spec["containers"][0]["volumeMounts"] = json!([{"name": "x", "mountPath": service_account::MOUNT_PATH}]);
    assert!(list(&create(&cluster(), pod(spec)).object, &["spec", "volumes"]).is_empty());
}

#[test]
fn a_missing_account_is_forbidden() {
    let mut spec = one_container();
    spec["serviceAccountName"] = json!("nope");
    let outcome = create(&cluster(), pod(spec.clone()));
    assert_eq!(
        outcome.result.as_ref().map_err(|status| status.to_value()),
        Err(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "pods \"p6\" is forbidden: error looking up service account default/nope: serviceaccount \"nope\" not found",
            "reason": "Forbidden", "details": {"name": "p6", "kind": "pods"}, "code": 403}))
    );
    assert!(matches!(outcome.record.last(), Some((Actor::Admission("ServiceAccount"), Event::Refused { .. }))));
    let generated = json!({"metadata": {"generateName": "bad-58c9786c7-"}, "spec": spec});
    assert!(create(&cluster(), generated).message().starts_with("pods \"bad-58c9786c7-\" is forbidden: "));
    assert!(create(&cluster(), json!({"metadata": {}, "spec": spec})).message().starts_with("pods \"Unknown\" is"));
}

#[test]
fn the_default_account_may_still_be_coming() {
    let mut store = cluster();
    put(&mut store, "namespaces", json!({"metadata": {"name": "new"}, "status": {"phase": "Active"}}));
    let needs = |store: &Store, namespace: &str, pod: &Object| needs_default_account(pod, namespace, store);
    assert!(needs(&store, "new", &pod(one_container())));
    assert!(!needs(&store, "default", &pod(one_container())), "it is there");
    assert!(!needs(&store, "missing", &pod(one_container())));
    assert!(!needs(&store, "new", &pod(json!({"serviceAccountName": "robot"}))));
    assert!(!needs(&store, "new", &pod(json!({"serviceAccount": "robot"}))));
    put(&mut store, "namespaces", json!({"metadata": {"name": "new"}, "status": {"phase": "Terminating"}}));
    assert!(!needs(&store, "new", &pod(one_container())));
}

#[test]
fn the_old_name_of_the_account_counts() {
    let mut store = cluster();
    put(&mut store, "serviceaccounts", json!({"metadata": {"name": "robot", "namespace": "default"}}));
    let mut spec = one_container();
    spec["serviceAccount"] = json!("robot");
    let outcome = create(&store, pod(spec.clone()));
    assert_eq!(text(&outcome.object, &["spec", "serviceAccountName"]), "robot");
    spec["serviceAccountName"] = json!("default");
    let outcome = create(&store, pod(spec));
    assert_eq!(text(&outcome.object, &["spec", "serviceAccount"]), "default", "the new name wins silently");
}

#[test]
fn image_pull_secrets_are_copied_only_into_pods_without() {
    let mut store = cluster();
    let account = json!({"metadata": {"name": "default", "namespace": "default"}, "imagePullSecrets": [{"name": "a"}, {"name": "b"}]});
    put(&mut store, "serviceaccounts", account);
    let outcome = create(&store, pod(one_container()));
    assert_eq!(at(&outcome.object, &["spec", "imagePullSecrets"]), &json!([{"name": "a"}, {"name": "b"}]));
    assert!(outcome.service_account().0.contains(&"spec.imagePullSecrets"));
    let mut spec = one_container();
    spec["imagePullSecrets"] = json!([{"name": "own"}]);
    let outcome = create(&store, pod(spec));
    assert_eq!(at(&outcome.object, &["spec", "imagePullSecrets"]), &json!([{"name": "own"}]));
}

#[test]
fn mirror_pods_get_nothing_and_refer_to_nothing() {
    let mirror = |spec: Value| json!({"metadata": {"name": "m", "annotations": {"kubernetes.io/config.mirror": ""}}, "spec": spec});
    let outcome = create(&cluster(), mirror(one_container()));
    assert!(text(&outcome.object, &["spec", "serviceAccountName"]).is_empty() && outcome.result.is_ok());
    for (spec, cause) in [
        (json!({"serviceAccountName": "x"}), "a mirror pod may not reference service accounts"),
        (json!({"volumes": [{"secret": {"secretName": "s"}}]}), "a mirror pod may not reference secrets"),
        (
            json!({"volumes": [{"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}]}),
            "a mirror pod may not use ServiceAccountToken volume projections",
        ),
    ] {
        assert_eq!(create(&cluster(), mirror(spec)).message(), format!("pods \"m\" is forbidden: {cause}"));
    }
}

#[test]
fn mountable_secrets_are_enforced_where_the_account_says_so() {
    let mut store = cluster();
    let account = |value: &str| {
        json!({
            "metadata": {"name": "default", "namespace": "default", "annotations": {"kubernetes.io/enforce-mountable-secrets": value}},
            "secrets": [{"name": "good"}], "imagePullSecrets": [{"name": "pull"}],
        })
    };
    put(&mut store, "serviceaccounts", account("true"));
    let env = |secret: &str| json!([{"name": "E", "valueFrom": {"secretKeyRef": {"name": secret, "key": "k"}}}]);
    let cases = [
        (
            json!({"volumes": [{"name": "v", "secret": {"secretName": "S"}}]}),
            "volume with secret.secretName=\"S\" is not allowed because service account default does not reference that secret",
        ),
        (
            json!({"initContainers": [{"name": "C", "env": env("S")}]}),
            "init container C with envVar E referencing secret.secretName=\"S\" is not allowed because service account default does not reference that secret",
        ),
        (
            json!({"containers": [{"name": "C", "envFrom": [{"secretRef": {"name": "S"}}]}]}),
            "container C with envFrom referencing secret.secretName=\"S\" is not allowed because service account default does not reference that secret",
        ),
        (
            json!({"imagePullSecrets": [{"name": "pull"}, {"name": "S"}]}),
            "imagePullSecrets[1].name=\"S\" is not allowed because service account default does not reference that imagePullSecret",
        ),
    ];
    for (spec, cause) in &cases {
        assert_eq!(create(&store, pod(spec.clone())).message(), format!("pods \"p6\" is forbidden: {cause}"));
    }
    let good = json!({"containers": [{"name": "C", "env": env("good")}]});
    assert_eq!(create(&store, pod(good)).result, Ok(()));
    put(&mut store, "serviceaccounts", account("yes"));
    assert_eq!(create(&store, pod(cases[0].0.clone())).result, Ok(()), "garbage is off");
    put(&mut store, "serviceaccounts", account("1"));
    let asked = Asked { operation: Operation::Update, subresource: "ephemeralcontainers", name: "p6", ..CREATE_POD };
    let debugged =
        pod(json!({"serviceAccountName": "default", "ephemeralContainers": [{"name": "dbg", "env": env("S")}]}));
    let refused = admit(&store, "default", &asked, debugged).result.err().unwrap_or_default();
    assert_eq!((refused.code, refused.reason.as_str()), (500, ""));
    assert!(refused.message.starts_with("ephemeral container dbg with envVar E referencing"));
}

#[test]
fn namespaces_must_be_there_and_stay() {
    let mut store = cluster();
    let outcome = admit(&store, "nope", &CREATE_POD, pod(one_container()));
    assert_eq!(outcome.message(), "namespaces \"nope\" not found");
    put(&mut store, "namespaces", json!({"metadata": {"name": "going"}, "status": {"phase": "Terminating"}}));
    let asked = Asked { plural: "configmaps", ..CREATE_POD };
    let refused = admit(&store, "going", &asked, json!({"metadata": {"name": "c"}})).result.err().unwrap_or_default();
    assert_eq!(
        refused.message,
        "configmaps \"c\" is forbidden: unable to create new content in namespace going because it is being terminated"
    );
    assert_eq!(refused.details.map(|details| details.causes.len()), Some(1));
    let delete = |name: &str| {
        let asked = Asked { operation: Operation::Delete, plural: "namespaces", name, ..CREATE_POD };
        admit(&store, "", &asked, Value::Null).message().to_owned()
    };
    assert_eq!(delete("kube-system"), "namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
    assert_eq!(delete("going"), "");
}

#[test]
fn priorities_come_from_classes() {
    let store = cluster();
    let with = |field: &str, value: Value| {
        let mut spec = one_container();
        spec[field] = value;
        create(&store, pod(spec))
    };
    let critical = with("priorityClassName", json!("system-node-critical"));
    assert_eq!(at(&critical.object, &["spec", "priority"]), &json!(2_000_001_000));
    assert_eq!(
        with("priorityClassName", json!("fast")).message(),
        "pods \"p6\" is forbidden: no PriorityClass with name fast was found"
    );
    assert_eq!(
        with("priority", json!(7)).message(),
        "pods \"p6\" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name"
    );
    let own = with("tolerations", json!([{"operator": "Exists"}]));
    assert_eq!(list(&own.object, &["spec", "tolerations"]).len(), 1, "an own opinion about everything stays alone");
}

#[test]
fn updates_change_nothing_but_keep_what_a_replacement_leaves_out() {
    let store = cluster();
    let old = create(&store, pod(one_container())).object;
    let asked = Asked { operation: Operation::Update, name: "p6", old: Some(&old), ..CREATE_POD };
    let outcome = admit(&store, "default", &asked, pod(one_container()));
    assert!(text(&outcome.object, &["spec", "serviceAccountName"]).is_empty());
    assert_eq!(at(&outcome.object, &["spec", "priority"]), &json!(0));
    assert_eq!(list(&outcome.object, &["spec", "tolerations"]), list(&old, &["spec", "tolerations"]));
}

fn kubelet() -> UserInfo {
    UserInfo {
        username: "system:node:node01".into(),
        groups: vec!["system:nodes".into(), "system:authenticated".into()],
        ..UserInfo::default()
    }
}

#[test]
fn kubelets_ask_for_tokens_of_their_own_pods() {
    let mut store = cluster();
    let volumes = json!([{"name": "v", "projected": {"sources": [
        {"serviceAccountToken": {"path": "a"}}, {"serviceAccountToken": {"path": "b", "audience": "vault"}},
    ]}}]);
    let on = |name: &str, node: &str| json!({"metadata": {"name": name, "namespace": "default", "uid": "u"}, "spec": {"nodeName": node, "volumes": volumes}});
    put(&mut store, "pods", on("mine", "node01"));
    put(&mut store, "pods", on("other", "node02"));
    let ask = |spec: Value| {
        let asked =
            Asked { plural: "serviceaccounts", subresource: "token", name: "default", user: kubelet(), ..CREATE_POD };
        admit(&store, "default", &asked, json!({"spec": spec})).message().to_owned()
    };
    let reference = |name: &str, uid: &str| json!({"kind": "Pod", "apiVersion": "v1", "name": name, "uid": uid});
    let refused = |cause: &str| format!("serviceaccounts \"default\" is forbidden: {cause}");
    assert_eq!(ask(json!({"boundObjectRef": reference("mine", "u")})), "");
    assert_eq!(ask(json!({"boundObjectRef": reference("mine", "u"), "audiences": ["vault"]})), "");
    assert_eq!(ask(json!({})), refused("node requested token not bound to a pod"));
    assert_eq!(
        ask(json!({"boundObjectRef": reference("mine", "")})),
        refused("node requested token with a pod binding without a uid")
    );
    assert_eq!(ask(json!({"boundObjectRef": reference("gone", "u")})), "pod \"gone\" not found");
    assert_eq!(
        ask(json!({"boundObjectRef": reference("mine", "x")})),
        refused(
            "the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated"
        )
    );
    assert_eq!(
        ask(json!({"boundObjectRef": reference("other", "u")})),
        refused("node requested token bound to a pod scheduled on a different node")
    );
    assert_eq!(
        ask(json!({"boundObjectRef": reference("mine", "u"), "audiences": ["a", "b"]})),
        refused("node may only request 0 or 1 audiences")
    );
    assert_eq!(
        ask(json!({"boundObjectRef": reference("mine", "u"), "audiences": ["foo"]})),
        refused(
            "audience \"foo\" not found in pod spec volume, system:node:node01 is not authorized to request tokens for this audience"
        )
    );
}

#[test]
fn kubelets_write_only_what_is_their_own() {
    let store = cluster();
    let elsewhere = json!({"metadata": {"name": "p", "namespace": "default"}, "spec": {"nodeName": "node02"}});
    let here = json!({"metadata": {"name": "p", "namespace": "default"}, "spec": {"nodeName": "node01"}});
    let write = |operation, subresource, old, object: &Object| {
        let asked = Asked { operation, plural: "pods", subresource, name: "p", old, user: kubelet() };
        admit(&store, "default", &asked, object.clone()).message().to_owned()
    };
    assert_eq!(write(Operation::Update, "status", Some(&here), &here), "");
    assert_eq!(
        write(Operation::Update, "status", Some(&elsewhere), &elsewhere),
        "pods \"p\" is forbidden: node \"node01\" can only update pod status for pods with spec.nodeName set to itself"
    );
    assert!(write(Operation::Create, "", None, &here).contains("can only create mirror pods"));
    assert_eq!(write(Operation::Delete, "", Some(&here), &Value::Null), "");
    let node = |name: &str| {
        let asked = Asked { operation: Operation::Update, plural: "nodes", name, user: kubelet(), ..CREATE_POD };
        admit(&store, "", &asked, json!({"metadata": {"name": name}})).message().to_owned()
    };
    assert_eq!(node("node01"), "");
    assert_eq!(
        node("node02"),
        "nodes \"node02\" is forbidden: node \"node01\" is not allowed to modify node \"node02\""
    );
}
