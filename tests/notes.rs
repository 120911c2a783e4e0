//! What a beginner's notes on ServiceAccounts say, typed as they are written: a transcript.

#![allow(clippy::expect_used)]

use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::Lab;

const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The terminal of a script.
fn lab() -> Lab {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    lab
}

#[track_caller]
fn prints(lab: &mut Lab, entry: &str, stdout: &str) {
    let record = lab.run(entry);
    assert_eq!((record.stdout().as_str(), record.stderr().as_str(), record.exit), (stdout, "", 0), "{entry}");
}

#[track_caller]
fn holds(lab: &mut Lab, entry: &str, parts: &[&str]) -> String {
    let record = lab.run(entry);
    let all = record.stdout() + &record.stderr();
    for part in parts {
        assert!(all.contains(part), "{entry}: no {part:?} in\n{all}");
    }
    all
}

fn pod(name: &str, more: &str) -> String {
    format!(
        "cat > {name}.yaml <<'EOF'\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n  - name: ubuntu\n    image: ubuntu\n{more}EOF"
    )
}

#[test]
fn every_namespace_has_a_default_account() {
    let mut lab = lab();
    prints(&mut lab, "kubectl get serviceaccounts -o name", "serviceaccount/default\n");
    prints(&mut lab, "kubectl create namespace team-a", "namespace/team-a created\n");
    prints(&mut lab, "sleep 1; kubectl get sa -n team-a -o name", "serviceaccount/default\n");
}

#[test]
fn a_pod_finds_three_files_unless_automount_is_off() {
    let mut lab = lab();
    lab.run(&pod("my-pod", ""));
    prints(&mut lab, "kubectl apply -f my-pod.yaml", "pod/my-pod created\n");
    prints(&mut lab, "kubectl wait --for=condition=Ready pod/my-pod", "pod/my-pod condition met\n");
    prints(&mut lab, "kubectl get pod my-pod -o jsonpath='{.spec.serviceAccountName}'", "default");
    prints(&mut lab, &format!("kubectl exec my-pod -- ls {MOUNT}"), "ca.crt\nnamespace\ntoken\n");
    prints(&mut lab, &format!("kubectl exec my-pod -- cat {MOUNT}/namespace"), "default");
    lab.run(&pod("quiet", "  automountServiceAccountToken: false\n"));
    prints(&mut lab, "kubectl apply -f quiet.yaml", "pod/quiet created\n");
    prints(&mut lab, "kubectl wait --for=condition=Ready pod/quiet", "pod/quiet condition met\n");
    holds(&mut lab, &format!("kubectl exec quiet -- ls {MOUNT}"), &["No such file or directory"]);
    prints(&mut lab, "kubectl get pod quiet -o jsonpath='{.spec.serviceAccountName}{.spec.volumes}'", "default");
}

#[test]
fn an_account_by_command_and_by_manifest() {
    let mut lab = lab();
    prints(&mut lab, "kubectl create serviceaccount data-sa", "serviceaccount/data-sa created\n");
    let manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: other-sa\n";
    prints(&mut lab, &format!("kubectl apply -f - <<'EOF'\n{manifest}EOF"), "serviceaccount/other-sa created\n");
    let names = "serviceaccount/data-sa\nserviceaccount/default\nserviceaccount/other-sa\n";
    prints(&mut lab, "kubectl get serviceaccounts -o name", names);
    holds(&mut lab, "kubectl get secrets", &["No resources found in default namespace."]);
}

#[test]
fn tokens_live_an_hour_or_as_long_as_asked() {
    let mut lab = lab();
    lab.run("kubectl create serviceaccount data-sa");
    let life = |lab: &mut Lab, flags: &str| {
        let claims = format!(
            "kubectl create token data-sa {flags} | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null | jq '.exp - .iat'"
        );
        lab.run(&claims).stdout()
    };
    assert_eq!(life(&mut lab, ""), "3600\n");
    assert_eq!(life(&mut lab, "--duration=30m"), "1800\n");
    holds(
        &mut lab,
        "kubectl create token data-sa --duration=9m59s",
        &["may not specify a duration less than 10 minutes"],
    );
    lab.run("TOKEN=$(kubectl create token data-sa --duration=30m)");
    let ask = "curl -sk -o /dev/null -w '%{http_code}' $APISERVER/api --header \"Authorization: Bearer $TOKEN\"";
    prints(&mut lab, ask, "200");
    // A minute of leeway, and not a minute more.
    prints(&mut lab, &format!("sleep 1850; {ask}"), "200");
    prints(&mut lab, &format!("sleep 30; {ask}"), "401");
}

