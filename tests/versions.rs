//! What differs between the versions of Kubernetes: each difference seen in a session, the same bytes twice, links that
//! carry the version, and `docs/versions.md`, which is made from the table.
//!
//! `SALAB_WRITE=1 cargo test --test versions` writes the document anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serviceaccount_lab::lab::link::{SessionFile, digest};
use serviceaccount_lab::lab::versions::{Cause, Change, NUMBERS, Pair, Release, TABLE};
use serviceaccount_lab::lab::{Lab, Settings, script};
use serviceaccount_lab::lesson::reopen;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// A hand-made token Secret, listed by its account, and its token in `$TOKEN`.
const LISTED: &str = "kubectl create sa old
printf 'apiVersion: v1\\nkind: Secret\\ntype: kubernetes.io/service-account-token\\nmetadata:\\n  name: old-secret\\n  annotations:\\n    kubernetes.io/service-account.name: old\\n' | kubectl apply -f -
kubectl patch sa old -p '{\"secrets\":[{\"name\":\"old-secret\"}]}'
TOKEN=$(kubectl get secret old-secret -o jsonpath='{.data.token}' | base64 -d)
curl -sk -o /dev/null -H \"Authorization: Bearer $TOKEN\" $APISERVER/api
";
const POD: &str = "kubectl run box --image=ubuntu -- sleep infinity\nkubectl wait --for=condition=Ready pod/box\n";
const CLAIMS: &str = "| cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null";

/// What prepares, what is typed, what it says before and what it says now.
fn shown(change: Change) -> (String, String, &'static str, &'static str) {
    let (before, typed, old, new): (&str, String, _, _) = match change {
        Change::NoTokenSecrets => ("kubectl create sa a\n", "kubectl get secrets".into(), "a-token-", "No resources"),
        Change::CreateToken => ("", "kubectl create token default".into(), "unknown command \"token default\"", "eyJ"),
        Change::KustomizeVersion => ("", "kubectl version".into(), "Server Version", "Kustomize Version"),
        Change::TokenTracking => (
            LISTED,
            "kubectl get secret old-secret --show-labels; kubectl get cm -n kube-system".into(),
            "<none>",
            "kubernetes.io/legacy-token-last-used=",
        ),
        Change::ShortVersion => ("", "kubectl version".into(), "version.Info{Major:\"1\"", "Client Version: v1."),
        Change::WhoAmI => ("", "kubectl auth whoami".into(), "unknown command \"whoami\"", "Username"),
        Change::TokenCleaner => (
            LISTED,
            "kubectl label secret old-secret kubernetes.io/legacy-token-invalid-since=2026-11-01; sleep 11; curl -sk -o /dev/null -w '%{http_code}' -H \"Authorization: Bearer $TOKEN\" $APISERVER/api".into(),
            "200",
            "401",
        ),
        Change::TokenId => (
            POD,
            format!("kubectl exec box -- cat /var/run/secrets/kubernetes.io/serviceaccount/token {CLAIMS}"),
            "\"pod\":",
            "\"jti\":",
        ),
        Change::NodeInfo => (
            POD,
            format!("kubectl exec box -- cat /var/run/secrets/kubernetes.io/serviceaccount/token {CLAIMS}"),
            "\"pod\":",
            "\"node\":",
        ),
        Change::NodeBinding => (
            "",
            "kubectl create token default --bound-object-kind=Node --bound-object-name=node01".into(),
            "values are Pod, Secret",
            "eyJ",
        ),
        Change::CertificateId => ("", "kubectl auth whoami".into(), "Groups", "X509SHA256="),
        Change::MountableSecretsWarning => (
            "",
            "kubectl annotate sa default kubernetes.io/enforce-mountable-secrets=true".into(),
            "annotated",
            "Warning: metadata.annotations",
        ),
        Change::DeletedFrom => (
            "kubectl create sa a\n",
            "kubectl delete sa a".into(),
            "serviceaccount \"a\" deleted\n",
            "deleted from default namespace",
        ),
        Change::NoSecretsColumn => ("", "kubectl get sa; kubectl describe sa default".into(), "SECRETS", "NAME      AGE"),
        Change::ControllerAccounts => (
            "",
            "kubectl get sa -n kube-system -o name; kubectl get clusterroles -o name".into(),
            "job-controller",
            "service-cidrs-controller",
        ),
    };
    (before.to_owned(), typed, old, new)
}

fn play(version: serviceaccount_lab::lab::versions::Version, text: &str) -> String {
    let settings = Settings { kubernetes: version, ..Settings::default() };
    let played = script::play(settings, text);
    played.last().map(|step| format!("{}{}", step.stdout, step.stderr)).unwrap_or_default()
}

/// Each change, turned round alone in 1.36: the old words are there and the new ones are not.
#[test]
fn every_change_shows_by_itself() {
    let now = Release::default().into();
    for change in Change::ALL {
        let (before, typed, old, new) = shown(change);
        let text = format!("{before}{typed}\n");
        let (then, today) =
            (play(serviceaccount_lab::lab::versions::Version::turn(now, change), &text), play(now, &text));
        assert!(then.contains(old) && !then.contains(new), "{change:?} before:\n{then}");
        assert!(today.contains(new), "{change:?} now:\n{today}");
    }
}

