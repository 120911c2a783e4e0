//! Sessions for several tests: plausible ones at random, and everything that a session shows.

use serviceaccount_lab::cluster::random::Random;
use serviceaccount_lab::lab::{Action, Flags, Lab};
use std::time::Duration;

/// What plausible sessions are made of: right commands, wrong ones, refused ones, and time.
#[allow(dead_code)]
const ENTRIES: &[&str] = &[
    "kubectl get sa",
    "kubectl get sa,pods,secrets -A -o yaml",
    "kubectl create sa data-sa",
    "kubectl create sa Bad_Name",
    "kubectl delete sa data-sa",
    "kubectl create token data-sa",
    "TOKEN=$(kubectl create token data-sa --duration=10m); echo $TOKEN | cut -c1-20",
    "curl -sk $APISERVER/api/v1/namespaces/default/pods -H \"Authorization: Bearer $TOKEN\"",
    "kubectl run box --image=busybox -- sleep 3600",
    "kubectl run mine --image=ubuntu --overrides='{\"spec\":{\"serviceAccountName\":\"data-sa\"}}' -- sleep infinity",
    "kubectl exec box -- ls -la /var/run/secrets/kubernetes.io/serviceaccount",
    "kubectl exec box -- cat /var/run/secrets/kubernetes.io/serviceaccount/token",
    "kubectl delete pod box --now",
    "kubectl create deployment web --image=nginx --replicas=2",
    "kubectl set serviceaccount deployment web data-sa",
    "kubectl rollout undo deployment/web",
    "kubectl get pods,rs,deploy -o wide",
    "kubectl create ns team-a",
    "kubectl delete ns team-a",
    "cat <<'EOF' | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubernetes.io/service-account.name: data-sa\ntype: kubernetes.io/service-account-token\nEOF",
    "kubectl get secret s -o jsonpath='{.data.token}' | base64 -d | wc -c",
    "kubectl create role r --verb=get,list --resource=pods",
    "kubectl create rolebinding rb --role=r --serviceaccount=default:data-sa",
    "kubectl auth can-i --list --as=system:serviceaccount:default:data-sa",
    "sleep 30",
    "sleep 3000",
    "nonsense --flag",
    "echo 'unclosed",
];

/// A log of commands, right and wrong, and other actions.
#[allow(dead_code)]
pub fn random_log(seed: u64) -> Vec<(Action, Duration)> {
    let mut random = Random::new(seed);
    let length = 4 + random.below(12);
    (0..length)
        .map(|_| {
            let index = usize::try_from(random.below(ENTRIES.len() as u64)).unwrap_or(0);
            let action = match random.below(12) {
                0 => Action::Advance(Duration::from_secs(random.below(90_000))),
                1 => Action::WriteFile { path: "x.yaml".to_owned(), text: format!("n: {seed}\n") },
                2 => Action::Interrupt,
                3 => Action::Flags(Flags {
                    extend_token_expiration: random.below(2) == 0,
                    max_token_expiration_seconds: random.below(2) * 86_400,
                }),
                _ => Action::Command(ENTRIES.get(index).copied().unwrap_or_default().to_owned()),
            };
            (action, Duration::from_millis(random.below(5000)))
        })
        .collect()
}

/// Everything a session shows, as one text.
pub fn bytes(lab: &Lab) -> String {
    let mut text = format!("{}\n", lab.now().rfc3339_micros());
    for record in lab.all_records() {
        text.push_str(&format!("{:?} {} {}\n", record.entry, record.exit, record.started.rfc3339_micros()));
        text.push_str(&record.stdout());
        text.push_str(&record.stderr());
    }
    for kind in serviceaccount_lab::api::kinds::all() {
        for object in lab.cluster().reader().list(&kind.resource(), "") {
            text.push_str(&format!("{object}\n"));
        }
    }
    for entry in lab.cluster().trace().entries().iter() {
        text.push_str(&format!("{} {} {:?}\n", entry.sequence, entry.time.unix_micros(), entry.event));
    }
    text
}

/// Where two texts part.
pub fn first_difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    pair.map_or_else(|| format!("{} against {} bytes", a.len(), b.len()), |(a, b)| format!("{a:.300}\n{b:.300}"))
}

/// Fails where two sessions part.
#[track_caller]
#[allow(dead_code)]
pub fn assert_same(wanted: &str, found: &str, seed: u64) {
    assert!(wanted == found, "seed {seed}: {}", first_difference(wanted, found));
}
