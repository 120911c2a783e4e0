//! The same seed and the same log give the same bytes, however often; undo and redo come back to them.

use serviceaccount_lab::cluster::random::Random;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::{Action, Flags, Lab};
use std::time::Duration;

/// What plausible sessions are made of: right commands, wrong ones, refused ones, and time.
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

fn random_log(seed: u64) -> Vec<(Action, Duration)> {
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
fn bytes(lab: &Lab) -> String {
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
    for entry in lab.cluster().trace().entries() {
        text.push_str(&format!("{} {} {:?}\n", entry.sequence, entry.time.unix_micros(), entry.event));
    }
    text
}

fn first_difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    pair.map_or_else(|| format!("{} against {} bytes", a.len(), b.len()), |(a, b)| format!("{a:.300}\n{b:.300}"))
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    for seed in 0..24 {
        let play = || bytes(&Lab::replay(Settings::default(), random_log(seed)));
        let (first, second) = (play(), play());
        assert!(first == second, "seed {seed}: {}", first_difference(&first, &second));
    }
}

#[test]
fn another_seed_is_another_cluster() {
    let uid = |seed| {
        let lab = Lab::new(Settings { seed, ..Settings::default() });
        lab.cluster()
            .reader()
            .get("serviceaccounts", "default", "default")
            .map(|account| account["metadata"]["uid"].clone())
    };
    assert_ne!(uid(1), uid(2));
}

#[test]
fn undo_and_redo_come_back_to_the_same_bytes() {
    for seed in 100..112 {
        let mut lab = Lab::new(Settings::default());
        let mut states = vec![bytes(&lab)];
        for (action, _) in random_log(seed) {
            match &action {
                Action::Command(entry) => lab.run(entry),
                Action::WriteFile { path, text } => lab.write_file(path, text),
                Action::FinishEdit { text } => lab.finish_edit(text),
                Action::Interrupt => lab.interrupt(),
                Action::Advance(duration) => lab.advance(*duration),
                Action::Flags(_) => lab.act(action),
            };
            states.push(bytes(&lab));
        }
        for wanted in states.iter().rev().skip(1) {
            assert!(lab.undo(), "seed {seed}");
            let now = bytes(&lab);
            assert!(now == *wanted, "seed {seed}, undo: {}", first_difference(wanted, &now));
        }
        assert!(!lab.undo());
        for wanted in states.iter().skip(1) {
            assert!(lab.redo(), "seed {seed}");
            let now = bytes(&lab);
            assert!(now == *wanted, "seed {seed}, redo: {}", first_difference(wanted, &now));
        }
    }
}

/// The page's ticks, however the wall clock cuts them, come to the same cluster.
#[test]
fn time_may_pass_in_any_pieces() {
    let play = |pieces: &[u64]| {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl create sa data-sa");
        lab.run("kubectl run box --image=busybox -- sleep 3600");
        for seconds in pieces {
            lab.tick(Duration::from_secs(*seconds));
        }
        lab.run("kubectl get pods,events -o yaml");
        lab.run("kubectl exec box -- cat /var/run/secrets/kubernetes.io/serviceaccount/token");
        bytes(&lab)
    };
    let (whole, pieces) = (play(&[3500]), play(&[1, 9, 90, 400, 3000]));
    assert!(whole == pieces, "{}", first_difference(&whole, &pieces));
}
