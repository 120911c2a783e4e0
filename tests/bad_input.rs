//! Malformed, oversized and hostile input: a clear answer or a stated limit; never a panic, a hang or lost state.

use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::{ENTRY_LENGTH_BYTES_MAX, Lab};

fn lab() -> Lab {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    lab.run("kubectl create sa witness");
    lab
}

/// What an entry answers; afterwards the session must be as alive as before.
#[track_caller]
fn answer(lab: &mut Lab, entry: &str) -> String {
    let record = lab.run(entry);
    let text = record.stdout() + &record.stderr();
    let alive = lab.run("kubectl get sa witness -o name");
    assert_eq!(alive.stdout(), "serviceaccount/witness\n", "after {entry:.80}: {}", alive.stderr());
    text
}

#[track_caller]
fn says(entry: &str, part: &str) {
    let text = answer(&mut lab(), entry);
    assert!(text.contains(part), "{entry:.200}: no {part:?} in\n{text:.2000}");
}

fn apply(manifest: &str) -> String {
    format!("kubectl apply -f - <<'EOF'\n{manifest}\nEOF")
}

#[test]
fn malformed_manifests() {
    let cases = [
        ("a: [1, 2", "error converting YAML to JSON: yaml: line "),
        (
            "apiVersion: v1\nkind: ServiceAccount\n  name: x",
            "yaml: line 3: mapping values are not allowed in this context",
        ),
        ("apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x", "found character that cannot start any token"),
        ("just text", "invalid object to validate"),
        ("kind: Pod", "apiVersion not set"),
        ("apiVersion: v1", "kind not set"),
        (
            "apiVersion: v1\nkind: ServiceAcount\nmetadata:\n  name: x",
            "no matches for kind \"ServiceAcount\" in version \"v1\"",
        ),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x\nautomountServiceAccountTokens: false",
            "strict decoding error: unknown field \"automountServiceAccountTokens\"",
        ),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x\nautomountServiceAccountToken: \"yes\"",
            "json: cannot unmarshal string into Go struct field ServiceAccount.automountServiceAccountToken of type bool",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n  - name: c\n    imagee: x",
            "unknown field \"spec.containers[0].imagee\"",
        ),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: Ünï",
            "a lowercase RFC 1123 subdomain must consist of",
        ),
    ];
    for (manifest, part) in cases {
        says(&apply(manifest), part);
    }
}

#[test]
fn bytes_that_are_no_text() {
    says("printf '\\000\\001\\002' > x.yaml; kubectl apply -f x.yaml", "control characters are not allowed");
    says("kubectl get pods $(printf 'a\\001b')", "not found");
    says("kubectl create sa 'ünïcode'", "is invalid: metadata.name");
    says("echo 'naïve 日本語 🦀' | wc -m", "12");
    says("curl -sk $APISERVER/api/v1/namespaces/%00/pods", "is forbidden");
    says("curl -sk \"$APISERVER/api/v1/namespaces/../../etc/passwd\"", "\"code\": 40");
}

#[test]
fn a_megabyte_of_garbage() {
    let garbage: String =
        (0..1024 * 1024).map(|i: u64| char::from(b'!' + u8::try_from(i * 7919 % 90).unwrap_or(0))).collect();
    let entry: String = garbage.chars().take(ENTRY_LENGTH_BYTES_MAX + 1).collect();
    let mut lab = lab();
    lab.write_file("garbage.yaml", &garbage);
    let applied = answer(&mut lab, "kubectl apply -f garbage.yaml");
    assert!(applied.contains("error"), "{applied:.300}");
    answer(&mut lab, &entry);
    answer(&mut lab, &format!("{entry}x"));
    let refused = lab.run(&format!("echo {entry}{entry}"));
    assert!(refused.stderr().contains("the limit is"), "{:.300}", refused.stderr());
}

#[test]
fn a_line_of_a_hundred_kilobytes() {
    let word = "x".repeat(100_000);
    says(&format!("echo {word} | wc -c"), "100001");
    says(&format!("kubectl create sa {word}"), "must be no more than 253");
}

#[test]
fn depth_has_a_limit() {
    says(&apply(&"{\"a\":".repeat(5000)), "exceeded max depth");
    says(&apply(&"- ".repeat(5000)), "yaml");
    says(&format!("echo {}x{}", "$(echo ".repeat(500), ")".repeat(500)), "not simulated");
    says("f() { f; }; f", "not simulated: calls nested deeper than");
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    says(&apply(&bomb), "yaml: document contains excessive aliasing");
}

#[test]
fn a_script_that_loops_is_stopped_and_keeps_its_state() {
    let mut lab = lab();
    let text = answer(&mut lab, "n=0; kubectl create sa before; while true; do n=$((n+1)); done");
    assert!(text.contains("not simulated: more than"), "{text:.300}");
    assert_eq!(lab.run("kubectl get sa before -o name").stdout(), "serviceaccount/before\n");
}

/// A command that watches is told of all of it, however much happens at once.
#[test]
fn three_hundred_pods_are_waited_for() {
    let mut lab = lab();
    lab.run("kubectl create deployment web --image=nginx --replicas=300");
    let told = answer(&mut lab, "kubectl rollout status deployment/web");
    assert!(told.contains("deployment \"web\" successfully rolled out"), "{told}");
}

#[test]
fn five_hundred_documents() {
    let documents: Vec<String> =
        (0..500).map(|n| format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: sa-{n}\n")).collect();
    let mut lab = lab();
    let text = answer(&mut lab, &apply(&documents.join("---\n")));
    assert_eq!(text.lines().filter(|line| line.ends_with(" created")).count(), 500);
}

#[test]
fn what_is_not_there_says_so() {
    for entry in ["kubectl apply --server-side -f x", "ssh node01", "kubectl top pods", "kubectl get endpoints"] {
        says(entry, "not simulated");
    }
    says("kubectl frobnicate", "error: unknown command \"frobnicate\" for \"kubectl\"");
    says("nonsense", "command not found");
}
