//! What grows with what a learner, an author or a host brings: long sessions, large manifests, many lessons. A line each: what,
//! how many, microseconds, and the most memory that it took, in bytes. Each is done in a process of its own.

#![allow(clippy::panic, reason = "a measurement that fails has nothing to say")]

use serviceaccount_lab::lab::{Lab, Settings};
use serviceaccount_lab::lesson::{COURSE, check, parse};
use std::time::Instant;

mod process;
mod session;

/// What is done, by its name, with how many.
type Case = (&'static str, fn(usize), [usize; 2]);

const CASES: [Case; 3] = [
    ("commands in one session", commands, [100, 1_000]),
    ("documents in one manifest", documents, [50, 500]),
    ("lessons read, begun and proved", lessons, [10, 100]),
];

fn main() {
    let words: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    if let [case, count] = *words.as_slice() {
        measure(case, count);
        return;
    }
    for (case, (_, _, counts)) in CASES.iter().enumerate() {
        counts.iter().for_each(|count| process::again(&[case.to_string(), count.to_string()]));
    }
}

fn measure(case: usize, count: usize) {
    let Some((what, act, _)) = CASES.get(case) else { return };
    let began = Instant::now();
    act(count);
    let took = began.elapsed().as_micros();
    println!("{what}\t{count}\t{took}\t{}", process::peak().unwrap_or_default());
}

fn commands(count: usize) {
    let lab = session::play(count);
    assert!(lab.all_records().len() >= count);
}

/// Four kinds in turn, applied at once, then once more, which changes nothing.
fn documents(count: usize) {
    let document = |number: usize| {
        let (name, account) = (format!("n{number}"), format!("n{}", number / 4 * 4));
        match number % 4 {
            0 => format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n"),
            1 => format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  key: \"{number}\"\n"),
            2 => format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: {name}\nroleRef:\n  \
                 apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: view\nsubjects:\n- kind: ServiceAccount\n  name: {account}\n"
            ),
            _ => format!(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  serviceAccountName: {account}\n  containers:\n  - name: app\n    image: nginx\n"
            ),
        }
    };
    let text: Vec<String> = (0..count).map(document).collect();
    let mut lab = Lab::new(Settings::default());
    lab.write_file("all.yaml", &text.join("---\n"));
    for said in ["created", "unchanged"] {
        let record = lab.run("kubectl apply -f all.yaml");
        assert_eq!(record.stdout().matches(said).count(), count, "{}", record.stderr());
    }
}

fn lessons(count: usize) {
    for entry in COURSE.iter().cycle().take(count) {
        let Some(lesson) = entry.text.and_then(|text| parse(entry.file, text).ok()) else { panic!("{}", entry.file) };
        assert!(check::prove(&lesson).is_empty(), "{}", entry.file);
    }
}
