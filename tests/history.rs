//! Going back, branches and links come to the same bytes as doing it all afresh, and nothing is lost by looking.
#![allow(clippy::unwrap_used)]

mod sessions;

use serviceaccount_lab::cluster::random::Random;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::link::{FILE_LENGTH_MAX, LinkError, SessionFile};
use serviceaccount_lab::lab::{Action, Lab};
use serviceaccount_lab::lesson::reopen;
use sessions::{assert_same, bytes, random_log};
use std::collections::BTreeMap;
use std::time::Duration;

fn file_of(lab: &Lab) -> SessionFile {
    SessionFile::of(lab, None, &BTreeMap::new()).checked(lab)
}

/// The steps that are done, afresh.
fn afresh(lab: &Lab) -> Lab {
    Lab::replay(lab.settings().clone(), lab.log().map(|step| ((*step.action).clone(), step.elapsed)))
}

/// A session with branches: does things, goes back, does other things.
fn wander(seed: u64, snapshots_bytes_max: usize) -> Lab {
    let mut lab = Lab::new(Settings { seed, ..Settings::default() });
    lab.set_snapshots_bytes_max(snapshots_bytes_max);
    let mut random = Random::stream(seed, "wander");
    for round in 0..3 {
        for (action, elapsed) in random_log(seed * 10 + round) {
            lab.act(action);
            lab.tick(elapsed);
        }
        let branches = lab.branches();
        let back = usize::try_from(random.below(lab.position() as u64 + 1)).unwrap();
        match random.below(3) {
            0 => lab.go_to(back),
            1 => {
                lab.go_to(back);
                lab.branch_off();
                lab.tick(Duration::from_secs(7));
            }
            _ => {
                let other = usize::try_from(random.below(branches.len() as u64)).unwrap();
                lab.switch(branches[other].id, usize::MAX);
            }
        }
    }
    lab
}

#[test]
fn undo_then_redo_comes_back_to_the_same_bytes_with_its_time() {
    for seed in 0..8 {
        let mut lab = Lab::new(Settings::default());
        for (action, elapsed) in random_log(seed) {
            lab.act(action);
            lab.tick(elapsed);
        }
        let (end, length) = (bytes(&lab), lab.position());
        // With snapshots, and with next to none.
        for budget in [usize::MAX, 0] {
            lab.set_snapshots_bytes_max(budget);
            while lab.undo() {}
            assert_eq!(lab.position(), 0);
            assert_same(&bytes(&Lab::new(Settings::default())), &bytes(&lab), seed);
            while lab.redo() {}
            assert_eq!(lab.position(), length);
            assert_same(&end, &bytes(&lab), seed);
        }
    }
}

#[test]
fn every_moment_of_every_branch_equals_its_log_played_afresh() {
    for seed in 1..7 {
        for budget in [usize::MAX, 0] {
            let mut lab = wander(seed, budget);
            for branch in lab.branches() {
                assert!(lab.switch(branch.id, usize::MAX));
                assert_same(&bytes(&afresh(&lab)), &bytes(&lab), seed);
                lab.go_to(lab.position() / 2);
                assert_same(&bytes(&afresh(&lab)), &bytes(&lab), seed);
            }
        }
    }
}

#[test]
fn looking_loses_nothing() {
    let mut lab = Lab::new(Settings::default());
    for entry in ["kubectl create sa a", "kubectl create sa b", "kubectl create sa c"] {
        lab.run(entry);
        lab.tick(Duration::from_secs(3));
    }
    let (end, now) = (bytes(&lab), lab.now());
    lab.go_to(1);
    lab.tick(Duration::from_secs(1000));
    assert!(lab.now() < now, "the clock stands while one looks back");
    assert_eq!((lab.position(), lab.steps().len()), (1, 3));
    // The same again is the next step; anything else is a branch.
    lab.run("kubectl create sa b");
    assert_eq!((lab.position(), lab.branches().len()), (2, 1));
    lab.go_to(0);
    lab.run("kubectl create sa other");
    assert_eq!(lab.branches().len(), 2);
    lab.switch(0, usize::MAX);
    assert_same(&end, &bytes(&lab), 0);
    // Undo stops where the preparation ends.
    let mut lab = Lab::new(Settings::default());
    lab.run("kubectl create sa prepared");
    lab.set_floor();
    assert!(!lab.undo());
    assert_eq!(lab.run("undo").stderr(), "undo: there is nothing to undo\n");
    lab.run("kubectl get sa");
    lab.run("undo 5");
    assert_eq!(lab.position(), 1);
}