#[test]
fn a_mounted_token_authenticates_nobody_until_somebody_sends_it() {
    let mut lab = lab();
    lab.run("kubectl create serviceaccount data-sa");
    lab.run(&pod("my-pod", "  serviceAccountName: data-sa\n"));
    lab.run("kubectl apply -f my-pod.yaml");
    lab.run("kubectl wait --for=condition=Ready pod/my-pod");
    let url = "https://kubernetes.default.svc/api/v1/namespaces/default/pods";
    let without = format!("kubectl exec my-pod -- curl -s --cacert {MOUNT}/ca.crt {url}");
    holds(&mut lab, &without, &["system:anonymous", "\"code\": 403"]);
    let with = format!(
        "kubectl exec my-pod -- sh -c 'curl -s --cacert {MOUNT}/ca.crt --header \"Authorization: Bearer $(cat {MOUNT}/token)\" {url}'"
    );
    holds(&mut lab, &with, &["system:serviceaccount:default:data-sa", "\"code\": 403"]);
    lab.run("kubectl create rolebinding view --clusterrole=view --serviceaccount=default:data-sa");
    holds(&mut lab, &with, &["\"kind\": \"PodList\""]);
}

#[test]
fn a_pod_keeps_its_account_and_a_deployment_rolls_out() {
    let mut lab = lab();
    lab.run("kubectl create serviceaccount data-sa");
    lab.run(&pod("my-pod", ""));
    lab.run("kubectl apply -f my-pod.yaml");
    let patch = "kubectl patch pod my-pod -p '{\"spec\":{\"serviceAccountName\":\"data-sa\"}}'";
    holds(&mut lab, patch, &["is invalid: spec: Forbidden: pod updates may not change fields other than"]);
    prints(&mut lab, "kubectl create deployment web --image=nginx", "deployment.apps/web created\n");
    holds(&mut lab, "kubectl rollout status deployment/web", &["successfully rolled out"]);
    let first = lab.run("kubectl get pods -l app=web -o name").stdout();
    prints(
        &mut lab,
        "kubectl set serviceaccount deployment web data-sa",
        "deployment.apps/web serviceaccount updated\n",
    );
    holds(&mut lab, "kubectl rollout status deployment/web", &["successfully rolled out"]);
    lab.run("sleep 40");
    let accounts = "kubectl get pods -l app=web -o jsonpath='{.items[*].spec.serviceAccountName}'";
    prints(&mut lab, accounts, "data-sa");
    assert_ne!(lab.run("kubectl get pods -l app=web -o name").stdout(), first);
}

#[test]
fn a_secret_carries_a_token_that_does_not_expire() {
    let mut lab = lab();
    lab.run("kubectl create serviceaccount data-sa");
    let secret = "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Secret\nmetadata:\n  name: data-sa-secret\n  annotations:\n    kubernetes.io/service-account.name: data-sa\ntype: kubernetes.io/service-account-token\nEOF";
    prints(&mut lab, secret, "secret/data-sa-secret created\n");
    lab.run("sleep 1");
    prints(&mut lab, "kubectl get sa data-sa -o jsonpath='{.secrets}'", "");
    lab.run("TOKEN=$(kubectl get secret/data-sa-secret -o jsonpath='{.data.token}' | base64 -d)");
    let ask = "curl -sk -o /dev/null -w '%{http_code}' $APISERVER/api --header \"Authorization: Bearer $TOKEN\"";
    prints(&mut lab, ask, "200");
    prints(&mut lab, &format!("sleep 31536000; {ask}"), "200");
    let account = "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: data-sa\nsecrets:\n- name: data-sa-secret\nEOF";
    holds(&mut lab, account, &["serviceaccount/data-sa configured"]);
    prints(&mut lab, "kubectl get sa data-sa -o jsonpath='{.secrets[*].name}'", "data-sa-secret");
    prints(&mut lab, "kubectl delete sa data-sa", "serviceaccount \"data-sa\" deleted from default namespace\n");
    lab.run("sleep 11");
    holds(&mut lab, "kubectl get secret data-sa-secret", &["not found"]);
    prints(&mut lab, ask, "401");
}

/// A mounted token is meant to be replaced within the hour, and really expires after a year.
#[test]
fn a_mounted_token_is_renewed_long_before_it_expires() {
    let mut lab = lab();
    lab.run("kubectl run box --image=busybox -- sleep 36000000");
    lab.run("kubectl wait --for=condition=Ready pod/box");
    let read = |lab: &mut Lab| lab.run(&format!("kubectl exec box -- cat {MOUNT}/token")).stdout();
    let first = read(&mut lab);
    let claims = serviceaccount_lab::lab::tokens::decode(&first).expect("a token").claims;
    assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(31_536_000));
    assert_eq!(
        claims["kubernetes.io"]["warnafter"].as_i64().zip(claims["iat"].as_i64()).map(|(warn, iat)| warn - iat),
        Some(3607)
    );
    lab.run("sleep 2700");
    assert_eq!(read(&mut lab), first, "not before 80 % of 3607 s");
    lab.run("sleep 400");
    assert_ne!(read(&mut lab), first, "the kubelet has replaced it");
}
