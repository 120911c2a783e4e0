//! Pages against what kubectl printed for the same objects.

use crate::kubectl::testing::{FakeHost, json};
use serde_json::{Value, json};

const CORE: &str = "GET /api/v1/namespaces/default";
const RBAC: &str = "GET /apis/rbac.authorization.k8s.io/v1";

fn events(about: &str, items: Value) -> (String, crate::api::request::Response) {
    let list = json!({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": items});
    (format!("{CORE}/events?fieldSelector={about}&limit=500"), json(200, list))
}

#[test]
fn a_service_account() {
    let account = json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "multi", "namespace": "default",
        "uid": "u", "labels": {"c": "d", "a": "b"}, "annotations": {"x": "y", "z": "some longer text",
        "kubectl.kubernetes.io/last-applied-configuration": "{}"}}, "imagePullSecrets": [{"name": "r1"}, {"name": "r2"}]});
    let selector = "involvedObject.name%3Dmulti%2CinvolvedObject.namespace%3Ddefault%2CinvolvedObject.kind\
                    %3DServiceAccount%2CinvolvedObject.uid%3Du";
    let (path, answer) = events(selector, json!([]));
    let mut host =
        FakeHost::new().with(&format!("{CORE}/serviceaccounts/multi"), json(200, account)).with(&path, answer);
    let told = "Name:                multi
Namespace:           default
Labels:              a=b
                     c=d
Annotations:         x: y
                     z: some longer text
Image pull secrets:  r1
                     r2
Events:              <none>
";
    assert_eq!(host.run("describe sa multi"), (told.to_owned(), String::new(), 0));
    assert_eq!(host.asked().len(), 3);
}

#[test]
fn several_are_apart_and_without_events() {
    let account = |name: &str| json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": name, "namespace": "default"}});
    let list = json!({"kind": "ServiceAccountList", "apiVersion": "v1", "items": [account("a"), account("b")]});
    let mut host = FakeHost::new()
        .with(&format!("{CORE}/serviceaccounts?limit=500"), json(200, list))
        .with(&format!("{CORE}/serviceaccounts/a"), json(200, account("a")))
        .with(&format!("{CORE}/serviceaccounts/b"), json(200, account("b")));
    let one = |name: &str| {
        format!(
            "Name:                {name}\nNamespace:           default\nLabels:              <none>\n\
             Annotations:         <none>\nImage pull secrets:  <none>\n"
        )
    };
    assert_eq!(host.run("describe sa").0, format!("{}\n\n{}", one("a"), one("b")));
}

#[test]
fn a_token_secret() {
    let secret = json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s", "namespace": "default",
        "annotations": {"kubernetes.io/service-account.name": "data-sa", "kubernetes.io/service-account.uid": "1"}},
        "type": "kubernetes.io/service-account-token",
        "data": {"ca.crt": "QUJD", "namespace": "ZGVmYXVsdA==", "token": "ZXlK"}});
    let mut host = FakeHost::new().with(&format!("{CORE}/secrets/s"), json(200, secret));
    let told = "Name:         s
Namespace:    default
Labels:       <none>
Annotations:  kubernetes.io/service-account.name: data-sa
              kubernetes.io/service-account.uid: 1

Type:  kubernetes.io/service-account-token

Data
====
ca.crt:     3 bytes
namespace:  7 bytes
token:      eyJ
";
    assert_eq!(host.run("describe secret s").0, told);
}

#[test]
fn roles_and_bindings() {
    let role = json!({"kind": "Role", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "pod-reader",
        "namespace": "default"}, "rules": [{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}]});
    let binding = json!({"kind": "RoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "rb", "namespace": "default"},
        "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "User", "name": "jane"},
        {"kind": "ServiceAccount", "name": "build-robot", "namespace": "default"}]});
    let discovery = json!({"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": "system:discovery"}, "rules": [{"nonResourceURLs": ["/api", "/api/*"], "verbs": ["get"]}]});
    let mut host = FakeHost::new()
        .with(&format!("{RBAC}/namespaces/default/roles/pod-reader"), json(200, role))
        .with(&format!("{RBAC}/namespaces/default/rolebindings/rb"), json(200, binding))
        .with(&format!("{RBAC}/clusterroles/system:discovery"), json(200, discovery));
    let told = "Name:         pod-reader