/// The words leave nothing behind, whatever stands beside them.
#[test]
fn the_words_undo_and_redo_are_no_history() {
    let mut lab = Lab::new(Settings::default());
    let start = bytes(&lab);
    lab.run("undo");
    assert_same(&start, &bytes(&lab), 0);
    lab.run("kubectl create sa a");
    let one = bytes(&lab);
    lab.run("kubectl create sa b");
    lab.run("undo");
    assert_same(&one, &bytes(&lab), 0);
    lab.run("redo; echo beside");
    assert_eq!(lab.position(), 2);
    assert!(lab.all_records().iter().all(|record| !record.stdout().contains("beside")));
    assert_eq!(lab.branches().len(), 1);
}

#[test]
fn a_link_opens_to_the_same_bytes() {
    for seed in 1..7 {
        let lab = wander(seed, usize::MAX);
        let fragment = file_of(&lab).fragment();
        let read = SessionFile::read_link(&format!("https://example.org/lab/#{fragment}")).unwrap();
        assert_eq!(read, file_of(&lab));
        let opened = reopen::reopen(&read).unwrap();
        assert!(!reopen::differs(&read, &opened));
        assert_same(&bytes(&lab), &bytes(&opened), seed);
        // Its branches came along, and the file says the same as the link.
        for branch in lab.branches() {
            let names: Vec<(String, usize)> =
                opened.branches().into_iter().map(|branch| (branch.name, branch.length)).collect();
            assert!(names.contains(&(branch.name.clone(), branch.length)), "{} in {names:?}", branch.name);
        }
        assert_eq!(SessionFile::read_file(&read.file()).unwrap(), read);
        assert_eq!(file_of(&opened).fragment(), fragment);
    }
}

#[test]
fn a_link_carries_its_settings_and_its_lesson() {
    let settings = Settings { seed: 7, anonymous_auth: false, ..Settings::default() };
    let mut lab = Lab::new(settings.clone());
    lab.run("kubectl get sa");
    let file = file_of(&lab);
    assert_eq!(SessionFile::read_link(&file.fragment()).unwrap().settings().unwrap(), settings);
    let changed = SessionFile { check: "0".repeat(16), ..file.clone() };
    assert!(reopen::differs(&changed, &lab) && !reopen::differs(&file, &lab));
    assert!(!file.file().contains("extend_token_expiration"), "only what is unusual: {}", file.file());
    let id = serviceaccount_lab::lesson::COURSE[2].id();
    let lesson = serviceaccount_lab::lesson::find(id).unwrap();
    let mut lab = Lab::new(Settings::default());
    serviceaccount_lab::lesson::check::set_up(&mut lab, &lesson);
    lab.set_floor();
    lab.run("kubectl get sa,pods");
    let file = SessionFile::of(&lab, Some(id), &BTreeMap::from([(0, 1)]));
    let opened = reopen::reopen(&SessionFile::read_link(&file.fragment()).unwrap()).unwrap();
    assert_same(&bytes(&lab), &bytes(&opened), 0);
    let gone = SessionFile { lesson: Some("no-such-lesson".into()), ..file };
    assert!(matches!(reopen::reopen(&gone).map(|_| ()), Err(LinkError::NoLesson(_))));
}

/// The session of the recordings' length fits a link.
#[test]
fn two_hundred_commands_fit_a_link() {
    let mut lab = Lab::new(Settings::default());
    for number in 0..200 {
        lab.run(&format!("kubectl create serviceaccount account-{}", number * 7919 % 1000));
        lab.tick(Duration::from_secs(number % 9));
    }
    let length = file_of(&lab).fragment().len();
    assert!(length < serviceaccount_lab::lab::link::LINK_LENGTH_MAX, "{length}");
}

