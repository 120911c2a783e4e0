//! The verdicts on tokens: right ones, old ones, changed ones.

use super::*;
use crate::lab::Settings;
use std::time::Duration;

#[test]
fn finds_tokens_in_output() {
    let text = "token: eyJh.eyJb.c-_d\nTOKEN='eyJx.eyJy.z'\nnot.a.token eyJonly.two";
    assert_eq!(tokens_in(text), ["eyJh.eyJb.c-_d", "eyJx.eyJy.z"]);
}

#[test]
fn says_what_is_wrong_with_a_token() {
    assert_eq!(decode("abc"), Err("a token has three parts joined by dots; this has 1".to_owned()));
    assert_eq!(decode("a.b.c"), Err("the first part is not base64url-encoded JSON".to_owned()));
    assert!(decode("eyJhIjoxfQ.eyJiIjoyfQ.xyz").is_ok_and(|decoded| decoded.claims["b"] == 2));
}

fn lab_with_token() -> (Lab, String) {
    let mut lab = Lab::new(Settings::default());
    let record = lab.run("kubectl create token default --duration=30m");
    (lab, record.stdout().trim().to_owned())
}

fn outcome(verdict: &Verdict, check: &str) -> (Outcome, String) {
    let row = verdict.rows.iter().find(|row| row.check == check).unwrap();
    (row.outcome, row.finding.clone())
}

fn claim(text: &str, path: &str) -> Claim {
    claim_rows(&decode(text).unwrap().claims).into_iter().find(|claim| claim.path == path).unwrap()
}

#[test]
fn a_good_token_passes_every_row_and_looking_changes_nothing() {
    let (lab, text) = lab_with_token();
    let before = lab.cluster().trace().last_sequence();
    let verdict = verdict(&lab, &text);
    assert_eq!(verdict.user.as_ref().unwrap().username, "system:serviceaccount:default:default");
    assert!(verdict.rows.iter().all(|row| matches!(row.outcome, Outcome::Passed | Outcome::Nothing)), "{verdict:#?}");
    assert!(outcome(&verdict, "signature").1.contains(crate::cluster::token::KEY_ID), "it says which key");
    assert_eq!(outcome(&verdict, "bound object").0, Outcome::Nothing);
    assert_eq!(lab.cluster().trace().last_sequence(), before);
}

#[test]
fn a_changed_claim_breaks_the_signature_and_changing_it_back_mends_it() {
    let (lab, text) = lab_with_token();
    let expiry = claim(&text, "exp");
    let later = (expiry.value.as_i64().unwrap() + 31_536_000).to_string();
    let changed = with_claim(&text, false, &expiry, &later).unwrap();
    let verdict = verdict(&lab, &changed);
    assert!(verdict.user.is_none());
    assert_eq!(outcome(&verdict, "signature").0, Outcome::Failed);
    assert_eq!(outcome(&verdict, "expiry").0, Outcome::Passed, "each row is judged by itself");
    assert_eq!(with_claim(&changed, false, &claim(&changed, "exp"), &expiry.text()).unwrap(), text);
    assert_eq!(with_claim(&text, false, &expiry, "soon"), None, "no number");
    let header = claim_rows(&decode(&text).unwrap().header).into_iter().find(|field| field.path == "alg").unwrap();
    let unsigned = with_claim(&text, true, &header, "none").unwrap();
    assert_eq!(outcome(&super::verdict(&lab, &unsigned), "signature").0, Outcome::Failed);
    let name = claim(&text, "kubernetes.io.serviceaccount.name");
    let other = with_claim(&text, false, &name, "nobody").unwrap();
    assert_eq!(outcome(&super::verdict(&lab, &other), "account with that UID").0, Outcome::Failed);
}

#[test]
fn a_token_ends_with_its_time_its_account_and_its_pod() {
    let (mut lab, text) = lab_with_token();
    lab.advance(Duration::from_secs(3600));
    let late = verdict(&lab, &text);
    assert_eq!(outcome(&late, "expiry"), (Outcome::Failed, "service account token has expired".to_owned()));
    assert_eq!(outcome(&late, "signature").0, Outcome::Passed);
    lab.run("kubectl delete sa default");
    lab.advance(Duration::from_secs(5));
    assert_eq!(outcome(&verdict(&lab, &text), "account with that UID").0, Outcome::Failed, "another uid");

    let mut lab = Lab::new(Settings::default());
    lab.run("kubectl run box --image=busybox -- sleep infinity");
    lab.advance(Duration::from_secs(5));
    let mounted = known(&lab).into_iter().find(|known| known.place.starts_with("pod/box")).unwrap().text().to_owned();
    assert_eq!(outcome(&verdict(&lab, &mounted), "bound object").0, Outcome::Passed);
    let life = lifetime(&decode(&mounted).unwrap().claims).unwrap();
    assert_eq!(life.warn_after.unwrap().since(life.issued).as_secs(), 3607);
    lab.run("kubectl delete pod box --force --grace-period=0");
    lab.advance(Duration::from_secs(90));
    assert_eq!(outcome(&verdict(&lab, &mounted), "bound object").0, Outcome::Failed);
}

#[test]
fn a_token_from_elsewhere_is_only_taken_apart() {
    // {"alg":"RS256","kid":"k"}.{"iss":"https://example.org","sub":"x"}.c2ln
    let text = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2V4YW1wbGUub3JnIiwic3ViIjoieCJ9.c2ln";
    let lab = Lab::new(Settings::default());
    assert!(is_foreign(&decode(text).unwrap().claims));
    let verdict = verdict(&lab, text);
    assert_eq!(outcome(&verdict, "well-formed").0, Outcome::Passed);
    assert_eq!(outcome(&verdict, "issuer").0, Outcome::Failed);
    let signature = outcome(&verdict, "signature");
    assert_eq!(signature, (Outcome::NotChecked, "this cluster has no key to check it with (it names k)".to_owned()));
    assert_eq!(outcome(&verdict, "expiry").0, Outcome::NotChecked);
    let nonsense = super::verdict(&lab, "nonsense");
    assert_eq!(outcome(&nonsense, "well-formed").0, Outcome::Failed);
    assert!(nonsense.rows.iter().skip(1).all(|row| row.outcome == Outcome::NotChecked));
}

#[test]
fn the_token_of_a_secret_says_where_it_lives() {
    let mut lab = Lab::new(Settings::default());
    let manifest = "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Secret\nmetadata:\n  name: old\n  annotations:\n    kubernetes.io/service-account.name: default\ntype: kubernetes.io/service-account-token\nEOF";
    lab.run(manifest);
    lab.advance(Duration::from_secs(2));
    let text = known(&lab).into_iter().find(|known| known.place == "secret/old").unwrap().text().to_owned();
    let verdict = verdict(&lab, &text);
    assert!(verdict.user.is_some());
    assert_eq!(outcome(&verdict, "bound object"), (Outcome::Passed, "default/old holds this token".to_owned()));
    assert_eq!(outcome(&verdict, "expiry").0, Outcome::Passed);
    assert!(lifetime(&decode(&text).unwrap().claims).is_none());
}
