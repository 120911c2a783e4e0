//! The same seed and the same log give the same bytes, however often; undo and redo come back to them.

mod sessions;

use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::{Action, Lab};
use sessions::{bytes, first_difference, random_log};
use std::time::Duration;

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

/// Also where something fails again and again, which a jump leaves out: a link says how much time went by, not in which pieces.
#[test]
fn days_may_pass_in_any_pieces() {
    let play = |pieces: &[u64]| {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl create deployment web --image=nginx && kubectl set serviceaccount deployment web nobody");
        lab.run("kubectl run ends --image=busybox && kubectl run sleeps --image=busybox -- sleep 1800");
        for seconds in pieces {
            lab.tick(Duration::from_secs(*seconds));
        }
        lab.run("kubectl get pods,events,replicasets -o yaml");
        bytes(&lab)
    };
    let (whole, pieces) = (play(&[200_000]), play(&[7, 90, 3_600, 100_000, 3, 96_300]));
    assert!(whole == pieces, "{}", first_difference(&whole, &pieces));
    let live = play(&[40; 5_000]);
    assert!(whole == live, "{}", first_difference(&whole, &live));
}
