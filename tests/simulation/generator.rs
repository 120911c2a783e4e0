//! Random but plausible sessions: few names, so that what is made is also used, changed, deleted and made again.

use serde::{Deserialize, Serialize};
use serviceaccount_lab::cluster::random::Random;
use serviceaccount_lab::lab::{Action, Flags};
use std::time::Duration;

/// One move of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Move {
    /// After so much time, an action.
    Do(Duration, Action),
    /// The last action taken back.
    Undo,
    /// Done again.
    Redo,
}

const NAMESPACES: [&str; 2] = ["default", "team-a"];
const ACCOUNTS: [&str; 3] = ["default", "reader", "builder"];
const PODS: [&str; 4] = ["box", "web", "mine", "job"];
const ROLES: [&str; 3] = ["look", "all", "one"];
const SECRETS: [&str; 2] = ["long", "other"];
const VERBS: [&str; 5] = ["get", "list", "get,list,watch", "create", "*"];
const RESOURCES: [&str; 6] = ["pods", "secrets", "pods/log", "deployments.apps", "*", "serviceaccounts/token"];
const FILES: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

struct Dice(Random);

impl Dice {
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let index = usize::try_from(self.0.below(from.len() as u64)).unwrap_or(0);
        from.get(index).copied().unwrap_or_default()
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.0.below(number) == 0
    }
}

/// The session of a seed.
pub fn session(seed: u64) -> Vec<Move> {
    let mut dice = Dice(Random::stream(seed, "simulation"));
    let length = 8 + dice.0.below(28);
    let mut moves = Vec::new();
    if dice.one_in(2) {
        // Somebody may do something from the start.
        let (ns, subject) = (
            dice.pick(&NAMESPACES),
            dice.pick(&[
                "--user=jane",
                "--group=system:serviceaccounts",
                "--group=system:serviceaccounts:default",
                "--serviceaccount=default:reader",
            ]),
        );
        let resources = dice.pick(&["pods,secrets", "*", "pods,pods/log", "deployments.apps,serviceaccounts/token"]);
        for entry in [
            format!("kubectl create ns {ns}"),
            format!("kubectl create role look -n {ns} --verb={} --resource={resources}", dice.pick(&VERBS)),
            format!("kubectl create rolebinding b-look -n {ns} --role=look {subject}"),
        ] {
            moves.push(Move::Do(Duration::ZERO, Action::Command(entry)));
        }
    }
    for _ in 0..length {
        let pause = Duration::from_millis(dice.0.below(4_000));
        moves.push(match dice.0.below(24) {
            0 => Move::Undo,
            1 => Move::Redo,
            2..5 => Move::Do(pause, Action::Advance(jump(&mut dice))),
            5 => Move::Do(
                pause,
                Action::Flags(Flags {
                    extend_token_expiration: dice.one_in(2),
                    max_token_expiration_seconds: [0, 0, 7200, 86_400][usize::try_from(dice.0.below(4)).unwrap_or(0)],
                }),
            ),
            6 => Move::Do(pause, Action::Interrupt),
            _ => Move::Do(pause, Action::Command(command(&mut dice))),
        });
    }
    moves
}

/// From seconds to two years: around leeways, refreshes, expiries.
fn jump(dice: &mut Dice) -> Duration {
    let base = [1, 9, 59, 61, 600, 2_900, 3_600, 3_700, 86_400, 90_000, 31_536_000, 63_000_000];
    let index = usize::try_from(dice.0.below(base.len() as u64)).unwrap_or(0);
    Duration::from_secs(base[index] + dice.0.below(30))
}