#[test]
fn damaged_links_are_refused_in_plain_words() {
    let mut lab = Lab::new(Settings::default());
    lab.run("kubectl create sa data-sa");
    let good = file_of(&lab).fragment();
    let read = |text: &str| SessionFile::read_link(text).map(|_| ());
    assert_eq!(read(&good), Ok(()));
    // As a mail program breaks it.
    let (head, tail) = good.split_at(good.len() / 2);
    assert_eq!(read(&format!(" #{head}\r\n  {tail}\n")), Ok(()));
    assert_eq!(read("https://example.org/"), Err(LinkError::NotOurs));
    assert_eq!(read("session=2.abc"), Err(LinkError::Version("2".into())));
    assert_eq!(read("session=x.abc"), Err(LinkError::Damaged));
    assert_eq!(read("session="), Err(LinkError::Damaged));
    for cut in "session=1.".len()..good.len() {
        assert_eq!(read(&good[..cut]), Err(LinkError::Damaged), "cut at {cut}");
    }
    // Any one letter changed: never another session, never a panic.
    for at in "session=1.".len()..good.len() {
        let mut letters = good.clone().into_bytes();
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        // Deflate can say one thing in two ways.
        let other = SessionFile::read_link(&String::from_utf8(letters).unwrap());
        assert!(other.as_ref().is_err() || other.as_ref() == Ok(&file_of(&lab)), "letter {at}: {other:?}");
    }
    let words = LinkError::Version("2".into()).to_string();
    assert_eq!(words, "This session was kept in form 2; this lab reads form 1.");
}

#[test]
fn bombs_do_not_go_off() {
    use base64::Engine;
    let pack = |text: &[u8]| {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(text, 9);
        format!("session=1.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed))
    };
    let read = |text: &str| SessionFile::read_link(text).map(|_| ());
    let bomb = pack(&vec![b' '; 8 * FILE_LENGTH_MAX]);
    assert!(bomb.len() < 64 * 1024, "{} letters", bomb.len());
    assert_eq!(read(&bomb), Err(LinkError::TooLarge));
    assert_eq!(read(&format!("session=1.{}", "A".repeat(1 << 20))), Err(LinkError::TooLarge));
    let file = |lines: &str| pack(format!(r#"{{"salab":1,"lines":{lines}}}"#).as_bytes());
    assert_eq!(read(&file("[]")), Err(LinkError::Damaged));
    assert_eq!(read(&file(r#"[{"log":[]},{"of":0,"at":3,"log":[]}]"#)), Err(LinkError::Damaged));
    assert_eq!(read(&file(r#"[{"of":4,"log":[]}]"#)), Err(LinkError::Damaged));
    assert_eq!(read(&file(r#"[{"log":[["Interrupt",18446744073709551615]]}]"#)), Err(LinkError::TooLarge));
    let forever = r#"[{"log":[[{"Advance":{"secs":18446744073709551615,"nanos":0}},0]]}]"#;
    assert_eq!(read(&file(forever)), Err(LinkError::TooLarge));
    let many = format!("[{{\"log\":[{}]}}]", vec![r#"["Interrupt",0]"#; 6000].join(","));
    assert_eq!(read(&file(&many)), Err(LinkError::TooLarge));
    let branches = format!("[{}]", vec![r#"{"log":[]}"#; 100].join(","));
    assert_eq!(read(&file(&branches)), Err(LinkError::TooLarge));
    assert_eq!(SessionFile::read_file("{}"), Err(LinkError::NotOurs));
    assert_eq!(SessionFile::read_file(&"[".repeat(100_000)), Err(LinkError::NotOurs));
    assert_eq!(SessionFile::read_file(&" ".repeat(FILE_LENGTH_MAX + 1)), Err(LinkError::TooLarge));
}

/// A command that stays in the foreground says the same, however the page's clock cuts the time.
#[test]
fn a_watch_says_the_same_in_any_pieces() {
    let play = |pieces: &[u64]| {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl run box --image=busybox -- sleep 20");
        lab.run("kubectl get pods -w");
        for millis in pieces {
            lab.tick(Duration::from_millis(*millis));
        }
        lab.act(Action::Interrupt);
        lab.run("kubectl exec -it box -- sh");
        lab.tick(Duration::from_secs(pieces.len() as u64 % 2 + 1));
        bytes(&lab).replace(&format!("{:?}", lab.now()), "")
    };
    let whole = play(&[90_000]);
    assert!(whole.contains("Running") && whole.contains("Completed"), "{whole:.3000}");
    assert_same(&whole, &play(&[1000; 89].iter().copied().chain([250, 750]).collect::<Vec<_>>()[..91]), 0);
    assert_same(&whole, &play(&[400, 33_100, 7, 56_493, 0]), 0);
}
