//! A session as learners have it, of any length: what they create, look at, are refused and call.

use serviceaccount_lab::lab::{Lab, Settings};
use std::time::Duration;

/// What is typed, over and over, with a number in the place of `N`.
const ENTRIES: [&str; 20] = [
    "kubectl create serviceaccount account-N",
    "kubectl get sa",
    "kubectl get sa account-N -o yaml",
    "kubectl run pod-N --image=busybox -- sleep 3600",
    "kubectl get pods",
    "kubectl wait --for=condition=Ready pod/pod-N",
    "kubectl describe pod pod-N",
    "kubectl exec pod-N -- ls -la /var/run/secrets/kubernetes.io/serviceaccount",
    "kubectl auth can-i list pods --as=system:serviceaccount:default:account-N",
    "kubectl create role reader-N --verb=get,list --resource=pods",
    "kubectl create rolebinding readers-N --role=reader-N --serviceaccount=default:account-N",
    "kubectl auth can-i --list --as=system:serviceaccount:default:account-N",
    "TOKEN=$(kubectl create token account-N)",
    "curl -sk $APISERVER/api/v1/namespaces/default/pods -H \"Authorization: Bearer $TOKEN\" | jq '.items | length'",
    "curl -sk $APISERVER/api",
    "kubectl create deployment web-N --image=nginx",
    "kubectl set serviceaccount deployment web-N account-N",
    "kubectl get pods,rs,deploy -o wide",
    "kubectl get events",
    "kubectl delete pod pod-N --now",
];

/// The command of that number.
pub fn entry(number: usize) -> String {
    ENTRIES[number % ENTRIES.len()].replace('N', &(number / ENTRIES.len()).to_string())
}

/// A session of that many commands, a few seconds apart.
#[allow(dead_code)]
pub fn play(commands: usize) -> Lab {
    let mut lab = Lab::new(Settings::default());
    for number in 0..commands {
        lab.run(&entry(number));
        lab.tick(Duration::from_secs(number as u64 % 5));
    }
    lab
}