fn command(dice: &mut Dice) -> String {
    let ns = dice.pick(&NAMESPACES);
    let (account, pod) = (dice.pick(&ACCOUNTS), dice.pick(&PODS));
    let (role, secret) = (dice.pick(&ROLES), dice.pick(&SECRETS));
    match dice.0.below(32) {
        0 => format!("kubectl create ns {ns}"),
        1 => format!("kubectl delete ns {ns} --wait=false"),
        2 | 3 => format!("kubectl create sa {account} -n {ns}"),
        4 => format!("kubectl delete sa {account} -n {ns}"),
        5 => format!("kubectl run {pod} -n {ns} --image=busybox -- sleep 100000"),
        6..10 => manifest(&pod_of(dice, pod, ns, account)),
        10 => format!("kubectl delete pod {pod} -n {ns} --now"),
        11 => format!("kubectl delete pod {pod} -n {ns} --wait=false"),
        12 => format!("kubectl delete pod {pod} -n {ns} --force"),
        13 | 14 => {
            let duration = dice.pick(&["", " --duration=10m", " --duration=25h", " --audience=vault"]);
            let bound = match dice.0.below(4) {
                0 => format!(" --bound-object-kind Pod --bound-object-name {pod}"),
                1 => format!(" --bound-object-kind Secret --bound-object-name {secret}"),
                _ => String::new(),
            };
            format!("TOKEN=$(kubectl create token {account} -n {ns}{duration}{bound})")
        }
        15 => format!("curl -sk $APISERVER/api/v1/namespaces/{ns}/pods -H \"Authorization: Bearer $TOKEN\""),
        16 | 17 => manifest(&format!(
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: {secret}\n  namespace: {ns}\n  annotations:\n    kubernetes.io/service-account.name: {account}\n"
        )),
        18 => format!("kubectl delete secret {secret} -n {ns}"),
        19 => format!("TOKEN=$(kubectl get secret {secret} -n {ns} -o jsonpath='{{.data.token}}' | base64 -d)"),
        20 | 21 => {
            let names = if dice.one_in(3) { format!(" --resource-name={pod}") } else { String::new() };
            let (verbs, resource) = (dice.pick(&VERBS), dice.pick(&RESOURCES));
            if dice.one_in(2) {
                format!("kubectl create role {role} -n {ns} --verb={verbs} --resource={resource}{names}")
            } else {
                format!("kubectl create clusterrole {role} --verb={verbs} --resource={resource}{names}")
            }
        }
        22 | 23 => {
            let of = dice.pick(&[
                "--role=look",
                "--role=all",
                "--clusterrole=view",
                "--clusterrole=one",
                "--clusterrole=edit",
            ]);
            let whom = match dice.0.below(4) {
                0 => "--user=jane".to_owned(),
                1 => format!("--group=system:serviceaccounts:{ns}"),
                _ => format!("--serviceaccount={ns}:{account}"),
            };
            if dice.one_in(3) {
                format!("kubectl create clusterrolebinding b-{role} --clusterrole={role} {whom}")
            } else {
                format!("kubectl create rolebinding b-{role} -n {ns} {of} {whom}")
            }
        }
        24 => format!("kubectl delete rolebinding b-{role} -n {ns}"),
        25 => format!("kubectl delete clusterrolebinding b-{role}"),
        26 => format!("kubectl create deployment app -n {ns} --image=nginx --replicas={}", 1 + dice.0.below(3)),
        27 => format!("kubectl set serviceaccount deployment app {account} -n {ns}"),
        28 => format!("kubectl delete deployment app -n {ns}"),
        29 => format!("kubectl exec {pod} -n {ns} -- cat {FILES}/token"),
        30 => {
            format!("kubectl patch sa {account} -n {ns} -p '{{\"automountServiceAccountToken\":{}}}'", dice.one_in(2))
        }
        _ => format!("kubectl get pods,sa,secrets -n {ns} -o yaml"),
    }
}

fn pod_of(dice: &mut Dice, pod: &str, ns: &str, account: &str) -> String {
    let automount =
        dice.pick(&["", "  automountServiceAccountToken: false\n", "  automountServiceAccountToken: true\n"]);
    let own = if dice.one_in(3) {
        let seconds = dice.pick(&["600", "3600", "7200", "200000"]);
        let audience = dice.pick(&["", "          audience: vault\n"]);
        (
            "    volumeMounts:\n    - {name: own, mountPath: /own}\n".to_owned(),
            format!(
                "  volumes:\n  - name: own\n    projected:\n      sources:\n      - serviceAccountToken:\n          path: own-token\n          expirationSeconds: {seconds}\n{audience}"
            ),
        )
    } else {
        (String::new(), String::new())
    };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {pod}\n  namespace: {ns}\nspec:\n  serviceAccountName: {account}\n{automount}  containers:\n  - name: main\n    image: busybox\n    command: [sleep, '1000000']\n{}{}",
        own.0, own.1
    )
}

fn manifest(text: &str) -> String {
    format!("cat <<'EOF' | kubectl apply -f -\n{text}EOF")
}
