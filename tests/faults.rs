//! Faults that teach: what each does to a cluster, from the terminal's side and through time.

use serviceaccount_lab::lab::{Action, Event, Flags, Lab, Settings};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// A pod that asks for `/api` every minute with its mounted token; `read` is where the script reads it.
fn app(name: &str, rereads: bool) -> String {
    let (before, bearer) = if rereads { ("", "$(cat token)") } else { ("    TOKEN=$(cat token)\n", "$TOKEN") };
    format!(
        "cat <<'EOF' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  containers:
  - name: app
    image: curlimages/curl
    command: [sh, -c]
    args:
    - |
      cd /var/run/secrets/kubernetes.io/serviceaccount
{before}      while true; do
        curl -s -o /dev/null -w '%{{http_code}}\\n' --cacert ca.crt -H \"Authorization: Bearer {bearer}\" https://kubernetes.default.svc/api
        sleep 60
      done
EOF"
    )
    .replace("    TOKEN", "      TOKEN")
}

fn lab(entries: &[&str]) -> Lab {
    let mut lab = Lab::new(Settings::default());
    for entry in entries {
        run(&mut lab, entry);
    }
    lab
}

fn run(lab: &mut Lab, entry: &str) -> String {
    let record = lab.run(entry);
    assert_eq!(record.exit, 0, "{entry}\n{}{}", record.stdout(), record.stderr());
    record.stdout()
}

fn two_apps() -> Lab {
    let mut lab = lab(&[&app("once", false), &app("again", true)]);
    lab.advance(Duration::from_secs(10));
    lab
}

fn last_line(lab: &mut Lab, pod: &str) -> String {
    run(lab, &format!("kubectl logs {pod} --tail=1")).trim().to_owned()
}

fn flags(extend: bool, max_hours: u64) -> Action {
    Action::Flags(Flags { extend_token_expiration: extend, max_token_expiration_seconds: max_hours * 3600 })
}

/// How often the requests of pods were refused with 401.
fn refused(lab: &Lab) -> usize {
    let trace = lab.cluster().trace().entries().iter();
    trace.filter(|entry| matches!(entry.event, Event::Unauthenticated { .. })).count()
}

#[test]
fn an_extended_token_carries_whoever_reads_it_once_for_a_year_and_no_longer() {
    let mut lab = two_apps();
    for pod in ["once", "again"] {
        assert_eq!(run(&mut lab, &format!("kubectl logs {pod}")), "200\n");
    }
    lab.advance(YEAR - DAY);
    assert_eq!((last_line(&mut lab, "once"), last_line(&mut lab, "again")), ("200".to_owned(), "200".to_owned()));
    assert_eq!(refused(&lab), 0);
    lab.advance(2 * DAY);
    assert_eq!((last_line(&mut lab, "once"), last_line(&mut lab, "again")), ("401".to_owned(), "200".to_owned()));
    assert!(refused(&lab) > 0);
}

#[test]
fn without_extension_it_ends_after_an_hour() {
    let mut lab = Lab::new(Settings::default());
    lab.act(flags(false, 0));
    for entry in [app("once", false), app("again", true)] {
        run(&mut lab, &entry);
    }
    lab.advance(HOUR);
    assert_eq!(last_line(&mut lab, "once"), "200");
    // 3607 s and a minute of leeway.
    lab.advance(Duration::from_secs(130));
    assert_eq!(last_line(&mut lab, "once"), "401");
    assert_eq!(last_line(&mut lab, "again"), "200");
    lab.advance(30 * DAY);
    assert_eq!(last_line(&mut lab, "once"), "401");
    assert_eq!(last_line(&mut lab, "again"), "200");
    // Started again, it reads the file that is there now.
    run(&mut lab, "kubectl delete pod once --now");
    run(&mut lab, &app("once", false));
    lab.advance(Duration::from_secs(70));
    assert_eq!(last_line(&mut lab, "once"), "200");
}

#[test]
fn tokens_issued_before_the_flag_changed_keep_their_claims() {
    let mut lab = two_apps();
    lab.act(flags(false, 0));
    lab.advance(3 * HOUR);
    assert_eq!(last_line(&mut lab, "once"), "200");
    let ends = run(
        &mut lab,
        "kubectl exec again -- cat /var/run/secrets/kubernetes.io/serviceaccount/token | cut -d. -f2 | base64 -d 2>/dev/null | grep -o '\"exp\":[0-9]*' | cut -d: -f2",
    );
    let exp: i64 = ends.trim().parse().unwrap_or_default();
    assert!(exp - lab.now().unix_seconds() < 3700, "the file was replaced by a token of an hour: {exp}");
    lab.undo();
    lab.undo();
    lab.undo();
    assert!(!lab.cluster().settings().flags.extend_token_expiration);
    lab.undo();
    assert!(lab.cluster().settings().flags.extend_token_expiration);
}