#[test]
fn a_year_unused_marks_a_generated_secret_only_where_there_is_a_cleaner() {
    let wait = "sleep 34560000\nkubectl get secret old-secret --show-labels\n";
    let marked = |release: Release| play(release.into(), &format!("{LISTED}{wait}")).contains("invalid-since");
    assert_eq!(Release::ALL.map(marked), [false, false, true]);
}

#[test]
fn a_generated_secret_comes_back_and_goes_with_its_account() {
    let text = "kubectl create sa a
FIRST=$(kubectl get sa a -o jsonpath='{.secrets[0].name}')
kubectl delete secret $FIRST
kubectl get sa a -o jsonpath='{.secrets[*].name}'";
    let again = play(Release::V1_23.into(), text);
    assert!(again.starts_with("a-token-") && again.len() == "a-token-xxxxx".len(), "{again}");
    let first = play(Release::V1_23.into(), "kubectl create sa a\nkubectl get sa a -o jsonpath='{.secrets[*].name}'");
    assert_ne!(first, again);
    let gone = play(Release::V1_23.into(), "kubectl create sa a\nkubectl delete sa a\nkubectl get secrets -o name");
    assert!(gone.starts_with("secret/default-token-") && !gone.contains("/a-token"), "{gone}");
}

#[test]
fn the_same_log_gives_the_same_bytes_and_a_link_carries_the_version() {
    for release in Release::ALL {
        let mut lab = Lab::new(Settings::of(release));
        lab.run("kubectl create sa a");
        lab.run("kubectl get sa,secrets -o yaml");
        let file = SessionFile::of(&lab, None, &BTreeMap::new()).checked(&lab);
        let read = SessionFile::read_link(&file.fragment()).expect("our own link");
        assert_eq!(read, file);
        let again = reopen::reopen(&read).expect("our own session");
        assert_eq!(again.settings().kubernetes.release, release);
        assert_eq!(digest(&again), digest(&lab));
        // Of today's version a link says nothing, as before there were others.
        assert_eq!(file.file().contains("kubernetes\":\"1."), release != Release::default(), "{}", file.file());
    }
    let unknown =
        SessionFile::read_file(r#"{"salab":1,"settings":{"kubernetes":"1.99"},"lines":[{"of":0,"at":0,"log":[]}]}"#);
    assert!(unknown.and_then(|file| file.settings()).is_err());
    assert!(Lab::of_version("1.24").is_some() && Lab::of_version("1.99").is_none());
}

#[test]
fn a_pair_names_no_cause_where_nothing_differs() {
    let mut pair = Pair::new(&Lab::new(Settings::default()), Release::V1_23, Release::V1_24);
    let run = pair.run_and_explain("kubectl get namespaces");
    assert!(run.is_same() && run.causes.is_empty());
    let run = pair.run_and_explain("kubectl get secrets");
    assert_eq!(run.causes, [Cause::Change(Change::NoTokenSecrets)]);
}

fn document() -> String {
    let mut text = String::from(
        "# Versions of Kubernetes\n\n\
         The lab is Kubernetes 1.36. It can also be 1.23 or 1.24, cluster and kubectl together, for what concerns ServiceAccounts, their\n\
         tokens and Secrets. The table is all that is done otherwise there; **everything else is as in 1.36**: the API's schema and\n\
         discovery documents, kubectl's other commands and flags, the bootstrap roles, events, the node. Where an old cluster is known to\n\
         have been different in something that is not in the table, believe the old cluster.\n\n\
         This document is made from `src/lab/versions/table.rs` by `tests/versions.rs`, which also shows each row in a session.\n\n\
         | since | what | before | now | source |\n|---|---|---|---|---|\n",
    );
    let cell = |text: &str| text.replace('|', "\\|");
    for row in std::iter::once(&NUMBERS).chain(&TABLE) {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            row.since,
            cell(row.title),
            cell(row.before),
            cell(row.now),
            cell(row.source)
        )
        .expect("a string");
    }
    text.push_str(
        "\n\"since\" is the version whose defaults have it, so that 1.24 has what says 1.24 and 1.36 all of it. Sources are files of\n\
         `kubernetes/kubernetes`; `#` is a pull request there. What `kubectl version` tells of 1.23.17 and 1.24.1 is what those builds print.\n\n\
         ## Choosing one\n\n\
         | where | how |\n|---|---|\n\
         | the page | the button **Kubernetes 1.36**: a fresh session of another version; the one you leave is kept |\n\
         | its address | `?version=1.23`, also for the embedded page and the element's attribute `version` |\n\
         | a lesson | `version: \"1.23\"` in the front matter |\n\
         | `salab run`, `salab serve` | `--kubernetes 1.23` |\n\
         | code | `Lab::of_version(\"1.23\")`, `Settings::of(Release::V1_23)` |\n\n\
         The version belongs to the session: links and session files carry it, and those without one are of 1.36.\n\n\
         ## Side by side\n\n\
         **Compare two versions** plays your session on both and runs what you type on both. The differences are explained by trying:\n\
         each row of the table between the two versions is turned round alone, on either side, and the session is played again. A row is\n\
         named if the output then changes. UIDs, random ends of names and times do not count.\n",
    );
    text
}

#[test]
fn the_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/versions.md");
    let wanted = document();
    if std::env::var_os("SALAB_WRITE").is_some() {
        std::fs::write(&path, &wanted).expect("the document can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == wanted, "docs/versions.md differs: SALAB_WRITE=1 cargo test --test versions");
}