Labels:       <none>
Annotations:  <none>
PolicyRule:
  Resources  Non-Resource URLs  Resource Names  Verbs
  ---------  -----------------  --------------  -----
  pods/log   []                 []              [get list]
  pods       []                 []              [get list]
";
    assert_eq!(host.run("describe role pod-reader").0, told);
    let told = "Name:         rb
Labels:       <none>
Annotations:  <none>
Role:
  Kind:  ClusterRole
  Name:  view
Subjects:
  Kind            Name         Namespace
  ----            ----         ---------
  User            jane         
  ServiceAccount  build-robot  default
";
    assert_eq!(host.run("describe rolebinding rb").0, told);
    let told = "PolicyRule:
  Resources  Non-Resource URLs  Resource Names  Verbs
  ---------  -----------------  --------------  -----
             [/api/*]           []              [get]
             [/api]             []              [get]
";
    assert!(host.run("describe clusterrole system:discovery").0.ends_with(told));
}

#[test]
fn a_pod() {
    let pod = json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p7", "namespace": "default"},
    "spec": {"priority": 0, "serviceAccountName": "build-robot", "nodeName": "node01",
        "containers": [{"name": "c", "image": "busybox", "volumeMounts": [
            {"mountPath": "/var/run/secrets/tokens", "name": "tok"},
            {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access-9ln44", "readOnly": true}]}],
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute",
            "tolerationSeconds": 300}],
        "volumes": [{"name": "tok", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 7200}}]}},
            {"name": "kube-api-access-9ln44", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607}},
                {"configMap": {"name": "kube-root-ca.crt"}}, {"downwardAPI": {}}]}}]},
    "status": {"phase": "Running", "hostIP": "192.0.2.2", "startTime": "2026-11-23T22:46:15Z", "podIP": "10.244.0.8",
        "podIPs": [{"ip": "10.244.0.8"}], "qosClass": "BestEffort",
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "PodScheduled", "status": "True"}],
        "containerStatuses": [{"name": "c", "containerID": "containerd://02", "imageID": "x@sha256:de", "ready": true,
            "restartCount": 0, "state": {"running": {"startedAt": "2026-11-23T22:46:15Z"}}}]}});
    let (path, answer) = events(
        "involvedObject.name%3Dp7%2CinvolvedObject.namespace%3Ddefault%2CinvolvedObject.kind%3DPod",
        json!([{"type": "Normal", "reason": "Scheduled", "firstTimestamp": "2026-11-23T23:22:16Z",
            "source": {"component": "default-scheduler"}, "message": "Successfully assigned default/p7 to node01"}]),
    );
    let mut host = FakeHost::new().with(&format!("{CORE}/pods/p7"), json(200, pod)).with(&path, answer);
    let told = "Name:             p7
Namespace:        default
Priority:         0
Service Account:  build-robot
Node:             node01/192.0.2.2
Start Time:       Mon, 23 Nov 2026 22:46:15 +0000
Labels:           <none>
Annotations:      <none>
Status:           Running
IP:               10.244.0.8
IPs:
  IP:  10.244.0.8
Containers:
  c:
    Container ID:   containerd://02
    Image:          busybox
    Image ID:       x@sha256:de
    Port:           <none>
    Host Port:      <none>
    State:          Running
      Started:      Mon, 23 Nov 2026 22:46:15 +0000
    Ready:          True
    Restart Count:  0
    Environment:    <none>
    Mounts:
      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-9ln44 (ro)
      /var/run/secrets/tokens from tok (rw)
Conditions:
  Type           Status
  Ready          True 
  PodScheduled   True 
Volumes:
  tok:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  7200
  kube-api-access-9ln44:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    Optional:                false
    DownwardAPI:             true
QoS Class:                   BestEffort
Node-Selectors:              <none>
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:
  Type    Reason     Age   From               Message
  ----    ------     ----  ----               -------
  Normal  Scheduled  3s    default-scheduler  Successfully assigned default/p7 to node01
";
    assert_eq!(host.run("describe pod p7").0, told);
}