#[test]
fn calls_are_the_same_in_any_pieces_of_time() {
    let play = |pieces: &[u64]| {
        let mut lab = two_apps();
        run(&mut lab, "kubectl create token default");
        for seconds in pieces {
            lab.tick(Duration::from_secs(*seconds));
        }
        let logs = ["once", "again"].map(|pod| run(&mut lab, &format!("kubectl logs {pod}")));
        let token = run(&mut lab, "kubectl exec again -- cat /var/run/secrets/kubernetes.io/serviceaccount/token");
        (logs, token)
    };
    let whole = play(&[40_000]);
    assert!(whole.0[0].lines().count() > 600);
    assert_eq!(whole, play(&[1, 59, 340, 3600, 12_000, 24_000]));
}

#[test]
fn a_deleted_account_ends_its_pods_tokens_but_not_the_pods() {
    let mut lab = lab(&["kubectl create sa robot"]);
    run(&mut lab, &app("worker", true).replace("spec:\n", "spec:\n  serviceAccountName: robot\n"));
    lab.advance(Duration::from_secs(30));
    assert_eq!(run(&mut lab, "kubectl logs worker"), "200\n");
    lab.advance(Duration::from_secs(30));
    run(&mut lab, "kubectl delete sa robot");
    lab.advance(Duration::from_secs(120));
    assert_eq!(last_line(&mut lab, "worker"), "401");
    assert!(run(&mut lab, "kubectl get pod worker").contains("Running"));
    let events = "kubectl get events --field-selector reason=FailedMount -o jsonpath='{.items[*].message}'";
    assert_eq!(run(&mut lab, events), "", "the kubelet has not looked yet");
    // Past the 3607 s that the kubelet was told, not the year in the claims.
    lab.advance(Duration::from_secs(3607));
    let told = run(&mut lab, events);
    assert!(told.contains("serviceaccounts \"robot\" not found"), "{told}");
    lab.advance(YEAR);
    assert_eq!(last_line(&mut lab, "worker"), "401");
    // A new account of that name helps once the kubelet asks again.
    run(&mut lab, "kubectl create sa robot");
    lab.advance(Duration::from_secs(240));
    assert_eq!(last_line(&mut lab, "worker"), "200");
}

#[test]
fn a_stolen_token_is_seen_to_come_from_elsewhere_and_ends_with_its_pod() {
    let mut lab = lab(&[&app("victim", true)]);
    lab.advance(Duration::from_secs(70));
    run(&mut lab, "STOLEN=$(kubectl exec victim -- cat /var/run/secrets/kubernetes.io/serviceaccount/token)");
    let use_it = "curl -sk -o /dev/null -w '%{http_code}\\n' -H \"Authorization: Bearer $STOLEN\" $APISERVER/api";
    assert_eq!(run(&mut lab, use_it), "200\n");
    let address = run(&mut lab, "kubectl get pod victim -o jsonpath='{.status.podIP}'");
    let uses = serviceaccount_lab::lab::uses::of(&lab);
    let stolen = uses.iter().find(|one| one.address == "203.0.113.7").map(|one| (one.client.as_str(), one.elsewhere));
    assert_eq!(stolen, Some(("curl", true)));
    let own = uses.iter().find(|one| one.address == address).map(|one| one.elsewhere);
    assert_eq!(own, Some(false));
    assert_eq!(uses.iter().map(|one| &one.id).collect::<std::collections::BTreeSet<_>>().len(), 1, "one jti");
    run(&mut lab, "kubectl delete pod victim --now");
    lab.advance(Duration::from_secs(11));
    assert_eq!(run(&mut lab, use_it), "401\n");
}

#[test]
fn a_cap_shortens_and_says_so() {
    let mut lab = lab(&["kubectl create sa robot"]);
    lab.act(flags(true, 24));
    let record = lab.run("kubectl create token robot --duration=48h | cut -d. -f2 | base64 -d 2>/dev/null | grep -oE '\"(exp|iat)\":[0-9]+' | cut -d: -f2");
    assert_eq!(record.stderr(), "Warning: requested expiration of 172800 seconds shortened to 86400 seconds\n");
    let out = record.stdout();
    let times: Vec<i64> = out.lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(times.first().zip(times.get(1)).map(|(exp, iat)| exp - iat), Some(86_400), "{out}");
    // What is mounted asks for 3607 s: no cap touches it, and it is extended as ever.
    run(&mut lab, &app("again", true));
    lab.advance(10 * DAY);
    assert_eq!(last_line(&mut lab, "again"), "200");
}

#[test]
fn flags_are_part_of_the_log() {
    let mut lab = lab(&["kubectl create sa robot"]);
    lab.act(flags(false, 48));
    run(&mut lab, "kubectl create token robot --duration=100h");
    let log: Vec<_> = lab.log().map(|step| ((*step.action).clone(), step.elapsed)).collect();
    let again = Lab::replay(Settings::default(), log.clone());
    assert_eq!(again.all_records().last().map(|r| r.stdout()), lab.all_records().last().map(|r| r.stdout()));
    assert_eq!(again.cluster().settings().flags, lab.cluster().settings().flags);
    let text = serde_json::to_string(&log.iter().map(|(action, _)| action).collect::<Vec<_>>());
    assert!(text.is_ok_and(|text| text.contains("\"max_token_expiration_seconds\":172800")));
}
